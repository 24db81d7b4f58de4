"""The only place that makes things up: identifiers, tokens, references and codes."""

from __future__ import annotations

import random
import secrets
import threading
import time
from typing import Final

# No 0 or O, 1 or I or L, 5 or S, B beside 8, Z beside 2: nothing is misread. No vowels: no word comes out.
ALPHABET: Final = "2346789CDFGHJKMNPQRTVWX"
_LONG: Final = 4
_SHORT: Final = 2
_CODE: Final = 6
_PERMISSION: Final = 8

_EPOCH_MS: Final = 1_577_836_800_000  # 1 January 2020: 41 bits of milliseconds last until 2089
_CHANCE_BITS: Final = 22
_IGNORED: Final = str.maketrans("", "", " -.'\"")

_chance = random.Random(secrets.randbits(128))  # nosec B311 # noqa: S311 - names lines of the log and guards nothing
_last = 0
_lock = threading.Lock()


def new_id() -> int:
    """A new identifier: 63 bits, ordered by time, and never the same twice in one process.

    Two processes can make the same one in the same millisecond, about once in four million tries; the database then
    refuses the second, and the work is done again with other identifiers.
    """
    global _last  # noqa: PLW0603 - the identifiers of a whole process are one sequence
    fresh = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _CHANCE_BITS | secrets.randbits(_CHANCE_BITS)
    with _lock:
        _last = max(fresh, _last + 1)
        return _last


def token() -> str:
    """128 bits of chance for a web visitor's cookie, in characters that need no quoting."""
    return secrets.token_urlsafe(16)


def session_token() -> str:
    """256 bits of chance for an officer's session."""
    return secrets.token_urlsafe(32)


def short_token() -> str:
    """64 bits of chance: the id of a request in the log. Not for secrets: whoever has seen many could tell the next."""
    return f"{_chance.getrandbits(64):016x}"


def reference() -> str:
    """What stands for a person in exports and logs, such as `7K2M-9Q`. It may be taken: the database says so."""
    return f"{letters(_LONG)}-{letters(_SHORT)}"


def code() -> str:
    """A code that carries a conversation to another channel, such as `7K4M9Q`: always letters and digits both."""
    while True:
        made = letters(_CODE)
        if looks_like_code(made):
            return made


def permission_code() -> str:
    """A code with which a parent says whether a child may answer, such as `7K4M9QXR`: longer, for it lasts longer."""
    while True:
        made = letters(_PERMISSION)
        if looks_like_permission_code(made):
            return made


def passphrase() -> str:
    """A password for the first time, such as `7K4M9-Q2CDF-X3WRT`: 67 bits, easily read out and typed."""
    return "-".join(letters(5) for _ in range(3))


def normal_code(text: str) -> str:
    """A code as it was made, from how somebody typed it: any case, and with spaces or dashes in it."""
    return text.strip().translate(_IGNORED).upper()


def looks_like_code(text: str) -> bool:
    """Whether a whole message has the shape of a code; only the database knows whether it is one.

    Both letters and digits are asked for, so that neither a word nor a number is ever looked up as a code.
    """
    return _is_code(text, _CODE)


def looks_like_permission_code(text: str) -> bool:
    """As `looks_like_code`, for the code that a parent sends."""
    return _is_code(text, _PERMISSION)


def _is_code(text: str, length: int) -> bool:
    made = normal_code(text)
    if len(made) != length or any(letter not in ALPHABET for letter in made):
        return False
    return not made.isdigit() and not made.isalpha()


def letters(count: int) -> str:
    """So many letters and digits that nobody misreads, by chance that nobody can foresee."""
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
