"""Every text that comes in is looked at, and a look that fails loses nothing."""

from __future__ import annotations

import pytest

from bot import safety
from flows import events
from flows.concern_rules import Harm, Tier
from flows.concerns import LONE_HELP
from flows.definition import Command
from tests.support.concerns import shipped_rules
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
    concern = safety.concern_in(event, LANGUAGES)
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
    assert safety.concern_in(event, LANGUAGES) is None


@pytest.mark.parametrize("word", ["HELP", "help!", "Cymorth", "pomoc"])
def test_help_alone_may_be_a_cry(word: str) -> None:
    concern = safety.concern_in(events.Said(NOON, word), LANGUAGES)
    assert concern is not None
    assert (concern.tier, concern.rules) == (Tier.CONCERN, (LONE_HELP,))


def test_a_look_that_fails_puts_the_text_before_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("my dad hits me")

    monkeypatch.setattr(safety, "assess", fail)
    concern = safety.concern_in(events.Said(NOON, "more swings"), LANGUAGES)
    assert concern is not None
    assert (concern.tier, concern.rules, concern.harms) == (Tier.CONCERN, (safety.FAILED,), (Harm.UNCLEAR,))
