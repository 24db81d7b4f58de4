"""Terms that a pack's structure and its questions share: age bands, roles, and words that are taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flows.commands import reserved
from flows.definition import AgeBand, Role
from flows.pack_table import Table, listed, nearest

_PROVIDER_WORDS: Final = frozenset(("yes",))
"""Twilio takes this for a START before we see it (twilio.com/docs/messaging/tutorials/advanced-opt-out)."""


def taken_words(languages: tuple[str, ...]) -> frozenset[str]:
    """Words, folded, that neither a keyword nor an option may be: they mean something else in every state."""
    return reserved(languages) | _PROVIDER_WORDS


def read_bands(table: Table, key: str, *, needed: str | None = None) -> tuple[AgeBand, ...] | None:
    """A list of age bands."""
    names = table.texts(key, needed=needed)
    if names is None:
        return None
    known = tuple(band.value for band in AgeBand)
    for name in names:
        if name not in known:
            table.broken(key, "age-band", f"There is no age band {name!r}", f"Use {listed(known)}")
    return tuple(AgeBand(name) for name in names if name in known)


def known_role(table: Table, key: str, code: str, roles: Sequence[Role]) -> None:
    """Notes a role that the pack does not have."""
    codes = [role.code for role in roles]
    if code not in codes:
        near = nearest(code, codes)
        mend = f"Perhaps you mean {near!r}" if near else f"Use {listed(codes)}"
        table.broken(key, "unknown-role", f"There is no role {code!r}", mend)
