"""Who is sent what came of a consultation: everybody who agreed, once, by day, in their own words; and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from bot.answering import Answering
from bot.clock import Clock
from bot.said import encode
from flows.consents import Consent
from flows.definition import Command
from flows.messages import Channel
from flows.values import Choice
from storage.errors import ConflictError, UnavailableError
from storage.feedback import Publication
from tests.support.answered import a_deed, an_answer, answers_all, write_asking_pack
from tests.support.desk import Desk, a_desk
from tests.support.packs import SLUG

URL = "http://127.0.0.1:8080"
NOON = datetime(2030, 5, 15, 11, tzinfo=UTC)
NIGHT = datetime(2030, 5, 15, 22, tzinfo=UTC)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, write_asking_pack(tmp_path / "packs")) as desk:
        yield desk


def answering(desk: Desk, now: datetime = NOON) -> Answering:
    return Answering(desk.service.database, desk.service.library, Clock(now), URL)


async def published(desk: Desk, *, sends: bool = True) -> Publication:
    feedback = desk.service.database.feedback
    latest = await feedback.latest(SLUG)
    revision = await feedback.save(SLUG, encode(an_answer()), after=latest.revision if latest else 0, deed=a_deed(NOON))
    return await feedback.publish(SLUG, revision, sends=sends, deed=a_deed(NOON, "answer.published"))


async def told(desk: Desk) -> list[str]:
    """What was sent about it: nothing else that we say has its address."""
    return [text for text in await desk.said() if f"/said/{SLUG}" in text]


async def test_whoever_said_yes_is_told_and_nobody_who_did_not(desk: Desk) -> None:
    for number, answer in enumerate(("yes", "no", "not sure", "skip")):
        await answers_all(desk, number, tell=answer)
    await published(desk)
    assert await answering(desk).send() == 1
    assert await told(desk) == [
        f"You asked what came of your answers to Harbour Council. This was decided: {URL}/said/{SLUG}"
    ]


async def test_each_is_told_on_their_own_channel_in_the_words_of_their_band(desk: Desk) -> None:
    await answers_all(desk, 1, channel=Channel.TELEGRAM, who="3")
    await answers_all(desk, 2, channel=Channel.WEB, who="1")
    await published(desk)
    assert await answering(desk).send() == 2
    child, adult = sorted(await told(desk), key=lambda text: "We build" not in text)
    assert "You said: You want more swings." in child
    assert "We decided: Yes. We build four new swings." in child
    assert f"{URL}/said/{SLUG}?age=8-11" in child
    assert "We decided: Yes. We will build four." in adult


async def test_nobody_is_told_twice_however_often_it_is_sent(desk: Desk) -> None:
    for number in range(5):
        await answers_all(desk, number)
    await published(desk)
    assert [await answering(desk).send() for _ in range(3)] == [5, 0, 0]
    assert len(await told(desk)) == 5
    assert await desk.service.database.feedback.unfinished() == []


async def test_a_correction_is_sent_to_nobody_unless_that_is_wanted(desk: Desk) -> None:
    await answers_all(desk, 1)
    await published(desk)
    await answering(desk).send()
    await published(desk, sends=False)
    assert await answering(desk).send() == 0


async def test_at_night_nobody_is_told_and_in_the_morning_they_are(desk: Desk) -> None:
    await answers_all(desk, 1)
    await published(desk)
    assert await answering(desk, NIGHT).send() == 0
    assert await answering(desk, NIGHT - timedelta(hours=3, minutes=5)).send() == 0
    assert await answering(desk, NIGHT + timedelta(hours=10)).send() == 1


@pytest.mark.parametrize("last_words", ["STOP", "DELETE"])
async def test_after_stop_or_delete_nobody_is_told(desk: Desk, last_words: str) -> None:
    person = await answers_all(desk, 1)
    await published(desk)
    await person.says(last_words, *([last_words] if last_words == "DELETE" else []))
    assert await answering(desk).send() == 0


@pytest.mark.parametrize("last_words", ["STOP", "DELETE"])
async def test_what_is_queued_when_they_say_stop_or_delete_is_never_sent(desk: Desk, last_words: str) -> None:
    person = await answers_all(desk, 1)
    await published(desk)
    assert await answering(desk).send() == 1
    await person.says(last_words, *([last_words] if last_words == "DELETE" else []))
    waiting = [text for _ in range(12) for text in await desk.waiting(Channel.SMS)]
    assert waiting
    assert not [text for text in waiting if "/said/" in text]


async def test_a_yes_that_was_taken_back_is_no_yes_even_after_the_close(desk: Desk) -> None:
    person = await answers_all(desk, 1)
    desk.service.clock.advance(timedelta(days=36))
    await person.says("CHANGE", "4", "no")
    await published(desk)
    assert await answering(desk).send() == 0


async def test_a_yes_after_the_close_does_not_undo_a_no_that_they_are_told_still_counts(desk: Desk) -> None:
    person = await answers_all(desk, 1, tell="no")
    desk.service.clock.advance(timedelta(days=36))
    await person.says("CHANGE", "4", "yes")
    assert (await desk.said())[-1].endswith("The answer you gave in time still counts.")
    await published(desk)
    assert await answering(desk).send() == 0


async def test_a_crash_before_the_commit_neither_loses_nor_repeats_anything(desk: Desk) -> None:
    for number in range(3):
        await answers_all(desk, number)
    publication = await published(desk)
    calls = 0

    def breaks(_recipient: object) -> list[str]:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise UnavailableError("the power went")
        return [f"/said/{SLUG}"]

    feedback = desk.service.database.feedback
    with pytest.raises(UnavailableError):
        await feedback.send(publication, breaks, now=NOON, limit=10)
    assert await told(desk) == []
    first = await feedback.send(publication, lambda _: [f"/said/{SLUG}"], now=NOON, limit=2)
    second = await feedback.send(publication, lambda _: [f"/said/{SLUG}"], now=NOON, limit=2, after=first.last)
    assert [len(first.channels), len(second.channels)] == [2, 1]
    assert len(await told(desk)) == 3


async def test_whoever_was_passed_over_is_found_before_it_is_finished(desk: Desk) -> None:
    for number in range(3):
        await answers_all(desk, number)
    publication, feedback = await published(desk), desk.service.database.feedback
    batches = [
        await feedback.send(publication, lambda _: [f"/said/{SLUG}"], now=NOON, limit=2, after=2**62) for _ in range(3)
    ]
    assert [len(batch.channels) for batch in batches] == [2, 1, 0]
    assert await feedback.unfinished() == []


async def test_those_who_may_be_asked_again_are_invited_and_nobody_else(tmp_path: Path, database_url: str) -> None:
    packs = write_asking_pack(tmp_path / "packs")
    write_asking_pack(packs, slug="harbour-two", keyword="SECOND")
    async with a_desk(database_url, packs) as desk:
        await answers_all(desk, 1, tell="no", again="yes")
        await answers_all(desk, 2, tell="yes", again="no")
        await desk.service.database.feedback.invite(SLUG, "harbour-two", deed=a_deed(NOON, "round.invited"))
        assert await answering(desk).send() == 1
        [invitation] = [text for text in await desk.said() if "SECOND" in text]
        assert invitation.startswith("You said we may ask again. Harbour Council has new questions.")
        assert invitation.endswith("Send SECOND to start, or STOP to end our messages.")


async def test_nobody_is_invited_to_what_is_closed(tmp_path: Path, database_url: str) -> None:
    packs = write_asking_pack(tmp_path / "packs")
    write_asking_pack(packs, slug="harbour-two", keyword="SECOND", closes_at="2030-05-02T00:00:00")
    async with a_desk(database_url, packs) as desk:
        await answers_all(desk, 1, again="yes")
        await desk.service.database.feedback.invite(SLUG, "harbour-two", deed=a_deed(NOON, "round.invited"))
        assert await answering(desk).send() == 0
        assert await desk.service.database.feedback.unfinished() == []


async def test_the_reach_counts_those_who_would_get_it(desk: Desk) -> None:
    await answers_all(desk, 1)
    await answers_all(desk, 2, channel=Channel.WEB, who="1")
    await (await answers_all(desk, 3)).says("STOP")
    reach = await desk.service.database.feedback.reach(SLUG, Consent.FEEDBACK)
    assert {(each.channel, each.band and each.band.value, each.people) for each in reach} == {
        (Channel.SMS, "adult", 1),
        (Channel.WEB, "8-11", 1),
    }


async def test_two_editors_do_not_overwrite_each_other(desk: Desk) -> None:
    feedback = desk.service.database.feedback
    assert await feedback.save(SLUG, encode(an_answer()), after=0, deed=a_deed(NOON)) == 1
    with pytest.raises(ConflictError):
        await feedback.save(SLUG, encode(an_answer()), after=0, deed=a_deed(NOON))
    assert [each.revision for each in await feedback.history(SLUG)] == [1]


async def test_only_what_is_published_is_shown_and_drafts_are_not(desk: Desk) -> None:
    feedback = desk.service.database.feedback
    await feedback.save(SLUG, encode(an_answer()), after=0, deed=a_deed(NOON))
    assert await feedback.published(SLUG) is None
    await feedback.publish(SLUG, 1, sends=False, deed=a_deed(NOON, "answer.published"))
    await feedback.save(SLUG, "{}", after=1, deed=a_deed(NOON))
    shown = await feedback.published(SLUG)
    assert shown is not None
    assert shown.revision == 1
    assert await feedback.published_slugs() == {SLUG}


async def test_of_every_kind_of_person_only_those_who_agreed_and_stayed_are_told_once(desk: Desk) -> None:
    kinds = list(product((Channel.SMS, Channel.TELEGRAM, Channel.WEB), ("yes", "no"), ("", "STOP", "DELETE"), (1, 2)))
    people = [
        await answers_all(desk, 100 + number, tell=tell, channel=channel)
        for number, (channel, tell, _, _) in enumerate(kinds)
    ]

    async def leave(when: int) -> None:
        for person, (channel, _, word, their_time) in zip(people, kinds, strict=True):
            if word and their_time == when:
                command = Command(word.lower())
                await (person.presses(command) if channel is Channel.WEB else person.says(word))
                if command is Command.DELETE:
                    await person.submits("/delete", "yes") if channel is Channel.WEB else await person.says(word)

    await leave(1)  # before anything is published; the others while it is being sent
    publication, feedback = await published(desk), desk.service.database.feedback
    batch = await feedback.send(publication, lambda _: [f"/said/{SLUG}"], now=NOON, limit=4)
    assert len(batch.channels) == 4
    await leave(2)
    with pytest.raises(ZeroDivisionError):
        await feedback.send(publication, lambda _: [str(1 // 0)], now=NOON, limit=4)
    while batch.channels:
        batch = await feedback.send(publication, lambda _: [f"/said/{SLUG}"], now=NOON, limit=4, after=batch.last)
    stayed = sum(tell == "yes" and not word for _, tell, word, _ in kinds)
    # One row for each: nobody has two, and whoever left after they had it is not asked to have it again.
    given = [entry.reference for entry in await desk.transcript() if f"/said/{SLUG}" in (entry.text or "")]
    assert len(given) == len(set(given))
    assert stayed <= len(given) <= stayed + 4
    agreed = {row.reference for row in await desk.answers() if row.answers["tell-me"].value == Choice("yes")}
    assert set(given) <= agreed
    assert await feedback.unfinished() == []
