"""`sayso import` and `sayso export-form` as somebody meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import cli
from bot.packs import examine
from bot.xlsforms import importing, workbook
from bot.xlsforms.sheets import Book
from flows.definition import AgeBand
from tests.support.forms import HEADINGS, SURVEY, Forms
from tests.support.packs import SLUG, write_pack


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Told:
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(tmp_path / "consultations"))
    return Told(capsys)


class Told:
    """Runs a command, and keeps what it says."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def code_of(self, *arguments: str | Path) -> int:
        code = cli.main([str(argument) for argument in arguments])
        self.out, self.err = self._capsys.readouterr()
        return code

    def imported(self, form: Path, *more: str | Path) -> int:
        asked = ("--authority", "Harbour Council", "--opens", "2030-05-01T09:00", "--closes", "2030-06-01")
        return self.code_of("import", form, *asked, *more)


def test_a_form_becomes_a_pack_that_loads_and_what_was_guessed_is_said(forms: Forms, told: Told) -> None:
    folder = forms.folder / "harbour"
    more = ("--contact", "play@harbour.example", "--keyword", "SWING", "--band", "8-11", "--role", "child")
    assert told.imported(forms.workbook(), *more, "--output", folder) == 0
    assert told.err == ""
    assert "settings: no form_title, so the consultation is called 'harbour'." in told.out
    assert told.out.endswith(f"Now run: sayso check {folder}\n")
    pack = examine(folder).consultation
    assert pack is not None
    assert (pack.authority, pack.contact, pack.sms_keyword) == ("Harbour Council", "play@harbour.example", "SWING")
    assert [(role.code, role.bands) for role in pack.roles] == [("child", (AgeBand.EIGHT_TO_ELEVEN,))]
    assert pack.timetable.opens_at.isoformat() == "2030-05-01T08:00:00+00:00"
    assert pack.timetable.closes_at.isoformat() == "2030-05-31T23:00:00+00:00"


def test_without_an_output_the_pack_stands_among_the_others_under_its_form_id(forms: Forms, told: Told) -> None:
    form = forms.workbook(settings=(("form_id",), ("Harbour_Play",)))
    assert told.imported(form) == 0
    assert examine(forms.folder / "consultations" / "harbour-play").consultation is not None


def test_a_refused_form_says_every_reason_on_stderr_and_writes_nothing(forms: Forms, told: Told) -> None:
    form = forms.workbook((HEADINGS, ("geopoint", "where", "Where?"), ("image", "face", "Who?"), ("text", "q", "Q?")))
    assert told.imported(form, "--output", forms.folder / "play") == 1
    assert told.out == ""
    assert [line.partition(": '")[0] for line in told.err.splitlines()] == [
        "sayso: survey row 2",
        "sayso: survey row 3",
    ]
    assert list(forms.folder.iterdir()) == [form]


def test_a_form_that_is_not_there_is_told_in_one_line(forms: Forms, told: Told) -> None:
    assert told.imported(forms.folder / "none.xlsx") == 1
    assert told.err.count("\n") == 1
    assert "none.xlsx: No such file or directory" in told.err


def test_a_folder_that_is_there_already_is_never_written_into(forms: Forms, told: Told) -> None:
    folder = forms.folder / "play"
    folder.mkdir()
    assert told.imported(forms.workbook(), "--output", folder) == 1
    assert "play is there already" in told.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["Play Time", "play_time", "été"])
def test_a_folder_that_cannot_name_a_pack_is_refused(forms: Forms, told: Told, name: str) -> None:
    assert told.imported(forms.workbook(), "--output", forms.folder / name) == 1
    assert "cannot name a pack" in told.err


def test_a_pack_that_breaks_off_while_it_is_written_leaves_nothing(
    forms: Forms, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = importing.imported(forms.workbook(), forms.wishes(), forms.folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space"):
        importing.write(made)
    assert [path.name for path in forms.folder.iterdir()] == ["form.xlsx"]


def test_closing_before_it_opens_is_refused_because_the_pack_would_not_load(forms: Forms, told: Told) -> None:
    arguments = ("--authority", "Harbour Council", "--opens", "2030-06-01", "--closes", "2030-05-01")
    assert told.code_of("import", forms.workbook(), *arguments, "--output", forms.folder / "play") == 1
    assert told.err.startswith("sayso: the pack: It closes before it opens (closes_at).")
    assert not (forms.folder / "play").exists()


def test_a_pack_becomes_a_form_and_what_does_not_fit_is_said(forms: Forms, told: Told) -> None:
    write_pack(forms.folder / "consultations")
    output = forms.folder / "out.xlsx"
    assert told.code_of("export-form", SLUG, "--output", output, "--band", "8-11") == 0
    assert "Not in the form: short names of questions: swings, why.\n" in told.out
    assert told.out.endswith(f"{output}: 2 questions for 8-11.\n")
    book: Book = workbook.opened(output)
    assert [row.cells[("name",)] for row in book.survey.rows] == ["swings", "why"]


def test_a_form_is_never_written_over_another_file(forms: Forms, told: Told) -> None:
    write_pack(forms.folder / "consultations")
    form = forms.workbook(SURVEY)
    before = form.read_bytes()
    assert told.code_of("export-form", SLUG, "--output", form) == 1
    assert "form.xlsx is there already" in told.err
    assert form.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((SLUG, "--output", "out.csv"), "does not end in .xlsx"),
        ((SLUG, "--output", "out.xlsx", "--band", "4-7"), "asks nothing of 4-7"),
        (("elsewhere", "--output", "out.xlsx"), "There is no pack 'elsewhere'"),
        (("broken", "--output", "out.xlsx"), "has errors. Run sayso check"),
    ],
)
def test_a_pack_that_cannot_go_out_is_told_why(
    forms: Forms, told: Told, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], reason: str
) -> None:
    write_pack(forms.folder / "consultations")
    (forms.folder / "consultations" / "broken").mkdir()
    monkeypatch.chdir(forms.folder)
    assert told.code_of("export-form", *arguments) == 1
    assert reason in told.err
    assert [path.name for path in forms.folder.iterdir()] == ["consultations"]
