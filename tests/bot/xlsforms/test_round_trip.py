"""A form that became a pack comes out as it was, and so does a pack that became one, as far as a form can say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.packs import examine
from bot.xlsforms import exporting, writing
from bot.xlsforms.importing import Imported, imported
from flows.definition import AgeBand, Consultation, Kind, Question, QuestionWords
from tests.support.builders import a_consultation, a_question, a_role
from tests.support.forms import Forms, Rows
from tests.support.processes import ROOT

SURVEY: Rows = (
    ("type", "name", "label::English (en)", "label::Welsh (cy)", "hint::English (en)", "relevant", "required",
     "constraint", "constraint_message::English (en)", "parameters", "hint::Welsh (cy)"),
    # Where a form gives no reason for this question, Sayso gives its own.
    ("select_one who", "who", "Who are you?", "Pwy ydych chi?", "To ask what fits.", None, "yes", None, None, None,
     "I ofyn yr hyn sy'n addas."),
    ("note", "hello", "Good day.", "Dydd da."),
    ("select_one colours", "colour", "Which colour?", "Pa liw?", "We paint soon.", None, "yes"),
    ("select_multiple colours", "more_of", "Which others?", "Pa rai eraill?", None, None, None,
     "count-selected(.) <= 2 and not(selected(., 'not_sure') and count-selected(.) > 1)"),
    ("rank colours", "order", "Put them in order.", "Rhowch nhw mewn trefn.", None,
     "${colour} = 'red' or ${colour} = 'blue'"),
    ("integer", "age", "How old is it?", "Beth yw ei oed?", None,
     "(${colour} = 'red' or ${colour} = 'blue') and selected(${more_of}, 'green')", "yes",
     ". >= 1 and . <= 100", "A number from 1 to 100."),
    ("range", "stars", "How good?", "Pa mor dda?", None, None, None, None, None, "start=1 end=5 step=1"),
    ("text", "why", "Why so few?", "Pam cyn lleied?", None, "${stars} = 1 or ${stars} = 2"),
    ("select_one yes_no", "again", "Once more?", "Eto?", None, "${who} = 'staff'", "yes"),
)  # fmt: skip
CHOICES: Rows = (
    ("list_name", "name", "label::English (en)", "label::Welsh (cy)"),
    ("who", "parent_carer", "A parent or carer", "Rhiant neu ofalwr"),
    ("who", "staff", "I work here", "Rwy'n gweithio yma"),
    ("colours", "red", "Red ones", "Rhai coch"),
    ("colours", "blue", "Blue ones", "Rhai glas"),
    ("colours", "green", "Green ones", "Rhai gwyrdd"),
    ("colours", "not_sure", "I am not sure", "Dw i ddim yn siŵr"),
    ("yes_no", "yes", "Yes", "Ie"),
    ("yes_no", "no", "No", "Na"),
)
SETTINGS: Rows = (
    ("form_title", "form_id", "sms_keyword", "default_language"),
    ("Play in the harbour", "play", "SWING", "English (en)"),
)
BANDS = [(slug, band) for slug in ("durham-2019", "herefordshire-2018") for band in AgeBand]


def exported(forms: Forms, pack: Consultation, band: AgeBand = AgeBand.ADULT) -> Path:
    path = forms.folder / "exported.xlsx"
    writing.write(path, exporting.sheets(pack, band))
    return path


def again(forms: Forms, pack: Consultation, band: AgeBand = AgeBand.ADULT) -> Imported:
    return imported(exported(forms, pack, band), forms.wishes(output=pack.slug, band=band), forms.folder)


def rows_of(path: Path, sheet: str, *, without: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The rows of a sheet by heading, without empty cells."""
    headings, *rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [
        {
            str(heading): str(cell)
            for heading, cell in zip(headings, row, strict=True)
            if cell and heading not in without
        }
        for row in rows
    ]


def questions_of(path: Path) -> list[dict[str, object]]:
    """The questions of a form, with the choices themselves in the place of the name of their list."""
    choices = rows_of(path, "choices")
    found: list[dict[str, object]] = []
    for row in rows_of(path, "survey"):
        kind, _, named = row["type"].partition(" ")
        options = [{**each, "list_name": ""} for each in choices if each["list_name"] == named]
        found.append({**row, "type": kind, "choices": options})
    return found


def test_a_form_that_went_in_and_out_asks_the_same(forms: Forms) -> None:
    path = forms.workbook(SURVEY, CHOICES, SETTINGS)
    made = imported(path, forms.wishes(), forms.folder)
    back = exported(forms, made.consultation)
    assert questions_of(back) == questions_of(path)
    assert rows_of(back, "settings") == rows_of(path, "settings")


def test_a_pack_that_went_out_and_in_asks_the_same(forms: Forms) -> None:
    pack = imported(forms.workbook(SURVEY, CHOICES, SETTINGS), forms.wishes(), forms.folder).consultation
    back = again(forms, pack).consultation
    assert back.version == pack.version


