"""What each of Twilio's error codes means for a message, as a table.

Sources: twilio.com/docs/api/errors, and the tables that others who send many texts have published. A code that is not
here is our own mistake until somebody has looked: that one message fails where an officer sees it, and the rest go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from http import HTTPStatus
from typing import Final, assert_never

from bot.channels.base import backoff
from flows.messages import Gone, OurFault, RetryAt, SendOutcome


class Then(Enum):
    """What to do about an error."""

    GIVE_UP = "give up"
    """This message can never arrive."""
    NOBODY = "nobody there"
    """Nothing can ever arrive at this number."""
    LEFT = "left"
    """The person has asked the provider to send nothing more."""
    WAIT = "wait"
    """This message, a little later."""
    WAIT_ALL = "wait, all"
    """Every message, a little later: the limit is the whole account's or number's."""
    MUCH_LATER = "much later"
    """The phone is off: twice more, with long waits."""
    FAULT = "fault"
    """Our fault with this message: no retry, and an operator is told."""
    STOP = "stop"
    """Our fault with every message: the channel stops, and an operator is told."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One error."""

    then: Then
    reason: str
    """Plain words for the log and for officers; nothing of a person's is in it."""


_TRIES_WHILE_OFF: Final = 2
_WHILE_OFF: Final = timedelta(minutes=30)
_LIMIT: Final = timedelta(seconds=5)
"""The least wait where everybody waits: Twilio does not say how long."""

RULES: Final[Mapping[int, Rule]] = {
    14107: Rule(Then.WAIT, "sending too fast to this number"),
    20003: Rule(Then.STOP, "our account or token is not accepted"),
    20005: Rule(Then.STOP, "our account is not active"),
    20404: Rule(Then.STOP, "our account was not found"),
    20429: Rule(Then.WAIT_ALL, "too many requests at once"),
    20500: Rule(Then.WAIT, "the provider had a fault"),
    20503: Rule(Then.WAIT, "the provider is not available"),
    21211: Rule(Then.NOBODY, "not a telephone number"),
    21212: Rule(Then.STOP, "our sender number is not valid"),
    21214: Rule(Then.NOBODY, "the number cannot be reached"),
    21408: Rule(Then.GIVE_UP, "our account may not send to that country"),
    21602: Rule(Then.FAULT, "the message had no text"),
    21603: Rule(Then.STOP, "our sender number is missing"),
    21606: Rule(Then.STOP, "our sender number cannot send texts"),
    21610: Rule(Then.LEFT, "the person has opted out with the provider"),
    21611: Rule(Then.WAIT_ALL, "the provider's queue for our number is full"),
    21614: Rule(Then.NOBODY, "not a mobile number"),
    21617: Rule(Then.GIVE_UP, "the text is longer than 1,600 characters"),
    21635: Rule(Then.NOBODY, "a landline"),
    21659: Rule(Then.STOP, "our sender number is not ours"),
    21660: Rule(Then.STOP, "our sender number belongs to another account"),
    30001: Rule(Then.WAIT, "the provider's queue is full"),
    30002: Rule(Then.STOP, "our account is suspended"),
    30003: Rule(Then.MUCH_LATER, "the phone is off or out of reach"),
    30004: Rule(Then.NOBODY, "blocked by the phone or its network"),
    30005: Rule(Then.NOBODY, "the number is not in use"),
    30006: Rule(Then.NOBODY, "a landline, or a network that takes no texts"),
    30007: Rule(Then.FAULT, "filtered by a network for its content"),
    30008: Rule(Then.WAIT, "not delivered, for no reason given"),
    30036: Rule(Then.WAIT, "the time for delivery ran out"),
    63018: Rule(Then.WAIT, "sending too fast"),
}


def rule_for(code: int | None, status: int) -> Rule:
    """The rule for an answer of the REST API: by its own code, else by its HTTP status."""
    if code is not None and code in RULES:
        return RULES[code]
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RULES[20429]
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return RULES[20003]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return RULES[20503]
    return Rule(Then.FAULT, "an error that we do not know")


def outcome(code: int | None, status: int, *, attempt: int, now: datetime) -> SendOutcome:
    """What became of a message that the REST API refused. `attempt` counts from 1; `now` is UTC."""
    rule = rule_for(code, status)
    reason = f"Twilio {code or status}: {rule.reason}"
    match rule.then:
        case Then.GIVE_UP | Then.NOBODY:
            return Gone(reason)
        case Then.LEFT:
            return Gone(reason, opted_out=True)
        case Then.WAIT:
            return RetryAt(now + backoff(attempt), reason)
        case Then.WAIT_ALL:
            return RetryAt(now + max(backoff(attempt), _LIMIT), reason, pause_channel=True)
        case Then.MUCH_LATER:
            return RetryAt(now + attempt * _WHILE_OFF, reason) if attempt <= _TRIES_WHILE_OFF else Gone(reason)
        case Then.FAULT:
            return OurFault(reason, stop_channel=False)
        case Then.STOP:
            return OurFault(reason)
        case _:
            assert_never(rule.then)


def is_gone(code: int | None) -> bool:
    """Whether an error says that nothing can be sent to the number any more."""
    rule = RULES.get(code) if code is not None else None
    return rule is not None and rule.then in (Then.NOBODY, Then.LEFT)
