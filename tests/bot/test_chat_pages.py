"""The chat's page over real HTTP, as a browser without JavaScript sees it; the service under it is whole."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.values import Choice, Text
from storage.errors import UnavailableError
from tests.support.browsing import Shown, Visitor
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


async def at_the_last_question(visitor: Visitor) -> Shown:
    page = await visitor.send(await visitor.get(), "child-8-11")
    return await visitor.send(page, "more")


async def finished(visitor: Visitor) -> Shown:
    return await visitor.send(await at_the_last_question(visitor), "There is always a queue")


# --- a conversation ---


async def test_a_child_answers_from_the_opening_to_the_thanks(town: Town, visitor: Visitor) -> None:
    page = await visitor.get()
    assert page.status == 200
    assert [bubble.startswith("Sayso ") for bubble in page.said] == [True, True]
    assert "Hello! I am a computer." in page.said[0]
    assert page.said[1].endswith("Who are you?")
    assert page.options == ["child-8-11", "child-12-15", "parent-carer"]
    page = await visitor.send(page, "child-8-11")
    assert page.options == ["more", "same", "fewer"]
    page = await visitor.send(page, "more")
    assert page.fields["question"] == "why"
    page = await visitor.send(page, "There is always a queue")
    assert "Thank you" in page.said[-1]
    [row] = await town.answers()
    assert (row.role, row.status, row.channel) == ("child", "complete", "web")
    assert row.answers["swings"].value == Choice("more")
    assert row.answers["why"].value == Text("There is always a queue")


async def test_showing_a_page_writes_nothing(town: Town, visitor: Visitor) -> None:
    for _ in range(3):
        await visitor.get()
        await visitor.get(f"{PAGE}?lang=cy")
        await visitor.get(f"{PAGE}?code=")
    async with town.service.database.snapshot() as reader:
        assert (await reader.counts(SLUG)).participants == 0
    assert await town.transcript() == []


async def test_the_opening_that_was_shown_is_the_opening_that_is_kept(town: Town, visitor: Visitor) -> None:
    before = await visitor.get()
    after = await visitor.send(before, "child-8-11")
    assert after.said[: len(before.said)] == before.said
    assert [entry.direction for entry in await town.transcript()][:3] == ["out", "out", "in"]


async def test_what_was_chosen_stands_in_the_log_in_words(visitor: Visitor) -> None:
    page = await at_the_last_question(visitor)
    assert "You More swings" in page.said


async def test_a_visitor_gets_one_cookie_and_keeps_it(visitor: Visitor) -> None:
    first = await visitor.get()
    second = await visitor.get()
    assert "HttpOnly; SameSite=Lax" in first.headers["Set-Cookie"]
    assert "Set-Cookie" not in second.headers


async def test_a_conversation_is_resumed_where_it_was(visitor: Visitor) -> None:
    page = await at_the_last_question(visitor)
    assert (await visitor.get()).said == page.said


async def test_two_visitors_see_nothing_of_each_other(town: Town, visitor: Visitor) -> None:
    await finished(visitor)
    other = Visitor(town.http, town.url)
    assert "queue" not in (await other.get()).html


async def test_the_same_form_sent_twice_counts_once(town: Town, visitor: Visitor) -> None:
    page = await at_the_last_question(visitor)
    for _ in range(3):
        await visitor.send(page, "There is always a queue")
    assert [entry.text for entry in await town.transcript()].count("There is always a queue") == 1


async def test_a_form_from_an_earlier_page_changes_that_answer(town: Town, visitor: Visitor) -> None:
    earlier = await visitor.send(await visitor.get(), "child-8-11")
    await visitor.send(earlier, "more")
    page = await visitor.send(earlier, "fewer")
    [row] = await town.answers()
    assert row.answers["swings"].value == Choice("fewer")
    assert page.fields["question"] == "why"


async def test_nothing_chosen_is_asked_about_again_at_the_field(visitor: Visitor) -> None:
    page = await visitor.send(await visitor.get())
    assert page.fields["question"] == "who"
    assert 'id="asked-again"' in page.html
    assert 'aria-describedby="asked-again' in page.html
    assert "<title>Please look again: " in page.html


@pytest.mark.parametrize(
    ("command", "heard"),
    [("help", "Childline"), ("show", "You said"), ("privacy", "/privacy"), ("change", "change"), ("code", "code is")],
)
async def test_a_button_does_what_its_word_does(visitor: Visitor, command: str, heard: str) -> None:
    page = await at_the_last_question(visitor)
    assert f"command={command}" in page.buttons
    page = await visitor.send(page, command=command)
    assert heard in " ".join(page.said[-2:])


async def test_sending_skipping_and_stopping_stand_side_by_side(visitor: Visitor) -> None:
    page = await at_the_last_question(visitor)
    assert page.buttons[:4] == ["", "command=skip", "command=back", "command=stop"]


async def test_a_newcomer_is_offered_help_and_privacy_and_no_answers_to_change(visitor: Visitor) -> None:
    page = await visitor.get()
    assert page.buttons == ["", "command=skip", "command=stop", "command=help", "command=privacy"]


async def test_after_stop_the_page_offers_to_start_again_and_nothing_is_asked(visitor: Visitor) -> None:
    page = await visitor.send(await at_the_last_question(visitor), command="stop")
    assert page.fields["question"] == ""
    assert page.buttons == ["command=start", "command=delete"]
    page = await visitor.send(page, command="start")
    assert page.fields["question"] == "why"


async def test_picking_an_answer_to_change_puts_its_question_again(town: Town, visitor: Visitor) -> None:
    page = await visitor.send(await finished(visitor), command="change")
    assert page.options == ["who", "swings", "why"]
    page = await visitor.send(page, "swings")
    await visitor.send(page, "fewer")
    [row] = await town.answers()
    assert row.answers["swings"].value == Choice("fewer")


async def test_words_may_look_like_markup_and_stay_words(visitor: Visitor) -> None:
    hostile = "</p><script>alert('x')</script><img src=x onerror=alert(1)> {{ 7*7 }} \"'&amp;"
    page = await visitor.send(await at_the_last_question(visitor), hostile)
    assert "<script>alert" not in page.html
    assert "<img" not in page.html
    assert f"You {hostile}" in page.said


# --- languages ---


async def test_the_address_picks_a_language_for_a_newcomer(town: Town, visitor: Visitor) -> None:
    page = await visitor.get(f"{PAGE}?lang=cy")
    assert '<html lang="cy" dir="ltr">' in page.html
    assert "Chwarae yn yr harbwr" in page.html
    await visitor.send(page, "child-8-11")
    [row] = await town.answers()
    assert row.language == "cy"


async def test_a_language_that_the_pack_lacks_is_not_picked(visitor: Visitor) -> None:
    assert '<html lang="en"' in (await visitor.get(f"{PAGE}?lang=ja")).html


async def test_the_address_picks_a_language_for_the_rest_of_a_conversation(town: Town, visitor: Visitor) -> None:
    await at_the_last_question(visitor)
    page = await visitor.get(f"{PAGE}?lang=cy")
    assert page.fields["lang"] == "cy"
    assert page.said[-1].endswith("What makes you say that?")
    await visitor.send(page, "Mae ciw bob amser")
    [row] = await town.answers()
    assert (row.language, row.answers["why"].value) == ("cy", Text("Mae ciw bob amser"))


async def test_a_button_carries_on_in_another_language(visitor: Visitor) -> None:
    page = await at_the_last_question(visitor)
    assert "speak=cy" in page.buttons
    page = await visitor.send(page, speak="cy")
    assert '<html lang="cy"' in page.html
    assert page.fields["question"] == "why"


# --- from one device to another ---


async def test_a_code_carries_a_conversation_from_a_phone_to_the_page(town: Town, visitor: Visitor) -> None:
    phone = town.twilio.phone("+447700900123")
    for count, text in enumerate(("play", "1", "1", "code"), start=1):
        await phone.text(text)
        await phone.hears(count)
    code = phone.heard[-1].text.split("code is ")[1].split(".")[0]
    page = await visitor.get(f"{PAGE}?code={code}")
    assert f'value="{code}"' in page.html
    page = await visitor.send(page, code=code)
    assert page.fields["question"] == "why"
    assert "You More swings" in page.said or "You 1" in page.said
    await visitor.send(page, "There is always a queue")
    [row] = await town.answers()
    assert (row.channel, row.status) == ("web", "complete")


async def test_a_code_is_not_used_before_it_was_confirmed(town: Town, visitor: Visitor) -> None:
    await visitor.get(f"{PAGE}?code=7K2M9Q")
    assert await town.transcript() == []


@pytest.mark.parametrize("code", ["7K2M9Q", "", "  ", "<script>"])
async def test_a_code_that_is_none_is_asked_for_again(visitor: Visitor, code: str) -> None:
    page = await visitor.send(await visitor.get(f"{PAGE}?code="), code=code)
    assert page.status == 200
    assert 'aria-describedby="unknown"' in page.html
    assert "<script>" not in page.html


# --- leaving ---


async def test_after_delete_everything_is_gone_and_the_page_says_so(town: Town, visitor: Visitor) -> None:
    page = await visitor.send(await finished(visitor), command="delete")
    assert page.options == ["yes", "no"]
    page = await visitor.send(page, "yes")
    assert "erased" in page.html
    assert visitor.cookie == ""
    assert await town.answers() == []
    assert len((await visitor.get()).said) == 2


async def test_thinking_better_of_delete_leads_back(town: Town, visitor: Visitor) -> None:
    page = await visitor.send(await finished(visitor), command="delete")
    await visitor.send(page, "no")
    assert len(await town.answers()) == 1


async def test_a_shared_screen_forgets_its_visitor_and_we_keep_the_answers(town: Town, visitor: Visitor) -> None:
    page = await finished(visitor)
    assert "leave=yes" in page.buttons
    page = await visitor.send(page, leave="yes")
    assert len(page.said) == 2
    assert len(await town.answers()) == 1


async def test_another_site_cannot_make_a_screen_forget_its_visitor(visitor: Visitor) -> None:
    page = await finished(visitor)
    cookie = visitor.cookie
    await visitor.send(page, leave="yes", form="made.up")
    assert visitor.cookie == cookie


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
    monkeypatch.setattr(type(town.service.database), "find", _unavailable)
    page = await visitor.get()
    assert page.status == 503
    assert "We cannot save anything just now" in page.html


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
