"""`sayso check`: everything that is wrong with packs, for people to read or for other programs.

Sayso's own words come last, where something has to be said of those in the packs' languages.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TextIO

from bot import check_page, price_page
from bot.errors import PackMissingError
from bot.packs import STRUCTURE, Examined, clash, examine, folders, system_words
from flows.definition import Consultation
from flows.errors import BrokenPackError, Fault
from flows.folding import fold
from flows.lint import system_faults
from flows.pack import OURS, help_lines_in
from flows.pack_help_lines import stale
from flows.pack_table import Faults
from flows.price import prices
from flows.schema import SCHEMAS

_OWN_WORDS = Path(OURS)
"""Stands for a pack's path where Sayso itself is at fault."""
_OURS = _OWN_WORDS.parent
"""And where the list of help lines is."""


def run(packs: Sequence[Path], *, folder: Path, style: str, today: date, out: TextIO | None = None) -> int:
    """Writes the faults of packs to `out`, or else to stdout, and what a conversation in each costs by text.

    0 where there are no faults but warnings, 1 otherwise. `packs` are paths of packs or their names in `folder`; none
    means every pack in `folder`. `style` is `text`, or `json` for an object with a list of faults for each pack, under
    its path, and under `prices` a list of prices for each. A pack that cannot be used has no prices. `today` decides
    whether the numbers of the help lines have to be checked again.

    Raises:
        PackMissingError: a pack that was asked for is not there.
        PacksMissingError: no pack was asked for, and the folder is not there.
    """
    examined = {path: examine(path) for path in _paths(packs, folder)}
    found = {**_with_clashes(examined), **_own_words(examined.values(), today)}
    out = out or sys.stdout
    if style == "json":
        said = {path.as_posix(): [_plain(fault) for fault in each] for path, each in found.items()}
        json.dump({**said, "prices": _prices(examined)}, out, indent=2)
        out.write("\n")
    else:
        out.writelines(f"{line}\n" for line in _lines(found))
        usable = (each.consultation for each in examined.values() if each.consultation is not None)
        out.writelines(f"{line}\n" for consultation in usable for line in price_page.summary(consultation))
    return int(any(not fault.warning for faults in found.values() for fault in faults))


def rules(out: TextIO | None = None) -> int:
    """Writes every rule with an example each way, as Markdown."""
    (out or sys.stdout).write(check_page.page())
    return 0


def schema(name: str, out: TextIO | None = None) -> int:
    """Writes the JSON Schema of that name, as it is published in `docs/schema/`."""
    out = out or sys.stdout
    json.dump(SCHEMAS[name](), out, indent=2, ensure_ascii=False)
    out.write("\n")
    return 0


def price_list(packs: Sequence[Path], *, folder: Path, out: TextIO | None = None) -> int:
    """Writes what whole conversations cost by text, as Markdown. `packs` and `folder` are those of `run`.

    Raises:
        BrokenPackError: a pack cannot be used, so nobody can hold a conversation in it.
        PackMissingError: a pack that was asked for is not there.
        PacksMissingError: no pack was asked for, and the folder is not there.
    """
    consultations: list[Consultation] = []
    for examined in map(examine, _paths(packs, folder)):
        if examined.consultation is None:
            raise BrokenPackError(examined.faults)
        consultations.append(examined.consultation)
    (out or sys.stdout).write(price_page.page(consultations))
    return 0


def _prices(examined: Mapping[Path, Examined]) -> Mapping[str, object]:
    return {
        path.as_posix(): [price_page.plain(price) for price in prices(each.consultation)]
        for path, each in examined.items()
        if each.consultation is not None
    }


def _paths(packs: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    if not packs:
        return folders(folder)
    paths = []
    for pack in packs:
        path = next((path for path in (pack, folder / pack) if path.is_dir()), None)
        if path is None:
            raise PackMissingError(pack, folder)
        # A path such as "." has no name, and a pack's slug is compared with it.
        paths.append(path if path.name else path.resolve())
    return tuple(paths)


def _with_clashes(found: Mapping[Path, Examined]) -> dict[Path, tuple[Fault, ...]]:
    """The faults of each pack, with what a later one takes from an earlier one."""
    earlier: list[Consultation] = []
    faults: dict[Path, tuple[Fault, ...]] = {}
    for path, examined in found.items():
        faults[path] = examined.faults
        if examined.consultation is None:
            continue
        clashing = clash(examined.consultation, earlier)
        if clashing is not None:
            faults[path] = (clashing, *examined.faults)
        earlier.append(examined.consultation)
    packs = {path: examined.consultation for path, examined in found.items() if examined.consultation is not None}
    for path, consultation in packs.items():
        faults[path] = (*_lost_answers(consultation, packs.values()), *faults[path])
    return faults


def _lost_answers(consultation: Consultation, packs: Iterable[Consultation]) -> Iterable[Fault]:
    """Words for an option that by text message begin another consultation instead."""
    starts = {fold(other.sms_keyword): other.slug for other in packs if other.slug != consultation.slug}
    said = {
        (f"questions.{code}.{table}.{option}", text)
        for words in consultation.words.values()
        for code, question in words.questions.items()
        for table, texts in (
            ("choices", {option: (text,) for option, text in question.choices.items()}),
            ("synonyms", question.synonyms),
        )
        for option, several in texts.items()
        for text in several
    }
    for key, text in sorted(said):
        if (slug := starts.get(fold(text))) is not None:
            problem = f"By text message {text!r} starts {slug!r}, and never arrives as an answer"
            yield Fault(STRUCTURE, key, problem, "Use other words, or give that pack another keyword", rule="library")


def _own_words(examined: Iterable[Examined], today: date) -> dict[Path, tuple[Fault, ...]]:
    """The faults of Sayso's own words in the languages of the packs, and of the help lines; no entry where none are."""
    packs = [each.consultation for each in examined if each.consultation is not None]
    languages = {language for pack in packs for language in pack.languages}
    ours = (replace(fault, file=fault.file.removeprefix(OURS)) for fault in system_faults(system_words()))
    faults = tuple(fault for fault in ours if fault.file.partition(".")[0] in languages)
    found = Faults()
    for fault in stale(help_lines_in(system_words(), found), today):
        found.add(fault)
    return {path: each for path, each in ((_OWN_WORDS, faults), (_OURS, found.sorted)) if each}


def _plain(fault: Fault) -> dict[str, str | int]:
    return {
        "file": fault.file,
        "line": fault.line,
        "key": fault.key,
        "rule": fault.rule,
        "level": _level(fault),
        "problem": fault.problem,
        "mend": fault.mend,
    }


def _level(fault: Fault) -> str:
    return "warning" if fault.warning else "error"


def _lines(found: Mapping[Path, Iterable[Fault]]) -> Iterable[str]:
    """A line for each fault, as editors understand it, and a line for each pack."""
    for path, faults in found.items():
        listed = tuple(faults)
        for fault in listed:
            place = f"{(path / fault.file).as_posix()}:{fault.line}" if fault.line else (path / fault.file).as_posix()
            key = f" {fault.key}:" if fault.key else ""
            yield f"{place}: {_level(fault)}:{key} {fault.problem}. {fault.mend}. [{fault.rule}]"
        errors = sum(not fault.warning for fault in listed)
        name = "Sayso's own words" if path == _OWN_WORDS else path.name
        yield f"{name}: {_count(errors, 'error')}, {_count(len(listed) - errors, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
