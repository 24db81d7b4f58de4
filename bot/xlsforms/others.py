"""What stands for `or_other`: an option, and a question that asks what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

OTHER: Final = "other"
_LABELS: Final[Mapping[str, str]] = {
    "ar": "شيء آخر",
    "cy": "Rhywbeth arall",
    "en": "Something else",
    "pl": "Coś innego",
}
_WHICH: Final[Mapping[str, str]] = {
    "ar": "ما هو؟ أخبرنا بكلماتك.",
    "cy": "Beth yw hynny? Dywedwch yn eich geiriau eich hun.",
    "en": "What is it? Tell us in your own words.",
    "pl": "Co to jest? Powiedz własnymi słowami.",
}


def label_of_other(languages: Iterable[str]) -> dict[str, str]:
    """The option's label, in English where Sayso does not speak a language."""
    return {language: _LABELS.get(language, _LABELS["en"]) for language in languages}


def asks_which(languages: Iterable[str]) -> dict[str, str]:
    """The words of the question about it, likewise."""
    return {language: _WHICH.get(language, _WHICH["en"]) for language in languages}
