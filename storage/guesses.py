"""Slowed guessing: after some failures each further try has to wait longer, for an account and for a network.

A try is counted before it is looked at, so that many at once are not one; whoever turns out to be right is forgiven.
Kept in the database, because a guesser meets every worker.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.crypto import Keyring
from storage.instants import instant, micros
from storage.rows import plain
from storage.sessions import Session

ACCOUNT_FREE = 4
"""Failures on one account that cost no wait: people mistype."""
NETWORK_FREE = 20
"""The same for a network: a whole town hall may stand behind one address."""
LONGEST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)

# The row is locked from here on, on PostgreSQL; SQLite has one writer.
_MEET = """
    INSERT INTO officer_guess (guess_key, failures, last_at, free_at) VALUES ({}, 0, {}, {})
    ON CONFLICT (guess_key) DO UPDATE SET failures = officer_guess.failures
    RETURNING failures, last_at, free_at
"""
_COUNT = "UPDATE officer_guess SET failures = {}, last_at = {}, free_at = {} WHERE guess_key = {}"
_FORGIVE = (
    "UPDATE officer_guess SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END WHERE guess_key = {}"
)
_CLEAR = "DELETE FROM officer_guess WHERE guess_key = {}"
_SWEEP = "DELETE FROM officer_guess WHERE last_at < {}"


async def attempt(session: Session, keyring: Keyring, email: str, network: str, now: datetime) -> timedelta:
    """Counts a try; how long it has still to wait (then it was not counted, and must not be looked at), or nothing."""
    await session.run([plain(session.dialect, _SWEEP, micros(now - FORGOTTEN_AFTER))])
    free = {_account(keyring, email): ACCOUNT_FREE, _network(keyring, network): NETWORK_FREE}
    met = {}
    for key in sorted(free):  # in one order, so that two of them never wait for each other
        [(failures, _, free_at)] = await session.fetch(plain(session.dialect, _MEET, key, micros(now), micros(now)))
        met[key] = (failures, instant(free_at))
    left = max(free_at - now for _, free_at in met.values())
    if left > timedelta(0):
        return left
    await session.run(
        [
            plain(session.dialect, _COUNT, failures + 1, micros(now), micros(now + _wait(failures + 1, free[key])), key)
            for key, (failures, _) in met.items()
        ]
    )
    return timedelta(0)


async def forgive(session: Session, keyring: Keyring, email: str, network: str) -> None:
    """The try was right: the account begins anew, and the network's count goes back by this one."""
    statements = [
        plain(session.dialect, _CLEAR, _account(keyring, email)),
        plain(session.dialect, _FORGIVE, _network(keyring, network)),
    ]
    await session.run(statements)


def _wait(failures: int, free: int) -> timedelta:
    """None at first; then 2 seconds, and twice as long each time."""
    over = failures - free
    return timedelta(0) if over <= 0 else min(timedelta(seconds=2 ** min(over, 20)), LONGEST)


def _account(keyring: Keyring, email: str) -> bytes:
    return keyring.lookup("guess", "account", email)


def _network(keyring: Keyring, network: str) -> bytes:
    return keyring.lookup("guess", "network", network)
