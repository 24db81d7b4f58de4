"""A pack is read into a consultation, whole, or into every one of its faults at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.closings import Extension
from flows.definition import AgeBand, Consultation, Kind, LatePolicy
from flows.errors import BrokenPackError
from flows.pack import draft, lobby_words, read, revive, version_of
from tests.support.pack_files import ADULT, CHILD, HARBOUR, PARK, STRUCTURE, SYSTEM, spoilt


def park(file: str = STRUCTURE, old: str = "", new: str = "") -> Consultation:
    return read(spoilt(file, old, new), SYSTEM)


def also(text: str) -> Consultation:
    """The park with something more in its structure, before the first table."""
    return park(old="[[roles]]", new=f"{text}\n[[roles]]")


# --- the example that authors are given ---


def test_the_example_loads_as_it_stands() -> None:
    pack = read(HARBOUR, SYSTEM)
    assert (pack.slug, pack.authority, pack.sms_keyword) == ("harbour-play-2030", "Harbour Council", "PLAY")
    assert pack.timetable.opens_at == datetime(2030, 5, 1, 8, tzinfo=UTC)
    assert pack.timetable.closes_at == datetime(2030, 5, 31, 23, tzinfo=UTC)
    assert pack.timetable.role_closes_at == {"parent-carer": datetime(2030, 6, 7, 23, tzinfo=UTC)}
    assert pack.languages == ("en", "cy")
    assert pack.min_age == {"telegram": 16}
    assert pack.version == version_of(HARBOUR)


def test_its_questions_are_those_of_the_pack_behind_those_that_sayso_asks_itself() -> None:
    who, helped, swings, why = read(HARBOUR, SYSTEM).questions
    assert (who.code, who.kind) == ("who", Kind.WHO)
    assert who.choices == ("child-4-7", "child-8-11", "child-12-15", "parent-carer")
    assert (helped.code, helped.kind) == ("helped-by", Kind.HELPED_BY)
    assert helped.bands == frozenset((AgeBand.FOUR_TO_SEVEN,))
    assert helped.choices == ("child", "together", "grown-up")
    assert swings.choices == ("more", "same", "fewer", "not-sure")
    assert why.optional
    assert why.show_if == {"swings": ("more", "fewer")}
    assert why.roles == frozenset(("child", "parent-carer"))


def test_a_mapping_of_words_holds_every_language_and_band() -> None:
    pack = read(HARBOUR, SYSTEM)
    assert set(pack.words) == {(language, band) for language in ("en", "cy") for band in AgeBand}
    assert all(set(words.questions) == {q.code for q in pack.questions} for words in pack.words.values())


# --- what may be left out ---


def test_what_a_pack_leaves_out_has_a_sensible_value() -> None:
    pack = park()
    assert pack.reference_prefix == "PAR"
    assert pack.join_wait == timedelta(seconds=8)
    assert pack.frame_ancestors == ()
    assert pack.timetable.late_policy is LatePolicy.TAG_LATE
    assert pack.timetable.reminder_before == timedelta(days=2)
    assert (pack.timetable.quiet_from, pack.timetable.quiet_until) == (20, 8)


def test_telegram_is_for_those_of_16_unless_a_pack_says_otherwise() -> None:
    assert park().min_age == {"telegram": 16}
    assert also("[channels.telegram]\nmin_age = 18\n[channels.sms]\nmin_age = 8").min_age == {"telegram": 18, "sms": 8}


def test_one_role_of_one_band_still_has_the_question_who_with_its_one_option() -> None:
    pack = read({STRUCTURE: _ONE_ROLE, CHILD: '[say]\ntitle = "T"\n[questions.idea]\ntext = "What?"\n'}, SYSTEM)
    assert [(question.code, question.choices) for question in pack.questions] == [("who", ("child",)), ("idea", ())]


_ONE_ROLE = """
slug = "one"
authority = "Harbour Council"
timezone = "Europe/London"
opens_at = 2030-05-01T09:00:00
closes_at = 2030-06-01T00:00:00
sms_keyword = "ONE"
roles = [{ code = "child", bands = ["8-11"] }]
questions = [{ code = "idea", kind = "text" }]
"""


# --- what may be said ---


def test_times_are_local_and_become_instants() -> None:
    pack = park(old="2030-05-01T09:00:00", new="2030-01-15T09:00:00")
    assert pack.timetable.opens_at == datetime(2030, 1, 15, 9, tzinfo=UTC)


def test_everything_that_a_structure_can_say_is_understood() -> None:
    pack = also(
        'grace_minutes = 30\nreference_prefix = "HBR"\nframe_ancestors = ["https://www.harbour.example"]\n'
        "join_wait_seconds = 12\n[reminder]\nbefore_days = 3\n[quiet_hours]\nfrom = 21\nuntil = 7\n"
        '[[extensions]]\ncloses_at = 2030-06-15T00:00:00\nreason = "Schools were closed."\nrole = "child"'
    )
    assert pack.timetable.grace == timedelta(minutes=30)
    assert pack.reference_prefix == "HBR"
    assert pack.frame_ancestors == ("https://www.harbour.example",)
    assert pack.join_wait == timedelta(seconds=12)
    assert pack.timetable.reminder_before == timedelta(days=3)
    assert (pack.timetable.quiet_from, pack.timetable.quiet_until) == (21, 7)
    extended = datetime(2030, 6, 14, 23, tzinfo=UTC)
    assert pack.timetable.extensions == (Extension(extended, "Schools were closed.", "child"),)


def test_an_empty_list_of_sites_is_no_site_at_all() -> None:
    assert also("frame_ancestors = []").frame_ancestors == ()


def test_a_key_with_the_wrong_kind_of_hyphen_is_recognised() -> None:
    made = draft(spoilt(STRUCTURE, "sms_keyword", "SMS-keyword"), SYSTEM)
    assert "Perhaps you mean 'sms_keyword'" in [fault.mend for fault in made.errors]


def test_a_reminder_can_be_switched_off() -> None:
    assert also("[reminder]\nenabled = false").timetable.reminder_before is None


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('kind = "yes-no"', {"kind": Kind.YES_NO, "choices": ("yes", "no", "not-sure")}),
        ('kind = "yes-no"\nchoices = ["yes", "no"]', {"choices": ("yes", "no")}),
        ('kind = "number"\nmin = 0', {"kind": Kind.NUMBER, "minimum": 0, "maximum": None}),
        ('kind = "scale"\nmin = 1\nmax = 5', {"kind": Kind.SCALE, "minimum": 1, "maximum": 5}),
        (
            'kind = "many"\nchoices = ["a", "b", "none"]\nat_most = 2\nalone = ["none"]',
            {"kind": Kind.MANY, "choices": ("a", "b", "none"), "at_most": 2, "alone": {"none"}},
        ),
        ('kind = "rank"\nchoices = ["a", "b", "c"]\nat_most = 3', {"kind": Kind.RANK, "at_most": 3}),
        ('kind = "note"', {"kind": Kind.NOTE}),
        ('kind = "text"\nbands = ["adult"]', {"bands": {AgeBand.ADULT}}),
        (
            'kind = "text"\nshow_if = { mark = "5", swings = ["same", "more"] }',
            {"show_if": {"mark": ("5",), "swings": ("same", "more")}},
        ),
    ],
)
def test_every_kind_of_question_can_be_asked(table: str, expected: dict[str, object]) -> None:
    files = {**PARK, STRUCTURE: f'{PARK[STRUCTURE]}\n[[questions]]\ncode = "extra"\n{table}\n'}
    made = draft(files, SYSTEM)
    assert {fault.rule for fault in made.errors} <= {"missing-words"}
    assert made.consultation is not None
    extra = made.consultation.question("extra")
    assert {name: getattr(extra, name) for name in expected} == expected


def test_a_variant_takes_what_it_does_not_say_from_its_question() -> None:
    pack = read(
        spoilt(
            STRUCTURE,
            'optional = true\nshow_if = { swings = ["more"] }',
            'optional = true\nshow_if = { swings = ["more"] }\n'
            '[questions.variants.8-11]\nkind = "one"\nchoices = ["fun", "queue"]',
            {**PARK, CHILD: f'{PARK[CHILD]}[questions.why.choices]\nfun = "Fun"\nqueue = "The queue"\n'},
        ),
        SYSTEM,
    )
    why = pack.question("why")
    child = why.for_band(AgeBand.EIGHT_TO_ELEVEN)
    assert (why.kind, why.choices) == (Kind.TEXT, ())
    assert (child.code, child.kind, child.choices) == ("why", Kind.ONE, ("fun", "queue"))
    assert (child.optional, child.show_if) == (True, {"swings": ("more",)})
    assert pack.words["en", AgeBand.EIGHT_TO_ELEVEN].questions["why"].choices == {"fun": "Fun", "queue": "The queue"}
    assert pack.words["en", AgeBand.ADULT].questions["why"].choices == {}


# --- faults, all at once ---


def test_every_fault_is_reported_at_once_with_its_file_key_line_and_what_to_write() -> None:
    files = spoilt(STRUCTURE, 'sms_keyword = "PARK"', 'sms_keywrod = "PARK"')
    files = spoilt(STRUCTURE, 'kind = "one"', 'kind = "on"', files)
    files = spoilt(CHILD, 'more = "More swings"', 'mroe = "More swings"', files)
    files = spoilt(ADULT, "today?", "{today}?", files)
    with pytest.raises(BrokenPackError) as broken:
        read(files, SYSTEM)
    found = {(fault.file, fault.key, fault.line, fault.rule) for fault in broken.value.faults if not fault.warning}
    assert found == {
        (STRUCTURE, "sms_keywrod", 8, "unknown-key"),
        (STRUCTURE, "sms_keyword", 0, "missing-key"),
        (STRUCTURE, "questions.swings.kind", 24, "kind"),
        (CHILD, "questions.swings.choices.mroe", 11, "unknown-option"),
        (CHILD, "questions.swings.choices.more", 10, "missing-words"),
        (ADULT, "questions.mark.text", 16, "placeholder"),
    }
    assert "Perhaps you mean 'sms_keyword'" in {fault.mend for fault in broken.value.faults}
    assert "Perhaps you mean 'more'" in {fault.mend for fault in broken.value.faults}


def test_a_file_that_is_not_toml_is_named_with_its_line() -> None:
    made = draft({**PARK, CHILD: '[say]\ntitle = "The park\n'}, SYSTEM)
    assert [(fault.file, fault.line, fault.rule) for fault in made.errors if fault.rule == "toml"] == [
        (CHILD, 2, "toml")
    ]


def test_a_pack_without_a_structure_says_so() -> None:
    with pytest.raises(BrokenPackError, match=r"There is no consultation\.toml"):
        read({CHILD: PARK[CHILD]}, SYSTEM)


def test_the_error_says_how_many_faults_there_are_and_quotes_the_first() -> None:
    with pytest.raises(BrokenPackError, match=r"1 fault\(s\) in the pack; the first: consultation.toml: There is no"):
        park(old='late_policy = "tag-late"', new='late_policy = "tagged"')


def test_files_that_are_neither_structure_nor_wording_are_left_alone() -> None:
    assert read({**PARK, "walks/a.walk": "> hello", "README.md": "= ="}, SYSTEM) == read(PARK, SYSTEM)


@given(st.text(max_size=400), st.text(max_size=400))
def test_whatever_stands_in_the_files_reading_ends_in_faults_and_never_in_a_crash(structure: str, wording: str) -> None:
    made = draft({STRUCTURE: structure, CHILD: wording}, SYSTEM)
    assert made.errors or made.consultation is not None


@given(st.data())
def test_whatever_is_cut_out_of_a_pack_reading_it_never_crashes(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(PARK)))
    lines = PARK[file].splitlines(keepends=True)
    kept = data.draw(st.lists(st.sampled_from(range(len(lines))), unique=True))
    made = draft({**PARK, file: "".join(line for number, line in enumerate(lines) if number in kept)}, SYSTEM)
    assert made.errors or made.consultation is not None


# --- versions ---


def test_the_version_is_that_of_questions_and_words_alone() -> None:
    version = version_of(PARK)
    assert version == version_of({**PARK, "walks/a.walk": "> hello", "notes.txt": "x"})
    assert version == version_of({path: PARK[path] for path in reversed(tuple(PARK))})
    assert version == version_of({path: text.replace("\n", "\r\n") for path, text in PARK.items()})
    assert version != version_of(spoilt(CHILD, "more swings", "fewer swings"))
    assert version != version_of({**PARK, "wording/cy.8-11.toml": ""})


def test_what_stands_at_the_end_of_one_file_is_not_the_beginning_of_the_next() -> None:
    assert version_of({"wording/a.toml": "x\nwording/b.toml", "wording/b.toml": ""}) != version_of(
        {"wording/a.toml": "x", "wording/b.toml": "\nwording/b.toml"}
    )


def test_an_old_version_is_revived_although_the_rules_have_grown_stricter() -> None:
    files = spoilt(STRUCTURE, "feedback_due", "feedback_deu")
    files = spoilt(CHILD, 'more = "More swings"', 'more = "STOP"', files)
    with pytest.raises(BrokenPackError):
        read(files, SYSTEM)
    old = revive(files, SYSTEM)
    assert replace(old, version="", words={}, feedback_due=None) == replace(
        read(PARK, SYSTEM), version="", words={}, feedback_due=None
    )
    assert old.words["en", AgeBand.EIGHT_TO_ELEVEN].questions["swings"].choices["more"] == "STOP"


def test_words_that_were_lost_since_are_replaced_by_their_codes() -> None:
    old = revive(spoilt(CHILD, 'more = "More swings"\n', ""), SYSTEM)
    assert old.words["en", AgeBand.EIGHT_TO_ELEVEN].questions["swings"].choices["more"] == "more"


def test_texts_that_were_never_a_pack_cannot_be_revived() -> None:
    with pytest.raises(BrokenPackError):
        revive({STRUCTURE: "slug = 7"}, SYSTEM)


def test_in_the_lobby_sayso_speaks_for_the_youngest_and_in_english_where_it_has_no_other_words() -> None:
    words = lobby_words(SYSTEM, "pl")
    assert (words.language, words.band) == ("pl", AgeBand.FOUR_TO_SEVEN)
    assert words.say["welcome"] == "Hello from {authority}."


def test_in_the_lobby_a_language_for_adults_alone_is_better_than_another() -> None:
    words = lobby_words({**SYSTEM, "ar.adult.toml": '[say]\nwelcome = "مرحبًا."'}, "ar")
    assert (words.band, words.say["welcome"]) == (AgeBand.ADULT, "مرحبًا.")
    assert words.language_of("say", "thanks") == "en"
