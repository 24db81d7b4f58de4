"""What schemathesis makes of `docs/openapi.json`, sent to a running service on loopback, and what every answer must be.

The published description says what a stranger may send. To get past the first door a fuzzer must also know what is
there, so this walks through the console as an officer does, and puts the names, values and fields that it met on its
pages beside the random ones. Requests of providers are signed as theirs are, and an officer's form has its token.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from bot.app import assemble
from bot.clock import Clock
from bot.console.browsers import SessionCookie
from bot.console.rights import Duty
from bot.simulators.bot_api import BotApi
from bot.simulators.twilio_api import AUTH_TOKEN, TwilioApi, is_drama_number
from bot.web import application
from flows.messages import Channel
from storage.officers import Person
from tests.support.fuzz_known import Known, published, walk
from tests.support.officers import Browser, ConsoleTown, cheap_passwords
from tests.support.town import NOON, SECRET, a_client, settings_for

_T = TypeVar("_T")
_FAULTS: Final = re.compile(r"^sayso_faults_total{.*} (?!0\.0$)", re.MULTILINE)
_SHOWN_INSIDES: Final = ("Traceback", 'File "', "sqlalchemy", "sqlite3", "asyncpg", "aiohttp.")
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


# --- a service that runs beside the test ---


@dataclass(frozen=True, slots=True)
class Served:
    """A console that runs in a thread of its own, as schemathesis waits for each answer in the test's."""

    town: ConsoleTown
    everything: Person
    """An officer of every duty."""
    loop: asyncio.AbstractEventLoop

    def known(self) -> Known:
        """What is met on the pages of the console."""
        return self.ask(walk(self.signed_in(), published()))

    def ask(self, made: Coroutine[Any, Any, _T]) -> _T:
        """Does something where the service runs."""
        return asyncio.run_coroutine_threadsafe(made, self.loop).result(60)

    def signed_in(self) -> Browser:
        """A browser of the officer of every duty, in a session that has just begun."""
        browser = self.town.stranger()
        self.ask(self.town.sign_in(browser, self.everything))
        return browser

    def faults(self) -> Sequence[str]:
        """What the service itself counts as faults of ours."""
        return _FAULTS.findall(self.town.service.metrics.text().decode())


@contextmanager
def served(database_url: str, packs: Path, **more: str) -> Iterator[Served]:
    """A service until the end of the context; `more` are settings beside the usual ones."""
    ready, done, held = Event(), Event(), list[Served]()
    failed = list[BaseException]()

    async def run() -> None:
        async with _running(database_url, packs, more) as town:
            held.append(Served(town, await town.person(*Duty), asyncio.get_running_loop()))
            ready.set()
            await asyncio.to_thread(done.wait)

    def thread() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - told to the test, which waits
            failed.append(error)
        finally:
            ready.set()

    running = Thread(target=thread, name="served")
    running.start()
    try:
        ready.wait(60)
        if failed:
            raise failed[0]
        yield held[0]
    finally:
        done.set()
        running.join(60)
    if failed:
        raise failed[0]


@asynccontextmanager
async def _running(database_url: str, packs: Path, more: Mapping[str, str]) -> AsyncIterator[ConsoleTown]:
    """The whole service: it sends, to providers on loopback, and watches the time. Two people have answered."""
    with closing(socket.socket()) as port:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        async with BotApi() as telegram, TwilioApi() as twilio, a_client() as http:
            apis = {"SAYSO_TELEGRAM_API": telegram.url, "SAYSO_TWILIO_API": twilio.url}
            settings = settings_for(url, database_url, packs, **{**more, **apis})
            service = await assemble(settings, clock=Clock(NOON), number_validator=is_drama_number)
            made = application(service, passwords=cheap_passwords())
            runner = web.AppRunner(made, access_log=None, shutdown_timeout=1)
            await runner.setup()
            try:
                await service.start()
                await web.SockSite(runner, port).start()
                town = ConsoleTown(url, service, http, SessionCookie(url).name, {})
                await town.desk.person().says("PLAY", "1", "1", "The swings are broken")
                await town.desk.person(Channel.WEB, "visitor-of-the-chat-000002").says("play", "2", "3", "No queue")
                yield town
            finally:
                await runner.cleanup()
                await service.close()


# --- requests as those who may make them do ---


