"""The Big Ask's account can be trusted: it finds what was planted, and nothing where nothing was."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks import big_ask, big_ask_load, processes, stage
from benchmarks.big_ask_check import Account, settle
from benchmarks.big_ask_load import Delays
from benchmarks.big_ask_people import Crowd, Person
from benchmarks.big_ask_provider import HandedOver
from benchmarks.big_ask_report import Told, shortfalls
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.webchat import WebChat
from bot.packs import Library
from bot.rehearsal import Rehearsal, in_codes
from flows.messages import CONVERSING, Channel
from flows.state import Phase

PEOPLE = 12
NOON = datetime(2018, 2, 15, 12, tzinfo=UTC)
SHOWS = {Channel.SMS: SmsChannel.shows, Channel.TELEGRAM: TelegramChannel.shows, Channel.WEB: WebChat.shows}

Row = dict[str, Any]
Plant = Callable[[list[Row], list[Row]], object]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A dozen people, one worker, SQLite. Texts that wait for their turn when it ends are not waited for."""
    folder = tmp_path_factory.mktemp("big-ask")
    place = big_ask.Place(f"sqlite+aiosqlite:///{folder}/big_ask.db", folder)
    return big_ask.hold_and_settle(place, PEOPLE, workers=1, patience=0)


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def settled_with(told: Told, folder: Path, plant: Plant) -> Account:
    """The account of exports in which something was planted."""
    exports = [told.answers.path, told.transcripts.path]
    sheets = [rows_of(path) for path in exports]
    plant(*sheets)
    copies = [folder / path.name for path in exports]
    for path, copy, rows in zip(exports, copies, sheets, strict=True):
        copy.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        manifest = path.with_name(f"{path.name}.manifest.json").read_text("utf-8")
        copy.with_name(f"{copy.name}.manifest.json").write_text(manifest, encoding="utf-8")
    answers, transcripts = copies
    return settle(told.held.crowd, answers, transcripts, told.held.handed_over)


# --- the account ---


def test_a_dozen_people_are_held_exported_and_settled_without_a_difference(told: Told) -> None:
    assert told.account.listed == []
    assert told.account.differences == 0
    assert told.account.rows == PEOPLE
    assert told.account.messages["in"] == told.held.run.messages == told.held.crowd.messages
    assert told.account.messages["out"] == sum(told.held.crowd.replies(channel) for channel in CONVERSING)
    assert told.held.handed_over[Channel.SMS].count > 0
    assert told.held.handed_over[Channel.TELEGRAM].count > 0
    assert not told.held.complaints


def other_words(answers: list[Row], _: list[Row]) -> None:
    answers[0]["evidence"] = "x" + answers[0]["evidence"]


def another_role(answers: list[Row], _: list[Row]) -> None:
    answers[0]["role"] = "nobody"


def said_to_be_late(answers: list[Row], _: list[Row]) -> None:
    answers[0]["late"] = "evidence"


def not_complete(answers: list[Row], _: list[Row]) -> None:
    answers[0] |= {"status": "partial", "completed_at": ""}


def under_another_reference(answers: list[Row], _: list[Row]) -> None:
    answers[0]["reference"], answers[1]["reference"] = answers[1]["reference"], answers[0]["reference"]


def a_row_twice(answers: list[Row], _: list[Row]) -> None:
    answers.append(answers[0])


def a_row_lost(answers: list[Row], _: list[Row]) -> None:
    del answers[0]


def a_row_of_nobody(answers: list[Row], _: list[Row]) -> None:
    answers[0] |= dict.fromkeys(("issue", "evidence", "actions", "organisation"), "")


def a_message_lost(_: list[Row], transcripts: list[Row]) -> None:
    del transcripts[0]


def a_message_twice(_: list[Row], transcripts: list[Row]) -> None:
    transcripts.insert(0, transcripts[0])


def another_reply(_: list[Row], transcripts: list[Row]) -> None:
    next(row for row in transcripts if row["direction"] == "out")["text"] += "."


def another_channel(_: list[Row], transcripts: list[Row]) -> None:
    transcripts[0]["channel"] = "carrier pigeon"


def a_reply_that_failed(_: list[Row], transcripts: list[Row]) -> None:
    next(row for row in transcripts if row["direction"] == "out")["status"] = "failed"


def under_another_question(_: list[Row], transcripts: list[Row]) -> None:
    next(row for row in transcripts if row["question"] == "evidence" and row["direction"] == "in")["question"] = "who"


def a_reply_handed_over_and_still_queued(_: list[Row], transcripts: list[Row]) -> None:
    next(row for row in transcripts if row["status"] == "sent")["status"] = "queued"


