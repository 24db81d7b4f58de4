"""Rules about safety as people write them: what can be said, what is wrong with it, and one file over another."""

from __future__ import annotations

import pytest

from flows.concern_files import rules_of
from flows.concern_rules import Tier
from flows.concerns import assess
from flows.errors import Fault
from flows.pack_table import Faults
from tests.support.concerns import shipped_files

SMALL = """
[means]
"want to" = ["wanna"]

[words]
kin = "mum dad <step>"
step = "stepdad"
hit = "hits hit"
not = "not never"

[[rules]]
code = "hits-me"
tier = "urgent"
harms = ["physical"]
says = ["<kin> .. <hit> me|us"]
unless = ["at chess"]
"""


def _faults(text: str, name: str = "en.toml") -> tuple[Fault, ...]:
    faults = Faults()
    rules_of({name: text}, {}, faults)
    return faults.sorted


def _tier(text: str, *files: str) -> Tier | None:
    ours, theirs = (*files, SMALL)[0], dict(zip(("concerns/en.toml",), files[1:], strict=False))
    faults = Faults()
    rules = rules_of({"en.toml": ours}, theirs, faults)
    assert faults.sorted == ()
    concern = assess(text, rules)
    return None if concern is None else concern.tier


def test_the_shipped_files_have_no_fault_and_three_languages() -> None:
    faults = Faults()
    rules = rules_of(shipped_files(), {}, faults)
    assert faults.sorted == ()
    assert [book.language for book in rules.books] == ["cy", "en", "pl"]
    assert len(rules.codes) == len(set(rules.codes))


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ("dad hits me", Tier.URGENT),
        ("stepdad always shouts and hits us", Tier.URGENT),
        ("dad never hits me", None),
        ("dad hits me at chess", None),
        ("dad is nice. he hits me", None),
        ("me hits dad", None),
        ("dad", None),
    ],
)
def test_a_rule_holds_where_its_words_stand_in_its_order_and_near(said: str, tier: Tier | None) -> None:
    assert _tier(said) is tier


@pytest.mark.parametrize(
    ("pattern", "said", "holds"),
    [
        ("i am? scared", "i scared", True),
        ("i am? scared", "i am scared", True),
        ("i am? scared", "i was scared", False),
        ("i .. scared", "i one two three four scared", True),
        ("i .. scared", "i one two three four five scared", False),
        ("i ... scared", "i one two three four five scared", True),
        ("^ kill them", "kill them", True),
        ("^ kill them", "i kill them", False),
        ("kill them $", "kill them", True),
        ("kill them $", "kill them all", False),
        ("żyć nie", "zyc nie", True),
    ],
)
def test_every_sign_of_a_pattern_does_what_it_says(pattern: str, said: str, *, holds: bool) -> None:
    file = f'[[rules]]\ncode = "one"\ntier = "concern"\nharms = ["low"]\nsays = ["{pattern}"]\n'
    assert (_tier(said, file) is Tier.CONCERN) is holds