def of_telegram(request: Any) -> Any:  # noqa: ANN401 - of requests, which has no types
    """Signs a prepared request as Telegram does."""
    request.headers["X-Telegram-Bot-Api-Secret-Token"] = SECRET
    return request


def of_twilio(request: Any) -> Any:  # noqa: ANN401 - likewise
    """Signs a prepared request as Twilio does: each field's different values, in their order."""
    body = request.body or b""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    pairs = sorted(set(parse_qsl(text, keep_blank_values=True, errors="replace")))
    signed = request.url + "".join(name + value for name, value in pairs)
    digest = hmac.new(AUTH_TOKEN.encode(), signed.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
    request.headers["X-Twilio-Signature"] = base64.b64encode(digest).decode()
    return request


def headers_of(response: Response) -> Mapping[str, str]:
    """An answer's headers by their names in small letters."""
    return {name.lower(): ", ".join(values) for name, values in response.headers.items()}


Operation = APIOperation[Any, Any, Any, Any]
Request = Case[Any]
Sender = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Fuzzer:
    """Sends what schemathesis makes of operations, and looks at each answer."""

    service: Served
    document: Mapping[str, Any]

    def operations(self, chosen: Callable[[str], bool]) -> Iterator[Operation]:
        """Those whose path is chosen, in order.

        Raises:
            schemathesis.errors.InvalidSchema: the description is none.
        """
        loaded = schemathesis.openapi.from_dict({**self.document}, config=SchemathesisConfig())
        loaded.config.update(base_url=self.service.town.url)
        for result in loaded.get_all_operations():
            if isinstance(result, Err):
                raise result.err()
            operation = result.ok()
            if chosen(operation.path):
                yield operation

    def run(self, operation: Operation, send: Sender, *, examples: int, lasting: bool = False) -> int:
        """Sends that many examples, valid and invalid ones, and gives how many were answered.

        They are the same ones each time, unless it is a `lasting` run.
        """
        answered = 0
        valid = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        either = valid
        if operation.body or operation.query or operation.path_parameters:
            either = st.one_of(valid, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))

        @settings(
            max_examples=examples,
            derandomize=not lasting,
            database=None,
            deadline=None,
            # What fails is told at once: to make it smaller would take longer than the whole run.
            phases=(Phase.generate,) if not lasting else (Phase.generate, Phase.shrink),
            suppress_health_check=[*HealthCheck],
        )
        @given(case=either)
        def sent(case: Request) -> None:
            nonlocal answered
            self.judge(case, send(case))
            answered += 1

        sent()
        return answered

    def judge(self, case: Request, response: Response) -> None:
        """Whether an answer is as every answer must be.

        Raises:
            AssertionError: it is not; the message has the request.
        """
        provider = response.status_code == 502 and "/provider" in case.path
        checks = [status_code_conformance, content_type_conformance, *([] if provider else [not_a_server_error])]
        case.validate_response(response, checks=checks)
        headers = headers_of(response)
        for name, begins in _HEADERS.items():
            assert headers.get(name.lower(), "").startswith(begins), f"{case.method} {case.path} lacks {name}"
        assert "cache-control" in headers, f"{case.method} {case.path} says nothing of keeping it"
        if headers.get("content-type", "").startswith("text/"):
            text = response.content.decode("utf-8", "replace")
            assert not [shown for shown in _SHOWN_INSIDES if shown in text], f"{case.method} {case.path}: {text[:500]}"

    # --- who sends ---

    def anybody(self, case: Request) -> Response:
        return case.call(allow_redirects=False)

    def provider(self, case: Request) -> Response:
        signed = of_telegram if "telegram" in case.path else of_twilio
        return case.call(allow_redirects=False, auth=signed)

    def visitor(self, case: Request) -> Response:
        """Somebody whose form is their own, with a number that was not used before."""
        service = self.service.town.service
        token = "visitor-of-the-chat-000001"
        if isinstance(case.body, dict) and isinstance(question := case.body.get("question", ""), str):
            written = question.encode("utf-8", "replace").decode()
            case.body["form"] = service.webchat.issue(token, written, service.clock.now())
        return case.call(allow_redirects=False, cookies={service.webchat.cookie.name: token})

    def officer(self, case: Request) -> Response:
        """An officer of every duty, whose form has its token."""
        browser = self.service.signed_in()
        if isinstance(case.body, dict):
            case.body["csrf"] = browser.csrf
        return case.call(allow_redirects=False, cookies={browser.cookie_name: browser.token})
