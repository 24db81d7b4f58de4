"""The packs of a folder, kept ready and read again when they change. A broken one never takes the service down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Final

from bot import log
from bot.errors import PacksMissingError
from bot.safety import rules_with, shipped_rules
from flows import lint, pack, running
from flows.concern_rules import Rules
from flows.decisions import Decision, Standing, What
from flows.definition import Consultation, Words
from flows.errors import BrokenPackError, Fault
from flows.folding import fold
from flows.pack_help_lines import HELP_LINES
from flows.pack_table import Faults

OUR_WORDING: Final = Path(__file__).parent / "wording"
STRUCTURE: Final = "consultation.toml"
_WORDING: Final = "wording/*.toml"
_CONCERNS: Final = "concerns/*.toml"
"""A consultation's own rules about what may mean that somebody is not safe."""

Signature = tuple[tuple[str, int, int], ...]


@cache
def system_words() -> Mapping[str, str]:
    """Sayso's own wording files and the list of help lines, by name."""
    files = (*sorted(OUR_WORDING.glob("*.toml")), Path(__file__).parent / HELP_LINES)
    return MappingProxyType({path.name: path.read_text("utf-8") for path in files})


def read_folder(path: Path) -> dict[str, str]:
    """The texts of a pack's structure and wording, by their paths inside the pack; what is not there is left out.

    Raises:
        BrokenPackError: a file cannot be read, or is not UTF-8.
    """
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for file in _files(path):
        name = file.relative_to(path).as_posix()
        try:
            # Editors on Windows may put a mark in front, which is not part of the text.
            texts[name] = file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = file.read_bytes()[: error.start].count(b"\n") + 1
            problem, mend = "This is not UTF-8", "Save the file again with the encoding UTF-8"
            faults.append(Fault(name, "", problem, mend, line=line, rule="encoding"))
        except OSError as error:
            problem = f"It cannot be read: {error.strerror}"
            faults.append(Fault(name, "", problem, "Let the service read this file", rule="file"))
    if faults:
        raise BrokenPackError(tuple(faults))
    return texts


