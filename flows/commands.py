"""The words that work in every state: STOP, HELP, BACK and the rest, and the languages' own names.

English ones are those of Twilio's opt-out list (twilio.com/docs/messaging/tutorials/advanced-opt-out), save that YES
is an answer here and never a START. Each language adds its own; the English ones always work as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from flows.definition import Command
from flows.folding import fold

_LONGEST: Final = 200
"""No command is as long as this, whatever stands around it, so a longer text need not be looked up."""
_FOR_A_BOT: Final = re.compile(r"/(\w+)@\w+", re.ASCII)
"""Telegram's way of naming the bot that a command is for."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language's own name was said: carry on in it."""

    language: str


# In each tuple the first word is the one that people are told to use.
_WORDS: Final[Mapping[str, Mapping[Command, tuple[str, ...]]]] = MappingProxyType(
    {
        "en": {
            Command.STOP: (
                "STOP",
                "STOPALL",
                "STOP ALL",
                "UNSUBSCRIBE",
                "CANCEL",
                "END",
                "QUIT",
                "REVOKE",
                "OPTOUT",
                "OPT OUT",
            ),
            Command.START: ("START", "UNSTOP"),
            Command.HELP: ("HELP", "INFO"),
            Command.BACK: ("BACK",),
            Command.SKIP: ("SKIP",),
            Command.CHANGE: ("CHANGE",),
            Command.SHOW: ("SHOW",),
            Command.DELETE: ("DELETE",),
            Command.PRIVACY: ("PRIVACY",),
            Command.DONE: ("DONE",),
            Command.CODE: ("CODE",),
        },
        "cy": {
            Command.STOP: ("STOPIO", "STOPIWCH", "STOPIA", "DAD-DANYSGRIFIO", "CANSLO"),
            Command.START: ("DECHRAU", "AILDDECHRAU", "DECHREUWCH", "CYCHWYN"),
            Command.HELP: ("CYMORTH", "HELPWCH", "HELPA", "GWYBODAETH"),
            # Told first, because its letters do not make a text message dearer, as the ô of the others would.
            Command.BACK: ("BLAENOROL", "NÔL", "YN ÔL", "ÔL"),
            Command.SKIP: ("HEPGOR", "HEPGORWCH", "SGIPIO"),
            Command.CHANGE: ("NEWID", "NEWIDIWCH"),
            Command.SHOW: ("DANGOS", "DANGOSWCH", "DANGOSA"),
            Command.DELETE: ("DILEU", "DILËWCH"),
            Command.PRIVACY: ("PREIFATRWYDD",),
            Command.DONE: ("GORFFEN", "WEDI GORFFEN", "GORFFENNAIS"),
            Command.CODE: ("COD",),
        },
        "pl": {
            Command.STOP: (
                "STOP",
                "WYPISZ",
                "WYPISZ MNIE",
                "ZATRZYMAJ",
                "KONIEC",
                "ANULUJ",
                "REZYGNUJĘ",
                "REZYGNACJA",
                "PRZESTAŃ",
            ),
            Command.START: ("START", "WZNÓW", "ZACZNIJ", "ROZPOCZNIJ"),
            Command.HELP: ("POMOC", "INFORMACJE", "INFORMACJA"),
            Command.BACK: ("WSTECZ", "COFNIJ", "WRÓĆ", "POWRÓT"),
            Command.SKIP: ("POMIŃ", "POMIJAM", "DALEJ", "NASTĘPNE", "NASTĘPNE PYTANIE"),
            Command.CHANGE: ("ZMIEŃ", "ZMIENIAM", "ZMIENIĆ", "ZMIANA"),
            Command.SHOW: ("POKAŻ", "POKAZAĆ", "MOJE ODPOWIEDZI"),
            Command.DELETE: ("USUŃ", "SKASUJ", "USUNĄĆ"),
            Command.PRIVACY: ("PRYWATNOŚĆ",),
            Command.DONE: ("GOTOWE", "SKOŃCZONE"),
            Command.CODE: ("KOD",),
        },
        "ar": {
            Command.STOP: ("توقف", "قف", "إيقاف", "أوقف", "إلغاء", "إلغاء الاشتراك", "ألغ الاشتراك"),
            # Not the imperative: without its hamza it is "never", which is an answer.
            Command.START: ("بدء", "البدء", "استئناف"),
            Command.HELP: ("مساعدة", "المساعدة", "ساعدني", "معلومات"),
            Command.BACK: ("رجوع", "الرجوع", "ارجع", "السابق", "عودة"),
            Command.SKIP: ("تخطي", "تخطّ", "تخط", "تجاوز"),
            Command.CHANGE: ("تغيير", "تعديل"),
            Command.SHOW: ("عرض", "اعرض", "أظهر"),
            Command.DELETE: ("حذف", "احذف", "امسح", "مسح"),
            Command.PRIVACY: ("خصوصية", "الخصوصية"),
            Command.DONE: ("انتهيت", "تم"),
            Command.CODE: ("رمز", "الرمز", "كود"),
        },
    }
)

LANGUAGE_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": ("ENGLISH", "SAESNEG", "ANGIELSKI", "PO ANGIELSKU", "الإنجليزية", "إنجليزي"),
        "cy": ("CYMRAEG", "WELSH", "WALIJSKI", "PO WALIJSKU", "الويلزية"),
        "pl": ("POLSKI", "POLISH", "PO POLSKU", "PWYLEG", "البولندية"),
        "ar": ("العربية", "ARABIC", "عربي", "عربية", "ARABEG", "ARABSKI"),
        "bn": ("বাংলা", "BENGALI"),
        "fr": ("FRANÇAIS", "FRENCH", "FFRANGEG"),
        "gu": ("ગુજરાતી", "GUJARATI"),
        "lt": ("LIETUVIŲ", "LIETUVIŠKAI", "LITHUANIAN"),
        "pa": ("ਪੰਜਾਬੀ", "PUNJABI", "PANJABI"),
        "pt": ("PORTUGUÊS", "PORTUGUESE"),
        "ro": ("ROMÂNĂ", "ROMANIAN"),
        "so": ("SOOMAALI", "SOMALI"),
        "es": ("ESPAÑOL", "SPANISH"),
        "tr": ("TÜRKÇE", "TURKISH"),
        "uk": ("УКРАЇНСЬКА", "УКРАЇНСЬКОЮ", "UKRAINIAN"),
        "ur": ("اردو", "URDU"),
    }
)
"""What a language is called: first its own name for itself, then what others call it. All work as command words."""


def name_of(language: str) -> str:
    """The language's own name for itself ("Cymraeg"); its code for one that Sayso has no name for."""
    names = LANGUAGE_NAMES.get(language)
    return names[0].capitalize() if names else language


