"""A person's side of a simulated Telegram chat: what they see, and what they can do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from bot.simulators.changes import Changes

Update = dict[str, Any]

# What stands in a message instead of text, invented, and as little of it as the protocol asks for.
_FILE: Final = {"file_id": "AgACAgQAAxkBAAI", "file_unique_id": "AQADAgATsqcxG3"}
CONTENT: Final[Mapping[str, object]] = {
    "photo": [{**_FILE, "width": 90, "height": 90}],
    "voice": {**_FILE, "duration": 3},
    "sticker": {**_FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
    "location": {"latitude": 52.0567, "longitude": -2.716},
    "contact": {"phone_number": "+447700900999", "first_name": "Somebody"},
    "document": {**_FILE, "file_name": "notes.pdf"},
    "video": {**_FILE, "width": 90, "height": 90, "duration": 3},
    "dice": {"emoji": "🎲", "value": 4},
}
_BOT_COMMAND: Final = "/"


@dataclass(slots=True)
class ChatMessage:
    """One message as it stands on the person's screen."""

    message_id: int
    by_bot: bool
    at: datetime
    text: str
    kind: str = "text"
    buttons: tuple[tuple[str, str], ...] = ()
    """Label and callback data of each."""
    edited: bool = False
    caption: str | None = None


class Wire(Protocol):
    """What a chat needs of the simulator that it is part of."""

    @property
    def changes(self) -> Changes: ...

    def now(self) -> datetime: ...

    def next_message_id(self) -> int: ...

    def bot_user(self) -> dict[str, object]: ...

    def deliver(self, chat_id: int, kind: str, content: Update) -> Awaitable[bool]: ...

    def callback(self) -> tuple[str, Callable[[], bool]]: ...


class Chat:
    """One private chat. Every doing waits until the service has taken the update, or refused it for good."""

    def __init__(self, wire: Wire, chat_id: int, *, first_name: str, language: str) -> None:
        self.chat_id = chat_id
        self.messages: list[ChatMessage] = []
        self.blocked = False
        self._wire = wire
        self._first_name = first_name
        self._user = {"id": chat_id, "is_bot": False, "first_name": first_name, "language_code": language}

    @property
    def heard(self) -> list[ChatMessage]:
        """The bot's messages."""
        return [message for message in self.messages if message.by_bot]

    async def hears(self, count: int, *, within: float = 10) -> list[ChatMessage]:
        """The bot's messages, as soon as there are at least so many.

        Raises:
            TimeoutError: there were not, within that many seconds.
        """
        async with asyncio.timeout(within):
            seen = self._wire.changes.version
            while len(self.heard) < count:
                seen = await self._wire.changes.wait(seen)
        return self.heard

    async def start(self, payload: str = "") -> ChatMessage:
        """Open the bot by its link, with or without a payload."""
        return await self.say(f"/start {payload}".rstrip())

    async def say(self, text: str) -> ChatMessage:
        message = self._append(ChatMessage(self._wire.next_message_id(), by_bot=False, at=self._wire.now(), text=text))
        await self._wire.deliver(self.chat_id, "message", self._told(message))
        return message

    async def send(self, kind: str, *, caption: str | None = None, album: str | None = None) -> ChatMessage:
        """Send something that is not text, by its name in the Bot API (see `CONTENT`)."""
        message = ChatMessage(self._wire.next_message_id(), by_bot=False, at=self._wire.now(), text="", kind=kind)
        message.caption = caption
        self._append(message)
        told = self._told(message) | ({"media_group_id": album} if album else {})
        await self._wire.deliver(self.chat_id, "message", told)
        return message

    async def photo(self, *, caption: str | None = None) -> ChatMessage:
        return await self.send("photo", caption=caption)

    async def edit(self, message: ChatMessage, text: str) -> None:
        """Change the words of an earlier message of one's own."""
        message.text, message.edited = text, True
        self._wire.changes.happened()
        edited = self._told(message) | {"edit_date": _unix(self._wire.now())}
        await self._wire.deliver(self.chat_id, "edited_message", edited)

    async def tap(self, message: ChatMessage, button: str | int) -> bool:
        """Tap a button by its label, its data or its place (from 0); whether the bot said that the tap arrived.

        Raises:
            LookupError: the message has no such button.
        """
        data = _data(message, button)
        callback_id, answered = self._wire.callback()
        told = self._told(message)
        tap = {"id": callback_id, "from": self._user, "chat_instance": str(self.chat_id), "message": told, "data": data}
        await self._wire.deliver(self.chat_id, "callback_query", tap)
        return answered()

    async def block(self) -> None:
        """Block the bot: it hears of it, and can send nothing any more."""
        self.blocked = True
        await self._changed("member", "kicked")

    async def unblock(self) -> None:
        self.blocked = False
        await self._changed("kicked", "member")

    def receive(self, text: str, buttons: tuple[tuple[str, str], ...]) -> ChatMessage:
        """Take in a message of the bot's."""
        message = ChatMessage(self._wire.next_message_id(), by_bot=True, at=self._wire.now(), text=text)
        message.buttons = buttons
        return self._append(message)

    def fields(self) -> dict[str, object]:
        """The chat as the Bot API shows it."""
        return {"id": self.chat_id, "first_name": self._first_name, "type": "private"}

    async def _changed(self, old: str, new: str) -> None:
        self._wire.changes.happened()
        member = {"user": self._wire.bot_user(), "until_date": 0}
        change = {
            "chat": self.fields(),
            "from": self._user,
            "date": _unix(self._wire.now()),
            "old_chat_member": {**member, "status": old},
            "new_chat_member": {**member, "status": new},
        }
        await self._wire.deliver(self.chat_id, "my_chat_member", change)

    def _append(self, message: ChatMessage) -> ChatMessage:
        self.messages.append(message)
        self._wire.changes.happened()
        return message

    def _told(self, message: ChatMessage) -> Update:
        """A message as the Bot API tells of it."""
        sender = self._wire.bot_user() if message.by_bot else self._user
        told: Update = {"message_id": message.message_id, "from": sender, "chat": self.fields()}
        told["date"] = _unix(message.at)
        if message.kind != "text":
            return (
                told | {message.kind: CONTENT[message.kind]} | ({"caption": message.caption} if message.caption else {})
            )
        if message.text.startswith(_BOT_COMMAND) and not message.by_bot:
            told["entities"] = [{"type": "bot_command", "offset": 0, "length": len(message.text.split(maxsplit=1)[0])}]
        if message.buttons:
            rows = [[{"text": label, "callback_data": data}] for label, data in message.buttons]
            told["reply_markup"] = {"inline_keyboard": rows}
        return told | {"text": message.text}


def _data(message: ChatMessage, button: str | int) -> str:
    if isinstance(button, int):
        return message.buttons[button][1]
    for label, data in message.buttons:
        if button in (label, data):
            return data
    raise LookupError(f"The message has no button {button!r}, only {[label for label, _ in message.buttons]}.")


def _unix(at: datetime) -> int:
    return int(at.timestamp())
