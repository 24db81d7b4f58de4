"""State and answers as bytes, and back. Small, versioned, and total: what goes in comes out equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from types import NoneType
from typing import Any, assert_never, get_args, get_type_hints

from flows.definition import AgeBand
from flows.errors import UnreadableStateError
from flows.messages import Button
from flows.state import Given, Phase, State
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from storage.instants import instant, micros

STATE_VERSION = 1
"""Raised when an older release could misread what this one writes. A new field with a default needs no new version."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_decode = json.JSONDecoder().decode


def encode_state(state: State) -> bytes:
    """The state as UTF-8 JSON. Fields at their default are left out."""
    held: dict[str, Any] = {"v": STATE_VERSION}
    for (name, default, encode, _), value in zip(_FIELDS, _VALUES(state), strict=True):
        if value is not default and value != default:
            held[name] = value if encode is None else encode(value)
    return _encode(held).encode("utf-8", "surrogatepass")


def decode_state(stored: bytes) -> State:
    """What `encode_state` wrote, in this release or an older one. Fields that are gone since are passed over.

    Raises:
        UnreadableStateError: a newer release wrote it.
    """
    try:
        held: dict[str, Any] = _decode(stored.decode("utf-8", "surrogatepass"))
        version = held.pop("v")
        if version <= STATE_VERSION:
            return State(**{name: _DECODERS[name](value) for name, value in held.items() if name in _DECODERS})
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError) as error:
        raise UnreadableStateError(
            f"A stored conversation cannot be read ({type(error).__name__}): run the release that wrote it, or newer."
        ) from None
    raise UnreadableStateError(f"A conversation was saved by a newer release (state {version}): run that one.")


def encode_value(value: Value) -> tuple[str, Any]:
    """The kind of value, and what it holds as something that JSON can hold."""
    match value:
        case Text(text):
            return "text", text
        case Choice(code):
            return "choice", code
        case Choices(codes):
            return "choices", codes
        case Number(number):
            return "number", str(number)
        case Ranking(codes):
            return "ranking", codes
        case _:
            assert_never(value)


def decode_value(kind: str, held: Any) -> Value:  # noqa: ANN401 - whatever JSON can hold
    """What `encode_value` was given.

    Raises:
        ValueError: a kind that this release does not know.
    """
    match kind:
        case "text":
            return Text(held)
        case "choice":
            return Choice(held)
        case "choices":
            return Choices(tuple(held))
        case "number":
            return Number(Decimal(held))
        case "ranking":
            return Ranking(tuple(held))
        case _:
            raise ValueError(kind)


def _encode_given(given: Mapping[str, Given]) -> list[tuple[Any, ...]]:
    return [(code, *encode_value(one.value), one.revision, one.late, one.counts) for code, one in given.items()]


def _decode_given(held: Sequence[Any]) -> dict[str, Given]:
    return {
        code: Given(decode_value(kind, value), revision, late, counts)
        for code, kind, value, revision, late, counts in held
    }


def _same(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds as it is
    return value


_Coder = Callable[[Any], Any]
_CODERS: Mapping[Any, tuple[_Coder | None, _Coder]] = {
    str: (None, _same),
    int: (None, _same),
    bool: (None, _same),
    datetime: (micros, instant),
    AgeBand: (None, {band.value: band for band in AgeBand}.__getitem__),
    Phase: (None, {phase.value: phase for phase in Phase}.__getitem__),
    tuple[str, ...]: (None, tuple),
    Mapping[str, Given]: (_encode_given, _decode_given),
}
"""How each type that a state is made of is written (None: as it is) and read back.

A field of another type fails the import, not a person's turn.
"""


def _plan() -> Iterator[tuple[str, Any, _Coder | None, _Coder]]:
    hints = get_type_hints(State)
    for field in fields(State):
        kinds = [kind for kind in get_args(hints[field.name]) if kind is not NoneType]
        optional = NoneType in get_args(hints[field.name])
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        yield field.name, default, *_CODERS[kinds[0] if optional else hints[field.name]]


_FIELDS = tuple(_plan())
_VALUES = attrgetter(*(name for name, *_ in _FIELDS))
_DECODERS = {name: decode for name, _, _, decode in _FIELDS}


def encode_json(held: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    return _encode(held)


def decode_json(stored: str) -> Any:  # noqa: ANN401 - whatever JSON can hold
    return _decode(stored)


def encode_buttons(buttons: tuple[Button, ...]) -> str:
    return _encode([(button.label, button.question, button.option) for button in buttons])


def decode_buttons(stored: str) -> tuple[Button, ...]:
    return tuple(Button(*held) for held in _decode(stored))
