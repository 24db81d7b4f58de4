"""What a consultation shows for each participation standard: nothing that the overview does not say of people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.console.overview import overview
from bot.console.standards import Answering, standards
from bot.packs import Library
from flows.definition import AgeBand, Consultation
from flows.messages import Channel
from storage.figures import Alike, Arrived, Taken
from tests.support.answered import a_deed
from tests.support.officers import a_console
from tests.support.packs import SLUG, write_pack
from tests.support.shipped import ROOT
from tests.support.talk import OPENS
from tests.support.town import NOON

NOW = OPENS + timedelta(days=3)
NAMES = [
    "Information",
    "It’s your choice",
    "No discrimination",
    "Respect",
    "You get something out of it",
    "Feedback",
    "Working better for you",
]
WAITING = Answering(None, "It closed 3 weeks ago, and people wait.", invited=False)
PACKS = {pack.slug: pack for pack in Library.load(ROOT / "consultations").all()}


def evidence(pack: Consultation, taken: Taken | None = None, answering: Answering = WAITING) -> dict[str, str]:
    shown = standards(pack, overview(pack, taken, NOW), answering)
    return {each.name: " ".join(each.evidence) for each in shown}


def people(number: int, channel: Channel) -> Alike:
    return Alike("child", AgeBand.EIGHT_TO_ELEVEN, channel.value, "en", "swings", finished=True, people=number)


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_all_seven_stand_in_their_order_each_with_something_that_only_people_know(pack: Consultation) -> None:
    shown = standards(pack, overview(pack, None, NOW), WAITING)
    assert [each.name for each in shown] == NAMES
    assert all(each.asks and each.yours for each in shown)
    assert "" not in {line for each in shown for line in each.evidence}


def test_a_group_that_is_too_small_is_named_without_its_number() -> None:
    pack = PACKS["herefordshire-2018"]
    alike = (people(23, Channel.WEB), people(3, Channel.SMS))
    told = evidence(pack, Taken(NOW, [Arrived(OPENS, 26)], alike))
    assert "By channel, at least: Web chat, 20. Too few to show:" in told["No discrimination"]
    assert not re.search(r"\b(23|26|3)\b", told["No discrimination"])
    assert told["It’s your choice"].endswith("At least 25 people started. At least 25 of them finished.")


def test_what_is_missing_is_said_and_not_left_out() -> None:
    told = evidence(replace(PACKS["herefordshire-2018"], feedback_due=None))
    assert "Nobody is asked whether they want to hear what came of it" in told["You get something out of it"]
    assert (
        told["Feedback"] == "Nobody was told by when they hear what came of it. It closed 3 weeks ago, and people wait."
    )


def test_what_was_promised_is_said_once() -> None:
    told = evidence(PACKS["norfolk-involvement"])
    assert told["Feedback"] == WAITING.due, "the reminder names the day"
    still_open = evidence(PACKS["norfolk-involvement"], answering=Answering(None, "", invited=False))
    assert still_open["Feedback"] == "People were promised an answer by Tuesday 31 March 2015."


def test_the_hours_of_the_night_are_said_as_people_say_them() -> None:
    assert "between 8pm and 8am" in evidence(PACKS["norfolk-involvement"])["Respect"]


def test_an_answer_is_dated_and_an_invitation_told() -> None:
    pack = PACKS["norfolk-involvement"]
    told = evidence(pack, answering=Answering(date(2015, 2, 1), "late", invited=True))
    assert told["Feedback"].endswith("An answer is published since Sunday 1 February 2015.")
    assert "those who say yes are told" in told["You get something out of it"]
    assert "were invited to another consultation" in told["Working better for you"]


async def test_whoever_may_see_figures_finds_the_page_and_the_first_day_of_an_answer(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        feedback = town.service.database.feedback
        revision = await feedback.save(SLUG, "{}", after=0, deed=a_deed(NOON))
        for later in range(2):
            await feedback.publish(SLUG, revision, sends=False, deed=a_deed(NOON + timedelta(days=later)))
        shown = await town.viewer.get(f"/console/{SLUG}/standards")
        assert re.findall(r"<h2[^>]*>\d\. ([^<]+)</h2>", shown.html) == NAMES
        assert "An answer is published since Wednesday 15 May 2030." in shown.words
