"""Marker phrases: words, numbers and names planted in conversations, and every way in which they might show."""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pypdf import PdfReader
from sqlmodel import SQLModel

from tests.support.storing import rows

_SHORTEST: Final = 8
"""Characters of base64 that are looked for at least: fewer would be found by chance."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something planted."""

    name: str
    text: str

    def spellings(self) -> frozenset[bytes]:
        """The mark as text of either width, in hexadecimal, percent-encoded and in base64 at each of its places."""
        made: set[bytes] = set()
        for said in {self.text, self.text.lower(), self.text.upper()}:
            plain, wide = said.encode(), said.encode("utf-16-le")
            made |= {plain.lower(), wide.lower(), plain.hex().encode(), wide.hex().encode(), *_in_base64(plain)}
        return frozenset(made)

    def is_in(self, held: bytes) -> bool:
        lowered = held.lower()
        return any(spelling in lowered for spelling in self.spellings())


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """What is always there of it, whatever stands before and behind: for each of the three places it can begin at."""
    for before, own_from in ((0, 0), (1, 2), (2, 3)):
        coded = base64.b64encode(b"\0" * before + plain)
        shared = {0: 0, 1: 3, 2: 2}[(before + len(plain)) % 3]
        part = coded[own_from : len(coded) - shared]
        if len(part) >= _SHORTEST:
            yield part.lower()


def a_number(name: str, number: str) -> Sequence[Mark]:
    """A telephone number as it is sent, and what is left of it in every way of writing it."""
    return Mark(name, number.removeprefix("+")), Mark(f"{name}, the end of it", number[-9:])


def found(marks: Iterable[Mark], places: Mapping[str, bytes]) -> list[str]:
    """Which mark stands where, a line each."""
    return [f"{mark.name} in {place}" for place, held in places.items() for mark in marks if mark.is_in(held)]


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name: what is packed as it is, and unpacked too."""
    made: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            made[name] = path.read_bytes()
            made |= {f"{name}!{part}": held for part, held in _unpacked(path)}
    return made


def _unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as held:
            for part in held.namelist():
                yield part, held.read(part)
    if path.suffix == ".pdf":
        text = "\n".join(page.extract_text() for page in PdfReader(path).pages)
        yield "text", re.sub(r"\s+", " ", text).encode()


async def tables(url: str) -> dict[str, bytes]:
    """Every table with every column of every row as text, bytes in hexadecimal: what a dump would hold."""
    made: dict[str, bytes] = {}
    for name in SQLModel.metadata.tables:
        lines = (
            "\t".join(value.hex() if isinstance(value, bytes) else str(value) for value in row)
            # A column's bytes are looked at as they are, too: text may lie in them unsealed.
            + "".join(value.decode("latin-1") for value in row if isinstance(value, bytes))
            for row in await rows(url, f"SELECT * FROM {name}")  # noqa: S608 - our own tables
        )
        made[f"table {name}"] = "\n".join(lines).encode("latin-1", "backslashreplace")
    return made
