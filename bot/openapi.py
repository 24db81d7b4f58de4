"""The HTTP side as OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1). `make openapi` writes `docs/openapi.json` from here.

The routes are those of the running service; the words for each stand here. A route outside the console without words
is an error, so that none goes undescribed. The console's pages are for people and are described by one rule, because
each of them answers as `bot.console.door` lets it. `HEAD` answers as `GET` does, without a body, and is not repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

CONSOLE: Final = "/console"
_HOLE: Final = re.compile(r"{(\w+)}")
_SUBTYPE: Final = re.compile(r"^.*/|\W")
_PLAIN: Final = "text/plain"
_HTML: Final = "text/html"
_FORM: Final = "application/x-www-form-urlencoded"
_FILES: Final = "multipart/form-data"

_Schema = Mapping[str, Any]


class UndescribedError(LookupError):
    """A route has no words here."""


@dataclass(frozen=True, slots=True)
class Described:
    """One route in words. `answers` gives the media types of each status; none, where there is no body to speak of."""

    summary: str
    answers: Mapping[int, Sequence[str]]
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    """What each name in the query does."""
    body: Mapping[str, _Schema] = field(default_factory=dict[str, _Schema])
    """A schema by media type."""
    security: str = ""


def _string(description: str, **more: object) -> _Schema:
    return {"type": "string", "description": description, **more}


def _object(required: Sequence[str], properties: Mapping[str, _Schema]) -> _Schema:
    return {"type": "object", "required": [*required], "properties": properties}


_MEANT: Final = MappingProxyType(
    {
        200: "It is there, or it was taken and kept.",
        303: "On to the page that `Location` names.",
        400: "It could not be read. One plain sentence.",
        403: "It is not for whoever asked, or not genuine. One plain sentence.",
        404: "There is no such thing. One plain sentence.",
        409: "It was changed by somebody else meanwhile, or cannot be done as things stand. The page says what to do.",
        413: "More than 1 MiB.",
        422: "Something in the form is not as it must be. The page says what.",
        429: "Too much at once: later again.",
        502: "The council's sign-in did not answer.",
        503: "Nothing can be saved just now. `Retry-After` says when to send it again.",
    }
)
_LANGUAGE: Final = {"lang": "A language's code, such as `cy`; one that the page does not have is as none."}
_CHAT_FORM: Final = _object(
    (),
    {
        "question": _string("As the page gave it."),
        "form": _string("As the page gave it: a number that counts once, and its signature."),
        "answer": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Free text, or a choice's code, repeated for several.",
        },
        "command": _string("Such as `skip`, `back`, `help`, `stop`, `show`, `delete`."),
        "code": _string("A code that carries a conversation over from another channel."),
        "lang": _string("A language asked for together with this answer."),
        "speak": _string("A language asked for by itself."),
        "leave": _string("There at all: this device is to forget its visitor."),
        "comments": _string("Left empty by everybody who sees the page; what stands in it is kept nowhere."),
    },
)
_CHAT_OF_TELEGRAM: Final = _object(("id", "type"), {"id": {"type": "integer"}, "type": _string("`private` is for us.")})
_MESSAGE: Final = _object(
    ("message_id", "date", "chat"),
    {
        "message_id": {"type": "integer"},
        "date": {"type": "integer", "description": "Seconds since 1970, UTC."},
        "chat": _CHAT_OF_TELEGRAM,
        "text": _string("What was typed."),
        "caption": _string("Words under a picture."),
    },
)
_FROM: Final = _object(("id",), {"id": {"type": "integer"}})
_UPDATE: Final = _object(
    ("update_id",),
    {
        "update_id": {"type": "integer"},
        "message": _MESSAGE,
        "edited_message": _MESSAGE,
        "callback_query": _object(
            ("id", "from"),
            {"id": _string("Of the tap."), "from": _FROM, "message": _MESSAGE, "data": _string("Of the button.")},
        ),
        "my_chat_member": _object(
            ("chat", "date", "from", "new_chat_member"),
            {
                "chat": _CHAT_OF_TELEGRAM,
                "date": {"type": "integer"},
                "from": _FROM,
                "new_chat_member": _object(("status",), {"status": _string("`kicked` where the bot was blocked.")}),
            },
        ),
    },
)
_TEXT: Final = _object(
    ("From", "MessageSid"),
    {
        "From": _string("A telephone number, with its country's code."),
        "To": _string("Our number."),
        "MessageSid": _string("Counts once, however often it comes."),
        "Body": _string("What was typed."),
        "NumMedia": _string("How many pictures came with it."),
        "OptOutType": _string("`STOP`, `START` or `HELP`, where Twilio has answered by itself."),
    },
)
_REPORT: Final = _object(
    ("MessageSid", "MessageStatus"),
    {
        "MessageSid": _string("A text of ours."),
        "MessageStatus": _string("Such as `delivered` or `failed`."),
        "ErrorCode": _string("Twilio's number for why it failed."),
    },
)
_HOOK: Final = {400: (_PLAIN,), 403: (_PLAIN,), 413: (_PLAIN,), 503: (_PLAIN,)}

PUBLIC: Final[Mapping[tuple[str, str], Described]] = MappingProxyType(
    {
        ("POST", "/hooks/telegram"): Described(
            "One update of the Telegram Bot API. Answered once it is kept.",
            {200: (_PLAIN,), **_HOOK},
            body={"application/json": _UPDATE},
            security="telegram",
        ),
        ("POST", "/hooks/twilio/sms"): Described(
            "A text that somebody sent to our number. Answered once it is kept.",
            {200: ("text/xml",), **_HOOK},
            body={_FORM: _TEXT},
            security="twilio",
        ),
        ("POST", "/hooks/twilio/status"): Described(
            "What became of a text of ours.",
            {200: ("text/xml",), **_HOOK},
            body={_FORM: _REPORT},
            security="twilio",
        ),
        ("GET", "/healthz"): Described("The process is alive.", {200: (_PLAIN,)}),
        ("GET", "/readyz"): Described(
            "The database can be read and written; channels that have stopped sending are `degraded`.",
            {200: ("application/json",), 503: ("application/json", _PLAIN)},
        ),
        ("GET", "/metrics"): Described("Figures for Prometheus.", {200: (_PLAIN,)}),
        ("GET", "/"): Described("The consultations there are.", {200: (_HTML,), 503: (_HTML,)}, query=_LANGUAGE),
        ("GET", "/privacy"): Described("What happens to what people say.", {200: (_HTML,)}, query=_LANGUAGE),
        ("GET", "/accessibility"): Described("How accessible this is.", {200: (_HTML,)}, query=_LANGUAGE),
        ("GET", "/allow/{code}"): Described(
            "What a parent is asked before a child may answer, and what they have said. Nothing is written.",
            {200: (_HTML,), 404: (_HTML,), 429: (_HTML,), 503: (_HTML,)},
            query=_LANGUAGE,
        ),
        ("POST", "/allow/{code}"): Described(
            "A parent's yes or no, or that they take a yes back. Leads back to the page.",
            {303: (), 400: (_HTML,), 403: (_HTML,), 404: (_HTML,), 413: (_HTML,), 429: (_HTML,), 503: (_HTML,)},
            query=_LANGUAGE,
            body={
                _FORM: _object(
                    (),
                    {
                        "question": _string("As the page gave it."),
                        "form": _string("As the page gave it: a number and its signature."),
                        "answer": _string("`yes` or `no`."),
                    },
                )
            },
        ),
        ("GET", "/said/{slug}"): Described(
            "What came of a consultation, once that is published.",
            {200: (_HTML,), 404: (_HTML,), 503: (_HTML,)},
            query={**_LANGUAGE, "age": "An age band, such as `8-11`."},
        ),
        ("GET", "/chat/{slug}"): Described(
            "The conversation so far, and one form. Nothing is written.",
            {200: (_HTML,), 404: (_HTML,), 429: (_HTML,), 503: (_HTML,)},
            query={
                **_LANGUAGE,
                "code": "A code that carries a conversation over from another channel.",
                "embed": "`1` in the frame of another site.",
                "erased": "There at all: says that everything was erased.",
                "unknown": "There at all: says that the code is not known.",
            },
        ),
        ("POST", "/chat/{slug}"): Described(
            "Takes in the form and leads back to the page. The same form sent twice counts once.",
            {303: (), 400: (_HTML,), 403: (_HTML,), 404: (_HTML,), 413: (_HTML,), 429: (_HTML,), 503: (_HTML,)},
            query={"embed": "`1` in the frame of another site."},
            body={_FORM: _CHAT_FORM},
            security="visitor",
        ),
        ("GET", "/chat/{slug}/everything"): Described(
            "A file with all that is held of whoever has the cookie. Nothing is written.",
            {200: (_HTML, "application/json"), 404: (_HTML,), 503: (_HTML,)},
            query={"as": "`json` for a program; else a page to keep or to print."},
            security="visitor",
        ),
        ("GET", "/chat/{slug}/exit"): Described("Away from here at once, to a page that tells nothing.", {303: ()}),
        ("GET", "/static/{name}"): Described(
            "A file of ours.",
            {200: ("text/css", "text/javascript", "image/svg+xml", "image/png"), 404: (_PLAIN,)},
            query={"v": "The version that the page named: kept for a year."},
        ),
    }
)
"""Every route outside the console."""

_CONSOLE_FORM: Final[_Schema] = {
    **_object(("csrf",), {"csrf": _string("As the page gave it.")}),
    "additionalProperties": {"type": "string"},
}
_OFFICERS_FORM: Final = "officers-form"
_BEHIND_THE_DOOR: Final[Mapping[int, Sequence[str]]] = MappingProxyType(
    {303: (), **dict.fromkeys((400, 403, 404, 409, 422, 429, 502, 503), (_HTML,))}
)
"""What every page of the console may answer beside 200."""
_OFFICERS_PAGE: Final = Described(
    "A page for officers, or a file that one of them asked for. Whoever is not signed in is led to the sign-in.",
    {200: ("*/*",), **_BEHIND_THE_DOOR},
    security="officer",
)
_OFFICERS_SENDING: Final = Described(
    "A form of such a page.", {200: (_HTML,), 413: (_HTML,), **_BEHIND_THE_DOOR}, security="officer"
)
_SECURITY: Final[Mapping[str, _Schema]] = MappingProxyType(
    {
        "telegram": {"type": "apiKey", "in": "header", "name": "X-Telegram-Bot-Api-Secret-Token"},
        "twilio": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Twilio-Signature",
            "description": "Base64 of HMAC-SHA1 over the address and the form: twilio.com/docs/usage/security.",
        },
        "visitor": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-sayso",
            "description": "A random token, given with the page; `sayso` where the service is not behind https.",
        },
        "officer": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-sayso-console",
            "description": "A random token, given when an officer signs in.",
        },
    }
)


def description(routes: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The whole document for these methods and paths, in the order of the paths.

    Raises:
        UndescribedError: one of them, outside the console, has no words here.
    """
    paths: dict[str, dict[str, Any]] = {}
    answers: dict[str, Any] = {}
    for method, path in sorted(set(routes), key=lambda route: (route[1], route[0])):
        if method != "HEAD":
            words = _words(method, path)
            answers |= {_name_of(status, types): _answer(status, types) for status, types in words.answers.items()}
            paths.setdefault(path, {})[method.lower()] = _operation(method, path, words)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sayso",
            "version": "1",
            "description": "What other programs call, and the pages that people see. `HEAD` answers as `GET` does.",
        },
        "paths": paths,
        "components": {
            "parameters": {name: _in_path(name) for name in sorted({name for path in paths for name in _holes(path)})},
            "requestBodies": {_OFFICERS_FORM: _body({_FORM: _CONSOLE_FORM, _FILES: _CONSOLE_FORM})},
            "responses": {name: answers[name] for name in sorted(answers)},
            "securitySchemes": {name: {**scheme} for name, scheme in _SECURITY.items()},
        },
    }


