"""Passwords: hashed with Argon2id, away from the event loop, a few at a time.

Argon2's parameters are the library's own, which follow RFC 9106's second recommendation (64 MiB, 3 passes, 4 lanes).
When they change, a password is hashed anew the next time that it is used.
"""

from __future__ import annotations

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
"""Characters. Length is what makes a password hard to guess; nothing else is asked of it."""
LONGEST: Final = 256
_AT_ONCE: Final = 2
"""Each takes 64 MiB and a good part of a processor: more at once would let a crowd of strangers stop the service."""
_FEWEST_DIFFERENT: Final = 5


class Passwords:
    """Hashes and compares. One for a service; tests give it a cheap hasher."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """What is kept of a password: parameters, salt and hash in one line."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the one. With None it takes as long and says no: nobody learns which addresses there are."""
        if self._nobodys is None:
            self._nobodys = await self.hash("nobody's password")
        async with self._slots:
            right = await asyncio.to_thread(self._verify, kept or self._nobodys, password[:LONGEST])
        return right and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it was hashed under other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def fault_of(password: str, again: str, *, email: str) -> tuple[str, str] | None:
    """Why a new password cannot be taken: the field, and a sentence; None where it can."""
    if len(password) < SHORTEST:
        return (
            "password",
            f"Use at least {SHORTEST} characters. Three or four words that do not belong together are good",
        )
    if len(password) > LONGEST:
        return "password", f"Use no more than {LONGEST} characters"
    if len(set(password)) < _FEWEST_DIFFERENT:
        return "password", "Use more different characters: this one is easily guessed"
    if email.partition("@")[0] in password.lower():
        return "password", "Leave your e-mail address out of it: that is the first guess"
    if password != again:
        return "again", "Type the same password twice"
    return None
