"""`sayso export` for what is no plain table: SPSS, documents, the report and Consult; and the record of all of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import cli
from flows.values import Choice, Text
from storage.audit import Deed, Filters
from storage.database import Database
from tests.support import storing
from tests.support.exporting import left_in
from tests.support.packs import SLUG, write_pack
from tests.support.storing import answered, load, met, phone, said

Export = Callable[..., int]


async def talk(url: str) -> None:
    database = await Database.open(url, secret=storing.SECRET)
    await met(database, phone(), slug=SLUG)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.keep([said(person, "more swings")])
        work.add_answer(answered(person, Choice("more")))
        work.add_answer(answered(person, Text("more swings"), "why"))
        await work.commit()
    await database.close()


async def record(url: str) -> list[Deed]:
    database = await Database.open(url, secret=storing.SECRET)
    try:
        return [line.deed for line in await database.officers.deeds(Filters())]
    finally:
        await database.close()


@pytest.fixture
def export(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Export:
    monkeypatch.setenv("SAYSO_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SAYSO_SECRET_KEY", storing.SECRET.decode())
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(write_pack(tmp_path / "consultations")))
    asyncio.run(talk(sqlite_url))
    return lambda *arguments: cli.main(["export", SLUG, *arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files go."""
    made = tmp_path / "files"
    made.mkdir()
    return made


@pytest.mark.parametrize(
    ("arguments", "name", "expected"),
    [
        (["answers", "--format", "spss"], "a.sps", ["a.csv", "a.sps", "a.sps.manifest.json"]),
        (["transcripts", "--format", "pdf"], "t.pdf", ["t.pdf", "t.pdf.manifest.json"]),
        (["transcripts", "--format", "docx"], "t.docx", ["t.docx", "t.docx.manifest.json"]),
        (["report"], "r.docx", ["r.docx", "r.docx.manifest.json"]),
        (["report", "--format", "pdf"], "r.pdf", ["r.pdf", "r.pdf.manifest.json"]),
    ],
    ids=["spss", "pdf", "docx", "report", "report as pdf"],
)
def test_every_kind_is_written_with_its_manifest(
    export: Export, folder: Path, arguments: list[str], name: str, expected: list[str]
) -> None:
    assert export(*arguments, "--output", str(folder / name)) == 0
    assert left_in(folder) == expected
    manifest = json.loads((folder / f"{name}.manifest.json").read_text())
    assert sorted(manifest["files"]) == expected[:-1]
    assert manifest["received"] == manifest["rows"] == 1


def test_a_pack_for_consult_is_a_folder(export: Export, folder: Path) -> None:
    assert export("consult", "--output", str(folder / "pack")) == 0
    assert left_in(folder) == [
        *("pack", "pack.references.csv", "pack/manifest.json"),
        *("pack/question_part_1", "pack/question_part_1/multi_choice.jsonl", "pack/question_part_1/question.json"),
        *("pack/question_part_2", "pack/question_part_2/question.json", "pack/question_part_2/responses.jsonl"),
        "pack/respondents.jsonl",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["answers", "--format", "spss"], "add --output answers.sps"),
        (["report"], "add --output file.docx"),
        (["consult"], "add --output FOLDER"),
        (["report", "--role", "child", "--output", "r.docx"], "Leave the filters out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_says_what_can(
    export: Export, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert export(*arguments) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["answers", "--format", "pdf"], "use --format csv or xlsx or jsonl or spss"),
        (["report", "--format", "csv"], "use --format docx or pdf"),
        (["consult", "--format", "csv"], "leave --format out"),
    ],
    ids=["answers", "report", "consult"],
)
def test_a_kind_of_file_that_there_is_not_is_wrong_usage(
    export: Export, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    with pytest.raises(SystemExit) as done:
        export(*arguments)
    assert done.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("output", [True, False], ids=["into a file", "to standard output"])
def test_an_export_is_on_record_with_what_it_is_for(
    export: Export, folder: Path, sqlite_url: str, *, output: bool
) -> None:
    where = ["--output", str(folder / "a.csv")] if output else []
    assert export("answers", *where, "--why", "for the cabinet") == 0
    [deed] = asyncio.run(record(sqlite_url))
    assert (deed.officer, deed.act, deed.slug) == ("command", "export.made", SLUG)
    assert (deed.subject, deed.why) == ("answers/csv", "for the cabinet")


def test_what_cannot_be_written_down_is_not_exported(
    export: Export, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.officers.Officers.record", refuses)
    assert export("answers", "--format", "spss", "--output", str(folder / "a.sps")) == 1
    assert left_in(folder) == []


def test_the_help_shows_an_example_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["export", "--help"])
    told = capsys.readouterr().out
    for what in ("answers --format spss", "transcripts --format pdf", "report --format docx", "consult --output"):
        assert f"sayso export herefordshire-2018 {what}" in told
