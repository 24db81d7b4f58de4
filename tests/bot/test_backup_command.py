"""`sayso backup`, `sayso restore` and `sayso keys` as somebody meets them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from bot import cli
from storage.database import Database
from tests.support.storing import SLUG, hear, met, phone

SECRET, NEW = "a secret key of thirty-two bytes or more", "another secret key, made after the first"
BACKUP_KEY = "a key for backups, of thirty-two bytes or more"


@pytest.fixture
def url(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which somebody has said something, and the settings that belong to it."""
    monkeypatch.chdir(tmp_path)
    settings = {"SECRET_KEY": SECRET, "SECRET_KEY_ALSO": "", "BACKUP_KEY": BACKUP_KEY, "DATABASE_URL": sqlite_url}
    for name, value in settings.items():
        monkeypatch.setenv(f"SAYSO_{name}", value)

    async def talk() -> None:
        database = await Database.open(sqlite_url, secret=SECRET.encode())
        await met(database, phone())
        await hear(database, phone(), "there is allways a queue")
        await database.close()

    asyncio.run(talk())
    return sqlite_url


def heard(url: str, secret: str = SECRET) -> list[str]:
    """What the one person said, as a service with these settings reads it."""

    async def read() -> list[str]:
        database = await Database.open(url, secret=secret.encode())
        found = await database.find(phone(), SLUG)
        texts = [] if found is None else [entry.text for entry in await database.transcript(found.conversation_id)]
        await database.close()
        return texts

    return asyncio.run(read())


def test_a_backup_is_written_checked_and_restored(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["backup", "friday.backup"]) == 0
    assert cli.main(["backup", "now.tombstones", "--tombstones"]) == 0
    assert cli.main(["restore", "friday.backup", "--check"]) == 0
    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    monkeypatch.setenv("SAYSO_DATABASE_URL", other)
    assert cli.main(["restore", "friday.backup", "--tombstones", "now.tombstones"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "", "a bar is for a terminal"
    assert re.search(r"^friday\.backup is written\. The database as it was at .* UTC", shown.out, re.MULTILINE)
    assert re.search(r"^The file is whole\. .* Rows: \d+\.$", shown.out, re.MULTILINE)
    assert "People in it who had asked to be deleted, and are: 0." in shown.out
    assert heard(other) == heard(url) == ["there is allways a queue"]
    assert (tmp_path / "friday.backup").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


@pytest.mark.parametrize(
    ("key", "told"),
    [("", "SAYSO_BACKUP_KEY is not set"), (SECRET, "is the secret key too"), ("short", "too short")],
)
def test_a_backup_needs_a_key_of_its_own(
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    key: str,
    told: str,
) -> None:
    del url
    monkeypatch.setenv("SAYSO_BACKUP_KEY", key)
    assert cli.main(["backup", "friday.backup"]) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "friday.backup").exists()


def test_a_backup_that_fails_leaves_the_one_before(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del url
    assert cli.main(["backup", "sayso.backup"]) == 0
    before = (tmp_path / "sayso.backup").read_bytes()
    monkeypatch.setenv("SAYSO_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/nowhere/sayso.db")
    assert cli.main(["backup", "sayso.backup"]) == 1
    assert "cannot be reached" in capsys.readouterr().err
    assert (tmp_path / "sayso.backup").read_bytes() == before


def test_a_restore_of_a_damaged_file_touches_no_database(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del url
    assert cli.main(["backup", "sayso.backup"]) == 0
    held = (tmp_path / "sayso.backup").read_bytes()
    (tmp_path / "sayso.backup").write_bytes(held[:-1])
    monkeypatch.setenv("SAYSO_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/other.db")
    assert cli.main(["restore", "sayso.backup", "--without-tombstones"]) == 1
    assert "The backup is damaged" in capsys.readouterr().err
    assert not (tmp_path / "other.db").exists()


def test_the_secret_key_is_changed_step_by_step(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAYSO_SECRET_KEY", NEW)
    assert cli.main(["keys", "rotate"]) == 1
    assert "not the one this database was written with" in capsys.readouterr().err
    monkeypatch.setenv("SAYSO_SECRET_KEY_ALSO", SECRET)
    assert cli.main(["keys", "check"]) == 1
    assert "message.text_enc: 1 still need another key" in capsys.readouterr().out
    assert cli.main(["keys", "rotate"]) == 0
    shown = capsys.readouterr()
    assert "Take SAYSO_SECRET_KEY_ALSO out" in shown.out
    assert shown.err == ""
    monkeypatch.setenv("SAYSO_SECRET_KEY_ALSO", "")
    assert cli.main(["keys", "check"]) == 0
    assert heard(url, NEW) == ["there is allways a queue"]
