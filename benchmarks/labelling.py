"""Telling languages apart: what langdetect takes for an answer, set up as the service wants it.

Measured: only the profiles of the languages that a consultation has are loaded, with a prior for the language that the
conversation is in and a fixed seed, so that the same words are always told to be the same. Answers of 4 to 20 words, in
four languages. CPU time of this process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

from benchmarks.effort import Effort

LANGUAGES: Final = ("en", "cy", "pl", "uk")
_PRIOR: Final = {"en": 0.7, "cy": 0.1, "pl": 0.1, "uk": 0.1}
_MICRO: Final = 1e6

_ANSWERS: Final = {
    "en": (
        "More buses after school",
        "We need a safe place to go that costs nothing",
        "My son has waited for a year and nobody tells us anything about when it will be his turn",
    ),
    "cy": (
        "Mwy o fysiau ar ôl ysgol",
        "Mae angen lle diogel arnom ni lle nad oes dim i'w dalu",
        "Mae fy mab wedi aros am flwyddyn ac nid oes neb yn dweud wrthym pryd ddaw ei dro",
    ),
    "pl": (
        "Więcej autobusów po szkole",
        "Potrzebujemy bezpiecznego miejsca, w którym nic się nie płaci",
        "Mój syn czeka od roku i nikt nam nie mówi, kiedy przyjdzie jego kolej ani do kogo mamy zadzwonić",
    ),
    "uk": (
        "Більше автобусів після школи ввечері",
        "Нам потрібне безпечне місце, де нічого не треба платити",
        "Мій син чекає вже рік, і ніхто не каже нам, коли прийде його черга і кому нам зателефонувати",
    ),
}

Label = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Microseconds for one text."""

    short: float
    """Four to six words."""
    long: float
    """Eighteen or nineteen words."""
    all: float
    right: int
    texts: int


def label_with() -> Label:
    """What is measured: from a text to a language's code. The one place that knows which detector that is."""
    factory = DetectorFactory()
    factory.load_json_profile([(Path(PROFILES_DIRECTORY) / code).read_text("utf-8") for code in LANGUAGES])
    factory.set_seed(0)

    def label(text: str) -> str:
        detector = factory.create()
        detector.set_prior_map(_PRIOR)
        detector.append(text)
        found: str = detector.get_probabilities()[0].lang
        return found

    return label


def measure(effort: Effort) -> Labelled:
    label = label_with()
    texts = [(code, text) for code, answers in _ANSWERS.items() for text in answers]
    seconds = effort.seconds / 2
    return Labelled(
        short=_cost([answers[0] for answers in _ANSWERS.values()], seconds, label),
        long=_cost([answers[-1] for answers in _ANSWERS.values()], seconds, label),
        all=_cost([text for _, text in texts], seconds, label),
        right=sum(label(text) == code for code, text in texts),
        texts=len(texts),
    )


def _cost(texts: Sequence[str], seconds: float, label: Label) -> float:
    """Microseconds of CPU time for one text."""
    began, count = process_time(), 0
    while process_time() - began < seconds:
        for text in texts:
            label(text)
        count += len(texts)
    return _MICRO * (process_time() - began) / count
