"""Coding: themes with a history, codes that are each coder's own, and a machine's suggestions apart from both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.values import Text
from storage.audit import Deed, Filters
from storage.codebook import Added, Book, Edit, Merged, Restored, Retired, Rewritten, Theme
from storage.coding import MACHINE, PERSON, Choice, Code
from storage.coding_filters import not_coded_by, suggested_for, under
from storage.database import Database
from storage.errors import ConflictError
from storage.reading import Also, ReadAnswer, Wanted
from tests.support.storing import NOW, SLUG, answered, everything, load, met, phone, rows

ANA = "ana@council.example"
BEN = "ben@council.example"
BOOK = Book(SLUG, "why", (Theme("queue", "Queues", aim="play"), Theme("pond", "Ponds")))


def a_deed(officer: str = ANA, *, act: str = "answer.coded", minutes: int = 0) -> Deed:
    return Deed(NOW + timedelta(minutes=minutes), officer, act, SLUG, "queue")


async def says(database: Database, number: int = 1, words: str = "allways a queue") -> ReadAnswer:
    """Somebody answers `why`."""
    await met(database, phone(number))
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        work.add_answer(answered(person, Text(words), "why"))
        await work.commit()
    return next(one for one in await listed(database) if one.participant_id == person.participant_id)


async def listed(database: Database, *also: Also) -> list[ReadAnswer]:
    return list((await database.reading.page(SLUG, Wanted("why", also=also))).answers)


async def edited(database: Database, *edits: Edit) -> None:
    for each in edits:
        await database.coding.edit(BOOK, each, a_deed(act="theme.changed"))


async def codes(database: Database, *themes: str, answer: ReadAnswer, who: str = ANA, minutes: int = 0) -> None:
    before = (await database.coding.sheet(answer, who)).saved_at
    choice = Choice(frozenset(themes), instead_of=before)
    await database.coding.save(SLUG, answer, choice, a_deed(who, minutes=minutes))


async def given_out(database: Database) -> set[tuple[str, str, str]]:
    return {(code.theme, code.coder, code.origin) async for code in database.coding.codes(SLUG)}


# --- the codebook ---


async def test_it_starts_with_the_themes_of_the_pack_and_looking_writes_nothing(database: Database) -> None:
    assert await database.coding.codebook(BOOK) == list(BOOK.starts)
    assert await database.coding.history(BOOK) == []


async def test_every_change_is_kept_with_who_made_it_and_stands_in_the_record(database: Database) -> None:
    new = Theme("swing", "Swings", origin="officer")
    await edited(database, Added(new), Rewritten("queue", "Waiting", "Any queue", None), Retired("pond"))
    await edited(database, Restored("pond"), Retired("pond"))
    assert await database.coding.codebook(BOOK) == [
        Theme("queue", "Waiting", "Any queue"),
        Theme("pond", "Ponds", state="retired"),
        new,
    ]
    found = await database.coding.history(BOOK)
    assert [(one.number, one.act, one.code, one.officer) for one in found] == [
        (1, "added", "swing", ANA),
        (2, "rewritten", "queue", ANA),
        (3, "retired", "pond", ANA),
        (4, "restored", "pond", ANA),
        (5, "retired", "pond", ANA),
    ]
    assert found[1].facts["from"] == "Queues"
    assert len(await database.officers.deeds(Filters(thing="theme"), limit=10)) == len(found)


@pytest.mark.parametrize(
    "wrong",
    [
        Added(Theme("queue", "Again")),
        Rewritten("nobody", "x", "", None),
        Merged("queue", "queue"),
        Merged("queue", "nobody"),
        Merged("nobody", "queue"),
        Retired("nobody"),
        Restored("queue"),
    ],
    ids=str,
)
async def test_what_does_not_fit_the_codebook_changes_nothing(database: Database, wrong: Edit) -> None:
    with pytest.raises(ConflictError):
        await edited(database, wrong)
    assert await database.coding.history(BOOK) == []
    assert await database.officers.deeds(Filters(thing="theme"), limit=10) == []


async def test_a_theme_that_was_merged_leads_straight_to_the_last_one(database: Database) -> None:
    await edited(database, Added(Theme("swing", "Swings")), Merged("queue", "pond"), Merged("pond", "swing"))
    found = {theme.code: theme.merged_into for theme in await database.coding.codebook(BOOK)}
    assert found == {"queue": "swing", "pond": "swing", "swing": None}


# --- codes ---


async def test_an_answer_may_have_several_themes_a_note_and_be_rich_in_evidence(database: Database) -> None:
    answer = await says(database)
    choice = Choice(frozenset({"queue", "pond"}), evidence_rich=True, note="half an emoji \ud83d")
    await database.coding.save(SLUG, answer, choice, a_deed())
    sheet = await database.coding.sheet(answer, ANA)
    assert (sheet.coded, sheet.themes, sheet.evidence_rich) == (True, frozenset({"queue", "pond"}), True)
    assert sheet.note == choice.note
    assert [code async for code in database.coding.codes(SLUG)] == [
        Code(answer.reference, "why", theme, evidence_rich=True, coder=ANA, origin=PERSON)
        for theme in sorted(choice.themes)
    ]


async def test_notes_are_sealed_and_in_no_representation(database: Database, database_url: str) -> None:
    answer = await says(database)
    choice = Choice(frozenset(), note="Jayden's own words")
    await database.coding.save(SLUG, answer, choice, a_deed())
    assert "Jayden" not in str(await everything(database_url, ["coded"])) + repr(choice)
    assert "Jayden" not in repr(await database.coding.sheet(answer, ANA))


async def test_coders_do_not_see_or_change_each_others_codes(database: Database) -> None:
    answer = await says(database)
    await codes(database, "queue", answer=answer)
    assert not (await database.coding.sheet(answer, BEN)).coded
    await codes(database, "pond", answer=answer, who=BEN)
    assert (await database.coding.sheet(answer, ANA)).themes == {"queue"}
    assert await given_out(database) == {("queue", ANA, PERSON), ("pond", BEN, PERSON)}


async def test_a_code_that_is_taken_back_stays_on_record_and_counts_no_more(
    database: Database, database_url: str
) -> None:
    answer = await says(database)
    for minutes, theme in enumerate(("queue", "pond", "queue", "queue")):
        await codes(database, theme, answer=answer, minutes=minutes)
    assert await given_out(database) == {("queue", ANA, PERSON)}
    assert (await database.coding.progress(SLUG, "why")).themes == {"queue": 1}
    held = await rows(database_url, "SELECT theme, withdrawn_at IS NULL FROM coding ORDER BY at")
    assert [(theme, bool(stands)) for theme, stands in held] == [("queue", False), ("pond", False), ("queue", True)]


async def test_an_answer_that_no_theme_fits_is_coded_too(database: Database) -> None:
    answer = await says(database)
    await codes(database, answer=answer)
    progress = await database.coding.progress(SLUG, "why")
    assert (progress.answers, progress.coded, progress.coders, progress.themes) == (1, 1, {ANA: 1}, {})
    assert await given_out(database) == {("", ANA, PERSON)}
    assert await listed(database, not_coded_by(ANA)) == []
    assert len(await listed(database, not_coded_by(BEN))) == 1


async def test_somebody_who_changes_their_answer_is_coded_anew(database: Database) -> None:
    old = await says(database)
    await codes(database, "queue", answer=old)
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        work.add_answer(answered(person, Text("ponds, rather"), "why", revision=2))
        await work.commit()
    assert (await database.coding.progress(SLUG, "why")).coded == 0
    assert await given_out(database) == set()
    with pytest.raises(ConflictError):
        await codes(database, "queue", answer=old)
    [new] = await listed(database, not_coded_by(ANA))
    assert new.revision == 2


async def test_an_answer_that_is_erased_cannot_be_coded(database: Database) -> None:
    answer = await says(database)
    async with database.unit_of_work() as work:
        await work.erase(answer.participant_id, now=NOW)
        await work.commit()
    with pytest.raises(ConflictError):
        await codes(database, "queue", answer=answer)
    with pytest.raises(ConflictError):
        await database.coding.suggest(BOOK, [(answer.reference, "queue", None)], a_deed())


async def test_what_was_under_a_merged_theme_counts_once_under_the_one_that_stands_for_it(database: Database) -> None:
    first, second = await says(database, 1), await says(database, 2)
    await codes(database, "queue", "pond", answer=first)
    await codes(database, "queue", answer=second)
    await edited(database, Merged("queue", "pond"))
    assert (await database.coding.progress(SLUG, "why")).themes == {"pond": 2}
    assert len([code async for code in database.coding.codes(SLUG)]) == 2
    assert (await database.coding.sheet(second, ANA)).themes == {"pond"}
    assert len(await listed(database, under(["pond"]))) == 2
    assert await listed(database, under(["queue"])) == []
    # Saved again as it is shown, it stays as it is.
    await codes(database, "pond", answer=second, minutes=5)
    assert (await database.coding.progress(SLUG, "why")).themes == {"pond": 2}


async def test_two_coders_are_compared_on_what_both_have_been_through(database: Database) -> None:
    first, second, third = [await says(database, number) for number in (1, 2, 3)]
    await codes(database, "queue", answer=first)
    await codes(database, "queue", "pond", answer=first, who=BEN)
    await codes(database, answer=second, who=BEN)
    await codes(database, answer=second)
    await codes(database, "pond", answer=third)
    assert sorted(await database.coding.pairs(SLUG, "why", (ANA, BEN)), key=str) == sorted(
        [(frozenset({"queue"}), frozenset({"queue", "pond"})), (frozenset(), frozenset())], key=str
    )


# --- what a machine suggested ---


async def test_a_suggestion_counts_for_nothing_until_somebody_agrees(database: Database) -> None:
    answer = await says(database)
    await database.coding.suggest(BOOK, [(answer.reference, "queue", 0.75), (answer.reference, "pond", None)], a_deed())
    progress = await database.coding.progress(SLUG, "why")
    assert (progress.coded, progress.themes, progress.unreviewed) == (0, {}, 2)
    assert await given_out(database) == set()
    assert len(await listed(database, suggested_for())) == 1
    sheet = await database.coding.sheet(answer, ANA)
    assert [(one.theme, one.score, one.state) for one in sheet.suggestions] == [
        ("queue", 0.75, "unreviewed"),
        ("pond", None, "unreviewed"),
    ]
    choice = Choice(frozenset(), accepted=frozenset({"queue"}), rejected=frozenset({"pond"}))
    await database.coding.save(SLUG, answer, choice, a_deed())
    assert await given_out(database) == {("queue", ANA, MACHINE)}
    assert await listed(database, suggested_for()) == []


async def test_a_theme_that_somebody_chose_as_well_is_their_own(database: Database) -> None:
    answer = await says(database)
    await database.coding.suggest(BOOK, [(answer.reference, "queue", 1.0)], a_deed())
    choice = Choice(frozenset({"queue"}), accepted=frozenset({"queue"}))
    await database.coding.save(SLUG, answer, choice, a_deed())
    assert await given_out(database) == {("queue", ANA, PERSON)}


async def test_answers_where_a_coder_agreed_to_a_machine_say_nothing_of_how_far_people_agree(
    database: Database,
) -> None:
    answer = await says(database)
    await database.coding.suggest(BOOK, [(answer.reference, "queue", 1.0)], a_deed())
    await database.coding.save(SLUG, answer, Choice(frozenset(), accepted=frozenset({"queue"})), a_deed())
    await codes(database, "queue", answer=answer, who=BEN)
    assert await database.coding.pairs(SLUG, "why", (ANA, BEN)) == []


async def test_of_two_coders_who_decide_on_one_suggestion_the_first_decides(database: Database) -> None:
    answer = await says(database)
    await database.coding.suggest(BOOK, [(answer.reference, "queue", 1.0)], a_deed())
    await database.coding.save(SLUG, answer, Choice(frozenset(), rejected=frozenset({"queue"})), a_deed())
    with pytest.raises(ConflictError, match="Somebody else has decided"):
        await database.coding.save(SLUG, answer, Choice(frozenset(), accepted=frozenset({"queue"})), a_deed(BEN))
    assert await given_out(database) == {("", ANA, PERSON)}


async def test_suggested_again_it_stays_as_it_was_decided(database: Database) -> None:
    answer = await says(database)
    given = [(answer.reference, "queue", 0.5)]
    await database.coding.suggest(BOOK, given, a_deed())
    await database.coding.save(SLUG, answer, Choice(frozenset(), rejected=frozenset({"queue"})), a_deed())
    await database.coding.suggest(BOOK, [replace_score(given[0])], a_deed())
    [found] = (await database.coding.sheet(answer, ANA)).suggestions
    assert (found.score, found.state) == (0.5, "rejected")


def replace_score(given: tuple[str, str, float | None]) -> tuple[str, str, float | None]:
    return (given[0], given[1], 0.9)


async def test_suggestions_are_all_kept_or_none(database: Database) -> None:
    answer = await says(database)
    with pytest.raises(ConflictError):
        await database.coding.suggest(BOOK, [(answer.reference, "queue", None), ("HPL-0", "queue", None)], a_deed())
    assert (await database.coding.progress(SLUG, "why")).unreviewed == 0
    assert await database.coding.answered(BOOK, {answer.reference, "HPL-0"}) == {answer.reference}


async def test_only_answers_of_the_right_question_are_found(database: Database) -> None:
    answer = await says(database)
    assert await database.coding.answered(replace(BOOK, question="swings"), {answer.reference}) == set()
    assert (await database.coding.progress("another", "why")).answers == 0
