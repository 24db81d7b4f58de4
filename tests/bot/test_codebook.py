"""The codebook: every question and option with its words, in a sheet beside the answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from bot.codebook import COLUMNS, codebook
from bot.exports.asked import Kind, Subject
from bot.workbook import Sheet, XlsxTable
from flows.values import Text
from tests.support.exporting import PARK, a_wish, made, somebody
from tests.support.talk import IDEAS, SWINGS, WHO, a_park


def test_every_question_has_its_words_and_every_option_its_label_for_each_language_and_age() -> None:
    rows = codebook([PARK], equality=False).rows
    swings = [row for row in rows if row["question"] == "swings"]
    assert {(row["language"], row["age_band"]) for row in swings} == {
        (language, band) for language in ("en", "cy") for band in ("8-11", "12-15", "adult")
    }
    assert {row["option"]: row["words"] for row in swings} == {
        "": "swings?",
        "more": "More swings",
        "same": "It is fine now",
        "fewer": "Fewer swings",
    }
    assert {row["type"] for row in swings} == {"one"}


@pytest.mark.parametrize("equality", [True, False])
def test_equality_questions_are_in_it_only_where_they_were_asked_for(*, equality: bool) -> None:
    asked = {row["question"] for row in codebook([PARK], equality=equality).rows}
    assert ("needs" in asked) is equality


def test_an_older_version_is_told_of_only_where_it_said_something_else() -> None:
    older = replace(a_park(questions=(WHO, SWINGS)), version="0")
    now = a_park(questions=(WHO, IDEAS))
    versions = {row["question"]: row["version"] for row in codebook([now, older], equality=False).rows}
    assert versions == {"who": "1", "ideas": "1", "swings": "0"}


async def test_a_workbook_of_answers_has_the_codebook_behind_them(tmp_path: Path) -> None:
    await made(tmp_path / "answers.xlsx", a_wish(Subject.ANSWERS, Kind.XLSX), somebody(ideas=Text("a pond")))
    book = openpyxl.load_workbook(tmp_path / "answers.xlsx")
    assert book.sheetnames == ["answers", "codebook"]
    headings, *rows = book["codebook"].values
    assert headings == COLUMNS
    assert len(rows) == len(codebook([PARK], equality=False).rows)
    assert book["answers"].max_row == 2


def test_another_sheet_may_hold_markup_and_formulas_as_text(tmp_path: Path) -> None:
    said = "<r><t>x</t></r>"
    with XlsxTable(
        tmp_path / "a.xlsx", ["q"], "answers", [Sheet("more", ["words"], [{"words": said}, {"words": "=1+1"}])]
    ) as table:
        table.write({"q": "a"})
    cells = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["more"].iter_rows(min_row=2))
    assert [(row[0].value, row[0].data_type) for row in cells] == [(said, "s"), ("=1+1", "s")]
