"""What the Big Ask has to tell: its figures, and by name whatever falls short of its aim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.big_ask_check import Account
from benchmarks.big_ask_load import Run
from benchmarks.big_ask_people import Crowd
from benchmarks.big_ask_provider import HandedOver
from benchmarks.big_ask_usage import TENTHS, Spent, Stretch
from benchmarks.tables import table
from bot.channels.telegram import TelegramChannel
from flows.messages import Channel

FULL: Final = 557_077
"""The responses to the Children's Commissioner's Big Ask of 2021."""
WHOLE_MINUTES: Final = 60
FLAT: Final = 1.2
"""What a message of the last tenth may cost, for one of the first."""
EXPORT_SECONDS: Final = 60
EXPORT_MIB: Final = 300
_MIB: Final = 1 << 20
_MOST_NAMED: Final = 10
_HEADS: Final = ("tenth", "messages", "a second", "ms", "service", "database", "generator", "providers")


@dataclass(frozen=True, slots=True)
class Held:
    """What holding it came to."""

    crowd: Crowd
    run: Run
    tenths: Sequence[Stretch]
    conversing: Spent
    """Until the last message was taken."""
    spent: Spent
    """Until the last text was handed over too."""
    worker_mib: float
    """The most that any worker held."""
    database_bytes: int
    handed_over: Mapping[Channel, HandedOver]
    complaints: Counter[str]
    """Warnings and errors in the service's log."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One export."""

    path: Path
    seconds: float
    peak_mib: float
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Told:
    """All of it."""

    held: Held
    answers: Exported
    transcripts: Exported
    account: Account
    settle_seconds: float
    whole_seconds: float

    @property
    def wall_ratio(self) -> float:
        return self._ratio([one.wall_ms for one in self.held.tenths])

    @property
    def service_ratio(self) -> float:
        return self._ratio([one.service_ms for one in self.held.tenths])

    @staticmethod
    def _ratio(costs: Sequence[float]) -> float:
        return costs[-1] / costs[0]

    @property
    def is_full(self) -> bool:
        return self.held.crowd.size >= FULL

    @property
    def full_minutes(self) -> float:
        """How long the whole took; of a smaller run, how long the conversations alone would take for everybody."""
        if self.is_full:
            return self.whole_seconds / 60
        return self.held.conversing.seconds / 60 * FULL / self.held.crowd.size


def lines(told: Told) -> Iterator[str]:
    """The report."""
    figures = list(_figures(told))
    width = max(len(name) for name, _ in figures)
    yield from (f"{name.ljust(width)}  {value}" for name, value in figures)
    yield ""
    yield table(_HEADS, [_tenth(place, one) for place, one in enumerate(told.held.tenths, 1)])
    yield "Milliseconds for one message that came in, with its replies and its page; all but the first are CPU time."
    yield ""
    yield f"Differences between what was sent and what was exported: {told.account.differences}"
    yield from (f"- {line}" for line in told.account.listed)
    if more := told.account.differences - len(told.account.listed):
        yield f"- and {more} more"
    if gave_up := told.held.run.gave_up:
        yield f"People who went away, because they were not answered as they should have been: {len(gave_up)}"
        yield from (f"- {why}" for why in gave_up[:_MOST_NAMED])
    if told.held.complaints:
        yield "Warnings and errors in the log of the service:"
        yield from (f"- {count:,} times: {text}" for text, count in told.held.complaints.most_common(_MOST_NAMED))
    yield ""
    short = list(shortfalls(told))
    yield "Short of its aim:" if short else "Nothing is short of its aim."
    yield from (f"- {line}" for line in short)


