"""What the rules about safety see, and what they leave alone. The figures are in `concerns/test_concern_corpus.py`."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.concerns import LONE_HELP, LONGEST, TOO_LONG, Concern, Harm, Tier, assess
from tests.support.concerns import corpus, seen, shipped_rules


def _tier(text: str) -> Tier | None:
    concern = seen(text)
    return None if concern is None else concern.tier


@pytest.mark.parametrize(
    ("told", "harm"),
    [
        ("my dad hits me", Harm.PHYSICAL),
        ("he touches me", Harm.SEXUAL),
        ("kms", Harm.SUICIDE),
        ("sh again", Harm.SELF_HARM),
        ("scared to go home", Harm.EMOTIONAL),
        ("theres no food at home", Harm.NEGLECT),
        ("dad hit mum and me", Harm.DOMESTIC),
        ("my friend wants to die", Harm.SUICIDE),
        ("they make me carry drugs", Harm.GANGS),
        ("mae dad yn taro fi", Harm.PHYSICAL),
        ("dwi isio marw", Harm.SUICIDE),
        ("tata mnie bije", Harm.PHYSICAL),
        ("chcę się zabić", Harm.SUICIDE),
    ],
)
def test_somebody_who_tells_of_harm_is_heard_at_once(told: str, harm: Harm) -> None:
    concern = seen(told)
    assert concern is not None
    assert concern.tier is Tier.URGENT
    assert harm in concern.harms


@pytest.mark.parametrize(
    "said",
    [
        "it would kill me to lose the bus",
        "my dad beats me at chess",
        "hit the target",
        "I hate maths",
        "cut the grass",
        "the youth club is dying",
        "my dad never hits me",
        "no i dont want to die lol",
        "dont worry im not suicidal",
        "Children witnessing domestic abuse need specialist support",
        "suicide prevention should be a priority",
        "5 kms of cycle path",
        "mae'r clwb ieuenctid yn marw",
        "tata bije mnie w szachy",
        "",
        "...",
        "🙂",
    ],
)
def test_the_same_words_about_something_else_interrupt_nobody(said: str) -> None:
    assert _tier(said) is not Tier.URGENT


def test_one_word_alone_never_interrupts() -> None:
    words = {word for line in corpus("tuning") for word in line.text.split()}
    # "kms" is two words, written short.
    assert {word for word in words if _tier(word) is Tier.URGENT} == {"kms"}


@pytest.mark.parametrize(
    "written",
    [
        "MY DAD HITS ME!!!",
        "my d4d h1ts me",
        "my dad hiiiits me",
        "m y d a d h i t s m e",
        "my dad 😭 hits 😭 me",
        "my dad just really hits me",
        "my\u00a0dad\u200b hits\tme",
        "My dad, hits me",
        "i wana kil myself",
        "i want to k i l l myself",
        "i w4nt to d1e",
    ],
)
def test_disguise_and_haste_hide_nothing(written: str) -> None:
    assert _tier(written) is Tier.URGENT


def _dropped(text: str) -> str:
    """One letter left out of the longest word, as in haste."""
    longest = max(text.split(), key=len)
    return text.replace(longest, longest[:2] + longest[3:], 1) if len(longest) > 6 else text


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (str.upper, 0.95),
        (lambda text: text.replace(" ", "  ").replace("'", "’") + "!!!", 0.95),
        (lambda text: text.replace(" ", " 😢 "), 0.95),
        (lambda text: f"more swings please. {text}. thank you", 0.95),
        (lambda text: f"school is ok and {text}", 0.9),
        (_dropped, 0.8),
    ],
)
def test_most_is_still_heard_when_it_is_written_another_way(change: object, least: float) -> None:
    assert callable(change)
    lines = [line for line in corpus("tuning") if line.urgency == "urgent"]
    heard = sum(_tier(change(line.text)) is Tier.URGENT for line in lines)
    assert heard / len(lines) >= least


def test_a_lone_help_may_be_a_cry() -> None:
    assert assess("HELP", shipped_rules()) is None
    assert assess("HELP", shipped_rules(), lone_help=True) == Concern(Tier.CONCERN, (LONE_HELP,), (Harm.UNCLEAR,))


def test_help_with_more_in_it_is_what_it_says() -> None:
    concern = assess("help my dad is hitting me", shipped_rules(), lone_help=True)
    assert concern is not None
    assert concern.tier is Tier.URGENT


def test_what_comes_out_holds_none_of_their_words() -> None:
    concern = seen("my dad hits me zebra")
    assert concern is not None
    assert "zebra" not in repr(concern)
    assert set(concern.rules) <= set(shipped_rules().codes)


def test_of_a_very_long_text_the_ends_are_looked_at_and_a_person_is_told_so() -> None:
    told = "my dad hits me. " + "more swings please. " * LONGEST
    concern = seen(told)
    assert concern is not None
    assert concern.tier is Tier.URGENT
    assert TOO_LONG in concern.rules
    assert _tier("more swings please. " * LONGEST) is Tier.CONCERN


WORDS = st.sampled_from(sorted({word for line in corpus("tuning") for word in line.text.split()}))


@given(st.text() | st.lists(WORDS, max_size=60).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_any_text_has_an_answer(text: str) -> None:
    concern = seen(text)
    assert concern is None or (concern.rules and concern.harms)


@given(st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS, max_size=12).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_another_sentence_hides_nothing(told: str, more: str) -> None:
    alone, together = seen(told), seen(f"{told}. {more}")
    if alone is not None:
        assert together is not None
        assert set(alone.rules) <= set(together.rules)


@pytest.mark.parametrize(
    "noise",
    ["a", "a ", "dad ", "my dad hits me ", "i not ", "he she they my hand on ", ".", "😀", "ż", "k1 ", "dad hits dad "],
)
def test_no_noise_keeps_the_service_busy(noise: str) -> None:
    text = noise * (1_000_000 // len(noise))
    begun = time.process_time()
    seen(text)
    assert time.process_time() - begun < 2
