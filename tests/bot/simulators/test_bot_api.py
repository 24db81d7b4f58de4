"""The simulated Bot API behaves as the documented one does, on both of its sides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, ServerDisconnectedError, web

from bot.clock import Clock
from bot.simulators.bot_api import TOKEN, BotApi
from bot.simulators.faults import Fault, Kind

PERSON = 700900123


class Service:
    """What stands behind the webhook: keeps what it is told, and answers with the next of `statuses`, else 200."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.secrets: list[str] = []
        self.statuses: list[int] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.updates.append(await request.json())
        return web.Response(status=status)

    def kinds(self) -> list[str]:
        return [next(key for key in update if key != "update_id") for update in self.updates]


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.add_routes([web.post("/hook", service.take)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield service
    await runner.cleanup()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(retries=2, retry_seconds=0.01) as api:
        yield api


async def call(api: BotApi, method: str, **fields: object) -> tuple[int, Any]:
    async with ClientSession() as client, client.post(f"{api.url}/bot{TOKEN}/{method}", json=fields) as answer:
        return answer.status, await answer.json()


async def listening(api: BotApi, service: Service) -> None:
    await call(api, "setWebhook", url=service.url, secret_token="s3cret")


async def test_methods_answer_as_documented(api: BotApi) -> None:
    _, me = await call(api, "getMe")
    assert me["result"]["username"] == "sayso_example_bot"
    _, info = await call(api, "getWebhookInfo")
    assert info == {"ok": True, "result": {"url": "", "has_custom_certificate": False, "pending_update_count": 0}}
    assert await call(api, "setWebhook", url="http://127.0.0.1:9/x") == (200, {"ok": True, "result": True})
    assert api.webhook.url
    assert await call(api, "deleteWebhook") == (200, {"ok": True, "result": True})
    assert not api.webhook.url
    assert api.calls == ["getMe", "getWebhookInfo", "setWebhook", "deleteWebhook"]


@pytest.mark.parametrize(
    ("method", "fields", "error"),
    [
        ("sendMessage", {"chat_id": 1, "text": "x"}, (400, "Bad Request: chat not found")),
        ("sendMessage", {"text": "x"}, (400, "Bad Request: chat_id is empty")),
        ("sendMessage", {"chat_id": PERSON, "text": " \n"}, (400, "Bad Request: message text is empty")),
        ("sendMessage", {"chat_id": PERSON, "text": "x" * 4097}, (400, "Bad Request: message is too long")),
        (
            "sendMessage",
            {
                "chat_id": PERSON,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "ŵ" * 33}]]},
            },
            (400, "Bad Request: BUTTON_DATA_INVALID"),
        ),
        ("sendDice", {"chat_id": PERSON}, (404, "Not Found")),
    ],
)
async def test_what_cannot_be_done_is_refused_as_documented(
    api: BotApi, method: str, fields: dict[str, object], error: tuple[int, str]
) -> None:
    api.chat(PERSON)
    status, answer = await call(api, method, **fields)
    assert (status, answer["description"]) == error
    assert answer["ok"] is False
    assert answer["error_code"] == status


async def test_a_wrong_token_is_unauthorized(api: BotApi) -> None:
    api.token = "7000000001:another"
    status, answer = await call(api, "getMe")
    assert (status, answer["description"]) == (401, "Unauthorized")


async def test_forms_queries_and_uploads_are_read_like_json(api: BotApi) -> None:
    chat = api.chat(PERSON)
    markup = json.dumps({"inline_keyboard": [[{"text": "Yes", "callback_data": "q:a:yes"}]]})
    upload = FormData({"chat_id": str(PERSON), "text": "three"}, default_to_multipart=True)
    async with ClientSession() as client:
        url = f"{api.url}/bot{TOKEN}/sendMessage"
        fields = {"chat_id": str(PERSON), "text": "one", "reply_markup": markup}
        for data, query in ((fields, {}), (None, {"chat_id": str(PERSON), "text": "two"}), (upload, {})):
            async with client.post(url, data=data, params=query) as answer:
                assert answer.status == 200
    assert [message.text for message in chat.heard] == ["one", "two", "three"]
    assert chat.heard[0].buttons == (("Yes", "q:a:yes"),)


