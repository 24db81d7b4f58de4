"""Every part of the benchmarks by its name: what it measures, and how it tells what it found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import (
    aims,
    database_alone,
    exporting,
    growth,
    inbound,
    labelling,
    peer,
    sending,
    starting,
    stepping,
)
from benchmarks.aims import Figure
from benchmarks.effort import Effort
from benchmarks.exporter import BIG_ASK
from benchmarks.inbound import Inbound
from benchmarks.load import CONNECTIONS, Measured
from benchmarks.people import Channel
from benchmarks.stage import Databases
from benchmarks.tables import table

_NAMES: Final = {Channel.SMS: "SMS", Channel.TELEGRAM: "Telegram", Channel.WEB: "web"}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where it is measured, and how much."""

    sqlite: Databases
    postgresql: Databases
    folder: Path
    effort: Effort

    @property
    def kinds(self) -> tuple[Databases, Databases]:
        return self.sqlite, self.postgresql


@dataclass(frozen=True, slots=True)
class Found:
    """What a part says at the end."""

    text: str
    figures: tuple[Figure, ...] = ()
    """Those that have an aim."""
    ratios: tuple[Figure, ...] = ()
    """Those of them that are drawn."""


Part = Callable[[Bench], Found]


def _say(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


def _inbound(bench: Bench) -> Found:
    found: list[Inbound] = []
    for kind, workers in ((bench.sqlite, 1), (bench.postgresql, 1), (bench.postgresql, 2)):
        for channel in Channel:
            _say(f"{_NAMES[channel]} on {kind.kind}, {_workers(workers)}")
            found.append(inbound.measure(kind, workers, channel, bench.folder, bench.effort))
    heads = ("inbound", "database", "workers", "msg/s", "floor", "ratio", "CPU ms", "floor", "p50 ms", "p99 ms")
    lines = (
        table((*heads, "p99 at half load"), [_row(one) for one in found], words=2),
        f"{CONNECTIONS} people at once; medians of {bench.effort.rounds} rounds by turns, floor in as many processes.",
        "A message on the web is the form and the page after it.",
    )
    ratios = tuple(Figure(_name(one), one.ratio, aims.FLOOR[one.database]) for one in found)
    costs = [Figure(f"{_name(one)}, CPU for a message", _cpu(one.service), aims.CPU) for one in found]
    slow = [Figure(f"{_name(one)}, p99 at half load", one.half.p99_ms, aims.P99_AT_HALF) for one in found]
    return Found("\n".join(lines), (*ratios, *costs, *slow), ratios)


def _name(one: Inbound) -> str:
    return f"{_NAMES[one.channel]} on {one.database}, {_workers(one.workers)}"


def _workers(count: int) -> str:
    return "1 worker" if count == 1 else f"{count} workers"


def _row(one: Inbound) -> tuple[str, ...]:
    return (
        _NAMES[one.channel],
        one.database,
        str(one.workers),
        f"{_rate(one.service):.0f}",
        f"{_rate(one.floor):.0f}",
        f"{one.ratio:.2f}",
        f"{_cpu(one.service):.2f}",
        f"{_cpu(one.floor):.2f}",
        f"{median(run.p50_ms for run in one.service):.0f}",
        f"{median(run.p99_ms for run in one.service):.0f}",
        f"{one.half.p99_ms:.0f}",
    )


def _rate(runs: list[Measured]) -> float:
    return median(run.per_second for run in runs)


def _cpu(runs: list[Measured]) -> float:
    return median(run.cpu_ms for run in runs)


def _peer(bench: Bench) -> Found:
    _say("Telegram beside the usual bot")
    found = peer.measure(bench.sqlite, bench.folder, bench.effort)
    text = (
        f"beside the bot that most people would write, Telegram on SQLite: {_rate(found.service):.0f} msg/s and"
        f" {_rate(found.bot):.0f}, {found.ratio:.1f} times; CPU {_cpu(found.service):.2f} ms and {_cpu(found.bot):.2f}"
    )
    figure = Figure("Telegram, against the usual bot", found.ratio, aims.USUAL_BOT)
    return Found(text, (figure,), (figure,))


def _database(bench: Bench) -> Found:
    lines: list[str] = []
    for kind in bench.kinds:
        _say(f"{kind.kind} alone")
        found = database_alone.measure(kind, bench.folder, bench.effort)
        pgbench = "" if found.pgbench is None else f"; pgbench: {found.pgbench:.0f}"
        lines.append(f"{kind.kind} alone, one commit for each row: {found.per_second:.0f} rows/s{pgbench}")
    return Found("\n".join(lines))


def _sending(bench: Bench) -> Found:
    lines: list[str] = []
    figures: list[Figure] = []
    for kind in bench.kinds:
        _say(f"sending from {kind.kind}")
        sent = sending.measure(kind, bench.folder, bench.effort)
        lines.append(f"sending from {kind.kind}: {sent.per_second:.0f} replies/s, {sent.cpu_ms:.2f} ms CPU for each")
        figures.append(Figure(f"sending from {kind.kind}, CPU for a reply", sent.cpu_ms, aims.CPU))
    return Found("\n".join(lines), tuple(figures))


def _growth(bench: Bench) -> Found:
    _say(f"growth to {bench.effort.sizes[-1]:,} participants")
    found = growth.measure(bench.postgresql, bench.folder, bench.effort)
    first, last = found[0], found[-1]
    heads = ("participants in PostgreSQL", "msg/s", "CPU ms", "to the first")
    rows = [
        (f"{one.participants:,}", f"{one.per_second:.0f}", f"{one.cpu_ms:.2f}", f"{one.cpu_ms / first.cpu_ms:.2f}")
        for one in found
    ]
    what = f"CPU for a message with {last.participants:,} participants, to that with {first.participants:,}"
    return Found(table(heads, rows), (Figure(what, last.cpu_ms / first.cpu_ms, aims.GROWTH),))


def _export(bench: Bench) -> Found:
    lines: list[str] = []
    figures: list[Figure] = []
    for kind in bench.kinds:
        _say(f"export of {bench.effort.exported:,} participants from {kind.kind}")
        found = exporting.measure(kind, bench.folder, bench.effort)
        lines.append(
            f"export of {found.rows:,} participants' answers from {kind.kind}: {found.per_second:.0f} rows/s,"
            f" {found.peak_mib:.0f} MiB; {BIG_ASK:,} would take {found.big_ask_seconds:.0f} s"
        )
        figures.append(Figure(f"export of {BIG_ASK:,} from {kind.kind}", found.big_ask_seconds, aims.EXPORT))
        figures.append(Figure(f"export from {kind.kind}, memory", found.peak_mib, aims.EXPORT_MEMORY))
    return Found("\n".join(lines), tuple(figures))


def _language(bench: Bench) -> Found:
    _say("language labelling")
    found = labelling.measure(bench.effort)
    return Found(
        f"language of an answer, {len(labelling.LANGUAGES)} languages loaded: {found.all:.0f} µs (short ones"
        f" {found.short:.0f}, long ones {found.long:.0f}); {found.right} of {found.texts} right"
    )


def _starting(bench: Bench) -> Found:
    _say("starting")
    found = starting.measure(bench.sqlite, bench.folder, bench.effort)
    figures = (
        Figure("start to first 200", found.seconds, aims.START),
        Figure("idle memory of a worker", found.idle_mib, aims.IDLE),
    )
    text = f"start to first 200: {found.seconds:.2f} s; idle memory of a worker: {found.idle_mib:.0f} MiB"
    return Found(text, figures)


def _stepping(bench: Bench) -> Found:
    _say("stepping")
    found = stepping.measure(bench.effort)
    return Found(
        f"one step in memory: {found.step:.0f} µs; its words: {found.words:.0f}; its state to bytes and back:"
        f" {found.state:.0f}"
    )


PARTS: Final[Mapping[str, Part]] = {
    "inbound": _inbound,
    "peer": _peer,
    "database": _database,
    "sending": _sending,
    "growth": _growth,
    "export": _export,
    "language": _language,
    "starting": _starting,
    "stepping": _stepping,
}
