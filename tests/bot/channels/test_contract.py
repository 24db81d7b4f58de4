"""What every channel promises. Labelled cases over all of them; a channel's own rules are in its own tests."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import LONGEST_WAIT, ChannelPort, Parsed, RefusedError, backoff
from flows.definition import Command
from flows.messages import (
    Amended,
    Began,
    CameBack,
    Gone,
    InboundMessage,
    OurFault,
    RetryAt,
    Sent,
    Tapped,
    Typed,
    WentAway,
)
from tests.bot.channels.contract import NOW, PICTURE, Adapter, Can, Incoming, Trouble, by_name, words
from tests.bot.channels.sms_adapter import SmsAdapter
from tests.bot.channels.telegram_adapter import TelegramAdapter
from tests.bot.channels.webchat_adapter import WebChatAdapter

SENDING: tuple[type[Adapter], ...] = (TelegramAdapter, SmsAdapter)
"""Channels whose words travel through a provider; the web's page shows them itself."""
ADAPTERS: tuple[type[Adapter], ...] = (*SENDING, WebChatAdapter)

WORDS = "My brother's park has no swings, and I'm Zebedee"

INCOMING = (
    words("a text is taken word for word", "More swings please"),
    words("spaces and line breaks stay as they were", "  one\n\n two  \t three "),
    words("emoji stay as they were", "😀👩🏽‍🚀🏴󠁧󠁢󠁷󠁬󠁳󠁿"),
    words("any alphabet is taken", "Mae'r parc yn dda iawn, ŵy! Ще більше гойдалок. المزيد من الأراجيح"),
    words("what looks like markup is text", "<b>no</b> &amp; *stars* _lines_ %20 + ="),
    words("what looks like base64 is text", "TW9yZSBzd2luZ3MgcGxlYXNlLCBhbmQgYSBzbGlkZSBhbmQgYSBzYW5kcGl0IQ=="),
    words("a long text is taken whole", "The park is dark. " * 85),
    words("a command word is typed text: whoever has the pack knows its languages", "stop"),
    words("a command word inside an answer is part of the answer", "stop the buses"),
    words("a single full stop is text", "."),
    Incoming(
        "a tap names its question and its option",
        lambda who: who.taps("park", "more-swings"),
        lambda _: (Tapped("park", "more-swings", "3010344556677889900"),),
        Can.TAP,
    ),
    Incoming(
        "a link brings its payload",
        lambda who: who.begins("herefordshire-2018"),
        lambda _: (Began("herefordshire-2018"),),
        Can.BEGIN_BY_LINK,
    ),
    Incoming("a link may bring nothing", lambda who: who.begins(""), lambda _: (Began(""),), Can.BEGIN_BY_LINK),
    *(by_name(command) for command in Command if command is not Command.START),
    Incoming(
        "a picture is only the fact that it came",
        lambda who: who.sends_picture(""),
        lambda _: (PICTURE,),
        Can.SEND_PICTURES,
    ),
    Incoming(
        "the words under a picture are an answer, and come last",
        lambda who: who.sends_picture("The swings are broken"),
        lambda _: (PICTURE, Typed("The swings are broken")),
        Can.SEND_PICTURES,
    ),
    Incoming("blocking us is noticed", lambda who: who.blocks()[0], lambda _: (WentAway(),), Can.BLOCK),
    Incoming("unblocking us is noticed", lambda who: who.blocks()[1], lambda _: (CameBack(),), Can.BLOCK),
)

EXPECTED = {
    Trouble.PERSON_LEFT: Gone,
    Trouble.BUSY: RetryAt,
    Trouble.REFUSES_US: OurFault,
    Trouble.BROKEN: RetryAt,
    Trouble.DROPS: RetryAt,
    Trouble.SILENT: RetryAt,
    Trouble.LOSES_ANSWER: RetryAt,
    Trouble.AWAY: RetryAt,
}


def _able(case: Incoming, adapter: type[Adapter]) -> bool:
    return case.needs is None or case.needs in adapter.can


