"""What was taken out of an answer is in no file of any kind, whatever it was made of; what was left is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest

from bot import cli
from bot.exports.asked import ENDINGS, Kind
from flows import redaction
from flows.messages import Button
from flows.redaction import Span
from flows.values import Text
from storage.audit import Deed
from storage.database import Database
from tests.support import storing
from tests.support.packs import SLUG, write_pack
from tests.support.storing import NOW, answered, load, met, phone, reply, said

SECRETS = {
    "a name": "Mrs Jones-Okafor",
    "a formula": "=HYPERLINK(1)",
    "signs of markup": '<b>&amp;"O\'Neill"]]>',
    "letters that join": "👩‍👩‍👧Zoë",
    "right to left": "\u202bمحمد\u202c",
    "half an emoji": "\ud83d-half",
    "over two lines": "Flat 9\nMill Lane",
}


async def _talk(url: str) -> None:
    """People who each said one of these, were told it, and wrote it in other letters; then it was taken out."""
    database = await Database.open(url, secret=storing.SECRET)
    for number, secret in enumerate(SECRETS.values()):
        text = f"please ask {secret} again {number}"
        await met(database, phone(number), slug=SLUG)
        async with database.unit_of_work() as work:
            [person] = await load(work, phone(number))
            await work.keep([said(person, text), said(person, f"really {secret.upper()}")])
            work.queue(replace(reply(person, f"You said: {text}"), buttons=(Button(text, "why", "x"),)))
            work.add_answer(answered(person, Text(text), "why"))
            await work.commit()
        answer = await database.redactions.find(SLUG, person.conversations[SLUG].reference, "why", 1)
        assert answer is not None
        deed = Deed(NOW, "officer@council.example", "answer.redacted", SLUG, why="could tell who it is")
        await database.redactions.remove(SLUG, answer, [Span(11, 11 + len(secret), redaction.Kind.NAME)], deed)
    await database.close()


def _held(path: Path) -> str:
    """Every word of an export, whatever kind of file it is; of several files, of all of them."""
    match path.suffix:
        case ".folder":
            return "\n".join(each.read_text("utf-8-sig") for each in sorted(path.rglob("*")) if each.is_file())
        case ".sps":
            return path.read_text("utf-8-sig") + path.with_suffix(".csv").read_text("utf-8-sig")
        case ".pdf":
            return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())
        case ".docx":
            return "\n".join(str(part.text) for part in docx.Document(str(path)).element.body.iter() if part.text)
        case ".xlsx":
            return _of_workbook(path)
        case _:
            return path.read_text("utf-8-sig")


def _of_workbook(path: Path) -> str:
    rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)  # type: ignore[union-attr] # it has a sheet
    return "\n".join(str(cell) for row in rows for cell in row)


@pytest.fixture
def export(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], str]:
    """Runs the command in this process; what is in its file."""
    names = request.fixturenames
    database_url = request.getfixturevalue("database_url" if "database_url" in names else "sqlite_url")
    monkeypatch.setenv("SAYSO_DATABASE_URL", database_url)
    monkeypatch.setenv("SAYSO_SECRET_KEY", storing.SECRET.decode())
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(write_pack(tmp_path / "consultations")))

    def run(what: str, kind: str) -> str:
        path = tmp_path / what / f"{what}{ENDINGS[Kind(kind)]}"
        path.parent.mkdir(exist_ok=True)
        # There is one kind of input pack, and so no name for it.
        wanted = [] if kind == "folder" else ["--format", kind]
        assert cli.main(["export", SLUG, what, *wanted, "--output", str(path)]) == 0
        return _held(path)

    return run


def _words() -> set[str]:
    """What was taken out, its letters alone: each kind of file writes the signs between them in its own way."""
    letters = "".join(letter if letter.isalnum() else " " for secret in SECRETS.values() for letter in f"{secret} ")
    return {word.casefold() for word in letters.split() if len(word) > 2}


@pytest.mark.parametrize("what", ["answers", "transcripts"])
def test_no_file_holds_what_was_taken_out(what: str, database_url: str, export: Callable[[str, str], str]) -> None:
    asyncio.run(_talk(database_url))
    for kind in ("csv", "xlsx", "jsonl"):
        held = export(what, kind)
        assert [n for n in range(len(SECRETS)) if f"please ask [removed: name] again {n}" not in held] == [], kind
        assert [word for word in _words() if word in held.casefold()] == [], kind


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("answers", "spss"),
        ("transcripts", "pdf"),
        ("transcripts", "docx"),
        ("report", "pdf"),
        ("report", "docx"),
        ("consult", "folder"),
    ],
)
def test_no_document_and_no_input_pack_holds_it_either(
    what: str, kind: str, sqlite_url: str, export: Callable[[str, str], str]
) -> None:
    asyncio.run(_talk(sqlite_url))
    held = export(what, kind)
    told = what == "report" or [n for n in range(len(SECRETS)) if f"please ask [removed: name] again {n}" in held]
    assert told, "nothing was said at all"
    assert [word for word in _words() if word in held.casefold()] == []
