"""Every text that comes in is looked at, and a look that fails loses nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import safety
from flows import events
from flows.concern_rules import Harm, Tier
from flows.concerns import LONE_HELP, YOUNGEST
from flows.definition import AgeBand, Command
from flows.escalation import FAILED
from flows.values import Text
from tests.support.concerns import shipped_rules
from tests.support.desk import Desk, a_desk
from tests.support.packs import write_pack
from tests.support.talk import NOON

LANGUAGES = ("en", "cy", "pl")


def test_the_service_uses_the_rules_that_are_measured() -> None:
    assert safety.shipped_rules().codes == shipped_rules().codes


@pytest.mark.parametrize(
    "event",
    [
        events.Said(NOON, "my dad hits me"),
        events.Said(NOON, "my dad hits me", may_continue=True),
        events.Amended(NOON, "issue", "my dad hits me"),
        events.Submitted(NOON, "issue", ("my dad hits me",)),
    ],
)
def test_whatever_somebody_wrote_is_looked_at(event: events.Event) -> None:
    concern = safety.concern_in(event, LANGUAGES, band=AgeBand.ADULT)
    assert concern is not None
    assert concern.tier is Tier.URGENT


@pytest.mark.parametrize(
    "event",
    [
        events.Began(NOON),
        events.Tapped(NOON, "issue", "kill-myself"),
        events.TimePassed(NOON),
        events.Commanded(NOON, Command.HELP),
        events.Said(NOON, "more swings"),
        events.Said(NOON, "stop"),
    ],
)
def test_what_nobody_wrote_or_meant_is_no_concern(event: events.Event) -> None:
    assert safety.concern_in(event, LANGUAGES, band=AgeBand.ADULT) is None


HURTS = (
    "hurts",
    "i got hurt",
    "it is scary",
    "He smacks.",
    "my dog bites and I am skared",
    "mae ofn arna i",
    "brifo",
    "boli",
    "Boję się",
)


@pytest.mark.parametrize("text", HURTS)
@pytest.mark.parametrize("band", [None, AgeBand.FOUR_TO_SEVEN])
def test_of_a_child_under_eight_any_word_of_hurt_or_fear_is_read_before_others(text: str, band: AgeBand | None) -> None:
    concern = safety.concern_in(events.Said(NOON, text), LANGUAGES, band=band)
    assert concern is not None
    assert concern.tier is Tier.CONCERN, "the conversation goes on"
    assert YOUNGEST in concern.rules


@pytest.mark.parametrize("text", HURTS)
@pytest.mark.parametrize("band", [AgeBand.EIGHT_TO_ELEVEN, AgeBand.TWELVE_TO_FIFTEEN, AgeBand.ADULT])
def test_of_older_ones_a_word_alone_is_not_enough(text: str, band: AgeBand) -> None:
    concern = safety.concern_in(events.Said(NOON, text), LANGUAGES, band=band)
    assert concern is None or YOUNGEST not in concern.rules


@pytest.mark.parametrize(
    "text", ["I like the slide", "more swings", "a pond with ducks", "rwy'n hoffi pêl-droed", "rower"]
)
def test_what_a_child_says_of_nothing_that_hurts_is_read_in_its_turn(text: str) -> None:
    assert safety.concern_in(events.Said(NOON, text), LANGUAGES, band=AgeBand.FOUR_TO_SEVEN) is None


def test_what_is_urgent_stays_urgent_for_the_youngest() -> None:
    concern = safety.concern_in(events.Said(NOON, "my dad hits me"), LANGUAGES, band=AgeBand.FOUR_TO_SEVEN)
    assert concern is not None
    assert concern.tier is Tier.URGENT


@pytest.mark.parametrize("word", ["HELP", "help!", "Cymorth", "pomoc"])
def test_help_alone_may_be_a_cry(word: str) -> None:
    concern = safety.concern_in(events.Said(NOON, word), LANGUAGES, band=AgeBand.ADULT)
    assert concern is not None
    assert (concern.tier, concern.rules) == (Tier.CONCERN, (LONE_HELP,))


def test_a_look_that_fails_puts_the_text_before_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("my dad hits me")

    monkeypatch.setattr(safety, "assess", fail)
    concern = safety.concern_in(events.Said(NOON, "more swings"), LANGUAGES, band=AgeBand.ADULT)
    assert concern is not None
    assert (concern.tier, concern.rules, concern.harms) == (Tier.CONCERN, (FAILED,), (Harm.UNCLEAR,))


# --- in the service ---


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, write_pack(tmp_path / "packs")) as desk:
        yield desk


async def test_by_text_message_the_answer_is_kept_and_help_comes_with_the_next_words(desk: Desk) -> None:
    await desk.person().says("play", "8 to 11", "more", "my dad hits me")
    last = (await desk.said())[-1]
    assert "call Childline on 0800 1111" in last
    assert "call 999" in last
    assert "A person at Harbour Council will read this" in last
    assert last.index("Childline") < last.index("Harbour Council")
    [row] = await desk.answers()
    assert row.answers["why"].value == Text("my dad hits me")
    assert [entry.text for entry in await desk.transcript() if entry.direction == "in"][-1] == "my dad hits me"


async def test_a_disclosure_in_place_of_a_choice_is_met_with_help_and_the_question(desk: Desk) -> None:
    await desk.person().says("play", "8 to 11", "my dad hits me")
    last = (await desk.said())[-1]
    assert "Childline" in last
    assert last.index("Do you want to carry on?") < last.index("More swings")


async def test_an_ordinary_conversation_names_no_help_line(desk: Desk) -> None:
    await desk.person().says("play", "8 to 11", "more", "my dad beats me at chess")
    assert not any("Childline" in text for text in await desk.said())


async def test_the_log_tells_of_it_without_a_word_of_theirs(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    await desk.person().says("play", "8 to 11", "more", "my dad hits me zebra")
    logged = "\n".join(str(vars(record)) for record in caplog.records)
    assert "somebody may not be safe" in logged
    assert "zebra" not in logged
    assert "hit-me" not in logged
