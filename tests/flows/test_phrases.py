from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from flows.definition import AgeBand, Command, Consultation
from flows.effects import Notice
from flows.lobby import Lobby, greet
from flows.messages import Shows
from flows.phrases import Facts, fill, known_to, say
from flows.placeholders import ALWAYS, BESIDE, EXAMPLES, unknown
from flows.state import State
from tests.support.builders import AFTER, CLOSES, DURING, a_consultation, some_words


def value(name: str, *, pack: Consultation | None = None, state: State | None = None, at: datetime = DURING) -> str:
    consultation, now = pack or a_consultation(), state or State()
    facts = Facts(public_url="https://sayso.example", now=at, code="K7M2QX", channel_address="+44 7700 900456")
    words = consultation.words_for(now.language, now.band)
    return known_to(consultation, now, facts, words)(name) or ""


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("Hello {name}.", {"name": "you"}, "Hello you."),
        ("No names here.", {}, "No names here."),
        ("Thank you. It is due by {day}. Goodbye.", {}, "Thank you. Goodbye."),
        ("Thank you. It is due by {day}.", {}, "Thank you."),
        ("More: {url}", {}, ""),
        ("See {url}\nThen go on.", {}, "Then go on."),
        ("Why? {reason}", {"reason": ""}, "Why?"),
        ("It cost 3.50 pounds. {reason}", {}, "It cost 3.50 pounds."),
        ("{a} and {b}. So it is.", {"a": "1"}, "So it is."),
        ("It closes {day}.", {"day": "5. May. {not} filled again"}, "It closes 5. May. {not} filled again."),
    ],
)
def test_a_sentence_whose_fact_is_not_known_is_left_out(text: str, values: Mapping[str, str], expected: str) -> None:
    assert fill(text, values.get) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("title", "title"),
        ("authority", "Harbour Council"),
        ("contact", "play@harbour.example"),
        ("closing", "11:59pm on Friday 31 May 2030"),
        ("open_until", "11:59pm on Friday 31 May 2030"),
        ("opening", "Wednesday 1 May 2030"),
        ("feedback_due", "Monday 30 September 2030"),
        ("url", "https://sayso.example/chat/harbour-play"),
        ("link", "https://sayso.example/chat/harbour-play"),
        ("privacy_url", "https://sayso.example/privacy"),
        ("address", "+44 7700 900456"),
        ("code", "K7M2QX"),
        ("keyword", "PLAY"),
        ("languages", "English"),
        ("stop", "STOP"),
        ("skip", "SKIP"),
        ("delete", "DELETE"),
        ("done", "DONE"),
    ],
)
def test_what_the_names_stand_for(name: str, expected: str) -> None:
    assert value(name) == expected


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_every_name_in_the_table_is_filled(name: str) -> None:
    assert value(name)


def test_a_command_is_named_in_the_language_of_the_conversation() -> None:
    pack = a_consultation(languages=("en", "cy"))
    assert value("stop", pack=pack, state=State(language="cy")) == "STOPIO"
    assert value("languages", pack=pack) == "English, Cymraeg"


def test_a_role_is_told_its_own_closing_time() -> None:
    pack = a_consultation()
    timetable = replace(pack.timetable, role_closes_at={"parent-carer": CLOSES + timedelta(days=7)})
    pack = replace(pack, timetable=timetable)
    assert value("closing", pack=pack, state=State(role="parent-carer", band=AgeBand.ADULT)).endswith("7 June 2030")
    assert value("closing", pack=pack, state=State(role="child")).endswith("31 May 2030")


def test_nobody_is_told_that_it_stays_open_until_a_time_that_is_past() -> None:
    assert not value("open_until", at=AFTER)
    assert not value("open_until", at=CLOSES)
    assert value("open_until", at=CLOSES - timedelta(microseconds=1))
    assert value("closing", at=AFTER)


def test_a_pack_without_facts_has_nothing_to_fill_in() -> None:
    bare = replace(a_consultation(), feedback_due=None, contact=None)
    assert not value("feedback_due", pack=bare)
    assert not value("contact", pack=bare)
    assert not value("nonsense", pack=bare)


def test_a_notice_can_be_said_without_any_conversation() -> None:
    words = some_words(say={"offer": "Pick one. Ask {contact}. Say {stop} to end.\n{offers}", "title": "Play"})
    assert say(words, Notice.OFFER, {"offers": "PLAY: Play"}) == "Pick one. Say STOP to end.\nPLAY: Play"


@pytest.mark.parametrize(
    ("text", "notice", "bad"),
    [
        ("{closing} {title}", Notice.THANKS, ()),
        ("{reason}", Notice.EXTENDED, ()),
        ("{reason}", Notice.THANKS, ("reason",)),
        ("{example} means {example_label}", Notice.NOT_UNDERSTOOD_AGAIN, ()),
        ("{example}", None, ()),
        ("{example}", Notice.HELP, ("example",)),
        ("{code}", None, ("code",)),
        ("{Skip} {}", None, ("Skip", "")),
    ],
)
def test_a_name_that_would_never_be_filled_is_found_out(text: str, notice: Notice | None, bad: tuple[str, ...]) -> None:
    assert unknown(text, notice) == bad


def test_no_name_stands_for_two_things() -> None:
    assert not ALWAYS.keys() & EXAMPLES.keys()
    assert all(not names.keys() & (ALWAYS.keys() | EXAMPLES.keys()) for names in BESIDE.values())


def test_in_the_lobby_too_nobody_is_shown_a_brace() -> None:
    words = some_words(say={"stopped": "Say {start} to go on.", "offer": "Pick one:\n{offers}"})
    pack, shows = a_consultation(say={"title": "Play"}), Shows(buttons=False)
    nobody = Lobby(stopped=False, told_nothing_open=False)
    assert greet([pack], words, nobody, Command.STOP, shows).bubbles[0].text == "Say START to go on."
    assert greet([pack], words, nobody, None, shows).bubbles[0].text == "Pick one:\nPLAY: Play"
