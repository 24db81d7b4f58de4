"""What somebody typed -> the one option they mean.

A ladder of readings, the surest first. The first that finds anything decides: one option is the answer, two or more
are asked about again. Precision comes first: an answer attached to the wrong option is worse than a question put twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flows import number_words, small_words, spelling
from flows.folding import fold, has_substance
from flows.lexicon import Codes, Lexicon, bare_picture
from flows.values import Choice

Words = tuple[str, ...]

_LONGEST: Final = 400
"""A text of more characters is a story; which option it stands for is not ours to guess."""
_SHORT_SENTENCE: Final = 10
"""Words in a sentence in which also a label of one word, or a synonym, counts as mentioned."""
_PREFIX: Final = 4
"""Letters that the beginning of a label must have to stand for it."""
_MOST_CLOSEST: Final = 3
_WORDS_FOR_CLOSEST: Final = 12
_BARE_LETTER: Final = re.compile(r"[A-Za-z]")
_LETTERED: Final = re.compile(r"\W*[A-Za-z]\s*[).:\]]")
"""A letter that counts options off, as in "b)": without the bracket it may be a word ("a slide", "I like")."""
_NOT_A_PLACE: Final = re.compile(r"[£$€%½⅓⅔¼¾]|[0-9][.,][0-9]")
"""Money, shares and fractions are no option's number."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """It is not clear what was meant: ask again."""

    closest: Codes = ()
    """Codes of the options that it may have been, the likeliest first."""


Rung = Callable[[Lexicon, Words, str], Codes | NotUnderstood]


def one(lexicon: Lexicon, text: str) -> Choice | NotUnderstood:
    """The one option that a text means."""
    return _climb(lexicon, text, (_aged, _named, _numbered, _yes_or_no, _begun, _misspelt, _mentioned))


def part(lexicon: Lexicon, text: str) -> Choice | NotUnderstood:
    """The one option that a part of an answer means: as `one`, but never by a mention inside a sentence."""
    return _climb(lexicon, text, (_named, _numbered, _begun, _misspelt))


def _climb(lexicon: Lexicon, text: str, rungs: Sequence[Rung]) -> Choice | NotUnderstood:
    stripped = text.strip()
    if found := lexicon.exact.get(stripped):
        return _settle(found)
    if len(stripped) > _LONGEST:
        return NotUnderstood()
    tokens = tuple(fold(stripped).split())
    if not tokens:
        return _settle(pictured(lexicon, stripped))
    for rung in rungs:
        codes = rung(lexicon, tokens, stripped)
        if isinstance(codes, NotUnderstood):
            return codes
        if codes:
            return _settle(codes)
    return NotUnderstood(_closest(lexicon, tokens))


def _settle(codes: Codes) -> Choice | NotUnderstood:
    return Choice(codes[0]) if len(codes) == 1 else NotUnderstood(codes[:_MOST_CLOSEST])


def pictured(lexicon: Lexicon, text: str) -> Codes:
    """The options whose pictures make up a text without words, in the order sent; none beside an unknown emoji."""
    whole = rest = bare_picture(text)
    found: dict[str, int] = {}
    for picture in sorted(lexicon.pictures, key=len, reverse=True):
        if picture in rest:
            rest = rest.replace(picture, " ")
            found.update((code, whole.index(picture)) for code in lexicon.pictures[picture])
    return () if has_substance(rest) else tuple(sorted(found, key=found.__getitem__))


def _peeled(lexicon: Lexicon, tokens: Words) -> Words:
    """A text without the little words around it, unless they name options; whole if it is made of nothing else."""
    first, last = 0, len(tokens)
    while first < last and tokens[first] in small_words.LEADING and not lexicon.name(tokens[first : first + 1]):
        first += 1
    while first < last and tokens[last - 1] in small_words.TRAILING and not lexicon.name(tokens[last - 1 : last]):
        if tokens[last - 1] == "one" and tokens[last - 2] in small_words.NEGATIONS:
            break  # "no one" is not "no"
        last -= 1
    return tokens[first:last] or tokens


