"""The log: JSON lines that cannot hold what somebody said, nor where they can be reached.

A record's words are always its constant text: nothing is ever put into it. What varies goes into fields, and only the
fields named here, in the shapes named here, are written. Of an exception the log has the class and the places in our
code that it passed through, but not its message, which might quote somebody.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Final, LiteralString

FIELDS: Final = frozenset(
    {
        "attempt",
        "channel",
        "count",
        "duplicate",
        "error",
        "kind",
        "method",
        "port",
        "reason",
        "reference",
        "route",
        "seconds",
        "seq",
        "slug",
        "status",
        "version",
        "worker",
    }
)
"""Everything that a log line may hold besides its text."""

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request being handled; every line and every queued message has it, so that one message can be followed."""

OURS: Final = "sayso"
_PLAIN: Final = re.compile(r"[\w.:/ \[\]-]{0,120}", re.ASCII)
# A number as long as a telephone number or a chat id is hidden, wherever it turns up.
_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){6,}")

_log = logging.getLogger(OURS)

Field = str | int | float | bool | Enum | None


def info(text: LiteralString, **fields: Field) -> None:
    """Something an operator may want to follow."""
    _write(logging.INFO, text, fields)


def warning(text: LiteralString, **fields: Field) -> None:
    """Something that mends itself, but ought to be known."""
    _write(logging.WARNING, text, fields)


def error(text: LiteralString, *, fault: BaseException | None = None, **fields: Field) -> None:
    """Something that somebody has to look at."""
    _write(logging.ERROR, text, fields, fault)


def _write(level: int, text: str, fields: Mapping[str, Field], fault: BaseException | None = None) -> None:
    """As the logger does it, but for looking up the stack who called: the text says that, and the search is slow."""
    if not _log.isEnabledFor(level):
        return
    passed = None if fault is None else (type(fault), fault, fault.__traceback__)
    record = logging.LogRecord(OURS, level, "", 0, text, (), passed)
    record.fields = fields
    _log.handle(record)


class request:  # noqa: N801 - reads as a function in `with log.request(name):`
    """Everything logged inside belongs to this request."""

    __slots__ = ("_before", "_name")

    def __init__(self, name: str | None) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._before = request_id.set(self._name)

    def __exit__(self, *_: object) -> None:
        request_id.reset(self._before)


class JsonLines(logging.Formatter):
    """One line of JSON for a record, made of whitelisted fields only."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "text": self._text(record),
        }
        if (request := request_id.get()) is not None:
            line["request"] = request
        fields: Mapping[str, Field] = getattr(record, "fields", {})
        for name in sorted(fields):
            if name in FIELDS and fields[name] is not None:
                line[name] = _shape(fields[name])
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["passed"] = list(_places(record.exc_info[2]))
        return json.dumps(line)

    @staticmethod
    def _text(record: logging.LogRecord) -> str:
        """Our own texts are constants. A library's may quote a value even unformatted, so only its name is kept."""
        if record.name == OURS and isinstance(record.msg, str):
            return record.msg
        return f"{record.name} reported from {record.module}:{record.lineno}"


def _shape(value: Field) -> object:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return _NUMBER.sub("(number)", value) if _PLAIN.fullmatch(value) else "(hidden)"
    return round(value, 6) if isinstance(value, float) else value


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace):
        yield f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"


def configure() -> None:
    """Sends every record of this process to stderr as JSON lines. Libraries are heard from WARNING on."""
    # A record need not find out what no line tells.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _log.setLevel(logging.INFO)
