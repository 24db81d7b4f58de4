"""The words around what came of a consultation: on its page, on posters, and in what is sent, for every age band."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from flows.definition import AgeBand

ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class SaidWords:
    """Everything of one language."""

    language: str
    page: Mapping[str, str]
    poster: Mapping[str, str]
    messages: Mapping[AgeBand, Mapping[str, str]]

    def message(self, name: str, band: AgeBand | None) -> str:
        """A message in the words of a band: its own, else the nearest younger's, else the nearest older's."""
        start = band or AgeBand.FOUR_TO_SEVEN
        bands = tuple(AgeBand)
        for each in (start, *start.younger, *bands[bands.index(start) + 1 :]):
            if name in self.messages.get(each, {}):
                return self.messages[each][name]
        raise LookupError(name)


@lru_cache
def said_words(language: str) -> SaidWords:
    """The words of a language; English where nobody has written them in that one yet."""
    folder = resources.files("bot").joinpath("templates", "said")
    file = folder.joinpath(f"{language}.toml")
    if not file.is_file():
        return said_words(ENGLISH)
    held: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    messages = {AgeBand(band): words for band, words in held["messages"].items()}
    return SaidWords(language, held["page"], held["poster"], messages)
