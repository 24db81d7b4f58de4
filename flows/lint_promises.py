"""What nobody may hear from us: an offer to keep a secret, a promise, an interview, or praise for an answer.

A child who tells of harm has to know beforehand that it will be passed on, so nothing is said to stay between us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from flows.lint_text import Finding, plain, said

_SECRECY: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "secret",
        "secrets",
        "secretly",
        "confidential",
        "confidentially",
        "confidentiality",
        "in confidence",
        "between you and me",
        "between you and us",
        "keep it to ourselves",
        "just between us",
        "nobody will know",
        "no one will know",
        "tell nobody",
        "will not tell anyone",
        "won't tell anyone",
    ),
    "cy": (
        "cyfrinach",
        "cyfrinachol",
        "gyfrinach",
        "gyfrinachol",
        "chyfrinach",
        "chyfrinachol",
        "gyfrinachedd",
        "cyfrinachedd",
        "rhyngom ni",
        "rhyngon ni",
        "fydd neb yn gwybod",
    ),
    "pl": (
        "sekret",
        "sekrecie",
        "tajemnica",
        "tajemnicy",
        "poufne",
        "poufnie",
        "poufność",
        "między nami",
        "nikomu nie powiemy",
        "nikt się nie dowie",
    ),
    "ar": ("سر", "سرا", "سري", "سرية", "بيننا", "لن نخبر أحدا", "لن يعرف أحد"),
}
_PROMISES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "we promise",
        "i promise",
        "promise you",
        "promise to",
        "promise that",
        "guarantee",
        "we guarantee",
        "we will fix",
        "we'll fix",
        "we will put it right",
        "we will solve",
    ),
    "cy": ("rydym yn addo", "rydyn ni'n addo", "dw i'n addo", "addo i ti", "addo i chi"),
    "pl": ("obiecujemy", "obiecuję", "gwarantujemy", "gwarantuję"),
    "ar": ("نعدك", "أعدك", "نعدكم", "نضمن"),
}
_PROBING: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("why did", "who did"),
    "cy": ("pwy wnaeth", "pam wnest ti", "pam wnaethoch chi"),
    "pl": ("kto to zrobił", "dlaczego to zrobił"),
    "ar": ("من فعل", "لماذا فعلت"),
}
_CONSENT: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("consent", "consents", "consented", "consenting"),
    "cy": ("cydsyniad", "gydsyniad", "chydsyniad", "cydsynio", "gydsynio", "cydsyniaf", "cydsyniwch"),
    "pl": ("zgoda", "zgody", "zgodę", "zgodą", "zgodzie"),
    "ar": ("موافقة", "الموافقة", "موافقتك", "موافقتكم", "بموافقة", "بموافقتك"),
}
# Only as a sentence of its own, or at the head of one with an exclamation mark: "great parks" praise nobody's answer.
_PRAISE: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"(?:^|(?<=[.!?]\s))(?:(?:great|brilliant|awesome|amazing|fantastic|perfect|excellent|wonderful|super|lovely)"
        r"(?:\s+(?:answer|choice|idea|job|stuff|work))?|well done|good (?:answer|choice|idea|job|work))"
        r"\s*[!.,](?=\s|$)",
        re.IGNORECASE,
    ),
    "cy": re.compile(r"(?:^|(?<=[.!?]\s))(?:da iawn|gwych|ardderchog|bendigedig|campus)\s*[!.](?=\s|$)", re.IGNORECASE),
    "pl": re.compile(
        r"(?:^|(?<=[.!?]\s))(?:świetnie|wspaniale|brawo|super|doskonale|znakomicie|świetna odpowiedź|dobry wybór)"
        r"\s*[!.](?=\s|$)",
        re.IGNORECASE,
    ),
    "ar": re.compile(r"(?:^|(?<=[.!؟]\s))(?:أحسنت|رائع|ممتاز|عظيم)\s*[!.،](?=\s|$)"),
}


def promises(text: str, language: str) -> Iterator[Finding]:
    """Secrecy and promises are errors; what sounds like questioning somebody is warned of."""
    mend = "Say what will happen instead, and only what surely will"
    for phrase in said(text, language, _SECRECY):
        yield Finding("secrecy", f"“{phrase}” offers to keep something to ourselves", mend)
    for phrase in said(text, language, _PROMISES):
        yield Finding("promise", f"“{phrase}” promises what may not come true", mend)
    for phrase in said(text, language, _PROBING):
        mend = "Ask what somebody thinks, not for an account of what happened"
        yield Finding("probing", f"“{phrase}” may sound like questioning somebody", mend, warning=True)


def consent(text: str, language: str) -> Iterator[Finding]:
    """Who asks as a public task asks for no consent: to say the word would promise a choice that is not there."""
    mend = "Say that taking part is voluntary; or, for being written to later, ask whether we may"
    for phrase in said(text, language, _CONSENT):
        yield Finding("consent-word", f"“{phrase}” is said by who asks as a public task", mend)


def praise(text: str, language: str) -> Iterator[Finding]:
    """An answer that is praised was the one that was wanted."""
    pattern = _PRAISE.get(language)
    if pattern is not None and (found := pattern.search(plain(text))):
        problem = f"“{found[0].strip()}” praises an answer"
        yield Finding("praise", problem, "Say thank you, and what happens next")
