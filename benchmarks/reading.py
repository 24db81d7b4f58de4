"""Reading answers in the console, however many there are, and what redactions cost an export.

`python -m benchmarks.reading PEOPLE` fills both databases with so many people (five questions each, three of them in
own words) and prints milliseconds for each kind of page: the median of twenty, and the slowest. Then it reads all
answers as an export does, by turns: without looking for redactions, with none there, and with a thousand.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final
from unittest.mock import patch

from benchmarks import bulk, stage
from benchmarks.filling import Filler
from flows.redaction import Kind, Span
from flows.values import Text
from storage import streams
from storage.audit import Deed
from storage.database import Database
from storage.reading import ReadAnswer, Wanted
from storage.redactions import NOTHING
from tests.support.town import KEY, NOON

_TIMES: Final = 20
_REDACTED: Final = 1_000
_TURNS: Final = 3
_FEW: Final = 10_000
"""People in the smallest database that says anything."""


def _nobody_said(answer: ReadAnswer) -> bool:
    return isinstance(answer.value, Text) and "zzzz" in answer.value.text.casefold()


async def _timed(name: str, look: Callable[[], Awaitable[object]]) -> None:
    took = []
    for _ in range(_TIMES):
        began = perf_counter()
        await look()
        took.append((perf_counter() - began) * 1000)
    print(f"  {name}: {median(took):.1f} ms, slowest {max(took):.1f} ms", flush=True)


async def _pages(database: Database, question: str, deep: str) -> None:
    reading = database.reading
    places = {"first": "", "far on": deep}
    wanted = {
        "all answers": (Wanted(question), None),
        "one age band on two channels": (Wanted(question, bands=("8-11",), channels=("sms", "web")), None),
        "a filter that nothing passes": (Wanted(question, roles=("nobody",)), None),
        "words that nobody said": (Wanted(question), _nobody_said),
    }
    for what, (asked, fits) in wanted.items():
        for where, after in places.items():

            async def look(asked: Wanted = asked, fits: object = fits, after: str = after) -> object:
                return await reading.page(
                    stage.SLUG, asked, after=after, fits=_nobody_said if fits is not None else None
                )

            await _timed(f"{what}, {where}", look)
    await _timed("a whole conversation", lambda: reading.conversation(stage.SLUG, deep))


async def _all(database: Database) -> float:
    began = perf_counter()
    async with database.snapshot() as reader, aclosing(reader.answer_pages(stage.SLUG)) as pages:
        async for _ in pages:
            pass
    return perf_counter() - began


async def _export(database: Database, question: str, references: list[str]) -> None:
    async def none(*_: object, **__: object) -> object:
        return NOTHING

    without, empty = [], []
    for _ in range(_TURNS):
        with patch.object(streams, "covers", none):
            without.append(await _all(database))
        empty.append(await _all(database))
    redacted = 0
    for reference in references:
        answer = await database.redactions.find(stage.SLUG, reference, question, 1)
        if answer is not None and answer.text:
            deed = Deed(NOON, "officer@council.example", "answer.redacted", stage.SLUG, reference, "measured")
            await database.redactions.remove(stage.SLUG, answer, [Span(0, len(answer.text), Kind.OTHER)], deed)
            redacted += 1
        if redacted == _REDACTED:
            break
    some = [await _all(database) for _ in range(_TURNS)]
    told = zip(("not looked for", "none there", f"{redacted} there"), (without, empty, some), strict=True)
    print("  all answers read, redactions", ", ".join(f"{name}: {median(took):.2f} s" for name, took in told))


async def _measure(kind: stage.Databases, people: int) -> None:
    url = kind.make("reading")
    await (await Filler.prepared()).fill(url, 0, people)
    if kind.server is not None:
        await bulk.settle(url)
    database = await Database.open(url, secret=KEY.encode())
    try:
        references, answers, question = [], 0, ""
        async for person in database.answers(stage.SLUG):
            references.append(person.reference)
            answers += len(person.answers)
            own = [code for code, given in person.answers.items() if isinstance(given.value, Text)]
            question = question or next(iter(own), "")
        print(f"{kind.kind}, {len(references)} people, {answers} answers", flush=True)
        await _pages(database, question, references[len(references) * 9 // 10])
        await _export(database, question, references)
    finally:
        await database.close()


def main(people: int) -> None:
    """Measures on both databases, one after the other."""
    with TemporaryDirectory(prefix="sayso-reading-") as folder, stage.databases(Path(folder)) as kinds:
        for kind in kinds:
            asyncio.run(_measure(kind, people))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _FEW)
