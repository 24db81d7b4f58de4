"""The settings, read once at the start: from the environment, and from a `.env` file for what is not set there."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from bot.errors import SettingFault, SettingsError
from flows.rota import WorkingHours

LEAST_KEY_BYTES: Final = 32
DATABASES: Final = ("sqlite+aiosqlite://", "postgresql+asyncpg://")
_LAST_PORT: Final = 65535
_LONGEST_PATIENCE: Final = 60
"""Minutes: who waits longer to tell the next person has nobody to tell."""
_TELEGRAM_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ONE_WORD: Final = re.compile(r"[!-.0-~]+")
_NUMBER: Final = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}")
_ACCOUNT: Final = re.compile(r"AC[0-9A-Za-z]+")
_LOCAL: Final = ZoneInfo("Europe/London")

T = TypeVar("T")


class Secret:
    """A text that is never printed: only `reveal` gives it out."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret('**********')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """What the Telegram channel needs."""

    token: Secret
    secret: Secret
    """What Telegram sends with every webhook to show that it is Telegram."""
    api: str


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """What the SMS channel needs."""

    account_sid: str
    auth_token: Secret
    sender: str
    api: str
    per_second: float
    """How many texts a second the account may send."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """What signing in with the council's own OpenID Connect provider needs."""

    issuer: str
    client_id: str
    client_secret: Secret


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server that alerts go out through."""

    host: str
    port: int
    sender: str
    user: str
    """Empty where the server asks for no password."""
    password: Secret


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; a channel that is None is off."""

    database_url: str = field(default="sqlite+aiosqlite:///sayso.db", repr=False)
    """May hold a password, so it is never printed."""
    consultations: Path = Path("consultations")
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    """Without a slash at the end."""
    secret_key: Secret | None = None
    secret_key_also: Secret | None = None
    """Another key, that opens and never seals: while one takes over from the other."""
    backup_key: Secret | None = None
    telegram: TelegramSettings | None = None
    twilio: TwilioSettings | None = None
    oidc: OidcSettings | None = None
    """None: officers sign in with a password alone."""
    smtp: SmtpSettings | None = None
    """None: nobody is told by e-mail that somebody may not be safe."""
    escalate_after: timedelta = timedelta(minutes=15)
    """How long somebody has to acknowledge that somebody may not be safe before the next on the rota is told."""
    working_hours: WorkingHours = field(default_factory=WorkingHours)
    """Monday to Friday, by the clock where a consultation is held."""
    now: datetime | None = None
    """UTC. The instant at which the clock starts; None for the real time."""

    @classmethod
    def from_world(cls, folder: Path | None = None) -> Settings:
        """The environment's settings, and those of the `.env` file in `folder` (else here) that it leaves open.

        Raises:
            SettingsError: a value cannot be used.
        """
        written = dotenv_values((folder or Path()) / ".env", interpolate=False)
        return cls.load({name: value for name, value in written.items() if value is not None} | dict(os.environ))

    @classmethod
    def load(cls, env: Mapping[str, str]) -> Settings:
        """The settings in `env`. A variable that is empty counts as unset; other variables are none of ours.

        Raises:
            SettingsError: naming every variable that cannot be used, and what is wrong with it.
        """
        reader = _Reader(env)
        telegram, twilio = _telegram(reader), _twilio(reader)
        settings = cls(
            database_url=reader.read("SAYSO_DATABASE_URL", _database, cls.database_url_default()),
            consultations=Path(reader.read("SAYSO_CONSULTATIONS", str, "consultations")),
            host=reader.read("SAYSO_HOST", str, "127.0.0.1"),
            port=reader.read("SAYSO_PORT", _port, 8080),
            public_url=reader.read("SAYSO_PUBLIC_URL", _address, "http://127.0.0.1:8080"),
            secret_key=reader.read("SAYSO_SECRET_KEY", _key, None),
            secret_key_also=reader.read("SAYSO_SECRET_KEY_ALSO", _key, None),
            backup_key=reader.read("SAYSO_BACKUP_KEY", _key, None),
            telegram=telegram,
            twilio=twilio,
            oidc=_oidc(reader),
            smtp=_smtp(reader),
            escalate_after=reader.read("SAYSO_ESCALATE_MINUTES", _minutes, timedelta(minutes=15)),
            working_hours=reader.read("SAYSO_WORKING_HOURS", _hours, WorkingHours()),
            now=reader.read("SAYSO_NOW", _instant, None),
        )
        if settings.now is not None:
            _insist_on_loopback(reader, settings)
        reader.raise_faults()
        return settings

    @staticmethod
    def database_url_default() -> str:
        return "sqlite+aiosqlite:///sayso.db"


