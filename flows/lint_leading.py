"""Questions that lean: towards yes, towards good, or towards us.

English, and what is surely leading in Welsh, Polish and Arabic. Who hears a question that hints at its answer gives
that answer, and children all the more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flows.lint_text import Finding, plain, sentences, unquoted


@dataclass(frozen=True, slots=True)
class _Leaning:
    pattern: re.Pattern[str]
    mend: str
    unless: re.Pattern[str] | None = None
    """Words that balance it."""


def _leaning(pattern: str, mend: str, unless: str | None = None) -> _Leaning:
    balanced = None if unless is None else re.compile(unless, re.IGNORECASE)
    return _Leaning(re.compile(pattern, re.IGNORECASE), mend, balanced)


_OPEN_CY: Final = "Ask openly: “Beth yw dy farn am …?”"
_OPEN_PL: Final = "Ask openly: „Co myślisz o …?”"
_OPEN_AR: Final = "Ask openly: «ما رأيك في …؟»"
_LEFT_OUT: Final = "Leave it out: it tells people what to think"
_OPEN: Final = "Ask openly: “What do you think of …?”"
_BOTH_ENDS: Final = "Name both ends, such as “How good or bad …?”, or ask “What do you think of …?”"
_AGREE: Final = "Say “agree or disagree”, or ask “What do you think of …?”"
_PLAIN: Final = "Leave it out: say what it is, and let people judge"
_GOOD: Final = "good|great|brilliant|excellent|amazing|fantastic|wonderful|lovely|enjoyable"

_QUESTIONS: Final[Mapping[str, tuple[_Leaning, ...]]] = {
    "en": (
        _leaning(
            r"^(?:but |so |and |surely |or )?(?:don|wouldn|isn|aren|shouldn|couldn|can|didn|doesn|haven|hasn|won|wasn)"
            r"['’]t (?:you|it|we|they|this|that|there|the|our|children|young people|everyone|everybody)\b",
            _OPEN,
        ),
        _leaning(
            r",\s*(?:isn|aren|don|doesn|wouldn|shouldn|won|hasn|haven|didn|can)['’]t (?:it|they|you|we|he|she|that)$"
            r"|,\s*(?:right|correct|agreed|yes)$",
            _OPEN,
        ),
        _leaning(r"\b(?:do|would|did|could) you (?:not |strongly )?agree\b", _AGREE, r"\bagree or (?:disagree|not)\b"),
        _leaning(
            r"\bto what extent do you agree\b|\bhow (?:much|strongly|far) do you agree\b", _AGREE, r"\bdisagree\b"
        ),
        _leaning(
            rf"\bhow (?:very |really )?(?:{_GOOD}) (?:is|are|was|were|do|does|did|has|have|would|will)\b",
            _BOTH_ENDS,
            r"\bor (?:bad|poor)\b",
        ),
        _leaning(
            r"\bhow much (?:do|did|does) \w+ (?:love|enjoy|like)\b",
            _BOTH_ENDS,
            r"\bor (?:hate|dislike)\b|\bif at all\b",
        ),
        _leaning(
            r"\b(?:obviously|undoubtedly|needless to say|(?:everyone|everybody) (?:knows|agrees)|as (?:you|we all) know"
            r"|of course|most (?:people|children|parents|families) (?:think|agree|believe|want)"
            r"|it is (?:clear|obvious) that)\b|^(?:clearly|surely|naturally),",
            _LEFT_OUT,
        ),
    ),
    "cy": (
        _leaning(r"^onid (?:yw|ydy|ydi|oes|ydych|wyt|ydyn|oedd|ddylai|fyddai|ddylem)\b", _OPEN_CY),
        _leaning(
            r"^(?:(?:dydych|dych|dydach) chi|(?:dwyt|dwt) ti) ddim yn (?:meddwl|credu|cytuno)\b",
            _OPEN_CY,
        ),
        _leaning(
            r"\b(?:(?:ydych|ydach|dych) chi|wyt ti)(?:['’]n| yn) cytuno\b",
            "Say “cytuno neu anghytuno”, or ask “Beth yw dy farn am …?”",
            r"\banghytuno\b|\bai peidio\b|\bneu beidio\b",
        ),
        _leaning(
            r"\bpa mor (?:dda|wych|ardderchog|hyfryd)\b",
            "Name both ends: “Pa mor dda neu wael …?”",
            r"\bneu (?:wael|ddrwg)\b",
        ),
        _leaning(r"\bwrth gwrs\b|\bmae pawb yn gwybod\b|^yn amlwg,", _LEFT_OUT),
    ),
    "pl": (
        _leaning(
            r"^czy nie (?:uważa(?:sz|ją)?|sądzi(?:sz)?|sądzą|myślisz|byłoby|powinniśmy|powinno|powinien|lepiej)\b",
            _OPEN_PL,
        ),
        _leaning(r",\s*(?:prawda|nieprawdaż|zgadza się|tak)$", _OPEN_PL),
        _leaning(
            r"\bczy (?:zgadzasz|zgadza|zgadzają) się\b",
            "Say „zgadzasz się czy nie”, or ask „Co myślisz o …?”",
            r"\b(?:czy|lub|albo) nie\b",
        ),
        _leaning(
            r"\bjak (?:dobr|świetn|wspaniał|doskonał)\w* (?:jest|są|był[aoy]?)\b|\bjak bardzo (?:lubi|podoba)\w*",
            "Name both ends, such as „dobre czy złe”",
            r"\b(?:czy|lub|albo) (?:źle|zł|słab|nie)\w*",
        ),
        _leaning(r"\boczywiście\b|\bwszyscy wiedzą\b|\bjak wiadomo\b", _LEFT_OUT),
    ),
    "ar": (
        _leaning(r"^(?:ألا|أليس|أليست|ألست)(?!\w)", _OPEN_AR),
        _leaning(r"(?<!\w)هل (?:توافق|توافقون|توافقين)(?!\w)", _OPEN_AR, r"(?<!\w)(?:أم|أو)(?!\w)"),
    ),
}
_BRAG: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:our|(?:the )?council['’]s) (?:\w+ )?(?:excellent|outstanding|brilliant|amazing|award-winning|superb"
        r"|fantastic|wonderful|world-class|first-class|much-loved|great|hard-working|hardworking|popular|successful"
        r"|exciting|lovely|improved|vital)\b",
        re.IGNORECASE,
    ),
    "cy": re.compile(
        r"\bein (?:[\w'’]+ ){1,3}(?:ardderchog|rhagorol|gwych|wych|penigamp|campus|poblogaidd)\b", re.IGNORECASE
    ),
    "pl": re.compile(
        r"\bnasz\w* (?:\w+ )?(?:doskonał|świetn|wspaniał|znakomit|wyjątkow|popularn|nagradzan)\w*", re.IGNORECASE
    ),
}


def leading_questions(text: str, language: str) -> Iterator[Finding]:
    """The words of a question, its reason and its helping lines."""
    for sentence in sentences(unquoted(plain(text))):
        for leaning in _QUESTIONS.get(language, ()):
            found = leaning.pattern.search(sentence)
            if found and not (leaning.unless and leaning.unless.search(sentence)):
                yield Finding("leading", f"“{found[0].strip(' ,')}” leads to one answer", leaning.mend)
                break


def bragging(text: str, language: str) -> Iterator[Finding]:
    """Any text: who praises their own work asks people to do the same."""
    pattern = _BRAG.get(language)
    if pattern is not None and (found := pattern.search(unquoted(text))):
        yield Finding("leading", f"“{found[0]}” praises what people are asked about", _PLAIN)
