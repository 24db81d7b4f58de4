"""Whether what somebody sent suggests that somebody is not safe. It orders what people read, and no more."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from bot import log
from flows import commands, events
from flows.concern_files import rules_of
from flows.concern_rules import Concern, Harm, Rules, Tier
from flows.concerns import assess
from flows.definition import Command
from flows.escalation import FAILED
from flows.pack_table import Faults

_FOLDER: Final = Path(__file__).parent / "concerns"


@cache
def shipped_rules() -> Rules:
    """The rules that come with Sayso. Tests see to it that they have no fault."""
    return rules_of({path.name: path.read_text("utf-8") for path in sorted(_FOLDER.glob("*.toml"))}, {}, Faults())


def concern_in(event: events.Event, languages: tuple[str, ...]) -> Concern | None:
    """What the words of an event suggest, in any phase. Never raises: what failed is read by a person."""
    text = words_of(event)
    if text is None:
        return None
    try:
        lone_help = isinstance(event, events.Said) and commands.understand(text, languages) is Command.HELP
        return assess(text, shipped_rules(), lone_help=lone_help)
    except Exception as fault:  # noqa: BLE001 - whatever went wrong, the answer is kept and somebody reads it
        log.error("a text could not be looked at", reason=type(fault).__name__)
        return Concern(Tier.CONCERN, (FAILED,), (Harm.UNCLEAR,))


def words_of(event: events.Event) -> str | None:
    """What was said in words; None where nothing was."""
    match event:
        case events.Said(text=text) | events.Amended(text=text):
            return text
        case events.Submitted(answers=said):
            return "\n".join(said)
        case _:
            return None
