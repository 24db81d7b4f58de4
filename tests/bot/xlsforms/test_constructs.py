"""What becomes of each construct of a form. Every pack here was read back from its files."""

from __future__ import annotations

import pytest

from bot.xlsforms.importing import imported
from flows.definition import AgeBand, Kind, Question, Role
from tests.support.forms import COLOURS, HEADINGS, SURVEY, Forms, Rows

YES_NO: Rows = (
    ("list_name", "name", "label"),
    ("yn", "yes", "Yes"),
    ("yn", "no", "No"),
    ("yn", "not_sure", "I am not sure"),
)
NAMES = ("red", "blue", "green")
ROW = ("type", "name", "label", "required", "constraint", "parameters")
SHAPES = [
    (("text", "q", "Q?"), Question("q", Kind.TEXT, optional=True)),
    (("text", "q", "Q?", "yes"), Question("q", Kind.TEXT)),
    (("text", "q", "Q?", "TRUE"), Question("q", Kind.TEXT)),
    (("text", "q", "Q?", True), Question("q", Kind.TEXT)),
    (("text", "q", "Q?", "true()"), Question("q", Kind.TEXT)),
    (("text", "q", "Q?", "no"), Question("q", Kind.TEXT, optional=True)),
    (("integer", "q", "Q?"), Question("q", Kind.NUMBER, optional=True)),
    (("integer", "q", "Q?", "yes", ". >= 1 and . <= 5"), Question("q", Kind.NUMBER, minimum=1, maximum=5)),
    (("percentage", "q", "Q?", "yes"), Question("q", Kind.NUMBER, minimum=0, maximum=100)),
    (("select_one colours", "q", "Q?", "yes"), Question("q", Kind.ONE, choices=NAMES)),
    (("select_multiple colours", "q", "Q?", "yes"), Question("q", Kind.MANY, choices=NAMES)),
    (
        ("select_multiple colours", "q", "Q?", "yes", "count-selected(.) <= 2"),
        Question("q", Kind.MANY, choices=NAMES, at_most=2),
    ),
    (
        ("select_multiple colours", "q", "Q?", "yes", "not(selected(., 'green') and count-selected(.) > 1)"),
        Question("q", Kind.MANY, choices=NAMES, alone=frozenset(("green",))),
    ),
    (("rank colours", "q", "Q?", "yes"), Question("q", Kind.RANK, choices=NAMES)),
    (("range", "q", "Q?", "yes"), Question("q", Kind.SCALE, minimum=1, maximum=10)),
    (("range", "q", "Q?", "yes", None, "start=1 end=5 step=1"), Question("q", Kind.SCALE, minimum=1, maximum=5)),
    (("range", "q", "Q?", "yes", None, "start=0;end=10"), Question("q", Kind.SCALE, minimum=0, maximum=10)),
    (("range", "q", "Q?", "yes", None, "start=0 end=100"), Question("q", Kind.NUMBER, minimum=0, maximum=100)),
    (("text", "The_Q.1", "Q?", "yes"), Question("the-q-1", Kind.TEXT)),
]
SAME = [
    ("select one from colours", Kind.ONE),
    ("select one colours", Kind.ONE),
    ("select1 colours", Kind.ONE),
    ("add select one prompt using colours", Kind.ONE),
    ("select_multiple colours", Kind.MANY),
    ("select all that apply from colours", Kind.MANY),
    ("select all that apply colours", Kind.MANY),
    ("add select multiple prompt using colours", Kind.MANY),
    ("string", Kind.TEXT),
    ("q string", Kind.TEXT),
    ("add text prompt", Kind.TEXT),
    ("int", Kind.NUMBER),
    ("q int", Kind.NUMBER),
    ("add integer prompt", Kind.NUMBER),
    ("  select_one   colours ", Kind.ONE),
]


@pytest.mark.parametrize(("row", "question"), SHAPES)
def test_a_row_becomes_a_question_of_its_kind(forms: Forms, row: tuple[str, ...], question: Question) -> None:
    assert forms.question((ROW, row), question.code) == question


@pytest.mark.parametrize(("said", "kind"), SAME)
def test_old_spellings_of_a_type_mean_what_they_always_did(forms: Forms, said: str, kind: Kind) -> None:
    assert forms.question((HEADINGS, (said, "q", "Q?")), "q").kind is kind


