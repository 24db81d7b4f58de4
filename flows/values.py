"""What an answer can be: a closed union, one shape for each family of questions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """Somebody's own words, exactly as they were sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, by its code (questions of kind one, yes-no, who and helped-by)."""

    code: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Several options by their codes, in the pack's order."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a point on a scale."""

    number: Decimal


@dataclass(frozen=True, slots=True)
class Ranking:
    """Options by their codes, the most important first; those left out were not ranked."""

    codes: tuple[str, ...]


Value = Text | Choice | Choices | Number | Ranking
