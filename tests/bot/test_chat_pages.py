"""The chat's page over real HTTP, as a browser without JavaScript sees it; the service under it is whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flows.values import Choice, Text
from tests.support.browsing import Visitor, at_the_last_question, finished
from tests.support.packs import SLUG, write_pack
from tests.support.town import Town, a_town

PAGE = f"/chat/{SLUG}"


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


async def test_two_visitors_at_the_same_question_have_their_own_words_and_forms(town: Town, visitor: Visitor) -> None:
    other = Visitor(town.http, town.url)
    pages = [await one.send(await at_the_last_question(one), words) for one, words in ((visitor, "a"), (other, "bb"))]
    assert ["You a" in page.said for page in pages] == [True, False]
    assert ["You bb" in page.said for page in pages] == [False, True]
    assert pages[0].fields["form"] != pages[1].fields["form"]


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


@pytest.mark.parametrize(("coming_from", "forgets"), [("same-origin", True), ("none", True), ("cross-site", False)])
async def test_leaving_at_once_leads_elsewhere_and_the_screen_forgets_unless_another_site_asks_for_it(
    town: Town, visitor: Visitor, coming_from: str, *, forgets: bool
) -> None:
    await finished(visitor)
    headers = {"Cookie": visitor.cookie, "Sec-Fetch-Site": coming_from}
    exits = f"{town.url}{visitor.path}/exit"
    async with visitor.http.get(exits, headers=headers, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "https://www.bbc.co.uk/weather")
        assert ("Max-Age=0" in answer.headers.get("Set-Cookie", "")) is forgets
    assert len(await town.answers()) == 1


async def test_within_another_page_there_is_no_exit_for_it_could_not_lead_away(visitor: Visitor) -> None:
    assert "/exit" in (await visitor.get()).html
    assert "/exit" not in (await visitor.get(f"{visitor.path}?embed=1")).html


async def test_another_site_cannot_make_a_screen_forget_its_visitor(visitor: Visitor) -> None:
    page = await finished(visitor)
    cookie = visitor.cookie
    await visitor.send(page, leave="yes", form="made.up")
    assert visitor.cookie == cookie
