"""A file of lines that is encrypted as it is written, and of which nothing can be changed, moved, left out or cut off.

After a header come pieces of 64 KiB, each sealed with AES-256-GCM under a key of this file alone (HKDF-SHA256 over the
backup key and a salt). A piece's nonce is its number and whether it is the last one: the STREAM construction (Hoang,
Reyhanitabar, Rogaway, Vizár 2015, eprint.iacr.org/2015/189). So pieces open in their order alone, and a file that
ends early has no last piece. Neither writing nor reading takes more memory than a few pieces.

    "sayso backup 1" and a line's end | salt (32) | check (16) | pieces: ciphertext and tag (65,536 + 16, the last less)
"""

from __future__ import annotations

import hmac
import secrets
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import BackupError

SHORTEST_KEY: Final = 32
PIECE: Final = 1 << 16
"""Bytes of a piece before it is sealed."""
_MAGIC: Final = b"sayso backup 1\n"
_SALT: Final = 32
_CHECK: Final = 16
_TAG: Final = 16
_nonce = struct.Struct(">xxxQ?").pack

DAMAGED: Final = "The backup is damaged, or not whole: use another copy of it. Nothing was changed."
_ANOTHER_KEY: Final = (
    "The backup was made with another SAYSO_BACKUP_KEY, or its beginning is damaged: set the key of that time, or use "
    "another copy. Nothing was changed."
)
_NOT_OURS: Final = "The file is not one that `sayso backup` made: name one that is. Nothing was changed."


def _derive(key: bytes, salt: bytes, use: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=b"sayso backup " + use).derive(key)


def _long_enough(key: bytes) -> bytes:
    if len(key) < SHORTEST_KEY:
        raise BackupError(f"SAYSO_BACKUP_KEY must have at least {SHORTEST_KEY} bytes: make a longer one.")
    return key


class ArchiveWriter:
    """Seals what it is given into a file. Without `finish` the file is not whole, and no reader takes it.

    Raises:
        BackupError: the key is too short.
        OSError: the disk is full.
    """

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        salt = secrets.token_bytes(_SALT)
        self._file = file
        self._cipher = AESGCM(_derive(_long_enough(key), salt, b"pieces", 32))
        self._header = _MAGIC + salt + _derive(key, salt, b"check", _CHECK)
        self._waiting = bytearray()
        self._pieces = 0
        file.write(self._header)

    def write(self, clear: bytes) -> None:
        self._waiting += clear
        # The last piece is marked as such, so one is kept back until it is known whether more follows.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def finish(self) -> None:
        """Writes what is left and the mark of the end."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, clear: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._pieces, last), clear, self._header))
        self._pieces += 1


def read_pieces(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """What was written, piece after piece, each as soon as it is known to be genuine. Only the end proves the whole.

    Raises:
        BackupError: it is not a backup, was made with another key, was altered, or is cut off.
    """
    header = file.read(len(_MAGIC) + _SALT + _CHECK)
    if not header.startswith(_MAGIC):
        raise BackupError(_NOT_OURS)
    salt, check = header[len(_MAGIC) : -_CHECK], header[-_CHECK:]
    if len(salt) < _SALT:
        raise BackupError(DAMAGED)
    if not hmac.compare_digest(check, _derive(_long_enough(key), salt, b"check", _CHECK)):
        raise BackupError(_ANOTHER_KEY)
    cipher = AESGCM(_derive(key, salt, b"pieces", 32))
    number, sealed = 0, file.read(PIECE + _TAG)
    last = False
    while not last:
        following = file.read(PIECE + _TAG)
        last = not following
        try:
            clear = cipher.decrypt(_nonce(number, last), sealed, header)
        except (InvalidTag, ValueError):
            raise BackupError(DAMAGED) from None
        yield clear
        number, sealed = number + 1, following


def read_lines(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The lines that were written, without their ends.

    Raises:
        BackupError: as for `read_pieces`; also where the last line has no end.
    """
    rest = b""
    for piece in read_pieces(file, key):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        raise BackupError(DAMAGED)
