"""`sayso chat`: hold a consultation's conversation in the terminal, as it would be on a phone. Nothing is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.packs import read_folder, system_words
from bot.rehearsal import Rehearsal
from bot.shows import shows_of
from flows.messages import Bubble, Channel
from flows.pack import read
from flows.state import Phase


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
