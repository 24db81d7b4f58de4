"""A form's workbook into a pack's folder: all of it, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import FormError
from bot.packs import system_words
from bot.xlsforms import packing, workbook
from bot.xlsforms.form import Asked, Form, code_of
from bot.xlsforms.sheets import Findings
from bot.xlsforms.survey import read_form
from flows import pack
from flows.definition import AgeBand, Consultation, Role
from flows.errors import Fault

_LONGEST_KEYWORD = 20


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who imports a form has said about the pack."""

    authority: str
    opens: datetime
    closes: datetime
    output: Path | None
    """The pack's folder; beside the others, called after the form, where it is None."""
    timezone: str = "Europe/London"
    keyword: str | None = None
    band: AgeBand = AgeBand.ADULT
    roles: tuple[Role, ...] = ()
    language: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A pack that is made of a form, not yet written."""

    folder: Path
    files: Mapping[str, str]
    notes: tuple[str, ...]
    consultation: Consultation
    """What the files say, read back."""


def imported(form: Path, wishes: Wishes, packs: Path) -> Imported:
    """The pack that a form makes. `packs` is the folder that it goes into where no other is wished for.

    Raises:
        FormError: the form cannot be opened, or says something that a pack cannot, or its pack would not load.
        OSError: the form cannot be read.
    """
    book, findings = workbook.opened(form), Findings()
    for name in book.ignored:
        findings.note(f"sheet {name!r}", "left out, because it is no part of a form.")
    read = read_form(book, workbook.type_of, wishes.language, findings)
    roles = _roles(read, wishes, findings)
    folder = _folder(form, read, wishes, packs)
    if findings.refused:
        raise FormError(findings.refused)
    if (fault := workbook.fault_of(form)) is not None:
        raise FormError([f"{form.name}: pyxform does not take this form: {fault}"])
    plan = _plan(read, wishes, folder, roles, findings)
    files = packing.files(read, plan)
    return Imported(folder, files, findings.notes, _read_back(read, files))


def write(made: Imported) -> None:
    """Writes the pack's folder, which is there whole or not at all.

    Raises:
        FormError: there is something of that name already.
        OSError: it cannot be written.
    """
    _guard_folder(made.folder)
    partial = made.folder.with_name(f".{made.folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for name, text in made.files.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        partial.rename(made.folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _guard_folder(folder: Path) -> None:
    if folder.exists() or folder.is_symlink():
        raise FormError([f"{folder} is there already. Name another folder with --output, or move that one away."])


def _folder(form: Path, read: Form, wishes: Wishes, packs: Path) -> Path:
    folder = wishes.output
    if folder is None:
        slug = code_of(read.form_id or form.stem)
        if slug is None:
            raise FormError(["The form's form_id cannot name a folder. Name one, such as --output consultations/play."])
        folder = packs / slug
    if folder.name != code_of(folder.name):
        raise FormError([f"{folder.name!r} cannot name a pack. Use small letters a to z, digits and single hyphens."])
    _guard_folder(folder)
    return folder


def _roles(read: Form, wishes: Wishes, findings: Findings) -> tuple[Role, ...]:
    if read.roles and wishes.roles:
        findings.refuse("survey", "the question 'who' says which roles there are. Leave --role out, or rename it.")
    if read.roles:
        findings.note("survey", f"the choices of 'who' are the pack's roles: {', '.join(read.roles)}.")
        return tuple(Role(code, (wishes.band,)) for code in read.roles)
    if wishes.roles:
        return wishes.roles
    findings.note("roles", "everybody answers in one role, 'everybody'. Say --role to have others.")
    return (Role("everybody", (wishes.band,)),)


def _plan(read: Form, wishes: Wishes, folder: Path, roles: tuple[Role, ...], findings: Findings) -> packing.Plan:
    if read.form_id is not None and code_of(read.form_id) != folder.name:
        findings.note("settings", f"the form_id {read.form_id!r} is not used: the pack is called {folder.name!r}.")
    if read.title is None:
        findings.note(
            "settings", f"no form_title, so the consultation is called {folder.name!r}. Change it in wording/."
        )
    keyword = wishes.keyword or read.keyword
    if keyword is None:
        keyword = folder.name.replace("-", "").upper()[:_LONGEST_KEYWORD]
        findings.note("sms_keyword", f"people start it by text message with {keyword}. Say --keyword to have another.")
    elif read.keyword is not None and wishes.keyword not in {None, read.keyword}:
        findings.note("settings", f"the sms_keyword {read.keyword!r} is not used, because of --keyword.")
    return packing.Plan(
        slug=folder.name,
        authority=wishes.authority,
        opens=wishes.opens,
        closes=wishes.closes,
        timezone=wishes.timezone,
        keyword=keyword,
        band=wishes.band,
        roles=roles,
        contact=wishes.contact,
    )


def _read_back(read: Form, files: Mapping[str, str]) -> Consultation:
    """A pack that would not load is not written: its faults are those of the form."""
    # Sayso's words in languages that the form is not in say nothing about its pack, and take long to read.
    spoken = {"en", *read.languages}
    ours = {name: text for name, text in system_words().items() if name.partition(".")[0] in spoken}
    made = pack.draft(files, ours)
    if made.errors or made.consultation is None:
        raise FormError([_in_the_form(read, fault, files) for fault in made.errors])
    return made.consultation


def _in_the_form(read: Form, fault: Fault, files: Mapping[str, str]) -> str:
    keys = fault.key.split(".")
    asked = next((each for each in read.asked if each.question.code in keys), None)
    if asked is None and fault.file == packing.STRUCTURE:
        asked = _asked_in(read, files[fault.file].splitlines()[: fault.line])
    place = "the pack" if asked is None else asked.place
    return f"{place}: {fault.problem} ({fault.key or fault.file}). {fault.mend}."


def _asked_in(read: Form, lines: Sequence[str]) -> Asked | None:
    """The question whose table the last of these lines of `consultation.toml` belongs to."""
    begun = sum(line == "[[questions]]" for line in lines)
    return read.asked[begun - 1] if begun else None