def folders(folder: Path) -> tuple[Path, ...]:
    """The packs in a folder of packs: every folder in it that is not hidden, by name.

    Raises:
        PacksMissingError: there is no such folder.
    """
    if not folder.is_dir():
        raise PacksMissingError(folder)
    return tuple(sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._"))


@dataclass(frozen=True, slots=True)
class Examined:
    """A pack as its files are now."""

    faults: tuple[Fault, ...]
    """Everything that is wrong with it, warnings included."""
    consultation: Consultation | None
    """None where the pack cannot be used."""
    files: Mapping[str, str] = field(repr=False)
    """Of the version: structure and wording."""
    rules: Rules = field(repr=False, default_factory=shipped_rules)
    """What may mean that somebody is not safe. Those at fault are left out, and the others hold."""


def examine(path: Path) -> Examined:
    """What can be made of the pack in a folder, and everything that is wrong with it."""
    try:
        files = read_folder(path)
    except BrokenPackError as error:
        return Examined(error.faults, None, {})
    made = pack.draft(files, system_words())
    faults, usable = lint.faults_of(made), not made.errors
    if made.consultation and made.consultation.slug != path.name:
        problem = f"The slug is {made.consultation.slug!r}, but the folder is called {path.name!r}"
        faults, usable = (_fault("slug", problem, "Give both the same name"), *faults), False
    own = {name: text for name, text in files.items() if name.startswith("concerns/")}
    wrong = Faults()
    rules = rules_with(own, wrong)
    faults = (*faults, *(replace(fault, rule="concern-rules") for fault in wrong.sorted))
    version = MappingProxyType({name: text for name, text in files.items() if name not in own})
    return Examined(faults, made.consultation if usable else None, version, rules)


def clash(consultation: Consultation, others: Iterable[Consultation]) -> Fault | None:
    """What another pack has already that this one wants for itself."""
    for other in others:
        if other.slug == consultation.slug:
            return _fault("slug", f"There is another pack {other.slug!r}", "Give one of them another slug")
        if fold(other.sms_keyword) == fold(consultation.sms_keyword):
            problem = f"{consultation.sms_keyword} already starts {other.slug!r}"
            return _fault("sms_keyword", problem, "Choose another word for one of them")
    return None


@dataclass(frozen=True, slots=True)
class _Pack:
    """The good version of a pack that is in use."""

    consultation: Consultation
    """With everything laid over it that officers decided."""
    planned: Consultation
    """As its files have it."""
    files: Mapping[str, str] = field(repr=False)
    rules: Rules = field(repr=False)


class Library:
    """The packs of one folder. `refresh` may run in another thread: readers see a pack whole, before or after."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packs: Mapping[str, _Pack] = {}
        self._seen: dict[str, Signature] = {}
        self._faults: Mapping[str, tuple[Fault, ...]] = {}
        self._decisions: Mapping[str, tuple[Decision, ...]] | None = None
        """None where nobody asked for them: packs are then what their files say."""
        self._changing = Lock()

    @classmethod
    def load(cls, folder: Path) -> Library:
        """The packs as they are now.

        Raises:
            PacksMissingError: there is no such folder.
        """
        library = cls(folder)
        library.refresh()
        return library

    @property
    def faults(self) -> Mapping[str, tuple[Fault, ...]]:
        """What is wrong with each pack as its files are now, warnings included, by the name of its folder."""
        return self._faults

    def refresh(self) -> tuple[str, ...]:
        """Reads again what has changed. Returns the slugs of packs that are new or have another content.

        A pack with errors, or whose folder is gone, stays as it was when it was last good; its faults are logged and
        exposed.

        Raises:
            PacksMissingError: the folder of packs itself is gone.
        """
        paths = folders(self._folder)
        with self._changing:
            changed = tuple(path.name for path in paths if self._take(path))
        for name in self._packs.keys() - {path.name for path in paths}:
            if self._seen.pop(name, None) is not None:
                gone = _fault("", "The pack's folder is gone", "Put it back, or start the service again")
                self._note(name, (gone,), in_use=False)
        return changed

    def decide(self, decisions: Mapping[str, tuple[Decision, ...]]) -> tuple[str, ...]:
        """Lays everything that officers decided over the packs, by slug, oldest first; also over those read later.

        From the first call on, a pack that needs an approval is shut until there is one. Returns the slugs of
        consultations whose timetable is another now.
        """
        with self._changing:
            self._decisions = dict(decisions)
            before = self._packs
            self._packs = {
                slug: self._with_decisions(held.planned, held.files, held.rules) for slug, held in before.items()
            }
            return tuple(
                slug
                for slug in sorted(before)
                if before[slug].consultation.timetable != self._packs[slug].consultation.timetable
            )

    def standing(self, slug: str) -> Standing:
        """What stands of everything that officers decided about a consultation.

        Raises:
            KeyError: there is no such pack.
        """
        made = (self._decisions or {}).get(slug, ())
        return running.standing(made, self._packs[slug].planned.default_language)

    def data_contact(self, slug: str) -> str:
        """Whom people can ask about their data, as the gate before an approval says; empty where it does not.

        Raises:
            KeyError: there is no such pack.
        """
        return self.standing(slug).gate.privacy_contact

    def after(self, slug: str, what: What, *, at: datetime, officer: str) -> Consultation:
        """The consultation as it would be after one more decision: to show it before it is taken.

        Raises:
            KeyError: there is no such pack.
        """
        made = (self._decisions or {}).get(slug, ())
        planned = self._packs[slug].planned
        more = Decision(len(made) + 1, at, officer, what)
        return running.overlaid(planned, running.standing((*made, more), planned.default_language))

    def _with_decisions(self, planned: Consultation, files: Mapping[str, str], rules: Rules) -> _Pack:
        if self._decisions is None:
            return _Pack(planned, planned, files, rules)
        made = running.standing(self._decisions.get(planned.slug, ()), planned.default_language)
        return _Pack(running.overlaid(planned, made), planned, files, rules)

    def all(self) -> tuple[Consultation, ...]:
        """Every consultation that is in use, by slug."""
        return tuple(self._packs[slug].consultation for slug in sorted(self._packs))

    def get(self, slug: str) -> Consultation | None:
        found = self._packs.get(slug)
        return None if found is None else found.consultation

    def rules_of(self, slug: str) -> Rules:
        """What may mean that somebody is not safe, in this consultation as it is now; else as it comes with Sayso."""
        found = self._packs.get(slug)
        return shipped_rules() if found is None else found.rules

    def by_keyword(self, text: str) -> Consultation | None:
        """The consultation whose SMS keyword a whole text is; case, accents, space and punctuation play no part."""
        said = fold(text)
        return next((each for each in self.all() if said and fold(each.sms_keyword) == said), None)

    def files(self, slug: str) -> Mapping[str, str]:
        """The texts of the version in use, from which `revive` can make it again.

        Raises:
            KeyError: there is no such pack.
        """
        return self._packs[slug].files

    def revive(self, files: Mapping[str, str]) -> Consultation:
        """An old version from its texts, with the timetable that it had then.

        Raises:
            BrokenPackError: these texts were never a pack.
        """
        return pack.revive(files, system_words())

    def lobby_words(self, language: str) -> Words:
        """What Sayso says of its own, to somebody who has not chosen a consultation; English where it has no other."""
        return _lobby_words(language)

    def _take(self, path: Path) -> bool:
        """Reads one pack if its files have changed. True when another content is in use now."""
        signature = _signature(path)
        if self._seen.get(path.name) == signature:
            return False
        found = examine(path)
        consultation, faults = found.consultation, found.faults
        others = (each.consultation for slug, each in self._packs.items() if slug != path.name)
        clashing = clash(consultation, others) if consultation else None
        if clashing is None:
            self._seen[path.name] = signature
        else:
            # Looked at again at every refresh: the other pack may give the word up.
            consultation, faults = None, (clashing, *faults)
        self._note(path.name, faults, in_use=consultation is not None)
        if consultation is None:
            return False
        is_new = consultation.version != self._version_of(path.name)
        # Rules are no part of the version: what is mended in them holds at once, for everybody under way.
        self._packs = {**self._packs, path.name: self._with_decisions(consultation, found.files, found.rules)}
        return is_new

    def _version_of(self, slug: str) -> str | None:
        found = self.get(slug)
        return None if found is None else found.version

    def _note(self, name: str, faults: tuple[Fault, ...], *, in_use: bool) -> None:
        """Keeps the faults of a pack as it is now, and logs those that keep it from being used."""
        if faults == self._faults.get(name, ()):
            return
        self._faults = {**self._faults, name: faults}
        if in_use:
            return
        for fault in faults:
            if not fault.warning:
                log.error("a pack has a fault", slug=name, reason=f"{fault.file}:{fault.line} {fault.rule} {fault.key}")
        if name in self._packs:
            log.warning("the last good version of the pack goes on", slug=name, version=self._version_of(name))


@cache
def _lobby_words(language: str) -> Words:
    return pack.lobby_words(system_words(), language)


def _files(path: Path) -> list[Path]:
    files = (path / STRUCTURE, *sorted(path.glob(_WORDING)), *sorted(path.glob(_CONCERNS)))
    return [file for file in files if file.is_file()]


def _signature(path: Path) -> Signature:
    """What tells that a pack was not touched, without reading it."""
    found = [(file, file.stat()) for file in _files(path)]
    return tuple((file.relative_to(path).as_posix(), stat.st_mtime_ns, stat.st_size) for file, stat in found)


def _fault(key: str, problem: str, mend: str) -> Fault:
    return Fault(STRUCTURE, key, problem, mend, rule="library")
