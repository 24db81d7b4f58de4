"""What the chat's page does when something goes wrong or somebody means harm, and what it is made of."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.values import Text
from storage.errors import UnavailableError
from tests.support.browsing import Visitor, at_the_last_question
from tests.support.packs import SLUG, write_pack
from tests.support.town import Town, a_town

PAGE = f"/chat/{SLUG}"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def town(sqlite_url: str, packs: Path) -> AsyncIterator[Town]:
    async with a_town(sqlite_url, packs) as town:
        yield town


@pytest.fixture
def visitor(town: Town) -> Visitor:
    return Visitor(town.http, town.url)


# --- what goes wrong ---


async def test_a_form_that_fits_no_visit_gives_the_words_back(town: Town, visitor: Visitor) -> None:
    page = await at_the_last_question(visitor)
    answer = await visitor.send(page, "My <b>long</b> thought", form="made.up")
    assert answer.status == 403
    assert "My &lt;b&gt;long&lt;/b&gt; thought</textarea>" in answer.html
    answer = await visitor.send(answer, "My <b>long</b> thought")
    [row] = await town.answers()
    assert row.answers["why"].value == Text("My <b>long</b> thought")


async def test_a_lost_cookie_loses_no_words(town: Town, visitor: Visitor) -> None:
    page = await at_the_last_question(visitor)
    visitor.cookie = ""
    answer = await visitor.send(page, "My long thought")
    assert answer.status == 403
    assert "My long thought</textarea>" in answer.html
    assert visitor.cookie != ""
    assert len(await town.answers()) == 1


async def test_somebody_elses_form_changes_nothing(town: Town, visitor: Visitor) -> None:
    victim = Visitor(town.http, town.url)
    await at_the_last_question(victim)
    forged = await visitor.get()
    assert (await victim.send(forged, "child-8-11")).status == 403


async def test_while_the_database_is_away_the_words_wait_in_a_form_that_works_afterwards(
    town: Town, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await at_the_last_question(visitor)
    with monkeypatch.context() as away:
        away.setattr(type(town.service.receiver), "take", _unavailable)
        answer = await visitor.send(page, "My long thought")
        assert answer.status == 503
        assert "Retry-After" in answer.headers
        assert "My long thought</textarea>" in answer.html
        assert answer.fields == page.fields
    await visitor.send(answer, "My long thought")
    [row] = await town.answers()
    assert row.answers["why"].value == Text("My long thought")


async def test_while_the_database_is_away_a_choice_waits_too(
    town: Town, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await visitor.send(await visitor.get(), "child-8-11")
    with monkeypatch.context() as away:
        away.setattr(type(town.service.receiver), "take", _unavailable)
        answer = await visitor.send(page, command="skip")
        assert answer.status == 503
        assert answer.fields["command"] == "skip"
    assert (await visitor.send(answer)).fields["question"] == "why"


async def test_while_the_database_is_away_a_known_visitor_is_told_so(
    town: Town, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await at_the_last_question(visitor)
    monkeypatch.setattr(type(town.service.database), "snapshot", _no_snapshot)
    page = await visitor.get()
    assert page.status == 503
    assert "We cannot save anything just now" in page.html


def _no_snapshot(*_: object) -> None:
    raise UnavailableError("away")


async def _unavailable(*_: object) -> None:
    raise UnavailableError("away")


async def test_an_unknown_consultation_is_not_found(visitor: Visitor) -> None:
    page = await visitor.get("/chat/durham-2019")
    assert page.status == 404
    assert "There is no such page" in page.html


async def test_a_body_of_more_than_a_mebibyte_is_refused(town: Town, visitor: Visitor) -> None:
    page = await at_the_last_question(visitor)
    before = await town.transcript()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the client's own: it would rather send a file
        assert (await visitor.send(page, "x" * 1024 * 1024)).status == 413
    assert await town.transcript() == before


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"answer=%FF", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
        (b"&".join([b"answer=x"] * 500), "application/x-www-form-urlencoded"),
        (b"command=dance", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_not_our_form_is_refused_in_one_sentence(town: Town, body: bytes, content_type: str) -> None:
    async with town.http.post(town.url + PAGE, data=body, headers={"Content-Type": content_type}) as answer:
        assert answer.status == 400
        assert "Traceback" not in await answer.text()


# --- what the page is ---


async def test_the_headers_of_a_chat_page_are_those_of_the_rules(visitor: Visitor) -> None:
    headers = (await visitor.get()).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Frame-Options" not in headers


async def test_only_the_sites_that_a_pack_names_may_frame_its_chat(sqlite_url: str, tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    structure = packs / SLUG / "consultation.toml"
    structure.write_text(f'frame_ancestors = ["https://www.example.gov.uk"]\n{structure.read_text()}')
    async with a_town(sqlite_url, packs) as town:
        page = await Visitor(town.http, town.url).get(f"{PAGE}?embed=1")
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors https://www.example.gov.uk")
    assert page.action == f"{PAGE}?embed=1"


async def test_within_a_frame_the_conversation_stays_in_it(visitor: Visitor) -> None:
    page = await visitor.get(f"{PAGE}?embed=1")
    answer = await visitor.post(page, "child-8-11")
    assert answer.headers["Location"] == f"{PAGE}?embed=1#latest"


async def test_the_page_tells_when_it_closes_and_that_it_has(town: Town, visitor: Visitor) -> None:
    assert "Open until 11:59pm on Friday 31 May 2030." in (await visitor.get()).html
    await at_the_last_question(visitor)
    town.service.clock.advance(timedelta(days=17))
    assert "This closed at 11:59pm on Friday 31 May 2030." in (await visitor.get()).html
    newcomer = await Visitor(town.http, town.url).get()
    assert newcomer.fields["question"] == ""
    assert "closed" in newcomer.said[-1]


async def test_what_is_said_at_the_close_stands_on_the_page(town: Town, visitor: Visitor) -> None:
    await at_the_last_question(visitor)
    town.service.clock.advance(timedelta(days=18))
    async with asyncio.timeout(10):
        page = await visitor.get()
        while not any("closed" in bubble for bubble in page.said):
            page = await visitor.get()


async def test_a_conversation_keeps_the_words_it_began_with(town: Town, visitor: Visitor, packs: Path) -> None:
    await at_the_last_question(visitor)
    write_pack(packs, why="Now something else is asked.")
    town.service.library.refresh()
    assert "What makes you say that?" in (await visitor.get()).html
    other = Visitor(town.http, town.url)
    assert "Now something else is asked." in (await at_the_last_question(other)).html


async def test_our_own_addresses_are_links_and_others_are_not(town: Town, visitor: Visitor) -> None:
    page = await visitor.send(await at_the_last_question(visitor), "See https://example.org/x and tell me")
    assert 'href="https://example.org' not in page.html
    page = await visitor.send(page, command="privacy")
    assert f'<a href="{town.url}/privacy">' in page.html


async def test_a_static_file_is_kept_for_a_year_by_its_version_and_not_without(visitor: Visitor) -> None:
    page = await visitor.get()
    address = page.html.split('<link rel="stylesheet" href="')[1].split('"')[0]
    kept = await visitor.get(address)
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (await visitor.get(address.partition("?")[0])).headers["Cache-Control"] == "no-cache"
    assert (await visitor.get("/static/nothing.css")).status == 404
    assert (await visitor.get("/static/..%2fpages.py")).status == 404
