"""A "not" in a question: younger readers lose it, and everybody stumbles over saying yes to a no."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from flows.lint_text import Finding, plain, questions, sentences, unquoted

_NO: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:not|never|no one|nobody|nothing|nowhere|none|neither|cannot|no)\b|\b\w+n['’]t\b", re.IGNORECASE
    ),
    "cy": re.compile(r"\b(?:ddim|nid|nad|neb|peidio|beidio|pheidio)\b", re.IGNORECASE),
    "pl": re.compile(r"\b(?:nie|nigdy|nikt|nikogo|nikomu|nic|niczego|żad(?:en|na|ne|nego|nej))\b", re.IGNORECASE),
    "ar": re.compile(r"(?<!\w)(?:لا|لم|لن|ليس|ليست|لست)(?!\w)"),
}
# They look like a no, and turn nothing round.
_NO_NEGATIVE: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:whether or not|or not|yes or no|yes and no|why not|if not|not only|no matter|not sure|do(?: no|n['’])t"
        r" know|no\. ?\d)\b",
        re.IGNORECASE,
    ),
    "cy": re.compile(r"\b(?:neu beidio|ai peidio|neu ddim|ddim yn siŵr|ddim yn si[wŵ]r|nid yn unig)\b", re.IGNORECASE),
    "pl": re.compile(r"\b(?:(?:tak )?(?:czy|lub|albo) nie(?=\s*$|,)|nie tylko|nie wiem|nie wiesz)\b", re.IGNORECASE),
    "ar": re.compile(r"(?<!\w)(?:(?:أم|أو) لا(?!\w)|لا (?:يزال|تزال|أعرف|أعلم|سيما|بد))"),
}
# With a "not" beside one of these, a sentence turns round twice.
_HALF_A_NO: Final = re.compile(
    r"\b(?:un(?:able|clear|fair|happy|healthy|helpful|important|kind|likely|necessary|safe|sure|usual|welcome)|without"
    r"|unless|disagree|dislike|hardly|refuse|prevent|stop|avoid|lack)\b",
    re.IGNORECASE,
)
# Sentences that ask without a question mark.
_TELLS: Final = re.compile(
    r"^(?:please )?(?:tell us|tell me|say|describe|name|pick|choose|rate|list|think of|write|put)\b", re.IGNORECASE
)


def negatives(text: str, language: str) -> Iterator[Finding]:
    """What is asked, in the words of a question; the helping lines around it may say no."""
    no, harmless = _NO.get(language), _NO_NEGATIVE.get(language)
    if no is None or harmless is None:
        return
    for sentence in _asking(text, language):
        rest = harmless.sub(" ", sentence)
        found = no.findall(rest)
        if not found:
            continue
        halves = _HALF_A_NO.findall(rest) if language == "en" else []
        twice = [*found, *halves]
        if len(twice) > 1:
            problem = f"“{twice[0]}” and “{twice[1]}” say no twice over"
        else:
            problem = f"“{found[0]}” turns the question round"
        yield Finding("negative", problem, "Ask it the other way: what there is, what helps, what gets in the way")


def _asking(text: str, language: str) -> tuple[str, ...]:
    said = unquoted(plain(text))
    asked = questions(said)
    if asked or language != "en":
        return asked
    return tuple(sentence for sentence in sentences(said) if _TELLS.match(sentence))
