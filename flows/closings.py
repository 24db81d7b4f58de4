"""Closing times that were moved after they had been told, and the reason that people are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Extension:
    """A later closing time, with the reason that people are told."""

    closes_at: datetime
    """UTC."""
    reason: str
    role: str | None = None
    """The role it is for; None for everybody."""
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    """The same reason in other languages, by language."""


@dataclass(frozen=True, slots=True)
class EarlyClose:
    """An earlier closing time for everybody, with the reason that people are told."""

    closes_at: datetime
    """UTC."""
    reason: str
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    """The same reason in other languages, by language."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What people are told of a closing time that was moved."""

    later: bool
    reason: str
    language: str
    """That the reason is in."""
