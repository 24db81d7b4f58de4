"""Telegram: private chats with a bot, by webhook.

Sources: core.telegram.org/bots/api (webhooks, errors) and core.telegram.org/bots/faq (how fast a bot may write).
"""

from __future__ import annotations

import hmac
import logging
import re
from datetime import datetime, timedelta
from typing import Final

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.channels import taps
from bot.channels.base import Pace, Parsed, ProviderError, RawRequest, RefusedError, backoff
from bot.channels.telegram_request import AiohttpRequest, FloodedError
from bot.channels.telegram_updates import EDITED, MEMBER, MESSAGE, TAPPED, inbound
from flows.messages import Button, Channel, Gone, OurFault, OutboundMessage, RetryAt, SendOutcome, Sent, Shows

API: Final = "https://api.telegram.org"
PATH: Final = "/hooks/telegram"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NOBODY_THERE: Final = ("chat not found", "user not found", "peer_id_invalid")
# Telegram's own words for an error, as long as there can be nothing of a person's in them.
_SAFE_WORDS = re.compile(r"[A-Za-z_' ]{1,80}")

# Below this the library logs every call with its parameters, and its address with the token.
logging.getLogger("telegram").setLevel(logging.INFO)


class TelegramChannel:
    """The Telegram side of every conversation. Made before the loop runs; connects at the first call.

    Raises:
        ValueError: the webhook's secret is not one that Telegram allows: 1 to 256 of `A-Z a-z 0-9 _ -`.
    """

    name: Final = Channel.TELEGRAM
    # Telegram allows 4,096 characters and does not say whether an emoji is one or two: this is never too long.
    shows: Final = Shows(buttons=True, longest=2000)
    pace: Final = Pace(per_second=30, per_address_seconds=1)

    def __init__(self, *, token: str, secret: str, api: str = API, timeout: float = 10) -> None:
        if not _SECRET.fullmatch(secret):
            raise ValueError("SAYSO_TELEGRAM_SECRET has to be 1 to 256 letters, digits, - or _.")
        self._secret = secret
        self._request = AiohttpRequest(read=timeout)
        self._bot = Bot(token, f"{api.rstrip('/')}/bot", request=self._request, get_updates_request=self._request)
        self._flooded: tuple[str, datetime] | None = None
        self.unacknowledged = 0
        """Taps whose "it arrived" did not reach Telegram: the person's button shows a clock a little longer."""

    def parse(self, request: RawRequest) -> Parsed:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._secret.encode()):
            raise RefusedError(403, "This address is for Telegram alone.")
        return Parsed(messages=inbound(request.body, request.received_at))

    async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome:
        try:
            sent = await self._bot.send_message(
                int(message.address),
                message.text,
                reply_markup=keyboard(message.buttons),
                link_preview_options=_NO_PREVIEW,
            )
        except TelegramError as error:
            return self._outcome(error, message, now)
        return Sent(f"{message.address}:{sent.message_id}")

    async def acknowledge(self, callback_id: str) -> None:
        """Tell Telegram that a tap arrived, after it was committed. That it fails is counted, and harms nobody."""
        try:
            await self._bot.answer_callback_query(callback_id)
        except TelegramError:
            self.unacknowledged += 1

    async def register(self, url: str) -> None:
        """Have updates sent to this address, with the secret. Updates that wait from before are kept.

        Raises:
            ProviderError: Telegram refused, or could not be reached.
        """
        try:
            await self._bot.set_webhook(
                url, secret_token=self._secret, allowed_updates=[MESSAGE, EDITED, TAPPED, MEMBER], max_connections=100
            )
        except TelegramError as error:
            raise _provider_error(error) from None

    async def link(self) -> str:
        """The address that opens a chat with this bot; `?start=<slug>` behind it names a consultation.

        Raises:
            ProviderError: Telegram refused, or could not be reached.
        """
        try:
            return f"https://t.me/{(await self._bot.get_me()).username}"
        except TelegramError as error:
            raise _provider_error(error) from None

    async def waiting(self) -> int:
        """How many updates Telegram still holds for us: an outage shows here first.

        Raises:
            ProviderError: Telegram refused, or could not be reached.
        """
        try:
            return (await self._bot.get_webhook_info()).pending_update_count
        except TelegramError as error:
            raise _provider_error(error) from None

    async def close(self) -> None:
        await self._request.shutdown()

    def _outcome(self, error: TelegramError, message: OutboundMessage, now: datetime) -> SendOutcome:
        match error:
            case FloodedError():
                return self._quiet(message.address, now + timedelta(seconds=error.seconds), now)
            case Forbidden():
                # Blocked, or the account is gone: writing again would only be counted against the bot.
                return Gone("Telegram: the person has blocked the bot, or has left Telegram", opted_out=True)
            case InvalidToken():
                return OurFault("Telegram does not know our token")
            case ChatMigrated():
                return Gone("Telegram: not a private chat")
            case BadRequest() if any(words in error.message.lower() for words in _NOBODY_THERE):
                return Gone("Telegram: there is no such chat")
            case BadRequest():
                return OurFault(f"Telegram refused the message: {_safe(error)}", stop_channel=False)
            case _:
                return RetryAt(now + backoff(message.attempt), f"Telegram could not be reached: {type(error).__name__}")

    def _quiet(self, address: str, until: datetime, now: datetime) -> RetryAt:
        """Telegram says how long to be quiet, not towards whom.

        One chat waits alone; a second one that is told so meanwhile means the whole bot.
        """
        before, self._flooded = self._flooded, (address, until)
        everybody = before is not None and before[0] != address and now < before[1]
        return RetryAt(until, "Telegram asks for quiet", pause_channel=everybody)


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """One button to a row: side by side, long labels are cut."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.label, callback_data=taps.data_for(button.question, button.option))]
            for button in buttons
        ]
    )


def _provider_error(error: TelegramError) -> ProviderError:
    match error:
        case InvalidToken() | Forbidden():
            return ProviderError(
                "Telegram does not know the token in SAYSO_TELEGRAM_TOKEN. Copy it again from @BotFather.",
                passing=False,
            )
        case BadRequest():
            return ProviderError(
                f"Telegram refused the webhook ({_safe(error)}). It needs an https address that the internet can reach:"
                " check SAYSO_PUBLIC_URL.",
                passing=False,
            )
        case _:
            return ProviderError(
                f"Telegram could not be reached ({type(error).__name__}). Check the network, and SAYSO_TELEGRAM_API.",
                passing=True,
            )


def _safe(error: TelegramError) -> str:
    return error.message if _SAFE_WORDS.fullmatch(error.message) else type(error).__name__
