"""Everything that can be set has one name: in the code, in the runbook, and in what is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from bot.config import Settings
from tests.support.source import ROOT

DEPLOY = ROOT / "deploy"
SAMPLE = (DEPLOY / "sayso.env.example").read_text()
ROW = re.compile(r"^\| ((?:`SAYSO_\w+`(?:, )?)+) \| (.+?) \| .+ \|$", re.MULTILINE)
NAME = re.compile(r"SAYSO_[A-Z_]*[A-Z]")
FOR_SHOWS = "SAYSO_NOW"
"""Refused wherever a provider is real: no deployment sets it."""


class Asked(Mapping[str, str]):
    """An environment with nothing in it, which remembers what was looked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def known() -> set[str]:
    asked = Asked()
    Settings.load(asked)
    return asked.names


def defaults() -> dict[str, str]:
    """The runbook's table: each variable with what it says of its default."""
    rows = ROW.findall((ROOT / "docs" / "runbook.md").read_text())
    return {name: default for names, default in rows for name in NAME.findall(names)}


def sample() -> dict[str, str]:
    lines = [line for line in SAMPLE.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_runbook_lists_every_setting_and_no_other() -> None:
    assert "SAYSO_SECRET_KEY" in known()
    assert set(defaults()) == known()


def test_every_variable_that_a_deployment_names_is_a_setting() -> None:
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    named = {(path.name, name) for path in files for name in NAME.findall(path.read_text())}
    assert named
    assert not {(file, name) for file, name in named if name not in known() - {FOR_SHOWS}}


def test_every_setting_without_a_default_is_in_the_sample() -> None:
    without = {name for name, default in defaults().items() if not default.startswith("`")} - {FOR_SHOWS}
    assert len(without) >= 6
    assert without <= set(sample())


def test_the_sample_holds_no_secret_and_every_value_in_it_can_be_used() -> None:
    assert {name for name, value in sample().items() if not value} >= {
        "SAYSO_SECRET_KEY",
        "SAYSO_TELEGRAM_TOKEN",
        "SAYSO_TWILIO_AUTH_TOKEN",
        "POSTGRES_PASSWORD",
    }
    settings = Settings.load(sample() | {"SAYSO_SECRET_KEY": "k" * 64})
    assert (settings.telegram, settings.twilio) == (None, None)
    assert settings.public_url.startswith("https://")


@pytest.mark.parametrize("line", [line for line in SAMPLE.splitlines() if line and not line.startswith("#")])
def test_a_line_of_the_sample_means_the_same_to_systemd_and_to_containers(line: str) -> None:
    assert re.fullmatch(r"[A-Z_]+=[\w:/.@+-]*", line)
