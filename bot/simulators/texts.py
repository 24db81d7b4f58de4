"""Twilio's records of texts: what a list of them shows, its errors, and the words that it answers by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode


class OptOut(Enum):
    """Who looks after STOP, START and HELP."""

    OFF = "off"
    """The service alone."""
    DEFAULT = "default"
    """Twilio blocks and unblocks, and answers in its own words; the service is not told that it did."""
    ADVANCED = "advanced"
    """Likewise, and the webhook says so in `OptOutType`."""


# twilio.com/docs/messaging/tutorials/advanced-opt-out; whole messages only. The answers are our own words.
_ANSWERS: Final = {
    "STOP": "You will get no more texts from this number. Text START to get them again.",
    "START": "You will get texts from this number again. Text STOP to end them.",
    "HELP": "Text STOP to get no more texts from this number.",
}
_KEYWORDS: Final = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), "STOP"),
    **dict.fromkeys(("START", "YES", "UNSTOP"), "START"),
    **dict.fromkeys(("HELP", "INFO"), "HELP"),
}
_PAGE: Final = 50
_LARGEST_PAGE: Final = 1000


class Refusal(Exception):  # noqa: N818 - what Twilio does to a call, not a fault of ours
    """An answer with one of Twilio's own error codes."""

    def __init__(self, code: int, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
        self.answer = error_body(code, message, status)


def error_body(code: int, message: str, status: int) -> dict[str, object]:
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def refusal(code: int, message: str, status: int = HTTPStatus.BAD_REQUEST) -> Refusal:
    return Refusal(code, message, int(status))


@dataclass(slots=True)
class Text:
    """One message resource."""

    sid: str
    sender: str
    to: str
    body: str
    created: datetime
    direction: str
    status: str
    media: int = 0
    sent: datetime | None = None
    """When an outbound text was passed on: not at once."""
    callback: str = ""
    """Where its statuses are told."""

    def resource(self, account_sid: str) -> dict[str, object]:
        """The text as the REST API shows it."""
        sent = self.created if self.direction == "inbound" else self.sent
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "num_media": str(self.media),
            "num_segments": "1",
            "date_created": format_datetime(self.created),
            "date_updated": format_datetime(sent or self.created),
            "date_sent": format_datetime(sent) if sent else None,
            "error_code": None,
            "error_message": None,
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}.json",
        }


def answer_to(body: str) -> tuple[str, str] | None:
    """What Twilio does about a text, and the words in which it answers."""
    kind = _KEYWORDS.get(body.strip().upper())
    return (kind, _ANSWERS[kind]) if kind else None


def query(texts: Sequence[Text], wanted: Mapping[str, str], path: str, account_sid: str) -> dict[str, object]:
    """One page of a list of texts, newest first; the filters are To, From, `DateSent>` and `DateSent<` (inclusive)."""
    found = [text for text in reversed(texts) if _matches(text, wanted)]
    size = min(int(wanted.get("PageSize", _PAGE)), _LARGEST_PAGE)
    page = int(wanted.get("Page", "0"))
    shown = found[page * size : (page + 1) * size]
    more = dict(wanted) | {"Page": str(page + 1), "PageSize": str(size)}
    return {
        "messages": [text.resource(account_sid) for text in shown],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + len(shown) - 1,
        "uri": f"{path}?{urlencode(wanted)}",
        "first_page_uri": f"{path}?{urlencode(dict(wanted) | {'Page': '0', 'PageSize': str(size)})}",
        "previous_page_uri": None,
        "next_page_uri": f"{path}?{urlencode(more)}" if (page + 1) * size < len(found) else None,
    }


def _matches(text: Text, wanted: Mapping[str, str]) -> bool:
    if text.to != wanted.get("To", text.to) or text.sender != wanted.get("From", text.sender):
        return False
    sent = text.created if text.direction == "inbound" else text.sent
    after, before = _instant(wanted.get("DateSent>")), _instant(wanted.get("DateSent<"))
    if after is None and before is None:
        return True
    # Times are whole seconds, and what was not sent yet has none.
    found = sent.replace(microsecond=0) if sent else None
    return found is not None and (after is None or found >= after) and (before is None or found <= before)


def _instant(given: str | None) -> datetime | None:
    if not given:
        return None
    instant = datetime.fromisoformat(given)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
