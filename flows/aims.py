"""What answers are to be traced back to: the aims of a consultation, and the themes that its codebook starts with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aim:
    """Something that the authority wants to reach, so that it can be traced back to what people said. For officers."""

    code: str
    name: str
    """In the pack's own language; respondents never see it."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Something that answers may be about: what the codebook of a consultation starts with. For officers."""

    code: str
    name: str
    """In the pack's own language; respondents never see it."""
    aim: str | None = None
    """The code of the aim that it serves."""
    questions: tuple[str, ...] = ()
    """Codes of the questions whose answers it is for; none for all."""
