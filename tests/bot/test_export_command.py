"""`sayso export` from its start to its end: what it leaves when all goes well, and what when anything does not."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import pty
import resource
import secrets
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from tqdm import tqdm

from bot import cli, export_command, workbook
from flows.values import Choice, Text
from storage import streams
from storage.database import Database
from tests.support import storing
from tests.support.packs import SLUG, write_pack
from tests.support.postgres import PostgresServer, end_connections
from tests.support.processes import ROOT, environment
from tests.support.storing import answered, load, met, phone, reply, said

KEY = storing.SECRET.decode()
KINDS = ["csv", "jsonl", "xlsx"]
PEOPLE = 7
OLD = {"there.{}": b"yesterday's", "there.{}.manifest.json": b"of yesterday"}
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
Export = Callable[..., int]


async def talk(url: str, why: str) -> None:
    """So many people, each of whom has said two things and heard one."""
    database = await Database.open(url, secret=storing.SECRET)
    for number in range(PEOPLE):
        await met(database, phone(number), slug=SLUG)
        async with database.unit_of_work() as work:
            [person] = await load(work, phone(number))
            await work.keep([said(person, "more"), said(person, why)])
            work.queue(reply(person))
            work.add_answer(answered(person, Choice("more")))
            work.add_answer(answered(person, Text(why), "why"))
            await work.commit()
    await database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files go."""
    made = tmp_path / "files"
    made.mkdir()
    return made


