"""What officers take away: columns, labels, times, lateness, filters, and a manifest that balances."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import ExportError
from bot.export import (
    ABOUT,
    SAID,
    AnswerSheet,
    Content,
    Filters,
    Format,
    Labels,
    Manifest,
    Order,
    Page,
    What,
    a_manifest,
    answers_page,
    to_file,
    transcript_row,
    transcripts_page,
)
from flows.definition import AgeBand, Kind, Question
from flows.messages import Channel, Status
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from storage.records import CountedAnswer, ParticipantAnswers, ParticipantTranscript, TranscriptEntry
from tests.support.talk import IDEAS, SWINGS, WHO, a_park

GAMES = Question("games", Kind.MANY, choices=("more", "same", "fewer"))
ORDER = Question("order", Kind.RANK, choices=("more", "same", "fewer"))
OFTEN = Question("often", Kind.NUMBER)
MAP = Question("map", Kind.NOTE)
HELPER = Question("helped-by", Kind.HELPED_BY, choices=("more", "same"))
PARK = a_park(questions=(WHO, HELPER, MAP, SWINGS, GAMES, ORDER, OFTEN, IDEAS))
NOW = datetime(2018, 7, 1, 12, tzinfo=UTC)


def a_participant(late: tuple[str, ...] = (), role: str = "child", **given: Value) -> ParticipantAnswers:
    return ParticipantAnswers(
        reference="PRK-7K2M-9Q",
        version="1",
        role=role,
        band=AgeBand.EIGHT_TO_ELEVEN,
        helped_by="family",
        channel=Channel.SMS,
        language="en",
        status="partial",
        started_at=datetime(2018, 3, 1, 12, tzinfo=UTC),
        completed_at=None,
        answers={
            code: CountedAnswer(value, code in late, role, AgeBand.EIGHT_TO_ELEVEN) for code, value in given.items()
        },
    )


def test_the_columns_are_those_of_the_contract_in_their_order() -> None:
    assert AnswerSheet(a_park(), Labels()).columns == (*ABOUT, "who", "swings", "why", "ideas", "work")
    assert ABOUT[:4] == ("reference", "consultation", "version", "role")
    assert SAID[-1] == "text"


def test_several_choices_have_a_column_of_their_own_each_and_statements_have_none() -> None:
    columns = AnswerSheet(PARK, Labels()).columns[len(ABOUT) :]
    assert columns == (
        *("who", "swings", "games", "games/more", "games/same", "games/fewer"),
        *("order", "order/more", "order/same", "order/fewer", "often", "ideas"),
    )


def test_a_row_says_who_answered_and_how_with_local_times() -> None:
    row = AnswerSheet(PARK, Labels()).row(
        replace(a_participant(ideas=Text("=a pond")), completed_at=datetime(2018, 7, 1, 12, tzinfo=UTC))
    )
    assert [row[name] for name in ABOUT] == [
        "PRK-7K2M-9Q",
        "park",
        "1",
        "child",
        "8-11",
        "family",
        "sms",
        "en",
        "partial",
        "2018-03-01T12:00:00+00:00",
        "2018-07-01T13:00:00+01:00",
        "",
    ]
    assert row["ideas"] == "=a pond"


@pytest.mark.parametrize(
    ("labels", "single", "several"),
    [(Labels(), "More swings", ["More swings", "Fewer swings"]), (Labels(codes=True), "more", ["more", "fewer"])],
    ids=["in words", "in codes"],
)
def test_choices_are_written_in_words_or_in_codes(labels: Labels, single: str, several: list[str]) -> None:
    row = AnswerSheet(PARK, labels).row(a_participant(swings=Choice("more"), games=Choices(("more", "fewer"))))
    assert row["swings"] == single
    assert row["games"] == several
    assert (row["games/more"], row["games/same"], row["games/fewer"]) == (1, 0, 1)


def test_a_ranking_is_written_in_order_with_each_options_place() -> None:
    row = AnswerSheet(PARK, Labels(codes=True)).row(a_participant(order=Ranking(("fewer", "more"))))
    assert row["order"] == ["fewer", "more"]
    assert (row["order/fewer"], row["order/more"], row.get("order/same")) == (1, 2, None)


@pytest.mark.parametrize(("number", "written"), [("7", 7), ("7.0", 7), ("7.5", 7.5)])
def test_a_number_is_written_as_a_number(number: str, written: float) -> None:
    assert AnswerSheet(PARK, Labels()).row(a_participant(often=Number(Decimal(number))))["often"] == written


def test_late_names_the_questions_whose_counted_answer_came_after_the_cutoff() -> None:
    row = AnswerSheet(PARK, Labels()).row(a_participant(("swings", "ideas"), swings=Choice("more"), ideas=Text("pond")))
    assert row["late"] == "swings ideas"


def test_questions_that_only_an_older_version_has_keep_their_column() -> None:
    older = replace(a_park(questions=(WHO, GAMES)), version="0")
    sheet = AnswerSheet(a_park(questions=(WHO, IDEAS)), Labels(), [older])
    assert sheet.columns[len(ABOUT) :] == ("who", "ideas", "games", "games/more", "games/same", "games/fewer")
    row = sheet.row(replace(a_participant(games=Choices(("same",))), version="0"))
    assert row["games"] == ["It is fine now"]


NEEDS = Question("needs", Kind.ONE, choices=("more", "same", "fewer"), optional=True, equality=True)


def test_an_equality_question_has_a_column_only_where_it_was_asked_for() -> None:
    park = a_park(questions=(WHO, NEEDS, IDEAS))
    assert AnswerSheet(park, Labels()).columns[len(ABOUT) :] == ("who", "ideas")
    assert AnswerSheet(park, Labels(), equality=True).columns[len(ABOUT) :] == ("who", "needs", "ideas")


@pytest.mark.parametrize("equality", [True, False])
def test_late_names_an_equality_question_only_where_it_was_asked_for(*, equality: bool) -> None:
    sheet = AnswerSheet(a_park(questions=(WHO, NEEDS, IDEAS)), Labels(), equality=equality)
    row = sheet.row(a_participant(("needs", "ideas"), needs=Choice("more"), ideas=Text("pond")))
    assert row["late"] == ("needs ideas" if equality else "ideas")
    assert row.get("needs") == ("More swings" if equality else None)


def test_what_is_an_equality_question_in_any_version_is_kept_apart_in_all() -> None:
    ordinary = replace(NEEDS, equality=False)
    now, then = a_park(questions=(WHO, NEEDS)), replace(a_park(questions=(WHO, ordinary)), version="0")
    assert AnswerSheet(now, Labels(), [then]).columns[len(ABOUT) :] == ("who",)
    assert AnswerSheet(then, Labels(), [now]).columns[len(ABOUT) :] == ("who",)


def test_a_transcript_row_holds_the_words_exactly_and_the_local_time() -> None:
    entry = TranscriptEntry(
        reference="PRK-7K2M-9Q",
        seq=1,
        at=NOW,
        direction="in",
        channel=Channel.SMS,
        question=None,
        language="en",
        status=Status.RECEIVED,
        text="  MORE\nswings ",
    )
    row = transcript_row(entry, PARK)
    assert tuple(row) == SAID
    assert row["text"] == "  MORE\nswings "
    assert row["at"] == "2018-07-01T13:00:00+01:00"
    assert row["question"] == ""


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def the_pages(*pages: Page) -> AsyncGenerator[Page]:
    for page in pages:
        yield page


async def exported(path: Path, order: Order, *people: ParticipantAnswers, received: int | None = None) -> Manifest:
    sheet = AnswerSheet(order.consultation, order.labels)
    pages = the_pages(*(answers_page(sheet, order.filters, [person]) for person in people))
    manifest = a_manifest(order, NOW)
    content = Content(sheet.columns, pages, len(people) if received is None else received)
    await to_file(path, order, content, manifest, progress=lambda _more: None)
    return manifest


async def test_the_manifest_balances_and_says_why_rows_were_left_out(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    order = Order(PARK, What.ANSWERS, Format.CSV, Filters(role=("child",)))
    await exported(path, order, *(a_participant(role=role) for role in ("child", "other", "child")))
    told = json.loads((tmp_path / "answers.csv.manifest.json").read_text())
    assert (told["received"], told["rows"], told["left_out"]) == (3, 2, {"filtered by role": 1})
    assert told["received"] == told["rows"] + sum(told["left_out"].values())
    assert told["filters"] == {"role": ["child"]}
    assert told["exported_at"] == "2018-07-01T13:00:00+01:00"
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


WORDS = "What would you build?"


def a_transcript(role: str = "child", status: str = "partial", *channels: Channel) -> ParticipantTranscript:
    said = [
        TranscriptEntry("PRK-7K2M-9Q", number, NOW, "out", channel, None, "en", Status.SENT, WORDS)
        for number, channel in enumerate(channels or (Channel.SMS,), start=1)
    ]
    return ParticipantTranscript("PRK-7K2M-9Q", role, AgeBand.EIGHT_TO_ELEVEN, status, said)


@pytest.mark.parametrize(
    ("filters", "rows", "left_out"),
    [
        (Filters(), 4, {}),
        (Filters(role=("child",)), 3, {"filtered by role": 1}),
        (Filters(band=("8-11",)), 4, {}),
        (Filters(band=("adult",)), 0, {"filtered by age_band": 4}),
        (Filters(status=("complete",)), 1, {"filtered by status": 3}),
        (Filters(channel=("web",)), 1, {"filtered by channel": 3}),
        (Filters(language=("cy",)), 0, {"filtered by language": 4}),
        (Filters(role=("child",), channel=("web",)), 1, {"filtered by role": 1, "filtered by channel": 2}),
    ],
)
def test_transcripts_are_filtered_by_who_speaks_and_by_how_each_message_went(
    filters: Filters, rows: int, left_out: dict[str, int]
) -> None:
    people = [
        a_transcript("child", "partial", Channel.SMS, Channel.WEB),
        a_transcript("child", "complete"),
        a_transcript("other", "stopped"),
    ]
    page = transcripts_page(PARK, filters, people)
    assert (len(page.rows), page.left_out, len(page)) == (rows, left_out, 4)


@pytest.mark.parametrize("kind", list(Format))
async def test_an_export_that_breaks_off_leaves_all_as_it_was(tmp_path: Path, kind: Format) -> None:
    async def breaks_off() -> AsyncGenerator[Page]:
        yield Page([{"reference": "A", "role": "child"}])
        raise ExportError("the database went away")

    order = Order(PARK, What.ANSWERS, kind)
    path = tmp_path / f"answers.{kind.value}"
    content = Content(("reference",), breaks_off(), 2)
    with pytest.raises(ExportError):
        await to_file(path, order, content, a_manifest(order, NOW), progress=lambda _more: None)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("kind", list(Format))
async def test_an_export_that_does_not_balance_is_not_there(tmp_path: Path, kind: Format) -> None:
    order = Order(PARK, What.ANSWERS, kind)
    path = tmp_path / f"answers.{kind.value}"
    await exported(path, order, a_participant())
    before = {name: (tmp_path / name).read_bytes() for name in left_in(tmp_path)}
    with pytest.raises(ExportError, match="does not balance"):
        await exported(path, order, a_participant(), received=2)
    assert {name: (tmp_path / name).read_bytes() for name in left_in(tmp_path)} == before
    assert len(before) == 2


async def test_the_manifest_of_an_older_export_never_stands_beside_a_newer_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "answers.csv"
    order = Order(PARK, What.ANSWERS, Format.CSV)
    await exported(path, order, a_participant())
    moved = Path.replace

    def killed_in_between(partial: Path, name: Path) -> Path:
        if name != path:
            raise OSError(5, "Input/output error")
        return moved(partial, name)

    monkeypatch.setattr(Path, "replace", killed_in_between)
    with pytest.raises(ExportError, match="Input/output error"):
        await exported(path, order, a_participant(), a_participant())
    assert left_in(tmp_path) == ["answers.csv"]


async def test_more_rows_than_a_workbook_holds_are_refused_before_any_is_read(tmp_path: Path) -> None:
    async def read() -> AsyncGenerator[Page]:
        pytest.fail("it began to read")
        yield Page()

    order = Order(PARK, What.ANSWERS, Format.XLSX)
    content = Content(("reference",), read(), 1_048_576)
    with pytest.raises(ExportError, match=r"at most 1,048,576 rows.*--format csv or jsonl"):
        await to_file(tmp_path / "a.xlsx", order, content, a_manifest(order, NOW), progress=lambda _more: None)
    assert left_in(tmp_path) == []


async def test_a_place_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    order = Order(PARK, What.ANSWERS, Format.CSV)
    with pytest.raises(ExportError, match=r"missing/answers.csv cannot be written \(No such file.*--output"):
        await exported(tmp_path / "missing" / "answers.csv", order, a_participant())
