"""A backup holds everything, opens for nobody else, and brings nobody back who asked to be deleted."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from flows.messages import Channel
from flows.state import Phase, changed
from storage import schema
from storage.archive import PIECE, ArchiveWriter, read_lines
from storage.audit import Deed
from storage.backup import NOT_KEPT, Kind, back_up
from storage.crypto import Keyring
from storage.database import Database
from storage.errors import BackupError, WrongSecretError
from storage.instants import micros
from storage.restore import Terms, restore
from storage.tables import PERSONAL
from tests.support.backups import KEY, LATER, MARKER, backup_of, erase, opened, silently, take_in
from tests.support.storing import (
    ASKING,
    NOW,
    SECRET,
    SLUG,
    change,
    chat,
    everything,
    hear,
    met,
    phone,
    queue,
    rows,
)

KEPT = sorted(set(SQLModel.metadata.tables) - NOT_KEPT)


@pytest.mark.usefixtures("lived_in")
async def test_what_is_restored_is_what_was_there_on_whichever_database(database_url: str, empty_other: str) -> None:
    before = await everything(database_url, KEPT)
    done = await take_in(empty_other, await backup_of(database_url), forgetful=True)
    after = await everything(empty_other, KEPT)
    assert done.rows == sum(map(len, before.values()))
    restored = [deed[3] for deed in after.pop("deed")]
    assert restored == ["database.restored"]
    for own in ("deed", "deed_head"):
        before.pop(own), after.pop(own, None)
    plain = {name: sorted(map(repr, map(_comparable, found))) for name, found in after.items()}
    assert plain == {name: sorted(map(repr, map(_comparable, found))) for name, found in before.items()}
    again = await Database.open(empty_other, secret=SECRET)
    [said] = await again.transcript((await again.find(phone(1), SLUG)).conversation_id)  # type: ignore[union-attr] # it is there
    assert MARKER in said.text
    assert (await again.officers.verify()).whole
    await again.close()


def _comparable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """SQLite keeps truths as numbers."""
    return tuple(int(held) if isinstance(held, bool) else held for held in row)


async def test_every_table_of_the_database_is_kept_or_said_not_to_be(database_url: str) -> None:
    found = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }[database_url.partition("+")[0]]
    there = {name for (name,) in await rows(database_url, found)} - {"alembic_version"}
    assert there == set(KEPT) | NOT_KEPT
    assert not NOT_KEPT & set(PERSONAL)


@pytest.mark.usefixtures("lived_in")
async def test_nothing_can_be_read_in_the_file(database_url: str) -> None:
    held = await backup_of(database_url)
    for clear in (MARKER, SLUG, "participant", phone(1).address, "message", "harbour"):
        assert clear.encode() not in held


async def test_a_backup_shows_one_instant_while_people_go_on(lived_in: Database, database_url: str) -> None:
    told: list[int] = []

    def begin(total: int) -> Callable[[int], object]:
        told.append(total)
        return told.append

    file = io.BytesIO()
    await back_up(database_url, file, KEY, Kind.WHOLE, now=NOW, begin=begin)
    await hear(lived_in, phone(3), "after it")
    manifest = opened(file.getvalue()).manifest
    assert (manifest.kind, manifest.made_at, manifest.rows["participant"]) == (Kind.WHOLE, NOW, 3)
    assert told[0] == sum(told[1:]) == manifest.total


async def test_somebody_who_left_since_is_not_brought_back_by_a_list_kept_elsewhere(
    lived_in: Database, database_url: str, empty_other: str
) -> None:
    held = await backup_of(database_url)
    await hear(lived_in, phone(1), "and this, after the backup", "SM-after")
    await erase(lived_in, 1)
    done = await take_in(empty_other, held, tombstones=await backup_of(database_url, Kind.TOMBSTONES))
    assert done.erased == 1
    assert await rows(empty_other, "SELECT count(*) FROM participant") == [(2,)]
    again = await Database.open(empty_other, secret=SECRET)
    assert await again.find(phone(1), SLUG) is None
    assert await again.find(phone(2), SLUG) is not None
    async with again.unit_of_work() as work:
        sent = [f"SM{phone(1).address}", "SM-after", "SM-new"]
        assert await work.already(Channel.SMS, sent) == frozenset(sent[:2])
    await again.close()


async def test_somebody_who_left_since_is_not_brought_back_by_the_database_that_is_replaced(
    lived_in: Database, database_url: str
) -> None:
    held = await backup_of(database_url)
    gone = await erase(lived_in, 1)
    assert await rows(database_url, "SELECT id FROM tombstone") == [(gone,)]
    done = await take_in(database_url, held, replace=True)
    assert done.erased == 1
    assert await lived_in.find(phone(1), SLUG) is None
    personal = await everything(database_url, set(PERSONAL) - {"participant"})
    assert not [name for name, found in personal.items() if any(gone in row for row in found)]


async def test_whoever_writes_anew_after_leaving_is_somebody_else_and_stays(
    lived_in: Database, database_url: str
) -> None:
    gone = await erase(lived_in, 1)
    anew = await met(lived_in, phone(1))
    assert anew.participant_id != gone
    done = await take_in(database_url, await backup_of(database_url), replace=True)
    assert done.erased == 0
    found = await lived_in.find(phone(1), SLUG)
    assert found is not None
    assert found.participant_id == anew.participant_id


async def test_a_tombstone_says_nothing_of_the_person(lived_in: Database, database_url: str) -> None:
    gone = await erase(lived_in, 1)
    [(number, at)] = await rows(database_url, "SELECT * FROM tombstone")
    assert number == gone
    assert isinstance(at, int)


async def test_a_list_of_who_left_must_be_newer_than_the_backup(lived_in: Database, database_url: str) -> None:
    older = io.BytesIO()
    await back_up(database_url, older, KEY, Kind.TOMBSTONES, now=NOW - timedelta(minutes=1), begin=silently)
    await erase(lived_in, 1)
    with pytest.raises(BackupError, match="older than the backup"):
        await take_in(database_url, await backup_of(database_url), tombstones=older.getvalue(), replace=True)


@pytest.mark.usefixtures("lived_in")
async def test_a_restore_without_any_list_of_who_left_has_to_be_asked_for(database_url: str, empty_other: str) -> None:
    held = await backup_of(database_url)
    with pytest.raises(BackupError, match="--without-tombstones"):
        await take_in(empty_other, held)
    assert await rows(empty_other, "SELECT count(*) FROM participant") == [(0,)]
    assert (await take_in(empty_other, held, forgetful=True)).erased == 0


async def test_a_database_that_is_not_empty_is_replaced_only_when_that_is_said(
    lived_in: Database, database_url: str
) -> None:
    held = await backup_of(database_url)
    await hear(lived_in, phone(9))
    with pytest.raises(BackupError, match="--replace"):
        await take_in(database_url, held)
    assert await rows(database_url, "SELECT count(*) FROM participant") == [(4,)]
    await take_in(database_url, held, replace=True)
    assert await rows(database_url, "SELECT count(*) FROM participant") == [(3,)]


async def test_nothing_goes_out_after_a_restore(lived_in: Database, database_url: str) -> None:
    await queue(lived_in, phone(1), "What else?")
    await queue(lived_in, phone(2), "It is gone.", after_stop=True)
    await lived_in.feedback.invite(SLUG, "next-round", deed=Deed(NOW, "officer@council.example", "x.y"))
    joining = await met(lived_in, chat(1), state=changed(ASKING, phase=Phase.JOINING))
    await change(database_url, "UPDATE conversation SET wake_at = :at", {"at": micros(NOW)})
    await lived_in.outbox.note_look(Channel.SMS, NOW)
    done = await take_in(database_url, await backup_of(database_url), replace=True)
    assert (done.cancelled, done.halted, done.asleep) == (2, 1, 3)
    claimed = await lived_in.outbox.claim(
        Channel.SMS, now=LATER, limit=10, lease=timedelta(1), per_second=100, per_address_seconds=1
    )
    assert claimed == []
    assert await lived_in.feedback.unfinished() == []
    async with lived_in.unit_of_work() as work:
        assert [person.participant_id for person in await work.due(LATER, 10)] == [joining.participant_id]
    why = await rows(database_url, "SELECT DISTINCT status, error FROM message WHERE direction = 'out'")
    assert why == [("cancelled", "restored from a backup")]
    assert await lived_in.outbox.looked(Channel.SMS) == LATER


@pytest.mark.usefixtures("lived_in")
async def test_a_backup_of_another_secret_is_refused_before_anything_is_changed(
    database_url: str, tmp_path: Path
) -> None:
    fresh = tmp_path / "another.db"
    source, how = opened(await backup_of(database_url)), Terms(LATER, LATER, forgetful=True)
    with pytest.raises(WrongSecretError):
        await restore(
            f"sqlite+aiosqlite:///{fresh}", source, Keyring([b"another " * 8]), how, tombstones=None, begin=silently
        )
    assert not fresh.exists()


@pytest.mark.usefixtures("lived_in")
async def test_a_backup_of_a_newer_release_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = await backup_of(database_url)
    monkeypatch.setattr(schema, "knows", lambda _: False)
    with pytest.raises(BackupError, match="newer release"):
        await take_in(database_url, held, replace=True)


def without(held: bytes, table: str, column: str) -> bytes:
    """The backup as a release would have made it that did not have the column yet."""
    file, place = io.BytesIO(), None
    archive, hashed = ArchiveWriter(file, KEY), hashlib.sha256()
    for line in read(held):
        there = json.loads(line)
        if "table" in there:
            place = there["columns"].index(column) if there["table"] == table else None
            there["columns"] = [name for name in there["columns"] if place is None or name != column]
        elif isinstance(there, list) and place is not None:
            there = [row[:place] + row[place + 1 :] for row in there]
        elif "end" in there:
            there["end"]["sha256"] = hashed.hexdigest()
        written = json.dumps(there).encode() + b"\n"
        hashed.update(written)
        archive.write(written)
    archive.finish()
    return file.getvalue()


@pytest.mark.usefixtures("lived_in")
async def test_a_backup_from_before_a_column_was_added_can_be_restored(database_url: str, empty_other: str) -> None:
    held = without(await backup_of(database_url), "message", "request")
    await take_in(empty_other, held, forgetful=True)
    assert await rows(empty_other, "SELECT count(*) FROM message") == [(3,)]


# --- the file itself ---


def sealed(lines: list[bytes]) -> bytes:
    file = io.BytesIO()
    archive = ArchiveWriter(file, KEY)
    for line in lines:
        archive.write(line + b"\n")
    archive.finish()
    return file.getvalue()


def read(held: bytes, key: bytes = KEY) -> list[bytes]:
    return list(read_lines(io.BytesIO(held), key))


LINES = [b"first", b"x" * (2 * PIECE), b"", b"last"]
SEALED = sealed(LINES)
PIECES = [SEALED[63 + start : 63 + start + PIECE + 16] for start in range(0, len(SEALED) - 63, PIECE + 16)]


@given(st.lists(st.binary(max_size=PIECE * 2).map(lambda line: line.replace(b"\n", b"")), max_size=4))
@settings(max_examples=30)
def test_lines_come_back_as_they_were_written(lines: list[bytes]) -> None:
    assert read(sealed(lines)) == lines


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_a_bit_that_was_turned_anywhere_is_found(place: int) -> None:
    altered = bytearray(SEALED)
    altered[place // 8] ^= 1 << place % 8
    with pytest.raises(BackupError, match="Nothing was changed"):
        read(bytes(altered))


@given(st.one_of(st.integers(0, len(SEALED) - 1), st.sampled_from([0, 63, 63 + PIECE + 16, 63 + 2 * (PIECE + 16)])))
def test_a_file_that_ends_early_is_found(length: int) -> None:
    with pytest.raises(BackupError):
        read(SEALED[:length])


@pytest.mark.parametrize(
    "pieces",
    [
        [PIECES[1], PIECES[0], *PIECES[2:]],
        [PIECES[0], PIECES[0], *PIECES[1:]],
        [PIECES[0], *PIECES[2:]],
        [*PIECES, PIECES[-1]],
        [*PIECES, b"x"],
    ],
    ids=["another order", "twice", "left out", "the last one twice", "something after the end"],
)
def test_pieces_open_in_their_place_alone(pieces: list[bytes]) -> None:
    assert len(PIECES) > 2
    with pytest.raises(BackupError):
        read(SEALED[:63] + b"".join(pieces))


def test_pieces_of_another_backup_do_not_open() -> None:
    other = sealed(LINES)
    with pytest.raises(BackupError):
        read(SEALED[:63] + other[63:])


def test_another_key_and_another_file_are_told_apart() -> None:
    with pytest.raises(BackupError, match="another SAYSO_BACKUP_KEY"):
        read(SEALED, b"another key " * 4)
    with pytest.raises(BackupError, match="not one that"):
        read(b"PK\x03\x04 something else altogether, as long as it may be" * 10)
    with pytest.raises(BackupError, match="32 bytes"):
        ArchiveWriter(io.BytesIO(), b"short")


async def test_a_list_of_tombstones_is_not_taken_for_a_backup(database: Database, database_url: str) -> None:
    del database
    with pytest.raises(BackupError, match="not a whole backup"):
        opened(await backup_of(database_url, Kind.TOMBSTONES), Kind.WHOLE)
