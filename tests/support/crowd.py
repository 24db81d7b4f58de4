"""People who go on answering whatever happens to the service, and the account that is settled with it afterwards."""

from __future__ import annotations

import asyncio
import json
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot import export_command
from bot.config import Settings
from storage.database import Database
from tests.support.processes import Neighbourhood
from tests.support.town import KEY, until

SLUG = "herefordshire-2018"
OPEN = "2018-03-01T12:00:00+00:00"
A_LEASE_LATER = "2018-03-01T12:05:00+00:00"
"""What a killed sender had in hand may be sent by others by then."""
DRAIN_SECONDS = 80.0
"""Longer than a lease: a claim may be committed just as the database goes, and then nobody knows that it was theirs."""
# What people really write: space at the ends, quotation marks, a formula, other scripts, an emoji.
WORDS = (
    '  Somewhere warm to go, "always" ',
    "=1+1 llefydd i’w chwarae",
    "Тепло — і їжа 🚌",
    "O'Neill; -- nothing\nelse",
)
EVERY_THIRD = 3
"""So many of the people text; the others chat."""
FEW, MANY = 8, 32


@dataclass(slots=True)
class Person:
    """Somebody who says five things, each as soon as the one before was taken or given up."""

    name: str
    texting: bool
    said: list[str] = field(default_factory=list[str])
    """In order, as it was meant to arrive."""

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(f"{word} / {self.name}" for word in WORDS[:3])

    async def live(self, there: Neighbourhood, *, pause: float) -> None:
        opening = "PLAN" if self.texting else f"/start {SLUG}"
        for text in (opening, "parent", *self.answers):
            self.said.append(text)
            if self.texting:
                await there.twilio.phone(self.address).text(text)
            else:
                await there.telegram.chat(int(self.address)).say(text)
            await asyncio.sleep(pause)

    @property
    def address(self) -> str:
        number = int(self.name.rpartition(" ")[2])
        return f"+447911{123000 + number}" if self.texting else f"{700900000 + number}"

    def heard(self, there: Neighbourhood) -> list[str]:
        if self.texting:
            return [message.text for message in there.twilio.phone(self.address).heard]
        return [message.text for message in there.telegram.chat(int(self.address)).heard]


class Crowd:
    """New people every moment, for as long as it is busy; the providers deliver again until everything is taken."""

    def __init__(self, there: Neighbourhood, *, a_second: float = 8, pause: float = 0.1) -> None:
        self.there = there
        self.people: list[Person] = []
        self._every = 1 / a_second
        self._pause = pause
        there.twilio.retries = 200
        there.twilio.retry_seconds = 0.2

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Load for as long as the context lasts; afterwards everybody who began has said everything."""
        ended = asyncio.Event()
        delivering = asyncio.create_task(self._deliver_again())
        try:
            async with asyncio.TaskGroup() as lives:
                lives.create_task(self._come(lives, ended))
                try:
                    yield
                finally:
                    ended.set()
            await until(lambda: self.there.telegram.pending == 0, within=DRAIN_SECONDS)
        finally:
            delivering.cancel()

    async def _come(self, lives: asyncio.TaskGroup, ended: asyncio.Event) -> None:
        while not ended.is_set() and len(self.people) < MANY:
            number = len(self.people) + 1
            person = Person(f"person {number}", texting=number % EVERY_THIRD == 0)
            self.people.append(person)
            lives.create_task(person.live(self.there, pause=self._pause))
            await asyncio.sleep(self._every)

    async def _deliver_again(self) -> None:
        while True:
            await asyncio.sleep(0.3)
            self.there.telegram.redeliver()


async def exported(there: Neighbourhood, what: str) -> list[dict[str, Any]]:
    """What an officer would be given. The command refuses an export that does not balance with what was received."""
    parser = ArgumentParser()
    export_command.add_arguments(parser)
    with TemporaryDirectory() as folder:
        output = Path(folder) / "export.jsonl"
        arguments = parser.parse_args([SLUG, what, "--format", "jsonl", "--output", str(output)])
        # In a thread of this process, because starting another one takes longer than the export.
        assert await asyncio.to_thread(export_command.run, Settings.load(there.serve.env), arguments) == 0
        return [json.loads(line) for line in output.read_text("utf-8").split("\n") if line]


async def nothing_lost(crowd: Crowd, *, repeats: int = 0) -> None:
    """Everything that was taken is there once, in order, under the right person, unaltered; and so are the replies.

    `repeats` is how many replies may have gone out twice: one for each that was on its way when its sender was killed.
    """
    there, people = crowd.there, crowd.people
    assert len(people) > FEW, "a fault without load proves little"
    transcripts, answers, replies = await asyncio.gather(
        exported(there, "transcripts"), exported(there, "answers"), _replies(there)
    )
    kept = by_person(transcripts, "in")
    assert sorted(kept.values()) == sorted(tuple(person.said) for person in people)
    owners = {said: reference for reference, said in kept.items()}
    given = {row["reference"]: (row["issue"], row["evidence"], row["actions"]) for row in answers}
    assert given == {owners[tuple(person.said)]: person.answers for person in people}
    again = 0
    for person in people:
        heard, meant = person.heard(there), replies[owners[tuple(person.said)]]
        assert tuple(_without_repeats(heard)) == meant, f"{person.name} heard {heard}"
        again += len(heard) - len(meant)
    assert again <= repeats


async def _replies(there: Neighbourhood) -> dict[str, tuple[str, ...]]:
    """What we think that we said to each person, as soon as nothing waits to be sent."""
    database = await Database.open(there.serve.env["SAYSO_DATABASE_URL"], secret=KEY.encode())
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            # Other processes empty it: nothing here could tell.
            while any(depth.waiting for depth in (await database.queue_depth()).values()):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return by_person([asdict(entry) async for entry in database.transcripts(SLUG)], "out")
    finally:
        await database.close()


def by_person(rows: Sequence[Mapping[str, Any]], direction: str) -> dict[str, tuple[str, ...]]:
    """What each person said ("in"), or heard ("out"), by reference."""
    texts: dict[str, list[str]] = {}
    for row in rows:
        if row["direction"] == direction:
            texts.setdefault(row["reference"], []).append(row["text"])
    return {reference: tuple(said) for reference, said in texts.items()}


def _without_repeats(texts: Sequence[str]) -> list[str]:
    """A reply that came twice is not two replies; that it came twice is counted elsewhere."""
    return [text for place, text in enumerate(texts) if place == 0 or text != texts[place - 1]]
