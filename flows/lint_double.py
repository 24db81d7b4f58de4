"""Two questions in one: an answer to one of them is lost, and nobody can tell which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flows.definition import Kind
from flows.lint_text import Finding, questions, unquoted

_RATED: Final = frozenset((Kind.SCALE, Kind.YES_NO, Kind.NUMBER))
_QUESTION_MARK: Final = re.compile(r"[?؟]+")
_EITHER: Final = re.compile(r"\band\s*/\s*or\b|\ba\s*/\s*neu\b|\bi\s*/\s*lub\b|و\s*/\s*أو", re.IGNORECASE)

# "What would help, and why?" A question word behind "and" begins another question; behind "what" it may go on with it.
_AND_WHY: Final = {
    "en": re.compile(
        r"^(?:and |but |so )?(?:what|which|who|where|when|how|why|is|are|do|does|did|would|should|can|could|has|have)\b"
        r".*\band (?P<word>why|how|who|where|when|what)\b",
        re.IGNORECASE,
    ),
    "cy": re.compile(
        r"^(?:beth|pa|pwy|ble|pryd|sut|pam)\b.*\b(?:a|ac) (?P<word>pham|sut|phwy|ble|phryd|pam)\b", re.IGNORECASE
    ),
    "pl": re.compile(
        r"^(?:co|który|która|które|kto|gdzie|kiedy|jak|czy|dlaczego)\b.*\bi (?P<word>dlaczego|jak|kto|gdzie|kiedy)\b",
        re.IGNORECASE,
    ),
}

# What is said before or after the thing that is asked about may name as many things as it likes.
_AROUND: Final = re.compile(
    r"^(?:if|when|while|before|after|since|because|thinking about|looking at)\b[^,]*,\s*"
    r"|,?\s+(?:if|when|because|so that|while|before|after|than|where)\b.*$",
    re.IGNORECASE,
)
_HOW: Final = re.compile(r"^how (?:(?:very|really) )?(?P<first>\w+)\b", re.IGNORECASE)
_DETERMINER: Final = r"(?:the|your|our|its|their|this|that|these|a|an)"
_THING_AND_THING: Final = re.compile(
    rf"\b(?P<first>{_DETERMINER} (?:[\w'’-]+ ){{1,3}})and (?P<second>{_DETERMINER} [\w'’-]+)", re.IGNORECASE
)
_THINGS_AND_THINGS: Final = re.compile(
    r"\b(?P<first>[\w'’-]{3,}s) and (?P<second>(?:[\w'’-]+ )?[\w'’-]{3,}s)\b", re.IGNORECASE
)
_FELT: Final = (
    "active|bored|busy|calm|caring|cheap|clean|clear|close|comfortable|confident|easy|exciting|fair|fast|friendly|fun"
    "|good|happy|healthy|heard|helpful|honest|included|interesting|involved|kind|listened to|lonely|nice|open|proud"
    "|quick|quiet|ready|respected|sad|safe|satisfied|scared|simple|strong|supported|tidy|tired|useful|valued|warm"
    "|welcome|well|worried"
)
_SO_AND_SO: Final = re.compile(
    rf"\b(?P<first>{_FELT}) and (?:(?:very|really|how) )?(?P<second>{_FELT})\b", re.IGNORECASE
)
# One thing, though it takes two words to say.
_TOGETHER: Final = re.compile(
    r"\b(?:children and (?:young people|families|their families)|young people and (?:their )?families"
    r"|(?:boys|mums|parents|dads|mothers) and (?:girls|dads|carers|mums|fathers)|brothers and sisters"
    r"|friends and (?:family|families|relatives)|(?:your|their) (?:mum|dad|family|friends) and (?:your |their )?"
    r"(?:mum|dad|family|friends)|arts and crafts|drugs and alcohol|rights and responsibilities|ups and downs"
    r"|needs and disabilities|carers and families|pros and cons|safe and well|safe and sound)\b",
    re.IGNORECASE,
)


def double_questions(text: str, language: str, kind: Kind) -> Iterator[Finding]:
    """`kind` is that of the question: where something is rated, two things need two ratings."""
    if found := _EITHER.search(text):
        yield Finding("double-question", f"“{found[0]}” asks two things", "Ask about one of them, or ask twice")
    if len(_QUESTION_MARK.findall(unquoted(text))) > 1:
        yield Finding("double-question", "Two questions at once", "Ask one, and say the other as a plain sentence")
    for sentence in questions(unquoted(text)):
        if (pattern := _AND_WHY.get(language)) and (found := pattern.search(sentence)):
            mend = f"Ask “{found['word']}” as a question of its own"
            yield Finding("double-question", f"“… and {found['word']} …” is a second question", mend)
        elif language == "en":
            yield from _two_rated(sentence, kind)


def _two_rated(sentence: str, kind: Kind) -> Iterator[Finding]:
    core = _TOGETHER.sub("people", _AROUND.sub("", sentence))
    how = _HOW.match(core)
    degree = how is not None and re.fullmatch(f"{_FELT}|bad|hard|important|likely|much|often|difficult", how["first"])
    if not degree and kind not in _RATED:
        return
    patterns = [_THING_AND_THING, _SO_AND_SO, *([_THINGS_AND_THINGS] if degree or kind is Kind.SCALE else [])]
    found = next((match for pattern in patterns if (match := pattern.search(core))), None)
    if found is not None:
        first, second = found["first"].strip(), found["second"]
        problem = f"“{first} and {second}” asks two things: somebody may find one good and the other not"
        yield Finding("double-question", problem, f"Ask about “{first}” and “{second}” in two questions")
