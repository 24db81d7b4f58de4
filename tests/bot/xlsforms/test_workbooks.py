"""A file that is no workbook, or one that nobody should open, gets one clear sentence and nothing is written."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from bot.errors import FormError
from bot.xlsforms import workbook
from bot.xlsforms.importing import imported
from tests.support.forms import HEADINGS, SURVEY, Forms, Rows

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def refused(forms: Forms, path: Path) -> str:
    """The one sentence that a file is refused with."""
    with pytest.raises(FormError) as error:
        imported(path, forms.wishes(), forms.folder)
    assert not (forms.folder / "play").exists()
    (fault,) = error.value.faults
    return fault


def with_part(forms: Forms, name: str, content: bytes = b"<x/>") -> Path:
    """A good workbook with one part more."""
    path = forms.workbook()
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("form.xlsx", b"type,name,label\n", "is not a workbook"),
        ("form.xlsx", PNG, "is not a workbook"),
        ("form.xlsx", b"", "is not a workbook"),
        ("form.xlsx", b"PK\x03\x04" + bytes(40), "is not a workbook"),
        ("form.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "locked with a password, or older"),
        ("form.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "does not end in .xlsx"),
        ("form.csv", b"type,name,label\n", "does not end in .xlsx"),
        ("form", b"", "does not end in .xlsx"),
        ("form.xlsm", b"", "may hold macros"),
        ("form.XLSM", b"", "may hold macros"),
    ],
)
def test_a_file_that_is_no_workbook_is_told_so(forms: Forms, name: str, content: bytes, reason: str) -> None:
    path = forms.folder / name
    path.write_bytes(content)
    assert reason in refused(forms, path)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("xl/vbaProject.bin", "holds macros"),
        ("xl/VBAPROJECT.BIN", "holds macros"),
        ("xl/macrosheets/sheet1.xml", "holds macros"),
        ("xl/externalLinks/externalLink1.xml", "takes cells from other files"),
        ("xl/connections.xml", "takes cells from other files"),
    ],
)
def test_macros_and_links_to_other_files_are_refused(forms: Forms, part: str, reason: str) -> None:
    assert reason in refused(forms, with_part(forms, part))


def test_a_document_type_in_a_workbook_is_refused(forms: Forms) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert "not a workbook that a spreadsheet program wrote" in refused(forms, with_part(forms, "xl/extra.xml", bomb))


def test_a_zip_that_holds_something_else_is_no_workbook(forms: Forms) -> None:
    path = forms.folder / "form.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("letter.txt", "Dear council")
    assert "is not a workbook" in refused(forms, path)


def test_a_small_file_that_unpacks_to_a_large_one_is_not_unpacked(
    forms: Forms, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = forms.workbook()
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet9.xml", bytes(workbook.LARGEST_INSIDE + 1))
    assert path.stat().st_size < 1_000_000
    monkeypatch.setattr(zipfile.ZipFile, "open", _never)
    assert "too large for a form" in refused(forms, path)


def _never(*_: object) -> None:
    raise AssertionError("a part was unpacked")


def test_a_workbook_of_very_many_parts_is_refused(forms: Forms) -> None:
    path = forms.workbook()
    with zipfile.ZipFile(path, "a") as packed:
        for number in range(workbook.MOST_PARTS):
            packed.writestr(f"xl/media/{number}.png", b"")
    assert "too large for a form" in refused(forms, path)


def test_a_file_that_is_too_large_is_not_opened(forms: Forms) -> None:
    path = forms.folder / "form.xlsx"
    with path.open("wb") as file:
        file.truncate(workbook.LARGEST_FILE + 1)
    assert refused(forms, path) == "form.xlsx has 10,000,001 bytes, and a form has at most 10,000,000."


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _spoilt(path: Path) -> None:
    """The survey's own XML breaks off."""
    whole = path.with_name("whole.xlsx")
    shutil.move(path, whole)
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(path, "w") as after:
        for part in before.infolist():
            content = before.read(part)
            after.writestr(part, content[:200] if "sheet1" in part.filename else content)


