"""A parent's own yes over the whole service: by text message, in an app and on a page, and never from the child."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import ids
from bot.replies import Reply, reply_of
from flows.definition import AgeBand
from flows.messages import Channel
from flows.values import Text
from storage.backup import Kind
from storage.records import AddressKey
from tests.support.backups import backup_of, take_in
from tests.support.browsing import Shown, Visitor
from tests.support.desk import Desk, a_desk
from tests.support.packs import PARENTS_ASKED, SLUG, write_pack
from tests.support.storing import rows
from tests.support.town import KEY, Town, a_town

CHILD, PARENT, OTHER = "+447700900121", "+447700900122", "+447700900123"
CODE = "7K4M9QXR"
ALONE, YES, NO = (Reply(CODE, allowed) for allowed in (None, True, False))


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, write_pack(tmp_path / "packs", more=PARENTS_ASKED)) as desk:
        yield desk


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(sqlite_url, write_pack(tmp_path / "packs", more=PARENTS_ASKED)) as town:
        yield town


async def a_waiting_child(desk: Desk, address: str = CHILD) -> str:
    """A child who texts, and the code that they were given."""
    await desk.person(address=address).says("PLAY", "1")
    return code_in((await desk.said())[-1])


def code_in(text: str) -> str:
    found: list[str] = [word for word in re.findall(r"[0-9A-Z]{8}", text) if ids.looks_like_permission_code(word)]
    assert len(found) == 1, text
    return found[0]


# --- what a parent sends ---


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (CODE, ALONE),
        ("7k4m 9qxr", ALONE),
        (f"yes {CODE}", YES),
        (f"YES, {CODE}.", YES),
        (f"{CODE} yes", YES),
        ("Yes please 7k4m-9qxr", YES),
        ("tak 7k4m 9qxr", YES),
        (f"ie {CODE}", YES),
        (f"نعم {CODE}", YES),
        (f"no {CODE}", NO),
        (f"nie {CODE}", NO),
        (f"na {CODE}", NO),
        (f"لا {CODE}", NO),
        (f"perhaps {CODE}", None),
        ("7K4M9Q", None),
        ("77449922", None),
        ("swingsxx", None),
        ("yes", None),
        ("", None),
        (f"yes {CODE} " + "x" * 40, None),
    ],
)
def test_a_reply_is_a_code_alone_or_with_a_yes_or_a_no(text: str, reply: Reply | None) -> None:
    assert reply_of(text) == reply


def test_a_code_for_parents_is_never_taken_for_one_that_carries_a_conversation() -> None:
    for _ in range(200):
        made = ids.permission_code()
        assert ids.looks_like_permission_code(made)
        assert not ids.looks_like_code(made)


# --- by text message ---


async def test_a_parent_who_texts_the_code_hears_what_it_is_about_and_a_yes_lets_the_child_go_on(desk: Desk) -> None:
    code = await a_waiting_child(desk)
    parent = desk.person(address=PARENT)
    await parent.says(code)
    asked = await desk.waiting(Channel.SMS)
    assert any(f"Send yes {code}, or no {code}." in text and "Harbour Council" in text for text in asked)
    await parent.says(f"yes {code}")
    assert (await desk.said())[-1].startswith("Your parent or carer said yes. Let us go on.")
    await desk.person(address=CHILD).says("2", "It is fine")
    [row] = await desk.answers()
    assert (row.role, row.band, set(row.answers)) == ("child", AgeBand.EIGHT_TO_ELEVEN, {"who", "swings", "why"})


async def test_the_answer_who_somebody_is_stands_at_their_own_message_and_at_the_time_of_the_yes(
    desk: Desk, sqlite_url: str
) -> None:
    code = await a_waiting_child(desk)
    await desk.person(address=PARENT).says(f"yes {code}")
    [[seq, direction]] = await rows(
        sqlite_url,
        "SELECT m.seq, m.direction FROM answer AS a JOIN message AS m"
        " ON m.participant_id = a.participant_id AND m.seq = a.message_seq WHERE a.question = 'who'",
    )
    assert (seq, direction) == (3, "in")


async def test_before_a_yes_nothing_of_the_child_is_kept_and_after_a_no_neither(desk: Desk) -> None:
    code = await a_waiting_child(desk)
    child = desk.person(address=CHILD)
    await child.says("2")
    assert [dict(row.answers) for row in await desk.answers()] == [{}]
    await desk.person(address=PARENT).says(f"no {code}")
    assert "Your parent or carer said no." in (await desk.said())[-1]
    await child.says("2", "but why")
    [row] = await desk.answers()
    assert (row.role, row.band, dict(row.answers)) == (None, None, {})


async def test_a_child_cannot_say_yes_from_their_own_number(desk: Desk) -> None:
    code = await a_waiting_child(desk)
    await desk.person(address=CHILD).says(code, f"yes {code}")
    assert [dict(row.answers) for row in await desk.answers()] == [{}]
    transcripts = [entry.text for entry in await desk.transcript()]
    assert not any("said yes" in text for text in transcripts)


async def test_a_yes_can_be_taken_back_and_what_was_answered_stays(desk: Desk) -> None:
    code = await a_waiting_child(desk)
    parent, child = desk.person(address=PARENT), desk.person(address=CHILD)
    await parent.says(f"yes {code}")
    await child.says("2")
    await parent.says(f"no {code}")
    await child.says("a pond")
    [row] = await desk.answers()
    assert set(row.answers) == {"who", "swings"}


async def test_a_yes_that_was_taken_back_stays_so_when_a_backup_of_before_is_restored(
    desk: Desk, sqlite_url: str, tmp_path: Path
) -> None:
    code = await a_waiting_child(desk)
    parent, child = desk.person(address=PARENT), desk.person(address=CHILD)
    await parent.says(f"yes {code}")
    await child.says("2")
    held = await backup_of(sqlite_url)
    await parent.says(f"no {code}")
    listed = await backup_of(sqlite_url, Kind.TOMBSTONES)
    url = f"sqlite+aiosqlite:///{tmp_path / 'restored.db'}"
    await take_in(url, held, tombstones=listed, secret=KEY.encode())
    async with a_desk(url, tmp_path / "packs") as restored:
        await restored.person(address=CHILD).says("a pond")
        [row] = await restored.answers()
        assert set(row.answers) == {"who", "swings"}
        again = code_in((await restored.said())[-1])
        await restored.person(address=PARENT).says(f"yes {again}")
        await restored.person(address=CHILD).says("a pond")
        [row] = await restored.answers()
        assert row.answers["why"].value == Text("a pond")


async def test_a_code_that_nobody_gave_out_is_an_answer_for_who_is_asked_something(desk: Desk) -> None:
    await desk.person(address=OTHER).says("PLAY", "3", "2", f"yes {CODE}")
    [row] = await desk.answers()
    assert row.answers["why"].value == Text(f"yes {CODE}")


async def test_a_parent_in_a_conversation_of_their_own_may_say_yes_in_between(desk: Desk) -> None:
    parent = desk.person(address=PARENT)
    await parent.says("PLAY", "3", "2")
    code = await a_waiting_child(desk)
    await parent.says(f"yes {code}", "more benches")
    found = {row.role: set(row.answers) for row in await desk.answers()}
    assert found == {"parent-carer": {"who", "swings", "why"}, "child": {"who"}}


async def test_two_children_one_phone_each_has_a_code_of_their_own(desk: Desk) -> None:
    first = await a_waiting_child(desk)
    await desk.person(address=OTHER).says("PLAY", "1")
    await desk.person(address=PARENT).says(f"yes {first}")
    assert sorted(len(row.answers) for row in await desk.answers()) == [0, 1]


async def test_a_parent_who_said_stop_is_told_nothing_and_their_yes_holds(desk: Desk) -> None:
    code = await a_waiting_child(desk)
    parent = desk.person(address=PARENT)
    await parent.says("STOP", f"yes {code}")
    assert not any(f"send no {code}" in text for text in await desk.waiting(Channel.SMS))
    assert [set(row.answers) for row in await desk.answers()] == [{"who"}]


async def test_nothing_is_sent_to_a_child_who_said_stop(desk: Desk) -> None:
    code = await a_waiting_child(desk)
    child = desk.person(address=CHILD)
    await child.says("STOP")
    before = len(await desk.said())
    await desk.person(address=PARENT).says(f"yes {code}")
    assert len(await desk.said()) == before
    await child.says("START")
    assert "Should the park have more swings?" in (await desk.said())[-1]


async def test_after_delete_the_code_is_none_and_nothing_says_that_there_was_one(desk: Desk, sqlite_url: str) -> None:
    code = await a_waiting_child(desk)
    await desk.person(address=CHILD).says("DELETE", "DELETE")
    assert await rows(sqlite_url, "SELECT * FROM permission_code") == []
    await desk.person(address=PARENT).says(f"yes {code}")
    assert await desk.answers() == []


async def test_of_the_parent_only_what_they_said_when_and_where_is_kept_with_it(desk: Desk, sqlite_url: str) -> None:
    code = await a_waiting_child(desk)
    await desk.person(address=PARENT).says(f"yes {code}")
    [row] = await rows(sqlite_url, "SELECT slug, allowed, channel, decided_at IS NOT NULL FROM permission_code")
    assert tuple(row) == (SLUG, 1, "sms", 1)
    [[hashed]] = await rows(sqlite_url, "SELECT code_hash FROM permission_code")
    assert code.encode() not in bytes(hashed)


async def test_a_child_in_an_app_for_older_people_is_handed_on_once_a_parent_has_said_yes(
    desk: Desk,
) -> None:
    await desk.person(Channel.TELEGRAM, "77").says("/start PLAY")
    child = desk.person(Channel.TELEGRAM, "77")
    await child.says("PLAY", "8 to 11")
    link = (await desk.said())[-1]
    assert "/allow/" in link
    await desk.person(address=PARENT).says(f"yes {code_in(link)}")
    assert "/chat/" in (await desk.said())[-1]
    assert [set(row.answers) for row in await desk.answers()] == [{"who"}]


# --- on the page ---


async def a_waiting_visitor(town: Town) -> tuple[Visitor, str]:
    """A child at the web chat, and the path of the page for their parent."""
    child = Visitor(town.http, town.url)
    page = await child.send(await child.get(), "child-8-11")
    found = re.search(r"/allow/[0-9A-Z]+", page.said[-1])
    assert found is not None, page.said
    return child, found[0]


def a_parent(town: Town, path: str) -> Visitor:
    return Visitor(town.http, town.url, path)


async def say(parent: Visitor, page: Shown, answer: str) -> Shown:
    return await parent.send(page, answer)


async def test_a_parent_says_yes_on_the_page_and_the_child_goes_on(town: Town) -> None:
    child, path = await a_waiting_visitor(town)
    parent = a_parent(town, path)
    page = await parent.get()
    assert "May this child answer?" in page.html
    assert page.buttons == ["answer=yes", "answer=no"]
    page = await say(parent, page, "yes")
    assert "You said yes on Wednesday 15 May 2030." in page.html
    assert page.buttons == ["answer=no"]
    shown = await child.get()
    assert "Your parent or carer said yes." in shown.html
    assert shown.options == ["more", "same", "fewer"]


async def test_a_parent_says_no_and_then_yes_after_all_and_takes_it_back(town: Town) -> None:
    child, path = await a_waiting_visitor(town)
    parent = a_parent(town, path)
    page = await say(parent, await parent.get(), "no")
    assert ("You said no on" in page.html, page.buttons) == (True, ["answer=yes"])
    assert "Your parent or carer said no." in (await child.get()).html
    page = await say(parent, page, "yes")
    assert (await child.get()).options == ["child-8-11", "child-12-15", "parent-carer"]
    page = await say(parent, page, "no")
    assert "You said no on" in page.html
    assert (await child.get()).options == []


async def test_a_child_who_opens_the_page_is_told_to_send_it_on_and_cannot_say_yes(town: Town) -> None:
    child, path = await a_waiting_visitor(town)
    page = await child.get(path)
    assert "This page is for a parent or carer" in page.html
    assert f"{town.url}{path}" in page.html
    assert page.buttons == []
    other = a_parent(town, path)
    theirs = await other.get()
    theirs.action = f"{path}?lang=en"
    assert (await child.post(theirs, "yes")).status == 403
    assert [dict(row.answers) for row in await town.answers()] == [{}]


async def test_a_form_of_another_browser_says_nothing(town: Town) -> None:
    _, path = await a_waiting_visitor(town)
    page = await a_parent(town, path).get()
    stranger = a_parent(town, path)
    assert (await stranger.post(page, "yes")).status == 403
    await stranger.get()
    assert (await stranger.post(page, "yes")).status == 403
    assert [dict(row.answers) for row in await town.answers()] == [{}]


async def test_a_form_without_a_choice_leads_back_and_says_nothing(town: Town) -> None:
    _, path = await a_waiting_visitor(town)
    parent = a_parent(town, path)
    page = await parent.send(await parent.get())
    assert page.buttons == ["answer=yes", "answer=no"]


@pytest.mark.parametrize("code", [CODE, "nothing", "7K4M9Q"])
async def test_a_code_that_nobody_gave_out_is_a_page_that_is_not_there(town: Town, code: str) -> None:
    page = await a_parent(town, f"/allow/{code}").get()
    assert (page.status, "This link does not work any more" in page.html) == (404, True)


async def test_the_page_is_in_the_languages_of_the_consultation_and_keeps_to_the_one_chosen(town: Town) -> None:
    _, path = await a_waiting_visitor(town)
    parent = a_parent(town, f"{path}?lang=cy")
    page = await parent.get()
    assert "Gaiff y plentyn hwn ateb?" in page.html
    assert "Fe ddywedoch chi ie ar" in (await say(parent, page, "yes")).html


async def test_showing_the_page_keeps_nothing_of_whoever_opens_it(town: Town, sqlite_url: str) -> None:
    _, path = await a_waiting_visitor(town)
    parent = a_parent(town, path)
    await say(parent, await parent.get(), "yes")
    assert await rows(sqlite_url, "SELECT count(*) FROM participant") == [(1,)]
    token = parent.cookie.partition("=")[2]
    assert await town.service.database.find(AddressKey(Channel.WEB, token), SLUG) is None


async def test_privacy_says_from_which_age_on_a_parent_is_asked(town: Town) -> None:
    page = await Visitor(town.http, town.url, "/privacy").get()
    assert "Whoever is younger than 13 can answer once a parent or carer has said yes" in page.html
    assert "Nobody below 13 can answer" not in page.html


async def test_what_a_parent_said_is_in_the_file_of_everything_that_is_held(town: Town) -> None:
    child, path = await a_waiting_visitor(town)
    parent = a_parent(town, path)
    await say(parent, await parent.get(), "yes")
    page = await child.get(f"/chat/{SLUG}/everything")
    assert "What a parent or carer said" in page.html
    assert "Yes, on " in page.html
