"""What is wrong with a pack is found, named with its place, and told with what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import lint
from flows.errors import Fault
from flows.lint_catalogue import RULES, SECTIONS
from tests.support.broken_packs import FILES, ON_DISK, Broken, BrokenFiles, files_of, with_files
from tests.support.broken_words import EXAMPLES
from tests.support.pack_files import ADULT, CHILD, HARBOUR, PARK, STRUCTURE, SYSTEM, spoilt
from tests.support.source import ROOT, python_files


def named(example: Broken) -> str:
    return f"{example.rule}: {example.new.strip()[:40]}"


def found_in(files: dict[str, str]) -> set[tuple[str, str, str]]:
    return {(fault.rule, fault.file, fault.key) for fault in lint.faults(files, SYSTEM)}


def test_a_sound_pack_has_no_faults_at_all() -> None:
    assert lint.faults(PARK, SYSTEM) == ()


# --- every rule ---


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_broken_rule_is_told_with_its_place_and_what_to_write(example: Broken) -> None:
    faults = lint.faults(files_of(example), SYSTEM)
    meant = [fault for fault in faults if fault.rule == example.rule and fault.key == example.key]
    assert meant, [(fault.rule, fault.key, fault.problem) for fault in faults]
    for fault in meant:
        _check(fault)
        assert fault.line or not fault.key or fault.rule in {"missing-key", "missing-welsh"}


@pytest.mark.parametrize("example", FILES, ids=lambda example: f"{example.rule}: {example.file}")
def test_so_is_one_that_whole_files_break(example: BrokenFiles) -> None:
    meant = [fault for fault in lint.faults(with_files(example.bad), SYSTEM) if fault.rule == example.rule]
    assert [fault.file for fault in meant] == [example.file]
    _check(meant[0])


def _check(fault: Fault) -> None:
    assert fault.problem, "it says what is wrong"
    assert fault.mend, "it says what to write"
    assert not fault.problem.endswith("."), "a sentence ends where it is shown"
    level = RULES[fault.rule].level
    assert level == "either" or fault.warning is (level == "warning")


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.fine is not None], ids=named)
def test_its_nearest_neighbour_passes(example: Broken) -> None:
    assert example.rule not in {fault.rule for fault in lint.faults(files_of(example, fine=True), SYSTEM)}


@pytest.mark.parametrize("example", FILES, ids=lambda example: f"{example.rule}: {example.file}")
def test_so_do_files_that_are_nearly_the_same(example: BrokenFiles) -> None:
    assert example.rule not in {fault.rule for fault in lint.faults(with_files(example.fine), SYSTEM)}


def _rules_in_the_source() -> Iterator[str]:
    """Every rule that the code can name: the literal in its place in the calls that note a fault."""
    places = {"fault": 1, "warn": 1, "broken": 1, "Finding": 0}
    for path in [*python_files("flows"), ROOT / "bot" / "packs.py"]:
        if not path.name.startswith(("pack", "lint")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                rules = [*node.args[places[name] : places[name] + 1]] if name in places else []
                rules += [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
                yield from (str(rule.value) for rule in rules if isinstance(rule, ast.Constant) and rule.value)


def test_every_rule_is_in_the_catalogue_and_has_an_example_that_breaks_it() -> None:
    rules = set(_rules_in_the_source())
    assert len(rules) > 60, "the test saw too few rules"
    assert rules == set(RULES)
    assert rules == {example.rule for example in EXAMPLES} | {example.rule for example in FILES} | ON_DISK


def test_every_rule_has_a_neighbour_that_passes() -> None:
    whole = {example.rule for example in FILES}  # the park itself is one, where no other files are named
    assert {example.rule for example in EXAMPLES if example.fine is not None} | whole | ON_DISK == set(RULES)


def test_every_rule_is_told_of_in_one_section() -> None:
    told = [rule.name for rules in SECTIONS.values() for rule in rules]
    assert sorted(told) == sorted(RULES)


# --- some rules from nearer by ---


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


def test_a_text_that_costs_too_much_says_what_makes_it_dear() -> None:
    files = spoilt(CHILD, "Or say SKIP.", f"Or say SKIP. {'We read all. ' * 9}Llŷn.")
    dear = next(fault for fault in lint.faults(files, SYSTEM) if fault.rule == "sms-segments")
    assert "3 segments" in dear.problem
    assert "because of ŷ" in dear.problem


def test_a_line_for_the_grown_up_is_measured_for_a_grown_up() -> None:
    line = "Grown-up: please read out what we consult on, and let them say what they think in their very own words."
    files = spoilt(CHILD, "why = ", f'grown_up = "{line}"\nwhy = ')
    assert lint.faults(files, SYSTEM) == ()


def test_what_was_agreed_to_although_it_is_long_is_a_warning() -> None:
    long = "Should the park have more swings than it has had in all the years before now?"
    files = spoilt(CHILD, "Should the park have more swings?", long)
    files = spoilt(CHILD, "reviewed_by", 'agreed = ["questions.swings.text"]\nreviewed_by', files)
    (fault,) = lint.faults(files, SYSTEM)
    assert (fault.rule, fault.key, fault.warning) == ("words-per-sentence", "questions.swings.text", True)


def test_more_options_can_be_agreed_to_as_well() -> None:
    example = next(each for each in EXAMPLES if each.rule == "options")
    files = {**files_of(example)}
    for file in (CHILD, ADULT):
        files[file] = f'agreed = ["questions.swings.choices"]\n{files[file]}'
    told = {(fault.rule, fault.file, fault.warning) for fault in lint.faults(files, SYSTEM)}
    assert told == {("options", CHILD, True), ("agreed", ADULT, True)}, "six are no more than adults can hold in mind"


def test_a_translation_need_not_agree_to_the_options_again() -> None:
    example = next(each for each in EXAMPLES if each.rule == "options")
    files = {**files_of(example), "wording/cy.8-11.toml": files_of(example)[CHILD]}
    files[STRUCTURE] = files[STRUCTURE].replace('["en"]', '["en", "cy"]')
    assert [fault.warning for fault in lint.faults(files, SYSTEM) if fault.rule == "options"] == [False, False]
    files[CHILD] = f'agreed = ["questions.swings.choices"]\n{files[CHILD]}'
    told = [(fault.rule, fault.warning) for fault in lint.faults(files, SYSTEM) if fault.rule in {"options", "agreed"}]
    assert told == [("options", True), ("options", True)]


def test_options_that_have_no_words_yet_are_counted_all_the_same() -> None:
    example = next(each for each in EXAMPLES if each.rule == "options")
    faults = lint.faults({STRUCTURE: files_of(example)[STRUCTURE]}, SYSTEM)
    assert [(fault.file, fault.warning) for fault in faults if fault.rule == "options"] == [(CHILD, False)]


def test_no_agreement_makes_a_secret_of_anything() -> None:
    files = spoilt(CHILD, "The park", "Our secret park")
    files = spoilt(CHILD, "reviewed_by", 'agreed = ["say.title"]\nreviewed_by', files)
    assert [(fault.rule, fault.warning) for fault in lint.faults(files, SYSTEM)] == [
        ("agreed", True),
        ("secrecy", False),
    ]


def test_letters_and_hard_words_pass_in_the_name_of_an_organisation() -> None:
    files = spoilt(CHILD, '"The park"', '"The SEND Scrutiny park"')
    assert {rule for rule, _, _ in found_in(files)} == {"abbreviation", "hard-word"}
    assert lint.faults(spoilt(STRUCTURE, "slug", 'names = ["SEND Scrutiny"]\nslug', files), SYSTEM) == ()
    assert lint.faults(spoilt(STRUCTURE, "Harbour Council", "SEND Scrutiny", files), SYSTEM) == ()


def test_adults_may_read_letters_that_the_glossary_explains_and_children_may_not() -> None:
    glossary = f'{PARK[STRUCTURE]}\n[glossary]\nSEND = "special educational needs and disabilities"\n'
    adults, children = (
        lint.faults({**spoilt(file, '"The park"', '"A SEND park"'), STRUCTURE: glossary}, SYSTEM)
        for file in (ADULT, CHILD)
    )
    assert adults == ()
    assert [fault.rule for fault in children] == ["abbreviation"]
    assert "Write “special educational needs and disabilities”" in children[0].mend


def test_the_words_people_are_told_to_send_are_no_abbreviations() -> None:
    assert lint.faults(spoilt(CHILD, '"The park"', '"PARK, STOP and SKIP"'), SYSTEM) == ()


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
