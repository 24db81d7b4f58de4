"""One table of a pack's file, asked key by key: it notes what is wrong with each, and what nobody asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from flows.errors import Fault
from flows.pack_lines import Path, line_of, lines_of
from flows.spelling import slips

_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_CODE: Final = 40
_SYNTAX_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_TOO_FAR: Final = 3


@dataclass(slots=True)
class Faults:
    """What was found wrong in a pack so far, in the order it was found; the same thing is noted once."""

    found: dict[Fault, None] = field(default_factory=dict[Fault, None])
    unusable: bool = False
    """True once something was missing or wrong that a consultation cannot do without."""

    def add(self, fault: Fault) -> None:
        self.found.setdefault(fault)

    @property
    def sorted(self) -> tuple[Fault, ...]:
        """By file and line."""
        return tuple(sorted(self.found, key=lambda fault: (fault.file, fault.line, fault.key, fault.rule)))


@dataclass(frozen=True, slots=True)
class Place:
    """A table's place in a file, and how it is called in a fault."""

    file: str
    path: Path = ()
    shown: str = ""
    lines: Mapping[Path, int] = field(default_factory=dict[Path, int], repr=False)

    def key(self, key: str | None) -> str:
        return ".".join(part for part in (self.shown, key) if part)

    def line(self, key: str | None = None) -> int:
        return line_of(self.lines, self.path if key is None else (*self.path, key))

    def below(self, *path: str | int, shown: str | None = None) -> Place:
        """The place of a table inside this one."""
        name = self.key(".".join(str(part) for part in path)) if shown is None else shown
        return replace(self, path=(*self.path, *path), shown=name)

    def fault(self, key: str | None, rule: str, problem: str, mend: str, *, warning: bool = False) -> Fault:
        """Something wrong with a key here; with the table itself where `key` is None."""
        return Fault(self.file, self.key(key), problem, mend, line=self.line(key), rule=rule, warning=warning)


