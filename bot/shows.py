"""What each channel can show, asked of the channel itself. Each brings its provider's library: only one is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from flows.messages import ON_A_SHEET, Button, Channel, Shows


def shows_of(channel: Channel) -> Shows:
    """What a channel can show."""
    match channel:
        case Channel.TELEGRAM:
            from bot.channels.telegram import TelegramChannel  # noqa: PLC0415 - see above

            return TelegramChannel.shows
        case Channel.SMS:
            from bot.channels.sms import SmsChannel  # noqa: PLC0415 - see above

            return SmsChannel.shows
        case Channel.WEB:
            from bot.channels.webchat import WebChat  # noqa: PLC0415 - see above

            return WebChat.shows
        case Channel.PAPER | Channel.TELEPHONE | Channel.FACE_TO_FACE:
            return ON_A_SHEET


def telegram_rows(buttons: tuple[Button, ...]) -> Sequence[Sequence[str]]:
    """What stands on the buttons below a message on Telegram, row by row."""
    from bot.channels.telegram import keyboard  # noqa: PLC0415 - see above

    markup = keyboard(buttons)
    return () if markup is None else [[button.text for button in row] for row in markup.inline_keyboard]