def _words(method: str, path: str) -> Described:
    if path == CONSOLE or path.startswith(f"{CONSOLE}/"):
        return _OFFICERS_PAGE if method == "GET" else _OFFICERS_SENDING
    found = PUBLIC.get((method, path))
    if found is None:
        raise UndescribedError(f"{method} {path} is not described: say in bot/openapi.py what it takes and answers.")
    return found


def _operation(method: str, path: str, words: Described) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [{"$ref": f"#/components/parameters/{name}"} for name in _holes(path)]
    parameters += [
        {"name": name, "in": "query", "description": meant, "schema": {"type": "string"}}
        for name, meant in words.query.items()
    ]
    made: dict[str, Any] = {"operationId": f"{method.lower()} {path}", "summary": words.summary}
    if parameters:
        made["parameters"] = parameters
    if words is _OFFICERS_SENDING:
        made["requestBody"] = {"$ref": f"#/components/requestBodies/{_OFFICERS_FORM}"}
    elif words.body:
        made["requestBody"] = _body(words.body)
    made["responses"] = {
        str(status): {"$ref": f"#/components/responses/{_name_of(status, types)}"}
        for status, types in sorted(words.answers.items())
    }
    if words.security:
        made["security"] = [{words.security: []}]
    return made


def _holes(path: str) -> list[str]:
    return _HOLE.findall(path)


def _body(kinds: Mapping[str, _Schema]) -> dict[str, Any]:
    return {"required": True, "content": {kind: {"schema": schema} for kind, schema in kinds.items()}}


def _name_of(status: int, types: Sequence[str]) -> str:
    """Such as `404-html`: answers that are alike are written down once."""
    return "-".join([str(status), *(_SUBTYPE.sub("", kind) or "any" for kind in types)])


def _answer(status: int, types: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"description": _MEANT[status]}
    if types:
        made["content"] = {kind: {} for kind in types}
    return made


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
