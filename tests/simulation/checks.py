"""What must be so after every run, whatever went wrong in it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from flows.messages import Channel, Direction, Status
from flows.values import Text
from storage.answers import open_value
from storage.conversations import open_state
from storage.instants import instant, maybe_instant
from storage.messages import open_text, provider_key
from storage.participants import hash_of
from storage.records import AddressKey
from tests.simulation.check_parents import nobody_answers_without_their_parent
from tests.simulation.check_replies import replies_are_repeated_only_for_a_reason, replies_keep_their_order
from tests.simulation.expected import Answered, Somebody
from tests.simulation.model import Model
from tests.simulation.worker import keyring
from tests.simulation.world import World

_GONE_OUT = {Status.SENT, Status.DELIVERED, Status.READ}
_MESSAGES = "SELECT * FROM message ORDER BY participant_id, seq"
_ANSWERS = "SELECT * FROM answer ORDER BY participant_id, conversation_id, recorded_at, question, revision"


def check(world: World) -> None:
    """Looks at what a run has left, and writes down every rule that was broken."""
    model = Model(lambda extended: world.library(extended=extended))
    model.replay(world.journal.units)
    with closing(sqlite3.connect(world.database)) as database:
        database.row_factory = sqlite3.Row
        left = Left(database)
    for rule in (
        lambda: model.faults,
        lambda: world.log.errors,
        lambda: world.loop.faults,
        lambda: nothing_acknowledged_is_missing(world, model),
        lambda: nothing_is_taken_in_twice(model),
        lambda: everybody_is_as_they_ought_to_be(left, model),
        lambda: nobody_else_is_there(left, model),
        lambda: own_words_are_whole(world, left),
        lambda: nothing_counts_after_its_cutoff(world, left),
        lambda: every_reply_has_come_to_its_end(world, left, model),
        lambda: replies_keep_their_order(world.twilio),
        lambda: replies_keep_their_order(world.telegram),
        lambda: replies_are_repeated_only_for_a_reason(world),
        lambda: nothing_is_sent_after_stop(world, left, model),
        lambda: nobody_answers_without_their_parent(world, left.answers, left.conversations, left.codes),
    ):
        for broken in rule():
            world.violated(broken)


class Left:
    """Everything that is in the database after a run, read past the service."""

    def __init__(self, database: sqlite3.Connection) -> None:
        def rows(query: str) -> list[sqlite3.Row]:
            return list(database.execute(query))

        self.messages = rows(_MESSAGES)
        self.answers = rows(_ANSWERS)
        self.conversations = rows("SELECT * FROM conversation")
        self.participants = {row["id"]: row for row in rows("SELECT * FROM participant")}
        self.addresses = {
            (row["channel"], row["address_hash"]): row for row in rows("SELECT * FROM address") if row["address_hash"]
        }
        self.codes = rows("SELECT code_hash, participant_id FROM permission_code")
        self.erased = {(row["channel"], row["provider_key"]) for row in rows("SELECT * FROM erased_message")}

    def lines(self, number: int) -> list[sqlite3.Row]:
        return [row for row in self.messages if row["participant_id"] == number]


def words_of(row: sqlite3.Row) -> str | None:
    if row["text_enc"] is None:
        return None
    return open_text(keyring(), row["participant_id"], row["seq"], row["text_enc"])


def nothing_acknowledged_is_missing(world: World, model: Model) -> Iterator[str]:
    """Whatever we said "got it" to was taken in; and so was every text that Twilio has for us."""
    for channel, provider_id in world.acknowledged:
        if (channel, provider_id) not in model.heard:
            yield f"{provider_id} was acknowledged and is nowhere"
    for text in world.twilio.texts:
        if text.direction == "inbound" and (Channel.SMS, text.kept_as) not in model.heard:
            yield f"{text.kept_as} was texted and never taken in"


def nothing_is_taken_in_twice(model: Model) -> Iterator[str]:
    for (_, provider_id), times in model.heard.items():
        if times > 1:
            yield f"{provider_id} was taken in {times} times"


def everybody_is_as_they_ought_to_be(left: Left, model: Model) -> Iterator[str]:
    """Transcript, answers, states and STOP of everybody are those of the model."""
    for number, somebody in model.people.items():
        if somebody.erased:
            if number in left.participants or left.lines(number):
                yield f"{number} was erased and is still there"
            continue
        if number not in left.participants:
            yield f"{number} is missing"
            continue
        yield from _lines_differ(left, somebody)
        yield from _answers_differ(left, somebody)
        yield from _states_differ(left, somebody)
        stopped = maybe_instant(left.participants[number]["stopped_at"])
        if (stopped is None) is not (somebody.stopped_at is None):
            yield f"{number} has stopped at {stopped}, and ought to have at {somebody.stopped_at}"
    for key, number in model.at.items():
        row = left.addresses.get((key.channel.value, hash_of(keyring(), key)))
        if row is None or row["participant_id"] != number:
            yield f"{key.channel} of {number} leads to {row and row['participant_id']}"
        elif row["current"] != model.current.get(key):
            yield f"{key.channel} of {number} talks of {row['current']}, not of {model.current.get(key)}"


def _lines_differ(left: Left, somebody: Somebody) -> Iterator[str]:
    rows = left.lines(somebody.number)
    conversations = {row["id"]: row["slug"] for row in left.conversations}
    if [row["seq"] for row in rows] != list(range(1, len(rows) + 1)):
        yield f"{somebody.number}: the transcript has holes: {[row['seq'] for row in rows]}"
    found = [
        (row["direction"] == Direction.OUT, words_of(row), row["kind"], conversations.get(row["conversation_id"]))
        for row in rows
    ]
    expected = [(line.outward, line.text, line.kind, line.slug) for line in somebody.lines]
    if found != expected:
        place = next((at for at, (one, two) in enumerate(zip(found, expected, strict=False)) if one != two), None)
        place = min(len(found), len(expected)) if place is None else place
        yield (
            f"{somebody.number}: line {place + 1} is {found[place : place + 1]}, "
            f"and ought to be {expected[place : place + 1]} (of {len(found)} and {len(expected)})"
        )
    for row, line in zip(rows, somebody.lines, strict=False):
        if line.provider_id is not None:
            key = provider_key(keyring(), line.key.channel, line.provider_id)
            if row["provider_key"] != key:
                yield f"{somebody.number}: line {row['seq']} is another delivery than {line.provider_id}"
        if row["status"] == Status.FAILED_STEP:
            yield f"{somebody.number}: line {row['seq']} could not be handled ({row['error']})"


def _answer(row: sqlite3.Row, slugs: dict[int, str]) -> dict[str, Any]:
    number, seq = row["participant_id"], row["message_seq"]
    return {
        "slug": slugs[row["conversation_id"]],
        "question": row["question"],
        "revision": row["revision"],
        "value": open_value(keyring(), number, seq, row["kind"], row["codes"], row["text_enc"]),
        "role": row["role"],
        "band": row["band"],
        "language": row["language"],
        "wording": row["wording"],
        "channel": row["channel"],
        "seq": seq,
        "sent_at": maybe_instant(row["sent_at"]),
        "received_at": instant(row["received_at"]),
        "recorded_at": instant(row["recorded_at"]),
        "counts_at": instant(row["counts_at"]),
        "clock": row["clock"],
        "cutoff": instant(row["cutoff"]),
        "late": bool(row["late"]),
        "counts": bool(row["counts"]),
    }


def _expected(one: Answered) -> dict[str, Any]:
    kept = one.kept
    return {
        "slug": one.slug,
        "question": kept.question,
        "revision": kept.revision,
        "value": kept.value,
        "role": kept.role,
        "band": kept.band,
        "language": kept.language,
        "wording": one.wording,
        "channel": one.channel,
        "seq": one.seq,
        "sent_at": one.sent_at,
        "received_at": one.received_at,
        "recorded_at": one.recorded_at,
        "counts_at": kept.at,
        "clock": one.clock,
        "cutoff": kept.cutoff,
        "late": kept.late,
        "counts": kept.counts,
    }


def _answers_differ(left: Left, somebody: Somebody) -> Iterator[str]:
    slugs = {row["id"]: row["slug"] for row in left.conversations}

    def order(one: dict[str, Any]) -> tuple[str, str, int]:
        return one["slug"], one["question"], one["revision"]

    found = sorted((_answer(row, slugs) for row in left.answers if row["participant_id"] == somebody.number), key=order)
    expected = sorted((_expected(one) for one in somebody.answers), key=order)
    if len(found) != len(expected):
        yield f"{somebody.number}: {len(found)} answers, and ought to be {len(expected)}"
    for one, two in zip(found, expected, strict=False):
        wrong = {name: (one[name], two[name]) for name in one if one[name] != two[name]}
        if wrong:
            yield f"{somebody.number}: revision {one['revision']} of {one['question']} is wrong in {wrong}"


def _states_differ(left: Left, somebody: Somebody) -> Iterator[str]:
    rows = {row["slug"]: row for row in left.conversations if row["participant_id"] == somebody.number}
    if set(rows) != set(somebody.conversations):
        yield f"{somebody.number}: has {sorted(rows)} and ought to have {sorted(somebody.conversations)}"
        return
    for slug, row in rows.items():
        state = open_state(keyring(), somebody.number, row["id"], row["state_enc"])
        expected = somebody.conversations[slug].state
        if somebody.merged_into is None and state != expected:
            yield f"{somebody.number}: {slug} is {state}, and ought to be {expected}"
        if maybe_instant(row["wake_at"]) != expected.wake_at:
            yield f"{somebody.number}: {slug} is woken at {row['wake_at']}, and ought to be at {expected.wake_at}"


def nobody_else_is_there(left: Left, model: Model) -> Iterator[str]:
    for number in left.participants.keys() - model.people.keys():
        yield f"{number} is somebody whom nobody heard"
    for row in left.messages:
        if row["participant_id"] not in model.people:
            yield f"{row['participant_id']} has a message, and was never heard"


def own_words_are_whole(world: World, left: Left) -> Iterator[str]:
    """An answer in somebody's own words is what one person said, letter for letter; a long one part after part."""
    said: dict[str, set[str]] = {}
    for utterance in world.said:
        content: Any = utterance.message.content
        texts = [getattr(content, "text", None), getattr(content, "option", None), *getattr(content, "answers", ())]
        said.setdefault(utterance.person, set()).update(text for text in texts if text)
    for row in left.answers:
        value = open_value(
            keyring(), row["participant_id"], row["message_seq"], row["kind"], row["codes"], row["text_enc"]
        )
        if isinstance(value, Text) and not any(_is_made_of(value.text, texts) for texts in said.values()):
            yield f"{row['participant_id']}: nobody said {value.text!r}"