async def test_a_persons_doings_reach_the_webhook_with_its_secret(api: BotApi, service: Service) -> None:
    await listening(api, service)
    chat = api.chat(PERSON, first_name="Gwen", language="cy")
    said = await chat.say("More swings")
    await chat.edit(said, "More slides")
    await chat.photo(caption="look")
    await call(
        api,
        "sendMessage",
        chat_id=PERSON,
        text="Good?",
        reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "q:a:yes"}]]},
    )
    assert not await chat.tap(chat.heard[0], "Yes")
    await chat.block()
    await chat.unblock()
    assert service.kinds() == [
        "message",
        "edited_message",
        "message",
        "callback_query",
        "my_chat_member",
        "my_chat_member",
    ]
    assert set(service.secrets) == {"s3cret"}
    assert service.updates[0]["message"]["text"] == "More swings"
    assert service.updates[0]["message"]["from"]["first_name"] == "Gwen"
    assert service.updates[1]["edited_message"]["message_id"] == said.message_id
    assert service.updates[1]["edited_message"]["edit_date"] >= service.updates[1]["edited_message"]["date"]
    assert "text" not in service.updates[2]["message"]
    assert service.updates[3]["callback_query"]["data"] == "q:a:yes"
    assert service.updates[4]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    numbers = [update["update_id"] for update in service.updates]
    assert numbers == sorted(set(numbers))


async def test_a_button_may_be_named_by_its_label_its_data_or_its_place(api: BotApi, service: Service) -> None:
    await listening(api, service)
    chat = api.chat(PERSON)
    message = chat.receive("Good?", (("Yes", "q:a:yes"), ("No", "q:a:no")))
    for name in ("No", "q:a:no", 1):
        await chat.tap(message, name)
    assert [update["callback_query"]["data"] for update in service.updates] == ["q:a:no"] * 3


async def test_a_tap_needs_a_button_that_is_there(api: BotApi) -> None:
    chat = api.chat(PERSON)
    message = chat.receive("Good?", (("Yes", "q:a:yes"),))
    with pytest.raises(LookupError, match="no button 'No'"):
        await chat.tap(message, "No")


async def test_a_tap_is_answered_once_the_bot_says_so(api: BotApi, service: Service) -> None:
    await listening(api, service)
    callback_id, answered = api.callback()
    assert not answered()
    assert (await call(api, "answerCallbackQuery", callback_query_id="unknown"))[0] == 400
    assert (await call(api, "answerCallbackQuery", callback_query_id=callback_id))[0] == 200
    assert answered()


async def test_only_the_kinds_that_were_asked_for_are_sent(api: BotApi, service: Service) -> None:
    await call(api, "setWebhook", url=service.url, allowed_updates=["message"])
    chat = api.chat(PERSON)
    await chat.edit(await chat.say("one"), "two")
    assert service.kinds() == ["message"]
    assert api.pending == 0


async def test_an_update_that_is_not_taken_comes_again_and_holds_up_its_own_chat_only(
    api: BotApi, service: Service
) -> None:
    await listening(api, service)
    service.statuses = [503, 503]
    await asyncio.gather(api.chat(1).say("first"), api.chat(1).say("second"), api.chat(2).say("other"))
    texts = [update["message"]["text"] for update in service.updates]
    assert sorted(texts) == ["first", "other", "second"]
    assert texts.index("first") < texts.index("second")
    assert len(api.refused) == 2


async def test_what_was_given_up_comes_with_the_next_update(api: BotApi, service: Service) -> None:
    await listening(api, service)
    service.statuses = [500, 500, 500]
    await api.chat(1).say("first")
    assert api.pending == 1
    assert (await call(api, "getWebhookInfo"))[1]["result"]["pending_update_count"] == 1
    await api.chat(1).say("second")
    assert [update["message"]["text"] for update in service.updates] == ["first", "second"]


