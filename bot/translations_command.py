"""`sayso words`: a pack's words, or Sayso's own, out to a translator's tool and back."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import PackMissingError, TranslationError, WordsError
from bot.packs import OUR_WORDING, read_folder, system_words
from bot.translations import Catalogue, read, recalled, remembered, written
from bot.whole_file import WholeFile
from flows.definition import AgeBand
from flows.errors import Fault
from flows.translated import Memory, Refused, Taken, take
from flows.translation import Book, of_ours, of_pack, units

_MEMORY: Final = "translations"
"""The folder in a pack with what each translation was made from, a PO file for each language."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?![a-z])")
"""Some tools write a country behind it, as in pl_PL."""


def add_arguments(words: argparse.ArgumentParser) -> None:
    """What `sayso words` can be asked."""
    actions = words.add_subparsers(required=True, metavar="ACTION", dest="action")
    out = actions.add_parser(
        "export",
        help="write a PO file",
        epilog="For example: sayso words export herefordshire-2018 --language pl --output herefordshire.pl.po",
    )
    _add_which(out)
    out.add_argument("--language", required=True, metavar="CODE", help="the language to translate into, such as pl")
    out.add_argument("--band", action="append", choices=[band.value for band in AgeBand], help="only for this age band")
    out.add_argument(
        "--all",
        action="store_true",
        help="also texts that fall back on a younger band's, and shorter forms for text messages",
    )
    out.add_argument("--output", type=Path, metavar="FILE.po", help="the file to write (default: print it)")
    back = actions.add_parser(
        "import",
        help="take a translated PO file back into the wording files",
        epilog="For example: sayso words import herefordshire-2018 herefordshire.pl.po",
    )
    _add_which(back)
    back.add_argument("file", type=Path, metavar="FILE.po", help="the translated file")


def _add_which(action: argparse.ArgumentParser) -> None:
    action.add_argument("pack", nargs="?", type=Path, metavar="PACK", help="a pack's folder or its name")
    action.add_argument("--system", action="store_true", help="Sayso's own words in place of a pack's")


def run(arguments: argparse.Namespace, *, folder: Path) -> int:
    """Does what was asked; 0, or 1 where a translator's file is refused, with a line for each fault on stderr.

    `folder` holds the packs that can be named without a path.

    Raises:
        BotError: there are no such words, or a file that was kept beside them cannot be read.
        OSError: a file cannot be read or written.
    """
    words = _words_of(arguments, folder)
    try:
        if arguments.action == "export":
            _export(words, arguments)
        else:
            print(_import(words, arguments.file))  # noqa: T201 - a command speaks by printing
    except TranslationError as error:
        print(error, file=sys.stderr)  # noqa: T201 - likewise
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that are worked on."""

    folder: Path
    """The pack's, or that of Sayso's own wording files."""
    book: Book

    def memory_file(self, language: str) -> Path:
        return self.folder / _MEMORY / f"{language}.po"

    def memory(self, language: str) -> Memory:
        path = self.memory_file(language)
        return recalled(path, str(path))

    def reviewers(self, language: str, bands: tuple[AgeBand, ...]) -> dict[AgeBand, str | None]:
        files = {band: self.book.translated.get((language, band)) for band in bands}
        return {band: file.reviewed_by if file else None for band, file in files.items()}


def _words_of(arguments: argparse.Namespace, folder: Path) -> _Words:
    if arguments.system == (arguments.pack is not None):
        raise WordsError("Name a pack, such as herefordshire-2018, or --system for Sayso's own words.")
    if arguments.system:
        return _Words(OUR_WORDING, of_ours(system_words()))
    path = next((path for path in (arguments.pack, folder / arguments.pack) if path.is_dir()), None)
    if path is None:
        raise PackMissingError(arguments.pack, folder)
    book = of_pack(read_folder(path), system_words())
    if book is None:
        raise WordsError(f"The pack in {path} cannot be read. Run sayso check on it first.")
    return _Words(path, book)


def _export(words: _Words, arguments: argparse.Namespace) -> None:
    language: str = arguments.language
    own = words.book.language
    if language == own or not _LANGUAGE.fullmatch(language):
        raise WordsError(f"{language!r} is nothing to translate into: name a language other than {own!r}, such as pl.")
    if unreadable := words.book.unreadable(language):
        raise TranslationError(unreadable)
    bands = tuple(band for band in AgeBand if not arguments.band or band.value in arguments.band)
    listed = units(words.book, language, bands, everything=arguments.all)
    memory = words.memory(language)
    known = tuple(band for band in bands if any(unit.band is band for unit in listed))
    text = written(words.book.name, language, listed, memory, words.reviewers(language, known))
    output: Path | None = arguments.output
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr] # it is a TextIOWrapper
        sys.stdout.write(text)
        return
    _write({output: text})
    done = sum(bool(unit.translation) for unit in listed)
    again = sum(memory[unit.place].outdated(unit)[0] for unit in listed if unit.place in memory)
    more = f", {again} of them to be looked at again" if again else ""
    print(f"{output}: {_count(len(listed), 'text')}, {done} translated{more}.")  # noqa: T201 - a command speaks by printing


def _import(words: _Words, file: Path) -> str:
    catalogue = read(file, str(file))
    language = _checked(words, catalogue, str(file))
    memory = words.memory(language)
    taken = take(words.book, language, catalogue.offered, catalogue.reviewers, memory, file=str(file))
    if isinstance(taken, Refused):
        raise TranslationError(taken.faults)
    changes = {words.folder / name: text for name, text in taken.files.items()}
    changes[words.memory_file(language)] = remembered(words.book.name, language, taken.memory)
    _write(changes)
    return _told(taken)


def _checked(words: _Words, catalogue: Catalogue, shown: str) -> str:
    """The file's language, as a wording file names it.

    Raises:
        TranslationError: the file is for other words, or in a language that there is not.
    """
    language, name = _LANGUAGE.match(catalogue.language or ""), words.book.name
    code = language[0] if language else ""
    faults = []
    if catalogue.pack is not None and catalogue.pack != name:
        problem, mend = f"These are the words of {catalogue.pack!r}", f"Give a file with those of {name!r}"
        faults.append(Fault(shown, "X-Sayso-Pack", problem, mend, rule="po-pack"))
    if wrong := _wrong_language(words, code):
        faults.append(Fault(shown, "Language", *wrong, rule="po-language"))
    if faults:
        raise TranslationError(faults)
    return code


def _wrong_language(words: _Words, code: str) -> tuple[str, str] | None:
    """What is wrong with a language, and what to do about it."""
    if not code:
        return "The file does not say its language", "Write it into the header, such as Language: pl"
    if code == words.book.language:
        return f"{code!r} is the language that is translated from", "Give a translation"
    consultation = words.book.consultation
    if consultation is not None and code not in consultation.languages:
        return f"The pack has no language {code!r}", "Give another file, or add it to languages in consultation.toml"
    return None


def _told(taken: Taken) -> str:
    again = f", {taken.fuzzy} of them to be looked at again" if taken.fuzzy else ""
    changed = f"{_count(taken.texts, 'translation')}, {taken.changed} of them new or changed{again}."
    return f"{changed} Written: {', '.join(taken.files) or 'nothing'}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _write(texts: Mapping[Path, str]) -> None:
    """All of them or, should one fail to be written, none: each takes its place only when all are on the disk."""
    with ExitStack() as stack:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = stack.enter_context(WholeFile(path))
            with whole.partial.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
