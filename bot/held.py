"""Everything that is held of one person about one consultation, in words: for themselves, or for whoever they asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from flows import answers, dates, wording
from flows.definition import Consultation
from flows.effects import Notice
from flows.messages import ON_A_SHEET
from storage.holdings import Holding


@dataclass(frozen=True, slots=True)
class Line:
    """One message."""

    theirs: bool
    at: str
    """In local time."""
    text: str = field(repr=False)
    language: str
    channel: str


@dataclass(frozen=True, slots=True)
class Held:
    """What is held, without any number of ours: the reference is the one that they were told."""

    title: str
    authority: str
    reference: str
    language: str
    began: str
    finished: str
    given: Sequence[tuple[str, str]] = field(repr=False)
    """Question and answer, those that are kept apart too, in the order of the questions."""
    agreed: Sequence[tuple[str, bool, str]]
    """What they were asked whether they agree to, whether they do, and when."""
    parents: Sequence[tuple[bool, str, str]]
    """Whether a parent allowed that they answer, when, and on which channel."""
    said: Sequence[Line] = field(repr=False)
    can_be_written_to: bool

    @property
    def data(self) -> Mapping[str, object]:
        """The same for a program."""
        return {
            "consultation": self.title,
            "authority": self.authority,
            "reference": self.reference,
            "language": self.language,
            "began": self.began,
            "finished": self.finished,
            "answers": [{"question": question, "answer": answer} for question, answer in self.given],
            "agreed": [{"to": what, "yes": yes, "at": at} for what, yes, at in self.agreed],
            "parents": [{"yes": yes, "at": at, "on": channel} for yes, at, channel in self.parents],
            "said": [
                {"by": "you" if line.theirs else "us", "at": line.at, "on": line.channel, "text": line.text}
                for line in self.said
            ],
            "number_kept": self.can_be_written_to,
        }


def held(pack: Consultation, holding: Holding, cover: Callable[[str], str] = str) -> Held:
    """`pack` is the version that the conversation is on, with the times that hold now.

    `cover` takes out what was redacted: it is given wherever somebody else than the participant reads it.
    """
    state, zone = holding.conversation.state, pack.timetable.zone

    def told(at: datetime | None) -> str:
        return "" if at is None else moment(at, zone, state.language)

    return Held(
        title=pack.words_for(state.language, state.band).say[Notice.TITLE],
        authority=pack.authority,
        reference=holding.conversation.reference,
        language=state.language,
        began=told(state.started_at),
        finished=told(state.completed_at),
        given=[(asked, cover(answer)) for asked, answer in _given(pack, holding)],
        agreed=[(one.consent, one.given, told(one.at)) for one in holding.agreed],
        parents=[(one.allowed, told(one.at), one.channel) for one in holding.parents],
        said=[
            Line(
                said.direction == "in",
                told(said.at),
                cover(said.text) if said.text else f"[{said.kind}]",
                said.language or state.language,
                said.channel.value,
            )
            for said in holding.said
        ],
        can_be_written_to=holding.can_be_written_to,
    )


def moment(at: datetime, zone: ZoneInfo, language: str) -> str:
    """An instant in words, where the consultation is held."""
    return dates.time_in_words(at.astimezone(zone), language)


def _given(pack: Consultation, holding: Holding) -> list[tuple[str, str]]:
    state, found = holding.conversation.state, []
    for question in pack.questions:
        given = state.given.get(question.code)
        if given is None:
            continue
        words = pack.words_for(state.language, state.band).questions[question.code]
        asked = wording.question_text(pack, question.code, state.language, state.band, ON_A_SHEET, state)
        found.append((asked, answers.in_words(given.value, question.for_band(state.band), words)))
    return found
