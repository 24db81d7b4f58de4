"""The JSON Schemas that are published for editors, in `docs/schema/`; tests hold them to what the reader accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flows.schema_parts import Schema
from flows.schema_structure import structure_schema
from flows.schema_wording import own_wording_schema, wording_schema

SCHEMAS: Final[Mapping[str, Callable[[], Schema]]] = {
    "consultation": structure_schema,
    "wording": wording_schema,
    "own-wording": own_wording_schema,
}
"""By the name of the file in `docs/schema/`, before `.schema.json`."""
