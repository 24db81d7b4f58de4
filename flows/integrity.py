"""Signs that an answer may not be somebody's own: kept beside it for an officer, and never a reason to drop it.

None of them proves anything. A class may copy one sentence from the board, and a browser may fill in a hidden field.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from flows.folding import fold

COPIES: Final = 40
"""So many people with the very same words are more than a class that copied them from the board."""
FEWEST_LETTERS: Final = 20
"""Shorter texts are the same by themselves: "I don't know", "more swings"."""
START_SECONDS: Final = timedelta(seconds=1)
"""Nobody reads the first page, chooses and sends it sooner."""
ANSWER_SECONDS: Final = timedelta(seconds=1)
"""What an answer takes at the least, on average over a conversation: a page has to come, be seen and be sent."""


class Sign(StrEnum):
    """What was seen."""

    HIDDEN_FIELD = "hidden-field"
    """A field was filled that no person sees."""
    TOO_FAST = "too-fast"
    """It was begun, or gone through, faster than anybody can."""
    BURST = "burst"
    """It was one of very many that began from one network in a short time. The detail names the burst."""
    SAME_WORDS = "same-words"
    """Very many people gave the very same long answer. The detail names the question."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One sign, with what tells it from others of its kind: no word and no address of anybody."""

    sign: Sign
    detail: str = ""


def begun_too_fast(shown_at: datetime | None, sent_at: datetime) -> bool:
    """Whether the first form was sent sooner after it was made than anybody could."""
    return shown_at is not None and sent_at - shown_at < START_SECONDS


def gone_through_too_fast(started_at: datetime, completed_at: datetime, answers: int) -> bool:
    """Whether a conversation was completed faster than so many answers can be given by hand."""
    return completed_at - started_at < ANSWER_SECONDS * answers


def mark_of(text: str, key: bytes) -> int | None:
    """A number by which the same words can be told without reading them; None where they are too short to mean much.

    Case, punctuation and spaces make no difference. The number has 63 bits.
    """
    words = fold(text)
    if len(words) < FEWEST_LETTERS:
        return None
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8", "surrogatepass"), key=key, digest_size=8).digest()) >> 1
