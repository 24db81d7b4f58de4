"""The simulated Twilio behaves as the documented one does, on both of its sides."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, ServerDisconnectedError, web
from twilio.request_validator import RequestValidator

from bot.simulators.faults import Fault, Kind
from bot.simulators.texts import OptOut
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioApi, is_drama_number

PERSON = "+447700900123"
NOW = datetime(2018, 3, 9, 12, tzinfo=UTC)


class Service:
    """What stands behind the webhooks; every signature is checked by Twilio's own library."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        status = self.statuses.pop(0) if self.statuses else 200
        form = {name: str(value) for name, value in (await request.post()).items()}
        signature = request.headers["X-Twilio-Signature"]
        assert RequestValidator(AUTH_TOKEN).validate(self.url, form, signature)
        if status == 200:
            self.forms.append(form)
        return web.Response(status=status, text="<Response/>")


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.add_routes([web.post("/hook", service.take)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook?x=1"
    yield service
    await runner.cleanup()


@pytest.fixture
async def api(service: Service) -> AsyncIterator[TwilioApi]:
    async with TwilioApi(now=lambda: NOW) as api:
        api.sms_url, api.retry_seconds = service.url, 0.01
        yield api


async def create(api: TwilioApi, *, token: str = AUTH_TOKEN, **fields: str) -> tuple[int, Any]:
    form = {"To": PERSON, "From": NUMBER, "Body": "Hello", **fields}
    url = f"{api.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    headers = {"Authorization": _basic(token)}
    async with ClientSession() as client, client.post(url, data=form, headers=headers) as answer:
        return answer.status, await answer.json()


async def listed(api: TwilioApi, path: str | None = None, **filters: str) -> Any:  # noqa: ANN401 - JSON
    url = api.url + (path or f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json")
    headers = {"Authorization": _basic(AUTH_TOKEN)}
    async with ClientSession() as client, client.get(url, params=filters, headers=headers) as answer:
        return await answer.json()


def _basic(token: str) -> str:
    return "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{token}".encode()).decode()


async def test_a_text_reaches_the_webhook_signed_with_all_its_fields(api: TwilioApi, service: Service) -> None:
    sent = await api.phone(PERSON).text("More swings 😀 & slides")
    (form,) = service.forms
    assert form["Body"] == "More swings 😀 & slides"
    assert (form["From"], form["To"], form["NumMedia"], form["FromCity"]) == (PERSON, NUMBER, "0", "")
    assert form["MessageSid"] == sent.sid
    assert len(sent.sid) == 34


async def test_a_picture_may_come_without_words(api: TwilioApi, service: Service) -> None:
    await api.phone(PERSON).photo()
    (form,) = service.forms
    assert (form["Body"], form["NumMedia"]) == ("", "1")


async def test_a_long_text_may_arrive_in_parts(api: TwilioApi, service: Service) -> None:
    parts = await api.phone(PERSON).text_in_parts("a" * 400)
    assert [len(form["Body"]) for form in service.forms] == [153, 153, 94]
    assert len(parts) == 3


async def test_a_webhook_that_is_not_taken_is_tried_once_more_and_then_lost(api: TwilioApi, service: Service) -> None:
    service.statuses = [503, 200, 503, 503]
    phone = api.phone(PERSON)
    await phone.text("one")
    await phone.text("two")
    assert [form["Body"] for form in service.forms] == ["one"]
    assert api.refused == [503, 503, 503]
    assert [text["body"] for text in (await listed(api))["messages"]] == ["two", "one"]


async def test_a_text_that_we_send_is_on_the_phone_and_its_status_is_told(api: TwilioApi, service: Service) -> None:
    status, text = await create(api, StatusCallback=service.url)
    assert status == 201
    assert text["status"] == "queued"
    await api.settled()
    assert [message.text for message in await api.phone(PERSON).hears(1)] == ["Hello"]
    assert [(form["MessageStatus"], form["MessageSid"]) for form in service.forms] == [
        ("sent", text["sid"]),
        ("delivered", text["sid"]),
    ]


async def test_a_phone_that_is_off_gets_nothing_and_says_so(api: TwilioApi, service: Service) -> None:
    phone = api.phone(PERSON)
    phone.switched_off = True
    await create(api, StatusCallback=service.url)
    await api.settled()
    assert phone.heard == []
    assert [(form["MessageStatus"], form.get("ErrorCode")) for form in service.forms] == [
        ("sent", None),
        ("undelivered", "30003"),
    ]
    with pytest.raises(TimeoutError):
        await phone.hears(1, within=0.01)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": "07700 900123"}, 21211),
        ({"To": "+441432260000"}, 21635),
        ({"From": "+447700900999"}, 21606),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_its_code(api: TwilioApi, fields: dict[str, str], code: int) -> None:
    api.landlines.add("+441432260000")
    status, answer = await create(api, **fields)
    assert (status, answer["code"], answer["status"]) == (400, code, 400)
    assert api.texts == []


async def test_a_wrong_token_is_not_accepted(api: TwilioApi) -> None:
    status, answer = await create(api, token="wrong")
    assert (status, answer["code"]) == (401, 20003)
    async with ClientSession() as client:
        url = f"{api.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
        async with client.get(url) as listed:
            assert listed.status == 401


@pytest.mark.parametrize("word", ["STOP", " stopall ", "Unsubscribe", "CANCEL", "End", "quit", "REVOKE", "optout"])
async def test_after_a_stop_nothing_can_be_sent_until_a_start(api: TwilioApi, service: Service, word: str) -> None:
    phone = api.phone(PERSON)
    await phone.text(word)
    status, answer = await create(api)
    assert (status, answer["code"]) == (400, 21610)
    await phone.text("START")
    assert (await create(api))[0] == 201
    # The provider's own words are not ours; the texts themselves reach the service all the same.
    assert [message.by_provider for message in phone.messages if message.by_us] == [True, True, False]
    assert [form["Body"] for form in service.forms] == [word, "START"]
    assert not any("OptOutType" in form for form in service.forms)


async def test_advanced_opt_out_tells_the_service_what_it_did(service: Service) -> None:
    async with TwilioApi(opt_out=OptOut.ADVANCED) as api:
        api.sms_url = service.url
        for word in ("stop", "yes", "yes", "info", "stop the buses"):
            await api.phone(PERSON).text(word)
    assert [form.get("OptOutType") for form in service.forms] == ["STOP", "START", "START", "HELP", None]


async def test_with_its_opt_out_off_a_stop_is_only_a_text(service: Service) -> None:
    async with TwilioApi(opt_out=OptOut.OFF) as api:
        api.sms_url = service.url
        await api.phone(PERSON).text("STOP")
        assert (await create(api))[0] == 201


async def test_a_list_is_newest_first_and_comes_in_pages(api: TwilioApi) -> None:
    for number in range(5):
        api.arrives(str(number), sender=PERSON)
    page = await listed(api, PageSize="2")
    bodies = []
    while True:
        bodies += [text["body"] for text in page["messages"]]
        if page["next_page_uri"] is None:
            break
        page = await listed(api, page["next_page_uri"])
    assert bodies == ["4", "3", "2", "1", "0"]


async def test_a_list_can_be_narrowed_to_a_person_and_a_time(api: TwilioApi) -> None:
    api.arrives("early", sender=PERSON)
    api.now = lambda: NOW + timedelta(hours=1)
    api.arrives("late", sender=PERSON)
    api.arrives("other", sender="+447700900124")
    await create(api, Body="waiting")

    async def bodies(**filters: str) -> list[str]:
        return [text["body"] for text in (await listed(api, **filters))["messages"]]

    assert await bodies(From=PERSON) == ["late", "early"]
    assert await bodies(To=PERSON) == ["waiting"]
    # What was not passed on yet has no date to be found by.
    assert await bodies(**{"DateSent>": "2018-03-09T12:30:00Z"}) == ["other", "late"]
    assert await bodies(**{"DateSent<": "2018-03-09T12:30:00"}) == ["early"]


async def test_faults_happen_once_each_and_in_order(api: TwilioApi) -> None:
    api.faults.add(Fault(Kind.REFUSED, 429, {"code": 20429}))
    api.faults.add(Fault(Kind.DROPPED))
    api.faults.add(Fault(Kind.LOST))
    assert await create(api, Body="refused") == (429, {"code": 20429})
    for body in ("dropped", "lost"):
        with pytest.raises(ServerDisconnectedError):
            await create(api, Body=body)
    await create(api, Body="well")
    assert [text.body for text in api.texts] == ["lost", "well"]


@pytest.mark.parametrize("kind", [Kind.HUNG, Kind.LATE])
async def test_a_call_may_never_be_answered(api: TwilioApi, kind: Kind) -> None:
    api.faults.add(Fault(kind))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await create(api)
    assert len(api.texts) == (1 if kind is Kind.LATE else 0)


@pytest.mark.parametrize(
    ("number", "drama"),
    [("+447700900000", True), ("+447700900999", True), ("+447700901000", False), ("07700900123", False)],
)
def test_numbers_kept_for_drama_are_known(number: str, drama: object) -> None:
    assert is_drama_number(number) is drama
