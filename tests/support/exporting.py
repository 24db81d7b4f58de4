"""What exports are made from, without a database: a pack with a question of every kind, and people who answered."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from bot.export import Filters, Manifest
from bot.exports.asked import Kind, Subject, Wish
from bot.exports.making import Making
from bot.exports.source import Source
from flows.definition import AgeBand, Consultation, Question
from flows.definition import Kind as Asked
from flows.messages import Channel, Status
from flows.values import Value
from storage.records import CountedAnswer, ParticipantAnswers, ParticipantTranscript, TranscriptEntry
from storage.transcripts import Reader
from tests.support.talk import IDEAS, SWINGS, WHO, a_park

NOW = datetime(2018, 7, 1, 12, tzinfo=UTC)
GAMES = Question("games", Asked.MANY, choices=("more", "same", "fewer"))
ORDER = Question("order", Asked.RANK, choices=("more", "same", "fewer"))
OFTEN = Question("often", Asked.NUMBER)
SAFE = Question("safe", Asked.SCALE, minimum=1, maximum=5)
NEEDS = Question("needs", Asked.ONE, choices=("more", "same", "fewer"), optional=True, equality=True)
PARK = a_park(questions=(WHO, SWINGS, GAMES, ORDER, OFTEN, SAFE, NEEDS, IDEAS))


def somebody(number: int = 1, *, role: str = "child", language: str = "en", **given: Value) -> ParticipantAnswers:
    band = AgeBand.EIGHT_TO_ELEVEN if role == "child" else AgeBand.ADULT
    return ParticipantAnswers(
        reference=f"PRK-{number:04}-9Q",
        version="1",
        role=role,
        band=band,
        helped_by=None,
        channel=Channel.WEB,
        language=language,
        status="complete",
        started_at=datetime(2018, 3, 1, 12, tzinfo=UTC),
        completed_at=datetime(2018, 7, 1, 12, 30, 5, tzinfo=UTC),
        answers={code: CountedAnswer(value, False, role, band) for code, value in given.items()},  # noqa: FBT003 - late
    )


def a_conversation(*texts: str, number: int = 1, language: str = "en", role: str = "child") -> ParticipantTranscript:
    """Somebody was asked and said all of this."""
    reference = f"PRK-{number:04}-9Q"
    asked = TranscriptEntry(reference, 1, NOW, "out", Channel.SMS, "ideas", "en", Status.SENT, "What would you build?")
    said = [
        TranscriptEntry(reference, seq, NOW, "in", Channel.SMS, "ideas", language, Status.RECEIVED, text)
        for seq, text in enumerate(texts, start=2)
    ]
    return ParticipantTranscript(reference, role, AgeBand.EIGHT_TO_ELEVEN, "complete", [asked, *said])


@dataclass(frozen=True)
class InMemory:
    """Reads what it was given, some at a time."""

    people: Sequence[ParticipantAnswers] = ()
    talks: Sequence[ParticipantTranscript] = ()

    async def answer_pages(self, slug: str, *, equality: bool = False) -> AsyncGenerator[list[ParticipantAnswers]]:
        del slug
        apart = set() if equality else {"needs"}
        for start in range(0, len(self.people), 7):
            yield [
                replace(one, answers={code: answer for code, answer in one.answers.items() if code not in apart})
                for one in self.people[start : start + 7]
            ]

    async def transcript_pages(self, slug: str) -> AsyncGenerator[list[ParticipantTranscript]]:
        del slug
        for talk in self.talks:
            yield [talk]

    async def participants(self, slug: str) -> int:
        del slug
        return len(self.people)

    async def messages(self, slug: str) -> int:
        del slug
        return sum(len(talk.entries) for talk in self.talks)


def a_wish(subject: Subject, kind: Kind, *, filters: Filters | None = None, equality: bool = False) -> Wish:
    return Wish(PARK, subject, kind, filters or Filters(), equality=equality)


async def made(
    path: Path,
    wish: Wish,
    *people: ParticipantAnswers,
    talks: Sequence[ParticipantTranscript] = (),
    older: Sequence[Consultation] = (),
) -> Manifest:
    """Makes an export of these people. What would go into the record goes nowhere."""
    source = Source(wish, cast("Reader", InMemory(people, talks)), (wish.consultation, *older))

    async def record() -> None: ...

    done = await Making(source, path, NOW, lambda _total: lambda _more: None, record).made()
    return done.manifest


def left_in(folder: Path) -> list[str]:
    """Everything in a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
