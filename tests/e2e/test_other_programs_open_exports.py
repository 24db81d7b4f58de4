"""Exports in the programs that people open them with: LibreOffice, pdftotext, and PSPP in the place of SPSS."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyreadstat

from bot.exports.asked import Kind, Subject
from flows.values import Choice, Choices, Number, Text
from tests.support import office
from tests.support.exporting import a_conversation, a_wish, made, somebody

HOSTILE = ["=HYPERLINK(1)", "<script>alert(1)</script> & #panic()", "Więcej huśtawek", "two\nlines"]
WISH = "more swings and a slide please"


def words(text: str) -> str:
    return " ".join(text.split())


async def test_libreoffice_shows_every_word_of_a_conversation(tmp_path: Path) -> None:
    path = tmp_path / "talks.docx"
    await made(path, a_wish(Subject.TRANSCRIPTS, Kind.DOCX), talks=[a_conversation(*HOSTILE)])
    shown = words(office.text_of(office.to_pdf(path, tmp_path)))
    assert [text for text in HOSTILE if words(text) not in shown] == []
    assert "PRK-0001-9Q" in shown


async def test_libreoffice_shows_the_report(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    people = [somebody(number, swings=Choice("more"), ideas=Text(WISH)) for number in range(12)]
    await made(path, a_wish(Subject.REPORT, Kind.DOCX), *people)
    shown = words(office.text_of(office.to_pdf(path, tmp_path)))
    assert "At least 10 people took part." in shown
    assert f"“{WISH}” (8 to 11)" in shown


async def test_pdftotext_reads_conversations_and_the_report(tmp_path: Path) -> None:
    await made(tmp_path / "talks.pdf", a_wish(Subject.TRANSCRIPTS, Kind.PDF), talks=[a_conversation(*HOSTILE)])
    shown = words(office.text_of(tmp_path / "talks.pdf"))
    assert [text for text in HOSTILE if words(text) not in shown] == []
    people = [somebody(number, ideas=Text(WISH)) for number in range(12)]
    await made(tmp_path / "report.pdf", a_wish(Subject.REPORT, Kind.PDF), *people)
    assert WISH in words(office.text_of(tmp_path / "report.pdf"))


async def test_pspp_runs_the_syntax_without_a_complaint_and_has_every_value(tmp_path: Path) -> None:
    said = ["He said \"hi\", it's\r\nEXECUTE.\n'+ x", "مرحبا 😀 =1+1", "=cmd|' /C calc'!A0"]
    people = [
        somebody(
            number, swings=Choice("same"), games=Choices(("more",)), often=Number(Decimal("7.5")), ideas=Text(text)
        )
        for number, text in enumerate(said)
    ]
    await made(tmp_path / "answers.sps", a_wish(Subject.ANSWERS, Kind.SPSS), *people, somebody(9))
    told = office.run_syntax(tmp_path / "answers.sps", tmp_path / "read.sav")
    assert "error" not in told.lower()
    assert "warning" not in told.lower()
    data, about = pyreadstat.read_sav(tmp_path / "read.sav", user_missing=True)
    assert data["swings"].tolist() == [2.0, 2.0, 2.0, -9.0]
    assert data["ideas"].tolist() == [
        "He said \"hi\", it's␍␊EXECUTE.␊'+ x",
        "مرحبا 😀 =1+1",
        "'=cmd|' /C calc'!A0",
        "",
    ]
    assert about.variable_value_labels["swings"][2.0] == "It is fine now"
    assert about.column_names_to_labels["games_more"] == "More swings: games?"
    assert str(data["started_at"][0]) == "2018-03-01 12:00:00"
