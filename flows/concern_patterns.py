"""How a pattern is written, and how it becomes what is looked for.

    <family> .. <hit> <me>      a word of each group, in this order; up to four words where the dots are
    <child> ... <hit> <me>      three dots: up to eight words
    want to die|end             words stand for themselves; one of those with | between
    i am? so? scared            a word with ? may be left out
    ^ kill myself $             at the beginning, or the end, of what somebody wrote

Words of no weight (the group `filler`: "really", "just") may stand anywhere. A denial where the dots are ("my dad never
hits me"), or just before the first word, makes it no match.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flows.concern_rules import FAR_REACH, REACH, Pattern, Slot
from flows.folding import fold

_GROUP: Final = re.compile(r"<[a-z]+(?:-[a-z]+)*>")
_MOST_SLOTS: Final = 12
_MOST_OPTIONAL: Final = 5
FEWEST: Final = 2
"""Words that have to be there before a rule may hold."""
_DOTS: Final = {"..": REACH, "...": FAR_REACH}


@dataclass(frozen=True, slots=True)
class Written:
    """A pattern as it was read, before what may be left out is."""

    slots: tuple[Slot, ...]
    optional: tuple[bool, ...]
    at_start: bool
    at_end: bool

    @property
    def symbols(self) -> frozenset[str]:
        return frozenset(symbol for slot in self.slots for symbol in slot.symbols)


def read_pattern(said: str, *, fewest: int = FEWEST) -> Written | str:
    """A pattern of at least so many words from its text; or what is wrong with it, in one sentence."""
    parts = said.split()
    at_start, at_end = parts[:1] == ["^"], parts[-1:] == ["$"]
    parts = parts[at_start : len(parts) - at_end]
    slots: list[Slot] = []
    optional: list[bool] = []
    reach = 0
    for part in parts:
        if part in _DOTS:
            reach = _DOTS[part]
            continue
        symbols = [_symbol(each) for each in part.removesuffix("?").split("|")]
        if not all(symbols):
            return f"{part!r} is neither a word nor a group such as <family>"
        slots.append(Slot(frozenset(symbol for symbol in symbols if symbol), reach))
        optional.append(part.endswith("?"))
        reach = 0
    return _problem(parts, slots, optional, fewest) or Written(tuple(slots), tuple(optional), at_start, at_end)


def _symbol(part: str) -> str:
    """A group as it is, a word folded; empty for anything else."""
    if _GROUP.fullmatch(part):
        return part
    folded = fold(part)
    return folded if " " not in folded and all(sign.isalnum() or sign in "'’" for sign in part) else ""


def _problem(parts: Sequence[str], slots: Sequence[Slot], optional: Sequence[bool], fewest: int) -> str:
    if {*parts[:1], *parts[-1:]} & _DOTS.keys():
        return "Dots stand between two words, not at an end"
    if len(slots) - sum(optional) < fewest:
        return "One word alone never decides: at least two have to be there"
    if len(slots) > _MOST_SLOTS:
        return f"It has {len(slots)} words; the most is {_MOST_SLOTS}"
    if sum(optional) > _MOST_OPTIONAL:
        return f"It has {sum(optional)} words that may be left out; the most is {_MOST_OPTIONAL}"
    return ""


def compiled(written: Written, weights: Mapping[str, int]) -> Iterator[Pattern]:
    """Each way to say it. `weights`: how many words a group has, so that the rarest slot is looked for first."""
    seen: set[tuple[Slot, ...]] = set()
    choices = [(True, False) if may_go else (True,) for may_go in written.optional]
    for present in itertools.product(*choices):
        slots = tuple(_present(written.slots, present))
        if slots in seen:
            continue
        seen.add(slots)
        key = min(range(len(slots)), key=lambda index: (_commonness(slots[index], weights), -index))
        yield Pattern(slots, key, written.at_start, written.at_end)


def _present(slots: Sequence[Slot], present: Sequence[bool]) -> Iterator[Slot]:
    reach = 0
    for slot, there in zip(slots, present, strict=True):
        reach = max(reach, slot.reach)
        if there:
            yield Slot(slot.symbols, reach)
            reach = 0


def _commonness(slot: Slot, weights: Mapping[str, int]) -> int:
    return sum(weights.get(symbol, 1) for symbol in slot.symbols)