class _FaultError(ValueError):
    """What is wrong with one value, without the value."""


def _fault(sentence: str) -> NoReturn:
    raise _FaultError(sentence)


class _Reader:
    """Reads values and collects what is wrong with them, so that all of it can be mended at once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.faults: list[SettingFault] = []

    def is_set(self, variable: str) -> bool:
        return bool(self._env.get(variable, "").strip())

    def read(self, variable: str, understand: Callable[[str], T], default: T) -> T:
        if not self.is_set(variable):
            return default
        try:
            return understand(self._env[variable].strip())
        except _FaultError as error:
            self.faults.append(SettingFault(variable, str(error)))
            return default

    def all_or_none(self, variables: tuple[str, ...], *, what: str = "the channel") -> bool:
        """Whether all of them are set; some without the others is a fault."""
        missing = [variable for variable in variables if not self.is_set(variable)]
        if missing and len(missing) < len(variables):
            present = next(variable for variable in variables if variable not in missing)
            self.faults += [
                SettingFault(variable, f"is not set, but {present} is: set both, or neither to leave {what} off")
                for variable in missing
            ]
        return not missing

    def raise_faults(self) -> None:
        if self.faults:
            raise SettingsError(self.faults)


def _telegram(reader: _Reader) -> TelegramSettings | None:
    api = reader.read("SAYSO_TELEGRAM_API", _address, "https://api.telegram.org")
    token = reader.read("SAYSO_TELEGRAM_TOKEN", _bot_token, Secret(""))
    secret = reader.read("SAYSO_TELEGRAM_SECRET", _webhook_secret, Secret(""))
    wanted = reader.all_or_none(("SAYSO_TELEGRAM_TOKEN", "SAYSO_TELEGRAM_SECRET"))
    return TelegramSettings(token, secret, api) if wanted else None


def _twilio(reader: _Reader) -> TwilioSettings | None:
    api = reader.read("SAYSO_TWILIO_API", _address, "https://api.twilio.com")
    account = reader.read("SAYSO_TWILIO_ACCOUNT_SID", _account, "")
    auth_token = reader.read("SAYSO_TWILIO_AUTH_TOKEN", Secret, Secret(""))
    sender = reader.read("SAYSO_TWILIO_FROM", _sender, "")
    per_second = reader.read("SAYSO_TWILIO_PER_SECOND", _rate, 1.0)
    wanted = reader.all_or_none(("SAYSO_TWILIO_ACCOUNT_SID", "SAYSO_TWILIO_AUTH_TOKEN", "SAYSO_TWILIO_FROM"))
    return TwilioSettings(account, auth_token, sender, api, per_second) if wanted else None


def _oidc(reader: _Reader) -> OidcSettings | None:
    issuer = reader.read("SAYSO_OIDC_ISSUER", _issuer, "")
    client_id = reader.read("SAYSO_OIDC_CLIENT_ID", str, "")
    client_secret = reader.read("SAYSO_OIDC_CLIENT_SECRET", Secret, Secret(""))
    wanted = reader.all_or_none(
        ("SAYSO_OIDC_ISSUER", "SAYSO_OIDC_CLIENT_ID", "SAYSO_OIDC_CLIENT_SECRET"), what="this way of signing in"
    )
    return OidcSettings(issuer, client_id, client_secret) if wanted else None


def _smtp(reader: _Reader) -> SmtpSettings | None:
    host = reader.read("SAYSO_SMTP_HOST", _host, "")
    sender = reader.read("SAYSO_SMTP_FROM", _mail_address, "")
    port = reader.read("SAYSO_SMTP_PORT", _port, 587)
    user = reader.read("SAYSO_SMTP_USER", str, "")
    password = reader.read("SAYSO_SMTP_PASSWORD", Secret, Secret(""))
    wanted = reader.all_or_none(("SAYSO_SMTP_HOST", "SAYSO_SMTP_FROM"), what="e-mail")
    return SmtpSettings(host, port, sender, user, password) if wanted else None


def _insist_on_loopback(reader: _Reader, settings: Settings) -> None:
    """A moved clock must never meet real people: no provider may be further away than this machine."""
    addresses = {"SAYSO_TELEGRAM_API": settings.telegram, "SAYSO_TWILIO_API": settings.twilio}
    used = {variable: channel.api for variable, channel in addresses.items() if channel is not None}
    if settings.oidc is not None:
        used["SAYSO_OIDC_ISSUER"] = settings.oidc.issuer
    if settings.smtp is not None:
        used["SAYSO_SMTP_HOST"] = f"smtp://{settings.smtp.host}"
    for variable, address in used.items():
        if not is_loopback(address):
            fault = f"is not on this machine, while SAYSO_NOW is set: unset SAYSO_NOW, or set {variable} to a loopback"
            reader.faults.append(SettingFault("SAYSO_NOW", f"cannot be used: {variable} {fault} address"))


def is_loopback(url: str) -> bool:
    """Whether the host of a URL is this machine, by its name or address alone: nothing is looked up."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _database(value: str) -> str:
    if not value.startswith(DATABASES):
        _fault(f"must begin with {' or '.join(DATABASES)}")
    return value


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > _LAST_PORT:
        _fault(f"must be a whole number from 0 to {_LAST_PORT} (0: any free port)")
    return int(value)