@pytest.fixture
def export(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Runs the command in this process, reading two people at a time."""
    monkeypatch.setattr(streams, "PEOPLE", 2)
    monkeypatch.setattr(streams, "TALKERS", 2)
    monkeypatch.setenv("SAYSO_DATABASE_URL", database_url)
    monkeypatch.setenv("SAYSO_SECRET_KEY", KEY)
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(write_pack(tmp_path / "consultations")))

    def run(*arguments: str, why: str = "I like it") -> int:
        asyncio.run(talk(database_url, why))
        return cli.main(["export", SLUG, *arguments])

    return run


def after_the_first_page(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    class Bar(tqdm):  # type: ignore[type-arg] # it is no generic class when the program runs
        def update(self, n: float | None = 1) -> bool | None:
            if not self.n:
                happens()
            return super().update(n)

    monkeypatch.setattr(export_command, "tqdm", Bar)


def before(folder: Path, kind: str) -> None:
    for name, held in OLD.items():
        (folder / name.format(kind)).write_bytes(held)


def is_as_before(folder: Path, kind: str) -> bool:
    return {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name.format(kind): held for name, held in OLD.items()
    }


def rows_of(path: Path) -> list[dict[str, object]]:
    match path.suffix:
        case ".csv":
            return [dict(row) for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""))]
        case ".jsonl":
            return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        case _:
            headings, *rows = openpyxl.load_workbook(path).worksheets[0].values
            return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_holds_every_answer_beside_a_manifest_that_says_so(
    export: Export, folder: Path, kind: str
) -> None:
    before(folder, kind)
    assert export("answers", "--format", kind, "--output", str(folder / f"there.{kind}")) == 0
    rows = rows_of(folder / f"there.{kind}")
    assert [(row["swings"], row["why"]) for row in rows] == [("More swings", "I like it")] * PEOPLE
    manifest = json.loads((folder / f"there.{kind}.manifest.json").read_text())
    assert (manifest["received"], manifest["rows"], manifest["format"]) == (PEOPLE, PEOPLE, kind)
    assert len(list(folder.iterdir())) == 2


def test_transcripts_of_some_roles_hold_nothing_of_the_others(export: Export, folder: Path) -> None:
    path = folder / "there.jsonl"
    assert export("transcripts", "--format", "jsonl", "--output", str(path), "--role", "child") == 0
    manifest = json.loads((folder / "there.jsonl.manifest.json").read_text())
    assert path.read_text() == ""
    assert (manifest["received"], manifest["rows"]) == (3 * PEOPLE, 0)
    assert manifest["left_out"] == {"filtered by role": 3 * PEOPLE}


@contextmanager
def unless_it_is_heard(number: int) -> Iterator[None]:
    """A signal that the command does not listen to would end the tests: here it does nothing."""
    # A Ctrl-C is heard by asyncio itself, but only where nobody else listens.
    held = signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, held)


@ON_SQLITE
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_an_export_that_is_stopped_leaves_all_as_it_was(
    export: Export,
    folder: Path,
    kind: str,
    number: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before(folder, kind)
    after_the_first_page(monkeypatch, lambda: os.kill(os.getpid(), number))
    with unless_it_is_heard(number):
        assert export("answers", "--format", kind, "--output", str(folder / f"there.{kind}")) == 1
    assert capsys.readouterr().err == (
        "sayso: The export was stopped before it was whole, and nothing of it was kept.\n"
    )
    assert is_as_before(folder, kind)


@ON_SQLITE
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fills_on_the_way_leaves_all_as_it_was(
    export: Export, folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before(folder, kind)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = 100_000
    after_the_first_page(monkeypatch, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard)))
    try:
        code = export(
            *("answers", "--format", kind, "--output", str(folder / f"there.{kind}")), why=secrets.token_hex(16_000)
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 1
    told = capsys.readouterr().err
    assert told.startswith(f"sayso: {folder}/there.{kind} cannot be written (File too large)")
    assert told.count("\n") == 1
    assert is_as_before(folder, kind)


@ON_POSTGRESQL
@pytest.mark.parametrize(("what", "kind"), [("answers", "csv"), ("answers", "xlsx"), ("transcripts", "jsonl")], ids=str)
def test_a_database_that_goes_away_on_the_way_leaves_all_as_it_was(
    export: Export,
    folder: Path,
    what: str,
    kind: str,
    database_url: str,
    postgres_cluster: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before(folder, kind)
    after_the_first_page(monkeypatch, lambda: end_connections(postgres_cluster, database_url))
    assert export(what, "--format", kind, "--output", str(folder / f"there.{kind}")) == 1
    told = capsys.readouterr().err
    assert told.startswith("sayso: The database cannot be reached or used (")
    assert told.count("\n") == 1
    assert is_as_before(folder, kind)


@ON_SQLITE
def test_more_rows_than_a_workbook_holds_are_refused_at_once(
    export: Export, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("workbook", "export"):
        monkeypatch.setattr(f"bot.{module}.MOST_ROWS", PEOPLE)
    before(folder, "xlsx")
    after_the_first_page(monkeypatch, lambda: pytest.fail("it had begun to read"))
    assert export("answers", "--format", "xlsx", "--output", str(folder / "there.xlsx")) == 1
    assert f"at most {workbook.MOST_ROWS} rows" in capsys.readouterr().err
    assert is_as_before(folder, "xlsx")


@ON_SQLITE
def test_a_folder_that_is_not_there_is_told_with_what_to_do(
    export: Export, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export("answers", "--output", str(folder / "none" / "there.csv")) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"sayso: {folder}/none/there.csv cannot be written (No such file or directory)")
    assert "--output" in told


def a_process(database_url: str, tmp_path: Path) -> dict[str, str]:
    """What `sayso` in a process of its own is to know."""
    asyncio.run(talk(database_url, "I like it"))
    packs = write_pack(tmp_path / "consultations")
    return environment(
        database_url,
        "http://127.0.0.1:1",
        SAYSO_SECRET_KEY=KEY,
        SAYSO_CONSULTATIONS=str(packs),
        PYTHONPATH=str(ROOT),
    )


@ON_SQLITE
def test_a_part_on_standard_output_is_no_success(database_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "export", SLUG, "answers"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command,
            env=a_process(database_url, tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("sayso: Standard output took only a part of the export (No space left on device)")
    assert done.stderr.count("\n") == 1


@ON_SQLITE
@pytest.mark.parametrize("terminal", [80, None], ids=["on a terminal", "in a pipe"])
def test_a_terminal_sees_how_far_it_has_got_and_a_pipe_sees_nothing(
    terminal: int | None, database_url: str, folder: Path, tmp_path: Path
) -> None:
    env = a_process(database_url, tmp_path)
    ours, theirs = pty.openpty() if terminal else os.pipe()
    if terminal:
        termios.tcsetwinsize(theirs, (24, terminal))
    command = [sys.executable, "-m", "bot", "export", SLUG, "answers", "--output", str(folder / "there.csv")]
    assert subprocess.run(command, env=env, stderr=theirs, timeout=60, check=False).returncode == 0
    os.set_blocking(ours, False)
    os.write(theirs, b"end")
    shown = os.read(ours, 65536).decode(errors="replace")
    os.close(ours)
    os.close(theirs)
    if terminal:
        assert f"/{PEOPLE} " in shown
        assert " rows" in shown
    else:
        assert shown == "end"
