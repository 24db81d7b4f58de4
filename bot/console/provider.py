"""The council's own OpenID Connect provider: authorization code with PKCE, state and nonce; the ID token is checked.

Only what the standard asks for is used (OpenID Connect Core 1.0, Discovery 1.0, RFC 7636, RFC 9207), so that any
provider will do. Signatures and claims are checked by joserfc; whatever does not fit is a `ProviderError`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json import JSONDecodeError
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.config import OidcSettings, is_loopback

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key that only the provider has. Never `none`, and never one made with the client's secret."""
_TIMEOUT: Final = ClientTimeout(total=10)
_KEPT: Final = timedelta(hours=1)
_LEEWAY_SECONDS: Final = 60
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_DISCOVERY: Final = "/.well-known/openid-configuration"


class ProviderError(Exception):
    """Nobody was let in by the provider. The text says why, for the log; no token and nobody's address is in it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in. Everything that ties it to a browser is derived from the token in that browser's cookie."""

    token: str = field(repr=False)

    @property
    def verifier(self) -> str:
        """What PKCE proves at the end: 43 characters (RFC 7636)."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        return _base64(hashlib.sha256(self.verifier.encode()).digest())

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    def state(self, wanted: str) -> str:
        """Goes to the provider and comes back: which browser it was, and where it wanted to go."""
        return f"{self._derived('state')}.{_base64(wanted.encode())}"

    def wanted(self, state: str) -> str | None:
        """Where this browser wanted to go; None where the state is not one of its own."""
        proof, _, path = state.partition(".")
        if not hmac.compare_digest(proof.encode("utf-8", "replace"), self._derived("state").encode()):
            return None
        try:
            return urlsafe_b64decode(path + "=" * (-len(path) % 4)).decode()
        except (Base64Error, ValueError):
            return None

    def _derived(self, use: str) -> str:
        return _base64(hmac.digest(self.token.encode(), f"sayso provider {use}".encode(), hashlib.sha256))


class Provider:
    """One provider. What it says of itself is read when somebody first signs in, and again after an hour."""

    def __init__(self, settings: OidcSettings, back: str) -> None:
        """`back` is the whole address that the provider sends people to."""
        self._settings = settings
        self._back = back
        self._about: Mapping[str, object] = {}
        self._keys: KeySet | None = None
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def address(self, attempt: Attempt, wanted: str, now: datetime) -> str:
        """Where somebody signs in.

        Raises:
            ProviderError: the provider cannot be asked, or says of itself what cannot be.
        """
        about, _ = await self._read(now)
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._back,
            "scope": "openid email",
            "state": attempt.state(wanted),
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(about["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def email(self, attempt: Attempt, answer: Mapping[str, str], now: datetime) -> str:
        """Whose e-mail address the provider has verified, from what it sent the browser back with.

        Raises:
            ProviderError: it sent no such thing, or something that does not fit.
        """
        if answer.get("error"):
            raise ProviderError("the provider let nobody in")
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise ProviderError("another provider answered")
        about, keys = await self._read(now)
        given = await self._tokens(about, answer.get("code", ""), attempt)
        token = given.get("id_token")
        if not isinstance(token, str):
            raise ProviderError("there was no ID token")
        try:
            claims = self._checked(token, keys, attempt, now)
        except ProviderError:
            # Its keys may have changed since they were read.
            _, keys = await self._read(now, afresh=True)
            claims = self._checked(token, keys, attempt, now)
        if "email" not in claims:
            claims = await self._user_info(about, given, claims)
        email, verified = claims.get("email"), claims.get("email_verified")
        if not isinstance(email, str) or verified not in {True, "true"}:
            raise ProviderError("the provider has not verified an e-mail address")
        return email

    # --- what it says of itself ---

    async def _read(self, now: datetime, *, afresh: bool = False) -> tuple[Mapping[str, object], KeySet]:
        async with self._reading:
            old = self._read_at is None or not timedelta(0) <= now - self._read_at < _KEPT
            if self._keys is None or old or afresh:
                about = await _json("GET", self._settings.issuer.rstrip("/") + _DISCOVERY)
                if about.get("issuer") != self._settings.issuer:
                    raise ProviderError("the provider calls itself by another name than SAYSO_OIDC_ISSUER")
                for name in _ENDPOINTS:
                    if not _is_safe(about.get(name)):
                        raise ProviderError(f"{name} is missing or not https")
                self._keys = _key_set(await _json("GET", str(about["jwks_uri"])))
                self._about, self._read_at = about, now
            return self._about, self._keys

    async def _tokens(self, about: Mapping[str, object], code: str, attempt: Attempt) -> Mapping[str, object]:
        if not code:
            raise ProviderError("there was no code")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": attempt.verifier,
        }
        name, secret = self._settings.client_id, self._settings.client_secret.reveal()
        ways = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if isinstance(ways, list) and "client_secret_basic" not in ways:
            form |= {"client_id": name, "client_secret": secret}
            return await _json("POST", str(about["token_endpoint"]), form=form)
        # RFC 6749, 2.3.1: both are encoded before they are joined.
        basic = b64encode(f"{quote(name, safe='')}:{quote(secret, safe='')}".encode()).decode()
        return await _json("POST", str(about["token_endpoint"]), form=form, proof=f"Basic {basic}")

    async def _user_info(
        self, about: Mapping[str, object], given: Mapping[str, object], claims: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Claims that the provider keeps out of its ID tokens."""
        endpoint, access = about.get("userinfo_endpoint"), given.get("access_token")
        if not _is_safe(endpoint) or not isinstance(access, str):
            return claims
        told = await _json("GET", str(endpoint), proof=f"Bearer {access}")
        if told.get("sub") != claims.get("sub"):
            raise ProviderError("the provider spoke of somebody else")
        return told

    def _checked(self, token: str, keys: KeySet, attempt: Attempt, now: datetime) -> Mapping[str, object]:
        """The claims of an ID token that was made by this provider, for us, for this browser, and just now."""
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            nonce={"essential": True, "value": attempt.nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
            registry.validate(claims)
        except (JoseError, ValueError) as error:
            raise ProviderError(f"the ID token does not fit: {type(error).__name__}") from None
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise ProviderError("the ID token was made for another client")
        return claims


def _base64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _is_safe(address: object) -> bool:
    return isinstance(address, str) and (address.startswith("https://") or is_loopback(address))


def _key_set(told: Mapping[str, object]) -> KeySet:
    try:
        return KeySet.import_key_set(told)  # type: ignore[arg-type] # it checks what it is given
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderError(f"the keys cannot be read: {type(error).__name__}") from None


async def _json(
    method: str,
    address: str,
    *,
    form: Mapping[str, str] | None = None,
    proof: str = "",
) -> Mapping[str, object]:
    headers = {"Accept": "application/json"} | ({"Authorization": proof} if proof else {})
    try:
        async with (
            ClientSession(timeout=_TIMEOUT) as http,
            http.request(method, address, data=form, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status != 200:  # noqa: PLR2004 - the one that says that it worked
                raise ProviderError(f"the provider answered {answer.status}")
            told = await answer.json(content_type=None)
    except (ClientError, TimeoutError, JSONDecodeError, UnicodeDecodeError) as error:
        raise ProviderError(f"the provider cannot be asked: {type(error).__name__}") from None
    if not isinstance(told, dict):
        raise ProviderError("the provider answered with something else than an object")
    return told