def _address(value: str) -> str:
    if not _is_plain_address(value):
        _fault("must be a web address such as https://sayso.example.gov.uk, without anything behind a ? or #")
    return value.rstrip("/")


def _issuer(value: str) -> str:
    """As it is written: an issuer's name is compared letter by letter, with a slash at its end or without."""
    if not _is_plain_address(value) or not (value.startswith("https://") or is_loopback(value)):
        _fault("must be the provider's issuer, such as https://login.example.gov.uk, and begin with https://")
    return value


def _is_plain_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        with_host = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return with_host and not (parts.query or parts.fragment or parts.username)


def _key(value: str) -> Secret:
    if len(value.encode()) < LEAST_KEY_BYTES:
        _fault(f"is too short: it must have {LEAST_KEY_BYTES} bytes or more")
    return Secret(value)


def _bot_token(value: str) -> Secret:
    if not _ONE_WORD.fullmatch(value):
        _fault("must be the token that BotFather gave, without spaces or slashes")
    return Secret(value)


def _webhook_secret(value: str) -> Secret:
    if not _TELEGRAM_SECRET.fullmatch(value):
        _fault("must be 1 to 256 characters out of A-Z, a-z, 0-9, _ and -")
    return Secret(value)


def _account(value: str) -> str:
    if not _ACCOUNT.fullmatch(value):
        _fault("must be the account SID that Twilio shows, which begins with AC")
    return value


def _sender(value: str) -> str:
    if not _NUMBER.fullmatch(value):
        _fault("must be a number that can be replied to, such as +447700900456, or a short code")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", value):
        _fault("must be the name of a mail server, such as smtp.example.gov.uk")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", value):
        _fault("must be an e-mail address, such as sayso@example.gov.uk")
    return value


def _minutes(value: str) -> timedelta:
    if not re.fullmatch(r"[1-9]\d{0,3}", value, re.ASCII) or int(value) > _LONGEST_PATIENCE:
        _fault(f"must be a whole number of minutes from 1 to {_LONGEST_PATIENCE}")
    return timedelta(minutes=int(value))


def _hours(value: str) -> WorkingHours:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", value, re.ASCII)
    if found is None:
        _fault("must be two times of day such as 09:00-17:00")
    hours = WorkingHours(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))
    if hours.begins >= hours.ends:
        _fault("must begin before it ends, such as 09:00-17:00")
    return hours


def _rate(value: str) -> float:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", value, re.ASCII) or float(value) <= 0:
        _fault("must be a number above 0, such as 1 or 0.5: what your account allows in a second")
    return float(value)


def _instant(value: str) -> datetime:
    return instant(value)


def instant(value: str) -> datetime:
    """A moment somebody wrote, in UTC: ISO 8601. Without an offset it is local time in the United Kingdom.

    Raises:
        ValueError: saying how to write it instead.
    """
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        _fault("must be a date and time such as 2018-03-09T23:58:00+00:00")
    return (read if read.tzinfo else read.replace(tzinfo=_LOCAL)).astimezone(UTC)
