"""What a text costs is said in segments, with the characters that make it dear."""

from __future__ import annotations

from flows.lint_sms import dear_characters, dear_text


def test_a_text_message_of_two_segments_will_do_and_one_of_three_will_not() -> None:
    assert list(dear_text("a" * 306)) == []
    (found,) = dear_text("a" * 307)
    assert (found.rule, found.warning) == ("sms-segments", False)
    assert found.problem == "By text this costs 3 segments (307 characters in GSM-7)"


def test_letters_outside_the_cheap_alphabet_are_named() -> None:
    (found,) = dear_text("ŵ" + "a" * 134)
    assert found.problem == "By text this costs 3 segments (135 characters in UCS-2 because of ŵ)"


def test_where_a_whole_script_is_dear_its_first_letters_are_enough() -> None:
    (found,) = dear_text("абвгдежзиклмнопрст" * 8)
    assert "а б в г д е ж з и к л м and 6 more" in found.problem


def test_what_is_only_advised_against_is_a_warning() -> None:
    assert [found.warning for found in dear_text("a" * 307, warning=True)] == [True]


def test_a_mark_that_makes_a_text_dearer_is_told_with_the_cheap_one() -> None:
    (found,) = dear_characters("It’s here… " + "a" * 80)
    assert (found.rule, found.warning) == ("sms-characters", True)
    assert (
        found.problem
        == "By text this costs 2 segments (91 characters in UCS-2 because of ’ …); with plain marks 1 segment"
    )
    assert found.mend == "Write ' for ’, ... for …"


def test_an_emoji_that_makes_a_text_dearer_is_left_out() -> None:
    (found,) = dear_characters("🛝 " + "a" * 80)
    assert found.mend == "Leave 🛝 out"


def test_a_space_that_nobody_sees_is_named() -> None:
    (found,) = dear_characters("5\N{NO-BREAK SPACE}pm " + "a" * 80)
    assert "because of a no-break space" in found.problem
    assert found.mend == "Leave a no-break space out"


def test_a_mark_that_costs_nothing_is_left_alone() -> None:
    assert list(dear_characters("It’s here.")) == [], "one segment either way"
    assert list(dear_characters("It’s ŵ " + "a" * 80)) == [], "a letter makes it dear, with or without the mark"
    assert list(dear_characters("plain " * 40)) == []
