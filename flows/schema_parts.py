"""The building blocks of a JSON Schema, as editors understand it.

The schemas name draft 2020-12, and use nothing that an older reader takes for something else: editors of TOML read
draft 4 (taplo.tamasfe.dev). So there is no `$ref`, beside which such a reader sees no description, and no `true` or
`false` for a schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

Schema = Mapping[str, object]

CODE: Final = "^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_CODE: Final = 40
LOCAL_TIME: Final = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"
DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
NOTHING: Final[Schema] = {"not": {}}
"""A key that must not be there."""


def text(title: str, description: str, *, pattern: str | None = None, longest: int | None = None) -> Schema:
    """A text with something in it."""
    return {
        "title": title,
        "description": description,
        "type": "string",
        "pattern": r"\S" if pattern is None else pattern,
        **({} if longest is None else {"maxLength": longest}),
    }


def code(title: str, description: str) -> Schema:
    """A name for machines."""
    return text(title, description, pattern=CODE, longest=LONGEST_CODE)


def one_of(title: str, description: str, values: Iterable[str]) -> Schema:
    return {"title": title, "description": description, "type": "string", "enum": list(values)}


def whole(title: str, description: str, lowest: int, highest: int) -> Schema:
    return {"title": title, "description": description, "type": "integer", "minimum": lowest, "maximum": highest}


def yes_or_no(title: str, description: str) -> Schema:
    return {"title": title, "description": description, "type": "boolean"}


def several(title: str, description: str, each: Schema, *, fewest: int = 1) -> Schema:
    """A list of texts, each once; one text alone is a list of one."""
    bare = {key: value for key, value in each.items() if key not in {"title", "description"}}
    whole_list = {"type": "array", "items": bare, "minItems": fewest, "uniqueItems": True}
    kinds = [whole_list, bare] if fewest <= 1 else [whole_list]
    return {"title": title, "description": description, "anyOf": kinds}


def table(
    title: str,
    description: str,
    keys: Mapping[str, Schema],
    *,
    needed: Sequence[str] = (),
    also: Mapping[str, object] | None = None,
) -> Schema:
    """A table with these keys and no others."""
    return {
        "title": title,
        "description": description,
        "type": "object",
        "properties": dict(keys),
        "additionalProperties": False,
        **({"required": list(needed)} if needed else {}),
        **(also or {}),
    }


def open_table(title: str, description: str, each: Schema, *, names: str | None = None) -> Schema:
    """A table whose keys the author chooses; `names` is a pattern for them."""
    keys = (
        {"additionalProperties": each}
        if names is None
        else {"patternProperties": {names: each}, "additionalProperties": False}
    )
    return {"title": title, "description": description, "type": "object", **keys}


def tables(title: str, description: str, each: Schema, *, fewest: int = 0) -> Schema:
    return {"title": title, "description": description, "type": "array", "items": each, "minItems": fewest}


def only_for(kinds: Iterable[str], key: str) -> Schema:
    """A table of one of these kinds does not have the key."""
    return {
        "if": {"properties": {"kind": {"enum": sorted(kinds)}}, "required": ["kind"]},
        "then": {"properties": {key: NOTHING}},
    }


def whole_file(title: str, description: str, keys: Mapping[str, Schema], *, needed: Sequence[str] = ()) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **table(title, description, keys, needed=needed),
    }
