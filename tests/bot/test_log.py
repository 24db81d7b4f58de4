"""The log: everything an operator needs, and nothing that anybody said."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import log
from flows.messages import Channel


@pytest.fixture
def written() -> Iterator[StringIO]:
    """Everything that is logged meanwhile, as it would be written."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log.JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_how_grave_what_and_its_fields(written: StringIO) -> None:
    log.info("message taken in", channel=Channel.SMS, reference="HFD-7K2M-9Q", seq=3, seconds=0.123456789)
    [line] = lines(written)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "text": "message taken in",
        "channel": "sms",
        "reference": "HFD-7K2M-9Q",
        "seq": 3,
        "seconds": 0.123457,
    }


def test_everything_logged_for_a_request_carries_its_id(written: StringIO) -> None:
    with log.request("abc"):
        log.info("one")
        with log.request("def"):
            log.warning("two")
        log.info("three")
    log.info("four")
    assert [line.get("request") for line in lines(written)] == ["abc", "def", "abc", None]


def test_a_field_that_nobody_has_allowed_is_left_out(written: StringIO) -> None:
    log.info("message taken in", words="I am not safe at home", seq=1)
    [line] = lines(written)
    assert "words" not in line
    assert "not safe" not in written.getvalue()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+447700900123", "(hidden)"),
        ("447700900123", "(number)"),
        ("chat 700900123 is gone", "chat (number) is gone"),
        ("they said: “stop it”", "(hidden)"),
        ("x" * 121, "(hidden)"),
        ("HTTP 503", "HTTP 503"),
    ],
)
def test_a_number_or_a_quotation_inside_an_allowed_field_is_hidden(written: StringIO, value: str, shown: str) -> None:
    log.warning("not sent", reason=value)
    assert lines(written)[0]["reason"] == shown


def test_an_exception_is_logged_by_its_class_and_its_places_alone(written: StringIO) -> None:
    try:
        int("somebody's own words")
    except ValueError as error:
        log.error("a message was kept but not handled", fault=error)
    [line] = lines(written)
    assert line["error"] == "ValueError"
    assert line["passed"][0].startswith("test_log.py:")
    assert "own words" not in written.getvalue()


def test_a_library_is_named_but_not_quoted(written: StringIO) -> None:
    logging.getLogger("telegram.ext").warning("could not send %s", "somebody's own words")
    logging.getLogger("asyncio").error("Task exception: somebody's own words")
    assert [line["text"].split(":")[0] for line in lines(written)] == [
        "telegram.ext reported from test_log",
        "asyncio reported from test_log",
    ]
    assert "own words" not in written.getvalue()


@given(st.text(min_size=4), st.text(st.characters(categories=["Nd"]), min_size=7, max_size=15))
def test_no_words_and_no_long_number_ever_pass_through_a_field(words: str, number: str) -> None:
    record = logging.LogRecord(log.OURS, logging.INFO, "", 0, "text", (), None)
    record.fields = {"reason": f"«{words}»", "reference": number, "said": words}
    line = json.loads(log.JsonLines().format(record))
    assert line["reason"] == "(hidden)"
    assert line["reference"] in {"(hidden)", "(number)"}
    assert "said" not in line
