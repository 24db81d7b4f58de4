"""Files for spreadsheets and for machines: read back by independent readers, with any text that people can send."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ExportError
from bot.tables import LONGEST_XLSX_CELL, CsvTable, JsonlTable, WholeFile, XlsxTable, inert, sha256_of

texts = st.text(st.characters(codec="utf-8"), max_size=60)
cells = texts | st.sampled_from(["=1+1", "+44", "-swings", "@SUM(A1)", "\t=1", "\r=1", "a,b", 'say "no"', "two\nlines"])


def as_csv(rows: list[dict[str, object]], columns: list[str]) -> str:
    file = io.StringIO(newline="")
    table = CsvTable(file, columns)
    for row in rows:
        table.write(row)
    return file.getvalue()


@given(st.lists(cells, min_size=1, max_size=5))
def test_a_csv_cell_comes_back_as_it_was_but_for_the_apostrophe_that_keeps_it_inert(given_cells: list[str]) -> None:
    columns = [f"q{place}" for place in range(len(given_cells))]
    written = as_csv([dict(zip(columns, given_cells, strict=True))], columns)
    [headings, row] = csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""))
    assert headings == columns
    assert row == [str(inert(cell)) for cell in given_cells]
    for cell, sent in zip(row, given_cells, strict=True):
        assert cell.removeprefix("'") == sent.removeprefix("'")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_csv_file_begins_with_a_byte_order_mark_and_ends_its_lines_with_crlf() -> None:
    assert as_csv([{"a": 'say "no", please'}], ["a"]) == '\ufeffa\r\n"say ""no"", please"\r\n'


def test_a_heading_that_would_run_as_a_formula_is_made_inert_too() -> None:
    assert as_csv([], ["=cmd"]).startswith("\ufeff'=cmd")


def test_a_number_stays_a_number_and_several_choices_share_a_cell() -> None:
    assert as_csv([{"a": -5, "b": ["More swings", "A pond"], "c": None}], ["a", "b", "c"]).endswith(
        "-5,More swings; A pond,\r\n"
    )


@given(st.lists(cells, max_size=4))
def test_jsonl_holds_exactly_what_was_sent(sent: list[str]) -> None:
    file = io.StringIO(newline="")
    table = JsonlTable(file)
    table.write({"answers": sent})
    assert json.loads(file.getvalue()) == {"answers": sent}


formulas = st.sampled_from(["=1+1", "+44", "=HYPERLINK(1)", "007"])
xml_texts = st.text(st.characters(codec="utf-8", min_codepoint=32, exclude_characters="\ufffe\uffff"), max_size=60)


@settings(max_examples=40)
@given(
    st.lists(xml_texts.filter(bool) | st.sampled_from(["=1+1", "+44", "=HYPERLINK(1)", "007"]), min_size=1, max_size=4)
)
def test_an_xlsx_cell_is_text_and_comes_back_as_it_was_sent(sent: list[str]) -> None:
    columns = [f"q{place}" for place in range(len(sent))]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "answers.xlsx"
        table = XlsxTable(path, columns, "answers")
        table.write(dict(zip(columns, sent, strict=True)))
        table.close()
        sheet = openpyxl.load_workbook(path)["answers"]
        row = [sheet.cell(2, place + 1) for place in range(len(sent))]
        assert [cell.value for cell in row] == sent
        assert {cell.data_type for cell in row} <= {"s", "inlineStr"}


def test_a_text_longer_than_a_cell_can_hold_is_refused_and_never_cut(tmp_path: Path) -> None:
    table = XlsxTable(tmp_path / "answers.xlsx", ["q"], "answers")
    table.write({"q": "x" * LONGEST_XLSX_CELL})
    with pytest.raises(ExportError, match="--format csv or jsonl, which keep it whole"):
        table.write({"q": "x" * (LONGEST_XLSX_CELL + 1)})
    table.close()


def test_a_file_that_is_not_whole_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("yesterday's")

    def break_off() -> None:
        with WholeFile(path) as whole:
            whole.partial.write_text("half of it")
            raise ExportError("the disk is full")

    with pytest.raises(ExportError):
        break_off()
    assert path.read_text() == "yesterday's"
    assert list(tmp_path.iterdir()) == [path]


def test_a_whole_file_takes_its_name_at_the_end(tmp_path: Path) -> None:
    with WholeFile(tmp_path / "answers.csv") as whole:
        whole.partial.write_text("all of it")
        assert not whole.path.exists()
    assert whole.path.read_text() == "all of it"
    assert sha256_of(whole.path) == "07630777646b9ad0ad5940c20f7703e5ba431d90dc8f191af6916bffca3e859c"
