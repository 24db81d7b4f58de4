"""What a pack cannot say is refused by row, all of it at once."""

from __future__ import annotations

import pytest

from bot.errors import FormError
from bot.xlsforms.importing import imported
from flows.definition import AgeBand, Role
from tests.support.forms import COLOURS, HEADINGS, SURVEY, Forms, Rows

UNASKABLE = [
    "geopoint",
    "geotrace",
    "geoshape",
    "start-geopoint",
    "image",
    "photo",
    "audio",
    "background-audio",
    "video",
    "file",
    "barcode",
    "date",
    "time",
    "dateTime",
    "decimal",
    "calculate",
    "acknowledge",
    "hidden",
    "csv-external",
    "xml-external",
    "select_one_from_file towns.csv",
    "select_multiple_from_file towns.csv",
    "select_one_external colours",
    "select_one ${q}",
    "begin_repeat",
    "begin repeat",
    "begin loop over colours",
    "a poem",
]
CHOSEN: Rows = (("select_one colours", "colour", "Which?"), ("text", "words", "Say more?"))
FAULTY = [
    (("type", "name", "label", "relevant"), ("text", "q", "Q?", "${colour} != 'red'"), "which a pack cannot say: '!='"),
    (("type", "name", "label", "relevant"), ("text", "q", "Q?", "${colour} = 'pink'"), "has no choice 'pink'"),
    (("type", "name", "label", "relevant"), ("text", "q", "Q?", "${later} = 'red'"), "no question before it is called"),
    (
        ("type", "name", "label", "relevant"),
        ("text", "q", "Q?", "${words} = 'red'"),
        "has no choices that could decide",
    ),
    (("type", "name", "label", "constraint"), ("text", "q", "Q?", "string-length(.) > 3"), "its constraint"),
    (("type", "name", "label", "constraint"), ("text", "q", "Q?", ". > 3"), "only a number has bounds"),
    (("type", "name", "label", "constraint"), ("integer", "q", "Q?", "regex(., 'a')"), "its constraint"),
    (("type", "name", "label", "constraint"), ("rank colours", "q", "Q?", "count-selected(.) <= 2"), "can be counted"),
    (
        ("type", "name", "label", "constraint"),
        ("select_multiple colours", "q", "Q?", "not(selected(., 'pink') and count-selected(.) > 1)"),
        "there is no choice 'pink'",
    ),
    (("type", "name", "label", "required"), ("text", "q", "Q?", "${colour} = 'red'"), "required only where"),
    (("type", "name", "label", "choice_filter"), ("select_one colours", "q", "Q?", "a=${colour}"), "choice_filter"),
    (("type", "name", "label", "calculation"), ("text", "q", "Q?", "1 + 1"), "is calculated"),
    (("type", "name", "label", "trigger"), ("text", "q", "Q?", "${colour}"), "trigger"),
    (("type", "name", "label", "parameters"), ("range", "q", "Q?", "start=0 end=10 step=2"), "steps of 2"),
    (("type", "name", "label", "parameters"), ("range", "q", "Q?", "start=0 end=1.5"), "end=1.5 is no whole number"),
    (("type", "name", "label", "parameters"), ("range", "q", "Q?", "start=9 end=2"), "is not above"),
    (HEADINGS, ("text", "q", "You said ${colour}?"), "has an answer put into it"),
    (HEADINGS, ("text", "q", "Say {this}"), "Nothing is ever filled in for {this}"),
    (HEADINGS, ("text", "q", None), "has no label"),
    (HEADINGS, ("text", None, "Q?"), "the question has no name"),
    (HEADINGS, (None, "q", "Q?"), "it has no type"),
    (HEADINGS, ("text", "été", "Q?"), "cannot be a code"),
    (HEADINGS, ("text", "q" * 41, "Q?"), "cannot be a code"),
    (HEADINGS, ("text", "Colour", "Q?"), "too like 'colour' (survey row 2)"),
    (HEADINGS, ("text", "status", "Q?"), "Every export has a column 'status' already"),
    (HEADINGS, ("select_one towns", "q", "Q?"), "no list 'towns'"),
    (HEADINGS, ("rank colours or_other", "q", "Q?"), "cannot have 'or_other'"),
    (HEADINGS, ("select_one colours", "who", "Who?"), "Ask it first"),
    (HEADINGS, ("end_group",), "ends a group that was never begun"),
]
LISTED = [
    ((("list_name", "name", "label"), ("l", "a", None), ("l", "b", "B")), "choices row 2: the choice 'a' has no label"),
    (
        (("list_name", "name", "label"), ("l", "a", "A"), ("l", "A", "Again")),
        "choices row 3: the list 'l' has 'a' already",
    ),
    ((("list_name", "name", "label"), ("l", "a", "A"), (None, "b", "B")), "choices row 3: it has no list_name"),
    ((("list_name", "name", "label"), ("l", "a", "A"), ("l", None, "B")), "choices row 3: it has no list_name or no"),
    (
        (("list_name", "name", "label"), ("l", "a", "A"), ("l", "é", "B")),
        "choices row 3: the name 'é' cannot be a code",
    ),
    ((("list_name", "name", "label"), ("l", "a", "A"), ("l", "b", "a")), "survey row 2: 'a' reads like the option 'a'"),
    ((("list_name", "name", "label"), ("l", "a", "A"), ("l", "b", "Stop")), "already means something else"),
    ((("list_name", "name", "label"), ("l", "a", "A")), "survey row 2: "),
]


