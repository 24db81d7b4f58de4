"""The codebooks of a consultation: which questions have one, what it starts with, and what a new theme is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from typing import Final

from bot.channels.base import RefusedError
from bot.console.section import Visit
from bot.console.spoken import readable
from flows.definition import Consultation, Kind, Question
from storage.codebook import Theme

LONGEST_NAME: Final = 100
LONGEST_ABOUT: Final = 1000
_LONGEST_CODE: Final = 40
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")


def codable(pack: Consultation) -> tuple[Question, ...]:
    """The questions that have a codebook: those answered in own words, and others that a theme of the pack names."""
    named = {code for theme in pack.themes for code in theme.questions}
    return tuple(each for each in readable(pack) if each.kind is Kind.TEXT or each.code in named)


def question_of(visit: Visit) -> Question:
    """The question that the path names.

    Raises:
        RefusedError: its answers are not put under themes, or there is none such.
    """
    code = visit.request.match_info["question"]
    for question in codable(visit.asked):
        if question.code == code:
            return question
    raise RefusedError(404, "No question of this consultation with such a code is put under themes.")


def new_code(name: str, taken: Container[str]) -> str:
    """A code for a theme of this name that no other has: it stays when the name changes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = _BETWEEN.sub("-", plain).strip("-")[:_LONGEST_CODE].strip("-") or "theme"
    number, code = 1, base
    while code in taken:
        number += 1
        code = f"{base}-{number}"
    return code


def theme_of(
    visit: Visit, themes: Sequence[Theme], *, but: str = ""
) -> tuple[tuple[str, str, str | None], Mapping[str, str]]:
    """Name, description and aim as they were typed in, and what is wrong with them. `but` is the theme itself."""
    name = " ".join(visit.form.get("name", "").replace("\0", "").split())
    about = visit.form.get("about", "").replace("\0", "").strip()
    aim = visit.form.get("aim", "") or None
    errors: dict[str, str] = {}
    if not name:
        errors["name"] = "Write what the theme is called"
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"The name must have {LONGEST_NAME} characters or fewer"
    elif any(one.name.casefold() == name.casefold() and one.code != but and one.state != "merged" for one in themes):
        errors["name"] = "Another theme of this question has that name. Choose another name"
    if len(about) > LONGEST_ABOUT:
        errors["about"] = f"The description must have {LONGEST_ABOUT} characters or fewer"
    if aim is not None and aim not in {each.code for each in visit.asked.aims}:
        errors["aim"] = "Choose an aim from the list"
    return (name, about, aim), errors
