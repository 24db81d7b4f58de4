"""What a form's expressions mean to a pack, and which of them mean nothing to it."""

from __future__ import annotations

import pytest

from bot.xlsforms.expressions import Bounds, UnsayableError, bounds, conditions

SAYABLE = [
    ("${q} = 'a'", {"q": ("a",)}),
    ('${q}="a"', {"q": ("a",)}),
    ("'a' = ${ q }", {"q": ("a",)}),
    ("${n} = 3", {"n": ("3",)}),
    ("selected(${q}, 'a')", {"q": ("a",)}),
    ("selected( ${q} ,'a' )", {"q": ("a",)}),
    ("(${q} = 'a')", {"q": ("a",)}),
    ("${q} = 'a' or ${q} = 'b' or selected(${q}, 'a')", {"q": ("a", "b")}),
    ("${q} = 'a' and ${r} = 'b'", {"q": ("a",), "r": ("b",)}),
    ("(${q} = 'a' or ${q} = 'b') and selected(${r}, 'c')", {"q": ("a", "b"), "r": ("c",)}),
    ("${q} = 'a' and ${q} = 'a'", {"q": ("a",)}),
    ("true()", {}),
    ("true() and ${q} = 'a'", {"q": ("a",)}),
    ("${and-or} = 'or'", {"and-or": ("or",)}),
]
UNSAYABLE = [
    ("${q} != 'a'", "'!='"),
    ("${q} > 3", "'>'"),
    ("${q} != ''", "'!='"),
    ("${q} = ''", "passed over"),
    ("${q} = ${r}", "stands where an option"),
    ("'a' = 'b'", "stands where a question"),
    ("${q} = 'a' or ${r} = 'b'", "one question"),
    ("${q} = 'a' or true()", "one question"),
    ("(${q} = 'a' and ${r} = 'b') or ${q} = 'c'", "one question"),
    ("not(${q} = 'a')", "nothing that a pack can say"),
    ("count-selected(${q}) > 1", "nothing that a pack can say"),
    ("selected(${q}, 'a') and selected(${q}, 'b')", "two things of ${q}"),
    ("${q} = 'a' ${r} = 'b'", "nothing that a pack can say here"),
    ("selected(${q} 'a')", "','"),
    ("(${q} = 'a'", "breaks off"),
    ("${q} =", "stands where"),
    ("${q} = 'a", "nothing that a pack can say"),
    ("today() > ${q}", "nothing that a pack can say"),
    ("${q} = 'a' and", "nothing that a pack can say"),
    ("", "nothing that a pack can say"),
    ("(" * 60 + "${q} = 'a'" + ")" * 60, "too deep"),
]
TWO_ALONE = (
    "count-selected(.) <= 2 and not(selected(., 'a') and count-selected(.) > 1)"
    " and not(selected(., 'b') and count-selected(.) > 1)"
)
BOUNDED = [
    (". >= 1 and . <= 5", Bounds(minimum=1, maximum=5)),
    (".>=1 and .<=5", Bounds(minimum=1, maximum=5)),
    (". > 0 and . < 6", Bounds(minimum=1, maximum=5)),
    ("1 <= . and 5 >= .", Bounds(minimum=1, maximum=5)),
    ("0 < . and 6 > .", Bounds(minimum=1, maximum=5)),
    ("(. >= 1) and (. <= 5)", Bounds(minimum=1, maximum=5)),
    (". >= -5", Bounds(minimum=-5)),
    (". >= 1 and . >= 3 and . <= 9 and . <= 7", Bounds(minimum=3, maximum=7)),
    ("count-selected(.) <= 3", Bounds(at_most=3)),
    ("count-selected(.) < 4", Bounds(at_most=3)),
    ("3 >= count-selected(.)", Bounds(at_most=3)),
    ("not(selected(., 'none') and count-selected(.) > 1)", Bounds(alone=("none",))),
    ("not(count-selected(.) >= 2 and selected(., 'none'))", Bounds(alone=("none",))),
    (
        TWO_ALONE,
        Bounds(at_most=2, alone=("a", "b")),
    ),
]
UNBOUNDED = [
    (". >= 1 or . <= 5", "'or'"),
    (". = 5", "no bound"),
    (". != 5", "no bound"),
    (". >= 1.5", "1.5"),
    ("regex(., '^[a-z]+$')", "'regex'"),
    ("string-length(.) < 10", "'string-length'"),
    (". > ${q}", "'${q}'"),
    ("count-selected(.) >= 2", "no bound"),
    ("not(. > 5)", "stands alone"),
    ("not(selected(., 'a') and count-selected(.) > 2)", "stands alone"),
    ("1 < 2", "beside"),
    (". >=", "breaks off"),
    ("(" * 60 + ". > 1" + ")" * 60, "too deep"),
]


@pytest.mark.parametrize(("expression", "meaning"), SAYABLE)
def test_a_condition_that_a_pack_can_say_is_understood(expression: str, meaning: dict[str, tuple[str, ...]]) -> None:
    assert conditions(expression) == meaning


@pytest.mark.parametrize(("expression", "reason"), UNSAYABLE)
def test_a_condition_that_a_pack_cannot_say_is_refused_with_what_is_in_the_way(expression: str, reason: str) -> None:
    with pytest.raises(UnsayableError) as error:
        conditions(expression)
    assert reason in str(error.value)


def test_two_conditions_on_a_question_with_one_answer_are_what_both_allow() -> None:
    expression = "(${q} = 'a' or ${q} = 'b') and (${q} = 'b' or ${q} = 'c')"
    assert conditions(expression, singles={"q"}) == {"q": ("b",)}
    with pytest.raises(UnsayableError, match="two things"):
        conditions(expression)
    with pytest.raises(UnsayableError, match="no answer"):
        conditions("${q} = 'a' and ${q} = 'b'", singles={"q"})


@pytest.mark.parametrize(("expression", "meaning"), BOUNDED)
def test_a_constraint_that_a_pack_can_say_is_understood(expression: str, meaning: Bounds) -> None:
    assert bounds(expression) == meaning


@pytest.mark.parametrize(("expression", "reason"), UNBOUNDED)
def test_a_constraint_that_a_pack_cannot_say_is_refused_with_what_is_in_the_way(expression: str, reason: str) -> None:
    with pytest.raises(UnsayableError) as error:
        bounds(expression)
    assert reason in str(error.value)