@pytest.mark.parametrize("said", ["note", "q note", "add note prompt"])
def test_a_note_is_said_and_asks_nothing(forms: Forms, said: str) -> None:
    pack = forms.asked((HEADINGS, (said, "hello", "Good day."), ("text", "q", "Q?")))
    assert pack.question("hello") == Question("hello", Kind.NOTE)


def test_a_note_needs_no_name_and_a_text_that_is_only_read_is_one(forms: Forms) -> None:
    survey = (
        ("type", "name", "label", "readonly"),
        ("note", None, "Good day.", None),
        ("text", "more", "Read this.", "yes"),
        ("text", "q", "Q?", "no"),
    )
    kinds = {question.code: question.kind for question in forms.asked(survey).questions}
    assert kinds == {"who": Kind.WHO, "note-2": Kind.NOTE, "more": Kind.NOTE, "q": Kind.TEXT}


@pytest.mark.parametrize(
    "headings",
    [
        ("Type", "Name", "Label", "Hint", "Constraint Message"),
        ("command", "tag", "caption", "hint", "constraining_message"),
        ("type", "value", "label", "hint", "constraint_message"),
        ("type", "name", "label::English", "hint::English (en)", "constraint_message::en"),
        ("type", "name", "label:English", "hint:English", "constraint_message:English"),
        ("type", "name", "Caption:English", "hint:English", "Constraining Message:English"),
    ],
)
def test_old_spellings_of_headings_mean_what_they_always_did(forms: Forms, headings: tuple[str, ...]) -> None:
    row = ("text", "q", "What now?", "It helps us to plan.", "A few words are enough.")
    words = forms.asked((headings, row)).words_for("en", AgeBand.ADULT).questions["q"]
    assert (words.text, words.why, words.again) == row[2:]


def test_choices_that_are_yes_and_no_make_a_question_that_understands_yes(forms: Forms) -> None:
    question = forms.question((HEADINGS, ("select_one yn", "q", "Q?")), "q", YES_NO)
    assert (question.kind, question.choices) == (Kind.YES_NO, ("yes", "no", "not-sure"))


def test_choices_carry_their_labels_and_numbers_are_names_too(forms: Forms) -> None:
    choices: Rows = (
        ("list name", "value", "caption"),
        ("l", 1, "Once"),
        ("l", 2.0, "Twice"),
        ("l", "Three_x", "Often"),
    )
    pack = forms.asked((HEADINGS, ("select_one l", "q", "Q?")), choices)
    labels = pack.words_for("en", AgeBand.ADULT).questions["q"].choices
    assert labels == {"1": "Once", "2": "Twice", "three-x": "Often"}


CONDITION = ("type", "name", "label", "relevant")
FIRST = (("select_one colours", "colour", "Which?", None), ("select_multiple colours", "also_these", "Also?", None))


@pytest.mark.parametrize(
    ("relevant", "show_if"),
    [
        ("${colour} = 'red'", {"colour": ("red",)}),
        ("selected(${colour}, 'red')", {"colour": ("red",)}),
        ("${colour} = ‘red’", {"colour": ("red",)}),
        ("${colour} = 'red' or ${colour} = 'blue'", {"colour": ("red", "blue")}),
        (
            "${colour} = 'red' and selected(${also_these}, 'blue')",
            {"colour": ("red",), "also-these": ("blue",)},
        ),
        ("", {}),
    ],
)
def test_relevant_becomes_the_answers_that_a_question_waits_for(
    forms: Forms, relevant: str, show_if: dict[str, tuple[str, ...]]
) -> None:
    assert forms.question((CONDITION, *FIRST, ("text", "q", "Q?", relevant)), "q").show_if == show_if


def test_a_question_can_wait_for_a_number(forms: Forms) -> None:
    survey = (CONDITION, ("range", "stars", "How many?"), ("text", "q", "Why so few?", "${stars} = 1 or ${stars} = 2"))
    assert forms.question(survey, "q").show_if == {"stars": ("1", "2")}


