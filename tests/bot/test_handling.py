"""What becomes of one message, whoever sent it and wherever they were."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.definition import Command
from flows.lobby import OFFER_QUESTION
from flows.messages import (
    Began,
    CameBack,
    Channel,
    Content,
    InboundMessage,
    Other,
    Pressed,
    Status,
    Submitted,
    Tapped,
    Typed,
    Unusable,
    WentAway,
)
from flows.state import Phase
from flows.values import Choice, Text
from storage.records import AddressKey
from storage.transcripts import QueueDepth
from tests.support.desk import Correspondent, Desk, a_desk
from tests.support.packs import SLUG, write_pack
from tests.support.storing import rows

TELEGRAM = (Channel.TELEGRAM, "700900123")
WEB = (Channel.WEB, "a-visitors-token-of-22")


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def desk(database_url: str, packs: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, packs) as desk:
        yield desk


async def phase_of(desk: Desk, person: Correspondent) -> Phase | None:
    record = await desk.service.database.find(AddressKey(person.channel, person.address), SLUG)
    return record.state.phase if record else None


async def queued(desk: Desk) -> dict[Channel, QueueDepth]:
    return await desk.service.database.queue_depth()


# --- beginning ---


@pytest.mark.parametrize("keyword", ["PLAY", "play", " Play! "])
async def test_a_keyword_begins_its_consultation_however_it_is_typed(desk: Desk, keyword: str) -> None:
    await desk.person().says(keyword)
    [welcome] = await desk.said()
    assert "Hello! I am a computer." in welcome


async def test_a_keyword_said_again_repeats_the_question_and_begins_nothing_anew(desk: Desk) -> None:
    await desk.person().says("play", "3", "play")
    assert len(await desk.answers()) == 1
    assert "Should the park have more swings?" in (await desk.said())[-1]


async def test_who_names_no_consultation_is_offered_the_open_ones(desk: Desk) -> None:
    await desk.person().says("hello")
    [offer] = await desk.waiting(Channel.SMS)
    assert "PLAY" in offer


async def test_a_button_of_the_offer_begins_what_stands_on_it(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.says("hello")
    await person.taps(OFFER_QUESTION, SLUG)
    assert await phase_of(desk, person) is Phase.ASKING


async def test_who_hears_that_nothing_is_open_hears_it_once(desk: Desk) -> None:
    desk.service.clock.advance(timedelta(days=60))
    person = desk.person()
    await person.says("hello", "hello?", "anybody?")
    assert len(await desk.waiting(Channel.SMS)) == 1


async def test_a_page_writes_its_first_question_down_with_the_first_answer(desk: Desk) -> None:
    await desk.person(*WEB).submits("who", "parent-carer")
    entries = await desk.transcript()
    assert [(entry.direction, entry.question) for entry in entries] == [
        ("out", None),
        ("out", "who"),
        ("in", "who"),
        ("out", "swings"),
    ]
    assert {entry.status for entry in entries if entry.direction == "out"} == {Status.DELIVERED}
    assert await desk.waiting(Channel.WEB) == []


async def test_a_page_in_another_language_is_answered_and_kept_in_it(desk: Desk) -> None:
    visitor = desk.person(*WEB)
    await visitor.submits("who", "parent-carer", language="cy")
    await visitor.submits("swings", "more", language="en")
    [row] = await desk.answers()
    assert row.language == "en"
    assert [entry.language for entry in await desk.transcript()] == ["cy", "cy", "cy", "cy", "cy", "en", "en"]


async def test_a_language_named_in_the_lobby_is_the_one_that_the_consultation_begins_in(desk: Desk) -> None:
    await desk.person().says("CYMRAEG", "play")
    [row] = await desk.answers()
    assert row.language == "cy"


async def test_the_bot_opened_without_a_link_greets_and_changes_nothing(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.sends(Began(""))
    [offer] = await desk.waiting(Channel.TELEGRAM)
    assert "Play in the harbour" in offer or "PLAY" in offer
    await person.says("play")
    await person.taps("who", "parent-carer")
    before = await phase_of(desk, person)
    await person.sends(Began(""))
    assert await phase_of(desk, person) is before
    assert "Should the park have more swings?" in (await desk.said())[-1]


async def test_a_link_to_what_is_not_there_greets_like_any_other(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.sends(Began("no-such-consultation"))
    assert len(await desk.waiting(Channel.TELEGRAM)) == 1


@pytest.mark.parametrize("word", ["HELP", "PRIVACY", "SHOW", "DELETE"])
async def test_the_command_words_work_before_any_consultation(desk: Desk, word: str) -> None:
    await desk.person().says(word)
    assert len(await desk.waiting(Channel.SMS)) == 1


@pytest.mark.parametrize(
    "content", [Pressed(Command.HELP), Other(Unusable.VOICE), Tapped("gone", "x"), Submitted("", ())]
)
async def test_whatever_is_not_text_is_answered_in_the_lobby_too(desk: Desk, content: Content) -> None:
    await desk.person(*TELEGRAM).sends(content)
    assert len(await desk.waiting(Channel.TELEGRAM)) == 1


async def test_an_edit_from_a_stranger_is_kept_and_a_stop_in_it_is_heard(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.edits("1", "hello")
    assert await desk.waiting(Channel.TELEGRAM) == []
    await person.edits("1", "stop")
    assert len(await desk.waiting(Channel.TELEGRAM)) == 1


# --- stopping ---


async def test_a_stop_in_an_edit_from_a_stranger_holds(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.edits("1", "STOP")
    await person.says("hello")
    assert [text for text in await desk.waiting(Channel.TELEGRAM) if "stopped" not in text] == []
    assert (await queued(desk))[Channel.TELEGRAM].waiting == 1


async def test_what_waited_for_a_stranger_is_not_sent_after_their_stop(desk: Desk) -> None:
    person = desk.person()
    await person.says("hello", "STOP")
    assert (await queued(desk))[Channel.SMS].waiting == 1


async def test_stop_works_before_anything_else_was_said(desk: Desk) -> None:
    person = desk.person()
    await person.says("stop", "STOP", "hello", "play")
    assert len(await desk.waiting(Channel.SMS)) == 1
    assert await desk.answers() == []
    await person.says("START", "play")
    assert "Hello! I am a computer." in (await desk.said())[-1]


async def test_stop_holds_in_every_conversation_and_on_every_address(desk: Desk, packs: Path) -> None:
    write_pack(packs, slug="other-park", keyword="OTHER")
    desk.service.library.refresh()
    person = desk.person()
    await person.says("play", "other", "stop")
    spoken = len(await desk.said()) + len(await desk.said("other-park"))
    await person.says("play", "3", "hello")
    assert len(await desk.said()) + len(await desk.said("other-park")) == spoken
    assert {row.status for row in (*await desk.answers(), *await desk.answers("other-park"))} == {"stopped"}


async def test_a_stop_that_the_provider_has_confirmed_is_not_confirmed_again(desk: Desk) -> None:
    person = desk.person()
    await person.says("play")
    before = len(await desk.said())
    now = desk.service.clock.now()
    for number, text in enumerate(("STOP", "HELP")):
        message = InboundMessage(person.channel, person.address, f"c{number}", Typed(text), now, already_confirmed=True)
        await desk.service.receiver.take(message)
    assert len(await desk.said()) == before
    assert [row.status for row in await desk.answers()] == ["stopped"]


async def test_what_waited_to_be_sent_is_not_sent_after_a_stop(desk: Desk) -> None:
    await desk.person().says("play", "stop")
    statuses = [entry.status for entry in await desk.transcript() if entry.direction == "out"]
    assert statuses == [Status.CANCELLED, Status.QUEUED]


async def test_opening_the_bot_by_its_link_undoes_a_stop(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.says("stop")
    await person.sends(Began(SLUG))
    assert await phase_of(desk, person) is Phase.ASKING
    await person.says("stop")
    spoken = len(await desk.said())
    await person.sends(Began(SLUG))
    assert len(await desk.said()) > spoken


# --- edits ---


async def test_an_edited_answer_is_changed_and_both_versions_are_kept(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.says("play")
    await person.taps("who", "parent-carer")
    await person.taps("swings", "more")
    await person.sends(Typed("Theres a queue"), number="10")
    await person.edits("10", "There is always a queue")
    [row] = await desk.answers()
    assert row.answers["why"].value == Text("There is always a queue")
    assert [entry.text for entry in await desk.transcript() if "queue" in entry.text] == [
        "Theres a queue",
        "There is always a queue",
    ]


async def test_an_edit_of_what_was_no_answer_changes_nothing_and_is_kept(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.sends(Typed("play"), number="10")
    before = len(await desk.said())
    await person.edits("10", "play please")
    assert len(await desk.said()) == before
    assert (await desk.transcript())[-1].text == "play please"
    assert await phase_of(desk, person) is Phase.ASKING


async def test_an_edit_of_what_was_not_understood_is_another_try(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.says("play")
    await person.taps("who", "parent-carer")
    await person.sends(Typed("purple"), number="10")
    await person.edits("10", "more")
    [row] = await desk.answers()
    assert row.answers["swings"].value == Choice("more")


async def test_a_message_edited_to_stop_is_a_stop(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.sends(Typed("play"), number="10")
    await person.edits("10", "STOP")
    assert [row.status for row in await desk.answers()] == ["stopped"]


# --- everything else ---


async def test_a_picture_is_answered_kindly_and_only_the_fact_is_kept(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.says("play")
    before = len(await desk.said())
    await person.sends(Other(Unusable.PICTURE))
    entries = await desk.transcript()
    assert len(await desk.said()) > before
    assert [(entry.kind, entry.text) for entry in entries if entry.kind == "picture"] == [("picture", "")]


async def test_who_has_left_is_not_written_to_until_they_are_back(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.says("play")
    await person.sends(WentAway())
    assert await desk.waiting(Channel.TELEGRAM) == []
    await person.sends(CameBack())
    await person.says("HELP")
    assert len(await desk.waiting(Channel.TELEGRAM)) == 1


async def test_what_waited_for_who_has_left_waits_no_more(desk: Desk) -> None:
    person = desk.person(*TELEGRAM)
    await person.says("play")
    await person.sends(WentAway())
    assert await queued(desk) == {}


async def test_a_second_delivery_from_somebody_erased_brings_nothing_of_them_back(
    desk: Desk, database_url: str
) -> None:
    person = desk.person(*TELEGRAM)
    await person.sends(Typed("play"), number="first")
    await person.says("DELETE", "DELETE")
    before = await rows(database_url, "SELECT id FROM address")
    await person.sends(Typed("play"), number="first")
    assert await rows(database_url, "SELECT id FROM address") == before


async def test_deleting_leaves_nothing_and_who_writes_next_is_somebody_new(desk: Desk) -> None:
    person = desk.person()
    await person.says("play", "3", "more", "delete")
    await person.sends(Typed("yes"), number="the last word")
    assert await desk.answers() == []
    assert await desk.transcript() == []
    assert (await person.sends(Typed("yes"), number="the last word")).duplicate
    await person.says("play")
    [row] = await desk.answers()
    assert row.answers == {}


async def test_a_conversation_keeps_its_version_and_hears_of_its_consultations_new_times(
    desk: Desk, packs: Path
) -> None:
    person = desk.person()
    await person.says("play", "3")
    [before] = await desk.answers()
    write_pack(packs, why="Tell us more.", closes_at="2030-05-15T13:00:00")
    desk.service.library.refresh()
    desk.service.clock.advance(timedelta(hours=2))
    await person.says("more")
    [after] = await desk.answers()
    assert after.version == before.version
    assert after.answers["swings"].late
    told = "\n".join(await desk.said())
    assert "12:59pm on Wednesday 15 May 2030" in told
    assert "What makes you say that?" in told


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "a\ud800b".encode("utf-16", "surrogatepass").decode("utf-16", "replace")]
)
async def test_whatever_somebody_sends_is_taken_in(desk: Desk, text: str) -> None:
    person = desk.person()
    await person.says(text, "play", text, "3", text)
    assert await desk.service.database.failed_steps() == 0
