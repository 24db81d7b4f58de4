"""Marker phrases in everything that people say and are known by: they are found where they belong, and nowhere else.

Whole conversations on three channels with a service that runs as a process of its own, while a provider fails, a step
fails and the database goes away. Then everything that is left of it is searched: the database, what was written to the
log, metrics, refusals, exports and the record.
"""

from __future__ import annotations

import asyncio
import base64
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientSession, CookieJar

from bot import cli
from bot.exports.asked import ENDINGS, KINDS, Kind, Subject
from bot.simulators.faults import Fault
from bot.simulators.faults import Kind as Failing
from flows.redaction import Span
from storage.audit import Deed
from storage.database import Database
from tests.support import marks
from tests.support.marks import Mark, a_number
from tests.support.packs import SLUG, write_pack
from tests.support.postgres import PostgresServer, end_connections
from tests.support.processes import Neighbourhood, a_neighbourhood, free_port
from tests.support.town import KEY, NOON, until

NUMBER: Final = "+447911198765"
CHAT: Final = 7318293041
LEAST_BACKUP: Final = 10_000
"""Bytes: with less in it, nothing was backed up."""
NAME: Final = "Zwxolwenna"
SAID: Final = tuple(
    Mark(f"what was said {where}", f"zwx{word}quince")
    for where, word in (
        ("by text", "harbour"),
        ("on Telegram", "lantern"),
        ("in an edit", "mortar"),
        ("on the web", "pebble"),
        ("when somebody was not safe", "saddle"),
        ("when a step failed", "thicket"),
        ("while the database was away", "velvet"),
        ("with a false signature", "walnut"),
    )
)
TEXT, TELEGRAM, EDIT, WEB, UNSAFE, BROKEN, AWAY, FALSE = (mark.text for mark in SAID)
PEOPLE: Final = (*a_number("the number", NUMBER), Mark("the chat", str(CHAT)), Mark("the name", NAME))
REMOVED: Final = Mark("what was taken out", TEXT)