@pytest.mark.parametrize(
    ("plant", "what"),
    [
        (other_words, "unlike what was sent: evidence"),
        (another_role, "unlike what was sent: role"),
        (said_to_be_late, "unlike what was sent: late"),
        (not_complete, "unlike what was sent: status, completed_at"),
        (under_another_reference, "has another reference among the answers"),
        (a_row_twice, "has more than one row"),
        (a_row_lost, "no row among the answers"),
        (a_row_of_nobody, "nobody's words"),
        (a_message_lost, "the first unlike one at place 1"),
        (a_message_twice, "the first unlike one at place"),
        (another_reply, "the first unlike one at place"),
        (another_channel, "a channel, language or status is not as it should be"),
        (a_reply_that_failed, "a channel, language or status is not as it should be"),
        (under_another_question, "messages under other questions than they were sent to"),
        (a_reply_handed_over_and_still_queued, "replies are marked as sent"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_planted_difference_is_found_and_named(told: Told, tmp_path: Path, plant: Plant, what: str) -> None:
    account = settled_with(told, tmp_path, plant)
    assert account.differences >= 1
    assert any(what in line for line in account.listed), account.listed
    assert any("differences between" in line for line in shortfalls(replace(told, account=account)))


def test_only_the_first_differences_are_listed_and_all_are_counted(told: Told, tmp_path: Path) -> None:
    def everywhere(answers: list[Row], transcripts: list[Row]) -> None:
        for row in answers:
            row["language"] = "tlh"
        for row in transcripts:
            row["language"] = "tlh"

    account = settled_with(told, tmp_path, everywhere)
    assert account.differences == 2 * PEOPLE
    assert len(account.listed) == 20


def test_words_that_reached_somebody_else_do_not_add_up() -> None:
    one, other = HandedOver(), HandedOver()
    one.add("+447400000001", "a")
    one.add("+447400000002", "b")
    other.add("+447400000002", "a")
    other.add("+447400000001", "b")
    assert one.count == other.count
    assert one != other


# --- the people ---


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return list(Crowd(210, "http://127.0.0.1:8080"))


def test_what_is_expected_of_each_person_is_what_the_conversation_makes_of_their_words(people: list[Person]) -> None:
    pack = Library.load(processes.ROOT / "consultations").get(stage.SLUG)
    assert pack is not None
    for person in people:
        script = person.script
        rehearsal = Rehearsal(pack, script.channel, SHOWS[script.channel], NOON)
        for said in ([] if script.turns[0].cell is None else [pack.sms_keyword]) + person.said:
            rehearsal.hear(pack.sms_keyword if said.startswith("/start") else said)
        assert rehearsal.state.phase is Phase.FINISHED, person.said
        kept = {question: in_codes(keep) for question, keep in rehearsal.kept.items()}
        assert kept == {question: cell for question, cell in person.answers.items() if cell}
        band = rehearsal.state.band
        found = (rehearsal.state.role, band and band.value, rehearsal.state.helped_by or "")
        assert found == (script.role, script.band, script.helped_by)


def test_six_of_ten_are_on_the_web_three_text_and_one_is_on_telegram_who_is_old_enough(people: list[Person]) -> None:
    by_channel = {channel: [one for one in people if one.script.channel is channel] for channel in CONVERSING}
    assert {channel: len(found) for channel, found in by_channel.items()} == {
        Channel.WEB: 126,
        Channel.SMS: 63,
        Channel.TELEGRAM: 21,
    }
    assert {one.script.band for one in by_channel[Channel.TELEGRAM]} == {"16-25", "adult"}
    for channel in (Channel.WEB, Channel.SMS):
        assert len({(one.script.role, one.script.band) for one in by_channel[channel]}) == 7


def test_what_people_say_has_what_breaks_tables_in_it(people: list[Person]) -> None:
    said = [words for person in people for words in person.said]
    for awkward in ("=1+1", "\r\n", "\n", '"', "'", ",", ";", "\t", "<b>", "🚌", "więcej", "lefydd", "Тепло"):
        assert any(awkward in words for words in said), awkward
    assert max(map(len, said)) > 400


# --- the figures ---


def test_a_quantile_is_the_delay_that_so_many_stayed_under() -> None:
    delays = Delays()
    for milliseconds in range(1, 101):
        delays.add(milliseconds / 1000)
    assert delays.quantile_ms(0.5) == pytest.approx(50, abs=0.2)
    assert delays.quantile_ms(0.99) == pytest.approx(99, abs=0.2)


# --- answers that nobody should get ---


class Moody(asyncio.Protocol):
    """A service that turns every message away once, and answers one person as it should answer nobody."""

    def __init__(self, seen: Counter[bytes]) -> None:
        self._seen = seen

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._seen[data] += 1
        status = b"200 OK" if self._seen[data] > 1 else b"503 Service Unavailable"
        if b"p000011" in data:
            status = b"500 Internal Server Error"
        self._transport.write(b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % status)


async def test_who_is_turned_away_tries_again_and_who_is_refused_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(big_ask_load, "AGAIN_SECONDS", 0)
    seen: Counter[bytes] = Counter()
    server = await asyncio.get_running_loop().create_server(lambda: Moody(seen), "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        run = await big_ask_load.converse(Texting(20, url), url, lambda _: None)
    others = [person for person in Texting(20, url) if person.number != 11]
    assert [why.partition(" was")[0] for why in run.gave_up] == ["person 11"]
    before_their_first_own_words = 2
    assert run.messages == sum(len(person.script.turns) for person in others) + before_their_first_own_words
    assert run.again == run.messages
    assert sorted(seen.values()) == [1] + [2] * run.messages


class Texting(Crowd):
    """Those of a crowd who text."""

    def __iter__(self) -> Iterator[Person]:
        return (person for person in super().__iter__() if person.script.channel is Channel.SMS)
