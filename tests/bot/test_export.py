"""What officers take away: columns, labels, times, lateness, filters, and a manifest that balances."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
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
    Filters,
    Format,
    Labels,
    Manifest,
    Order,
    What,
    a_manifest,
    to_file,
    transcript_row,
)
from flows.definition import AgeBand, Kind, Question
from flows.messages import Channel, Status
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from storage.records import CountedAnswer, ParticipantAnswers, TranscriptEntry
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
    return [path.name for path in folder.iterdir()]


async def the_rows(*rows: Mapping[str, object]) -> AsyncIterator[Mapping[str, object]]:
    for row in rows:
        yield row


async def exported(path: Path, order: Order, *rows: Mapping[str, object]) -> Manifest:
    manifest = a_manifest(order, NOW)
    await to_file(path, order, ("reference", "role"), the_rows(*rows), manifest, progress=lambda _more: None)
    return manifest


async def test_the_manifest_balances_and_says_why_rows_were_left_out(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    order = Order(PARK, What.ANSWERS, Format.CSV, Filters(role=("child",)))
    people = [
        {"reference": "A", "role": "child"},
        {"reference": "B", "role": "other"},
        {"reference": "C", "role": "child"},
    ]
    await exported(path, order, *people)
    told = json.loads((tmp_path / "answers.csv.manifest.json").read_text())
    assert (told["received"], told["rows"], told["left_out"]) == (3, 2, {"filtered by role": 1})
    assert told["received"] == told["rows"] + sum(told["left_out"].values())
    assert told["filters"] == {"role": ["child"]}
    assert told["exported_at"] == "2018-07-01T13:00:00+01:00"
    assert len(told["sha256"]) == 64


@pytest.mark.parametrize("kind", list(Format))
async def test_an_export_that_breaks_off_leaves_no_file_under_its_name(tmp_path: Path, kind: Format) -> None:
    async def breaks_off() -> AsyncIterator[Mapping[str, object]]:
        yield {"reference": "A", "role": "child"}
        raise ExportError("the database went away")

    order = Order(PARK, What.ANSWERS, kind)
    path = tmp_path / f"answers.{kind.value}"
    with pytest.raises(ExportError):
        await to_file(path, order, ("reference",), breaks_off(), a_manifest(order, NOW), progress=lambda _more: None)
    assert left_in(tmp_path) == []