@pytest.mark.parametrize(
    ("begin", "end"),
    [("begin_group", "end_group"), ("begin group", "end group"), ("begin_group", "end group")],
)
def test_what_a_group_waits_for_all_of_its_questions_wait_for(forms: Forms, begin: str, end: str) -> None:
    pack = forms.asked(
        (
            CONDITION,
            *FIRST,
            (begin, "outer", "About it", "${colour} = 'red'"),
            ("text", "a", "A?"),
            (begin, "inner", None, "selected(${also_these}, 'blue')"),
            ("text", "b", "B?", "${colour} = 'red' or ${colour} = 'green'"),
            (end,),
            (end,),
            ("text", "c", "C?"),
        )
    )
    assert pack.question("a").show_if == {"colour": ("red",)}
    assert pack.question("b").show_if == {"colour": ("red",), "also-these": ("blue",)}
    assert pack.question("c").show_if == {}


@pytest.mark.parametrize("ending", ["or_other", "or other", "or specify other"])
def test_or_other_becomes_a_choice_and_a_question_about_it(forms: Forms, ending: str) -> None:
    made = forms.taken((HEADINGS, (f"select_one colours {ending}", "q", "Q?")))
    assert any("survey row 2: 'or_other' became" in note for note in made.notes)
    pack = made.consultation
    assert pack.question("q").choices == (*NAMES, "other")
    assert pack.question("q-other") == Question("q-other", Kind.TEXT, optional=True, show_if={"q": ("other",)})
    words = pack.words_for("en", AgeBand.ADULT).questions
    assert words["q"].choices["other"] == "Something else"
    assert words["q-other"].text == "What is it? Tell us in your own words."


def test_a_first_question_called_who_says_which_roles_there_are(forms: Forms) -> None:
    choices: Rows = (
        ("list_name", "name", "label"),
        ("roles", "parent_carer", "A parent or carer"),
        ("roles", "staff", "I work with children"),
    )
    survey = (
        CONDITION,
        ("select_one roles", "who", "Who are you?"),
        ("text", "all", "What would help?"),
        ("text", "work", "Where do you work?", "${who} = 'staff'"),
    )
    pack = forms.asked(survey, choices)
    assert pack.roles == (Role("parent-carer", (AgeBand.ADULT,)), Role("staff", (AgeBand.ADULT,)))
    assert pack.question("all").roles is None
    assert (pack.question("work").roles, pack.question("work").show_if) == (frozenset(("staff",)), {})
    words = pack.words_for("en", AgeBand.ADULT).questions["who"]
    assert (words.text, words.choices["staff"]) == ("Who are you?", "I work with children")


def test_settings_name_the_consultation_and_its_keyword(forms: Forms) -> None:
    settings: Rows = (("form_title", "form_id", "sms_keyword"), ("Play in the harbour", "play", "SWING"))
    pack = forms.asked(SURVEY, settings=settings)
    assert pack.words_for("en", AgeBand.ADULT).say["title"] == "Play in the harbour"
    assert (pack.slug, pack.sms_keyword) == ("play", "SWING")


def test_settings_in_the_survey_count_as_older_forms_have_them(forms: Forms) -> None:
    survey = (HEADINGS, ("set_form_title", "Play in the harbour"), ("set_form_id", "play"), ("text", "q", "Q?"))
    assert forms.asked(survey).words_for("en", AgeBand.ADULT).say["title"] == "Play in the harbour"


# --- languages ---


def test_each_language_has_a_wording_file_of_its_own(forms: Forms) -> None:
    survey = (
        ("type", "name", "label::English (en)", "label::Cymraeg (cy)", "hint::Welsh (cy)", "label::Polish"),
        ("select_one colours", "q", "Which?", "Pa un?", "I ni gael gwybod.", "Który?"),
    )
    choices: Rows = (
        ("list_name", "name", "label::English (en)", "label::Cymraeg (cy)", "label::Polish"),
        ("colours", "red", "Red ones", "Rhai coch", "Czerwone"),
        ("colours", "blue", "Blue ones", "Rhai glas", "Niebieskie"),
    )
    pack = forms.asked(survey, choices, (("default_language",), ("English (en)",)))
    assert (pack.default_language, pack.languages) == ("en", ("en", "cy", "pl"))
    welsh = pack.words_for("cy", AgeBand.ADULT).questions["q"]
    assert (welsh.text, welsh.why, welsh.choices["red"]) == ("Pa un?", "I ni gael gwybod.", "Rhai coch")
    polish = pack.words_for("pl", AgeBand.ADULT).questions["q"]
    assert (polish.text, polish.why, polish.choices["blue"]) == ("Który?", None, "Niebieskie")


