"""What stands behind a Telegram button: a question and an option in at most 64 bytes, understood without storage.

Codes travel as they are where they fit. A longer one travels as a short hash, which whoever has the consultation
recognises with `matches`: nothing has to be kept for a button to work for as long as the message is on a phone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

MOST_BYTES: Final = 64
"""Telegram's bound on callback data, in UTF-8."""

_MARK: Final = "q"
_HASHED: Final = "~"
_HASH_BYTES: Final = 12


def data_for(question: str, option: str) -> str:
    """The callback data of a button."""
    for tokens in ((question, option), (question, _hash(option)), (_hash(question), option)):
        data = ":".join((_MARK, *tokens))
        if len(data.encode()) <= MOST_BYTES and data.count(":") == len(tokens):
            return data
    return ":".join((_MARK, _hash(question), _hash(option)))


def read(data: str) -> tuple[str, str]:
    """The question and the option that callback data stands for, each as a token for `matches`.

    Data that is not ours gives a question of no name, which no consultation has: a button that has had its day.
    """
    mark, _, rest = data.partition(":")
    question, colon, option = rest.partition(":")
    return (question, option) if mark == _MARK and colon else ("", data)


def matches(token: str, code: str) -> bool:
    """Whether a token that `read` gave is this code, or the hash of it."""
    return token == code or (token.startswith(_HASHED) and token == _hash(code))


def in_full(question: str, option: str, codes: Mapping[str, Iterable[str]]) -> tuple[str, str]:
    """Two tokens as the codes that they stand for, among every question's options; as they are where none matches."""
    for code, options in codes.items():
        if matches(question, code):
            return code, next((one for one in options if matches(option, one)), option)
    return question, option


def _hash(code: str) -> str:
    digest = hashlib.blake2b(code.encode(), digest_size=_HASH_BYTES).digest()
    return _HASHED + base64.urlsafe_b64encode(digest).decode()
