"""The arithmetic of `docs/scale.md`: what follows there follows from what goes in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from bot.channels.telegram import TelegramChannel
from bot.config import Settings
from tests.support.source import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text()
ROW = re.compile(r"^\| ([^|]+) \| (.+) \|$")
CHANNELS = ("web", "SMS", "Telegram")
HOUR = 3600


def rows(heading: str) -> dict[str, list[str]]:
    """Every line of the tables under a heading: its name, and its cells."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = [match for line in part.splitlines() if (match := ROW.match(line))]
    return {match[1]: [cell.strip() for cell in match[2].split("|")] for match in found}


@dataclass(frozen=True, slots=True)
class Inputs:
    """The first two tables."""

    people: Mapping[str, list[float]]
    """What one person takes, on each of the channels."""
    all: Mapping[str, float]

    def each(self, name: str, *channels: str) -> float:
        """The mean of a line over everybody, counting only these channels."""
        shares = self.people["share of the people, %"]
        return sum(
            shares[place] / 100 * self.people[name][place]
            for place, channel in enumerate(CHANNELS)
            if channel in (channels or CHANNELS)
        )

    @property
    def busiest(self) -> float:
        """What share of everything comes in one second of the busiest hour."""
        return self.all["share of everything that comes in the busiest hour, %"] / 100 / HOUR

    @property
    def busy(self) -> float:
        return self.all["how busy a processor may be, %"] / 100

    def service(self, people: float) -> float:
        """Processors that the service keeps busy in the busiest hour."""
        received = self.each("messages in") * self.all["CPU of the service for a message in, ms"]
        sent = self.each("replies", "SMS", "Telegram") * self.all["CPU of the service for a reply sent, ms"]
        return people * self.busiest * (received + sent) / 1000 / self.busy

    def database(self, people: float) -> float:
        """Processors that PostgreSQL keeps busy in the busiest hour."""
        cpu = sum(
            (self.each("messages in", channel) + self.each("replies", channel))
            * self.people["CPU of PostgreSQL for a message either way, ms"][place]
            for place, channel in enumerate(CHANNELS)
        )
        return people * self.busiest * cpu / 1000 / self.busy

    def segments(self, people: float) -> float:
        """Of all texts that are sent."""
        return people * self.each("replies", "SMS") * self.all["segments of a text message"]

    def workers(self, people: float) -> int:
        return max(2, math.ceil(self.service(people)))

    def gigabytes(self, people: float) -> float:
        return people * self.each("bytes in PostgreSQL") / 1e9


def inputs() -> Inputs:
    cells = rows("What goes in")
    per_person = {name: [float(cell) for cell in given] for name, given in cells.items() if _numbers(given, 3)}
    return Inputs(per_person, {name: float(given[0]) for name, given in cells.items() if _numbers(given, 1)})


def _numbers(cells: list[str], count: int) -> bool:
    return len(cells) == count and all(re.fullmatch(r"[\d.]+", cell) for cell in cells)


GIVEN = inputs()
FORMULAS: Mapping[str, Callable[[float], float]] = {
    "people": int,
    "messages in": lambda people: people * GIVEN.each("messages in"),
    "replies": lambda people: people * GIVEN.each("replies"),
    "messages in, a second, in the busiest hour": lambda people: people * GIVEN.busiest * GIVEN.each("messages in"),
    "segments a second in the busiest hour": lambda people: GIVEN.segments(people) * GIVEN.busiest,
    "Telegram messages a second in the busiest hour": (
        lambda people: people * GIVEN.busiest * GIVEN.each("replies", "Telegram")
    ),
    "processors for the service": GIVEN.service,
    "workers, two at least": GIVEN.workers,
    "connections to PostgreSQL": lambda people: int(GIVEN.workers(people) * GIVEN.all["connections of a worker"]),
    "processors for PostgreSQL": GIVEN.database,
    "database, GB": GIVEN.gigabytes,
    "written ahead in all, GB": lambda people: people * GIVEN.each("bytes written ahead (WAL)") / 1e9,
    "hours to restore the database": (
        lambda people: GIVEN.gigabytes(people) * 1000 / GIVEN.all["megabytes a second that a restore writes"] / HOUR
    ),
    "long numbers for the busiest hour": lambda people: _needed(people, "segments a second from a long number"),
    "short codes for the busiest hour": lambda people: _needed(people, "segments a second from a short code"),
    "Telegram bots for the busiest hour": lambda people: math.ceil(
        people * GIVEN.busiest * GIVEN.each("replies", "Telegram") / GIVEN.all["messages a second from a Telegram bot"]
    ),
    "days to send all texts from one long number": (
        lambda people: GIVEN.segments(people) / GIVEN.all["segments a second from a long number"] / (24 * HOUR)
    ),
}


