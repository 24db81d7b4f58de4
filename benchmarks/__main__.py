"""`python -m benchmarks`: every measurement, and one table at the end. About four minutes; the machine should be idle.

Needs Linux (CPU times are read from /proc), two processors, and a PostgreSQL as the tests do.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import inbound, sending, stage, starting, stepping
from benchmarks.inbound import Inbound
from benchmarks.load import CONNECTIONS
from benchmarks.people import Channel
from benchmarks.sending import Sent
from benchmarks.tables import table

_HEADS = ("inbound", "database", "msg/s", "floor", "ratio", "CPU ms", "floor", "p50 ms", "p99 ms", "p99 at half load")
_AIMS = """\
Aims: ratio 1.0 on PostgreSQL and 2.0 on SQLite (SMS); CPU 0.4 ms for one message either way; p99 at half load 50 ms;
first 200 within 1.5 s; idle memory under 150 MiB."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="sayso-benchmarks-") as place:
        folder = Path(place)
        with stage.databases(folder) as kinds:
            received: list[Inbound] = []
            sent: dict[str, Sent] = {}
            for kind in kinds:
                for channel in Channel:
                    _say(f"{channel} on {kind.kind}")
                    received.append(inbound.measure(kind, channel, folder))
                _say(f"sending from {kind.kind}")
                sent[kind.kind] = sending.measure(kind, folder)
            _say("starting")
            started = starting.measure(kinds[0], folder)
            _say("stepping")
            stepped = stepping.measure()
    print(table(_HEADS, [_row(one) for one in received]), end="\n\n")
    print(f"{CONNECTIONS} people at once; medians of {inbound.ROUNDS} rounds, service and floor by turns. Replies are")
    print("queued, and go out at the providers' own pace meanwhile; sending is measured by itself:")
    for line in _sentences(sent, started, stepped):
        print(f"- {line}")
    print(_AIMS)


def _row(one: Inbound) -> tuple[str, ...]:
    return (
        one.channel.value,
        one.database,
        f"{median(run.per_second for run in one.service):.0f}",
        f"{median(run.per_second for run in one.floor):.0f}",
        f"{one.ratio:.2f}",
        f"{median(run.cpu_ms for run in one.service):.2f}",
        f"{median(run.cpu_ms for run in one.floor):.2f}",
        f"{median(run.p50_ms for run in one.service):.0f}",
        f"{median(run.p99_ms for run in one.service):.0f}",
        f"{one.half.p99_ms:.0f}",
    )


def _sentences(sent: dict[str, Sent], started: starting.Starting, stepped: stepping.Stepping) -> Iterator[str]:
    for kind, one in sent.items():
        yield f"sending from {kind}: {one.per_second:.0f} replies/s, {one.cpu_ms:.2f} ms CPU, claimed to marked sent"
    yield f"one step in memory: {stepped.step:.0f} µs; its words: {stepped.words:.0f}; its state: {stepped.state:.0f}"
    yield f"start to first 200: {started.seconds:.1f} s; idle memory of a worker: {started.idle_mib:.0f} MiB"


def _say(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
