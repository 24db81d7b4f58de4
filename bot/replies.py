"""What a parent sends back with the code that a child gave them: a yes, a no, or the code alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot import ids
from flows.folding import fold
from flows.small_words import NO, YES

_LONGEST: Final = 40
"""Characters. No reply is longer, whatever stands around the code."""


_YES, _NO = frozenset[str]().union(*YES.values()), frozenset[str]().union(*NO.values())
_SAID: Final = {word: word in _YES for word in _YES ^ _NO}
"""What is a yes, and what a no, in any language. A word that is one here and the other there is neither."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What has the shape of a parent's reply; only the database knows whether the code is one."""

    code: str = field(repr=False)
    allowed: bool | None
    """None where the code stands alone."""


def reply_of(text: str) -> Reply | None:
    """A code, alone or with a yes or a no before or behind it; None where it is anything else."""
    if len(text) > _LONGEST:
        return None
    words = text.split()
    for place in range(1, len(words)):
        for said, code in ((words[:place], words[place:]), (words[place:], words[:place])):
            allowed = _SAID.get(fold(" ".join(said)))
            if allowed is not None and ids.looks_like_permission_code("".join(code)):
                return Reply(ids.normal_code("".join(code)), allowed)
    return Reply(ids.normal_code(text), None) if ids.looks_like_permission_code(text) else None
