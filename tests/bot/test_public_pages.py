"""The front page, privacy and accessibility: made from what is live, and promising nothing else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.clock import Clock
from bot.packs import Library
from bot.pages import Pages
from bot.public_pages import Deployment, PublicPages, wanted
from flows.decisions import Decision, Gate, GateFilled
from tests.support.packs import SLUG, write_pack
from tests.support.source import ROOT
from tests.support.town import a_client

NOON = datetime(2030, 5, 15, 11, tzinfo=UTC)
EVERYTHING = Deployment(sms_number="+447700900456", telegram=True, cookie_days=90)
WEB_ALONE = Deployment(sms_number=None, telegram=False, cookie_days=90)


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with a_client() as http:
        yield http


async def words_of(
    http: ClientSession,
    tmp_path: Path,
    path: str,
    *,
    now: datetime = NOON,
    here: Deployment = EVERYTHING,
    also: Callable[[Path], object] = lambda _pack: None,
    decided: Sequence[Decision] = (),
) -> str:
    """The page's words, with the markup taken away. `also` is done to the pack first."""
    folder = write_pack(tmp_path / "packs")
    also(folder / SLUG)
    library = Library.load(folder)
    library.decide({SLUG: tuple(decided)})
    app = web.Application()
    app.add_routes(PublicPages(Clock(now), library, here, Pages()).routes())
    async with TestServer(app) as server, http.get(server.make_url(path)) as answer:
        assert answer.status == 200
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", await answer.text())))


async def test_the_front_page_offers_what_is_open(http: ClientSession, tmp_path: Path) -> None:
    words = await words_of(http, tmp_path, "/")
    assert "Play in the harbour" in words
    assert "Open until 11:59pm on Friday 31 May 2030." in words
    assert "By text: send PLAY to +447700900456." in words


async def test_the_front_page_leads_to_the_chat(http: ClientSession, tmp_path: Path) -> None:
    library = Library.load(write_pack(tmp_path / "packs"))
    app = web.Application()
    app.add_routes(PublicPages(Clock(NOON), library, EVERYTHING, Pages()).routes())
    async with TestServer(app) as server, http.get(server.make_url("/")) as answer:
        assert f'href="/chat/{SLUG}"' in await answer.text()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON + timedelta(days=30), "We will say what came of it by Monday 30 September 2030."),
        (NOON - timedelta(days=30), "This opens on Wednesday 1 May 2030."),
    ],
)
async def test_the_front_page_says_what_is_not_open(
    http: ClientSession, tmp_path: Path, now: datetime, expected: str
) -> None:
    words = await words_of(http, tmp_path, "/", now=now)
    assert "Nothing is open for answers just now." in words
    assert expected in words
    assert "Answer here" not in words


STAGES = """
[[stages]]
code = "draft"
name = "The draft"
opens_at = 2030-05-02T00:00:00
closes_at = 2030-05-11T00:00:00
approved_by = "Harbour Board"
approved_on = 2030-04-02

[[stages]]
code = "next"
name = "The next"
opens_at = 2030-05-20T00:00:00
closes_at = 2030-05-27T00:00:00
{approval}
"""
APPROVAL = 'approved_by = "Harbour Board"\napproved_on = 2030-04-02'


def in_stages(approval: str) -> Callable[[Path], object]:
    def write(pack: Path) -> None:
        path = pack / "consultation.toml"
        text = path.read_text().replace('code = "swings"\n', 'code = "swings"\nstage = "draft"\n')
        text = text.replace('code = "why"\n', 'code = "why"\nstage = "next"\n')
        path.write_text(text + STAGES.format(approval=approval))

    return write


@pytest.mark.parametrize(
    ("day", "approval", "expected"),
    [
        (5, "", "Open until 11:59pm on Friday 10 May 2030."),
        (1, "", "This opens on Thursday 2 May 2030."),
        (15, APPROVAL, "This opens on Monday 20 May 2030."),
        (15, "", "This is closed just now. It may open later."),
        (22, "", "This is closed just now. It may open later."),
        (22, APPROVAL, "Open until 11:59pm on Sunday 26 May 2030."),
    ],
)
async def test_the_front_page_tells_of_the_stage_that_is_open(
    http: ClientSession, tmp_path: Path, day: int, approval: str, expected: str
) -> None:
    words = await words_of(http, tmp_path, "/", now=NOON.replace(month=5, day=day), also=in_stages(approval))
    assert expected in words
    assert ("Answer here" in words) is expected.startswith("Open until")


ABOUT_YOU = """
[[questions]]
code = "about-you"
kind = "note"

[[questions]]
code = "needs"
kind = "yes-no"
choices = ["yes", "no", "prefer-not-to-say"]
equality = true
optional = true
"""
ABOUT_YOU_WORDS = """
[questions.about-you]
text = "One last question is about you."

[questions.needs]
text = "Do you have a disability?"

[questions.needs.choices]
prefer-not-to-say = "Prefer not to say"
"""


