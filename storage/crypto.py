"""Sealing what is personal, and hashing what must be found again without being read.

From the one secret of an installation HKDF-SHA256 derives a key for each use, so that no key does two jobs. Sealed
values are AES-256-GCM: `key id (1 byte) | nonce (12 bytes) | ciphertext and tag`. The associated data names the column,
the participant and the row: a value copied to another person's row, or to another column, does not open there.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import struct
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import UnreadableValueError, WrongSecretError

SHORTEST_SECRET = 32
_NONCE = 12
_AT_ONCE = 256
_LOOKUP = 16
_pack = struct.Struct(">QQ").pack


# Chance for many values at a time, because asking the system for it takes as long as encrypting. A process that was
# forked off must never use a nonce that this one will use too.
_nonces: list[bytes] = []
os.register_at_fork(after_in_child=_nonces.clear)


def _nonce() -> bytes:
    """Twelve random bytes, never given out before."""
    while True:
        try:
            return _nonces.pop()
        except IndexError:
            fresh = secrets.token_bytes(_NONCE * _AT_ONCE)
            _nonces.extend(fresh[start : start + _NONCE] for start in range(0, len(fresh), _NONCE))


def _derive(secret: bytes, use: str, length: int = 32) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=b"sayso", info=use.encode()).derive(secret)


class Column:
    """One sealed column. Its name is bound into every value in it; `family` picks the key."""

    __slots__ = ("family", "tag")

    def __init__(self, name: str, family: str = "text") -> None:
        self.tag = name.encode() + b"\0"
        self.family = family


MESSAGE_TEXT = Column("message.text")
MESSAGE_BUTTONS = Column("message.buttons")
ANSWER_TEXT = Column("answer.text")
EQUALITY_VALUE = Column("equality_answer.value")
STATE = Column("conversation.state")
CODING_NOTE = Column("coded.note")
CONCERN_OUTCOME = Column("concern.outcome")
ADDRESS = Column("address.address", "address")
FACTOR = Column("officer.factor")
FACTOR_OFFER = Column("officer_session.offer")
ROTA_SMS = Column("rota.sms")
ROTA_EMAIL = Column("rota.email")
EXPORT_PART = Column("export_part.held")
LOOKUP = Column("installation.lookup")

_FAMILIES = ("text", "address")


class Keyring:
    """Every key of one installation. New values are sealed with the first secret; older ones still open.

    The id of a key is derived from its secret, so that secrets can be given in any order after the first, and a value
    sealed under a secret that is not here is recognised as such. Hashes cannot be made again from what is stored, so
    lookups go on with the key of the first secret that the database ever had: see `adopt`.

    Raises:
        WrongSecretError: a secret has fewer than 32 bytes, or two of them have the same id.
    """

    __slots__ = ("_current", "_keys", "_lookup", "_lookups")

    def __init__(self, secret_keys: Sequence[bytes]) -> None:
        if not secret_keys or min(map(len, secret_keys)) < SHORTEST_SECRET:
            raise WrongSecretError(f"SAYSO_SECRET_KEY must have at least {SHORTEST_SECRET} bytes: make a longer one.")
        ids = [_derive(secret, "id", 1)[0] for secret in secret_keys]
        if len(set(ids)) < len(ids):
            raise WrongSecretError("Two of the secret keys cannot be told apart: make the newer one again.")
        self._current = ids[0]
        self._keys = {
            (number, family): AESGCM(_derive(secret, family))
            for number, secret in zip(ids, secret_keys, strict=True)
            for family in _FAMILIES
        }
        self._lookups = [_derive(secret, "lookup") for secret in secret_keys]
        self._lookup = self._lookups[0]

    @property
    def current(self) -> bytes:
        """The byte with which whatever is sealed now begins."""
        return bytes((self._current,))

    def adopt(self, fingerprint: bytes, lookup_enc: bytes | None) -> None:
        """Goes on with the lookups that a database was written with: those of one of the secrets, or a sealed key.

        Raises:
            WrongSecretError: none of the secrets is one that it was written with.
        """
        known = self._lookups if lookup_enc is None else [self.open(LOOKUP, 0, 1, lookup_enc)]
        for one in known:
            if _fingerprint(one) == fingerprint:
                self._lookup = one
                return
        raise WrongSecretError(
            "SAYSO_SECRET_KEY is not the one this database was written with: set that one, or use another database."
        )

    def sealed_lookup(self) -> bytes:
        """The key of lookups, sealed like everything else: so it outlives the secret that it came from."""
        return self.seal(LOOKUP, 0, 1, self._lookup)

    def seal(self, column: Column, owner: int, row: int, clear: bytes) -> bytes:
        """Encrypts `clear` for this column of this participant's row."""
        nonce = _nonce()
        key = self._keys[self._current, column.family]
        return bytes((self._current,)) + nonce + key.encrypt(nonce, clear, column.tag + _pack(owner, row))

    def open(self, column: Column, owner: int, row: int, sealed: bytes) -> bytes:
        """What `seal` was given.

        Raises:
            WrongSecretError: it was sealed under a secret that is not in this ring.
            UnreadableValueError: it was altered, or sealed for another column, participant or row.
        """
        key = self._keys.get((sealed[0] if sealed else -1, column.family))
        if key is None:
            raise WrongSecretError("A stored value needs another SAYSO_SECRET_KEY: set the one it was written with.")
        try:
            return key.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], column.tag + _pack(owner, row))
        except (InvalidTag, ValueError):
            name = column.tag[:-1].decode()
            raise UnreadableValueError(
                f"A value of {name} does not open: restore the database from a backup."
            ) from None

    def seal_text(self, column: Column, owner: int, row: int, text: str) -> bytes:
        """Like `seal`, for text of any kind: half an emoji (a lone surrogate) is kept as it came."""
        return self.seal(column, owner, row, text.encode("utf-8", "surrogatepass"))

    def open_text(self, column: Column, owner: int, row: int, sealed: bytes) -> str:
        return self.open(column, owner, row, sealed).decode("utf-8", "surrogatepass")

    def lookup(self, *parts: str) -> bytes:
        """A keyed hash of 16 bytes by which `parts` can be found but not read (BLAKE2b in its keyed mode, RFC 7693)."""
        joined = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(joined, key=self._lookup, digest_size=_LOOKUP).digest()

    def fingerprint(self) -> bytes:
        """Tells whether a database was written with this secret, and nothing else about it."""
        return _fingerprint(self._lookup)


def _fingerprint(lookup: bytes) -> bytes:
    return hashlib.blake2b(b"fingerprint", key=lookup, digest_size=_LOOKUP).digest()
