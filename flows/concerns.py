"""Does this text suggest that somebody is not safe? The answer only decides who reads it first, and how soon.

Whatever comes out of here, a person reads every text: a None means "in its turn", never "no need to look". Nothing
here raises, whatever the text; who calls it still treats an error as "kept, and read first".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flows.concern_rules import Book, Concern, Harm, Pattern, Rule, Rules, Tier
from flows.concern_words import known, sentences

__all__ = ["LONE_HELP", "LONGEST", "TOO_LONG", "YOUNGEST", "Concern", "Harm", "Rules", "Tier", "assess"]

LONE_HELP: Final = "any/lone-help"
"""The rule of a message that says HELP and nothing else: it may be the word of ours, or a cry."""
TOO_LONG: Final = "any/too-long"
"""The rule of a text of which only the beginning and the end were looked at."""
LONGEST: Final = 20_000
"""Characters looked at: ten pages. Far more than people write, and no page of noise keeps the service busy."""
YOUNGEST: Final = "any/youngest"
"""The rule of a child under eight who speaks of hurt or fear, in whatever way."""
_NOT: Final = "<not>"
_DENY: Final = "<deny>"
"""What makes the words behind it untrue. "No" is not among them: "no, he hits me"."""
_FILLER: Final = "<filler>"
_WIDEST: Final = 14
"""Words, fillers among them, in which the next word of a pattern is looked for."""
_CLOSE_BY: Final = 6
"""Words to each side in which something can make a match mean something else."""
_DENIED_WITHIN: Final = 2


@dataclass(frozen=True, slots=True)
class _Sentence:
    marks: Sequence[frozenset[str]]
    weight: Sequence[int]
    """How many words that are no fillers stand before each."""


def assess(text: str, rules: Rules, *, lone_help: bool = False, youngest: bool = False) -> Concern | None:
    """What a text suggests; None where no rule sees anything.

    `lone_help`: the whole message was our command word HELP, so that there is no more to go by. `youngest`: it is by a
    child under eight, or nobody knows: any word of hurt or fear puts it before others (rule R3.5). Total, and in time
    proportional to the length of the text. Of a very long text only the beginning and the end are looked at, and it
    is put before others for that reason alone.
    """
    found: dict[str, Rule] = {}
    hurt = False
    for words in sentences(_in_part(text)):
        for book in rules.books:
            spelt = known(book, words)
            _look(book, spelt, found)
            hurt = hurt or not book.youngest.isdisjoint(spelt)
    signs = ((LONE_HELP, lone_help), (TOO_LONG, len(text) > LONGEST), (YOUNGEST, youngest and hurt))
    unclear = [code for code, holds in signs if holds]
    if not found and not unclear:
        return None
    tier = Tier.URGENT if any(rule.tier is Tier.URGENT for rule in found.values()) else Tier.CONCERN
    harms = dict.fromkeys(harm for rule in found.values() for harm in rule.harms)
    return Concern(tier, (*sorted(found), *unclear), tuple(harms) or (Harm.UNCLEAR,))


def _in_part(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"


def _look(book: Book, spelt: Sequence[str], found: dict[str, Rule]) -> None:
    nothing: frozenset[str] = frozenset()
    marks = [book.marks.get(word, nothing) for word in spelt]
    sentence: _Sentence | None = None
    for place, symbols in enumerate(marks):
        for symbol in symbols:
            for rule, pattern in book.keyed.get(symbol, ()):
                if rule.code in found:
                    continue
                sentence = sentence or _Sentence(marks, _weights(marks))
                if _says(sentence, rule, pattern, place):
                    found[rule.code] = rule


def _weights(marks: Sequence[frozenset[str]]) -> Sequence[int]:
    weights, total = [], 0
    for symbols in marks:
        weights.append(total)
        total += _FILLER not in symbols
    return weights


def _says(sentence: _Sentence, rule: Rule, pattern: Pattern, place: int) -> bool:
    """Whether the pattern is said around its key word at `place`."""
    begins = _backwards(sentence, pattern, place)
    if not begins:
        return False
    ends = _forwards(sentence, pattern, place)
    if pattern.at_start:
        begins = [begin for begin in begins if sentence.weight[begin] == 0]
    if pattern.at_end:
        last = len(sentence.marks) - 1
        ends = [end for end in ends if _between(sentence, end, last + 1) == 0]
    begins = [begin for begin in begins if not _denied(sentence, begin)]
    if not begins or not ends:
        return False
    near = range(max(0, min(begins) - _CLOSE_BY), min(len(sentence.marks), max(ends) + 1 + _CLOSE_BY))
    return not any(_stands(sentence, other, near) for other in rule.unless)


def _stands(sentence: _Sentence, pattern: Pattern, near: range) -> bool:
    """Whether the pattern is said inside a part of the sentence."""
    key = pattern.slots[pattern.key].symbols
    return any(
        not key.isdisjoint(sentence.marks[place])
        and any(begin in near for begin in _backwards(sentence, pattern, place))
        and any(end in near for end in _forwards(sentence, pattern, place))
        for place in near
    )


def _backwards(sentence: _Sentence, pattern: Pattern, place: int) -> list[int]:
    """Where the pattern's first word can stand, given where its key word stands."""
    places = [place]
    for index in range(pattern.key, 0, -1):
        wanted, reach = pattern.slots[index - 1].symbols, pattern.slots[index].reach
        places = sorted({before for after in places for before in _before(sentence, after, wanted, reach)})
        if not places:
            break
    return places


def _before(sentence: _Sentence, after: int, wanted: frozenset[str], reach: int) -> list[int]:
    found = []
    for place in range(after - 1, max(-1, after - 1 - _WIDEST), -1):
        if _between(sentence, place, after) > reach:
            break
        symbols = sentence.marks[place]
        if not wanted.isdisjoint(symbols):
            found.append(place)
        if _NOT in symbols:
            break
    return found


def _forwards(sentence: _Sentence, pattern: Pattern, place: int) -> list[int]:
    """Where the pattern's last word can stand, given where its key word stands."""
    places = [place]
    for slot in pattern.slots[pattern.key + 1 :]:
        places = sorted({after for before in places for after in _after(sentence, before, slot.symbols, slot.reach)})
        if not places:
            break
    return places


def _after(sentence: _Sentence, before: int, wanted: frozenset[str], reach: int) -> list[int]:
    found = []
    for place in range(before + 1, min(len(sentence.marks), before + 2 + _WIDEST)):
        if _between(sentence, before, place) > reach:
            break
        symbols = sentence.marks[place]
        if not wanted.isdisjoint(symbols):
            found.append(place)
        if _NOT in symbols:
            break
    return found


def _between(sentence: _Sentence, before: int, after: int) -> int:
    """How many words that count stand strictly between two places."""
    last = after - 1
    counted = sentence.weight[last] + (_FILLER not in sentence.marks[last])
    begun = sentence.weight[before] + (_FILLER not in sentence.marks[before])
    return counted - begun


def _denied(sentence: _Sentence, begin: int) -> bool:
    """Whether what the words say is denied just before them."""
    return any(_DENY in symbols for symbols in sentence.marks[max(0, begin - _DENIED_WITHIN) : begin])
