"""People who talk to the service: each follows a walk of their own, on one channel after another.

What somebody types in their own words has a mark in it that no other text has, so that it can be found again.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace

from bot.ids import looks_like_code
from bot.service import Service
from flows.definition import Command
from flows.messages import (
    CONVERSING,
    Amended,
    Began,
    CameBack,
    Channel,
    Content,
    InboundMessage,
    Other,
    Pressed,
    Submitted,
    Tapped,
    Typed,
    Unusable,
    WentAway,
)
from flows.segments import is_full_segment
from storage.records import AddressKey, ConversationRecord
from tests.simulation.dice import Dice
from tests.simulation.habits import ACTIONS, KEYWORDS, OPTIONS, TYPED, WORDS
from tests.simulation.net import LostError
from tests.simulation.packs import BUS, CLUB, PLAY
from tests.simulation.providers import Phone, Text, Utterance
from tests.simulation.watch import told
from tests.simulation.world import OK, World

_ASKED = re.compile(r"\[(\w+)\]")
_TELEGRAM_TRIES_AGAIN = (1.0, 2.0, 4.0, 8.0, 16.0)
_FULL = 160


@dataclass(slots=True)
class Chat:
    """One person's chat with our bot: Telegram hands over one update after another, and each until it was taken."""

    updates: list[InboundMessage] = field(default_factory=list)
    busy: bool = False