def _aged(lexicon: Lexicon, tokens: Words, _text: str) -> Codes | NotUnderstood:
    """An age ("I'm 9") where the options are spans of ages: it is never the number of an option."""
    spans = [option for option in lexicon.options if option.ages]
    numbers = [number for token in tokens if (number := number_words.figure(token)) is not None]
    if not spans or not numbers or any(not t.isdigit() and t not in small_words.ABOUT_AGE for t in tokens):
        return ()
    if len(numbers) > 1:
        return tuple(option.code for option in spans if option.ages == tuple(numbers))
    age = numbers[0]
    if age <= len(lexicon.options) and not small_words.SAYS_AGE.intersection(tokens):
        return ()
    fitting = tuple(option.code for option in spans if option.ages and option.ages[0] <= age <= option.ages[1])
    return fitting or NotUnderstood(tuple(option.code for option in spans[:_MOST_CLOSEST]))


def _named(lexicon: Lexicon, tokens: Words, text: str) -> Codes:
    """A label, a number, a letter, a synonym or a code, perhaps with little words around it."""
    for said in dict.fromkeys((tokens, _peeled(lexicon, tokens))):
        key = " ".join(said)
        labelled = lexicon.labels.get(key, ())
        placed = _placed(lexicon, said, text)
        if labelled or placed:
            return lexicon.in_order((*labelled, *placed))
        if key in lexicon.others:
            return lexicon.others[key]
    return ()


def _placed(lexicon: Lexicon, tokens: Words, text: str) -> Codes:
    """The option at a place that is named; with it those that the same letter or number word may stand for too."""
    place = None if _NOT_A_PLACE.search(text) else lexicon.position(tokens)
    if place is None:
        return ()
    codes = [lexicon.options[place].code]
    if _BARE_LETTER.fullmatch(text):
        # "b" without a bracket or a full stop may be the second option, or the one that begins with b.
        initials = [option.code for option in lexicon.options if option.label and option.label[0][0] == tokens[0]]
        codes += (*initials, *lexicon.others.get(tokens[0], ()))
    elif not any(token.isdigit() for token in tokens) and (number := number_words.cardinal(tokens, lexicon.language)):
        # "two" may be the second option, or the one called "Two or more".
        codes += [option.code for option in lexicon.options if _says(option.label[:1], number, lexicon.language)]
    return tuple(dict.fromkeys(codes))


def _says(tokens: Words, number: int, language: str) -> bool:
    return any(number in {number_words.figure(token), number_words.cardinal((token,), language)} for token in tokens)


def _numbered(lexicon: Lexicon, tokens: Words, text: str) -> Codes:
    """A number with its label, or with a reason behind it: "2 Fewer swings", "b) fewer swings", "2 because ..."."""
    if _NOT_A_PLACE.search(text) or (len(tokens[0]) == 1 and tokens[0].isalpha() and not _LETTERED.match(text)):
        return ()
    for length in (1, 2):
        place = lexicon.position(tokens[:length])
        rest = tokens[length:]
        if place is None or not rest:
            continue
        code = lexicon.options[place].code
        if named := lexicon.name(rest) or lexicon.name(_peeled(lexicon, rest)):
            return lexicon.in_order((code, *named))
        if rest[0] in small_words.BECAUSE:
            return (code,)
    return ()


def _yes_or_no(lexicon: Lexicon, tokens: Words, text: str) -> Codes:
    """A yes or no that the rest of the text leaves as it is: "yes I think so", "no, because ..."."""
    codes, rest = lexicon.others.get(tokens[0], ()), tokens[1:]
    if not lexicon.yes_and_no or not rest or codes not in {("yes",), ("no",)} or "?" in text or "but" in rest:
        return ()
    if any(_plain_yes_no(lexicon, token) not in {(), codes} for token in rest):
        return ()
    if any(token not in small_words.ECHOES and token not in small_words.NEGATIONS for token in rest):
        first = text.split(maxsplit=1)[0]
        return codes if rest[0] in small_words.BECAUSE or not first[-1].isalnum() else ()
    denied = not small_words.NEGATIONS.isdisjoint(rest)
    affirmed = not small_words.AFFIRMING.isdisjoint(rest)
    contradicted = denied if codes == ("yes",) else affirmed and not denied
    return () if contradicted else codes


def _plain_yes_no(lexicon: Lexicon, token: str) -> Codes:
    codes = lexicon.others.get(token, ())
    return codes if len(token) > 1 and codes in {("yes",), ("no",)} else ()


def _begun(lexicon: Lexicon, tokens: Words, _text: str) -> Codes:
    """The beginning of a label, or some of its words together, if no other label has them."""
    for said in dict.fromkeys((tokens, _peeled(lexicon, tokens))):
        if all(token in small_words.EMPTY for token in said):
            continue
        found = tuple(option.code for option in lexicon.options if _part_of(said, option.label))
        if found:
            return found
    return ()


