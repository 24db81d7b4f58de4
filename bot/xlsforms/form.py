"""A form as a pack can have it, with the rows that it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flows.definition import Question

LONGEST_CODE: Final = 40
_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BETWEEN: Final = re.compile(r"[_.-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its words."""

    place: str
    """The sheet and row that it stands in."""
    name: str
    """What the form calls it."""
    question: Question
    lines: Mapping[str, Mapping[str, str]]
    """Language to key of a wording file, such as `text` and `why`, to what is said."""
    labels: Mapping[str, Mapping[str, str]]
    """Language to option to label."""


@dataclass(frozen=True, slots=True)
class Form:
    """Everything of a form that a pack can say."""

    title: str | None
    form_id: str | None
    keyword: str | None
    default_language: str
    languages: tuple[str, ...]
    """The default language first."""
    roles: tuple[str, ...]
    """From a first question called `who`; none where there is no such question."""
    asked: tuple[Asked, ...]


def code_of(name: str) -> str | None:
    """The code that stands for a name of a form, in which `_` is what `-` is in a pack; None where there is none."""
    code = _BETWEEN.sub("-", name.lower()).strip("-")
    return code if _CODE.fullmatch(code) and len(code) <= LONGEST_CODE else None


def name_of(code: str) -> str:
    """The name that stands for a pack's code in a form: `code_of` leads back. No name of a form begins with a digit."""
    name = code.replace("-", "_")
    return f"_{name}" if name[0].isdigit() else name


def option_name_of(code: str) -> str:
    """The name of a choice, likewise. It may begin with a digit."""
    return code.replace("-", "_")
