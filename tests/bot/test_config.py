"""Settings: what each variable may be, and what stops the start."""

from __future__ import annotations

import dataclasses
import os
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Secret, Settings, instant, is_loopback
from bot.errors import SettingsError

TELEGRAM = {"SAYSO_TELEGRAM_TOKEN": "123456:ABC-def", "SAYSO_TELEGRAM_SECRET": "a_webhook-secret"}
TWILIO = {
    "SAYSO_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "SAYSO_TWILIO_AUTH_TOKEN": "an auth token",
    "SAYSO_TWILIO_FROM": "+447700900456",
}
LOOPBACK = "http://127.0.0.1:9000"

BAD_VALUES = [
    ("SAYSO_DATABASE_URL", "postgresql://user:hunter2@host/db", "postgresql+asyncpg://"),
    ("SAYSO_DATABASE_URL", "sayso.db", "sqlite+aiosqlite://"),
    ("SAYSO_PORT", "http", "whole number"),
    ("SAYSO_PORT", "65536", "65535"),
    ("SAYSO_PORT", "-1", "whole number"),
    ("SAYSO_PORT", "²", "whole number"),
    ("SAYSO_PUBLIC_URL", "council.test", "web address"),
    ("SAYSO_PUBLIC_URL", "https:///chat", "web address"),
    ("SAYSO_PUBLIC_URL", "https://sayso.example.gov.uk/?a=1", "web address"),
    ("SAYSO_PUBLIC_URL", "https://sayso.example.gov.uk:port", "web address"),
    ("SAYSO_SECRET_KEY", "x" * 31, "32 bytes"),
    ("SAYSO_TELEGRAM_TOKEN", "two words", "BotFather"),
    ("SAYSO_TELEGRAM_SECRET", "with spaces!", "256 characters"),
    ("SAYSO_TELEGRAM_API", "ftp://example.org", "web address"),
    ("SAYSO_TWILIO_ACCOUNT_SID", "SM123", "begins with AC"),
    ("SAYSO_TWILIO_FROM", "Council", "replied to"),
    ("SAYSO_TWILIO_API", "api.twilio.com", "web address"),
    ("SAYSO_TWILIO_PER_SECOND", "0.00", "above 0"),
    ("SAYSO_TWILIO_PER_SECOND", "-2", "above 0"),
    ("SAYSO_TWILIO_PER_SECOND", "fast", "above 0"),
    ("SAYSO_NOW", "yesterday", "2018-03-09T23:58:00+00:00"),
]


def test_without_any_variable_the_defaults_of_the_contract_hold() -> None:
    settings = Settings.load({})
    assert settings.database_url == "sqlite+aiosqlite:///sayso.db"
    assert settings.consultations == Path("consultations")
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert (settings.secret_key, settings.telegram, settings.twilio, settings.now) == (None, None, None, None)


@pytest.mark.parametrize(("variable", "value", "said"), BAD_VALUES)
def test_a_bad_value_is_named_with_its_fault_and_never_quoted(variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({**TELEGRAM, **TWILIO, variable: value})
    [fault] = caught.value.faults
    assert fault.variable == variable
    assert said in fault.fault
    assert value not in str(caught.value)


def test_every_bad_value_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({"SAYSO_PORT": "many", "SAYSO_SECRET_KEY": "short"})
    assert {fault.variable for fault in caught.value.faults} == {"SAYSO_PORT", "SAYSO_SECRET_KEY"}


@pytest.mark.parametrize("variables", [TELEGRAM, TWILIO])
def test_a_channel_with_half_of_its_settings_stops_the_start(variables: dict[str, str]) -> None:
    for missing in variables:
        with pytest.raises(SettingsError) as caught:
            Settings.load({name: value for name, value in variables.items() if name != missing})
        assert [fault.variable for fault in caught.value.faults] == [missing]


def test_channels_that_are_set_are_on_at_their_providers_own_addresses() -> None:
    settings = Settings.load({**TELEGRAM, **TWILIO})
    assert settings.telegram is not None
    assert settings.twilio is not None
    assert settings.telegram.api == "https://api.telegram.org"
    assert settings.twilio.api == "https://api.twilio.com"
    assert (settings.twilio.sender, settings.twilio.per_second) == ("+447700900456", 1)
    assert Settings.load({**TWILIO, "SAYSO_TWILIO_PER_SECOND": "2.5"}) != settings


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.load({"SAYSO_PORT": "", "SAYSO_NOW": " ", "SAYSO_TELEGRAM_TOKEN": ""}) == Settings.load({})


def test_a_slash_at_the_end_of_an_address_makes_no_difference() -> None:
    assert Settings.load({"SAYSO_PUBLIC_URL": "https://a.example/sayso/"}).public_url == "https://a.example/sayso"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2018-03-09T23:58:00Z", datetime(2018, 3, 9, 23, 58, tzinfo=UTC)),
        ("2018-07-09T12:00:00+01:00", datetime(2018, 7, 9, 11, tzinfo=UTC)),
        ("2018-07-09T12:00:00", datetime(2018, 7, 9, 11, tzinfo=UTC)),
        ("2018-03-09 16:05", datetime(2018, 3, 9, 16, 5, tzinfo=UTC)),
    ],
)
def test_an_instant_without_an_offset_is_local_time_in_the_united_kingdom(written: str, meant: datetime) -> None:
    assert instant(written) == meant
    assert instant(written).tzinfo is UTC


