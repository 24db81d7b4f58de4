"""The words that Sayso ships, as texts in their places, for tests that hold them to the rules of the ear."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.packs import system_words
from flows import events
from flows.definition import Consultation
from flows.effects import Notice
from flows.messages import Shows
from flows.pack import read
from flows.state import State
from flows.step import step
from flows.wording import Facts, compose

ROOT = Path(__file__).parents[2]
PACK = ROOT / "consultations" / "herefordshire-2018"
OURS = ROOT / "bot" / "wording"
SMS = Shows(buttons=False, emoji=False, joined=True, short=True, longest=600)
NOON = datetime(2018, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Caps:
    """Rule 4.1: the most that a band should have to read."""

    words_in_a_sentence: int
    words: int
    sentences: int


# The youngest file is for children of 6 and 7 as well as 4 and 5: the wider of their two caps.
CAPS = {
    "4-7": Caps(10, 30, 3),
    "8-11": Caps(12, 50, 4),
    "12-15": Caps(15, 70, 5),
    "16-25": Caps(20, 100, 6),
    "adult": Caps(20, 100, 6),
}

# These have to hold more than one message should: who to turn to, what is kept, every command. Each sentence is short.
LONG_BY_LAW = {"say.help", "say.privacy", "say.lobby_help", "sms.help", "sms.privacy"}

FILLED = {
    "authority": "Herefordshire Council",
    "contact": "childrens-plan@example.gov.uk",
    "help_lines": "call Childline on 0800 1111",
    "closing": "11:59pm on Friday 9 March 2018",
    "open_until": "11:59pm on Friday 9 March 2018",
    "opening": "Thursday 1 February 2018",
    "feedback_due": "Sunday 30 September 2018",
    "url": "https://sayso.example.gov.uk/chat/herefordshire-2018",
    "link": "https://sayso.example.gov.uk/chat/herefordshire-2018",
    "privacy_url": "https://sayso.example.gov.uk/privacy",
    "code": "K7M2QX",
    "language": "Cymraeg",
    "reason": "Snow has closed many schools.",
    "offers": "PLAN: A plan for children in Herefordshire",
    "example": "5",
    "example_label": "Not sure",
    "minimum": "1",
    "maximum": "5",
    "at_most": "3",
    "low": "sad",
    "high": "happy",
}


@dataclass(frozen=True)
class Said:
    """One text in its place."""

    file: str
    band: str
    key: str
    text: str
    values: Mapping[str, str] | None = None
    """What stands for the names in braces; `FILLED` where nothing is given."""

    @property
    def filled(self) -> str:
        values = FILLED if self.values is None else self.values
        return re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], name[1].upper()), self.text)

    @property
    def sentences(self) -> list[str]:
        return [sentence for sentence in re.split(r"(?<=[.!?؟])\s+|\n+", self.filled) if sentence.strip()]

    @property
    def notice(self) -> Notice | None:
        table, _, name = self.key.partition(".")
        return Notice(name) if table in {"say", "sms"} else None

    def __str__(self) -> str:
        return f"{self.file}:{self.key}"


def shipped(language: str, values: Mapping[str, str] | None = None) -> Iterator[Said]:
    """Every text in a language, of Sayso's own and of every pack's."""
    for path in sorted([*OURS.glob(f"{language}.*.toml"), *PACK.parent.glob(f"*/wording/{language}.*.toml")]):
        band = path.name.removeprefix(f"{language}.").removesuffix(".toml")
        name = path.name if path.parent == OURS else f"{path.parents[1].name}/{path.name}"
        for key, text in texts_in(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield Said(name, band, key, text, values)


def texts_in(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a wording file by their place in it, without synonyms and pictures."""
    for key, value in table.items():
        match value:
            case str():
                yield above + key, value
            case dict() if key not in {"synonyms", "pictures"}:
                yield from texts_in(value, f"{above}{key}.")
            case _:
                pass


@cache
def herefordshire() -> Consultation:
    """The pack as it is shipped."""
    files = {
        path.relative_to(PACK).as_posix(): path.read_text(encoding="utf-8")
        for path in (PACK / "consultation.toml", *PACK.glob("wording/*.toml"))
    }
    return read(files, system_words())


def texted(pack: Consultation, lines: Sequence[str], language: str = "en") -> list[str]:
    """What Sayso texts in a conversation, from the keyword to the thanks."""
    state, at, out = State(language=language), NOON, list[str]()
    facts = Facts(public_url="https://sayso.example.gov.uk", now=NOON)
    happened: list[events.Event] = [events.Began(at), *(events.Said(at, line) for line in lines)]
    for event in happened:
        at += timedelta(minutes=1)
        taken = step(pack, state, event, now=at)
        state = taken.state
        bubbles = compose(pack, state, taken.effects, SMS, facts)
        assert len(bubbles) <= 1
        out += [bubble.text for bubble in bubbles]
    assert state.completed_at is not None
    return out
