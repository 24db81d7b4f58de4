"""Signing in with the council's own provider: with a real one in a process of its own, and with one that cheats."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, Popen
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientConnectionError, web
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from bot.clock import Clock
from bot.config import Settings
from bot.console.provider import Attempt
from bot.console.rights import Duty
from bot.errors import SettingsError
from storage.audit import Deed
from tests.support.officers import Browser, ConsoleTown, Shown, a_console, a_person
from tests.support.packs import write_pack
from tests.support.town import NOON, a_client

BEGIN = "/console/sign-in/provider"
ANN, EVE = "ann@council.example", "eve@council.example"
CLIENT = {"SAYSO_OIDC_CLIENT_ID": "sayso", "SAYSO_OIDC_CLIENT_SECRET": "a secret: with/marks"}
USERS = (
    {"sub": "ann", "email": "Ann@council.example", "email_verified": True},
    {"sub": "eve", "email": EVE, "email_verified": False},
    {"sub": "stranger", "email": "stranger@council.example", "email_verified": True},
    {"sub": "nameless"},
)


# --- a real provider ---


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    for user in USERS:
        command += ["--user-claims", json.dumps(user)]
    process = Popen(command, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


async def _listening(url: str) -> None:
    async with asyncio.timeout(30), a_client() as http:
        while True:
            try:
                async with http.get(f"{url}/.well-known/openid-configuration") as answer:
                    if answer.status == 200:
                        return
            except ClientConnectionError:
                await asyncio.sleep(0.1)


@asynccontextmanager
async def _town(sqlite_url: str, folder: Path, issuer: str, clock: Clock) -> AsyncIterator[ConsoleTown]:
    packs = write_pack(folder / "packs")
    settings = {"SAYSO_OIDC_ISSUER": issuer, **CLIENT}
    async with a_console(sqlite_url, packs, clock=clock, settings=settings) as town:
        for email in (ANN, EVE):
            person = a_person(Duty.ANALYST, email=email, at=clock.now())
            await town.service.database.officers.add(person, Deed(clock.now(), "command", "officer.added"))
        yield town


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path, provider: str) -> AsyncIterator[ConsoleTown]:
    await _listening(provider)
    # The provider's clock is the machine's: what it says is valid by that one.
    async with _town(sqlite_url, tmp_path, provider, Clock()) as town:
        yield town


async def _sent_there(browser: Browser, wanted: str = "/console/account") -> str:
    """Where the browser is sent to, out of the sign-in page."""
    shown = await browser.get(f"/console/sign-in?next={wanted}")
    [href] = re.findall(r'href="(/console/sign-in/provider[^"]*)"', shown.html)
    return (await browser.get(href)).location


async def _signed_in_as(town: ConsoleTown, browser: Browser, who: str) -> str:
    """Signs in at the provider; gives the path that it sends the browser back to."""
    there = await _sent_there(browser)
    async with town.http.post(there, data={"sub": who}, allow_redirects=False) as answer:
        back = answer.headers["Location"]
    assert back.startswith(f"{town.url}{BEGIN}/back?")
    return back.removeprefix(town.url)


async def test_an_officer_whom_the_provider_knows_is_in_and_where_they_wanted_to_be(town: ConsoleTown) -> None:
    browser = town.stranger()
    back = await _signed_in_as(town, browser, "ann")
    before = browser.token
    assert (await browser.get(back)).location == "/console/account"
    assert browser.token != before
    assert ANN in (await browser.get("/console/account")).words
    line = (await town.record(officer=ANN))[0]
    assert (line.deed.act, line.deed.why) == ("officer.signed-in", "council account")


@pytest.mark.parametrize(
    ("who", "status", "told"),
    [
        ("stranger", 403, "not an officer's here"),
        ("eve", 502, "did not work"),  # her address was never verified
        ("nameless", 502, "did not work"),
    ],
)
async def test_whoever_was_not_added_or_not_verified_is_not_let_in(
    town: ConsoleTown, who: str, status: int, told: str
) -> None:
    browser = town.stranger()
    shown = await browser.get(await _signed_in_as(town, browser, who))
    assert (shown.status, told in shown.words) == (status, True)
    assert (await browser.get("/console")).status == 303


async def test_a_disabled_officer_is_not_let_in_by_the_provider_either(town: ConsoleTown) -> None:
    ann = await town.service.database.officers.by_email(ANN)
    assert ann is not None
    now = town.service.clock.now()
    await town.service.database.officers.disable(ann.officer_id, now, Deed(now, "command", "officer.disabled"))
    browser = town.stranger()
    assert (await browser.get(await _signed_in_as(town, browser, "ann"))).status == 403


async def test_what_the_provider_sends_is_of_use_once_and_in_that_browser_alone(town: ConsoleTown) -> None:
    browser = town.stranger()
    back = await _signed_in_as(town, browser, "ann")
    thief = town.stranger()
    await thief.get("/console/sign-in")
    assert (await thief.get(back)).status == 403
    assert (await browser.get(back)).status == 303
    assert (await browser.get(back)).status == 403


async def test_a_code_that_the_provider_never_gave_is_worth_nothing(town: ConsoleTown) -> None:
    browser = town.stranger()
    state = parse_qs(urlsplit(await _sent_there(browser)).query)["state"][0]
    for code in ("", "invented"):
        assert (await browser.get(f"{BEGIN}/back?state={state}&code={code}")).status == 502


# --- one that cheats ---


@dataclass
class Cheat:
    """A provider that says what a test tells it to."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    about: dict[str, object] = field(default_factory=dict[str, object])
    claims: dict[str, object] = field(default_factory=dict[str, object])
    without: tuple[str, ...] = ()
    token: str | None = None
    user_info: dict[str, object] | None = None
    shown_key: RSAKey | None = None
    asked: dict[str, str] = field(default_factory=dict[str, str])
    nonce: str = ""

    def id_token(self, **claims: object) -> str:
        now = int(NOON.timestamp())
        usual = {"iss": self.url, "aud": "sayso", "sub": "ann", "iat": now, "exp": now + 60, "nonce": self.nonce}
        told = usual | {"email": ANN, "email_verified": True} | self.claims | claims
        kept = {name: value for name, value in told.items() if name not in self.without}
        return jwt.encode({"alg": "RS256", "kid": "1"}, kept, self.key)

    async def discovery(self, _request: web.Request) -> web.Response:
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/me",
        }
        return web.json_response(told | self.about)

    async def keys(self, _request: web.Request) -> web.Response:
        return web.json_response(KeySet([self.shown_key or self.key]).as_dict(private=False))

    async def give(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.asked = {name: str(value) for name, value in form.items()}
        self.asked["Authorization"] = request.headers.get("Authorization", "")
        token = self.id_token() if self.token is None else self.token
        return web.json_response({"access_token": "a", "token_type": "Bearer", "id_token": token})

    async def me(self, _request: web.Request) -> web.Response:
        return web.json_response(self.user_info or {})


@pytest.fixture
async def cheat() -> AsyncIterator[Cheat]:
    cheat = Cheat()
    app = web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", cheat.discovery),
            web.get("/keys", cheat.keys),
            web.post("/token", cheat.give),
            web.get("/me", cheat.me),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    cheat.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield cheat
    await runner.cleanup()


async def _back_from(cheat: Cheat, sqlite_url: str, folder: Path, **more: str) -> Shown:
    async with _town(sqlite_url, folder, cheat.url, Clock(NOON)) as town:
        browser = town.stranger()
        there = await _sent_there(browser)
        if not there:
            return await browser.get(BEGIN)
        asked = parse_qs(urlsplit(there).query)
        cheat.nonce = cheat.nonce or asked["nonce"][0]
        assert asked["code_challenge_method"] == ["S256"]
        query = {"state": asked["state"][0], "code": "good", **more}
        async with town.http.get(
            f"{town.url}{BEGIN}/back",
            params=query,
            headers={"Cookie": f"{town.cookie_name}={browser.token}"},
            allow_redirects=False,
        ) as answer:
            return Shown(answer.status, await answer.text(), dict(answer.headers), b"")


async def test_an_honest_answer_lets_in_and_proves_who_we_are(cheat: Cheat, sqlite_url: str, tmp_path: Path) -> None:
    shown = await _back_from(cheat, sqlite_url, tmp_path, iss=cheat.url)
    assert (shown.status, shown.location) == (303, "/console/account")
    assert len(cheat.asked["code_verifier"]) == 43
    sent = b64decode(cheat.asked["Authorization"].removeprefix("Basic ")).decode()
    assert sent == "sayso:a%20secret%3A%20with%2Fmarks"


CHEATS: Mapping[str, Mapping[str, object]] = {
    "made by somebody else": {"claims": {"iss": "https://evil.example"}},
    "made for another client": {"claims": {"aud": "another"}},
    "made for several, and not at our asking": {"claims": {"aud": ["sayso", "another"], "azp": "another"}},
    "made for another browser": {"nonce": "another"},
    "without a nonce": {"without": ("nonce",)},
    "without an end": {"without": ("exp",)},
    "without a beginning": {"without": ("iat",)},
    "long over": {"claims": {"exp": int(NOON.timestamp()) - 3600}},
    "from the future": {"claims": {"iat": int(NOON.timestamp()) + 3600}},
    "signed by nobody": {"token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."},
    "signed by a key of its own": {"shown_key": RSAKey.generate_key(2048, {"kid": "1"})},
    "no token at all": {"token": "nonsense"},
    "an address that is a list": {"claims": {"email": [ANN]}},
    "an address that was not verified": {"claims": {"email_verified": "yes"}},
    "about somebody else": {"without": ("email",), "user_info": {"sub": "eve", "email": ANN, "email_verified": True}},
    "by another name": {"about": {"issuer": "https://evil.example"}},
    "over plain http": {"about": {"token_endpoint": "http://evil.example/token"}},
    "without keys": {"about": {"jwks_uri": None}},
}


@pytest.mark.parametrize("name", CHEATS)
async def test_an_answer_that_does_not_fit_lets_nobody_in(
    cheat: Cheat, sqlite_url: str, tmp_path: Path, name: str
) -> None:
    for what, value in CHEATS[name].items():
        setattr(cheat, what, value)
    shown = await _back_from(cheat, sqlite_url, tmp_path)
    assert (shown.status, shown.heading) == (502, "That did not work")


async def test_an_answer_by_another_provider_than_was_asked_lets_nobody_in(
    cheat: Cheat, sqlite_url: str, tmp_path: Path
) -> None:
    assert (await _back_from(cheat, sqlite_url, tmp_path, iss="https://evil.example")).status == 502


async def test_refusing_at_the_provider_leads_back_with_a_plain_sentence(
    cheat: Cheat, sqlite_url: str, tmp_path: Path
) -> None:
    assert (await _back_from(cheat, sqlite_url, tmp_path, error="access_denied")).status == 502
    assert cheat.asked == {}


async def test_an_address_may_also_come_from_where_the_provider_tells_of_people(
    cheat: Cheat, sqlite_url: str, tmp_path: Path
) -> None:
    cheat.without = ("email", "email_verified")
    cheat.user_info = {"sub": "ann", "email": ANN, "email_verified": True}
    cheat.about = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert (await _back_from(cheat, sqlite_url, tmp_path)).status == 303
    assert cheat.asked["client_secret"] == "a secret: with/marks"


async def test_a_provider_that_is_away_is_said_plainly(sqlite_url: str, tmp_path: Path, unused_tcp_port: int) -> None:
    async with _town(sqlite_url, tmp_path, f"http://127.0.0.1:{unused_tcp_port}", Clock(NOON)) as town:
        shown = await town.stranger().get(BEGIN)
        assert (shown.status, "sign in with a password" in shown.words) == (502, True)


def test_a_signature_with_a_shared_secret_is_none() -> None:
    """The public key of a provider must never do as the secret of another kind of signature."""
    with pytest.raises(Exception, match=r"alg|Algorithm|key"):
        jwt.decode(
            jwt.encode({"alg": "ES256"}, {"sub": "ann"}, ECKey.generate_key("P-256")),
            KeySet([RSAKey.generate_key(2048)]),
            algorithms=["RS256"],
        )


@pytest.mark.parametrize("state", ["", ".", "x.y", "é", Attempt("b" * 43).state("/console")])
def test_a_state_of_another_browser_is_not_its_own(state: str) -> None:
    attempt = Attempt("a" * 43)
    assert attempt.wanted(state) is None
    assert attempt.wanted(attempt.state("/console/ü")) == "/console/ü"
    assert attempt.wanted(attempt.state("/console").partition(".")[0] + ".ÿ") is None
    assert "a" * 43 not in repr(attempt)


@pytest.mark.parametrize(
    "settings",
    [
        {"SAYSO_OIDC_ISSUER": "https://login.example.gov.uk"},
        {"SAYSO_OIDC_ISSUER": "http://login.example.gov.uk", **CLIENT},
        {"SAYSO_OIDC_ISSUER": "login", **CLIENT},
        {"SAYSO_OIDC_ISSUER": "https://login.example.gov.uk", **CLIENT, "SAYSO_NOW": "2030-05-15"},
    ],
)
def test_settings_of_the_provider_that_cannot_be_used_stop_the_start(settings: Mapping[str, str]) -> None:
    with pytest.raises(SettingsError, match="SAYSO_"):
        Settings.load(settings)