def test_a_heading_without_a_language_is_in_the_default_one(forms: Forms) -> None:
    survey = (("type", "name", "label", "label::English (en)"), ("text", "q", "Beth?", "What?"))
    pack = forms.asked(survey, settings=(("default_language",), ("Welsh (cy)",)))
    assert pack.default_language == "cy"
    assert pack.words_for("cy", AgeBand.ADULT).questions["q"].text == "Beth?"


def test_a_text_that_was_not_translated_is_stood_in_for_and_named(forms: Forms) -> None:
    survey = (
        ("type", "name", "label::English (en)", "label::Welsh (cy)"),
        ("text", "q", "What?", "Beth?"),
        ("text", "r", "And then?", None),
    )
    made = forms.taken(survey)
    assert "survey row 3: 'r' has no label in Welsh (cy), where another language stands in for it." in made.notes
    assert made.consultation.words_for("cy", AgeBand.ADULT).questions["r"].text == "And then?"


# --- nothing is dropped without a word ---


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("appearance", "minimal"),
        ("default", "red"),
        ("guidance_hint", "Ask slowly"),
        ("media::image", "tree.png"),
        ("required_message", "Please answer"),
        ("parameters", "randomize=true"),
        ("my remarks", "ask Ann"),
    ],
)
def test_a_column_that_a_pack_has_nothing_for_is_named_with_its_rows(forms: Forms, heading: str, cell: str) -> None:
    survey = ((*HEADINGS, heading), ("select_one colours", "q", "Q?", cell), ("text", "r", "R?"))
    (note,) = (note for note in forms.taken(survey).notes if note.startswith("survey column"))
    assert note == f"survey column {heading!r}: not used: a pack has nothing for it (row 2)."


def test_everything_else_that_is_left_out_is_named(forms: Forms) -> None:
    survey = (
        (*HEADINGS, "disabled"),
        ("start", "began"),
        ("deviceid", "device"),
        ("begin_group", "g", "A heading"),
        ("text", "q", "Q?"),
        ("end_group",),
        ("text", "r", "R?", "yes"),
        ("range", "s", "S?"),
    )
    choices: Rows = (("list_name", "name", "label", "image"), ("spare", "a", "An A", "a.png"))
    settings: Rows = (("form_id", "version"), ("harbour", "7"))
    notes = forms.taken(survey, choices, settings).notes
    for place in (
        "survey row 2: 'start'",
        "survey row 3: 'deviceid'",
        "survey row 4: the label of the group 'g'",
        "survey row 7: left out",
        "choices: no question uses the list 'spare'",
        "choices column 'image'",
        "settings column 'version'",
        "settings: the form_id 'harbour' is not used",
        "settings: no form_title",
        "settings: no default_language",
        "roles: everybody answers in one role",
        "sms_keyword: people start it by text message with PLAY",
    ):
        assert any(note.startswith(place) for note in notes), place


def test_a_sheet_that_is_no_part_of_a_form_is_named(forms: Forms) -> None:
    path = forms.workbook(SURVEY, COLOURS, **{"My notes": (("ask Ann",),)})
    assert "sheet 'My notes': left out, because it is no part of a form." in imported(path, forms.wishes(), path).notes


def test_the_words_are_those_of_the_band_that_was_asked_for(forms: Forms) -> None:
    roles = (Role("child", (AgeBand.EIGHT_TO_ELEVEN, AgeBand.TWELVE_TO_FIFTEEN)),)
    made = imported(forms.workbook(), forms.wishes(band=AgeBand.EIGHT_TO_ELEVEN, roles=roles), forms.folder)
    assert set(made.files) == {"consultation.toml", "wording/en.8-11.toml"}
    pack = made.consultation
    assert pack.roles == roles
    assert pack.words_for("en", AgeBand.TWELVE_TO_FIFTEEN).questions["idea"].text == "What would help?"
