"""What is SMS's own: Twilio's signatures as published, parts, opt-outs, statuses, and what an outage leaves behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from multidict import CIMultiDict
from twilio.request_validator import RequestValidator

from bot.channels.base import ProviderError, RawRequest, RefusedError
from bot.channels.sms import INBOUND_PATH, SIGNATURE_HEADER, STATUS_PATH, SmsChannel, is_mobile
from bot.simulators.faults import Fault, Kind
from bot.simulators.texts import error_body
from bot.simulators.twilio_api import ACCOUNT_SID, NUMBER, TwilioApi
from flows.definition import Command
from flows.messages import (
    CameBack,
    Channel,
    Gone,
    Other,
    OurFault,
    OutboundMessage,
    Pressed,
    RetryAt,
    Sent,
    Status,
    StatusUpdate,
    Typed,
    Unusable,
)
from tests.bot.channels.contract import NOW
from tests.bot.channels.sms_adapter import NOBODY_LISTENS, PERSON, PUBLIC_URL, SmsAdapter, channel, request

# From Twilio's own library's tests; the token is 12345.
TOKEN = "12345"
U = "mycompany.com/myapp.php?foo=1&bar=2"
P = "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309"
JSON_URL = f"https://{U}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
VECTORS = [
    (f"https://{U}", P, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    (f"https://{U.replace('.com', '.com:443')}", P, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    (f"http://{U.replace('.com', '.com:80')}", P, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    (f"http://{U.replace('.com', '.com:1234')}", P, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    (
        f"https://{U}",
        "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    ),
]
SAMPLE = (
    "ToCountry=GB&ToState=&SmsMessageSid=SM5a1d0c7e9b3f48628d4e6a7f1c2b3d90&NumMedia=0&ToCity=&FromZip=&SmsSid="
    "SM5a1d0c7e9b3f48628d4e6a7f1c2b3d90&FromState=&SmsStatus=received&FromCity=&Body=More+swings+please+%F0%9F%98%80"
    "&FromCountry=GB&To=%2B447700900456&ToZip=&NumSegments=1&MessageSid=SM5a1d0c7e9b3f48628d4e6a7f1c2b3d90&AccountSid"
    "=AC00000000000000000000000000000001&From=%2B447700900123&ApiVersion=2010-04-01"
)


def outbound(text: str = "Hello", *, to: str = PERSON, attempt: int = 1) -> OutboundMessage:
    return OutboundMessage("k1", to, text, attempt=attempt, queued_at=NOW)


def status(**fields: str) -> RawRequest:
    form = {"MessageSid": "SM1", "To": PERSON, "From": NUMBER, "AccountSid": ACCOUNT_SID, **fields}
    return request(urlencode(form).encode(), path=STATUS_PATH)


@pytest.fixture
async def api() -> AsyncIterator[TwilioApi]:
    async with TwilioApi(callbacks=False, now=lambda: NOW + timedelta(seconds=5)) as api:
        yield api


@pytest.fixture
async def sms(api: TwilioApi) -> AsyncIterator[SmsChannel]:
    sms = channel(api.url)
    yield sms
    await sms.close()


@pytest.fixture
async def impatient(api: TwilioApi) -> AsyncIterator[SmsChannel]:
    """For what is never answered."""
    sms = channel(api.url, timeout=0.2)
    yield sms
    await sms.close()


@pytest.mark.parametrize(("url", "body", "signature"), VECTORS)
def test_every_published_signature_of_a_form_is_accepted(url: str, body: str, signature: str) -> None:
    origin, _, rest = url.removeprefix("https://").removeprefix("http://").partition("/")
    scheme = url.partition(":")[0]
    sms = SmsChannel(account_sid="AC1", auth_token=TOKEN, sender=NUMBER, public_url=f"{scheme}://{origin}")
    asked = RawRequest(f"/{rest}", CIMultiDict({SIGNATURE_HEADER: signature}), body.encode(), NOW)
    # Genuine, so it is refused for what it lacks and not for who sent it.
    with pytest.raises(RefusedError, match=r"The form has no (MessageSid|From)"):
        sms.parse(asked)
    for other in (f"{scheme}://other.example", "http://" + origin if scheme == "https" else "https://" + origin):
        elsewhere = SmsChannel(account_sid="AC1", auth_token=TOKEN, sender=NUMBER, public_url=other)
        with pytest.raises(RefusedError, match="signature"):
            elsewhere.parse(asked)


def test_the_published_signature_of_a_json_body_is_accepted_by_the_validator_that_we_use() -> None:
    validator = RequestValidator(TOKEN)
    body = '{"property": "value", "boolean": true}'
    assert validator.validate(JSON_URL, body, "a9nBmqA0ju/hNViExpshrM61xv4=")
    assert not validator.validate(JSON_URL, body + " ", "a9nBmqA0ju/hNViExpshrM61xv4=")


@pytest.mark.parametrize("public_url", ["https://sayso.example.gov.uk", "https://sayso.example.gov.uk/"])
def test_the_sample_text_is_understood_and_its_empty_fields_are_signed(public_url: str) -> None:
    sms = SmsChannel(account_sid="AC1", auth_token=TOKEN, sender=NUMBER, public_url=public_url)
    right = CIMultiDict({SIGNATURE_HEADER: "+AMukF5HN6EZPPOvJTRlmRdmgvk="})
    wrong = CIMultiDict({SIGNATURE_HEADER: "YA2HQxZIWiKCQw5tejrIH2LKcqI="})
    (message,) = sms.parse(RawRequest(INBOUND_PATH, right, SAMPLE.encode(), NOW)).messages
    assert message.content == Typed("More swings please 😀")
    assert message.provider_id == "SM5a1d0c7e9b3f48628d4e6a7f1c2b3d90"
    assert message.address == PERSON
    assert message.sent_at is None
    assert message.counts_at == NOW
    with pytest.raises(RefusedError, match="signature"):
        sms.parse(RawRequest(INBOUND_PATH, wrong, SAMPLE.encode(), NOW))


def test_fields_that_twilio_adds_tomorrow_change_nothing() -> None:
    who = SmsAdapter()
    form = who.form(Body="hello", NewThing="yes", Another="")
    assert [message.content for message in who.channel.parse(who.post(form)).messages] == [Typed("hello")]


@pytest.mark.parametrize(("length", "more"), [(20, False), (120, False), (153, True), (160, True), (306, True)])
def test_a_text_as_long_as_a_segment_may_have_a_next_part(length: int, more: object) -> None:
    who = SmsAdapter()
    (message,) = who.channel.parse(who.says("a" * length)).messages
    assert isinstance(message.content, Typed)
    assert message.content.may_continue is more


@pytest.mark.parametrize(
    ("body", "opted", "contents"),
    [
        ("STOP", "", [Typed("STOP")]),
        ("STOP", "STOP", [Typed("STOP")]),
        (" stop. ", "STOP", [Typed(" stop. ")]),
        ("NOMORE", "STOP", [Pressed(Command.STOP)]),
        ("START", "START", [CameBack(), Typed("START")]),
        ("Yes", "START", [CameBack(), Typed("Yes")]),
        ("GO ON", "START", [CameBack(), Pressed(Command.START)]),
        ("HELP", "HELP", [Typed("HELP")]),
        ("what is this", "HELP", [Typed("what is this")]),
    ],
)
def test_what_twilio_did_about_an_opt_out_is_taken_over(body: str, opted: str, contents: list[object]) -> None:
    who = SmsAdapter()
    parsed = who.channel.parse(who.post(who.form(Body=body, OptOutType=opted)))
    assert [message.content for message in parsed.messages] == contents
    assert parsed.messages[-1].already_confirmed == (opted in {"STOP", "START"})


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("+447911123456", True),
        ("+447400123456", True),
        ("+12025550123", True),  # where numbers do not say whether they are mobiles
        ("+441432260000", False),
        ("+442079460000", False),
        ("+448001111", False),
        ("+447700900123", False),  # kept for drama: tests and the demo let these through themselves
        ("+4479", False),
        ("60777", False),
        ("HMRC", False),
        ("", False),
    ],
)
def test_only_mobiles_can_be_texted(number: str, mobile: object) -> None:
    assert is_mobile(number) is mobile


@pytest.mark.parametrize("number", ["+441432260000", "+442079460000"])
async def test_nothing_is_ever_sent_to_a_landline(api: TwilioApi, sms: SmsChannel, number: str) -> None:
    outcome = await sms.send(outbound(to=number), now=NOW)
    assert isinstance(outcome, Gone)
    assert not outcome.opted_out
    assert api.texts == []


async def test_a_text_says_where_its_status_is_to_be_told(api: TwilioApi, sms: SmsChannel) -> None:
    outcome = await sms.send(outbound(), now=NOW)
    assert outcome == Sent(api.texts[0].sid)
    assert api.texts[0].callback == PUBLIC_URL + STATUS_PATH
    assert api.texts[0].sender == NUMBER


async def test_a_messaging_service_may_be_the_sender(api: TwilioApi) -> None:
    sms = channel(api.url, sender="MG" + "0" * 32)
    assert isinstance(await sms.send(outbound(), now=NOW), Sent)
    api.arrives("hello", sender=PERSON)
    assert len(await sms.missed(NOW, now=NOW)) == 1
    await sms.close()


async def test_a_stop_at_the_provider_is_mirrored_when_the_next_text_is_refused(
    api: TwilioApi, sms: SmsChannel
) -> None:
    await api.phone(PERSON).text("stop")
    outcome = await sms.send(outbound(), now=NOW)
    assert isinstance(outcome, Gone)
    assert outcome.opted_out


async def test_an_answer_without_an_id_is_asked_about_later(api: TwilioApi, sms: SmsChannel) -> None:
    api.faults.add(Fault(Kind.REFUSED, 200, {}))
    assert isinstance(await sms.send(outbound(), now=NOW), RetryAt)


async def test_a_refusal_that_is_unlike_any_other_fails_that_text_alone(api: TwilioApi, sms: SmsChannel) -> None:
    api.faults.add(Fault(Kind.REFUSED, 400, {"unlike": "any error"}))
    problem = {"type": "x", "title": "Problem", "status": 400, "code": 29999}
    api.faults.add(Fault(Kind.REFUSED, 400, problem))
    for _ in range(2):
        outcome = await sms.send(outbound(), now=NOW)
        assert isinstance(outcome, OurFault)
        assert not outcome.stop_channel


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.LATE])
async def test_a_text_whose_answer_was_lost_is_found_again(
    api: TwilioApi, sms: SmsChannel, impatient: SmsChannel, kind: Kind
) -> None:
    api.faults.add(Fault(kind))
    assert isinstance(await impatient.send(outbound(), now=NOW), RetryAt)
    assert await sms.already_sent(outbound(attempt=2)) == [api.texts[0].sid]


@pytest.mark.parametrize("kind", [Kind.DROPPED, Kind.HUNG, Kind.REFUSED])
async def test_a_text_that_never_got_there_is_not_found(
    api: TwilioApi, sms: SmsChannel, impatient: SmsChannel, kind: Kind
) -> None:
    api.faults.add(Fault(kind))
    assert isinstance(await impatient.send(outbound(), now=NOW), RetryAt)
    assert not await sms.already_sent(outbound(attempt=2))


async def test_only_the_same_words_to_the_same_person_since_then_are_the_same_text(
    api: TwilioApi, sms: SmsChannel
) -> None:
    await sms.send(outbound("Hello"), now=NOW)
    assert not await sms.already_sent(outbound("Hello!"))
    assert not await sms.already_sent(outbound(to="+447700900124"))
    later = OutboundMessage("k2", PERSON, "Hello", queued_at=NOW + timedelta(seconds=66))
    assert not await sms.already_sent(later)
    assert not await sms.already_sent(OutboundMessage("k2", PERSON, "Hello"))
    our_clock_is_ahead = OutboundMessage("k2", PERSON, "Hello", queued_at=NOW + timedelta(seconds=50))
    assert await sms.already_sent(our_clock_is_ahead) == [api.texts[0].sid]


async def test_the_same_words_sent_twice_are_both_found_the_earlier_first(api: TwilioApi, sms: SmsChannel) -> None:
    await sms.send(outbound("Hello"), now=NOW)
    await sms.send(outbound("Hello"), now=NOW)
    assert await sms.already_sent(outbound("Hello")) == [text.sid for text in api.texts]


async def test_what_the_person_said_is_not_taken_for_our_own_text(api: TwilioApi, sms: SmsChannel) -> None:
    api.arrives("Hello", sender=PERSON)
    assert not await sms.already_sent(outbound("Hello"))


async def test_nobody_knows_while_the_list_cannot_be_read(api: TwilioApi, impatient: SmsChannel) -> None:
    for fault in (Fault(Kind.REFUSED, 503, error_body(20503, "away", 503)), Fault(Kind.DROPPED), Fault(Kind.HUNG)):
        # A list may be asked for again by the client itself when its connection breaks.
        api.faults.add(fault, times=2)
        with pytest.raises(ProviderError, match="again later") as refused:
            await impatient.already_sent(outbound())
        assert refused.value.passing
        api.faults.clear()


async def test_a_list_that_is_refused_says_which_settings_to_look_at(api: TwilioApi) -> None:
    sms = SmsChannel(account_sid=ACCOUNT_SID, auth_token="wrong", sender=NUMBER, public_url=PUBLIC_URL, api=api.url)
    with pytest.raises(ProviderError, match="SAYSO_TWILIO_AUTH_TOKEN") as refused:
        await sms.missed(NOW, now=NOW)
    assert not refused.value.passing
    await sms.close()


async def test_texts_of_an_outage_are_fetched_with_the_providers_time(api: TwilioApi, sms: SmsChannel) -> None:
    first = api.arrives("PLAN", sender=PERSON)
    api.arrives("", sender=PERSON, media=1)
    api.arrives("sale now on", sender="SHOP")
    await sms.send(outbound(), now=NOW)
    found = await sms.missed(NOW, now=NOW + timedelta(hours=3))
    assert [message.content for message in found] == [Typed("PLAN"), Other(Unusable.PICTURE)]
    assert found[0].provider_id == first.sid
    assert all(message.recovered for message in found)
    assert {message.counts_at for message in found} == {NOW + timedelta(seconds=5)}
    assert {message.received_at for message in found} == {NOW + timedelta(hours=3)}


async def test_what_was_fetched_has_the_same_ids_as_what_was_told(api: TwilioApi, sms: SmsChannel) -> None:
    who = SmsAdapter()
    text = api.arrives("hello", sender=PERSON, media=1)
    told = who.post(who.form(Body="hello", NumMedia="1", MessageSid=text.sid))
    fetched = await sms.missed(NOW, now=NOW)
    assert [one.provider_id for one in sms.parse(told).messages] == [one.provider_id for one in fetched]


async def test_an_outage_of_any_length_is_fetched_oldest_first(api: TwilioApi, sms: SmsChannel) -> None:
    moments = iter(range(3000))
    api.now = lambda: NOW + timedelta(seconds=next(moments))
    for number in range(2500):
        api.arrives(str(number), sender=PERSON)
    found = await sms.missed(NOW + timedelta(seconds=100, milliseconds=500), now=NOW)
    assert [message.content for message in found] == [Typed(str(number)) for number in range(100, 2500)]


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("sent", "", StatusUpdate(Channel.SMS, "SM1", Status.SENT)),
        ("delivered", "", StatusUpdate(Channel.SMS, "SM1", Status.DELIVERED)),
        ("Delivered", "", StatusUpdate(Channel.SMS, "SM1", Status.DELIVERED)),
        ("read", "", StatusUpdate(Channel.SMS, "SM1", Status.READ)),
        ("failed", "", StatusUpdate(Channel.SMS, "SM1", Status.FAILED, "Twilio: failed")),
        ("canceled", "", StatusUpdate(Channel.SMS, "SM1", Status.FAILED, "Twilio: canceled")),
        ("failed", "nonsense", StatusUpdate(Channel.SMS, "SM1", Status.FAILED, "Twilio: failed")),
        ("failed", "29999", StatusUpdate(Channel.SMS, "SM1", Status.FAILED, "Twilio 29999")),
        (
            "undelivered",
            "30003",
            StatusUpdate(Channel.SMS, "SM1", Status.FAILED, "Twilio 30003: the phone is off or out of reach"),
        ),
        (
            "failed",
            "21610",
            StatusUpdate(
                Channel.SMS, "SM1", Status.FAILED, "Twilio 21610: the person has opted out with the provider", gone=True
            ),
        ),
        (
            "undelivered",
            "30004",
            StatusUpdate(
                Channel.SMS, "SM1", Status.FAILED, "Twilio 30004: blocked by the phone or its network", gone=True
            ),
        ),
    ],
)
def test_a_status_says_what_became_of_a_text(name: str, code: str, expected: StatusUpdate) -> None:
    parsed = channel().parse(status(MessageStatus=name, ErrorCode=code))
    assert parsed.updates == (expected,)
    assert parsed.messages == ()


@pytest.mark.parametrize("name", ["queued", "accepted", "sending", "scheduled", "something of next year"])
def test_a_status_that_says_nothing_new_is_nothing(name: str) -> None:
    assert channel().parse(status(MessageStatus=name)).updates == ()


def test_a_status_is_refused_like_any_other_forgery() -> None:
    honest = status(MessageStatus="delivered")
    with pytest.raises(RefusedError):
        channel().parse(RawRequest(INBOUND_PATH, honest.headers, honest.body, NOW))
    with pytest.raises(RefusedError, match="MessageStatus"):
        channel().parse(status())


async def test_environment_variables_of_the_machine_do_not_redirect_texts(
    api: TwilioApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    sms = channel(api.url + "/")
    assert isinstance(await sms.send(outbound(), now=NOW), Sent)
    await sms.close()


async def test_where_nobody_listens_a_text_is_tried_later() -> None:
    sms = channel(NOBODY_LISTENS)
    outcome = await sms.send(outbound(attempt=3), now=NOW)
    assert isinstance(outcome, RetryAt)
    assert outcome.at == NOW + timedelta(seconds=8)
    await sms.close()


def test_the_pace_is_what_the_account_allows() -> None:
    assert channel().pace.per_second == 1
    fast = SmsChannel(account_sid="AC1", auth_token="t", sender=NUMBER, public_url=PUBLIC_URL, per_second=100)
    assert fast.pace.per_second == 100
