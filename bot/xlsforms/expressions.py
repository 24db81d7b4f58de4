"""The part of XLSForm's expressions that a pack can say: which answers lead to a question, and bounds of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

Conditions = Mapping[str, tuple[str, ...]]
"""Name of a question to the options of which one has to be its answer, or among it."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<ref>\$\{\s*[^}\s]+\s*\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z][\w-]*)|(?P<sign><=|>=|!=|[=<>(),.]))"
)
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_DEEPEST: Final = 50
"""Brackets within brackets; a form written by a person has two or three."""


class UnsayableError(Exception):
    """An expression that a pack cannot say. The message is what is in the way, in half a sentence."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a constraint asks of an answer."""

    minimum: int | None = None
    maximum: int | None = None
    at_most: int | None = None
    alone: tuple[str, ...] = ()


def conditions(expression: str, singles: Iterable[str] = ()) -> Conditions:
    """What a `relevant` asks. `singles` are the names of questions that have one answer only.

    Raises:
        UnsayableError: it is more than options joined by `or` within one question and by `and` across questions.
    """
    reader = _Reader(expression)
    known = frozenset(singles)
    found = _any_of(reader, known, 0)
    reader.end()
    return found


def bounds(expression: str) -> Bounds:
    """What a `constraint` asks.

    Raises:
        UnsayableError: it is more than bounds of a number, or how many options go together.
    """
    reader = _Reader(expression)
    found = _bounded(reader, 0)
    reader.end()
    return found


def both(first: Conditions, second: Conditions, singles: Iterable[str] = ()) -> Conditions:
    """What has to hold where both have to.

    Raises:
        UnsayableError: they ask different things of one question.
    """
    joined = dict(first)
    for name, options in second.items():
        before = joined.get(name, options)
        if set(before) == set(options):
            joined[name] = before
            continue
        common = tuple(option for option in before if option in options)
        if name not in frozenset(singles):
            raise UnsayableError(f"it asks two things of ${{{name}}}")
        if not common:
            raise UnsayableError(f"no answer to ${{{name}}} could ever fit it")
        joined[name] = common
    return joined


