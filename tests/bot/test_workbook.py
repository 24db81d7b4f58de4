"""Workbooks: read back by an independent reader, with any text that people can send, and never one that is cut."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from bot import workbook
from bot.errors import ExportError
from bot.workbook import LONGEST_CELL, XlsxTable

# Whatever can be sent, lone surrogates and control characters among it.
texts = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["=1+1", "+44", "=HYPERLINK(1)", "007", "<r><t>bold</t></r>", "<b>&amp;</b>", "_x0041_", " two\r\nlines ", "\x00"]
)
NO_CHARACTERS = re.compile("[\ud800-\udfff\ufffe\uffff]")


def sheet_of(path: Path, name: str = "answers") -> Any:  # noqa: ANN401 - openpyxl has no types of its own
    return openpyxl.load_workbook(path)[name]


@settings(max_examples=60)
@given(st.lists(texts, min_size=1, max_size=4))
def test_an_xlsx_cell_is_text_and_comes_back_as_it_was_sent(sent: list[str]) -> None:
    columns = [f"q{place}" for place in range(len(sent))]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "answers.xlsx"
        with XlsxTable(path, columns, "answers") as table:
            table.write(dict(zip(columns, sent, strict=True)))
        row = [sheet_of(path).cell(2, place + 1) for place in range(len(sent))]
        # openpyxl leaves the standard's escapes as they are; Excel reads them.
        assert [unescape(cell.value) for cell in row] == [NO_CHARACTERS.sub("\ufffd", text) for text in sent]
        assert {cell.data_type for cell in row} <= {"s", "inlineStr"}


def test_numbers_are_numbers_and_several_choices_share_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    with XlsxTable(path, ["a", "b", "c", "d"], "answers") as table:
        table.write_all([{"a": -5, "b": 2.5, "c": ["More swings", "A pond"]}, {"a": "", "d": 1}])
    assert list(sheet_of(path).values) == [
        ("a", "b", "c", "d"),
        (-5, 2.5, "More swings; A pond", None),
        (None, None, None, 1),
    ]


def test_headings_stay_in_sight_and_stand_out(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    with XlsxTable(path, [f"q{place}" for place in range(30)], "answers") as table:
        table.write({"q29": "the last"})
    sheet = sheet_of(path)
    assert sheet.freeze_panes == "B2"
    assert sheet["AD1"].value == "q29"
    assert sheet["AD1"].font.bold
    assert sheet["AD2"].value == "the last"


@pytest.mark.parametrize(
    "text", ["x" * (LONGEST_CELL + 1), "🚌" * (LONGEST_CELL // 2 + 1)], ids=["letters", "emoji, which count twice"]
)
def test_a_text_longer_than_a_cell_can_hold_is_refused_and_never_cut(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.xlsx"
    with XlsxTable(path, ["q"], "answers") as table:
        table.write_all([{"q": "x" * LONGEST_CELL}, {"q": "🚌" * (LONGEST_CELL // 2)}])
        with pytest.raises(ExportError, match=r"Row 4, column q.*--format csv or jsonl, which keep it whole"):
            table.write({"q": text})


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    with XlsxTable(tmp_path / "answers.xlsx", ["q"], "answers") as table:
        table.write_all([{"q": 1}, {"q": 2}])
        with pytest.raises(ExportError, match="at most 3 rows"):
            table.write({"q": 3})


def test_more_text_than_a_sheet_opens_with_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_BYTES", 2000)
    with (
        pytest.raises(ExportError, match="--format csv or jsonl"),
        XlsxTable(tmp_path / "answers.xlsx", ["q"], "answers") as table,
    ):
        table.write({"q": "x" * 2000})


def test_a_workbook_that_broke_off_does_not_open_as_one(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"

    def break_off() -> None:
        with XlsxTable(path, ["q"], "answers") as table:
            table.write({"q": "said"})
            raise ExportError("the database went away")

    with pytest.raises(ExportError):
        break_off()
    with path.open("rb") as file, pytest.raises(ET.ParseError):
        openpyxl.load_workbook(file)
