"""Lundy's four questions about a consultation, each as a list that Sayso can tick or leave open before it opens.

Space, voice, audience and influence are the four parts of Laura Lundy's model of Article 12 of the UN Convention on the
Rights of the Child (2007): a safe chance to speak, help to say it, somebody who listens, and something that follows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.preview import CHANNEL_NAMES, ages_in_words, bands_of
from flows.consents import Consent
from flows.decisions import Gate
from flows.definition import AgeBand, Consultation, Kind, Nation
from flows.errors import Fault
from flows.messages import CONVERSING, Channel

_NOT_SURE = frozenset(("not-sure", "dont-know"))
_CHOSEN = frozenset((Kind.ONE, Kind.MANY))
_WELSH = "cy"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list."""

    done: bool
    said: str
    """What there is; where it is not done, what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the four."""

    name: str
    asks: str
    checks: Sequence[Check]


def checklist(pack: Consultation, gate: Gate, faults: Iterable[Fault], channels: Collection[Channel]) -> Sequence[Part]:
    """The four parts, in the model's order. `faults` are those of the pack's files, and `channels` are switched on."""
    borrowed = any(fault.rule in {"fallback", "missing-welsh"} for fault in faults)
    return (
        Part("Space", "Can children say what they think, safely?", _space(pack, channels)),
        Part("Voice", "Are they helped to say it?", _voice(pack, borrowed=borrowed)),
        Part("Audience", "Does somebody listen who can do something?", _audience(pack, gate)),
        Part("Influence", "Does something come of it, and do they hear of it?", _influence(pack, gate)),
    )


def _space(pack: Consultation, channels: Collection[Channel]) -> Sequence[Check]:
    names = [_named(channel) for channel in CONVERSING if channel in channels]
    more = "" if len(names) > 1 else " Switch on another: not everybody has the same."
    turn_to = f"There is somebody to turn to: {pack.contact}."
    return (
        Check(len(names) > 1, f"People can answer by {', '.join(names)}.{more}"),
        Check(bool(pack.contact), turn_to if pack.contact else "Name somebody to turn to: contact in the pack."),
        Check(True, "Every question can be left out, and everybody can stop. The web page has a quick way out."),  # noqa: FBT003
    )


def _named(channel: Channel) -> str:
    name = CHANNEL_NAMES[channel]
    return name if channel is Channel.TELEGRAM else name.lower()


def _voice(pack: Consultation, *, borrowed: bool) -> Sequence[Check]:
    ages = ", ".join(ages_in_words(pack))
    own = f"Every age has words of its own: {ages}."
    lent = f"Some of these ages borrow words that were written for others: {ages}. “sayso check” says which."
    checks = [Check(not borrowed, lent if borrowed else own)]
    unsure = [each.code for each in pack.questions if each.kind in _CHOSEN and not _NOT_SURE & set(each.choices)]
    missing = f"Let people say that they do not know: {', '.join(unsure)}."
    checks.append(Check(not unsure, missing if unsure else "Where people choose, they can say that they do not know."))
    if AgeBand.FOUR_TO_SEVEN in bands_of(pack):
        young = pack.words_for(pack.default_language, AgeBand.FOUR_TO_SEVEN).questions.values()
        seen = any(words.pictures for words in young)
        checks.append(Check(seen, f"The youngest {'see' if seen else 'have no'} pictures beside what they choose."))
    if pack.nation is Nation.WALES:
        welsh = _WELSH in pack.languages
        checks.append(Check(welsh, "It is in Welsh as well." if welsh else "It has to be in Welsh as well."))
    return checks


def _audience(pack: Consultation, gate: Gate) -> Sequence[Check]:
    decides = f"{gate.who_decides} decides." if gate.who_decides else "Say who decides, in the gate."
    return (
        Check(True, f"People are told that people at {pack.authority} read what they say."),  # noqa: FBT003
        Check(True, "Each answer in somebody’s own words waits until a person has read it."),  # noqa: FBT003
        Check(bool(gate.who_decides), decides),
    )


def _influence(pack: Consultation, gate: Gate) -> Sequence[Check]:
    asked = any(question.consent is Consent.FEEDBACK for question in pack.questions)
    to_hear = "Whoever wants to hear what came of it is asked, and told."
    nobody = "Ask people whether they want to hear what came of it: a question with consent = “feedback”."
    return (
        Check(
            bool(gate.reasons),
            "Why people are asked now, before it is decided, is written down."
            if gate.reasons
            else "Write down why people are asked now, before it is decided: in the gate.",
        ),
        Check(
            pack.feedback_due is not None,
            "People are told by when they hear what came of it."
            if pack.feedback_due
            else "Tell people by when they hear what came of it: feedback_due in the pack.",
        ),
        Check(asked, to_hear if asked else nobody),
    )