TALKATIVE: Final = """
import logging, runpy
import storage.sessions
storage.sessions.BUSY_SECONDS = 0.5
plain = logging.basicConfig
logging.basicConfig = lambda **more: plain(**{**more, "level": logging.DEBUG})
from flows import turn
take = turn.take
def failing(consultation, state, happened, *rest, **more):
    said = " ".join(str(getattr(event, "text", "")) for event in happened)
    if "breakstep" in said:
        raise ValueError(f"{said} was said in {state!r}")
    return take(consultation, state, happened, *rest, **more)
turn.take = failing
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""
"""A service whose libraries tell all they can, whose step fails at a word, and whose database has half a second."""


@dataclass(slots=True)
class Visitor:
    """Somebody with a browser without JavaScript."""

    page: str
    http: ClientSession
    html: str = field(default="", repr=False)

    async def open(self) -> None:
        async with self.http.get(self.page) as answer:
            self.html = await answer.text()

    async def send(self, **fields: str) -> int:
        hidden = {}
        for control in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", self.html):
            [name], [value] = re.findall(r'name="([^"]*)"', control), re.findall(r'value="([^"]*)"', control)
            hidden[name] = unescape(value)
        async with self.http.post(self.page, data={**hidden, **fields}) as answer:
            self.html = await answer.text()
            return answer.status

    @property
    def token(self) -> str:
        return next(cookie.value for cookie in self.http.cookie_jar)


@asynccontextmanager
async def a_visitor(there: Neighbourhood) -> AsyncIterator[Visitor]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Visitor(f"{there.serve.url}/chat/{SLUG}", http)


@asynccontextmanager
async def a_talkative_service(database_url: str, folder: Path) -> AsyncIterator[Neighbourhood]:
    for name in ("log", "temporary", "metrics"):
        (folder / name).mkdir()
    more = {
        "SAYSO_NOW": NOON.isoformat(),
        "SAYSO_CONSULTATIONS": str(write_pack(folder / "packs")),
        "TMPDIR": str(folder / "temporary"),
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
    }
    async with a_neighbourhood(database_url, free_port(), **more) as there:
        there.serve.log = folder / "log" / "lines"
        there.serve.launcher = ("-c", TALKATIVE)
        await there.serve.start()
        yield there


@asynccontextmanager
async def away(url: str, cluster: PostgresServer | None) -> AsyncIterator[None]:
    """The database takes nothing in meanwhile."""
    if cluster is None:
        with closing(sqlite3.connect(url.partition(":///")[2], isolation_level=None)) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
        return
    name = url.rpartition("/")[2]
    await asyncio.to_thread(cluster.execute, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await asyncio.to_thread(end_connections, cluster, url)
    try:
        yield
    finally:
        await asyncio.to_thread(cluster.execute, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


async def they_talk(there: Neighbourhood, url: str, cluster: PostgresServer | None) -> str:
    """Everything that happens; returns the token of the web's visitor."""
    failing = Fault(Failing.REFUSED, 500, {"message": f"{NUMBER} {TEXT}", "description": f"{CHAT} {TELEGRAM}"})
    there.twilio.faults.add(failing)
    phone = there.twilio.phone(NUMBER)
    for text in ("PLAY", "1", "1", f"The {TEXT} is rusty", "SHOW", f"I want to kill myself {UNSAFE}"):
        await phone.text(text)
    await phone.text(f"breakstep {BROKEN}")
    chat = there.telegram.chat(CHAT, first_name=NAME)
    there.telegram.faults.add(failing)
    await chat.start(SLUG)
    for text in ("3", "2"):
        await chat.say(text)
    said = await chat.say(f"A {TELEGRAM} by the pond")
    await chat.edit(said, f"A {EDIT} by the pond")
    async with a_visitor(there) as visitor:
        await visitor.open()
        for fields in ({"answer": "child-8-11"}, {"answer": "more"}, {"answer": f"A {WEB} <b>too</b>"}):
            await visitor.send(**fields)
        async with away(url, cluster):
            assert await visitor.send(command="change") == 503
            await phone.text(f"And a {AWAY}")
        assert 503 in there.twilio.refused
        return visitor.token


async def strangers_are_refused(there: Neighbourhood) -> dict[str, bytes]:
    """What is answered to requests that hold marks and are not taken."""
    marked = f"{FALSE} {NUMBER} {CHAT} {NAME}"
    refusals: dict[str, bytes] = {}
    async with ClientSession() as http:
        for method, path, form in (
            ("GET", f"/chat/{FALSE}", None),
            ("GET", f"/console/{FALSE}?next={FALSE}", None),
            ("GET", f"/static/{FALSE}", None),
            ("PUT", f"/chat/{SLUG}", {"answer": marked}),
            ("POST", "/hooks/twilio/sms", {"From": NUMBER, "Body": marked, "MessageSid": "SM1"}),
            ("POST", "/hooks/telegram", {"text": marked}),
            ("POST", "/console/sign-in", {"email": marked, "password": marked}),
        ):
            address = there.serve.url + path
            async with http.request(method, address, data=form, allow_redirects=False) as answer:
                refusals[f"the answer to {method} {path}"] = await answer.read()
                assert answer.status >= 300
        async with http.get(f"{there.serve.url}/metrics") as answer:
            refusals["/metrics"] = await answer.read()
    return refusals


async def one_answer_is_redacted(url: str) -> None:
    database = await Database.open(url, secret=KEY.encode())
    try:
        for reference in [row.reference async for row in database.answers(SLUG)]:
            answer = await database.redactions.find(SLUG, reference, "why", 1)
            if answer is not None and TEXT in answer.text:
                at = answer.text.index(TEXT)
                deed = Deed(NOON, "officer@council.example", "answer.redacted", why="names a thing")
                await database.redactions.remove(SLUG, answer, [Span(at, at + len(TEXT))], deed)
                return
        raise AssertionError("there was nothing to redact")
    finally:
        await database.close()


