"""Random people do random things, on either database: what was said is kept once, as it was, and STOP holds."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import assemble
from bot.clock import Clock
from bot.service import Service
from bot.simulators.twilio_api import is_drama_number
from flows.definition import Command
from flows.messages import (
    Amended,
    Began,
    Channel,
    Content,
    InboundMessage,
    Other,
    Pressed,
    Submitted,
    Tapped,
    Typed,
    Unusable,
)
from flows.state import Phase
from flows.values import Text
from storage.records import AddressKey, ConversationRecord, TranscriptEntry
from tests.support.processes import ROOT
from tests.support.town import settings_for

SLUG = "herefordshire-2018"
NOON = datetime(2018, 3, 7, 12, tzinfo=UTC)
CLOSES = datetime(2018, 3, 10, tzinfo=UTC)
EVERYBODY = ((Channel.SMS, "sms"), (Channel.TELEGRAM, "telegram"), (Channel.WEB, "web"), (Channel.SMS, "other"))

numbers = itertools.count(1)
"""Every text that is said gets a number of its own, so that it can be found again."""

commands = st.sampled_from(("STOP", "START", "help", "BACK", "skip", "CHANGE", "show", "privacy", "DELETE", "yes"))
choices = st.sampled_from(("8 to 11", "16 to 25", "parent", "professional", "1", "2", "school", "PLAN"))
questions = st.sampled_from(("who", "issue", "evidence", "actions", "/change", "/delete"))
doings = st.one_of(
    st.tuples(st.just("says"), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)),
    st.tuples(st.just("types"), commands | choices),
    st.tuples(st.just("presses"), st.sampled_from(Command).map(lambda command: command.value)),
    st.tuples(st.just("taps"), questions),
    st.tuples(st.just("submits"), questions),
    st.tuples(st.just("edits"), st.just("")),
    st.tuples(st.just("shows a picture"), st.just("")),
    st.tuples(st.just("begins"), st.just(SLUG)),
)
moments = st.sampled_from((timedelta(0), timedelta(seconds=20), timedelta(hours=9), timedelta(days=1)))
days = st.lists(st.tuples(moments, st.integers(0, len(EVERYBODY) - 1), doings, st.booleans()), max_size=25)

Doing = tuple[timedelta, int, tuple[str, str], bool]


class Village:
    """Four people who speak to one service that has no web server: what they say goes straight to its receiver."""

    def __init__(self, service: Service, clock: Clock, number: int) -> None:
        self.service = service
        self.clock = clock
        self.keys = [AddressKey(channel, f"{name}-{number}") for channel, name in EVERYBODY]
        self.said: dict[AddressKey, list[str]] = {key: [] for key in self.keys}
        self.refs: dict[AddressKey, str] = {}

    async def hear(self, doing: Doing) -> None:
        later, who, (how, what), twice = doing
        self.clock.advance(later)
        await self.service.scheduler.wake()
        key = self.keys[who]
        content = self._content(key, how, what)
        ref = f"ref-{next(numbers)}"
        message = InboundMessage(
            channel=key.channel,
            address=key.address,
            provider_id=f"id-{next(numbers)}",
            content=content,
            received_at=self.clock.now(),
            message_ref=ref,
            slug=SLUG if key.channel is Channel.WEB else None,
        )
        self.refs[key] = ref
        await asyncio.gather(*(self.service.receiver.take(message) for _ in range(1 + twice)))

    def _content(self, key: AddressKey, how: str, what: str) -> Content:
        match how:
            case "types":
                return Typed(what)
            case "presses":
                return Pressed(Command(what))
            case "taps":
                return Tapped(what, "child-8-11")
            case "submits":
                return Submitted(what, (self._new(key, "form"),))
            case "edits":
                return Amended(self.refs.get(key, "none"), self._new(key, "edit"))
            case "shows a picture":
                return Other(Unusable.PICTURE)
            case "begins":
                return Began(what)
            case _:
                return Typed(self._new(key, what), may_continue=len(what) > 25)

    def _new(self, key: AddressKey, text: str) -> str:
        marked = f"{text} #{next(numbers)}"
        self.said[key].append(marked)
        return marked

    async def look(self) -> None:
        """What must be so, whoever did whatever."""
        for key in self.keys:
            found = await self.service.database.find(key, SLUG)
            if found is not None and found.state.phase is not Phase.ERASED:
                entries = await self.service.database.transcript(found.conversation_id)
                nothing_said_twice_or_altered(self.said[key], entries)
                nothing_said_after_stop(found, entries)
                nothing_in_time_came_after_the_cutoff(found, entries)
                answers_are_what_was_said(found, self.said[key])


def nothing_said_twice_or_altered(said: Sequence[str], entries: Sequence[TranscriptEntry]) -> None:
    heard = Counter(entry.text for entry in entries if entry.direction == "in" and "#" in entry.text)
    assert set(heard) <= set(said)
    assert all(count == 1 for count in heard.values())


def nothing_said_after_stop(found: ConversationRecord, entries: Sequence[TranscriptEntry]) -> None:
    if found.state.stopped:
        stops = [entry.seq for entry in entries if entry.direction == "in" and entry.text.strip().upper() == "STOP"]
        later = [entry for entry in entries if entry.direction == "out" and stops and entry.seq > stops[-1]]
        assert len(later) <= 1, [entry.text for entry in later]


def nothing_in_time_came_after_the_cutoff(found: ConversationRecord, entries: Sequence[TranscriptEntry]) -> None:
    """An answer in time has words that came before the cutoff; what came after it is only ever late."""
    came_late = {entry.text for entry in entries if entry.direction == "in" and entry.at >= CLOSES}
    for answer in found.state.given.values():
        if isinstance(answer.value, Text) and answer.value.text in came_late:
            assert answer.late


def answers_are_what_was_said(found: ConversationRecord, said: Sequence[str]) -> None:
    for given_answer in found.state.given.values():
        value = given_answer.value
        if isinstance(value, Text) and "#" in value.text:
            assert value.text in said or any(value.text.startswith(part) for part in said)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_random_people_lose_nothing_and_are_left_alone_after_stop(
    database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{database}_url")
    configured = settings_for("http://127.0.0.1:1", url, ROOT / "consultations")

    async def live(doings_of_all: list[Doing]) -> None:
        clock = Clock(NOON)
        service = await assemble(configured, clock=clock, number_validator=is_drama_number)
        try:
            village = Village(service, clock, next(numbers))
            for doing in doings_of_all:
                await village.hear(doing)
            await village.look()
        finally:
            await service.close()

    @settings(max_examples=30, suppress_health_check=list(HealthCheck))
    @given(days)
    def examples(doings_of_all: list[Doing]) -> None:
        asyncio.run(live(doings_of_all))

    examples()
