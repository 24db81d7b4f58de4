"""What a rule of `sayso check` is to an author: its name, what it is about, and one example each way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "either"]
"""An error must be mended; a warning is advice. Some rules are either, depending on how far they are broken."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. The examples are lines of a pack's file, or a file's name."""

    name: str
    level: Level
    about: str
    bad: str
    good: str
