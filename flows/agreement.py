"""How far two people who coded the same answers agree, beyond what chance would give.

Cohen's kappa (J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20,
1960) for each theme, which an answer is either under or not. Over all themes the pooled kappa (H. De Vries, M. N.
Elliott, D. E. Kanouse and S. S. Teleki, "Using pooled kappa to summarize interrater agreement across many items", Field
Methods 20, 2008): the means of what was observed and of what chance would give are taken first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Pair = tuple[frozenset[str], frozenset[str]]
"""The themes that each of two coders put one answer under."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two coders agree."""

    answers: int
    """That both have been through."""
    overall: float | None
    """From -1 to 1; None where it is not defined: no answers, or no theme that either of them chose differently."""
    themes: Mapping[str, float | None]
    """The same for each theme."""


def agreement(pairs: Sequence[Pair], themes: Iterable[str]) -> Agreement:
    """Cohen's kappa for each of `themes`, and over all of them."""
    shares = {theme: _shares(pairs, theme) for theme in themes} if pairs else {}
    by_theme = {theme: _kappa(observed, chance) for theme, (observed, chance) in shares.items()}
    # Themes that neither of them ever used would make two people look agreed who never were.
    used = [both for theme, both in shares.items() if any(theme in first | second for first, second in pairs)]
    observed = sum((share for share, _ in used), Fraction(0))
    chance = sum((share for _, share in used), Fraction(0))
    overall = _kappa(observed / len(used), chance / len(used)) if used else None
    return Agreement(len(pairs), overall, by_theme if pairs else dict.fromkeys(themes))


def _shares(pairs: Sequence[Pair], theme: str) -> tuple[Fraction, Fraction]:
    """The share of answers on which they agree, and the share on which chance alone would have them agree."""
    count = len(pairs)
    first = Fraction(sum(theme in one for one, _ in pairs), count)
    second = Fraction(sum(theme in other for _, other in pairs), count)
    alike = Fraction(sum((theme in one) == (theme in other) for one, other in pairs), count)
    return alike, first * second + (1 - first) * (1 - second)


def _kappa(observed: Fraction, chance: Fraction) -> float | None:
    return None if chance == 1 else float((observed - chance) / (1 - chance))


def in_words(kappa: float | None) -> str:
    """A kappa in the words of J. R. Landis and G. G. Koch (Biometrics 33, 1977)."""
    if kappa is None:
        return "Not defined"
    known = ((0.8, "Almost perfect"), (0.6, "Substantial"), (0.4, "Moderate"), (0.2, "Fair"), (0.0, "Slight"))
    return next((words for least, words in known if kappa > least), "Poor" if kappa < 0 else "Slight")