@pytest.mark.parametrize(("slug", "band"), BANDS)
def test_a_pack_of_ours_that_went_out_and_in_asks_its_band_the_same(forms: Forms, slug: str, band: AgeBand) -> None:
    pack = examined(slug)
    back = again(forms, pack, band).consultation
    asked = {question.code: question for question in back.questions}
    for question in pack.questions:
        if question.code not in asked or question.kind in {Kind.WHO, Kind.HELPED_BY}:
            continue
        assert asked[question.code] == as_a_form_says(question.for_band(band), back)
        for language in back.languages:
            before, after = (each.words_for(language, band) for each in (pack, back))
            if before.language_of_question(question.code) != language:
                continue
            old, new = before.questions[question.code], after.questions[question.code]
            assert (new.text, new.why, new.again) == (old.text, old.why, old.again)
            assert {code: new.choices[code] for code in asked[question.code].choices} == old.choices
    here = [question.code for question in pack.questions if asked_of(pack, question, band)]
    assert [code for code in asked if code not in {"who", "helped-by"}] == here


def examined(slug: str) -> Consultation:
    found = _EXAMINED.get(slug) or examine(ROOT / "consultations" / slug).consultation
    assert found is not None
    return _EXAMINED.setdefault(slug, found)


_EXAMINED: dict[str, Consultation] = {}


def asked_of(pack: Consultation, question: Question, band: AgeBand) -> bool:
    roles = {option.role for option in pack.who_options if option.band is band}
    return (
        question.kind not in {Kind.WHO, Kind.HELPED_BY}
        and (question.bands is None or band in question.bands)
        and (question.roles is None or bool(question.roles & roles))
    )


def as_a_form_says(question: Question, back: Consultation) -> Question:
    """A form knows neither bands nor equality questions, and of roles only those that answer it."""
    here = {role.code for role in back.roles}
    roles = question.roles and question.roles & here
    everybody = not roles or roles == here
    return replace(question, bands=None, equality=False, variants={}, roles=None if everybody else roles)


def test_what_a_form_cannot_say_is_named_when_a_pack_goes_out() -> None:
    notes = "\n".join(exporting.sheets(examined("durham-2019"), AgeBand.ADULT).notes)
    for said in (
        "shorter texts for text messages: ",
        "pictures beside options: ",
        "other words for options: ",
        "no longer marked as equality questions, which are kept apart: disability",
        "asked of other bands: helped-by",
        "authority, dates",
    ):
        assert said in notes


def test_what_a_form_would_run_is_text_in_it(forms: Forms) -> None:
    choices: Rows = (("list_name", "name", "label"), ("l", "a", "'=1+1"), ("l", "b", "@home"))
    survey: Rows = (("type", "name", "label"), ("select_one l", "q", "-1 or +1?"))
    back = exported(forms, forms.asked(survey, choices))
    cells = [cell for sheet in openpyxl.load_workbook(back) for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}


CODES = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True).map(lambda code: f"a{code}")
LABELS = st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="{}$"), min_size=1, max_size=40)


@given(
    codes=st.lists(CODES, min_size=3, max_size=5, unique=True),
    kind=st.sampled_from(("one", "many", "rank")),
    texts=st.lists(LABELS, min_size=7, max_size=7),
    optional=st.booleans(),
    waits=st.integers(1, 2),
)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_pack_asks_comes_back(
    forms: Forms, codes: list[str], kind: str, texts: list[str], *, optional: bool, waits: int
) -> None:
    first = a_question("first", kind, codes, optional=optional)
    second = a_question("second", optional=not optional, show_if={"first": codes[:waits]})
    labels = {
        code: f"{number} of them: {text}" for number, (code, text) in enumerate(zip(codes, texts, strict=False), 7)
    }
    words = {
        "first": QuestionWords(text=f"Which {texts[-1]}", choices=labels),
        "second": QuestionWords(text=f"Why {texts[-2]}", why=f"To know {texts[-1]}"),
    }
    pack = a_consultation(first, second, slug="play", roles=(a_role("everybody", "adult"),), words=words)
    back = again(forms, pack).consultation
    assert back.questions == pack.questions
    after = back.words_for("en", AgeBand.ADULT).questions
    assert {code: after[code] for code in words} == words


def test_only_the_title_in_the_default_language_has_a_place_in_a_form() -> None:
    pack = examined("herefordshire-2018")
    (row,) = exporting.sheets(pack, AgeBand.ADULT).settings
    assert row["form_title"] == pack.words_for("en", AgeBand.ADULT).say["title"]
    assert "titles in other languages: Welsh (cy), Polish (pl)" in "\n".join(
        exporting.sheets(pack, AgeBand.ADULT).notes
    )