def test_a_moved_clock_is_refused_while_a_provider_is_real() -> None:
    for variables, api in ((TELEGRAM, "SAYSO_TELEGRAM_API"), (TWILIO, "SAYSO_TWILIO_API")):
        moved = {**variables, "SAYSO_NOW": "2018-03-01T12:00:00Z"}
        with pytest.raises(SettingsError) as caught:
            Settings.load(moved)
        [fault] = caught.value.faults
        assert fault.variable == "SAYSO_NOW"
        assert api in fault.fault
        assert Settings.load({**moved, api: LOOPBACK}).now == datetime(2018, 3, 1, 12, tzinfo=UTC)


def test_a_moved_clock_is_allowed_where_no_provider_is_switched_on() -> None:
    assert Settings.load({"SAYSO_NOW": "2018-03-01T12:00:00Z"}).now is not None


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:9", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost", True),
        ("https://api.telegram.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_this_machine_is_loopback_whatever_a_name_looks_like(url: str, here: bool) -> None:  # noqa: FBT001 - a table
    assert is_loopback(url) is here


@given(st.text(min_size=32))
def test_a_secret_is_never_printed(text: str) -> None:
    secret = Secret(text)
    assert secret.reveal() == text
    for shown in (repr(secret), str(secret), f"{secret}", repr({"key": secret})):
        assert shown.count("*") == 10
        assert text not in shown


def test_printed_settings_hold_no_password_and_no_token() -> None:
    settings = Settings.load(
        {
            **TELEGRAM,
            **TWILIO,
            "SAYSO_SECRET_KEY": "my own key " * 4,
            "SAYSO_DATABASE_URL": "postgresql+asyncpg://user:hunter2@host/db",
        }
    )
    for hidden in ("my own key", "hunter2", "ABC-def", "a_webhook-secret", "an auth token"):
        assert hidden not in repr(settings)


def test_settings_travel_to_a_worker_as_they_are() -> None:
    settings = Settings.load({**TELEGRAM, **TWILIO, "SAYSO_SECRET_KEY": "k" * 32})
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - our own, made on this line


def test_the_env_file_is_read_where_the_environment_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("SAYSO_")]:
        monkeypatch.delenv(name)
    (tmp_path / ".env").write_text(
        "SAYSO_PORT=9001\nSAYSO_HOST=0.0.0.0\nSAYSO_SECRET_KEY='${HOME} is not filled in, not here'\n"
    )
    monkeypatch.setenv("SAYSO_PORT", "9002")
    settings = Settings.from_world(tmp_path)
    assert (settings.host, settings.port) == ("0.0.0.0", 9002)  # noqa: S104 - only read
    assert settings.secret_key == Secret("${HOME} is not filled in, not here")


def test_every_setting_is_a_field_that_cannot_be_changed_afterwards() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.load({}).port = 1  # type: ignore[misc]  # the very thing that must not work
