"""Every error code of Twilio's that is known has the outcome that the rules give it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import sms_errors
from bot.channels.base import LONGEST_WAIT
from bot.channels.sms_errors import RULES, is_gone, outcome
from flows.messages import Gone, OurFault, RetryAt

NOW = datetime(2018, 3, 9, 12, tzinfo=UTC)

NEVER = (21211, 21214, 21408, 21610, 21614, 21617, 21635, 30004, 30005, 30006)
STOP_ALL = (20003, 20005, 20404, 21212, 21603, 21606, 21659, 21660, 30002)
ONE_FAULT = (21602, 30007)
AGAIN = (14107, 20429, 20500, 20503, 21611, 30001, 30003, 30008, 30036, 63018)


def test_the_table_holds_these_codes_and_no_others() -> None:
    assert sorted((*NEVER, *STOP_ALL, *ONE_FAULT, *AGAIN)) == sorted(RULES)


@pytest.mark.parametrize("code", NEVER)
def test_what_can_never_arrive_is_never_tried_again(code: int) -> None:
    found = outcome(code, 400, attempt=1, now=NOW)
    assert isinstance(found, Gone)
    assert found.opted_out == (code == 21610)
    assert str(code) in found.reason


@pytest.mark.parametrize("code", STOP_ALL)
def test_what_is_wrong_with_our_account_stops_the_channel(code: int) -> None:
    found = outcome(code, 400, attempt=1, now=NOW)
    assert isinstance(found, OurFault)
    assert found.stop_channel


@pytest.mark.parametrize("code", [*ONE_FAULT, 29999, None])
def test_our_fault_with_one_message_stops_only_that_one(code: int | None) -> None:
    found = outcome(code, 400, attempt=1, now=NOW)
    assert isinstance(found, OurFault)
    assert not found.stop_channel


@pytest.mark.parametrize("code", AGAIN)
def test_what_may_pass_is_tried_again_later(code: int) -> None:
    found = outcome(code, 400, attempt=1, now=NOW)
    assert isinstance(found, RetryAt)
    assert found.at > NOW
    assert found.pause_channel == (code in (20429, 21611))


@pytest.mark.parametrize("code", [14107, 20500, 30001])
def test_waits_grow_and_are_capped(code: int) -> None:
    found = [outcome(code, 500, attempt=attempt, now=NOW) for attempt in (1, 2, 3, 40)]
    waits = [(one.at - NOW) for one in found if isinstance(one, RetryAt)]
    assert waits == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8), LONGEST_WAIT]


def test_a_phone_that_is_off_is_tried_twice_more_and_much_later() -> None:
    first, second, third = (outcome(30003, 400, attempt=attempt, now=NOW) for attempt in (1, 2, 3))
    assert isinstance(first, RetryAt)
    assert isinstance(second, RetryAt)
    assert timedelta(minutes=15) < first.at - NOW < second.at - NOW
    assert isinstance(third, Gone)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, RetryAt), (502, RetryAt), (503, RetryAt), (408, RetryAt), (429, RetryAt), (401, OurFault), (403, OurFault)],
)
def test_an_answer_without_a_known_code_goes_by_its_status(status: int, kind: type) -> None:
    assert isinstance(outcome(status, status, attempt=1, now=NOW), kind)


@pytest.mark.parametrize("code", sorted(RULES))
def test_nothing_more_is_sent_to_a_number_that_cannot_be_reached(code: int) -> None:
    assert is_gone(code) == (code in (21211, 21214, 21610, 21614, 21635, 30004, 30005, 30006))


def test_an_unknown_code_says_nothing_about_the_number() -> None:
    assert not is_gone(None)
    assert not is_gone(29999)


def test_every_reason_is_in_plain_words() -> None:
    for rule in sms_errors.RULES.values():
        assert rule.reason[0].islower()
        assert not rule.reason.endswith(".")