def _is_made_of(whole: str, parts: set[str]) -> bool:
    return whole in parts or any(
        whole.startswith(part) and _is_made_of(whole[len(part) :], parts) for part in parts if part != whole
    )


def nothing_counts_after_its_cutoff(world: World, left: Left) -> Iterator[str]:
    """What is in time was said before the cutoff, by true time; clocks of ours may be wrong by so much and no more."""
    spoken = {provider_key(keyring(), one.message.channel, one.message.provider_id): one.said_at for one in world.said}
    keys = {(row["participant_id"], row["seq"]): row["provider_key"] for row in left.messages}
    wrong_by = timedelta(seconds=world.climate.skew)
    for row in left.answers:
        counts_at, cutoff = instant(row["counts_at"]), instant(row["cutoff"])
        if bool(row["late"]) is not (counts_at >= cutoff):
            yield f"{row['participant_id']}: {row['question']} counted from {counts_at} is marked late={row['late']}"
        said_at = _began_at(left, row, spoken) or spoken.get(
            keys.get((row["participant_id"], row["message_seq"])) or b""
        )
        if said_at is not None and not row["late"] and said_at >= cutoff + wrong_by:
            yield f"{row['participant_id']}: {row['question']} was said at {said_at} and counts before {cutoff}"


def _began_at(left: Left, row: sqlite3.Row, spoken: Mapping[bytes, datetime]) -> datetime | None:
    """When the first part of a long text was said: all its parts are one message, and that is its time."""
    value = open_value(keyring(), row["participant_id"], row["message_seq"], row["kind"], row["codes"], row["text_enc"])
    if not isinstance(value, Text):
        return None
    begins = [
        spoken[line["provider_key"]]
        for line in left.lines(row["participant_id"])
        if line["provider_key"] in spoken and (words := words_of(line)) and value.text.startswith(words)
    ]
    return min(begins, default=None)