def with_equality_questions(pack: Path) -> None:
    for file, more in (("consultation.toml", ABOUT_YOU), ("wording/en.8-11.toml", ABOUT_YOU_WORDS)):
        (pack / file).write_text((pack / file).read_text() + more)


async def test_privacy_tells_of_questions_about_people_only_where_there_are_any(
    http: ClientSession, tmp_path: Path
) -> None:
    told = ("some questions are about you", "What you say in the questions about you is left out of them too")
    words = await words_of(http, tmp_path, "/privacy")
    assert not any(each in words for each in told)
    words = await words_of(http, tmp_path, "/privacy", also=with_equality_questions)
    assert all(each in words for each in told)
    assert "In “Play in the harbour” some questions are about you" in words


async def test_privacy_names_the_channels_that_are_on(http: ClientSession, tmp_path: Path) -> None:
    words = await words_of(http, tmp_path, "/privacy")
    assert "Twilio" in words
    assert "your telephone number, if you text us, your Telegram number, if you use Telegram" in words
    assert "you need to be 16 or older to answer there" in words


async def test_privacy_says_nothing_of_channels_that_are_off(http: ClientSession, tmp_path: Path) -> None:
    words = await words_of(http, tmp_path, "/privacy", here=WEB_ALONE)
    assert "Twilio" not in words
    assert "Telegram messages" not in words
    assert "your telephone number" not in words


async def test_privacy_says_who_asks_until_when_and_how_to_reach_them(http: ClientSession, tmp_path: Path) -> None:
    words = await words_of(http, tmp_path, "/privacy")
    assert "Play in the harbour: Harbour Council." in words
    assert "It closes at 11:59pm on Friday 31 May 2030." in words
    assert "play@harbour.example" in words
    assert "for up to 90 days" in words


async def test_privacy_says_on_which_day_the_live_settings_have_everybody_forgotten(
    http: ClientSession, tmp_path: Path
) -> None:
    words = await words_of(http, tmp_path, "/privacy")
    assert "on Sunday 1 June 2031 we destroy your number" in words
    assert "for up to this many years: 7." in words

    def longer(pack: Path) -> None:
        file = pack / "consultation.toml"
        file.write_text("retention_months = 18\nsafeguarding_retention_years = 25\n" + file.read_text())

    changed = await words_of(http, tmp_path, "/privacy", also=longer)
    assert "on Monday 1 December 2031 we destroy your number" in changed
    assert "for up to this many years: 25." in changed
    assert not [word for word in ("confidential", "secret", "anonymous") if word in words.lower()]


async def test_privacy_says_who_answers_for_it_which_rights_there_are_and_where_to_complain(
    http: ClientSession, tmp_path: Path
) -> None:
    words = await words_of(http, tmp_path, "/privacy")
    for told in (
        "the law calls it the controller",
        "These companies also work outside the United Kingdom",
        "ask it to put something right, to erase it or to stop using it, and object to its use",
        "Children and young people have these rights themselves",
        "complain to the Information Commissioner’s Office (ICO)",
    ):
        assert told in words
    assert "outside the United Kingdom" not in await words_of(http, tmp_path, "/privacy", here=WEB_ALONE)


async def test_privacy_says_what_follows_when_somebody_may_not_be_safe(http: ClientSession, tmp_path: Path) -> None:
    words = await words_of(http, tmp_path, "/privacy")
    assert "we have to tell a person whose job is keeping children safe" in words
    assert "may look up the number you wrote from. They have to say why" in words
    assert "on this website, we do not know who you are" in words
    assert "The rules miss things. They decide nothing about you." in words


async def test_privacy_names_whom_to_ask_about_data_once_the_gate_does(http: ClientSession, tmp_path: Path) -> None:
    gate = GateFilled(Gate(privacy_contact="dpo@harbour.example <b>"))
    words = await words_of(http, tmp_path, "/privacy", decided=(Decision(1, NOON, "ann@harbour.example", gate),))
    assert "About your information, ask: dpo@harbour.example <b>." in words
    assert "About your information, ask" not in await words_of(http, tmp_path, "/privacy")


async def test_accessibility_says_what_the_regulations_ask_a_statement_to_say(
    http: ClientSession, tmp_path: Path
) -> None:
    words = await words_of(http, tmp_path, "/accessibility")
    for told in (
        "committed to making the pages accessible, in accordance with the Public Sector Bodies (Websites and Mobile",
        "Accessibility Regulations 2018: Harbour Council.",
        "partially compliant with that standard",
        "There is no Easy Read version",
        "a disproportionate burden",
        "Say which page it was and what happened, and what format you need.",
        "contact the Equality Advisory and Support Service",
        "It was prepared on Thursday 26 November 2026 and last reviewed on",
    ):
        assert told in words


async def test_accessibility_names_the_other_ways_and_whom_to_tell(http: ClientSession, tmp_path: Path) -> None:
    words = await words_of(http, tmp_path, "/accessibility")
    assert "By text message to +447700900456." in words
    assert "Play in the harbour (Harbour Council): play@harbour.example" in words
    assert "No audit by people outside the project has been done yet" in words