def word_for(language: str) -> str:
    """The word that carries a conversation on in that language, in capitals."""
    return LANGUAGE_NAMES.get(language, (language.upper(),))[0]


def word(command: Command, language: str) -> str:
    """The word that people are told to use, in capitals; English for a language with no words of its own."""
    return _WORDS.get(language, _WORDS["en"])[command][0]


def understand(text: str, languages: Sequence[str]) -> Command | Spoken | None:
    """The command that a whole message is, or the language it names; None for anything else.

    Case, accents, and whatever stands around the words (space, punctuation, emoji, a slash, Telegram's `@bot`) play no
    part. Words inside a longer text are an answer: "stop the buses" is None. `languages` are the pack's own: English
    words always work, and only these languages' words and names beside them.
    """
    said = text.strip()
    if len(said) > _LONGEST:
        return None
    if named := _FOR_A_BOT.fullmatch(said):
        said = named[1]
    # "s-t-o-p" and "st.op" fold to "s t o p" and "st op": what stands between the letters does count.
    return _vocabulary(tuple(languages)).get(fold(said))


def reserved(languages: Sequence[str]) -> frozenset[str]:
    """Every word that no option may be called, folded as by `flows.folding.fold`."""
    return frozenset(_vocabulary(tuple(languages)))


@lru_cache(maxsize=64)
def _vocabulary(languages: tuple[str, ...]) -> Mapping[str, Command | Spoken]:
    return MappingProxyType(dict(_entries(languages)))


def _entries(languages: tuple[str, ...]) -> Iterator[tuple[str, Command | Spoken]]:
    for language in languages:
        yield from ((fold(name), Spoken(language)) for name in LANGUAGE_NAMES.get(language, ()))
    # English last: where a word of another language looks like one of these, the English meaning holds everywhere.
    for language in (*languages, "en"):
        for command, words in _WORDS.get(language, {}).items():
            yield from ((fold(spoken), command) for spoken in words)
