"""Updates of the Bot API as neutral messages.

Of an update only what is used is ever read into an object: no name, no picture, no place, no language setting. It also
keeps a kind of content that Telegram invents tomorrow from breaking an update, which Telegram would send again for a
whole day while that person's next messages wait behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels import taps
from bot.channels.base import RefusedError
from flows.commands import understand
from flows.definition import Command
from flows.messages import (
    Amended,
    Began,
    CameBack,
    Channel,
    Content,
    InboundMessage,
    Other,
    Pressed,
    Tapped,
    Typed,
    Unusable,
    WentAway,
)

MESSAGE: Final = "message"
EDITED: Final = "edited_message"
TAPPED: Final = "callback_query"
MEMBER: Final = "my_chat_member"

_START = re.compile(r"/start(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.ASCII | re.DOTALL)
_COMMAND = re.compile(r"/\w+(?:@\w+)?\s*", re.ASCII)
_WORDS: Final = ("text", "caption", "media_group_id")
_CAME_OR_WENT: Final = (ChatMemberStatus.MEMBER, ChatMemberStatus.BANNED)
_OTHERS: Final = (
    *("animation", "audio", "dice", "document", "game", "live_photo", "paid_media", "poll", "story", "video"),
    "video_note",
)
# Service messages ("pinned a message") are in none of these: they are not something that a person says to us.
_UNUSABLE: Final[Mapping[str, Unusable]] = {
    "photo": Unusable.PICTURE,
    "voice": Unusable.VOICE,
    "sticker": Unusable.STICKER,
    "venue": Unusable.LOCATION,
    "location": Unusable.LOCATION,
    "contact": Unusable.CONTACT,
    **dict.fromkeys(_OTHERS, Unusable.OTHER),
}

_Fields = dict[str, Any]
_T = TypeVar("_T")


def inbound(body: bytes, received_at: datetime) -> tuple[InboundMessage, ...]:
    """What one update says; nothing for kinds of update, and for chats, that are not for us.

    Raises:
        RefusedError: with 400 where it is not an update at all.
    """
    try:
        raw = json.loads(body)
        trimmed = _trimmed(raw)
        update = Update.de_json(trimmed, bot=None) if trimmed else None
        return tuple(_messages(update, raw, received_at)) if update else ()
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError):
        raise RefusedError(400, "This is not an update of the Telegram Bot API.") from None


def _messages(update: Update, raw: _Fields, received_at: datetime) -> Iterator[InboundMessage]:
    base = InboundMessage(Channel.TELEGRAM, "", str(update.update_id), WentAway(), received_at)
    if update.message:
        yield from _said(update.message, raw[MESSAGE], base)
    if update.edited_message:
        yield from _amended(update.edited_message, base)
    if update.callback_query:
        yield from _tapped(update.callback_query, base)
    if update.my_chat_member:
        yield from _came_or_went(update.my_chat_member, base)


def _said(message: Message, raw: _Fields, base: InboundMessage) -> Iterator[InboundMessage]:
    base = replace(base, address=str(message.chat.id), message_ref=_reference(message), sent_at=message.date)
    if message.text is not None:
        yield replace(base, content=_typed(message.text))
        return
    kind = next((kind for field, kind in _UNUSABLE.items() if field in raw), None)
    if kind is None:
        return
    # One album of ten pictures comes as ten updates: told apart by its own id, it is answered once.
    album = message.media_group_id
    yield replace(base, content=Other(kind), provider_id=f"album:{album}" if album else f"{base.provider_id}:{kind}")
    if message.caption is not None:
        # The words under a picture are an answer like any other. They come last, so that the last reply is to them.
        yield replace(base, content=Typed(message.caption))


def _typed(text: str) -> Content:
    if begun := _START.fullmatch(text):
        return Began((begun[1] or "").strip())
    # A command in another language of the pack is typed text here: whoever has the pack knows its words.
    command = understand(text, ()) if _COMMAND.fullmatch(text) else None
    return Pressed(command) if isinstance(command, Command) else Typed(text)


def _amended(message: Message, base: InboundMessage) -> Iterator[InboundMessage]:
    """An edit of words, or of the words under a picture. A moving location edits itself every few seconds: nothing."""
    text = message.text if message.text is not None else message.caption
    if text is not None:
        reference = _reference(message)
        yield replace(base, address=str(message.chat.id), sent_at=message.edit_date, content=Amended(reference, text))


def _tapped(tap: CallbackQuery, base: InboundMessage) -> Iterator[InboundMessage]:
    """A tap has no time of its own: `date` is when the message with the button was sent, so receipt decides."""
    if tap.message is not None and tap.data is not None:
        question, option = taps.read(tap.data)
        yield replace(base, address=str(tap.message.chat.id), content=Tapped(question, option, tap.id))


def _came_or_went(change: ChatMemberUpdated, base: InboundMessage) -> Iterator[InboundMessage]:
    gone = change.new_chat_member.status == ChatMemberStatus.BANNED
    content: Content = WentAway() if gone else CameBack()
    yield replace(base, address=str(change.chat.id), sent_at=change.date, content=content)


def _reference(message: Message) -> str:
    return f"{message.chat.id}:{message.message_id}"


def _trimmed(raw: object) -> _Fields | None:
    """The update with nothing but what is used, its types checked; None where none of it is for us."""
    if not isinstance(raw, dict):
        raise TypeError
    update: _Fields = {"update_id": _integer(raw, "update_id")}
    if MESSAGE in raw or EDITED in raw:
        kind = MESSAGE if MESSAGE in raw else EDITED
        update[kind] = _message(_fields(raw, kind))
        return update if _is_private(update[kind]) else None
    if TAPPED in raw:
        update[TAPPED] = tap = _tap(_fields(raw, TAPPED))
        return update if "message" in tap and _is_private(tap["message"]) else None
    if MEMBER in raw:
        update[MEMBER] = change = _change(_fields(raw, MEMBER))
        return update if _is_private(change) and change["new_chat_member"]["status"] in _CAME_OR_WENT else None
    return None


def _is_private(fields: _Fields) -> bool:
    return bool(fields["chat"]["type"] == ChatType.PRIVATE)


def _message(raw: _Fields) -> _Fields:
    message: _Fields = {"message_id": _integer(raw, "message_id"), "date": _integer(raw, "date"), "chat": _chat(raw)}
    message |= {field: _string(raw, field) for field in _WORDS if field in raw}
    if "edit_date" in raw:
        message["edit_date"] = _integer(raw, "edit_date")
    return message


def _tap(raw: _Fields) -> _Fields:
    tap = {"id": _string(raw, "id"), "from": _nobody(raw), "chat_instance": "", "message": None, "data": None}
    if "message" in raw:
        tap["message"] = _message(_fields(raw, "message"))
    if "data" in raw:
        tap["data"] = _string(raw, "data")
    return {field: value for field, value in tap.items() if value is not None}


def _change(raw: _Fields) -> _Fields:
    status = _string(_fields(raw, "new_chat_member"), "status")
    # The library reads a ban's end, which we have no use for.
    member = {"user": _nobody(raw), "status": status, "until_date": 0}
    times = {"date": _integer(raw, "date")}
    return {**times, "chat": _chat(raw), "from": _nobody(raw), "old_chat_member": member, "new_chat_member": member}


def _chat(raw: _Fields) -> _Fields:
    chat = _fields(raw, "chat")
    return {"id": _integer(chat, "id"), "type": _string(chat, "type")}


def _nobody(raw: _Fields) -> _Fields:
    """The person by number alone; the library asks for the other two."""
    return {"id": _integer(_fields(raw, "from"), "id"), "is_bot": False, "first_name": ""}


def _fields(raw: _Fields, key: str) -> _Fields:
    return _checked(raw[key], dict)


def _string(raw: _Fields, key: str) -> str:
    text = _checked(raw[key], str)
    text.encode()  # half a surrogate pair is not text: it could not be stored
    return text


def _integer(raw: _Fields, key: str) -> int:
    return _checked(raw[key], int)


def _checked(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError
    return value
