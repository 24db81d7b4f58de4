"""Lundy's four questions: what is there is ticked, what is missing is said with what to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from bot.console.lundy import checklist
from bot.packs import Library
from flows.decisions import Gate
from flows.definition import Consultation, Nation
from flows.errors import Fault
from flows.messages import CONVERSING, Channel
from tests.support.officers import a_console
from tests.support.packs import SLUG, write_pack
from tests.support.shipped import ROOT

SHIPPED = Library.load(ROOT / "consultations")
[NORFOLK] = [pack for pack in SHIPPED.all() if pack.slug == "norfolk-involvement"]
GATE = Gate(reasons="Nothing is decided.", who_decides="The Cabinet")
BORROWED = Fault("wording/en.adult.toml", "", "borrowed", "write it", rule="fallback", warning=True)


def missing(
    pack: Consultation,
    gate: Gate = GATE,
    faults: Collection[Fault] = (),
    channels: Collection[Channel] = CONVERSING,
) -> list[str]:
    return [
        f"{part.name}: {check.said}"
        for part in checklist(pack, gate, faults, channels)
        for check in part.checks
        if not check.done
    ]


@pytest.mark.parametrize("pack", SHIPPED.all(), ids=lambda pack: pack.slug)
def test_the_four_stand_in_their_order_each_with_something_to_look_at(pack: Consultation) -> None:
    parts = checklist(pack, Gate(), (), CONVERSING)
    assert [part.name for part in parts] == ["Space", "Voice", "Audience", "Influence"]
    assert all(part.asks and part.checks and all(check.said for check in part.checks) for part in parts)


def test_a_pack_that_was_thought_through_lacks_nothing() -> None:
    assert missing(NORFOLK) == []


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        (replace(NORFOLK, contact=""), "Space: Name somebody to turn to"),
        (replace(NORFOLK, nation=Nation.WALES), "Voice: It has to be in Welsh as well."),
        (replace(NORFOLK, feedback_due=None), "Influence: Tell people by when they hear what came of it"),
        (
            replace(NORFOLK, questions=tuple(replace(each, consent=None) for each in NORFOLK.questions)),
            "Influence: Ask people whether they want to hear",
        ),
    ],
)
def test_what_the_pack_lacks_is_said_with_what_to_do(pack: Consultation, said: str) -> None:
    [found] = missing(pack)
    assert found.startswith(said)


def test_where_people_cannot_say_that_they_do_not_know_the_questions_are_named() -> None:
    sure = tuple(
        replace(each, choices=tuple(code for code in each.choices if code != "not-sure")) for each in NORFOLK.questions
    )
    [found] = missing(replace(NORFOLK, questions=sure))
    assert found.startswith("Voice: Let people say that they do not know: ")


def test_what_the_gate_the_words_and_the_channels_lack_is_said_too() -> None:
    assert [line.partition(":")[0] for line in missing(NORFOLK, Gate(), [BORROWED], [Channel.WEB])] == [
        "Space",
        "Voice",
        "Audience",
        "Influence",
    ]


async def test_an_editor_finds_it_under_running_it(sqlite_url: str, tmp_path: Path) -> None:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        base = f"/console/{SLUG}/running"
        assert f'href="{base}/checklist"' in (await town.editor.get(base)).html
        shown = await town.editor.get(f"{base}/checklist")
        assert "Say who decides, in the gate." in shown.words
        assert "Some of these ages borrow words" in shown.words
        assert shown.html.count('class="tag yellow"') >= 3
