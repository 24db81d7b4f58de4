"""Officers in the database: what is kept of them, how long a session lasts, and how guessing slows down."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.audit import Deed, Filters
from storage.database import Database
from storage.errors import ConflictError
from storage.guesses import ACCOUNT_FREE, LONGEST, NETWORK_FREE
from storage.officers import Officers, Person
from storage.signed_in import HALF_WAY, IDLE, Stage
from storage.signed_in import LONGEST as LONGEST_SESSION
from tests.support.storing import NOW, new_id, rows

EMAIL = "ann@council.example"
TOKEN = "t" * 43
SECRET = "JBSWY3DPEHPK3PXP"
SECOND = timedelta(seconds=1)


def _deed(act: str = "officer.changed") -> Deed:
    return Deed(at=NOW, officer="command", act=act, subject=EMAIL)


def _person(**more: object) -> Person:
    person = Person(
        officer_id=new_id(),
        email=EMAIL,
        name="Ann",
        duties=frozenset({"analyst", "viewer"}),
        slugs=frozenset({"harbour-play"}),
        password_hash="$argon2id$...",
        must_change=True,
        has_factor=False,
        factor_counter=0,
        created_at=NOW,
        disabled_at=None,
    )
    return replace(person, **more)  # type: ignore[arg-type] # as named by the test


@pytest.fixture
async def ann(database: Database) -> Person:
    person = _person()
    await database.officers.add(person, _deed("officer.added"))
    return person


@pytest.fixture
def officers(database: Database, ann: Person) -> Officers:
    del ann
    return database.officers


async def test_an_officer_comes_back_as_they_were_added(officers: Officers, ann: Person) -> None:
    assert await officers.by_email(" Ann@Council.Example ") == ann
    assert await officers.by_id(ann.officer_id) == ann
    assert await officers.all() == [ann]
    everywhere = _person(email="bob@council.example", slugs=None, password_hash=None, must_change=False)
    await officers.add(everywhere, _deed())
    assert await officers.by_id(everywhere.officer_id) == everywhere
    assert await officers.by_email("nobody@council.example") is None


async def test_an_address_is_an_officers_once_and_the_second_is_not_recorded(officers: Officers) -> None:
    with pytest.raises(ConflictError):
        await officers.add(_person(), _deed("officer.added"))
    assert [line.deed.act for line in await officers.deeds(Filters())] == ["officer.added"]


async def test_changes_are_kept_and_recorded(officers: Officers, ann: Person) -> None:
    changed = replace(ann, name="Anna", duties=frozenset({"editor"}), slugs=None)
    await officers.change(changed, _deed())
    await officers.set_password(ann.officer_id, "another", _deed("officer.password-changed"))
    found = await officers.by_id(ann.officer_id)
    assert found == replace(changed, password_hash="another", must_change=False)
    assert [line.deed.act for line in await officers.deeds(Filters())] == [
        "officer.password-changed",
        "officer.changed",
        "officer.added",
    ]


async def test_a_hash_under_new_parameters_never_undoes_a_change(officers: Officers, ann: Person) -> None:
    await officers.rehash(ann.officer_id, "something else", "older")
    assert await officers.by_id(ann.officer_id) == ann
    await officers.rehash(ann.officer_id, "$argon2id$...", "newer")
    assert await officers.by_id(ann.officer_id) == replace(ann, password_hash="newer")


# --- the second factor ---


async def test_the_secret_of_the_app_is_sealed_and_its_codes_work_once(
    officers: Officers, ann: Person, database_url: str
) -> None:
    assert await officers.factor(ann.officer_id) is None
    await officers.set_factor(ann.officer_id, SECRET, 100, ["AAAAA-BBBBB"], _deed())
    assert await officers.factor(ann.officer_id) == SECRET
    [(sealed,)] = await rows(database_url, "SELECT factor_enc FROM officer")
    assert SECRET.encode() not in sealed
    assert [await officers.use_counter(ann.officer_id, counter) for counter in (100, 99, 102, 102, 101, 103)] == [
        False,
        False,
        True,
        False,
        False,
        True,
    ]


async def test_a_recovery_code_works_once_and_only_a_use_is_recorded(
    officers: Officers, ann: Person, database_url: str
) -> None:
    await officers.set_factor(ann.officer_id, SECRET, 1, ["AAAAA-BBBBB", "CCCCC-DDDDD"], _deed())
    used = _deed("officer.recovery-code-used")
    assert not await officers.use_code(ann.officer_id, "EEEEE-EEEEE", used)
    assert not await officers.use_code(new_id(), "AAAAA-BBBBB", used)
    at_once = await asyncio.gather(*(officers.use_code(ann.officer_id, "AAAAA-BBBBB", used) for _ in range(3)))
    assert sorted(at_once) == [False, False, True]
    assert await officers.codes_left(ann.officer_id) == 1
    assert len(await officers.deeds(Filters(officer="command", thing="officer", subject=EMAIL))) == 3
    kept = await rows(database_url, "SELECT code_hash FROM officer_recovery_code")
    assert b"CCCCC" not in kept[0][0]
    await officers.set_codes(ann.officer_id, ["FFFFF-GGGGG"], _deed())
    assert not await officers.use_code(ann.officer_id, "CCCCC-DDDDD", used)


async def test_without_app_and_codes_both_are_set_up_anew(officers: Officers, ann: Person) -> None:
    await officers.set_factor(ann.officer_id, SECRET, 1, ["AAAAA-BBBBB"], _deed())
    await officers.begin(TOKEN, ann.officer_id, Stage.WHOLE, NOW)
    await officers.reset_factor(ann.officer_id, _deed())
    assert await officers.by_id(ann.officer_id) == ann
    assert await officers.codes_left(ann.officer_id) == 0
    assert await officers.resume(TOKEN, NOW) is None


# --- sessions ---


async def _stays(officers: Officers, *at: datetime) -> bool:
    return all([await officers.resume(TOKEN, moment) is not None for moment in at])


async def test_a_session_is_not_to_be_had_from_the_database(officers: Officers, ann: Person, database_url: str) -> None:
    await officers.begin(TOKEN, ann.officer_id, Stage.WHOLE, NOW)
    [(kept,)] = await rows(database_url, "SELECT token_hash FROM officer_session")
    assert TOKEN.encode() not in kept
    assert await officers.resume(kept.hex(), NOW) is None
    found = await officers.resume(TOKEN, NOW)
    assert found is not None
    assert (found[0].stage, found[1]) == (Stage.WHOLE, ann)


async def test_a_session_ends_half_an_hour_after_it_was_last_used(officers: Officers, ann: Person) -> None:
    await officers.begin(TOKEN, ann.officer_id, Stage.WHOLE, NOW)
    used = NOW + IDLE - SECOND
    assert await _stays(officers, used, used + IDLE - SECOND)
    assert not await _stays(officers, used + 2 * IDLE)


async def test_a_session_ends_after_half_a_day_however_busy_it_was(officers: Officers, ann: Person) -> None:
    await officers.begin(TOKEN, ann.officer_id, Stage.WHOLE, NOW)
    steps = int(LONGEST_SESSION / (IDLE / 2))
    assert await _stays(officers, *(NOW + IDLE / 2 * step for step in range(steps)))
    assert not await _stays(officers, NOW + LONGEST_SESSION)


async def test_being_half_way_in_lasts_a_quarter_of_an_hour(officers: Officers, ann: Person) -> None:
    await officers.begin(TOKEN, ann.officer_id, Stage.KNOWN, NOW)
    assert await _stays(officers, NOW + HALF_WAY - SECOND)
    assert not await _stays(officers, NOW + HALF_WAY)


async def test_a_step_further_ends_the_session_before(officers: Officers, ann: Person) -> None:
    await officers.begin(TOKEN, ann.officer_id, Stage.KNOWN, NOW)
    await officers.offer(TOKEN, ann.officer_id, SECRET)
    found = await officers.resume(TOKEN, NOW)
    assert found is not None
    assert found[0].offer == SECRET
    await officers.begin("u" * 43, ann.officer_id, Stage.WHOLE, NOW, before=TOKEN, deed=_deed("officer.signed-in"))
    assert not await _stays(officers, NOW)
    assert (await officers.deeds(Filters()))[0].deed.act == "officer.signed-in"


async def test_signing_out_ends_this_session_and_leaves_the_others(officers: Officers, ann: Person) -> None:
    for token in (TOKEN, "u" * 43):
        await officers.begin(token, ann.officer_id, Stage.WHOLE, NOW)
    assert await officers.sessions(ann.officer_id, NOW) == 2
    await officers.end("u" * 43, _deed("officer.signed-out"))
    assert await _stays(officers, NOW)
    assert await officers.sessions(ann.officer_id, NOW) == 1


@pytest.mark.parametrize("what", ["password", "others"])
async def test_another_password_ends_every_session_but_ones_own(officers: Officers, ann: Person, what: str) -> None:
    for token in (TOKEN, "u" * 43, "v" * 43):
        await officers.begin(token, ann.officer_id, Stage.WHOLE, NOW)
    if what == "password":
        await officers.set_password(ann.officer_id, "another", _deed(), keep=TOKEN)
    else:
        await officers.end_others(ann.officer_id, TOKEN, _deed())
    assert await _stays(officers, NOW)
    assert await officers.sessions(ann.officer_id, NOW) == 1


async def test_whoever_is_disabled_is_out_at_once_and_can_be_let_in_again(officers: Officers, ann: Person) -> None:
    await officers.begin(TOKEN, ann.officer_id, Stage.WHOLE, NOW)
    await officers.disable(ann.officer_id, NOW, _deed())
    assert not await _stays(officers, NOW)
    await officers.begin(TOKEN, ann.officer_id, Stage.WHOLE, NOW)
    assert not await _stays(officers, NOW)
    await officers.disable(ann.officer_id, None, _deed())
    assert await officers.by_id(ann.officer_id) == ann


# --- guessing ---


async def test_after_some_failures_each_try_waits_longer_up_to_a_quarter_of_an_hour(officers: Officers) -> None:
    now: datetime = NOW
    waits: list[float] = []
    for number in range(ACCOUNT_FREE + 12):
        assert not await officers.attempt(EMAIL, f"203.0.113.{number}", now)
        if number >= ACCOUNT_FREE:
            left = await officers.attempt(EMAIL, f"203.0.113.{number}", now)
            waits.append(left.total_seconds())
            now += left
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert LONGEST.total_seconds() == 900


async def test_many_guesses_at_once_are_as_slow_as_one_after_another(database: Database, other: Database) -> None:
    tries = [one.officers.attempt(EMAIL, "192.0.2.1", NOW) for _ in range(20) for one in (database, other)]
    free = [left for left in await asyncio.gather(*tries) if not left]
    assert len(free) == ACCOUNT_FREE + 1


async def test_a_network_that_tries_many_accounts_is_slowed_down_and_others_are_not(officers: Officers) -> None:
    for number in range(NETWORK_FREE + 1):
        assert not await officers.attempt(f"{number}@council.example", "192.0.2.1", NOW)
    assert await officers.attempt("another@council.example", "192.0.2.1", NOW)
    assert not await officers.attempt("another@council.example", "192.0.2.2", NOW)


async def test_who_is_right_starts_anew_and_who_waited_a_day_is_forgotten(officers: Officers) -> None:
    for _ in range(ACCOUNT_FREE + 1):
        await officers.attempt(EMAIL, "192.0.2.1", NOW)
    assert await officers.attempt(EMAIL, "192.0.2.1", NOW)
    await officers.forgive(EMAIL, "192.0.2.1")
    for _ in range(ACCOUNT_FREE):
        assert not await officers.attempt(EMAIL, "192.0.2.9", NOW)
    later = NOW + timedelta(days=1, seconds=1)
    for _ in range(ACCOUNT_FREE + 1):
        assert not await officers.attempt(EMAIL, "192.0.2.9", later)


async def test_nobodys_address_or_network_is_written_down_by_a_guess(officers: Officers, database_url: str) -> None:
    await officers.attempt("secret@council.example", "192.0.2.1", NOW)
    kept = await rows(database_url, "SELECT guess_key FROM officer_guess")
    assert len(kept) == 2
    assert not any(b"secret" in key or b"192" in key for (key,) in kept)
