"""Whom people are told to call: by age, language and nation, never more than two, and never from a stale list."""

from __future__ import annotations

from datetime import date

import pytest

from bot.packs import system_words
from flows import segments
from flows.definition import AgeBand
from flows.effects import Notice
from flows.help_lines import HelpLine, HelpLines, months_after
from flows.pack_help_lines import HELP_LINES, read_help_lines, stale
from flows.pack_table import Faults
from flows.phrases import fill
from tests.support.shipped import FILLED, herefordshire

SMALL = """
reviewed = 2026-11-25
due_after_months = 12

[[lines]]
code = "childline"
bands = ["4-7", "8-11", "12-15", "16-25", "adult"]
said.en = "call Childline on 0800 1111"
"""


def _read(text: str) -> tuple[HelpLines, list[str]]:
    faults = Faults()
    lines = read_help_lines(HELP_LINES, text, faults)
    return lines, [fault.rule for fault in faults.sorted]


def _shipped() -> HelpLines:
    lines, rules = _read(system_words()[HELP_LINES])
    assert rules == []
    return lines


@pytest.mark.parametrize("band", AgeBand)
@pytest.mark.parametrize("language", ["en", "cy", "pl"])
@pytest.mark.parametrize("nation", ["england", "wales", None])
def test_every_age_has_somebody_to_call_and_at_most_two(band: AgeBand, language: str, nation: str | None) -> None:
    said = _shipped().spoken(band.value, language, nation)
    assert said is not None
    assert 1 <= sum(said.count(word) for word in (" or ", " neu ", " albo ")) + 1 <= 2


def test_adults_have_somebody_to_call_in_arabic() -> None:
    assert "116 123" in (_shipped().spoken("adult", "ar") or "")


@pytest.mark.parametrize(
    ("band", "nation", "said"),
    [
        ("4-7", "england", "call Childline on 0800 1111"),
        ("12-15", "england", "call Childline on 0800 1111 or text Shout on 85258"),
        ("12-15", "wales", "call Childline on 0800 1111 or call Meic on 0808 80 23456"),
        ("16-25", "england", "text Shout on 85258 or call Samaritans on 116 123"),
        ("adult", "england", "call Samaritans on 116 123 or call the NSPCC about a child on 0808 800 5000"),
    ],
)
def test_who_is_named_depends_on_age_and_nation(band: str, nation: str, said: str) -> None:
    assert _shipped().spoken(band, "en", nation) == said


def test_what_nobody_put_into_a_language_is_not_said_in_it() -> None:
    assert HelpLines((HelpLine("a", frozenset({"4-7"}), {"en": "call A"}),)).spoken("4-7", "cy") is None


@pytest.mark.parametrize("band", AgeBand)
def test_the_words_name_the_lines_of_the_list_and_each_fits_one_text(band: AgeBand) -> None:
    pack = herefordshire()
    words = pack.words_for("en", band)
    said = pack.help_lines.spoken(band.value, "en", "england")
    for notice in (Notice.CONCERN, Notice.CONCERN_READ, Notice.CONCERN_GO_ON, Notice.CONCERN_REST):
        text = fill(words.short.get(notice, words.say[notice]), {**FILLED, "stop": "STOP", "help_lines": said}.get)
        assert segments.count(text).segments == 1, text
        assert notice is not Notice.CONCERN or (str(said) in text and "999" in text)


@pytest.mark.parametrize(
    ("today", "is_stale"),
    [(date(2026, 11, 25), False), (date(2027, 11, 24), False), (date(2027, 11, 25), True), (date(2030, 1, 1), True)],
)
def test_the_list_is_stale_from_the_day_on_which_it_is_due(today: date, *, is_stale: bool) -> None:
    lines, rules = _read(SMALL)
    assert rules == []
    assert [fault.rule for fault in stale(lines, today)] == (["help-lines-stale"] if is_stale else [])
    assert not any(fault.warning for fault in stale(lines, today))


def test_a_list_that_nobody_ever_checked_is_stale() -> None:
    lines, rules = _read(SMALL.replace("reviewed = 2026-11-25", ""))
    assert rules == ["missing-key"]
    assert lines.is_stale(date(2026, 11, 25))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 25), 12, date(2027, 11, 25)),
        (date(2026, 11, 30), 3, date(2027, 3, 1)),
        (date(2028, 2, 29), 12, date(2029, 3, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 31), 1, date(2026, 3, 1)),
    ],
)
def test_months_end_on_days_that_there_are(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


@pytest.mark.parametrize(
    ("spoilt", "rule"),
    [
        (SMALL.replace('"adult"]', '"adults"]'), "wrong-value"),
        (SMALL.replace(', "adult"]', "]"), "help-lines"),
        (SMALL.replace("said.en", "sayd.en"), "unknown-key"),
        (SMALL.replace("due_after_months = 12", "due_after_months = 0"), "wrong-value"),
        (SMALL.replace("2026-11-25", '"today"'), "wrong-value"),
        (SMALL.replace('code = "childline"', 'nations = ["gales"]\ncode = "childline"'), "wrong-value"),
        ("[[lines", "toml"),
    ],
)
def test_a_fault_in_the_list_is_told(spoilt: str, rule: str) -> None:
    assert rule in _read(spoilt)[1]
