"""Conditions that can never hold, and audiences that nobody belongs to, are found before anybody misses a question."""

from __future__ import annotations

import pytest

from flows import lint
from tests.support.pack_files import SYSTEM

STRUCTURE = "consultation.toml"
HEAD = """\
slug = "park"
authority = "Harbour Council"
contact = "play@harbour.example"
timezone = "Europe/London"
opens_at = 2030-05-01T09:00:00
closes_at = 2030-06-01T00:00:00
sms_keyword = "PARK"
feedback_due = 2030-09-30

[[roles]]
code = "child"
bands = ["4-7", "8-11"]

[[roles]]
code = "parent-carer"
bands = ["adult"]
"""


def asking(code: str, kind: str, *lines: str) -> str:
    return "\n".join(("[[questions]]", f'code = "{code}"', f'kind = "{kind}"', *lines, ""))


def told(*questions: str) -> list[tuple[str, str, str]]:
    """What is said of conditions and audiences in a pack of these questions, words apart."""
    faults = lint.faults({STRUCTURE: HEAD + "\n".join(questions)}, SYSTEM)
    return [(fault.rule, fault.key, fault.problem) for fault in faults if fault.rule in {"show-if", "unreachable"}]


ONE = asking("one", "one", 'choices = ["a", "b"]')
MANY = asking("many", "many", 'choices = ["a", "b", "none"]', 'alone = ["none"]')
FACES = asking("faces", "text", "[questions.variants.4-7]", 'kind = "one"', 'choices = ["happy", "sad"]')


@pytest.mark.parametrize(
    "questions",
    [
        (ONE, asking("two", "text", 'show_if = { one = ["a", "b"] }')),
        (ONE, MANY, asking("two", "text", 'show_if = { one = ["a"], many = ["b"] }')),
        (
            MANY,
            asking("two", "one", 'choices = ["x", "y"]', 'show_if = { many = ["a"] }'),
            asking("three", "text", 'show_if = { two = ["x"], many = ["b"] }'),
        ),
        (FACES, asking("two", "text", 'bands = ["4-7"]', 'show_if = { faces = ["sad"] }')),
        (FACES, asking("two", "text", "[questions.variants.4-7]", 'show_if = { faces = ["sad"] }')),
        (
            asking("job", "one", 'choices = ["a", "b"]', 'roles = ["parent-carer"]'),
            asking("two", "text", 'show_if = { job = ["a"] }'),
        ),
        (ONE, asking("two", "text", 'show_if = { who = ["child-4-7"] }')),
    ],
)
def test_conditions_that_can_hold_are_left_alone(questions: tuple[str, ...]) -> None:
    assert told(*questions) == []


def test_conditions_on_one_choice_that_exclude_each_other_make_a_question_unreachable() -> None:
    follow_up = asking("two", "one", 'choices = ["x", "y"]', 'show_if = { one = ["a"] }')
    never = asking("three", "text", 'show_if = { two = ["x"], one = ["b"] }')
    assert told(ONE, follow_up, never) == [("unreachable", "questions.three", "Nobody can come to 'three'")]


def test_an_option_that_stands_alone_is_never_chosen_with_another() -> None:
    follow_up = asking("two", "one", 'choices = ["x", "y"]', 'show_if = { many = ["none"] }')
    never = asking("three", "text", 'show_if = { two = ["x"], many = ["a"] }')
    assert [key for _, key, _ in told(MANY, follow_up, never)] == ["questions.three"]


def test_where_one_of_many_may_be_chosen_two_cannot_be() -> None:
    one_of_many = MANY.replace("alone =", "at_most = 1\nalone =")
    follow_up = asking("two", "one", 'choices = ["x", "y"]', 'show_if = { many = ["a"] }')
    never = asking("three", "text", 'show_if = { two = ["x"], many = ["b"] }')
    assert [key for _, key, _ in told(one_of_many, follow_up, never)] == ["questions.three"]


def test_a_condition_on_pictures_that_only_the_youngest_see_is_told_with_the_others_bands() -> None:
    (found,) = told(FACES, asking("two", "text", 'show_if = { faces = ["sad"] }'))
    assert found == (
        "show-if",
        "questions.two.show_if",
        "'faces' has none of these options for 8-11 and adult, so nobody of 8-11 and adult is asked 'two'",
    )


def test_such_a_condition_in_a_variant_is_told_there() -> None:
    one = asking("one", "one", 'choices = ["a", "b"]', "[questions.variants.8-11]", 'choices = ["c", "d"]')
    two = asking("two", "text", "[questions.variants.8-11]", 'show_if = { one = ["a"] }')
    ((rule, key, _),) = told(one, two)
    assert (rule, key) == ("show-if", "questions.two.variants.8-11.show_if")


def test_a_point_beyond_the_scale_of_a_band_is_no_option_there() -> None:
    mark = asking("mark", "scale", "min = 1", "max = 5", "[questions.variants.4-7]", "max = 3")
    (found,) = told(mark, asking("why", "text", 'show_if = { mark = ["4", "5"] }'))
    assert "for 4-7," in found[2]


def test_bands_and_roles_that_never_go_together_are_told_one_by_one() -> None:
    found = told(asking("one", "text", 'roles = ["parent-carer"]', 'bands = ["8-11", "16-25", "adult"]'))
    assert [(rule, key) for rule, key, _ in found] == [("unreachable", "questions.one.bands")] * 2
    found = told(asking("one", "text", 'roles = ["child", "parent-carer"]', 'bands = ["adult"]'))
    assert [(rule, key) for rule, key, _ in found] == [("unreachable", "questions.one.roles")]


def test_a_condition_on_itself_is_told_as_one() -> None:
    ((rule, _, problem),) = told(asking("one", "one", 'choices = ["a", "b"]', 'show_if = { one = ["a"] }'))
    assert (rule, problem) == ("show-if", "'one' waits for an answer to itself")