def _part_of(said: Words, label: Words) -> bool:
    # A part that leaves out the "not" of its label says the opposite.
    if {token for token in label if token in small_words.NEGATIONS} - set(said):
        return False
    if occurrence(said, label, 0) is not None:
        return True
    beginning = " ".join(said)
    return len(beginning) >= _PREFIX and " ".join(label).startswith(beginning)


def occurrence(wanted: Words, within: Words, start: int) -> int | None:
    """Where some words stand next to each other in others, from `start` on."""
    length = len(wanted)
    return next((at for at in range(start, len(within) - length + 1) if within[at : at + length] == wanted), None)


def _misspelt(lexicon: Lexicon, tokens: Words, _text: str) -> Codes:
    """A label or another name with a slip or two in it, where no other option is nearly as near."""
    for said in dict.fromkeys((tokens, _peeled(lexicon, tokens))):
        near = _near(lexicon, said)
        if near:
            best = min(near.values())
            return tuple(code for code, slips in near.items() if slips <= best + 1)
    return ()


def _near(lexicon: Lexicon, said: Words) -> dict[str, int]:
    near: dict[str, int] = {}
    denials = small_words.denials(said)
    for name in lexicon.spellings.get(said[0][0], ()):
        # With another number of negations it is not a slip but another meaning.
        slips = spelling.misspelt(said, name.words) if name.denials == denials else None
        if slips is not None:
            near.update((code, min(slips, near.get(code, slips))) for code in name.codes)
    return near


def _mentioned(lexicon: Lexicon, tokens: Words, text: str) -> Codes:
    """The labels that stand whole in a sentence, if nothing in it turns them round and it is no question."""
    found = () if "?" in text else mentions(lexicon, tokens)
    return tuple(dict.fromkeys((*found, *_numbers(lexicon, tokens)))) if found else ()


def _numbers(lexicon: Lexicon, tokens: Words) -> Codes:
    """The options whose numbers stand among the words in figures."""
    places = (lexicon.position((token,)) for token in tokens if token.isdigit())
    return tuple(lexicon.options[place].code for place in places if place is not None)


def mentions(lexicon: Lexicon, tokens: Words) -> Codes:
    """The options whose labels stand whole among the words, in the order said.

    None where any other word could turn the meaning round.
    """
    short = len(tokens) <= _SHORT_SENTENCE
    # The many ways to say yes and no are whole answers: in a sentence ("yes I don't") they are only parts of one.
    synonyms = short and not lexicon.yes_and_no
    found: list[str] = []
    at = 0
    while at < len(tokens):
        name = _longest_name(lexicon, tokens, at, synonyms=synonyms)
        if len(name) == 1 and not short:
            return ()  # one word in a story may be there by chance, and without it the rest would be half an answer
        if name:
            found += lexicon.name(name)
        elif tokens[at] in small_words.TURNING:
            return ()
        at += len(name) or 1
    return tuple(dict.fromkeys(found))


def _longest_name(lexicon: Lexicon, tokens: Words, at: int, *, synonyms: bool) -> Words:
    for length in range(min(len(tokens) - at, 12), 0, -1):
        name = tokens[at : at + length]
        key = " ".join(name)
        known = key in lexicon.labels or (synonyms and key in lexicon.others)
        if known and (length > 1 or (key not in small_words.VAGUE and len(key) >= _PREFIX)):
            return name
    return ()


def _closest(lexicon: Lexicon, tokens: Words) -> Codes:
    """Options with a number or a word in common with what was said: what it may have been, the likeliest first."""
    said = [token for token in dict.fromkeys(tokens) if token not in small_words.EMPTY][:_WORDS_FOR_CLOSEST]
    shared = {option.code: _alike(said, option.label) for option in lexicon.options}
    likely = sorted((code for code in shared if shared[code]), key=lambda code: -shared[code])
    return tuple(dict.fromkeys((*_numbers(lexicon, tokens), *likely)))[:_MOST_CLOSEST]


def _alike(said: Sequence[str], label: Words) -> int:
    meant = [token for token in label if token not in small_words.EMPTY]
    return sum(
        2 if token in said else any(spelling.misspelt((word,), (token,)) is not None for word in said)
        for token in meant
    )