def every_reply_has_come_to_its_end(world: World, left: Left, model: Model) -> Iterator[str]:
    """Nobody waits for ever: what was to be said was sent, or cannot be, or ought not to be any more.

    Two texts of the same words to one phone cannot be told apart: a late copy of the first may stand for the second,
    and one that is on that phone from before an erasure may stand for one of afterwards.
    """
    accepted = [attempt.message for attempt, _ in (*world.twilio.accepted, *world.telegram.accepted)]
    taken = Counter(message.key for message in accepted)
    at = {hash_of(keyring(), AddressKey(message.channel, message.address)) for message in accepted}
    phones = {row["id"]: address_hash for (_, address_hash), row in left.addresses.items() if address_hash in at}
    copies: Counter[tuple[bytes | None, str]] = Counter(
        (hash_of(keyring(), AddressKey(one.channel, one.address)), one.text) for one in accepted
    )
    gone_out = Counter(
        (phones.get(row["address_id"]), words_of(row) or "") for row in left.messages if row["status"] in _GONE_OUT
    )
    for row in left.messages:
        if row["direction"] != Direction.OUT or row["channel"] == Channel.WEB:
            continue
        place = f"{row['participant_id']}: line {row['seq']}"
        key = keyring().lookup("message", str(row["participant_id"]), str(row["seq"])).hex()
        status, words = Status(row["status"]), (phones.get(row["address_id"]), words_of(row) or "")
        if status is Status.QUEUED:
            yield f"{place} was never sent"
        elif status in _GONE_OUT and not taken[key] and copies[words] < gone_out[words]:
            yield f"{place} is {status}, and nobody has received it"
        elif status is Status.CANCELLED:
            somebody = model.people.get(row["participant_id"])
            if somebody is not None and not _may_be_cancelled(world, left, somebody, row):
                yield f"{place} was cancelled, and nobody wanted that"
        elif status is Status.FAILED and not _may_fail(world, row, taken=bool(taken[key])):
            yield f"{place} has failed: {row['error']}"


