"""Somebody who writes to us without saying what about: they are offered what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from flows.definition import Command, Consultation, Words
from flows.effects import Notice
from flows.messages import Bubble, Button, Shows
from flows.phrases import say

OFFER_QUESTION = "/offer"
"""Named by the buttons below an offer; their options are slugs."""


@dataclass(frozen=True, slots=True)
class Lobby:
    """What the lobby knows of somebody."""

    stopped: bool
    told_nothing_open: bool
    """They know that nothing is open: they hear it once."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """What becomes of somebody in the lobby. None and False: nothing changes."""

    bubbles: tuple[Bubble, ...] = ()
    stopped: bool | None = None
    told_nothing_open: bool = False
    erase: bool = False
    """Erase everything about them: they have answered nothing, so it needs no second word."""


def greet(offers: Sequence[Consultation], words: Words, lobby: Lobby, command: Command | None, shows: Shows) -> Welcome:
    """Answers a first message, or a command word, from somebody who is in no consultation.

    `offers` are the open consultations in the order to show them. STOP works here as everywhere (once, confirmed once).
    """
    if lobby.stopped:
        return _while_stopped(offers, words, command, shows)
    match command:
        case Command.STOP:
            return Welcome((replace(_say(words, Notice.STOPPED), after_stop=True),), stopped=True)
        case Command.DELETE:
            return Welcome((replace(_say(words, Notice.DELETED), after_stop=True),), erase=True)
        case Command.SHOW:
            return Welcome((_say(words, Notice.NOTHING_STORED),))
        case Command.HELP | Command.PRIVACY:
            notice = Notice.LOBBY_HELP if command is Command.HELP else Notice.LOBBY_PRIVACY
            return Welcome((_say(words, notice), *_offer(offers, words, shows)))
        case _:
            return _offered(offers, words, lobby, shows)


def _while_stopped(offers: Sequence[Consultation], words: Words, command: Command | None, shows: Shows) -> Welcome:
    if command is Command.DELETE:
        return Welcome(erase=True)
    if command is not Command.START:
        return Welcome()
    return Welcome((_say(words, Notice.STARTED_AGAIN), *_offer(offers, words, shows)), stopped=False)


def _offered(offers: Sequence[Consultation], words: Words, lobby: Lobby, shows: Shows) -> Welcome:
    if offers:
        return Welcome(_offer(offers, words, shows))
    if lobby.told_nothing_open:
        return Welcome()
    return Welcome((_say(words, Notice.OFFER_NONE),), told_nothing_open=True)


def _offer(offers: Sequence[Consultation], words: Words, shows: Shows) -> tuple[Bubble, ...]:
    if not offers:
        return ()
    titles = [(pack, pack.words_for(words.language, None).say[Notice.TITLE]) for pack in offers]
    lines = "\n".join(f"{pack.sms_keyword}: {title}" for pack, title in titles)
    buttons = tuple(Button(title, OFFER_QUESTION, pack.slug) for pack, title in titles) if shows.buttons else ()
    return (replace(_say(words, Notice.OFFER, {"offers": lines}), buttons=buttons),)


def _say(words: Words, notice: Notice, values: Mapping[str, str] = MappingProxyType({})) -> Bubble:
    return Bubble(say(words, notice, values), language=words.language_of("say", notice))