@pytest.mark.parametrize("said", UNASKABLE)
def test_what_a_conversation_cannot_ask_is_refused_by_name_and_row(forms: Forms, said: str) -> None:
    (fault,) = forms.refused((*SURVEY, (said, "odd", "Odd?")))
    assert fault.startswith(f"survey row 3: 'odd' is of the type {said!r}. A conversation cannot ask for that.")


@pytest.mark.parametrize(("headings", "row", "reason"), FAULTY)
def test_a_row_that_a_pack_cannot_say_is_refused_by_its_number(
    forms: Forms, headings: tuple[str, ...], row: tuple[str | None, ...], reason: str
) -> None:
    faults = forms.refused((headings, *CHOSEN, row))
    assert [fault.partition(":")[0] for fault in faults] == ["survey row 4"]
    assert reason in faults[0]


@pytest.mark.parametrize(("choices", "reason"), LISTED)
def test_a_list_of_choices_that_cannot_be_used_is_refused_by_row(forms: Forms, choices: Rows, reason: str) -> None:
    assert reason in forms.refused((HEADINGS, ("select_one l", "q", "Q?")), choices)[0]


def test_everything_that_is_wrong_is_said_at_once(forms: Forms) -> None:
    survey = (HEADINGS, ("geopoint", "where", "Where?"), ("text", "q", "Q?"), ("image", "photo", "Show us?"))
    assert [fault.partition(":")[0] for fault in forms.refused(survey)] == ["survey row 2", "survey row 4"]


def test_what_depends_on_a_refused_question_is_not_refused_for_it(forms: Forms) -> None:
    survey = (
        ("type", "name", "label", "relevant"),
        ("barcode", "code", "Scan?"),
        ("text", "q", "Q?", "${code} = 'a'"),
    )
    assert len(forms.refused(survey)) == 1


@pytest.mark.parametrize(
    ("headings", "settings", "reason"),
    [
        (("type", "name", "label::Klingon"), (), "no language is known as 'Klingon'"),
        (HEADINGS, (("default_language",), ("Klingon",)), "no language is known as 'Klingon'"),
        (
            ("type", "name", "label", "label::English (en)"),
            (("default_language",), ("English (en)",)),
            "two columns hold the label in English (en)",
        ),
        (
            ("type", "name", "label::Welsh (cy)", "label::Cymraeg"),
            (),
            "two columns hold the label in Welsh (cy)",
        ),
        (("type", "name", "label", "Caption"), (), "two columns for one thing: 'label' and 'Caption'"),
        (("name", "label"), (), "it has no type"),
    ],
)
def test_headings_that_cannot_be_told_are_refused(
    forms: Forms, headings: tuple[str, ...], settings: Rows, reason: str
) -> None:
    row = ("text", "q", "One", "Two")[: len(headings)]
    assert any(reason in fault for fault in forms.refused((headings, row), settings=settings))


def test_a_group_that_is_never_ended_is_refused(forms: Forms) -> None:
    faults = forms.refused((*SURVEY, ("begin_group", "g", None), ("text", "q", "Q?")))
    assert faults == ("survey: a group is begun and never ended. Add a row with the type end_group.",)


def test_what_a_group_and_its_question_ask_has_to_go_together(forms: Forms) -> None:
    survey = (
        ("type", "name", "label", "relevant"),
        ("select_one colours", "colour", "Which?"),
        ("begin_group", "g", None, "${colour} = 'red'"),
        ("text", "q", "Q?", "${colour} = 'blue'"),
        ("end_group",),
    )
    (fault,) = forms.refused(survey)
    assert fault == (
        "survey row 4: 'q' and its group cannot be asked together: no answer to ${colour} could ever fit it."
    )


def test_a_form_that_asks_nothing_is_refused(forms: Forms) -> None:
    assert forms.refused((HEADINGS, ("note", "hello", "Good day."))) == (
        "survey: it asks nothing. Add a row with a type such as text.",
    )


def test_what_pyxform_refuses_is_refused_in_its_words(forms: Forms) -> None:
    survey = (*SURVEY, ("begin_group", "g", None), ("text", "q", "Q?"), ("end_group", None, None))
    settings: Rows = (("form_id", "name"), ("play", "not a name!"))
    (fault,) = forms.refused(survey, settings=settings)
    assert fault.startswith("form.xlsx: pyxform does not take this form: ")


def test_roles_are_said_by_the_form_or_by_who_imports_it_and_never_by_both(forms: Forms) -> None:
    path = forms.workbook((HEADINGS, ("select_one colours", "who", "Who?"), ("text", "q", "Q?")), COLOURS)
    with pytest.raises(FormError, match="Leave --role out"):
        imported(path, forms.wishes(roles=(Role("child", (AgeBand.ADULT,)),)), forms.folder)


@pytest.mark.parametrize("keyword", ["STOP", "two words"])
def test_a_keyword_that_cannot_start_a_consultation_is_refused(forms: Forms, keyword: str) -> None:
    with pytest.raises(FormError, match=r"the pack: .* \(sms_keyword\)"):
        imported(forms.workbook(), forms.wishes(keyword=keyword), forms.folder)
