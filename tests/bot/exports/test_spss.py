"""SPSS: data that any reader of CSV can check, and syntax that says what every number means."""

from __future__ import annotations

import asyncio
import re
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ExportError
from bot.exports.asked import Kind, Subject
from bot.exports.plain import in_one_line
from bot.exports.spss_words import LONGEST_LABEL, LONGEST_TEXT, Names, cut, literal
from bot.sheets import ABOUT
from bot.tables import inert
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from tests.support.exporting import a_wish, left_in, made, somebody

texts = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["=1+1", "'.", "a\r\nb", '"quoted", twice', "EXECUTE.", "\x00", "'\n+ 'x", "ends with.", "😀", "مرحبا", "\ud800"]
)
SPSS = a_wish(Subject.ANSWERS, Kind.SPSS)
LEGAL = re.compile(r"[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?")


def read(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "answers.csv", dtype=str, keep_default_na=False, encoding="utf-8")


async def exported(folder: Path, **given: Value) -> tuple[pd.DataFrame, str]:
    await made(folder / "answers.sps", SPSS, somebody(1, role="child", language="en", **given))
    return read(folder), (folder / "answers.sps").read_text("utf-8-sig")


async def test_options_are_numbers_with_their_labels_and_what_was_not_answered_is_a_missing_value(
    tmp_path: Path,
) -> None:
    data, syntax = await exported(tmp_path, swings=Choice("same"), games=Choices(("more", "fewer")))
    row = data.iloc[0]
    assert (row["swings"], row["games_more"], row["games_same"], row["games_fewer"]) == ("2", "1", "0", "1")
    assert (row["order_more"], row["often"], row["ideas"]) == ("-9", "", "")
    assert (
        "VALUE LABELS swings\n    -9 'No answer, or not asked'\n    1 'More swings'\n    2 'It is fine now'" in syntax
    )
    assert "MISSING VALUES swings (-9)." in syntax
    assert "MRSETS /MDGROUP NAME=$games" in syntax


async def test_numbers_places_and_times_are_what_they_are(tmp_path: Path) -> None:
    data, syntax = await exported(tmp_path, often=Number(Decimal("7.5")), order=Ranking(("fewer", "more")))
    row = data.iloc[0]
    assert (row["often"], row["order_fewer"], row["order_more"], row["order_same"]) == ("7.5", "1", "2", "-9")
    assert (row["started_at"], row["completed_at"]) == ("01-MAR-2018 12:00:00", "01-JUL-2018 13:30:05")
    assert "    started_at DATETIME20\n" in syntax
    assert "    often F12.2\n" in syntax


async def test_equality_questions_are_there_only_where_they_were_asked_for(tmp_path: Path) -> None:
    data, syntax = await exported(tmp_path, needs=Choice("more"))
    assert "needs" not in data.columns
    assert "needs" not in syntax
    await made(
        tmp_path / "answers.sps", a_wish(Subject.ANSWERS, Kind.SPSS, equality=True), somebody(needs=Choice("more"))
    )
    assert read(tmp_path)["needs"].tolist() == ["1"]


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=3))
def test_any_text_comes_back_from_the_data_and_fits_the_width_that_the_syntax_gives(sent: list[str]) -> None:
    with TemporaryDirectory() as folder:
        people = [somebody(number, ideas=Text(text)) for number, text in enumerate(sent)]
        asyncio.run(made(Path(folder) / "answers.sps", SPSS, *people))
        held = read(Path(folder))["ideas"].tolist()
        syntax = (Path(folder) / "answers.sps").read_text("utf-8-sig")
    assert held == [inert(in_one_line(text)) for text in sent]
    [width] = re.findall(r"^    ideas A(\d+)$", syntax, re.MULTILINE)
    assert int(width) == max(1, *(len(text.encode()) for text in held))


@given(st.lists(st.text(max_size=80), max_size=12))
def test_every_name_is_legal_and_none_is_given_twice(codes: list[str]) -> None:
    names = Names()
    given_out = [names.of(code) for code in [*ABOUT, "to", "with", *codes]]
    assert all(LEGAL.fullmatch(name) and len(name) <= 64 for name in given_out)
    assert len({name.lower() for name in given_out}) == len(given_out)
    assert {"to", "with", "all"}.isdisjoint(given_out)


@given(texts)
def test_any_label_stays_between_its_quotation_marks(text: str) -> None:
    lines = literal(text).split(" +\n")
    pieces = [re.fullmatch(r"\s*'((?:[^'\n\r]|'')*)'", line) for line in lines]
    assert all(pieces)
    assert "".join(piece[1].replace("''", "'") for piece in pieces if piece) == cut(in_one_line(text), LONGEST_LABEL)
    assert all(len(line.encode()) <= 256 for line in lines)


async def test_a_text_that_spss_cannot_hold_stops_the_export_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="SPSS holds at most 32,767 bytes"):
        await exported(tmp_path, ideas=Text("é" * (LONGEST_TEXT // 2 + 1)))
    assert left_in(tmp_path) == []


async def test_syntax_wants_its_own_ending(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"ends in \.sps"):
        await made(tmp_path / "answers.csv", SPSS, somebody())


async def test_the_manifest_has_the_hash_of_both_files(tmp_path: Path) -> None:
    manifest = await made(tmp_path / "answers.sps", SPSS, somebody())
    assert sorted(manifest.files) == ["answers.csv", "answers.sps"]
    assert (manifest.rows, manifest.format, manifest.sha256) == (1, "spss", manifest.files["answers.sps"])
