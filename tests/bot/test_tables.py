"""Text files for spreadsheets and for machines: read back by independent readers, with any text that people send."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.tables import ESCAPED, MARKED, CsvTable, JsonlTable, inert

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


@given(st.lists(st.lists(cells | st.integers() | st.floats() | st.none(), min_size=1, max_size=4), max_size=4))
def test_csv_is_written_as_the_standard_library_writes_it(rows: list[list[str | float | None]]) -> None:
    for row in rows:
        columns = [f"q{place}" for place in range(len(row))]
        expected = io.StringIO(newline="")
        csv.writer(expected).writerow([inert(cell) for cell in row])
        written = as_csv([dict(zip(columns, row, strict=True))], columns)
        assert written == "\ufeff" + ",".join(columns) + "\r\n" + expected.getvalue()


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


HALF = "half an emoji: \ud83d"


def test_half_an_emoji_is_an_escape_in_jsonl_and_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with path.open("w", encoding="utf-8", errors=ESCAPED) as file:
        JsonlTable(file).write({"why": HALF, "ideas": "\\ud83d"})
    assert json.loads(path.read_bytes()) == {"why": HALF, "ideas": "\\ud83d"}


def test_half_an_emoji_is_a_replacement_character_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    with path.open("w", encoding="utf-8", errors=MARKED, newline="") as file:
        CsvTable(file, ["why"]).write({"why": HALF})
    assert path.read_bytes().decode("utf-8-sig") == "why\r\nhalf an emoji: \ufffd\r\n"
