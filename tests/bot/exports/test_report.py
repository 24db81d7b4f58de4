"""The report: figures that hide the few, quotations that say nothing of who it was, in Word and in PDF."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from xml.etree import ElementTree as ET

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ExportError
from bot.export import Filters, Manifest
from bot.exports import charts, figures, report
from bot.exports.asked import Kind, Subject, check
from bot.exports.figures import Coding, Tally
from bot.exports.named import CHANNELS
from bot.exports.quotable import quotable
from bot.exports.report import Part
from bot.exports.source import Source
from flows.definition import Kind as Asked
from flows.definition import Question
from flows.messages import Channel
from flows.state import Phase
from flows.values import Choice, Choices, Text
from storage.records import ParticipantAnswers
from storage.transcripts import Reader
from tests.support.exporting import NOW, PARK, InMemory, a_wish, made, somebody

REPORT = a_wish(Subject.REPORT, Kind.DOCX)
WISH = "more swings and a slide please"


def children(count: int, text: str = WISH) -> list[ParticipantAnswers]:
    return [
        somebody(number, swings=Choice("more"), games=Choices(("more", "fewer")), ideas=Text(text))
        for number in range(count)
    ]


async def told(*people: ParticipantAnswers, coding: Coding | None = None) -> dict[str, Part]:
    """The parts of the report, by the beginning of their headings."""
    source = Source(REPORT, cast("Reader", InMemory(people)), (PARK,))
    tally = await report.counted(source, _nothing(), lambda _more: None, coding)
    return {part.title.partition(":")[0]: part for part in report.parts(source, tally)}


def _nothing() -> Manifest:
    return Manifest("park", "report", "docx", "", {}, "en")


async def test_figures_are_rounded_and_the_few_are_hidden() -> None:
    parts = await told(*children(13), *(somebody(100 + number, role="professional") for number in range(3)))
    assert [line.text for line in parts["Who took part"].paragraphs] == ["At least 15 people took part."]
    rows = {label: (people, share) for label, people, share in parts["Who took part"].rows}
    assert rows["8 to 11"] == ("10", "100 %")
    assert rows["I work with children"] == (charts.TOO_FEW, "")
    assert {label: people for label, people, _ in parts["games"].rows} == {
        "More swings": "10",
        "It is fine now": charts.TOO_FEW,
        "Fewer swings": "10",
    }


async def test_equality_questions_are_not_in_a_report() -> None:
    assert "needs" not in await told(*(somebody(number, needs=Choice("more")) for number in range(20)))


async def test_quotations_name_the_kind_of_person_and_no_reference() -> None:
    parts = await told(*children(8))
    assert [(said.text, by) for said, by in parts["ideas"].quotations] == [(WISH, "8 to 11")]
    assert "PRK-" not in str(parts)


async def test_nobody_of_a_group_that_is_hidden_is_quoted() -> None:
    few = [somebody(100 + number, role="professional", ideas=Text("less homework please")) for number in range(3)]
    parts = await told(*children(9), *few)
    assert {said.text for said, _ in parts["ideas"].quotations} == {WISH}


async def test_what_only_some_are_asked_is_not_quoted() -> None:
    work = Question("work", Asked.TEXT, optional=True, roles=frozenset(("child",)))
    tally = Tally((PARK,), [work], {"work": {}})
    tally.add(somebody(number, work=Text(WISH)) for number in range(9))
    assert tally.shown().within[figures.SPOKE]["work"] == 5
    assert tally.quoted("work", tally.shown()) == []


async def test_the_same_answers_give_the_same_quotations_in_any_order() -> None:
    people = [somebody(number, ideas=Text(f"more swings please{'!' * number}")) for number in range(30)]
    once, again = await told(*people), await told(*reversed(people))
    assert len(once["ideas"].quotations) == 4
    assert once["ideas"].quotations == again["ideas"].quotations


async def test_what_is_rich_in_evidence_is_quoted_first_and_themes_have_their_figures() -> None:
    people = [*children(60), somebody(99, ideas=Text("because we could all meet there"))]
    themes = {(one.reference, "ideas"): frozenset({"play"} if number < 23 else ()) for number, one in enumerate(people)}
    themes[people[0].reference, "ideas"] = frozenset({"play", "water"})
    names = {"ideas": {"water": "Ponds", "play": "Play"}}
    coding = Coding(themes, names, frozenset({("PRK-0099-9Q", "ideas")}))
    ideas = (await told(*people, coding=coding))["ideas"]
    assert ideas.quotations[0][0].text == "because we could all meet there"
    assert [(label, people) for label, people, _ in ideas.rows] == [("Play", "20"), ("Ponds", charts.TOO_FEW)]
    assert "Officers have put the answers of at least 60 people under themes." in [one.text for one in ideas.paragraphs]


async def test_themes_of_which_nobody_has_put_enough_answers_under_are_not_told() -> None:
    people = children(60)
    themes = {(one.reference, "ideas"): frozenset({"play"}) for one in people[:4]}
    ideas = (await told(*people, coding=Coding(themes, {"ideas": {"play": "Play"}})))["ideas"]
    assert (ideas.rows, [one.text for one in ideas.paragraphs]) == (
        [],
        ["At least 60 people answered in their own words."],
    )


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (WISH, True),
        ("More swings please. The slide is too fast!", True),
        ("I think we’re too old for swings", True),
        ("Potrzebujemy więcej miejsca do zabawy", True),
        ("too short", False),
        ("my friend Oliver wants a slide there", False),
        ("Oliver wants a slide there", False),
        ("my teacher mrs smith wants a slide", False),
        ("call me on 07700 900123 about it", False),
        ("write to me at a@b.example please", False),
        ("we live near the big park there", False),
        ("the swings at our school are old", False),
        ("the swings were █████ by somebody", False),
        ("أريد المزيد من الأراجيح", False),
        ("MORE SWINGS FOR EVERYBODY", False),
        ("tab\tand more swings please", False),
        ("a" * 500, False),
    ],
)
def test_an_answer_is_quoted_only_where_nothing_in_it_could_say_who_it_was(text: str, *, may: bool) -> None:
    assert quotable(text) is may


@given(st.text(max_size=80), st.sampled_from(["Zofia", "Mrs", "07700", "@", "school"]), st.text(max_size=80))
def test_nothing_around_a_name_a_number_or_a_place_makes_it_quotable(before: str, telling: str, after: str) -> None:
    assert not quotable(f"{before} {telling} {after}")


def test_a_report_about_a_part_of_people_is_refused() -> None:
    with pytest.raises(ExportError, match="Leave the filters out"):
        check(a_wish(Subject.REPORT, Kind.PDF, filters=Filters(role=("child",))))


async def test_who_came_when_it_was_not_open_is_left_out_and_counted(tmp_path: Path) -> None:
    manifest = await made(tmp_path / "report.docx", REPORT, *children(5), replace(somebody(9), phase=Phase.REFUSED))
    assert (manifest.received, manifest.rows) == (6, 5)
    assert manifest.left_out == {"came when it was not open": 1}


def words_of_pictures(element: Any) -> list[str]:  # noqa: ANN401 - pypdf has no types for what a file may hold
    held = element.get_object()
    if isinstance(held, list):
        return [words for part in held for words in words_of_pictures(part)]
    if not isinstance(held, dict):
        return []
    below = words_of_pictures(held["/K"]) if "/K" in held else []
    return [str(held["/Alt"]), *below] if "/Alt" in held else below


@pytest.mark.parametrize("kind", [Kind.DOCX, Kind.PDF])
async def test_both_documents_have_the_figures_the_quotations_and_charts_with_words(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / f"report.{kind.value}"
    await made(path, a_wish(Subject.REPORT, kind), *children(12))
    if kind is Kind.DOCX:
        document = docx.Document(str(path))
        text = "\n".join(one.text for one in document.paragraphs)
        held = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        words = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]  # noqa: SLF001 - as written
        assert {"At least 10 people took part."} <= {one.text for one in document.paragraphs}
        assert {"More swings", "10"} <= set(held)
        assert all(one.startswith("Bar chart. ") for one in words)
        assert len(words) >= 5
    else:
        reader = pypdf.PdfReader(path)
        text = "\n".join(page.extract_text() for page in reader.pages)
        assert "More swings" in text
        assert words_of_pictures(cast("Any", reader.trailer["/Root"])["/StructTreeRoot"])[0].startswith("Bar chart. ")
    assert WISH in " ".join(text.split())
    assert "PRK-" not in text


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=50), st.integers(0, 10**6)), max_size=5))
def test_a_chart_of_any_labels_is_well_formed(bars: list[tuple[str, int]]) -> None:
    drawn = ET.fromstring(charts.chart(bars))  # noqa: S314 - we wrote it just now
    assert drawn.tag.endswith("svg")
    assert charts.in_words(bars).startswith("Bar chart. ")


@settings(max_examples=8, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_makes_a_whole_report(text: str) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(made(Path(folder) / "report.pdf", a_wish(Subject.REPORT, Kind.PDF), *children(6, text)))
        assert len(pypdf.PdfReader(Path(folder) / "report.pdf").pages) > 0


@pytest.mark.parametrize(("at", "told"), [(PARK.timetable.opens_at, True), (NOW, False)], ids=["open", "closed"])
def test_while_people_can_still_answer_the_report_warns_of_a_second_one(at: datetime, *, told: bool) -> None:
    source = Source(REPORT, cast("Reader", InMemory()), (PARK,))
    assert ("People can still answer" in " ".join(report.about(source, at))) is told


def test_every_channel_has_a_name_for_officers() -> None:
    assert set(CHANNELS) == {channel.value for channel in Channel}


def test_a_tally_counts_each_person_once_in_every_table() -> None:
    tally = Tally((PARK,), PARK.questions[1:2], {"swings": {"more": "More"}})
    tally.add(children(9))
    assert {sum(cells.values()) for cells in tally.tables.values()} == {9}
