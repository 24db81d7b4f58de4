"""The routes: who is let in, what strangers are told, and that nothing is acknowledged before it is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer

from bot.app import build
from storage.database import upgrade
from tests.support.packs import SLUG, write_pack
from tests.support.postgres import PostgresServer, StopMode
from tests.support.town import SECRET, Town, a_town, settings_for

MIB = 1024 * 1024
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PERSON = {"id": 700900123, "is_bot": False, "first_name": "Cerys", "language_code": "cy"}
CHAT = {"id": 700900123, "first_name": "Cerys", "type": "private"}


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def town(sqlite_url: str, packs: Path) -> AsyncIterator[Town]:
    async with a_town(sqlite_url, packs) as town:
        yield town


def an_update(text: str = "play", *, number: int = 700000101) -> dict[str, object]:
    message = {"message_id": number, "from": PERSON, "chat": CHAT, "date": 1905000000, "text": text}
    return {"update_id": number, "message": message}


async def tell_telegram(http: ClientSession, url: str, body: object, *, secret: str | None = SECRET) -> tuple[int, str]:
    headers = {"Content-Type": "application/json"} | ({} if secret is None else {HEADER: secret})
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with http.post(f"{url}/hooks/telegram", data=BytesIO(data), headers=headers) as answer:
        return answer.status, await answer.text()


def a_text(town: Town, body: str = "play", sid: str = "SM" + "1" * 32) -> dict[str, str]:
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": town.twilio.account_sid,
        "From": "+447700900123",
        "To": town.twilio.number,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
        "FromCity": "",
    }


async def tell_twilio(
    town: Town, form: dict[str, str], *, path: str = "/hooks/twilio/sms", signature: str | None = None
) -> tuple[int, str, str]:
    signed = town.twilio.signature(f"{town.url}{path}", form) if signature is None else signature
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
    async with town.http.post(f"{town.url}{path}", data=urlencode(form).encode(), headers=headers) as answer:
        return answer.status, answer.content_type, await answer.text()


async def inbound(town: Town) -> list[str]:
    return [entry.text for entry in await town.transcript() if entry.direction == "in"]


# --- Telegram ---


async def test_an_update_with_the_secret_is_kept_and_then_acknowledged(town: Town) -> None:
    assert (await tell_telegram(town.http, town.url, an_update()))[0] == 200
    assert await inbound(town) == ["play"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], f"{SECRET}x", "é"])
async def test_an_update_without_the_right_secret_is_forbidden_and_changes_nothing(
    town: Town, secret: str | None
) -> None:
    assert (await tell_telegram(town.http, town.url, an_update(), secret=secret))[0] == 403
    assert await inbound(town) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"update_id": "x"}',
        b'{"message": {"text": "play"}}',
        b"1" * 5000,
    ],
)
async def test_what_is_no_update_is_answered_400_with_one_plain_sentence(town: Town, body: bytes) -> None:
    status, text = await tell_telegram(town.http, town.url, body)
    assert status == 400
    assert len(text) < 200
    assert "Traceback" not in text


@pytest.mark.parametrize(
    "kind", [{"poll": {"id": "1"}}, {"inline_query": {"id": "1"}}, {"something_new": {"a": [1]}}, {}]
)
async def test_kinds_of_update_that_we_have_no_use_for_are_acknowledged(town: Town, kind: dict[str, object]) -> None:
    assert (await tell_telegram(town.http, town.url, {"update_id": 5, **kind}))[0] == 200
    assert await inbound(town) == []


@pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"])
async def test_the_same_webhook_a_hundred_times_at_once_is_one_message_one_answer_one_reply(
    request: pytest.FixtureRequest, packs: Path, database: str
) -> None:
    async with a_town(request.getfixturevalue(database), packs) as town:
        chat = town.telegram.chat(700900123)
        for number, text in enumerate(("play", "3")):
            update = an_update(text, number=700000200 + number)
            answers = await asyncio.gather(*(tell_telegram(town.http, town.url, update) for _ in range(100)))
            assert {status for status, _ in answers} == {200}
        assert await inbound(town) == ["play", "3"]
        [row] = await town.answers()
        assert list(row.answers) == ["who"]
        replies = len([entry for entry in await town.transcript() if entry.direction == "out"])
        await chat.hears(replies)
        await asyncio.sleep(1.2)
        assert len(chat.heard) == replies


# --- Twilio ---


async def test_a_signed_text_is_kept_and_answered_with_an_empty_response(town: Town) -> None:
    status, kind, text = await tell_twilio(town, a_text(town))
    assert (status, kind) == (200, "text/xml")
    assert text.endswith("<Response/>")
    assert await inbound(town) == ["play"]


@pytest.mark.parametrize("signature", ["", "wrong", "é", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
@pytest.mark.parametrize("path", ["/hooks/twilio/sms", "/hooks/twilio/status"])
async def test_a_form_without_the_right_signature_is_forbidden_and_changes_nothing(
    town: Town, signature: str, path: str
) -> None:
    status, _, text = await tell_twilio(town, a_text(town), path=path, signature=signature)
    assert status == 403
    assert "Traceback" not in text
    assert await inbound(town) == []


async def test_a_status_moves_a_message_on(town: Town) -> None:
    await tell_twilio(town, a_text(town))
    phone = town.twilio.phone("+447700900123")
    await phone.hears(1)
    async with asyncio.timeout(5):
        while "delivered" not in [entry.status for entry in await town.transcript()]:  # noqa: ASYNC110 - polled
            await asyncio.sleep(0.02)


# --- whoever it is ---


async def test_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_refused(town: Town) -> None:
    assert (await tell_telegram(town.http, town.url, b"x" * MIB))[0] == 400
    assert (await tell_telegram(town.http, town.url, b"x" * (MIB + 1)))[0] == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing/here", 404),
        ("GET", "/hooks/telegram", 405),
        ("DELETE", f"/chat/{SLUG}", 405),
        ("GET", "/chat/nobody-asks-this", 404),
        ("GET", "/chat/%00", 404),
        ("GET", "/static/../app.py", 404),
        ("POST", "/healthz", 405),
    ],
)
async def test_a_wrong_address_is_answered_plainly(town: Town, method: str, path: str, status: int) -> None:
    async with town.http.request(method, f"{town.url}{path}") as answer:
        assert answer.status == status
        text = await answer.text()
    assert "Traceback" not in text
    assert "aiohttp" not in text.lower()


@pytest.mark.parametrize(
    "path", ["/", f"/chat/{SLUG}", "/privacy", "/accessibility", "/healthz", "/readyz", "/metrics", "/gone"]
)
async def test_every_response_has_the_headers_that_keep_people_safe(town: Town, path: str) -> None:
    async with town.http.get(f"{town.url}{path}") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors" in policy


async def test_an_operator_sees_that_it_is_alive_ready_and_busy(town: Town) -> None:
    await tell_telegram(town.http, town.url, an_update())
    async with town.http.get(f"{town.url}/healthz") as answer:
        assert answer.status == 200
    async with town.http.get(f"{town.url}/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "degraded": []})
    async with town.http.get(f"{town.url}/metrics") as answer:
        assert answer.content_type == "text/plain"
        text = await answer.text()
    assert 'sayso_received_total{channel="telegram"} 1.0' in text
    assert "700900123" not in text


async def test_a_fault_of_ours_is_one_plain_sentence_and_a_line_in_the_log(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> bytes:
        raise ZeroDivisionError("somebody's own words")

    monkeypatch.setattr(town.service.metrics, "text", broken)
    async with town.http.get(f"{town.url}/metrics") as answer:
        assert answer.status == 500
        assert await answer.text() == "Something went wrong on our side. Please try again in a minute.\n"
    assert [record.msg for record in caplog.records if record.levelname == "ERROR"] == ["a request failed"]


async def test_a_channel_that_is_off_lets_nobody_in(sqlite_url: str, packs: Path) -> None:
    off = dict.fromkeys(("SAYSO_TELEGRAM_TOKEN", "SAYSO_TELEGRAM_SECRET"), "") | dict.fromkeys(
        ("SAYSO_TWILIO_ACCOUNT_SID", "SAYSO_TWILIO_AUTH_TOKEN", "SAYSO_TWILIO_FROM"), ""
    )
    app = await build(settings_for("http://127.0.0.1", sqlite_url, packs, **off))
    async with TestClient(TestServer(app)) as client:
        for path in ("/hooks/telegram", "/hooks/twilio/sms", "/hooks/twilio/status"):
            answer = await client.post(path, data=b"{}", headers={HEADER: ""})
            assert answer.status == 403


async def test_while_the_database_is_away_providers_are_told_to_try_again_and_lose_nothing(
    postgres_server: PostgresServer, packs: Path
) -> None:
    url = postgres_server.create_database("away")
    await upgrade(url)
    async with a_town(url, packs) as town:
        postgres_server.stop(StopMode.IMMEDIATE)
        status, text = await tell_telegram(town.http, town.url, an_update())
        assert (status, text) == (503, "We cannot save anything just now. Please try again in a minute.\n")
        assert (await tell_twilio(town, a_text(town)))[0] == 503
        async with town.http.get(f"{town.url}/readyz") as answer:
            assert (answer.status, (await answer.json())["ready"]) == (503, False)
        async with town.http.get(f"{town.url}/healthz") as answer:
            assert answer.status == 200
        async with town.http.get(f"{town.url}/chat/{SLUG}", headers={"Cookie": f"sayso={'t' * 22}"}) as answer:
            assert answer.status == 503
            assert "Traceback" not in await answer.text()
        postgres_server.start()
        assert (await tell_telegram(town.http, town.url, an_update()))[0] == 200
        assert (await tell_twilio(town, a_text(town)))[0] == 200
        assert sorted(await inbound(town)) == ["play", "play"]
