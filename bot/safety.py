"""Whether what somebody sent suggests that somebody is not safe. It orders what people read, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from bot import log
from flows import commands, events
from flows.concern_files import rules_of
from flows.concern_rules import Concern, Harm, Rules, Tier
from flows.concerns import assess
from flows.definition import AgeBand, Command
from flows.escalation import FAILED
from flows.pack_table import Faults

UNPLACED: Final = "any/no-consultation"
"""The rule of a sentence from somebody who is in no consultation."""
SENTENCE: Final = 4
"""Words from which on it is one. Fewer are keywords, names of consultations, and slips."""
_YOUNGEST: Final = frozenset((None, AgeBand.FOUR_TO_SEVEN))
_FOLDER: Final = Path(__file__).parent / "concerns"


@cache
def shipped_rules() -> Rules:
    """The rules that come with Sayso. Tests see to it that they have no fault."""
    return rules_of(_shipped(), {}, Faults())


def rules_with(own: Mapping[str, str], faults: Faults) -> Rules:
    """The shipped rules with a consultation's own files laid over them; what is wrong with those goes into `faults`."""
    return rules_of(_shipped(), own, faults) if own else shipped_rules()


@cache
def _shipped() -> Mapping[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(_FOLDER.glob("*.toml"))}


def concern_before(text: str, command: Command | None) -> Concern | None:
    """What somebody says who is in no consultation. Their words answer nothing, so that no list but this has them.

    Whatever has the length of a sentence is read by a person, and a lone HELP may be a cry. Nobody knows their age.
    """
    found = _look(text, lone_help=command is Command.HELP, youngest=True)
    if found is None and command is None and sum(any(map(str.isalpha, word)) for word in text.split()) >= SENTENCE:
        return Concern(Tier.CONCERN, (UNPLACED,), (Harm.UNCLEAR,))
    return found


def concern_in(
    event: events.Event, languages: tuple[str, ...], rules: Rules | None = None, *, band: AgeBand | None
) -> Concern | None:
    """What the words of an event suggest, in any phase. Never raises: what failed is read by a person.

    `rules` are those of the consultation; None: those that come with Sayso. Of the youngest, and of those whose `band`
    nobody knows yet, any word of hurt is enough.
    """
    text = words_of(event)
    if text is None:
        return None
    lone_help = isinstance(event, events.Said) and _is_help(text, languages)
    return _look(text, lone_help=lone_help, youngest=band in _YOUNGEST, rules=rules)


def _is_help(text: str, languages: tuple[str, ...]) -> bool:
    try:
        return commands.understand(text, languages) is Command.HELP
    except Exception as fault:  # noqa: BLE001 - then the text is looked at as any other
        log.error("a text could not be looked at", reason=type(fault).__name__)
        return False


def _look(text: str, *, lone_help: bool, youngest: bool, rules: Rules | None = None) -> Concern | None:
    try:
        return assess(text, shipped_rules() if rules is None else rules, lone_help=lone_help, youngest=youngest)
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
