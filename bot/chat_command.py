"""`sayso chat`: hold a consultation's conversation in the terminal, as it would be on a phone. Nothing is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.packs import read_folder, system_words
from bot.rehearsal import Rehearsal
from flows.messages import Bubble, Channel, Shows
from flows.pack import read
from flows.state import Phase


def shows_of(channel: Channel) -> Shows:
    """What a channel can show, asked of the channel itself. Each brings its provider's library: only one is loaded."""
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


def run(pack: Path, *, channel: str, now: datetime | None) -> int:
    """Talks until the conversation is erased or the input ends. 0 always: whatever is typed is an answer.

    Raises:
        BrokenPackError: the pack has faults; `sayso check` names them.
    """
    on = Channel(channel)
    consultation = read(read_folder(pack), system_words())
    rehearsal = Rehearsal(consultation, on, shows_of(on), now or Clock().now(), shows_of(Channel.WEB))
    _say(rehearsal.hear(rehearsal.consultation.sms_keyword))
    for line in _typed():
        _say(rehearsal.hear(line))
        _say(rehearsal.settle())
        if rehearsal.state.phase is Phase.ERASED:
            break
    return 0


def _typed() -> Iterable[str]:
    """Lines from the keyboard, or from a pipe."""
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            yield input(prompt)
        except EOFError:
            return


def _say(bubbles: Iterable[Bubble]) -> None:
    for bubble in bubbles:
        print(f"\n{bubble.text}")  # noqa: T201 - a command speaks by printing
        for button in bubble.buttons:
            print(f"  [{button.label}]")  # noqa: T201 - likewise
    sys.stdout.flush()