class Resident:
    """Somebody with a phone, a Telegram account and a browser."""

    def __init__(self, world: World, number: int) -> None:
        self.name = f"person {number}"
        self.world = world
        self.dice = Dice(f"person {number} of {world.seed}")
        self.addresses = {
            Channel.SMS: f"+4477009001{number:02}",
            Channel.TELEGRAM: f"70090{number:02}",
            Channel.WEB: f"page-of-{number}",
        }
        self.channel = Channel(self.dice.weighted({"sms": 4, "telegram": 4, "web": 2}))
        self.slug = PLAY
        self._chat = Chat()
        self._said = 0
        self._refs: list[str] = []
        self.on_page: str | None = None
        """The question that the page asks, as far as its visitor has seen."""
        world.twilio.phone(self.addresses[Channel.SMS]).landline = world.climate.landlines and self.dice.happens(0.3)

    @property
    def _phone(self) -> Phone | None:
        match self.channel:
            case Channel.SMS:
                return self.world.twilio.phone(self.addresses[Channel.SMS])
            case Channel.TELEGRAM:
                return self.world.telegram.phone(self.addresses[Channel.TELEGRAM])
            case _:  # the web: these people are on no other
                return None

    async def live(self, actions: int) -> None:
        """Does so many things, one after another, with pauses in which they may think, or be answered."""
        await asyncio.sleep(self.dice.between(0, 10))
        await self.begin()
        for _ in range(actions):
            await asyncio.sleep(self.dice.pick((self.dice.soon(0.5, 3), self.dice.soon(6, 60))))
            if self.world.asked_of_parents and self.dice.happens(0.35):
                await self.parent()
            else:
                await self.act(self.dice.weighted(ACTIONS))

    async def act(self, action: str) -> None:
        match action:
            case "answer":
                await self.answer()
            case "word":
                await self.say(Typed(self.dice.weighted(WORDS)))
            case "begin":
                await self.begin()
            case "stale":
                question = self.dice.pick(tuple(OPTIONS))
                await self.choose(question, self.dice.pick(OPTIONS[question]))
            case "edit":
                await self.edit()
            case "picture":
                await self.picture()
            case "long":
                await self.long()
            case "twice":
                await self.twice()
            case "move":
                await self.move()
            case "away":
                await self.away()
            case _:
                await self.say(Pressed(self.dice.pick(tuple(Command))))

    # --- what they do ---

    async def begin(self) -> None:
        self.slug = BUS if self.dice.happens(0.15) else PLAY
        if self.world.climate.parents and self.dice.happens(0.8):
            self.slug = CLUB
        match self.channel:
            case Channel.SMS:
                await self.say(Typed(KEYWORDS[self.slug]))
            case Channel.TELEGRAM:
                await self.say(Began(self.dice.pick((self.slug, self.slug, "", "nothing-of-ours"))))
            case _:  # the web: these people are on no other
                await self.say(Submitted("who", (self.dice.pick(OPTIONS["who"]),)))

    def asked(self) -> str | None:
        """The question that they were asked last, as far as they can see."""
        phone = self._phone
        if phone is None:
            return self.on_page
        if not phone.received:
            return None
        last = phone.received[-1]
        found = _ASKED.findall(last.text)
        if found:
            return str(found[-1])
        return last.buttons[0].question if last.buttons else "who"

    async def answer(self) -> None:
        question = self.asked()
        if question is None:
            await self.begin()
        elif question == "who" and self.world.climate.parents and self.dice.happens(0.6):
            await self.choose_who("child-8-11")
        elif question in OPTIONS and (self.channel is Channel.WEB or self.dice.happens(0.6)):
            await self.choose(question, self.dice.pick(OPTIONS[question]))
        elif question in TYPED and self.dice.happens(0.9):
            await self.answer_in_words(question, self.dice.pick(TYPED[question]))
        else:
            await self.answer_in_words(question, self.own_words())

    async def answer_in_words(self, question: str, words: str) -> None:
        if self.channel is Channel.WEB:
            await self.say(Submitted(question, (words,)))
        else:
            await self.say(Typed(words, may_continue=self.channel is Channel.SMS and is_full_segment(words)))

    async def choose(self, question: str, option: str) -> None:
        match self.channel:
            case Channel.SMS:
                await self.say(Typed(self.dice.pick(TYPED.get(question, ("1", "yes")))))
            case Channel.TELEGRAM:
                await self.say(Tapped(question, option, f"tap {self._next()}"))
            case _:  # the web: these people are on no other
                await self.say(Submitted(question, (option,)))

    async def choose_who(self, option: str) -> None:
        """The first of the options, which is that of the youngest."""
        await (self.say(Typed("1")) if self.channel is Channel.SMS else self.choose("who", option))

    async def twice(self) -> None:
        """A finger that trembles: the same button, two taps; or the same form, sent twice at once."""
        question = self.asked() or "who"
        option = self.dice.pick(OPTIONS.get(question, ("yes",)))
        if self.channel is Channel.TELEGRAM:
            await self.say(Tapped(question, option, f"tap {self._next()}"))
            await self.say(Tapped(question, option, f"tap {self._next()}"))
        elif self.channel is Channel.WEB:
            form = self._form(Submitted(question, (option,)))
            await asyncio.gather(self._post(form), self._post(form))
        else:
            await self.say(Typed("1"))
            await self.say(Typed("1"))

    async def edit(self) -> None:
        if self.channel is not Channel.TELEGRAM or not self._refs:
            await self.answer()
            return
        words = self.dice.pick((self.own_words(), self.own_words(), "STOP", "more swings"))
        await self.say(Amended(self.dice.pick(self._refs[-3:]), words))

    async def long(self) -> None:
        """A text that the network has cut into parts, each sent as a text of its own, one just after another."""
        if self.channel is not Channel.SMS:
            await self.answer_in_words(self.asked() or "ideas", self.own_words())
            return
        for _ in range(self.dice.whole(1, 3)):
            part = self.own_words()
            await self.say(Typed((part + " swings and slides" * 20)[:_FULL], may_continue=True))
            await asyncio.sleep(self.dice.soon(1, 12))
        if self.dice.happens(0.7):
            await self.say(Typed(self.own_words()))

    async def move(self) -> None:
        """To another channel: with a code, if they were ever given one."""
        phone = self._phone
        code = _code_in(phone.received[-1].text) if phone is not None and phone.received else None
        others = [channel for channel in CONVERSING if channel is not self.channel]
        if code is None:
            await self.say(Typed("CODE") if self.channel is not Channel.WEB else Pressed(Command.CODE))
            await asyncio.sleep(self.dice.soon(8, 30))
            code = _code_in(phone.received[-1].text) if phone is not None and phone.received else None
        if code is None:
            return
        before, self.channel = self.channel, self.dice.pick(others)
        await self.say(Began(code) if self.channel is not Channel.SMS else Typed(code.lower()))
        if self.dice.happens(0.3):
            self.channel = before

    async def picture(self) -> None:
        if self.channel is not Channel.WEB:
            await self.say(Other(Unusable.PICTURE))

    async def parent(self) -> None:
        """Texts yes or no to a child, most often to one whose code came last; now and then to themselves."""
        codes = self.world.asked_of_parents[-3:]
        said = self.dice.weighted({"yes ": 6, "no ": 3, "": 1})
        before, self.channel = self.channel, Channel.SMS
        await self.say(Typed(f"{said}{self.dice.pick(codes)}"))
        self.channel = before

    async def away(self) -> None:
        """Blocks us, and comes back."""
        if self.channel is not Channel.TELEGRAM or not self.world.climate.blocks:
            await self.answer()
            return
        phone = self.world.telegram.phone(self.addresses[Channel.TELEGRAM])
        phone.blocked = not phone.blocked
        await self.say(WentAway() if phone.blocked else CameBack())

    def own_words(self) -> str:
        return f"{self.name} says {self._next()}#{' ' * self.dice.below(2)}"

    def _next(self) -> int:
        self._said += 1
        return self._said

    # --- how it reaches us ---

    async def say(self, content: Content) -> None:
        """Says something on the channel they are on, as its provider would bring it."""
        match self.channel:
            case Channel.SMS:
                self._text(content)
            case Channel.TELEGRAM:
                self._update(content)
            case _:  # the web: these people are on no other
                await self._post(self._form(content))

    def _spoken(self, message: InboundMessage) -> InboundMessage:
        self.world.said.append(Utterance(self.name, message, self.world.now()))
        self.world.note(f"{self.name} on {message.channel}: {message.provider_id} {told(message.content)}")
        return message

    def _text(self, content: Content) -> None:
        twilio = self.world.twilio
        if isinstance(content, Pressed | Began):
            content = Typed(content.command.value.upper() if isinstance(content, Pressed) else content.payload)
        body = content.text if isinstance(content, Typed) else ""
        opted = twilio.opts(content)
        text = twilio.hears(self.addresses[Channel.SMS], body, opted, media="0" if body else "1")
        self._spoken(self._inbound(Channel.SMS, text.kept_as, content))
        self.world.net.spawn(self._webhook(text, opted))

    async def _webhook(self, text: Text, opted: str) -> None:
        """Twilio calls once, and does not care."""
        for _ in range(1 + self.dice.happens(self.world.net.climate.doubled)):
            messages = texts_of(text, opted)
            try:
                await self.world.post(messages)
            except LostError:
                self.world.note(f"the webhook of {text.sid} was lost")
            await asyncio.sleep(self.dice.soon(1, 10))

    def _update(self, content: Content) -> None:
        number = self.world.telegram.number()
        ref = None if isinstance(content, Tapped | WentAway | CameBack | Amended) else f"chat:{number}"
        if isinstance(content, Typed) and ref is not None:
            self._refs.append(ref)
        message = self._inbound(Channel.TELEGRAM, f"U{number}", content)
        if not isinstance(content, Tapped):
            message = replace(message, sent_at=self.world.now().replace(microsecond=0))
        self._chat.updates.append(self._spoken(replace(message, message_ref=ref)))
        if not self._chat.busy:
            self._chat.busy = True
            self.world.net.spawn(self._hand_over())

    async def _hand_over(self) -> None:
        """Telegram's own patience: it tries until we have taken the update, and only then comes the next."""
        while self._chat.updates:
            update = self._chat.updates[0]
            tries = 0
            while not await self._taken(update):
                await asyncio.sleep(_TELEGRAM_TRIES_AGAIN[min(tries, len(_TELEGRAM_TRIES_AGAIN) - 1)])
                tries += 1
            if self.dice.happens(self.world.net.climate.doubled):
                await self._taken(update)
            self._chat.updates.pop(0)
        self._chat.busy = False

    async def _taken(self, message: InboundMessage) -> bool:
        try:
            return await self.world.post([message]) == OK
        except LostError:
            return False

    def _form(self, content: Content) -> InboundMessage:
        slug = None if isinstance(content, Began) else self.slug
        number = self.world.telegram.number()
        message = self._inbound(Channel.WEB, f"form{number}", content)
        return self._spoken(replace(message, slug=slug or self.slug))

    async def _post(self, message: InboundMessage) -> None:
        """Sends the form again while the browser says that there was no answer; and looks at the page that comes."""
        for _ in range(self.dice.whole(1, 4)):
            if await self._taken(message):
                await self._look()
                return
            await asyncio.sleep(self.dice.soon(3, 10))

    async def _look(self) -> None:
        key = AddressKey(Channel.WEB, self.addresses[Channel.WEB])

        async def page(service: Service) -> ConversationRecord | None:
            return await service.database.find(key, self.slug)

        found = await self.world.ask(page)
        if isinstance(found, ConversationRecord):
            self.on_page = found.state.current

    def _inbound(self, channel: Channel, provider_id: str, content: Content) -> InboundMessage:
        return InboundMessage(
            channel=channel,
            address=self.addresses[channel],
            provider_id=provider_id,
            content=content,
            received_at=self.world.now(),
        )


def texts_of(text: Text, opted: str) -> list[InboundMessage]:
    """What the SMS channel makes of one webhook of Twilio's: see `bot.channels.sms`."""
    content: Content = Typed(text.body, may_continue=is_full_segment(text.body))
    if text.num_media != "0":
        content = Other(Unusable.PICTURE)
    message = InboundMessage(Channel.SMS, text.from_, text.kept_as, content, received_at=text.date_created)
    if not opted:
        return [message]
    again = [replace(message, provider_id=f"{text.sid}:opted-in", content=CameBack())] if opted == "START" else []
    return [*again, replace(message, already_confirmed=True)]


def _code_in(text: str) -> str | None:
    return next((word for word in re.findall(r"[A-Z0-9]+", text) if looks_like_code(word)), None)