async def test_accessibility_offers_no_way_that_is_off(http: ClientSession, tmp_path: Path) -> None:
    words = await words_of(http, tmp_path, "/accessibility", here=WEB_ALONE)
    assert "By text message" not in words
    assert "On Telegram" not in words


# --- languages ---


@cache
def shipped() -> Library:
    return Library.load(ROOT / "consultations")


@pytest.fixture
async def council(http: ClientSession) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """The pages of a service that runs Herefordshire's consultation, in Welsh and Polish as well."""
    library = shipped()
    app = web.Application()
    app.add_routes(PublicPages(Clock(datetime(2018, 3, 1, tzinfo=UTC)), library, EVERYTHING, Pages()).routes())
    async with TestServer(app) as server:

        async def page(path: str, accepted: str = "") -> str:
            async with http.get(server.make_url(path), headers={"Accept-Language": accepted}) as answer:
                assert answer.status == 200
                return unescape(await answer.text())

        yield page


@pytest.mark.parametrize(
    ("path", "language", "heading"),
    [
        ("/", "cy", "Dweud eich dweud"),
        ("/privacy", "cy", "Beth sy'n digwydd i'r hyn a ddywedwch"),
        ("/accessibility", "cy", "Datganiad hygyrchedd"),
        ("/", "pl", "Powiedz, co myślisz"),
        ("/privacy", "pl", "Co dzieje się z tym, co mówisz"),
        ("/accessibility", "pl", "Deklaracja dostępności"),
        ("/privacy", "ar", "ماذا يحدث لما تقوله"),
    ],
)
async def test_each_page_is_there_in_each_language(
    council: Callable[..., Awaitable[str]], path: str, language: str, heading: str
) -> None:
    page = await council(f"{path}?lang={language}")
    assert f"<h1>{heading}</h1>" in page
    assert f'<html lang="{language}"' in page
    assert f'href="{path}?lang=en"' in page


async def test_privacy_in_welsh_tells_times_and_words_to_send_in_welsh(council: Callable[..., Awaitable[str]]) -> None:
    page = await council("/privacy?lang=cy")
    assert "Cynllun i blant yn Swydd Henffordd" in page
    assert "Mae'n cau am 11:59pm ddydd Gwener 9 Mawrth 2018." in page
    assert "{" not in page


@pytest.mark.parametrize(
    ("named", "accepted", "expected"),
    [
        ("pl", "cy", "pl"),
        (None, "pl-PL,pl;q=0.9,en;q=0.5", "pl"),
        (None, "en;q=0.3, cy;q=0.8", "cy"),
        (None, "fr, cy;q=0", "en"),
        ("xx", "", "en"),
        (None, "q=;;,,pl;q=oops", "pl"),
        (None, "*", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_one_the_browser_likes_best(
    named: str | None, accepted: str, expected: str
) -> None:
    assert wanted(named, accepted, ("en", "cy", "pl")) == expected


def test_every_language_says_all_that_english_says() -> None:
    pages = Pages()
    for page in ("front", "privacy", "accessibility"):
        english = pages.public_words(page, "en")
        for language in pages.public_languages:
            words = pages.public_words(page, language)
            assert words.keys() == english.keys()
            for key, text in words.items():
                assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english[key])), (language, key)


async def test_privacy_shows_what_every_age_group_is_told(http: ClientSession, tmp_path: Path) -> None:
    words = await words_of(http, tmp_path, "/privacy")
    told = words[words.index("The same, in words for each age") : words.rindex("How long we keep it")]
    for band, text in {
        "8 to 11": "If you say someone is hurting you, we must tell someone.",
        "12 to 15": "This one is in your own words.",
        "Adults": "If you tell us that a child may be in danger, we have to pass it on.",
    }.items():
        assert band in told
        assert text in told
    assert "4 to 7" not in told, "nobody of that age is asked"
    assert "{" not in told
    assert "/privacy" not in told


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON, "because that is part of its public work"),
        (NOON + timedelta(days=1), "asks with your consent (UK GDPR, Article 6(1)(a)). You can take it back at any"),
    ],
)
async def test_privacy_names_the_ground_that_holds_today(
    http: ClientSession, tmp_path: Path, now: datetime, expected: str
) -> None:
    laws = (
        '\n[[laws]]\nfrom = 2030-05-01\nlawful_basis = "public-task"\n'
        '\n[[laws]]\nfrom = 2030-05-16\nlawful_basis = "consent"\npermission_under = 13\n'
    )
    path = "consultation.toml"
    words = await words_of(
        http,
        tmp_path,
        "/privacy",
        now=now,
        also=lambda pack: (pack / path).write_text((pack / path).read_text() + laws),
    )
    assert expected in words
    assert ("Nobody below 13 can answer." in words) is ("consent" in expected)