def _figures(told: Told) -> Iterator[tuple[str, str]]:
    held, account, run = told.held, told.account, told.held.run
    spent = Stretch(run.messages, held.spent)
    yield "participants", f"{held.crowd.size:,}"
    yield "messages in", f"{run.messages:,}"
    yield "messages out", f"{account.messages['out']:,}"
    yield "pages shown", f"{run.pages:,}"
    yield "turned away with 503 and sent again", f"{run.again:,}"
    yield "conversations, seconds", f"{held.conversing.seconds:.1f}"
    yield "messages in, a second", f"{run.messages / held.conversing.seconds:.0f}"
    yield "a message, p50 / p99", f"{run.delays.quantile_ms(0.5):.0f} / {run.delays.quantile_ms(0.99):.0f} ms"
    yield "a page, p50 / p99", f"{run.page_delays.quantile_ms(0.5):.0f} / {run.page_delays.quantile_ms(0.99):.0f} ms"
    for name, seconds in (
        ("service", held.spent.service),
        ("database", held.spent.postgres),
        ("load generator", held.spent.generator),
        ("providers", held.spent.providers),
    ):
        yield f"CPU for a message in: {name}", f"{spent.each_ms(seconds):.3f} ms"
    yield "processors in use", f"{held.spent.everybody / held.spent.seconds:.2f}"
    yield "most memory of a worker", f"{held.worker_mib:.0f} MiB"
    yield "database on disk", f"{held.database_bytes / _MIB:,.0f} MiB"
    yield "texts handed to Twilio", f"{held.handed_over[Channel.SMS].count:,}"
    yield "waited for the last of them, seconds", f"{held.spent.seconds - held.conversing.seconds:.1f}"
    yield from _telegram(told)
    for what, one in (("answers", told.answers), ("transcripts", told.transcripts)):
        size = f"{one.size / _MIB:.1f} MiB"
        yield f"export of the {what}", f"{one.seconds:.1f} s, {one.peak_mib:.0f} MiB of memory, {size} of file"
    yield "comparing, seconds", f"{told.settle_seconds:.1f}"
    yield "the whole", f"{told.whole_seconds / 60:.1f} minutes"
    if not told.is_full:
        yield f"conversations of {FULL:,} at this pace", f"{told.full_minutes:.0f} minutes"
    yield "last tenth to first, wall", f"{told.wall_ratio:.2f}"
    yield "last tenth to first, CPU of the service", f"{told.service_ratio:.2f}"


def _telegram(told: Told) -> Iterator[tuple[str, str]]:
    sent = told.held.handed_over[Channel.TELEGRAM].count
    queued = told.account.replies[Channel.TELEGRAM, "queued"]
    pace = TelegramChannel.pace.per_second
    yield "replies handed to Telegram", f"{sent:,}"
    yield "replies still queued for Telegram", f"{queued:,}"
    yield f"these would take, at its {pace:g} a second", f"{queued / pace / 60:.1f} minutes"


def _tenth(place: int, one: Stretch) -> tuple[str, ...]:
    spent = one.spent
    shares = (spent.service, spent.postgres, spent.generator, spent.providers)
    return (
        *(f"{place} of {TENTHS}", f"{one.messages:,}", f"{one.messages / spent.seconds:.0f}"),
        f"{one.wall_ms:.2f}",
        *(f"{one.each_ms(seconds):.2f}" for seconds in shares),
    )


def shortfalls(told: Told) -> Iterator[str]:
    """Whatever misses its aim, in words."""
    held, account = told.held, told.account
    if account.differences:
        yield f"{account.differences} differences between what was sent and what was exported; the aim is none"
    if told.full_minutes >= WHOLE_MINUTES:
        what = "the whole took" if told.is_full else f"the conversations of {FULL:,} would take, at this pace,"
        yield f"{what} {told.full_minutes:.0f} minutes; the aim for the whole is under {WHOLE_MINUTES}"
    for name, ratio in (("time", told.wall_ratio), ("CPU time of the service", told.service_ratio)):
        if ratio > FLAT:
            yield f"a message in the last tenth took {ratio:.2f} times the {name} of the first; the aim is {FLAT}"
    if told.answers.seconds >= EXPORT_SECONDS:
        yield f"the export of the answers took {told.answers.seconds:.0f} s; the aim is under {EXPORT_SECONDS}"
    if told.answers.peak_mib >= EXPORT_MIB:
        yield f"the export of the answers held {told.answers.peak_mib:.0f} MiB; the aim is under {EXPORT_MIB}"
    if unsent := account.replies[Channel.SMS, "queued"]:
        yield f"{unsent:,} texts were still queued when nobody waited any longer"
    if held.run.again:
        yield f"{held.run.again:,} messages were turned away with 503 and had to be sent again"
