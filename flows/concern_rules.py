"""What a rule about somebody's safety is made of: data of a closed shape that people write (see `flows.concern_files`).

A rule says which words, in which order and how near to each other, tell that somebody may not be safe. One word alone
is never enough: each pattern has at least two words that have to be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

REACH: Final = 4
"""How many words `..` stands for, at most."""
FAR_REACH: Final = 8
"""How many words `...` stands for, at most."""


class Tier(StrEnum):
    """How soon a person should read it."""

    URGENT = "urgent"
    """At once; and the conversation stops to say where help is."""
    CONCERN = "concern"
    """Before other answers; the conversation goes on."""


class Harm(StrEnum):
    """What somebody may be telling of."""

    PHYSICAL = "physical"
    SEXUAL = "sexual"
    EMOTIONAL = "emotional"
    NEGLECT = "neglect"
    DOMESTIC = "domestic"
    """Violence or control between the adults of a home."""
    SELF_HARM = "self-harm"
    SUICIDE = "suicide"
    EXPLOITATION = "exploitation"
    """Grooming, blackmail, pictures, sex or work for somebody else's gain."""
    GANGS = "gangs"
    """Carrying, selling or owing for others; county lines."""
    BULLYING = "bullying"
    RUNAWAY = "runaway"
    """Away from home, or with nowhere to go."""
    FORCED = "forced"
    """Forced marriage, FGM and violence in the name of honour."""
    LOW = "low"
    """Unhappy, without a word of harm."""
    PAST = "past"
    """It happened, and is over."""
    UNCLEAR = "unclear"
    """A cry for help that does not say for what."""


@dataclass(frozen=True, slots=True)
class Concern:
    """That somebody may not be safe. It holds none of their words."""

    tier: Tier
    rules: tuple[str, ...]
    """Codes of the rules that say so, in the order of the books."""
    harms: tuple[Harm, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of a pattern: any of `symbols`, which are words, or groups of words as `<name>`."""

    symbols: frozenset[str]
    reach: int
    """How many other words may stand between the word before it and this one."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words in an order. What could be left out has been: each way to say it is a pattern of its own."""

    slots: tuple[Slot, ...]
    key: int
    """The slot to look for first: its words are the rarest."""
    at_start: bool = False
    """It has to be the beginning of a sentence."""
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one language."""

    code: str
    """Its language and its own name, such as `en/hit-me`: what is kept of a match, instead of any word."""
    tier: Tier
    harms: tuple[Harm, ...]
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()
    """What, close by, makes it something else: "my dad beats me" and "at chess". One word is enough here."""


@dataclass(frozen=True, slots=True)
class Book:
    """The rules of one language, and how its words are known however they are spelt."""

    language: str
    rules: tuple[Rule, ...]
    marks: Mapping[str, frozenset[str]] = field(repr=False)
    """Of each word that means something to a rule: itself, and the groups that it is in."""
    means: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Slang, short forms and frequent mistakes, and the words that they stand for."""
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = field(repr=False)
    """By first word: several words that stand for others, the longest first."""
    near: Mapping[str, tuple[str, ...]] = field(repr=False)
    """By each way to leave a letter out: the words that it may be a misspelling of."""
    keyed: Mapping[str, tuple[tuple[Rule, Pattern], ...]] = field(repr=False)
    """What to try when a symbol turns up."""
    youngest: frozenset[str] = field(default=frozenset(), repr=False)
    """Words of hurt and fear: from a child under eight, any of them alone is enough to be read before others."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All that is looked for. Every language is tried on every text: people mix them, and we may not know theirs."""

    books: tuple[Book, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(rule.code for book in self.books for rule in book.rules)


def keyed(rules: Iterable[Rule]) -> Mapping[str, tuple[tuple[Rule, Pattern], ...]]:
    """Each pattern under every symbol of its key slot."""
    found: dict[str, list[tuple[Rule, Pattern]]] = {}
    for rule, pattern in _each(rules):
        for symbol in pattern.slots[pattern.key].symbols:
            found.setdefault(symbol, []).append((rule, pattern))
    return {symbol: tuple(each) for symbol, each in found.items()}


def _each(rules: Iterable[Rule]) -> Iterator[tuple[Rule, Pattern]]:
    for rule in rules:
        for pattern in rule.patterns:
            yield rule, pattern
