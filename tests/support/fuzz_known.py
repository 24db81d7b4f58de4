"""What a fuzzer is to know of the console to get past its first door: names, values and fields, met on its pages."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from tests.support.described import FILE
from tests.support.officers import Browser
from tests.support.packs import SLUG

MOST_PAGES: Final = 250
_HOLE: Final = re.compile(r"{(\w+)}")


def published() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


class _Forms(HTMLParser):
    """Links, and the fields and values of forms that are posted."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.forms: list[tuple[str, dict[str, set[str]]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        match tag:
            case "a":
                self.links.add(own.get("href", ""))
            case "form":
                self.forms.append((own.get("action", "") if own.get("method", "").lower() == "post" else "-", {}))
            case "select":
                self._select = own.get("name", "")
                self._seen(self._select, "")
            case "option":
                self._seen(self._select, own.get("value", ""))
            case "input" | "button" | "textarea":
                self._seen(own.get("name", ""), own.get("value", ""))
            case _:
                pass

    def _seen(self, name: str, value: str) -> None:
        if self.forms and name and name != "csrf":
            self.forms[-1][1].setdefault(name, set()).add(value)


@dataclass(slots=True)
class Known:
    """What is met on the pages: values of the parts of paths, and the fields of each form with their values."""

    parts: dict[str, set[str]] = field(default_factory=dict)
    fields: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """By the path of the operation that takes the form."""
    pages: int = 0


class _Paths:
    """Which path of the description an address is of."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        # What has fewer holes is tried first: `/console/officers/add` is no officer.
        self._known = [
            (path, re.compile(_HOLE.sub(r"(?P<\1>[^/]+)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))))
            for path in sorted(document["paths"], key=lambda path: path.count("{"))
        ]

    def of(self, address: str) -> tuple[str, Mapping[str, str]] | None:
        for path, pattern in self._known:
            if found := pattern.fullmatch(address):
                return path, {name: unquote(value) for name, value in found.groupdict().items()}
        return None


async def walk(browser: Browser, document: Mapping[str, Any]) -> Known:
    """Follows every link of the console from its first page on, as the officer whose browser it is."""
    paths = _Paths(document)
    known, seen, ahead = Known(), set[str](), ["/console"]
    while ahead and known.pages < MOST_PAGES:
        at = ahead.pop(0)
        shown = await browser.get(at)
        known.pages += 1
        found = _Forms()
        found.feed(shown.html)
        here = urlsplit(at).path
        for action, fields in found.forms:
            of = paths.of(urlsplit(action or here).path)
            if of is not None and action != "-":
                for name, values in fields.items():
                    known.fields.setdefault(of[0], {}).setdefault(name, set()).update(values)
        for link in (*found.links, *(action for action, _ in found.forms)):
            of = paths.of(urlsplit(link).path)
            if of is None or not link.startswith("/console"):
                continue
            for name, value in of[1].items():
                known.parts.setdefault(name, set()).add(value)
            address = urlsplit(link).path
            if address not in seen and not address.endswith("sign-out"):
                seen.add(address)
                ahead.append(address)
    return known


_SAID: Final = ["PLAY", "play", "1", "2", "why not", "STOP", "START", "HELP", "SHOW", "DELETE", "YES", "CHANGE", "BACK"]
_MEANT: Final[Mapping[str, Sequence[object]]] = {
    "From": ["+447700900101", "+447700900102"],
    "Body": _SAID,
    "text": [*_SAID, f"/start {SLUG}", "/stop"],
    "data": ["swings:more", "who:child"],
    "type": ["private"],
    "status": ["kicked", "member"],
    "id": [700900101],
    "NumMedia": ["0", "1"],
    "OptOutType": ["STOP", "START", "HELP"],
    "MessageStatus": ["delivered", "failed", "sent", "undelivered"],
    "ErrorCode": ["21610", "30003"],
    "question": ["who", "swings", "why", ""],
    "command": ["skip", "back", "help", "stop", "start", "show", "delete", "change", "privacy"],
    "lang": ["en", "cy", "xx"],
    "speak": ["cy"],
}
"""Values that mean something, by the name of their field."""


def _meant(schema: dict[str, Any], name: str = "") -> dict[str, Any]:
    """A schema whose strings and numbers may also be what means something."""
    if "properties" in schema:
        return {**schema, "properties": {key: _meant(each, key) for key, each in schema["properties"].items()}}
    if name == "answer":
        return {**schema, "items": {"anyOf": [{"enum": ["child", "8-11", "more", "why not"]}, {"type": "string"}]}}
    values = [value for value in _MEANT.get(name, ()) if isinstance(value, str) == (schema["type"] == "string")]
    return {"anyOf": [{"enum": values}, schema]} if values else schema


def informed(document: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """The description with what is known beside what is random."""
    made: dict[str, Any] = copy.deepcopy({**document})
    for name, parameter in made["components"]["parameters"].items():
        values = sorted(known.parts.get(name, {SLUG} if name == "slug" else set()))
        parameter["schema"] = {"anyOf": [{"enum": [*values, "nowhere", "1"]}, {"type": "string", "minLength": 1}]}
    for path, operations in made["paths"].items():
        for content in operations.get("post", {}).get("requestBody", {}).get("content", {}).values():
            content["schema"] = _meant(content["schema"])
        fields = known.fields.get(path)
        if fields and path.startswith("/console") and "post" in operations:
            operations["post"]["requestBody"] = _form_of(fields)
    return made


def _form_of(fields: Mapping[str, set[str]]) -> dict[str, Any]:
    """A form with those fields, each with a value that it had or with any other."""
    named = {
        name: {"anyOf": [{"enum": sorted(values)}, {"type": "string", "maxLength": 60}]}
        for name, values in sorted(fields.items())
    }
    schema = {"type": "object", "properties": named, "required": sorted(named)[:3], "additionalProperties": False}
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
    return {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}