def _may_be_cancelled(world: World, left: Left, somebody: Somebody, row: sqlite3.Row) -> bool:
    del left
    stopped = any(stops for _, stops in somebody.stops)
    left_us = world.climate.blocks or world.climate.opt_out or world.climate.landlines
    return row["seq"] <= somebody.cancelled_before or stopped or left_us


def _may_fail(world: World, row: sqlite3.Row, *, taken: bool) -> bool:
    error = row["error"] or ""
    if error.startswith("given up:"):
        return world.climate.jumps
    if error.startswith("Twilio 30003"):
        return taken
    return error.startswith(("Twilio 21610", "Twilio 21614", "Telegram: the person has blocked"))


def nothing_is_sent_after_stop(world: World, left: Left, model: Model) -> Iterator[str]:
    """What is claimed after a STOP was committed is its confirmation, and nothing else."""
    del left
    for provider in (world.twilio, world.telegram):
        for attempt, _ in provider.accepted:
            message, serial = attempt.message, attempt.claim.serial
            somebody = model.people.get(message.participant_id)
            if somebody is None or serial is None:
                yield f"{message.participant_id}: line {message.seq} was sent, and never claimed"
                continue
            if message.seq > len(somebody.lines):
                yield f"{message.participant_id}: line {message.seq} was sent, and ought not to be there"
                continue
            line = somebody.lines[message.seq - 1]
            if _stopped_at(somebody, serial) and not line.after_stop:
                yield f"{message.participant_id}: line {message.seq} was sent after STOP"
            if line.text != message.text or line.key != AddressKey(provider.channel, message.address):
                yield f"{message.participant_id}: line {message.seq} went out with other words, or to somebody else"


def _stopped_at(somebody: Somebody, serial: int) -> bool:
    stopped = False
    for at, stops in somebody.stops:
        if at < serial:
            stopped = stops
    return stopped