async def test_what_is_refused_for_long_waits_for_the_next_chance(api: BotApi, service: Service) -> None:
    await listening(api, service)
    service.statuses = [500] * 6
    await api.chat(1).say("first")
    api.redeliver()
    await api.settled()
    assert api.pending == 1
    api.redeliver()
    await api.settled()
    assert [update["message"]["text"] for update in service.updates] == ["first"]


async def test_what_was_said_before_there_was_a_webhook_comes_once_there_is(api: BotApi, service: Service) -> None:
    await api.chat(1).say("early")
    assert api.pending == 1
    await listening(api, service)
    await api.settled()
    assert [update["message"]["text"] for update in service.updates] == ["early"]


async def test_only_what_waits_is_tried_again(api: BotApi, service: Service) -> None:
    await listening(api, service)
    service.statuses = [500, 500, 500]
    await api.chat(1).say("first")
    first, second = api.chat(2).say("second"), api.chat(2).say("third")
    await asyncio.gather(first, second)
    api.redeliver()
    await api.settled()
    assert [update["message"]["text"] for update in service.updates] == ["second", "third", "first"]


async def test_a_webhook_where_nobody_listens_is_a_refusal(api: BotApi) -> None:
    await call(api, "setWebhook", url="http://127.0.0.1:9/hook")
    await api.chat(1).say("hello?")
    assert api.refused == [0, 0, 0]


async def test_somebody_who_blocked_the_bot_gets_nothing(api: BotApi) -> None:
    chat = api.chat(PERSON)
    await chat.block()
    status, answer = await call(api, "sendMessage", chat_id=PERSON, text="hello")
    assert (status, answer["description"]) == (403, "Forbidden: bot was blocked by the user")
    assert chat.messages == []


async def test_too_many_messages_are_told_to_wait() -> None:
    async with BotApi(paced=True) as api:
        for number in range(40):
            api.chat(number)
        assert (await call(api, "sendMessage", chat_id=0, text="x"))[0] == 200
        status, answer = await call(api, "sendMessage", chat_id=0, text="too soon")
        assert status == 429
        assert answer["parameters"] == {"retry_after": 1}
        statuses = [(await call(api, "sendMessage", chat_id=number, text="x"))[0] for number in range(1, 40)]
        assert statuses.count(200) >= 29
        assert 429 in statuses


async def test_faults_happen_once_each_and_in_order(api: BotApi) -> None:
    chat = api.chat(PERSON)
    api.faults.add(Fault(Kind.REFUSED, 500, {"ok": False}))
    api.faults.add(Fault(Kind.DROPPED))
    api.faults.add(Fault(Kind.LOST))
    assert (await call(api, "sendMessage", chat_id=PERSON, text="refused"))[0] == 500
    for text in ("dropped", "lost"):
        with pytest.raises(ServerDisconnectedError):
            await call(api, "sendMessage", chat_id=PERSON, text=text)
    assert (await call(api, "sendMessage", chat_id=PERSON, text="well"))[0] == 200
    assert [message.text for message in chat.heard] == ["lost", "well"]


async def test_dates_are_those_of_the_clock_it_was_given(service: Service) -> None:
    clock = Clock(datetime(2018, 3, 9, 23, 59, 58, tzinfo=UTC))
    async with BotApi(now=clock.now) as api:
        await listening(api, service)
        await api.chat(1).say("just in time")
    assert service.updates[0]["message"]["date"] == int(datetime(2018, 3, 9, 23, 59, 58, tzinfo=UTC).timestamp())


async def test_whoever_watches_hears_of_every_change(api: BotApi) -> None:
    chat, seen = api.chat(PERSON), api.version
    waiting = asyncio.create_task(api.wait_change())
    await asyncio.sleep(0)
    await call(api, "sendMessage", chat_id=PERSON, text="hello")
    assert await waiting == seen + 1
    assert await api.wait_change(seen) == seen + 1
    assert [message.text for message in await chat.hears(1)] == ["hello"]
    with pytest.raises(TimeoutError):
        await chat.hears(2, within=0.01)


async def test_a_simulator_that_was_not_started_says_so() -> None:
    with pytest.raises(RuntimeError, match="Start the simulator"):
        await BotApi().post("http://127.0.0.1:9", b"", {})
    await BotApi().close()
