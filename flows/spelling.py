"""How near a misspelling is to a word: strict enough that another word is not taken for it.

Everything here compares folded words (see `flows.folding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_SHORT: Final = 4
_MIDDLING: Final = 7
_LONG: Final = 12
_OPPOSITES: Final = frozenset({"an", "di", "dis", "dys", "il", "im", "in", "ir", "mis", "nie", "non", "un"})
"""What turns a word into its opposite when it stands before it."""

# How English is heard rather than written: "skool", "fone". In this order.
_HEARD: Final = (
    ("sch", "sk"),
    ("ck", "k"),
    ("ph", "f"),
    ("ght", "t"),
    ("kn", "n"),
    ("wh", "w"),
    ("ce", "se"),
    ("ci", "si"),
    ("c", "k"),
    ("z", "s"),
    ("y", "i"),
)


def slips(left: str, right: str, limit: int) -> int | None:
    """How many slips lie between two words: letters left out, added, replaced or swapped; None for more than `limit`.

    The distance of Damerau in its restricted form (no letter is touched twice).
    """
    if left == right:
        return 0
    if limit <= 0 or abs(len(left) - len(right)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(right) + 1))
    for index, letter in enumerate(left, 1):
        older, before = before, row
        row = [index]
        for column, other in enumerate(right, 1):
            best = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != other))
            if older and column > 1 and letter == right[column - 2] and left[index - 2] == other:
                best = min(best, older[column - 2] + 1)
            row.append(best)
        if min(row) > limit and min(before) > limit:
            return None
    return row[-1] if row[-1] <= limit else None


def allowance(length: int) -> int:
    """How many slips a text of that many letters may have and still be the same."""
    if length <= _SHORT:
        return 1 if length == _SHORT else 0
    if length <= _MIDDLING:
        return 1
    return 2 if length <= _LONG else 3


def misspelt(said: Sequence[str], meant: Sequence[str]) -> int | None:
    """How many slips make `meant` into `said`, both as words; None where it is rather something else.

    Word by word where they have equally many; written as one word where a space was lost or gained.
    """
    whole_said, whole_meant = "".join(said), "".join(meant)
    limit = allowance(min(len(whole_said), len(whole_meant)))
    if abs(len(whole_said) - len(whole_meant)) > limit:
        return None
    if len(said) != len(meant):
        return _slip_in_word(whole_said, whole_meant, min(limit, 1)) if len(whole_meant) > _SHORT else None
    total = 0
    same = sum(one == other for one, other in zip(said, meant, strict=True))
    for one, other in zip(said, meant, strict=True):
        # A word beside others that are right may be further off: "moar swings".
        shorter = min(len(one), len(other))
        most = allowance(shorter) + (1 if same and shorter >= _SHORT - 1 else 0)
        found = _slip_in_word(one, other, most)
        if found is None:
            return None
        total += found
    return total if total <= limit else None


def _slip_in_word(said: str, meant: str, limit: int) -> int | None:
    if said == meant:
        return 0
    if said[:1] != meant[:1] and said[:2] != meant[1::-1]:
        return None  # few people get the first letter wrong, and "wealth" is not "health"
    if _opposite(said, meant) or _opposite(meant, said):
        return None
    if len(meant) >= _SHORT and heard(said) == heard(meant):
        return 1
    found = slips(said, meant, limit)
    if found == 1 and len(said) == len(meant) == _SHORT and sorted(said) != sorted(meant):
        return None  # one letter replaced in four is mostly another word: "hope" is not "home"
    return found


def _opposite(longer: str, shorter: str) -> bool:
    return longer.endswith(shorter) and longer[: -len(shorter)] in _OPPOSITES


def heard(word: str) -> str:
    """Roughly how an English word sounds: the same for "school" and "skool"."""
    for written, sound in _HEARD:
        word = word.replace(written, sound)
    return "".join(letter for index, letter in enumerate(word) if index == 0 or letter != word[index - 1])