class _Reader:
    """The expression's tokens, one after another."""

    def __init__(self, expression: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at, text = 0, expression.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise UnsayableError(f"{text[at:].split()[0]!r} is nothing that a pack can say")
            kind = found.lastgroup or ""
            self._tokens.append((kind, found[kind]))
            at = found.end()
        self._at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else ("end", "")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self._at += 1
        return token

    def skips(self, word: str) -> bool:
        """Whether the next token is that one, which is passed over then."""
        if self.peek()[1] != word or self.peek()[0] == "text":
            return False
        self._at += 1
        return True

    def needs(self, word: str) -> None:
        if not self.skips(word):
            raise UnsayableError(
                f"{self.peek()[1]!r} stands where {word!r} belongs" if self.peek()[1] else "it breaks off"
            )

    def end(self) -> None:
        if self.peek()[0] != "end":
            raise UnsayableError(f"{self.peek()[1]!r} is nothing that a pack can say here")


# --- which answers lead to a question ---


def _any_of(reader: _Reader, singles: frozenset[str], depth: int) -> Conditions:
    if depth > _DEEPEST:
        raise UnsayableError("its brackets stand too deep in each other")
    found = _all_of(reader, singles, depth)
    while reader.skips("or"):
        further = _all_of(reader, singles, depth)
        if len(found) != 1 or found.keys() != further.keys():
            raise UnsayableError("'or' can join only answers to one question")
        (name,) = found
        found = {name: tuple(dict.fromkeys((*found[name], *further[name])))}
    return found


def _all_of(reader: _Reader, singles: frozenset[str], depth: int) -> Conditions:
    found = _one(reader, singles, depth)
    while reader.skips("and"):
        found = both(found, _one(reader, singles, depth), singles)
    return found


def _one(reader: _Reader, singles: frozenset[str], depth: int) -> Conditions:
    if reader.skips("("):
        inside = _any_of(reader, singles, depth + 1)
        reader.needs(")")
        return inside
    if reader.peek()[1] == "true" and reader.peek(1)[1] == "(":
        reader.next()
        reader.needs("(")
        reader.needs(")")
        return {}
    if reader.peek()[1] == "selected":
        reader.next()
        reader.needs("(")
        name = _reference(reader.next())
        reader.needs(",")
        option = _option(reader.next())
        reader.needs(")")
        return {name: (option,)}
    first = reader.next()
    sign = reader.next()[1]
    if sign != "=":
        raise UnsayableError(f"{(sign or first[1])!r} is nothing that a pack can say here")
    second = reader.next()
    asked, wanted = (first, second) if first[0] == "ref" else (second, first)
    return {_reference(asked): (_option(wanted),)}


def _reference(token: tuple[str, str]) -> str:
    if token[0] != "ref":
        raise UnsayableError(f"{token[1]!r} stands where a question such as ${{q}} belongs")
    return token[1][2:-1].strip()


def _option(token: tuple[str, str]) -> str:
    kind, text = token
    option = text[1:-1].strip() if kind == "text" else text
    if kind not in {"text", "number"}:
        raise UnsayableError(f"{text!r} stands where an option such as 'a' belongs")
    if not option:
        raise UnsayableError("a pack cannot ask whether a question was passed over")
    return option


# --- bounds of an answer ---


def _bounded(reader: _Reader, depth: int) -> Bounds:
    if depth > _DEEPEST:
        raise UnsayableError("its brackets stand too deep in each other")
    found = _bound(reader, depth)
    while reader.skips("and"):
        found = _tighter(found, _bound(reader, depth))
    return found


def _bound(reader: _Reader, depth: int) -> Bounds:
    if reader.skips("("):
        inside = _bounded(reader, depth + 1)
        reader.needs(")")
        return inside
    if reader.peek()[1] == "not" and reader.peek(1)[1] == "(":
        return _standing_alone(reader)
    first, sign, second = _side(reader), reader.next()[1], _side(reader)
    if isinstance(first, int):
        first, second, sign = second, first, _TURNED.get(sign, sign)
    if isinstance(first, int) or not isinstance(second, int):
        raise UnsayableError("a bound is a number beside '.' or count-selected(.)")
    if first == "count-selected" and sign in {"<", "<="}:
        return Bounds(at_most=second - (sign == "<"))
    if first == "." and sign in {">", ">="}:
        return Bounds(minimum=second + (sign == ">"))
    if first == "." and sign in {"<", "<="}:
        return Bounds(maximum=second - (sign == "<"))
    raise UnsayableError(f"{first} {sign} {second} is no bound that a pack can say")


def _standing_alone(reader: _Reader) -> Bounds:
    """`not(selected(., 'none') and count-selected(.) > 1)`, the usual way to say that an option stands alone."""
    reader.next()
    reader.needs("(")
    if reader.peek()[1] == "selected":
        option = _selected_here(reader)
        reader.needs("and")
        _more_than_one(reader)
    else:
        _more_than_one(reader)
        reader.needs("and")
        option = _selected_here(reader)
    reader.needs(")")
    return Bounds(alone=(option,))


def _selected_here(reader: _Reader) -> str:
    for word in ("selected", "(", ".", ","):
        reader.needs(word)
    option = _option(reader.next())
    reader.needs(")")
    return option


def _more_than_one(reader: _Reader) -> None:
    counted, sign, number = _side(reader), reader.next()[1], _side(reader)
    if counted != "count-selected" or (sign, number) not in {(">", 1), (">=", 2)}:
        raise UnsayableError("not(...) can only say that an option stands alone")


def _side(reader: _Reader) -> int | str:
    kind, text = reader.next()
    if kind == "number":
        if "." in text:
            raise UnsayableError(f"{text} is not a whole number")
        return int(text)
    if kind == "sign" and text == ".":
        return "."
    if text == "count-selected":
        for word in ("(", ".", ")"):
            reader.needs(word)
        return text
    raise UnsayableError(f"{text!r} is nothing that a pack can say here" if text else "it breaks off")


def _tighter(first: Bounds, second: Bounds) -> Bounds:
    return replace(
        first,
        minimum=_either(max, first.minimum, second.minimum),
        maximum=_either(min, first.maximum, second.maximum),
        at_most=_either(min, first.at_most, second.at_most),
        alone=tuple(dict.fromkeys((*first.alone, *second.alone))),
    )


def _either(choose: Callable[[int, int], int], first: int | None, second: int | None) -> int | None:
    if first is None or second is None:
        return second if first is None else first
    return choose(first, second)