def _with(can: Can) -> list[type[Adapter]]:
    return [adapter for adapter in ADAPTERS if can in adapter.can]


every_channel = pytest.mark.parametrize("kind", ADAPTERS, ids=lambda kind: kind.__name__)
every_case = pytest.mark.parametrize(
    ("kind", "case"),
    [
        pytest.param(adapter, case, id=f"{adapter.__name__}: {case.label}")
        for case in INCOMING
        for adapter in ADAPTERS
        if _able(case, adapter)
    ],
)
every_trouble = pytest.mark.parametrize(
    ("who", "trouble"),
    [
        pytest.param(adapter, trouble, id=f"{adapter.__name__}: {trouble.value}")
        for adapter in ADAPTERS
        for trouble in sorted(adapter.troubles, key=lambda trouble: trouble.value)
    ],
    indirect=["who"],
)


@pytest.fixture(params=SENDING, ids=lambda kind: kind.__name__)
async def who(request: pytest.FixtureRequest) -> AsyncIterator[Adapter]:
    """A person whose provider is up."""
    adapter: Adapter = request.param()
    await adapter.open()
    yield adapter
    await adapter.close()


def _content(parsed: Parsed) -> tuple[object, ...]:
    return tuple(message.content for message in parsed.messages)


def test_every_way_to_speak_is_known_to_some_channel() -> None:
    assert set().union(*(adapter.can for adapter in ADAPTERS)) == set(Can)
    assert set(EXPECTED) == set(Trouble)


@every_case
def test_what_a_person_does_is_understood(kind: type[Adapter], case: Incoming) -> None:
    who = kind()
    assert _content(who.channel.parse(case.does(who))) == case.comes_to(who)


@every_case
def test_a_second_delivery_has_the_same_ids(kind: type[Adapter], case: Incoming) -> None:
    who = kind()
    request, another = case.does(who), case.does(who)
    ids = [message.provider_id for message in who.channel.parse(request).messages]
    others = [message.provider_id for message in who.channel.parse(another).messages]
    assert ids == [message.provider_id for message in who.channel.parse(request).messages]
    assert len(set(ids + others)) == len(ids) + len(others)


@every_case
def test_a_message_carries_its_address_and_its_times(kind: type[Adapter], case: Incoming) -> None:
    who = kind()
    for message in who.channel.parse(case.does(who)).messages:
        assert message.channel is who.channel.name
        assert message.address == who.address
        assert message.received_at == NOW
        assert message.sent_at is None or message.sent_at.tzinfo is UTC
        assert not message.recovered


@every_case
def test_nothing_of_a_person_is_printed(kind: type[Adapter], case: Incoming) -> None:
    who = kind()
    parsed = who.channel.parse(case.does(who))
    assert not [private for private in who.private if private in f"{parsed!r} {who.channel!r}"]


@every_channel
def test_only_what_is_kept_is_taken(kind: type[Adapter]) -> None:
    who = kind()
    (message,) = who.channel.parse(who.says(WORDS)).messages
    kept = {getattr(message, field) for field in InboundMessage.__dataclass_fields__}
    assert not [private for private in who.private if private in {str(value) for value in kept} - {who.address}]
    assert message.language is None


@every_channel
def test_somebody_who_is_not_the_provider_is_refused(kind: type[Adapter]) -> None:
    who = kind()
    for request in who.forged(WORDS):
        with pytest.raises(RefusedError) as refused:
            who.channel.parse(request)
        assert refused.value.status == 403
        assert WORDS not in refused.value.sentence


@every_channel
def test_what_makes_no_sense_is_refused_with_a_sentence(kind: type[Adapter]) -> None:
    who = kind()
    for request in who.garbled():
        with pytest.raises(RefusedError) as refused:
            who.channel.parse(request)
        assert refused.value.status == 400
        assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("kind", _with(Can.BE_USELESS), ids=lambda kind: kind.__name__)
