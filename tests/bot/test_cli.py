"""The command line as somebody meets it: a process, its output and its exit code."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot import cli
from tests.support.children import inherited
from tests.support.packs import write_pack
from tests.support.processes import ROOT

KEY = "a key of thirty-two bytes or more"
COMMANDS = (
    "demo",
    "serve",
    "check",
    "chat",
    "preview",
    "words",
    "import",
    "export-form",
    "export",
    "officer",
    "audit",
    "backup",
    "restore",
    "keys",
    "db",
)
IMPORT = ("import", "form.xlsx", "--authority", "Harbour Council")


def sayso(*arguments: str, folder: Path, typed: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Runs `sayso` in a folder of its own, with nothing in its environment but what is named."""
    known: Mapping[str, str] = {**inherited(), "PYTHONPATH": str(ROOT), "COLUMNS": "100", **env}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, cwd=folder, env=known, input=typed, capture_output=True, text=True, check=False, timeout=60
    )


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        cli.main(["--help"])
    assert done.value.code == 0
    shown = capsys.readouterr().out
    listed = {line.split()[0] for line in shown.splitlines() if line.startswith("    ") and line[4] != " "}
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_shows_an_example_of_it(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        cli.main([command, "--help"])
    assert done.value.code == 0
    assert f"For example: sayso {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["serve", "--port", "70000"],
        ["serve", "--workers", "0"],
        ["serve", "--workers", "two"],
        ["demo", "--now", "yesterday"],
        ["chat"],
        ["export", "harbour-play"],
        ["export", "harbour-play", "answers", "--format", "pdf"],
        ["db", "destroy"],
        ["backup"],
        ["restore", "a.backup", "--texts-since", "yesterday"],
        ["restore", "a.backup", "--tombstones", "b.tombstones", "--without-tombstones"],
        ["keys"],
        ["preview"],
        ["preview", "harbour-play", "--band", "9"],
        ["preview", "harbour-play", "--channel", "pigeon"],
        ["words"],
        ["words", "export", "harbour-play"],
        ["words", "export", "harbour-play", "--language", "pl", "--band", "9"],
        ["words", "import"],
        ["import"],
        ["import", "form.xlsx", "--authority", "Harbour Council"],
        [*IMPORT, "--opens", "soon", "--closes", "2030-06-01"],
        [*IMPORT, "--opens", "2030-05-01T09:00+01:00", "--closes", "2030-06-01"],
        [*IMPORT, "--opens", "2030-05-01", "--closes", "2030-06-01", "--role", "child=9"],
        ["export-form", "harbour-play"],
    ],
)
def test_wrong_usage_is_told_on_stderr_with_exit_code_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        cli.main(arguments)
    assert done.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "usage: sayso" in shown.err


def test_serve_refuses_without_a_secret_key_and_says_how_to_make_one(tmp_path: Path) -> None:
    write_pack(tmp_path / "consultations")
    done = sayso("serve", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("sayso: SAYSO_SECRET_KEY is not set")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.glob("sayso.db*")) == []


def test_a_bad_setting_stops_every_command_with_one_line_that_names_it(tmp_path: Path) -> None:
    for arguments in (("serve",), ("check",), ("db", "check"), ("export", "harbour-play", "answers")):
        done = sayso(*arguments, folder=tmp_path, SAYSO_PORT="http")
        assert done.returncode == 1
        assert done.stderr == "sayso: SAYSO_PORT must be a whole number from 0 to 65535 (0: any free port)\n"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_refuses_a_database_whose_tables_are_not_those_of_this_release(tmp_path: Path, workers: str) -> None:
    write_pack(tmp_path / "consultations")
    url = "sqlite+aiosqlite:///old.db"
    subprocess.run(
        [sys.executable, "-c", "import sqlite3; sqlite3.connect('old.db').execute('CREATE TABLE something (id INT)')"],
        cwd=tmp_path,
        check=True,
    )
    arguments = ("serve", "--port", "0", "--workers", workers)
    done = sayso(*arguments, folder=tmp_path, SAYSO_SECRET_KEY=KEY, SAYSO_DATABASE_URL=url)
    assert done.returncode == 1
    assert "sayso db upgrade" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_names_a_folder_of_packs_that_is_not_there(tmp_path: Path) -> None:
    done = sayso("serve", folder=tmp_path, SAYSO_SECRET_KEY=KEY, SAYSO_CONSULTATIONS="elsewhere")
    assert done.returncode == 1
    assert "elsewhere" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path: Path, workers: str) -> None:
    write_pack(tmp_path / "consultations")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        arguments = ("serve", "--workers", workers, "--port", str(taken.getsockname()[1]))
        done = sayso(*arguments, folder=tmp_path, SAYSO_SECRET_KEY=KEY)
    assert done.returncode == 1
    assert done.stderr == "sayso: The port is already in use: stop what uses it, or give another with --port.\n"


def test_db_check_says_what_is_missing_and_db_upgrade_mends_it(tmp_path: Path) -> None:
    first = sayso("db", "check", folder=tmp_path)
    assert first.returncode == 1
    assert "sayso db upgrade" in first.stdout + first.stderr
    assert sayso("db", "upgrade", folder=tmp_path).returncode == 0
    again = sayso("db", "check", folder=tmp_path)
    assert (again.returncode, again.stdout) == (0, "The database is up to date.\n")
    assert sayso("db", "upgrade", folder=tmp_path).returncode == 0


def test_settings_are_read_from_a_file_called_env(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SAYSO_DATABASE_URL=sqlite+aiosqlite:///other.db\n")
    assert sayso("db", "upgrade", folder=tmp_path).returncode == 0
    assert (tmp_path / "other.db").exists()


def test_a_database_that_cannot_be_reached_is_one_line_and_never_its_password(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://user:hunter2@127.0.0.1:9/nowhere"
    for arguments in (("db", "check"), ("db", "upgrade")):
        done = sayso(*arguments, folder=tmp_path, SAYSO_DATABASE_URL=url)
        assert done.returncode == 1
        assert done.stderr.startswith("sayso: ")
        assert "hunter2" not in done.stderr
        assert "Traceback" not in done.stderr


def test_check_and_chat_are_found_from_the_command_line(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "consultations")
    checked = sayso("check", "--format", "json", folder=tmp_path)
    assert checked.returncode in {0, 1}
    assert checked.stdout.lstrip().startswith(("{", "["))
    talked = sayso("chat", str(folder / "harbour-play"), "--now", "2030-05-15T12:00:00", folder=tmp_path, typed="3\n")
    assert talked.returncode == 0
    assert "Should the park have more swings?" in talked.stdout