def everything_is_backed_up(folder: Path) -> None:
    folder.mkdir()
    assert cli.main(["backup", str(folder / "sayso.backup")]) == 0
    assert (folder / "sayso.backup").stat().st_size > LEAST_BACKUP


def everything_is_exported(folder: Path) -> None:
    """Each kind of file that there is."""
    for subject, kinds in KINDS.items():
        for kind in kinds:
            made = folder / f"{subject.value}-{kind.value}"
            made.mkdir(parents=True)
            output = made / "consult" if kind is Kind.FOLDER else made / f"it{ENDINGS[kind]}"
            named = [] if kind is Kind.FOLDER else ["--format", kind.value]
            assert cli.main(["export", SLUG, subject.value, *named, "--output", str(output)]) == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_what_people_say_and_are_known_by_is_nowhere_where_it_does_not_belong(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url: str = request.getfixturevalue(f"{kind}_url")
    cluster: PostgresServer | None = request.getfixturevalue("postgres_cluster") if kind == "postgres" else None
    folder = tmp_path / "service"
    folder.mkdir()
    async with a_talkative_service(url, folder) as there:
        token = await they_talk(there, url, cluster)
        await until(lambda: len(there.twilio.phone(NUMBER).heard) >= 6)
        told = await strangers_are_refused(there)
        everything = (*SAID, *PEOPLE, Mark("the token", token))
        running = marks.files(tmp_path) | await marks.tables(url)
        await there.serve.stop()
    await one_answer_is_redacted(url)
    held = await marks.tables(url)
    assert len(held["table deed"]) > 10, "there is no record"
    # The files of the database with what was written ahead, the log, temporary files and metrics, before and after.
    left = running | held | {f"{name}, stopped": file for name, file in marks.files(tmp_path).items()}
    assert any("lines" in name and b'"level": "debug"' in file for name, file in left.items()), "the log tells little"
    assert any(b"a message was kept but not handled" in file for file in left.values()), "no step has failed"
    assert not marks.found(everything, left | told)
    monkeypatch.setenv("SAYSO_DATABASE_URL", url)
    monkeypatch.setenv("SAYSO_SECRET_KEY", KEY)
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(folder / "packs"))
    monkeypatch.setenv("SAYSO_BACKUP_KEY", "another secret than the one of the service, for backups")
    # A backup is another file that holds everything, and nothing of it can be read.
    await asyncio.to_thread(everything_is_backed_up, tmp_path / "backups")
    assert not marks.found(everything, marks.files(tmp_path / "backups"))
    await asyncio.to_thread(everything_is_exported, tmp_path / "exports")
    exports = marks.files(tmp_path / "exports")
    assert not marks.found((*PEOPLE, REMOVED, Mark("the token", token)), exports)
    manifests = {name: file for name, file in exports.items() if name.endswith("manifest.json")}
    assert len(manifests) == sum(len(kinds) for kinds in KINDS.values())
    assert not marks.found(everything, manifests)
    # So that nothing is proved by looking in the wrong place: what was said is where it belongs.
    for name, words in (("answers-csv/it.csv", WEB), ("transcripts-docx/it.docx!word/document.xml", TELEGRAM)):
        assert Mark("", words).is_in(exports[name]), name
    assert Mark("", UNSAFE).is_in(exports["transcripts-jsonl/it.jsonl"])
    assert Subject.REPORT in KINDS


@pytest.mark.parametrize(
    "held",
    [
        b"so they said zwxHARBOURquince there",
        b"7a7778686172626f75727175696e6365",
        "zwxharbourquince".encode("utf-16-le"),
    ],
)
def test_a_mark_is_noticed_in_any_way_of_writing_it(held: bytes) -> None:
    assert SAID[0].is_in(held)


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_a_mark_is_noticed_in_base64_wherever_it_begins(before: str) -> None:
    held = base64.b64encode(f"{before}zwxharbourquince and more".encode())
    assert SAID[0].is_in(b'{"text": "' + held + b'"}')