def test_what_we_have_no_use_for_is_nothing_and_no_fault(kind: type[Adapter]) -> None:
    who = kind()
    assert [who.channel.parse(request) for request in who.useless()] == [Parsed()] * len(who.useless())


@every_channel
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_body_at_all_is_parsed_or_refused(kind: type[Adapter], body: bytes) -> None:
    who = kind()
    with contextlib.suppress(RefusedError):
        who.channel.parse(who.genuine(body))


@every_channel
@given(text=st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_at_all_is_taken_letter_for_letter(kind: type[Adapter], text: str) -> None:
    who = kind()
    (message,) = who.channel.parse(who.says(text)).messages
    assert message.content == who.understood(text) or text.startswith("/")


@pytest.mark.parametrize("kind", _with(Can.EDIT), ids=lambda kind: kind.__name__)
def test_an_edit_names_the_message_that_it_changes(kind: type[Adapter]) -> None:
    who = kind()
    before, after = who.edits("More slides")
    (original,) = who.channel.parse(before).messages
    (edit,) = who.channel.parse(after).messages
    assert original.message_ref is not None
    assert edit.content == Amended(original.message_ref, "More slides")
    assert edit.provider_id != original.provider_id
    assert edit.sent_at == NOW
    assert original.sent_at is not None
    assert original.sent_at < NOW


async def test_a_message_arrives_word_for_word(who: Adapter) -> None:
    texts = ["Hello! Ydych chi'n hoffi'r parc? ŵ", "<b>1 & 2</b>\n *3* _4_ https://example.gov.uk", "😀" * 20]
    outcomes = [await who.channel.send(who.outbound(text), now=NOW) for text in texts]
    assert all(isinstance(outcome, Sent) and outcome.provider_id for outcome in outcomes)
    assert len({outcome.provider_id for outcome in outcomes if isinstance(outcome, Sent)}) == len(texts)
    assert who.shown() == texts


async def test_a_message_as_long_as_the_channel_shows_arrives_whole(who: Adapter) -> None:
    for letter in ("a", "😀"):
        text = letter * who.channel.shows.longest
        assert isinstance(await who.channel.send(who.outbound(text), now=NOW), Sent)
        assert who.shown()[-1] == text


@every_trouble
async def test_every_trouble_has_its_outcome(who: Adapter, trouble: Trouble) -> None:
    await who.gets_into(trouble)
    outcome = await who.channel.send(who.outbound(WORDS), now=NOW)
    assert isinstance(outcome, EXPECTED[trouble])
    match outcome:
        case Gone():
            assert outcome.opted_out
        case OurFault():
            assert outcome.stop_channel
        case RetryAt():
            assert NOW < outcome.at <= NOW + LONGEST_WAIT
        case Sent():
            pytest.fail("nothing was sent")


@every_trouble
async def test_no_trouble_prints_or_logs_anything_of_a_person(
    who: Adapter, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await who.gets_into(trouble)
    outcome = await who.channel.send(who.outbound(WORDS), now=NOW)
    for private in (*who.private, WORDS, "Zebedee"):
        assert private not in repr(outcome)
        assert private not in caplog.text


async def test_a_message_that_is_sent_is_not_logged(who: Adapter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await who.channel.send(who.outbound(WORDS), now=NOW)
    assert not [private for private in (*who.private, WORDS) if private in caplog.text]


async def test_a_channel_can_be_used_again_after_it_was_closed(who: Adapter) -> None:
    await who.channel.close()
    await who.channel.close()
    assert isinstance(await who.channel.send(who.outbound("Hello again"), now=NOW), Sent)


@every_channel
def test_every_channel_says_how_fast_it_may_be_written_to(kind: type[Adapter]) -> None:
    channel: ChannelPort = kind().channel
    assert channel.pace.per_second > 0
    assert channel.pace.per_address_seconds >= 0


def test_waits_grow_up_to_a_quarter_of_an_hour() -> None:
    waits = [backoff(attempt) for attempt in range(1, 60)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT == timedelta(minutes=15)
    assert backoff(0) == backoff(1)
