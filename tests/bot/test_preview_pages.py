"""Previews as a page: served with a form to choose by, or as one file that asks nobody for anything."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from markupsafe import Markup

from bot import cli
from bot.channels.base import RefusedError
from bot.packs import Library
from bot.pages import Pages
from bot.preview import previews, wanted
from bot.preview_pages import PreviewPages, apart, document
from tests.support.every_kind import write_every_kind
from tests.support.packs import write_pack
from tests.support.shipped import herefordshire
from tests.support.town import a_client

ADDRESS = "https://sayso.example.gov.uk"


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, name: str) -> list[str]:
        return [value for _, attributes in self.found if (value := attributes.get(name)) is not None]


@pytest.fixture(scope="module")
def whole() -> str:
    """Everything of Herefordshire on one page."""
    pack = herefordshire()
    return document(pack, previews(pack, wanted(pack)), Pages())


# --- one file ---


def test_the_file_asks_nobody_for_anything(whole: str) -> None:
    tags = Tags(whole)
    assert not {tag for tag, _ in tags.found} & {"script", "link", "img", "iframe", "object"}
    assert tags.having("src") == tags.having("style") == tags.having("action") == []
    assert all(address.startswith(("#", "https://sayso.example.gov.uk/")) for address in tags.having("href"))
    assert not re.search(r"@import|url\(", whole)
    assert "default-src 'none'; style-src 'unsafe-inline'" in whole


def test_no_two_things_on_it_have_one_name_and_every_name_that_is_used_is_there(whole: str) -> None:
    tags = Tags(whole)
    names = tags.having("id")
    assert len(names) == len(set(names)) > 200
    pointed = [*tags.having("for"), *" ".join(tags.having("aria-describedby")).split(), *tags.having("aria-labelledby")]
    assert set(pointed) <= set(names)


def test_radio_buttons_of_one_phone_are_a_group_of_their_own(whole: str) -> None:
    groups = {attributes["name"] for tag, attributes in Tags(whole).found if attributes.get("type") == "radio"}
    assert len(groups) > 5
    assert all(group and re.fullmatch(r"answer-\d+", group) for group in groups)


def test_it_can_be_narrowed_down_without_a_script(whole: str) -> None:
    for rule in (
        'body:has(#question option[value="issue"]:checked) .group:not([data-question="issue"]) { display: none; }',
        'body:has(#band option[value="4-7"]:checked) .card:not([data-bands~="4-7"]) { display: none; }',
        'body:has(#channel option[value="sms"]:checked) .card:not([data-channels~="sms"]) { display: none; }',
    ):
        assert rule in whole


def test_words_on_a_phone_say_their_language_and_their_way(whole: str) -> None:
    screens = [attributes for _, attributes in Tags(whole).found if "screen" in (attributes.get("class") or "")]
    said = {(attributes.get("lang"), attributes.get("dir")) for attributes in screens if "lang" in attributes}
    assert said == {("en", "ltr"), ("cy", "ltr"), ("pl", "ltr"), ("ar", "rtl")}
    assert '<div class="text" lang="ar" dir="rtl">' in whole


def test_where_nobody_translated_a_question_its_words_say_so() -> None:
    pack = herefordshire()
    page = document(pack, previews(pack, wanted(pack, question="issue", band="8-11", language="ar")), Pages())
    assert '<div class="text" lang="en" dir="ltr">' in page
    assert re.search(r'<div class="bubble ours asks"[^>]* lang="en" dir="ltr">', page)
    assert re.search(r'<div class="asked" lang="en" dir="ltr">', page)


def test_a_page_of_one_preview_has_nothing_to_choose() -> None:
    pack = herefordshire()
    asked = wanted(pack, question="issue", band="adult", language="en", channel="sms")
    page = document(pack, previews(pack, asked), Pages())
    assert "<select" not in page
    assert "1 segment: " in page


def test_only_names_are_changed_and_never_what_somebody_wrote() -> None:
    html = Markup('<label for="a">id=&#34;b&#34; for=x</label><input id="a" aria-describedby="a b" value="id">')
    told = '<label for="a-7">id=&#34;b&#34; for=x</label><input id="a-7" aria-describedby="a-7 b-7" value="id">'
    assert apart(html, 7) == told


def test_a_file_is_written_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = str(write_every_kind(tmp_path) / "every-kind")
    out = tmp_path / "looks.html"
    assert cli.main(["preview", pack, "--output", str(out)]) == 0
    assert capsys.readouterr().out == ""
    page = out.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert all(f'data-question="{code}"' in page for code in ("who", "uses", "safe", "people", "order", "ideas"))


# --- served ---


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[ClientSession, str]]:
    """Previews of two packs, over HTTP."""
    packs = write_every_kind(write_pack(tmp_path / "packs"))
    pages = Pages()
    app = web.Application()
    app.add_routes(PreviewPages(Library.load(packs), pages, ADDRESS).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with a_client() as http:
        yield http, f"http://127.0.0.1:{runner.addresses[0][1]}/preview"
    await runner.cleanup()


async def seen(served: tuple[ClientSession, str], **query: str) -> str:
    http, address = served
    async with http.get(address, params=query) as answer:
        assert answer.status == 200
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        return await answer.text()


def cards(page: str) -> list[str]:
    return re.findall(r'<h3 id="card-\d+">([^<]*)</h3>', page)


async def test_at_first_it_shows_the_first_question_on_every_channel(served: tuple[ClientSession, str]) -> None:
    page = await seen(served)
    assert cards(page) == ["Telegram, any age, English", "Text message, any age, English", "Web chat, any age, English"]
    assert '<option value="every-kind" selected>' in page
    assert '<option value="adult" selected>' in page


async def test_what_is_chosen_is_shown_and_stays_chosen(served: tuple[ClientSession, str]) -> None:
    chosen = {"consultation": "harbour-play", "question": "swings", "band": "adult", "language": "", "channel": "sms"}
    page = await seen(served, **chosen)
    assert cards(page) == ["Text message, adult, English", "Text message, adult, Cymraeg"]
    assert '<option value="swings" selected>' in page
    assert '<option value="sms" selected>' in page
    assert '<option value="" selected>Every language</option>' in page


async def test_another_consultation_is_shown_from_its_beginning(served: tuple[ClientSession, str]) -> None:
    page = await seen(served, consultation="harbour-play", question="uses", band="4-7")
    assert '<option value="who" selected>' in page
    assert len(cards(page)) == 3


async def test_what_nobody_is_asked_is_told_with_what_to_do(served: tuple[ClientSession, str]) -> None:
    page = await seen(served, consultation="every-kind", question="helped", band="adult")
    assert cards(page) == []
    assert "Please choose another age or another question." in page


@pytest.mark.parametrize("query", [{"consultation": "nothing"}, {"question": "nothing"}, {"band": "<b>"}])
def test_what_is_not_there_is_refused(tmp_path: Path, query: dict[str, str]) -> None:
    pages = PreviewPages(Library.load(write_every_kind(tmp_path)), Pages(), ADDRESS)
    with pytest.raises(RefusedError, match=r"There is no such consultation|nothing of that name") as refused:
        pages.show(query)
    assert refused.value.status == 404


def test_without_a_pack_it_says_what_to_do(tmp_path: Path) -> None:
    pages = PreviewPages(Library.load(tmp_path), Pages(), ADDRESS)
    with pytest.raises(RefusedError, match="Put a pack into the folder"):
        pages.show({})