def _needed(people: float, pace: str) -> int:
    return math.ceil(GIVEN.segments(people) * GIVEN.busiest / GIVEN.all[pace])


def shown(value: float) -> str:
    """Whole numbers whole, everything else to two figures that count."""
    if isinstance(value, int):
        return f"{value:,}"
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"


def test_every_number_that_follows_follows_from_what_goes_in() -> None:
    table = rows("What follows")
    names = list(table)
    assert names == list(FORMULAS)
    scenarios = [int(cell.replace(",", "")) for cell in table["people"]]
    assert len(scenarios) == 3
    wanted = {name: [shown(FORMULAS[name](people)) for people in scenarios] for name in names}
    stale = [f"| {name} | {' | '.join(wanted[name])} |" for name in names if table[name] != wanted[name]]
    assert not stale, "docs/scale.md: these lines have to say\n" + "\n".join(stale)


def test_the_sentences_say_what_the_table_says() -> None:
    sentences = " ".join(PAGE.split())
    table = rows("What follows")
    rate, numbers = (
        table[name][1] for name in ("messages in, a second, in the busiest hour", "long numbers for the busiest hour")
    )
    assert f"is {rate} messages a second in its busiest hour" in sentences
    assert f"a short code, or {numbers} long numbers" in sentences


def test_what_ends_first_follows_from_what_goes_in_too() -> None:
    wanted = {
        "people whose busiest hour takes 32 processors of PostgreSQL": shown(32 / GIVEN.database(1)),
        "people whose database is 4 TB": shown(4000 / GIVEN.gigabytes(1)),
    }
    assert rows("What ends first") == {name: [value] for name, value in wanted.items()}


def test_what_goes_in_is_whole() -> None:
    assert set(GIVEN.people) == {
        "share of the people, %",
        "messages in",
        "replies",
        "bytes in PostgreSQL",
        "bytes written ahead (WAL)",
        "CPU of PostgreSQL for a message either way, ms",
    }
    assert sum(GIVEN.people["share of the people, %"]) == 100
    assert len(GIVEN.all) == 10


def test_the_paces_that_it_reckons_with_are_those_of_the_code() -> None:
    assert TelegramChannel.pace.per_second == GIVEN.all["messages a second from a Telegram bot"]
    source = (ROOT / "storage" / "postgres.py").read_text()
    assert f"_POOL = {GIVEN.all['connections of a worker']:.0f}\n" in source
    twilio = {"SAYSO_TWILIO_ACCOUNT_SID": "AC1", "SAYSO_TWILIO_AUTH_TOKEN": "t", "SAYSO_TWILIO_FROM": "+447700900456"}
    settings = Settings.load(twilio)
    assert settings.twilio is not None
    assert settings.twilio.per_second == GIVEN.all["segments a second from a long number"]


@pytest.mark.parametrize(
    ("value", "text"), [(44000, "44,000"), (2451138.8, "2,500,000"), (13.6, "14"), (4.64, "4.6"), (0.0144, "0.014")]
)
def test_a_number_is_shown_to_two_figures_that_count(value: float, text: str) -> None:
    assert shown(value) == text
