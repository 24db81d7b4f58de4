"""`sayso officer` and `sayso audit`, as somebody meets them on the command line."""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

import pytest

from bot import cli
from bot.console.passwords import Passwords
from storage.database import Database
from storage.officers import Person
from tests.support.packs import SLUG, write_pack
from tests.support.storing import change

KEY = "a key of thirty-two bytes or more"
ADD = ("officer", "add", "Ann@council.example", "--name", "Ann", "--duty", "analyst")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAYSO_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SAYSO_SECRET_KEY", KEY)
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(write_pack(tmp_path / "packs")))


def _ann(sqlite_url: str) -> Person:
    async def found() -> Person | None:
        database = await Database.open(sqlite_url, secret=KEY.encode())
        person = await database.officers.by_email("ann@council.example")
        await database.close()
        return person

    person = asyncio.run(found())
    assert person is not None
    return person


def test_an_officer_is_added_with_a_password_for_the_first_time(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*ADD, "--duty", "viewer", "--consultation", SLUG]) == 0
    told = capsys.readouterr().out
    [password] = re.findall(r"first time: ([2-9A-Z-]{17})\n", told)
    assert "ann@council.example can sign in at http://127.0.0.1:8080/console." in told
    ann = _ann(sqlite_url)
    assert (ann.duties, ann.slugs, ann.must_change) == (frozenset({"analyst", "viewer"}), frozenset({SLUG}), True)
    assert asyncio.run(Passwords().matches(ann.password_hash, password))


def test_a_first_password_may_come_from_standard_input(
    sqlite_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("too short\n"))
    assert cli.main([*ADD, "--password-stdin"]) == 1
    assert "too short" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("four words of mine\n"))
    assert cli.main([*ADD, "--password-stdin"]) == 0
    assert "four words" not in capsys.readouterr().out
    assert asyncio.run(Passwords().matches(_ann(sqlite_url).password_hash, "four words of mine"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([*ADD[:2], "nonsense", *ADD[3:]], "Write an e-mail address"),
        ([*ADD, "--consultation", "nowhere"], "Those that there are: harbour-play"),
        (["officer", "disable", "bob@council.example"], "sayso officer list"),
    ],
)
def test_what_cannot_be_done_says_what_to_do_instead(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 1
    assert told in capsys.readouterr().err


def test_an_address_is_added_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(list(ADD)) == 0
    assert cli.main(list(ADD)) == 1
    assert "already" in capsys.readouterr().err


def test_a_duty_that_there_is_not_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as done:
        cli.main([*ADD[:-1], "emperor"])
    assert done.value.code == 2


def test_officers_are_listed_and_disabled(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["officer", "list"]) == 0
    assert "Nobody can sign in yet" in capsys.readouterr().out
    cli.main(list(ADD))
    assert cli.main(["officer", "disable", "ann@council.example"]) == 0
    capsys.readouterr()
    assert cli.main(["officer", "list"]) == 0
    assert capsys.readouterr().out == "ann@council.example: Ann: analyst: all consultations (disabled)\n"


def test_the_record_is_checked_and_the_first_line_that_does_not_fit_is_named(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(list(ADD))
    cli.main(["officer", "disable", "ann@council.example"])
    capsys.readouterr()
    assert cli.main(["audit", "verify"]) == 0
    told = capsys.readouterr().out
    assert "The record is whole. Lines: 2." in told
    [noted] = re.findall(r"Hash of the last one: ([0-9a-f]{64})", told)
    assert cli.main(["audit", "verify", "--holds", noted.upper()]) == 0
    assert cli.main(["audit", "verify", "--holds", "0" * 64]) == 1
    assert "rewritten" in capsys.readouterr().out
    asyncio.run(change(sqlite_url, "UPDATE deed SET officer = 'bob' WHERE number = 1"))
    assert cli.main(["audit", "verify"]) == 1
    assert "Line 1 was altered" in capsys.readouterr().out
