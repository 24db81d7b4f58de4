"""A consultation that asks whether people want to hear back, people who said so, and what the council answers."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from bot.said import Answer, Outcome, Subject, Told
from flows.definition import AgeBand
from flows.messages import Channel
from storage.audit import Deed
from tests.support.desk import Correspondent, Desk
from tests.support.packs import write_pack

_QUESTIONS = """
[[questions]]
code = "tell-me"
kind = "yes-no"
consent = "feedback"

[[questions]]
code = "again"
kind = "yes-no"
consent = "next-round"

[[themes]]
code = "swings"
name = "More swings"
"""
_WORDS = """
[questions.tell-me]
name = "Hearing back"
text = "May we tell you what happens?"

[questions.again]
name = "Another time"
text = "May we ask you again?"
"""

ADULT = Told("Swings", "Many of you asked for more swings.", "We will build four.", "There is money for four.")
CHILD = Told("Swings", "You want more swings.", "We build four new swings.", "We have money for four.")


def write_asking_pack(folder: Path, **more: str) -> Path:
    """The small pack with two questions more: may we tell you, and may we ask again."""
    write_pack(folder, **more)
    slug = more.get("slug", "harbour-play")
    structure = folder / slug / "consultation.toml"
    structure.write_text(structure.read_text() + _QUESTIONS)
    for file in (folder / slug / "wording").iterdir():
        file.write_text(file.read_text() + _WORDS)
    return folder


def an_answer() -> Answer:
    words = {("en", AgeBand.ADULT): ADULT, ("en", AgeBand.EIGHT_TO_ELEVEN): CHILD}
    return Answer("The council's cabinet", date(2030, 7, 1), (Subject("theme-swings", Outcome.YES, words),))


def a_deed(at: datetime, act: str = "answer.saved") -> Deed:
    return Deed(at, "ed@council.example", act, "harbour-play")


async def answers_all(
    desk: Desk, number: int, *, tell: str = "yes", again: str = "no", channel: Channel = Channel.SMS, who: str = "3"
) -> Correspondent:
    """Somebody at an address of their own who answers everything."""
    if channel is Channel.WEB:
        person = desk.person(channel, f"web-token-{number:04}-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"[:43])
        role = {"1": "child-8-11", "3": "parent-carer"}[who]
        for question, answer in (
            ("who", role),
            ("swings", "more"),
            ("why", "Fun"),
            ("tell-me", tell),
            ("again", again),
        ):
            await person.submits(question, answer)
        return person
    person = desk.person(channel, f"+4477009{number:05}" if channel is Channel.SMS else f"70{number:05}")
    await person.says("PLAY", who, "more", "Because", tell, again)
    return person