def _bent(path: Path) -> None:
    """A byte in the middle of the packed survey is another."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        part = next(part for part in packed.infolist() if "sheet1" in part.filename)
    content[part.header_offset + 60 + part.compress_size // 2] ^= 0xFF
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("spoil", [_cut, _spoilt, _bent])
def test_a_damaged_workbook_is_told_so_and_never_with_a_trace(forms: Forms, spoil: Callable[[Path], None]) -> None:
    path = forms.workbook()
    spoil(path)
    fault = refused(forms, path)
    assert "is not a workbook" in fault or "cannot be read: it is damaged" in fault


def test_a_sheet_of_too_many_rows_or_columns_is_refused(forms: Forms) -> None:
    long = (HEADINGS, *(("text", f"q{number}", "Q?") for number in range(workbook.MOST_ROWS)))
    assert "at most 2,000 rows and 200 columns" in refused(forms, forms.workbook(long))
    wide = (HEADINGS, ("text", "q", "Q?", *(None for _ in range(workbook.MOST_COLUMNS)), "far out"))
    assert "at most 2,000 rows and 200 columns" in refused(forms, forms.workbook(wide))


def test_a_formula_without_its_result_is_refused_by_its_cell(forms: Forms) -> None:
    fault = refused(forms, forms.workbook((HEADINGS, ("text", "q", '="What" & " now?"'))))
    assert fault.startswith("survey!C2 holds a formula without its result.")


def test_a_formula_with_its_result_counts_as_that_text(forms: Forms) -> None:
    path = forms.folder / "form.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("survey")
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ("text", "q"))
        sheet.write_formula(1, 2, '="What" & " now?"', value="What now?")
    made = imported(path, forms.wishes(), forms.folder)
    assert 'text = "What now?"' in made.files["wording/en.adult.toml"]


def test_an_error_in_a_cell_is_refused_by_its_cell(forms: Forms) -> None:
    assert refused(forms, forms.workbook((HEADINGS, ("text", "q", "#REF!")))) == (
        "survey!C2 holds the error #REF!. Write a text."
    )


@pytest.mark.parametrize(
    ("survey", "reason"),
    [
        ((HEADINGS, ("text", "q", "Q?", "stray")), "survey!D2 stands under no heading."),
        (
            (*SURVEY, *((None,) for _ in range(60)), ("text", "far", "Far?")),
            "survey row 63 stands below 60 empty rows",
        ),
        (
            ((*HEADINGS, *(None for _ in range(21)), "hint"), ("text", "q", "Q?")),
            "survey!Y1 stands behind 21 empty columns.",
        ),
    ],
)
def test_a_cell_that_would_be_passed_over_is_refused(forms: Forms, survey: Rows, reason: str) -> None:
    assert refused(forms, forms.workbook(survey)).startswith(reason)


def test_rows_may_have_gaps_between_them_and_keep_their_numbers(forms: Forms) -> None:
    survey = (*SURVEY, *((None,) for _ in range(59)), ("geopoint", "where", "Where?"))
    assert refused(forms, forms.workbook(survey)).startswith("survey row 62: 'where'")


def test_a_workbook_without_a_survey_is_refused(forms: Forms) -> None:
    path = forms.workbook((), settings=(("form_title",), ("Play",)))
    assert refused(forms, path) == "form.xlsx has no sheet called survey, which holds the questions."


def test_a_sheet_alone_is_the_survey_whatever_it_is_called(forms: Forms) -> None:
    path = forms.workbook((), (), Sheet1=SURVEY)
    assert imported(path, forms.wishes(), forms.folder).consultation.question("idea").code == "idea"


def test_names_of_sheets_may_have_capitals_unless_two_are_alike(forms: Forms) -> None:
    path = forms.workbook((), Survey=SURVEY)
    assert imported(path, forms.wishes(), forms.folder).consultation.question("idea").code == "idea"
    book = openpyxl.Workbook()
    book["Sheet"].title = "survey"
    names = book.create_sheet("other")
    names.title = "x"
    book.save(path)
    renamed = forms.folder / "renamed.xlsx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(renamed, "w") as after:
        for part in before.infolist():
            after.writestr(part, before.read(part).replace(b'name="x"', b'name="SURVEY"'))
    assert "Two sheets have the same name" in refused(forms, renamed)


@pytest.mark.parametrize("name", ["external_choices", "entities", "osm"])
def test_sheets_of_what_a_conversation_cannot_use_are_refused(forms: Forms, name: str) -> None:
    path = forms.workbook(SURVEY, **{name: (("list_name", "name"), ("a", "b"))})
    assert refused(forms, path).startswith(f"The sheet {name} holds what a conversation cannot use.")
