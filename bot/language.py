"""Which of a pack's languages a text is written in, where that is sure; nothing where it is not.

langdetect decides between the languages it was given, so it is given more than the pack's: with those alone it called
every Romanian text English and every Urdu one Arabic (docs/language.md has the measurement). A label is a hint to an
officer, and a reason to offer a language. It never changes one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from langdetect import detector_factory
from langdetect.lang_detect_exception import LangDetectException

FEWEST_WORDS: Final = 4
"""Different words. "ok ok ok ok" and shorter texts are labelled in no language, whatever langdetect believes."""
LONGEST: Final = 300
"""Letters looked at: more do not make it surer, and would keep the interpreter busy for longer (measured)."""
SURE: Final = 0.8
"""At least so much of langdetect's seven trials: six of them agree."""

_SEED: Final = 20261125
_OURS: Final = 4.0
_SPOKEN: Final = 2.0
_EVERYDAY: Final = 100.0
"""How much likelier beforehand: a language of the pack, the one of the conversation, and for each everyday word."""
_MOST_EVERYDAY: Final = 3

# Languages of families in Britain, and those most like the packs'. Without Afrikaans, Dutch's near twin, which took
# English as children spell it for its own.
_BESIDE: Final = ("cs", "de", "es", "fa", "fr", "hr", "hu", "it", "lt", "lv", "nl", "pt")
_BESIDE_TOO: Final = ("ro", "sk", "so", "sq", "sv", "sw", "tl", "tr", "ur")

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ADDRESS: Final = re.compile(r"\S*(?:://|@|www\.)\S*")
_SCRIPTS: Final = MappingProxyType(
    {"ar": "ARABIC", "bn": "BENGALI", "gu": "GUJARATI", "pa": "GURMUKHI", "uk": "CYRILLIC", "ur": "ARABIC"}
)
"""What a language is written in, as Unicode names letters; Latin letters where it is not listed."""
_FOREIGN: Final = MappingProxyType({"ar": re.compile("[پچژگکیےںہھڈٹڑۀۆەێڕڵڤېځټډړږښګڼ]")})
"""Letters that a language does not have, though its neighbours in the same script do."""
_TELLING: Final = frozenset({"cy"})
"""Languages whose nearest neighbours (Irish, Gaelic, Breton, Cornish) langdetect does not know: an everyday word of
theirs must be there."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


EVERYDAY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "en": _words(
            "the and is are was my i'm im dont don't there there's it's they we you your of with for have has need "
            "needs more because want wanted not too feel should would could when what like who how some all so its be "
            "our from this that me please make"
        ),
        "cy": _words(
            "mae mae'r mae'n yn y yr dwi dwi'n dw ddim dim fy mwy bod i'r angen hoffwn roedd oedd dyw dydy dyw'r sy "
            "sy'n gyda gyda'r plant gan wedi ei eu ein ni hyn oherwydd achos does i'w eisiau isio dylai gormod rhy ar "
            "o'r a'r"
        ),
        "pl": _words(
            "jest się sie są że żeby zeby już juz więcej wiecej dla mnie przez bardzo bo nie aby gdyby ktoś ktos nikt "
            "chcę chce chciałbym chcialbym lubię lubie mój mam mamy czy tylko tak"
        ),
        "ar": _words("في من على إلى لا ما هذا هذه أن كل يوجد توجد جدا مع عند قبل بعد لأن هنا هناك أريد نحتاج يجب"),
    }
)
"""The words without which hardly anybody says anything. They tip the scales before langdetect weighs the letters."""


@cache
def profiles() -> frozenset[str]:
    """The languages that langdetect knows."""
    return frozenset(path.name for path in Path(detector_factory.PROFILES_DIRECTORY).iterdir())


class Ear:
    """Tells apart the languages of one pack. Reads its profiles when it is made, which takes a fifth of a second.

    The same text always gets the same label. Safe to use from several threads.
    """

    def __init__(self, languages: Iterable[str]) -> None:
        """Languages that langdetect has no profile of are never heard."""
        self._ours = tuple(sorted(set(languages) & profiles()))
        all_of_them = sorted({*self._ours, *_BESIDE, *_BESIDE_TOO})
        folder = Path(detector_factory.PROFILES_DIRECTORY)
        self._factory = detector_factory.DetectorFactory()
        self._factory.load_json_profile([(folder / code).read_text(encoding="utf-8") for code in all_of_them])
        self._factory.set_seed(_SEED)
        self._even = dict.fromkeys(all_of_them, 1.0)

    def heard(self, text: str, *, language: str) -> str | None:
        """The language of the pack that a text is surely written in. `language` is that of the conversation."""
        words = worded(text)
        if words is None:
            return None
        telling = {code: len(words & EVERYDAY.get(code, frozenset())) for code in self._ours}
        # Before langdetect looks: over letters that none of its profiles has, it takes ten times as long.
        possible = {code for code in self._ours if _is_written_as(text, code)}
        likely = self._likeliest(text, self._beforehand(telling, language)) if possible else None
        if likely not in possible:
            return None
        return None if likely in _TELLING and not telling[likely] else likely

    def _beforehand(self, telling: Mapping[str, int], language: str) -> Mapping[str, float]:
        ours = {code: _OURS * _EVERYDAY ** min(count, _MOST_EVERYDAY) for code, count in telling.items()}
        if language in ours:
            ours[language] *= _SPOKEN
        return self._even | ours

    def _likeliest(self, text: str, beforehand: Mapping[str, float]) -> str | None:
        detector: Any = self._factory.create()
        detector.set_max_text_length(LONGEST)
        detector.set_prior_map(beforehand)
        # Words in capitals are passed over as names would be.
        detector.append(text[:LONGEST].lower())
        try:
            found = detector.get_probabilities()
        except LangDetectException:
            # Nothing in it that any of these languages has: letters of another script, say.
            return None
        return str(found[0].lang) if found and found[0].prob >= SURE else None


def worded(text: str) -> frozenset[str] | None:
    """The different words of a text that is long enough to be heard; None for shorter ones, and for lists of names."""
    words = _WORD.findall(_ADDRESS.sub(" ", text[:LONGEST]))
    different = frozenset(word.casefold().replace("’", "'") for word in words)
    if len(different) < FEWEST_WORDS:
        return None
    names = 0 if text.isupper() else sum(word[0].isupper() for word in words)
    return None if names * 2 > len(words) else different


def _is_written_as(text: str, language: str) -> bool:
    letters = [letter for letter in text[:LONGEST] if letter.isalpha()]
    script = _SCRIPTS.get(language, "LATIN")
    own = sum(unicodedata.name(letter, "").startswith(script) for letter in letters)
    foreign = _FOREIGN.get(language)
    return own * 2 > len(letters) and (foreign is None or foreign.search(text) is None)


@cache
def ear_for(languages: tuple[str, ...]) -> Ear:
    """One ear for each set of languages. Reads files: never call it on the event loop."""
    return Ear(languages)


def listen(text: str, language: str, languages: tuple[str, ...]) -> str | None:
    """What `Ear.heard` says, for a thread that has never listened before."""
    return ear_for(languages).heard(text, language=language)
