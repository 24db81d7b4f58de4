"""A pack's files, read into a consultation, or into everything that is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from flows.definition import Consultation, Words
from flows.effects import Notice
from flows.errors import BrokenPackError, Fault
from flows.help_lines import HelpLines
from flows.pack_checks import check_files, check_questions, check_words
from flows.pack_help_lines import HELP_LINES, read_help_lines
from flows.pack_structure import STRUCTURE, read_structure
from flows.pack_table import Faults, Place, parse
from flows.pack_wording import WordingFile, read_wording
from flows.pack_words import ENGLISH, Files, Laid, lay, opening_words

WORDING = "wording/"
OURS = "bot/wording/"
"""What stands before the name of a file of Sayso's own where one of those is at fault."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What could be made of a pack, sound or not."""

    faults: tuple[Fault, ...]
    """Warnings among them, by file and line."""
    wording: tuple[WordingFile, ...]
    consultation: Consultation | None
    """None where something is missing that there is no going without."""
    laid: Laid | None
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])
    """Where each question stands in the structure, by its code; the structure itself under an empty one."""
    shelf: Files | None = None
    """The wording files, to see which of them a text was taken from."""

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if not fault.warning)


def read(files: Mapping[str, str], system: Mapping[str, str]) -> Consultation:
    """The consultation that a pack's files make.

    `files` maps paths in the pack (`consultation.toml`, `wording/en.8-11.toml`; others are left alone) to their texts,
    `system` the names of Sayso's own wording files (`en.8-11.toml`) to theirs.

    Raises:
        BrokenPackError: with every fault of the pack at once, warnings included.
    """
    made = draft(files, system)
    if made.errors or made.consultation is None:
        raise BrokenPackError(made.errors + tuple(fault for fault in made.faults if fault.warning))
    return made.consultation


def revive(files: Mapping[str, str], system: Mapping[str, str]) -> Consultation:
    """An old version, read once more: it was sound when somebody began to answer it, whatever the rules say today.

    Words that no file has any more are replaced by their codes.

    Raises:
        BrokenPackError: not even a lenient reader can make a consultation of it.
    """
    made = draft(files, system)
    if made.consultation is None:
        raise BrokenPackError(made.errors)
    return made.consultation


def version_of(files: Mapping[str, str]) -> str:
    """The content hash of a pack, in hexadecimal: the same for the same questions and words on every machine.

    Walks and other files do not count, nor do line endings.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path == STRUCTURE or _is_wording(path)):
        text = files[path].replace("\r\n", "\n").replace("\r", "\n")
        # The length keeps a file's end apart from the next one's beginning.
        digest.update(f"{path}\n{len(text)}\n{text}\n".encode())
    return digest.hexdigest()


def lobby_words(system: Mapping[str, str], language: str) -> Words:
    """Sayso's own words, for somebody whose age nobody knows yet and who has chosen no consultation."""
    ours = _own(system, Faults())
    return opening_words(Files.of((), ours, ENGLISH), language)


def draft(files: Mapping[str, str], system: Mapping[str, str]) -> Draft:
    """Everything that can be made of a pack's files, and everything that is wrong with them. Never raises."""
    faults = Faults()
    ours = _own(system, faults)
    worded = _wording({path: text for path, text in files.items() if _is_wording(path)}, faults)
    top = parse(STRUCTURE, files[STRUCTURE], faults) if STRUCTURE in files else None
    if STRUCTURE not in files:
        mend = f"Put a {STRUCTURE} into the pack's folder"
        faults.add(Place(STRUCTURE).fault(None, "missing-file", f"There is no {STRUCTURE}", mend))
    if top is None:
        return Draft(faults.sorted, worded, None, None)
    structure = read_structure(top)
    places = {str(table.data.get("code")): table.place for table in top.tables("questions")}
    shelf = Files.of(worded, ours, structure.default_language)
    laid = lay(structure, shelf)
    check_questions(structure, places, faults)
    check_files(structure, shelf, faults)
    check_words(structure, top.place, shelf, laid, faults)
    _warn_of_no_title(worded, faults)
    consultation = replace(
        structure,
        version=version_of(files),
        words=laid.words,
        opening_bands=laid.opening_bands,
        help_lines=help_lines_in(system, Faults()),
    )
    usable = None if faults.unusable else consultation
    return Draft(faults.sorted, worded, usable, laid, {"": top.place, **places}, shelf)


def wording_in(system: Mapping[str, str]) -> Mapping[str, str]:
    """Of Sayso's own files those that hold words, by their paths from the top."""
    return {f"{OURS}{name}": text for name, text in system.items() if name != HELP_LINES}


def help_lines_in(system: Mapping[str, str], faults: Faults) -> HelpLines:
    """The help lines as they are today, also for an old version: nobody is sent to a number that has changed."""
    return read_help_lines(HELP_LINES, system[HELP_LINES], faults) if HELP_LINES in system else HelpLines()


def _wording(files: Mapping[str, str], faults: Faults) -> tuple[WordingFile, ...]:
    read_all = (read_wording(path, files[path], faults, ours=False) for path in sorted(files))
    return tuple(file for file in read_all if file is not None)


def _own(system: Mapping[str, str], faults: Faults) -> tuple[WordingFile, ...]:
    """Sayso's own wording files. They are under every pack, and take longer to read than most of what lies on them."""
    texts = wording_in(system)
    read_all = [_own_file(path, texts[path]) for path in sorted(texts)]
    for _, found in read_all:
        for fault in found.found:
            faults.add(fault)
        faults.unusable |= found.unusable
    return tuple(file for file, _ in read_all if file is not None)


@lru_cache(maxsize=64)
def _own_file(path: str, text: str) -> tuple[WordingFile | None, Faults]:
    """One of them, and what is wrong with it, as long as it says the same."""
    faults = Faults()
    return read_wording(path, text, faults, ours=True), faults


def _is_wording(path: str) -> bool:
    return path.startswith(WORDING) and path.endswith(".toml")


def _warn_of_no_title(wording: Iterable[WordingFile], faults: Faults) -> None:
    files = tuple(wording)
    if files and not any(Notice.TITLE.value in file.say for file in files):
        problem = "The consultation has no name that people can read"
        mend = 'Write one into every wording file: [say] title = "..."'
        faults.add(Place(files[0].file).fault(None, "title", problem, mend, warning=True))