@dataclass(slots=True)
class Table:
    """A table being read. Each getter gives None where the key is absent or wrong; the latter is then a fault."""

    data: Mapping[str, object]
    place: Place
    faults: Faults
    asked: set[str] = field(default_factory=set[str])

    def fault(self, key: str | None, rule: str, problem: str, mend: str) -> None:
        """Notes an error without which the pack could still be read."""
        self.faults.add(self.place.fault(key, rule, problem, mend))

    def warn(self, key: str | None, rule: str, problem: str, mend: str) -> None:
        self.faults.add(self.place.fault(key, rule, problem, mend, warning=True))

    def broken(self, key: str | None, rule: str, problem: str, mend: str) -> None:
        """Notes an error that leaves nothing to work with."""
        self.fault(key, rule, problem, mend)
        self.faults.unusable = True

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.data

    def text(self, key: str, *, needed: str | None = None) -> str | None:
        """A text that is not blank. `needed` is what to write where there is none, if there has to be one."""
        if not self._present(key, needed):
            return None
        value = self.data[key]
        if isinstance(value, str) and value.strip():
            return value
        self._wrong(key, "a text between quotation marks, with something in it")
        return None

    def code(self, key: str, *, needed: str | None = None) -> str | None:
        """A name for machines: small letters, digits and hyphens."""
        value = self.text(key, needed=needed)
        return value if value is None or self._is_code(key, value) else None

    def whole(self, key: str, lowest: int, highest: int) -> int | None:
        """A whole number within bounds."""
        if not self._present(key, None):
            return None
        value = self.data[key]
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        self._wrong(key, f"a whole number from {lowest} to {highest}")
        return None

    def yes(self, key: str) -> bool | None:
        if not self._present(key, None):
            return None
        value = self.data[key]
        if isinstance(value, bool):
            return value
        self._wrong(key, "true or false")
        return None

    def texts(self, key: str, *, needed: str | None = None) -> tuple[str, ...] | None:
        """A list of texts, each of them once; one text alone is a list of one."""
        if not self._present(key, needed):
            return None
        value = self.data[key]
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not listed or not all(isinstance(each, str) and each for each in listed):
            self._wrong(key, 'a list of texts, such as ["more", "fewer"]')
            return None
        for twice in sorted({each for each in listed if listed.count(each) > 1}):
            self.fault(key, "duplicate", f"{self.place.key(key)} has {twice!r} twice", "Leave one of them out")
        return tuple(dict.fromkeys(listed))

    def codes(self, key: str, *, needed: str | None = None) -> tuple[str, ...] | None:
        """A list of codes."""
        values = self.texts(key, needed=needed)
        return None if values is None else tuple(value for value in values if self._is_code(key, value))

    def day(self, key: str) -> date | None:
        if not self._present(key, None):
            return None
        value = self.data[key]
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self._wrong(key, "a day without quotation marks, such as 2030-09-30")
        return None

    def local_time(self, key: str, *, needed: str | None = None) -> datetime | None:
        """A wall time without an offset."""
        if not self._present(key, needed):
            return None
        value = self.data[key]
        if isinstance(value, datetime) and value.tzinfo is None:
            return value
        self._wrong(key, "a local time without an offset or quotation marks, such as 2030-06-01T00:00:00")
        return None

    def table(self, key: str) -> Table:
        """The table inside this one; an empty one where it is absent or wrong."""
        value = self.data[key] if self._present(key, None) else {}
        if not isinstance(value, dict):
            self._wrong(key, f"a table, which begins with [{self.place.key(key)}]")
            value = {}
        return Table(value, self.place.below(key), self.faults)

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of an array, each called by its `code` where it has one."""
        if not self._present(key, None):
            return
        value = self.data[key]
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._wrong(key, f"one or more tables, each of which begins with [[{self.place.key(key)}]]")
            return
        for index, each in enumerate(value):
            code = each.get("code")
            shown = f"{key}.{code}" if isinstance(code, str) and code else f"{key}[{index + 1}]"
            yield Table(each, self.place.below(key, index, shown=shown), self.faults)

    def done(self) -> None:
        """Every key that was never asked for is one that nobody knows."""
        for key in self.data.keys() - self.asked:
            near = nearest(key, self.asked)
            mend = f"Perhaps you mean {near!r}" if near else f"Use one of: {', '.join(sorted(self.asked))}"
            self.fault(key, "unknown-key", f"There is no {key!r} here", mend)

    def _present(self, key: str, needed: str | None) -> bool:
        if self.has(key):
            return True
        if needed is not None:
            self.broken(key, "missing-key", f"{self.place.key(key)} is missing", f"Add it: {needed}")
        return False

    def _wrong(self, key: str, wanted: str) -> None:
        self.broken(key, "wrong-value", f"{self.place.key(key)} is not what belongs there", f"Write {wanted}")

    def _is_code(self, key: str, value: str) -> bool:
        if _CODE.fullmatch(value) and len(value) <= _LONGEST_CODE:
            return True
        self.broken(
            key,
            "code",
            f"{value!r} is not a code",
            f"Use small letters a to z, digits and single hyphens, {_LONGEST_CODE} characters at most",
        )
        return False


def parse(file: str, text: str, faults: Faults) -> Table | None:
    """The top table of a file; None where it is not TOML, which is then a fault with its line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
        at = _SYNTAX_LINE.search(problem)
        line = int(at[1]) if at else text.count("\n") + 1
        shown = _SYNTAX_LINE.sub("", problem)
        mend = "Look at this line and the one before: quotation marks, brackets and equals signs come in their places"
        faults.add(Fault(file, "", f"This is not TOML: {shown}", mend, line=line, rule="toml"))
        return None
    return Table(data, Place(file, lines=lines_of(text)), faults)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that another one was most likely meant to be."""
    distances = {each: _distance(word, each) for each in sorted(known)}
    near = {each: distance for each, distance in distances.items() if distance is not None}
    return min(near, key=lambda each: near[each]) if near else None


def _distance(word: str, other: str) -> int | None:
    plain, known = word.replace("_", "-").lower(), other.replace("_", "-")
    if plain == known:
        return 0
    limit = min(_TOO_FAR, max(len(plain), len(known)) // 2)
    return slips(plain, known, limit)


def listed(words: Sequence[str]) -> str:
    """Words for a person: "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
