"""What is wrong with a pack is found, named with its place, and told with what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import lint
from flows.errors import Fault
from tests.support.broken_packs import ERRORS, WARNINGS, Broken, files_of
from tests.support.pack_files import ADULT, CHILD, HARBOUR, PARK, STRUCTURE, SYSTEM, spoilt
from tests.support.source import ROOT, python_files

HARBOUR_CY = "wording/cy.8-11.toml"


def named(example: Broken) -> str:
    return f"{example.rule}: {example.new.strip()[:40]}"


def found_in(files: dict[str, str]) -> set[tuple[str, str, str]]:
    return {(fault.rule, fault.file, fault.key) for fault in lint.faults(files, SYSTEM)}


def test_a_sound_pack_has_no_faults_at_all() -> None:
    assert lint.faults(PARK, SYSTEM) == ()


@pytest.mark.parametrize("example", ERRORS, ids=named)
def test_a_broken_rule_is_an_error_with_its_place(example: Broken) -> None:
    _check(example, warning=False)


@pytest.mark.parametrize("example", WARNINGS, ids=named)
def test_what_works_all_the_same_is_a_warning(example: Broken) -> None:
    _check(example, warning=True)


def _check(example: Broken, *, warning: bool) -> None:
    faults = lint.faults(files_of(example), SYSTEM)
    meant = [fault for fault in faults if fault.rule == example.rule and fault.key == example.key]
    assert meant, [(fault.rule, fault.key, fault.problem) for fault in faults]
    assert {fault.warning for fault in meant} == {warning}
    for fault in meant:
        assert fault.problem, "it says what is wrong"
        assert fault.mend, "it says what to write"
        assert not fault.problem.endswith("."), "a sentence ends where it is shown"
        assert fault.line or not fault.key or fault.rule == "missing-key"


def _rules_in_the_source() -> Iterator[str]:
    """Every rule that `flows` can name: the literal in its place in the calls that note a fault."""
    places = {"fault": 1, "warn": 1, "broken": 1, "Finding": 0}
    for path in python_files("flows"):
        if not path.name.startswith(("pack", "lint")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                rules = [*node.args[places[name] : places[name] + 1]] if name in places else []
                rules += [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
                yield from (str(rule.value) for rule in rules if isinstance(rule, ast.Constant) and rule.value)


def test_every_rule_has_an_example_that_breaks_it() -> None:
    elsewhere = {"file-name", "missing-file", "unused"}  # about whole files: below, and in test_pack
    rules = set(_rules_in_the_source())
    assert len(rules) > len(elsewhere), "the test saw no rules"
    assert rules == {example.rule for example in (*ERRORS, *WARNINGS)} | elsewhere


@pytest.mark.parametrize("name", ["wording/english.toml", "wording/en.6-9.toml", "wording/en-8-11.toml"])
def test_a_wording_file_is_called_after_a_language_and_a_band(name: str) -> None:
    assert ("file-name", name, "") in found_in({**PARK, name: ""})


def test_words_that_nobody_reads_are_warned_of() -> None:
    assert ("unused", "wording/pl.adult.toml", "") in found_in({**PARK, "wording/pl.adult.toml": ""})
    assert ("unused", "wording/en.16-25.toml", "") in found_in({**PARK, "wording/en.16-25.toml": ""})


def test_every_band_and_language_that_borrows_its_words_is_named_once() -> None:
    borrowing = [fault.file for fault in lint.faults(HARBOUR, SYSTEM) if fault.rule == "fallback"]
    bands = ("12-15", "4-7", "8-11", "adult")
    missing = [f"wording/{language}.{band}.toml" for language in ("cy", "en") for band in bands]
    assert borrowing == [file for file in missing if file != CHILD]


def test_a_language_that_is_worded_is_not_said_to_borrow() -> None:
    files = {**HARBOUR, HARBOUR_CY: HARBOUR[CHILD].replace('"More swings"', '"Mwy o siglenni"')}
    assert ("fallback", HARBOUR_CY, "") in found_in(files), "only who somebody is has no Welsh words"
    problem = next(fault.problem for fault in lint.faults(files, SYSTEM) if fault.file == HARBOUR_CY)
    assert problem == "who: nobody has written words for 8-11 in 'cy'"


def test_a_label_may_not_be_a_command_in_any_language_of_the_pack() -> None:
    files = spoilt(CHILD, '"It is fine now"', '"Stopio"')
    assert not {rule for rule, _, _ in found_in(files)}
    files = spoilt(STRUCTURE, 'languages = ["en"]', 'languages = ["en", "cy"]', files)
    assert ("reserved-word", CHILD, "questions.swings.choices.same") in found_in(files)


def test_yes_is_a_good_answer_where_the_question_is_of_that_kind() -> None:
    files = spoilt(STRUCTURE, 'kind = "one"\nchoices = ["more", "same", "not-sure"]', 'kind = "yes-no"')
    files = spoilt(STRUCTURE, '["more"]', '["yes"]', files)
    for file in (CHILD, ADULT):
        start, end = files[file].index("[questions.swings.choices]"), files[file].index("[questions.why]")
        files[file] = files[file][:start] + files[file][end:]
    assert lint.faults(files, SYSTEM) == ()


def test_conditions_that_contradict_each_other_make_a_question_unreachable() -> None:
    more = '[[questions]]\ncode = "more"\nkind = "text"\nshow_if = { why-so = ["fun"], swings = ["same"] }\n'
    so = '[[questions]]\ncode = "why-so"\nkind = "one"\nchoices = ["fun", "queue"]\nshow_if = { swings = ["more"] }\n'
    files = {**PARK, STRUCTURE: f"{PARK[STRUCTURE]}{so}{more}"}
    unreachable = [fault for fault in lint.faults(files, SYSTEM) if fault.rule == "unreachable"]
    assert [(fault.key, fault.line) for fault in unreachable] == [("questions.more", 44)]
    agreeing = {**files, STRUCTURE: files[STRUCTURE].replace('swings = ["same"] }', 'swings = ["more", "same"] }')}
    assert not [fault for fault in lint.faults(agreeing, SYSTEM) if fault.rule == "unreachable"]


def test_a_text_that_costs_too_much_says_what_makes_it_dear() -> None:
    files = spoilt(CHILD, "Or say SKIP.", f"Or say SKIP. {'We read all. ' * 9}Llŷn.")
    dear = next(fault for fault in lint.faults(files, SYSTEM) if fault.rule == "sms-segments")
    assert "3 segments" in dear.problem
    assert "because of ŷ" in dear.problem


def test_a_line_for_the_grown_up_is_measured_for_a_grown_up() -> None:
    line = "Grown-up: please read the question out and let them say what they think in their very own words."
    files = spoilt(CHILD, "why = ", f'grown_up = "{line}"\nwhy = ')
    assert lint.faults(files, SYSTEM) == ()


def test_what_was_agreed_to_although_it_is_long_is_a_warning() -> None:
    long = "Should the park have more swings than it has had in all the years before now?"
    files = spoilt(CHILD, "Should the park have more swings?", long)
    files = spoilt(CHILD, "reviewed_by", 'agreed = ["questions.swings.text"]\nreviewed_by', files)
    (fault,) = lint.faults(files, SYSTEM)
    assert (fault.rule, fault.key, fault.warning) == ("words-per-sentence", "questions.swings.text", True)


def test_no_agreement_makes_a_secret_of_anything() -> None:
    files = spoilt(CHILD, "The park", "Our secret park")
    files = spoilt(CHILD, "reviewed_by", 'agreed = ["say.title"]\nreviewed_by', files)
    assert [(fault.rule, fault.warning) for fault in lint.faults(files, SYSTEM)] == [
        ("agreed", True),
        ("secrecy", False),
    ]


def test_faults_come_by_file_and_line() -> None:
    files = spoilt(CHILD, "swings?", "{swings}?", spoilt(STRUCTURE, '"tag-late"', '"lenient"', HARBOUR))
    faults = lint.faults(files, SYSTEM)
    assert list(faults) == sorted(faults, key=lambda fault: (fault.file, fault.line))


@given(st.data())
def test_whatever_is_cut_out_of_a_pack_linting_it_never_crashes(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(PARK)))
    lines = PARK[file].splitlines(keepends=True)
    cut = data.draw(st.sets(st.sampled_from(range(len(lines))), max_size=6))
    lint.faults({**PARK, file: "".join(line for number, line in enumerate(lines) if number not in cut)}, SYSTEM)


# --- Sayso's own words ---


def of_ours(**texts: str) -> list[Fault]:
    files = {**SYSTEM, **{f"{name.replace('_', '.', 1).replace('_', '-')}.toml": text for name, text in texts.items()}}
    return [fault for fault in lint.system_faults(files) if fault.rule != "missing-words"]


def test_our_own_words_keep_the_same_rules() -> None:
    assert of_ours() == []
    (fault,) = of_ours(en_8_11='[say]\nthanks = "It stays our secret."\n')
    assert (fault.file, fault.line, fault.rule) == ("bot/wording/en.8-11.toml", 2, "secrecy")
    (fault,) = of_ours(english="")
    assert fault.rule == "file-name"


def test_in_english_for_the_youngest_none_of_our_own_words_may_be_missing() -> None:
    missing = {fault.key for fault in lint.system_faults(SYSTEM) if fault.rule == "missing-words"}
    assert "say.reminder" in missing
    assert "labels.delete_yes" in missing
    assert "say.help" not in missing


def test_the_words_that_sayso_is_shipped_with_have_no_errors() -> None:
    folder = ROOT / "bot" / "wording"
    shipped = {path.name: path.read_text() for path in folder.glob("*.toml")}
    assert "en.4-7.toml" in shipped
    assert [fault for fault in lint.system_faults(shipped) if not fault.warning] == []
