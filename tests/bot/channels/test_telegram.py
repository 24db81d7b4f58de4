"""What is Telegram's own: its updates as published, its errors, its limits."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import RequestData

from bot.channels.base import Parsed, ProviderError
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_request import AiohttpRequest, FloodedError
from bot.simulators.bot_api import TOKEN, BotApi
from bot.simulators.chats import CONTENT
from bot.simulators.faults import Fault, Kind
from flows.definition import Command
from flows.messages import (
    Amended,
    Began,
    Button,
    CameBack,
    Channel,
    Gone,
    InboundMessage,
    Other,
    OurFault,
    OutboundMessage,
    Pressed,
    RetryAt,
    Sent,
    Tapped,
    Typed,
    Unusable,
    WentAway,
)
from tests.bot.channels.contract import NOW
from tests.bot.channels.telegram_adapter import CHAT_ID, NOBODY_LISTENS, SECRET, TelegramAdapter, request

# As in the Bot API's documentation, with invented values.
TYPED = (
    '{"update_id":700000101,"message":{"message_id":12,"from":{"id":700900123,"is_bot":false,"first_name":"Cerys",'
    '"language_code":"cy"},"chat":{"id":700900123,"first_name":"Cerys","type":"private"},"date":1785538799,'
    '"text":"More swings please"}}'
)
TAP = (
    '{"update_id":700000102,"callback_query":{"id":"3010344556677889900","from":{"id":700900123,"is_bot":false,'
    '"first_name":"Cerys","language_code":"cy"},"message":{"message_id":13,"from":{"id":7000000001,"is_bot":true,'
    '"first_name":"Sayso","username":"sayso_example_bot"},"chat":{"id":700900123,"first_name":"Cerys",'
    '"type":"private"},"date":1785538700,"text":"How is the park?","reply_markup":{"inline_keyboard":[[{"text":'
    '"1 Good","callback_data":"q7f3:1"},{"text":"2 Bad","callback_data":"q7f3:2"}]]}},"chat_instance":'
    '"-4187350562217043811","data":"q7f3:1"}}'
)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(retries=0) as api:
        yield api


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(token=TOKEN, secret=SECRET, api=api.url)
    yield channel
    await channel.close()


def silent() -> TelegramChannel:
    return TelegramChannel(token=TOKEN, secret=SECRET, api=NOBODY_LISTENS)


def outbound(text: str = "Hello", *buttons: Button, chat: int = CHAT_ID, attempt: int = 1) -> OutboundMessage:
    return OutboundMessage("k1", str(chat), text, buttons, attempt)


def refuse(api: BotApi, status: int, description: str, **more: object) -> None:
    body = {"ok": False, "error_code": status, "description": description, **more}
    api.faults.add(Fault(Kind.REFUSED, status, body))


def test_the_published_message_is_understood() -> None:
    (message,) = silent().parse(request(TYPED.encode())).messages
    assert message == InboundMessage(
        Channel.TELEGRAM,
        "700900123",
        "700000101",
        Typed("More swings please"),
        NOW,
        sent_at=datetime(2026, 7, 31, 22, 59, 59, tzinfo=UTC),
        message_ref="700900123:12",
    )


def test_the_published_tap_on_a_button_that_is_not_ours_has_no_question() -> None:
    (message,) = silent().parse(request(TAP.encode())).messages
    assert message.content == Tapped("", "q7f3:1", "3010344556677889900")
    # Its `date` is that of the message with the button, which may be days old.
    assert message.sent_at is None
    assert message.counts_at == NOW


def test_a_tap_below_a_message_too_old_to_be_shown_is_taken() -> None:
    update = json.loads(TAP)
    update["callback_query"]["message"] = {"message_id": 13, "date": 0, "chat": {"id": CHAT_ID, "type": "private"}}
    (message,) = silent().parse(request(json.dumps(update).encode())).messages
    assert isinstance(message.content, Tapped)


def test_an_edit_counts_from_when_it_was_edited() -> None:
    update = json.loads(TYPED)
    edited = {**update.pop("message"), "text": "More slides", "edit_date": 1785538900}
    (message,) = silent().parse(request(json.dumps({**update, "edited_message": edited}).encode())).messages
    assert message.content == Amended("700900123:12", "More slides")
    assert message.counts_at == datetime(2026, 7, 31, 23, 1, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("/start", Began("")),
        ("/start herefordshire-2018", Began("herefordshire-2018")),
        ("/start@sayso_example_bot 7K2M-9Q", Began("7K2M-9Q")),
        ("/START  park ", Began("park")),
        ("/stop", Pressed(Command.STOP)),
        ("/Stop@sayso_example_bot", Pressed(Command.STOP)),
        ("/privacy ", Pressed(Command.PRIVACY)),
        ("/stop the buses", Typed("/stop the buses")),
        ("/cymraeg", Typed("/cymraeg")),
        ("/nonsense", Typed("/nonsense")),
        ("/starting over", Typed("/starting over")),
        ("stop", Typed("stop")),
        ("start", Typed("start")),
        ("/", Typed("/")),
    ],
)
def test_slash_commands_are_commands_and_all_else_is_typed(text: str, content: object) -> None:
    who = TelegramAdapter()
    assert [message.content for message in who.channel.parse(who.says(text)).messages] == [content]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("photo", Unusable.PICTURE),
        ("voice", Unusable.VOICE),
        ("sticker", Unusable.STICKER),
        ("location", Unusable.LOCATION),
        ("venue", Unusable.LOCATION),
        ("contact", Unusable.CONTACT),
        ("document", Unusable.OTHER),
        ("video", Unusable.OTHER),
        ("video_note", Unusable.OTHER),
        ("poll", Unusable.OTHER),
        ("dice", Unusable.OTHER),
    ],
)
def test_what_is_not_text_is_only_the_fact_that_it_came(field: str, kind: Unusable) -> None:
    who = TelegramAdapter()
    (message,) = who.channel.parse(who.update(message=who.message(**{field: {"of": "any shape"}}))).messages
    assert message.content == Other(kind)


def test_an_album_is_answered_once() -> None:
    who = TelegramAdapter()
    pictures = [who.update(message=who.message(photo=[{}], media_group_id="13")) for _ in range(10)]
    ids = {message.provider_id for picture in pictures for message in who.channel.parse(picture).messages}
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("status", "content"), [("kicked", WentAway()), ("member", CameBack()), ("left", None), ("administrator", None)]
)
def test_blocking_and_unblocking_are_heard_of(status: str, content: object) -> None:
    who = TelegramAdapter()
    parsed = who.channel.parse(who.membership(status))
    assert [message.content for message in parsed.messages] == ([content] if content else [])


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_groups_are_left_alone(kind: str) -> None:
    who = TelegramAdapter()
    chat = who.chat(id=-100900123, type=kind)
    assert who.channel.parse(who.update(message=who.message(text="/stop", chat=chat))) == Parsed()
    assert who.channel.parse(who.membership("kicked", id=-100900123, type=kind)) == Parsed()


@pytest.mark.parametrize("secret", ["", "has space", "é", "x" * 257, "semi;colon"])
def test_a_secret_that_telegram_would_not_take_stops_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="SAYSO_TELEGRAM_SECRET"):
        TelegramChannel(token=TOKEN, secret=secret)


async def test_choices_are_buttons_one_below_the_other(api: BotApi, channel: TelegramChannel) -> None:
    chat = api.chat(CHAT_ID)
    long = "o" * 60
    await channel.send(outbound("How is it?", Button("Good", "park", "good"), Button("Bad", "park", long)), now=NOW)
    assert chat.heard[0].buttons[0] == ("Good", "q:park:good")
    assert len(chat.heard[0].buttons) == 2


@pytest.mark.parametrize(
    "description",
    ["Forbidden: bot was blocked by the user", "Forbidden: user is deactivated", "Forbidden: of tomorrow"],
)
async def test_somebody_who_left_is_never_written_to_again(
    api: BotApi, channel: TelegramChannel, description: str
) -> None:
    refuse(api, 403, description)
    outcome = await channel.send(outbound(), now=NOW)
    assert isinstance(outcome, Gone)
    assert outcome.opted_out


async def test_a_chat_that_does_not_exist_is_gone(channel: TelegramChannel) -> None:
    outcome = await channel.send(outbound(chat=1), now=NOW)
    assert isinstance(outcome, Gone)
    assert not outcome.opted_out


async def test_a_message_that_telegram_cannot_read_fails_alone(api: BotApi, channel: TelegramChannel) -> None:
    api.chat(CHAT_ID)
    outcome = await channel.send(outbound(" "), now=NOW)
    assert outcome == OurFault("Telegram refused the message: Message text is empty", stop_channel=False)


async def test_words_of_a_person_in_an_error_are_not_repeated(api: BotApi, channel: TelegramChannel) -> None:
    refuse(api, 400, 'Bad Request: can\'t parse entities: "Zebedee <b>" at byte offset 7')
    assert await channel.send(outbound(), now=NOW) == OurFault(
        "Telegram refused the message: BadRequest", stop_channel=False
    )


async def test_a_chat_that_became_a_group_is_left_alone(api: BotApi, channel: TelegramChannel) -> None:
    refuse(api, 400, "Bad Request: group chat was upgraded", parameters={"migrate_to_chat_id": -1001})
    assert isinstance(await channel.send(outbound(), now=NOW), Gone)


async def test_telegram_says_how_long_to_wait(api: BotApi, channel: TelegramChannel) -> None:
    refuse(api, 429, "Too Many Requests: retry after 12", parameters={"retry_after": 12})
    outcome = await channel.send(outbound(), now=NOW)
    assert isinstance(outcome, RetryAt)
    assert outcome.at == NOW + timedelta(seconds=12)
    assert not outcome.pause_channel


async def test_two_chats_told_to_wait_mean_the_whole_bot(api: BotApi, channel: TelegramChannel) -> None:
    quiet = {"parameters": {"retry_after": 12}}
    pauses = []
    for chat, seconds in ((1, 0), (1, 1), (2, 2), (2, 60), (1, 90)):
        refuse(api, 429, "Too Many Requests", **quiet)
        outcome = await channel.send(outbound(chat=chat), now=NOW + timedelta(seconds=seconds))
        assert isinstance(outcome, RetryAt)
        pauses.append(outcome.pause_channel)
    assert pauses == [False, False, True, False, False]


async def test_a_fault_of_theirs_is_waited_out_longer_each_time(api: BotApi, channel: TelegramChannel) -> None:
    api.faults.add(Fault(Kind.REFUSED, 502), times=3)
    outcomes = [await channel.send(outbound(attempt=attempt), now=NOW) for attempt in (1, 2, 30)]
    waits = [outcome.at - NOW for outcome in outcomes if isinstance(outcome, RetryAt)]
    assert waits == [timedelta(seconds=2), timedelta(seconds=4), timedelta(minutes=15)]


async def test_a_tap_is_acknowledged_and_a_failure_is_only_counted(api: BotApi, channel: TelegramChannel) -> None:
    callback_id, answered = api.callback()
    await channel.acknowledge(callback_id)
    assert answered()
    assert channel.unacknowledged == 0
    await channel.acknowledge("one that is too old")
    assert channel.unacknowledged == 1


async def test_registering_asks_for_what_is_used_and_gives_the_secret(api: BotApi, channel: TelegramChannel) -> None:
    await channel.register("http://127.0.0.1:9/hooks/telegram")
    assert api.webhook.url == "http://127.0.0.1:9/hooks/telegram"
    assert api.webhook.secret == SECRET
    assert api.webhook.allowed == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert await channel.waiting() == 0
    assert await channel.link() == "https://t.me/sayso_example_bot"


@pytest.mark.parametrize(
    ("status", "passing", "setting"),
    [(401, False, "SAYSO_TELEGRAM_TOKEN"), (400, False, "SAYSO_PUBLIC_URL"), (500, True, "SAYSO_TELEGRAM_API")],
)
async def test_a_refused_registration_says_which_setting_to_look_at(
    api: BotApi, channel: TelegramChannel, status: int, passing: object, setting: str
) -> None:
    for ask in (channel.register("https://x.example/hooks/telegram"), channel.waiting(), channel.link()):
        refuse(api, status, "Some words")
        with pytest.raises(ProviderError, match=setting) as refused:
            await ask
        assert refused.value.passing is passing


async def test_a_whole_conversation_goes_over_the_wire(api: BotApi, channel: TelegramChannel) -> None:
    taken: list[object] = []

    async def hook(call: web.Request) -> web.Response:
        parsed = channel.parse(request(await call.read(), call.headers["X-Telegram-Bot-Api-Secret-Token"]))
        taken.extend(message.content for message in parsed.messages)
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/hooks/telegram", hook)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await channel.register(f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/telegram")
    chat = api.chat(CHAT_ID)
    await chat.start("park")
    said = await chat.say("/help")
    await channel.send(outbound("How is it?", Button("Good", "park", "good")), now=NOW)
    await chat.tap(chat.heard[0], "Good")
    await chat.edit(said, "hello")
    for kind in CONTENT:
        await chat.send(kind)
    await chat.block()
    await chat.unblock()
    await runner.cleanup()
    assert [type(content) for content in taken[:4]] == [Began, Pressed, Tapped, Amended]
    assert len(taken) == 4 + len(CONTENT) + 2
    assert taken[-2:] == [WentAway(), CameBack()]


class TestRequests:
    """The request class keeps to the times it is given, and says nothing of addresses."""

    async def test_a_read_that_takes_too_long_times_out_with_the_calls_own_limit(self, api: BotApi) -> None:
        sent = AiohttpRequest(read=30)
        bot = Bot(TOKEN, f"{api.url}/bot", request=sent, get_updates_request=sent)
        api.faults.add(Fault(Kind.HUNG))
        began = time.perf_counter()
        with pytest.raises(TimedOut):
            await bot.get_me(read_timeout=0.1)
        assert time.perf_counter() - began < 5
        await sent.shutdown()

    async def test_its_own_limits_hold_where_a_call_names_none(self, api: BotApi) -> None:
        sent = AiohttpRequest(read=0.1)
        assert sent.read_timeout == 0.1
        api.faults.add(Fault(Kind.HUNG))
        with pytest.raises(TimedOut):
            await sent.do_request(f"{api.url}/bot{TOKEN}/getMe", "POST")
        await sent.shutdown()

    async def test_none_means_to_wait_for_ever(self, api: BotApi) -> None:
        sent = AiohttpRequest(read=0.05)
        api.faults.add(Fault(Kind.HUNG))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await sent.do_request(f"{api.url}/bot{TOKEN}/getMe", "POST", read_timeout=None)
        await sent.shutdown()

    async def test_no_error_holds_the_address_with_the_token(self) -> None:
        sent = AiohttpRequest()
        with pytest.raises(NetworkError) as failed:
            await sent.do_request(f"{NOBODY_LISTENS}/bot{TOKEN}/getMe", "POST")
        assert TOKEN not in repr(failed.value)
        assert failed.value.__cause__ is None
        await sent.shutdown()

    async def test_quiet_is_asked_for_even_where_no_time_is_named(self, api: BotApi) -> None:
        sent = AiohttpRequest()
        api.faults.add(Fault(Kind.REFUSED, 429, {"ok": False}))
        with pytest.raises(FloodedError) as flooded:
            await sent.do_request(f"{api.url}/bot{TOKEN}/getMe", "POST")
        assert flooded.value.seconds == 1
        await sent.shutdown()

    async def test_a_file_is_refused_before_anything_is_sent(self) -> None:
        data = RequestData()
        data.contains_files = True
        with pytest.raises(TelegramError, match="words only"):
            await AiohttpRequest().do_request("http://127.0.0.1:9", "POST", data)

    async def test_it_can_be_opened_before_the_first_call(self, api: BotApi, channel: TelegramChannel) -> None:
        sent = AiohttpRequest()
        await sent.initialize()
        status, _ = await sent.do_request(f"{api.url}/bot{TOKEN}/getMe", "POST")
        assert status == 200
        await sent.shutdown()
        await sent.shutdown()
        api.chat(CHAT_ID)
        assert isinstance(await channel.send(outbound(), now=NOW), Sent)