@pytest.mark.parametrize(
    ("spoilt", "rule", "problem"),
    [
        (SMALL.replace('"urgent"', '"urgnt"'), "unknown-value", "'urgnt'"),
        (SMALL.replace('"physical"', '"fysical"'), "unknown-value", "'fysical'"),
        (SMALL.replace("<kin> ..", "<kinn> .."), "unknown-group", "<kinn>"),
        (SMALL.replace("<step>", "<stepp>"), "unknown-group", "<stepp>"),
        (SMALL.replace("<kin> .. <hit> me|us", "<hit>"), "pattern", "One word alone never decides"),
        (SMALL.replace("<kin> .. <hit> me|us", "<hit> me?"), "pattern", "One word alone never decides"),
        (SMALL.replace("<kin> .. <hit> me|us", ".. <hit> me"), "pattern", "Dots stand between two words"),
        (SMALL.replace("<kin> .. <hit> me|us", "<kin> (hit) me"), "pattern", "is neither a word nor a group"),
        (SMALL.replace("<kin> .. <hit> me|us", " ".join(["me"] * 13)), "pattern", "the most is 12"),
        (SMALL.replace("<kin> .. <hit> me|us", "a b c? d? e? f? g? h?"), "pattern", "may be left out"),
        (SMALL.replace('code = "hits-me"\n', ""), "missing-key", "code is missing"),
        (SMALL.replace('says = ["<kin> .. <hit> me|us"]\n', ""), "missing-key", "says is missing"),
        (SMALL.replace("unless", "unles"), "unknown-key", "'unles'"),
        (SMALL.replace('"wanna"', '"!!"'), "empty-word", "has no letters"),
        (SMALL + SMALL[SMALL.index("[[rules]]") :], "duplicate", "'hits-me'"),
        ("[words", "toml", "This is not TOML"),
    ],
)
def test_every_fault_is_told_with_its_line_and_none_is_raised(spoilt: str, rule: str, problem: str) -> None:
    found = [fault for fault in _faults(spoilt) if fault.rule == rule]
    assert found, _faults(spoilt)
    assert any(problem in fault.problem for fault in found)
    assert all(fault.line > 0 and fault.mend for fault in found)


def test_all_faults_of_a_file_are_told_at_once() -> None:
    spoilt = SMALL.replace('"urgent"', '"urgnt"').replace("<step>", "<stepp>").replace("unless", "unles")
    assert {fault.rule for fault in _faults(spoilt)} >= {"unknown-value", "unknown-group", "unknown-key"}


def test_a_file_is_named_after_its_language() -> None:
    assert [fault.rule for fault in _faults(SMALL, "english.txt")] == ["file-name"]


def test_a_rule_at_fault_takes_no_other_with_it() -> None:
    more = '\n[[rules]]\ncode = "two"\ntier = "urgent"\nharms = ["low"]\nsays = ["<nobody> hits me"]\n'
    faults = Faults()
    rules = rules_of({"en.toml": SMALL + more}, {}, faults)
    assert rules.codes == ("en/hits-me",)
    assert len(faults.sorted) == 1


def test_groups_that_hold_each_other_come_to_an_end() -> None:
    assert _tier("dad hits me", SMALL.replace('step = "stepdad"', 'step = "stepdad <kin>"')) is Tier.URGENT


def test_a_consultation_adds_words_and_rules() -> None:
    theirs = """
[words]
kin = "butty"

[[rules]]
code = "quarry"
tier = "urgent"
harms = ["bullying"]
says = ["push|pushed me .. quarry"]
"""
    assert _tier("my butty hits me", SMALL) is None
    assert _tier("my butty hits me", SMALL, theirs) is Tier.URGENT
    assert _tier("they pushed me in the quarry", SMALL, theirs) is Tier.URGENT
    assert _tier("dad hits me", SMALL, theirs) is Tier.URGENT


def test_a_consultation_switches_a_rule_off_or_makes_it_another() -> None:
    assert _tier("dad hits me", SMALL, 'off = ["hits-me"]\n') is None
    milder = '[[rules]]\ncode = "hits-me"\ntier = "concern"\nharms = ["physical"]\nsays = ["<kin> .. <hit> me"]\n'
    assert _tier("dad hits me", SMALL, milder) is Tier.CONCERN


def test_a_rule_that_is_not_there_cannot_be_switched_off() -> None:
    faults = Faults()
    rules_of({"en.toml": SMALL}, {"concerns/en.toml": 'off = ["hit-me"]\n'}, faults)
    assert [(fault.rule, fault.file) for fault in faults.sorted] == [("unknown-rule", "concerns/en.toml")]
    assert "hits-me" in faults.sorted[0].mend


def test_a_consultation_brings_a_language_of_its_own() -> None:
    faults = Faults()
    rules = rules_of({"en.toml": SMALL}, {"concerns/de.toml": SMALL}, faults)
    assert rules.codes == ("de/hits-me", "en/hits-me")
