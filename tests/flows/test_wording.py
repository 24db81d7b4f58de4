"""What one step says, on each channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from flows.definition import AgeBand, Consultation, Kind, KindWords, Question, QuestionWords
from flows.effects import Ask, CancelQueued, Effect, Erase, Keep, ListAnswers, Manner, Notice, OfferCode, Tell
from flows.messages import Bubble, Shows
from flows.state import Given, Phase, State
from flows.values import Choice, Number, Ranking, Text, Value
from flows.wording import Facts, compose, question_text
from tests.support.builders import CLOSES, DURING, a_consultation, a_question, a_state

SMS = Shows(buttons=False, emoji=False, joined=True, short=True, longest=600)
TELEGRAM = Shows(buttons=True, longest=2000)
WEB = Shows(buttons=False, form=True)
FACTS = Facts(public_url="https://sayso.example", now=DURING, code="K7M2QX")

SWINGS = a_question("swings", "one", "more fewer not-sure")
SWINGS_WORDS = QuestionWords(
    text="Should the park have more swings?",
    sms="More swings?",
    why="There is money for one thing.",
    grown_up="Grown-up: please read this out.",
    choices={"more": "More swings", "fewer": "Fewer swings", "not-sure": "Not sure"},
    pictures={"more": "🛝"},
)


def a_pack(
    *questions: Question,
    words: Mapping[str, QuestionWords] | None = None,
    short: Mapping[str, str] | None = None,
    kinds: Mapping[Kind, KindWords] | None = None,
    say: Mapping[str, str] | None = None,
) -> Consultation:
    pack = a_consultation(*(questions or (SWINGS,)), words=words or {"swings": SWINGS_WORDS}, say=say)
    both = {key: replace(each, short=short or {}, kinds=kinds or {}) for key, each in pack.words.items()}
    return replace(pack, words=both)


def said(
    *effects: Effect, shows: Shows, pack: Consultation | None = None, state: State | None = None
) -> tuple[Bubble, ...]:
    current = next((effect.question for effect in effects if isinstance(effect, Ask)), None)
    return compose(
        pack or a_pack(), state or a_state(Phase.ASKING, current=current, role="child"), effects, shows, FACTS
    )


def texts(*effects: Effect, shows: Shows, pack: Consultation | None = None, state: State | None = None) -> list[str]:
    return [bubble.text for bubble in said(*effects, shows=shows, pack=pack, state=state)]


OPENING = (Tell(Notice.WELCOME), Tell(Notice.PRIVACY_NOTE), Ask("swings"))


def test_by_sms_one_step_is_one_message_with_the_question_last() -> None:
    (bubble,) = said(*OPENING, shows=SMS)
    assert bubble.text == (
        "welcome\nprivacy_note\nThere is money for one thing. More swings?\n"
        "1 More swings\n2 Fewer swings\n3 Not sure\n(Grown-up: please read this out.)"
    )
    assert (bubble.question, bubble.buttons) == ("swings", ())


def test_on_telegram_the_notices_are_one_bubble_and_the_question_another_with_buttons() -> None:
    notices, question = said(*OPENING, shows=TELEGRAM)
    assert (notices.text, notices.question, notices.buttons) == ("welcome\n\nprivacy_note", None, ())
    assert question.text == (
        "There is money for one thing.\n\nShould the park have more swings?\n(Grown-up: please read this out.)"
    )
    assert [(button.label, button.question, button.option) for button in question.buttons] == [
        ("🛝 More swings", "swings", "more"),
        ("Fewer swings", "swings", "fewer"),
        ("Not sure", "swings", "not-sure"),
        ("Skip", "swings", "/skip"),
    ]


def test_on_the_web_the_question_is_text_alone_because_the_form_has_the_rest() -> None:
    notices, question = said(*OPENING, shows=WEB)
    assert notices.text == "welcome\n\nprivacy_note"
    assert question.text == "There is money for one thing.\n\nShould the park have more swings?"
    assert question.buttons == ()


def test_why_we_ask_is_left_out_of_a_text_message_that_it_would_make_two() -> None:
    long = replace(SWINGS_WORDS, sms="x" * 60)
    (bubble,) = said(Ask("swings"), shows=SMS, pack=a_pack(words={"swings": replace(long, sms="x" * 50)}))
    assert bubble.text.startswith("There is money for one thing. x")
    (bubble,) = said(Ask("swings"), shows=SMS, pack=a_pack(words={"swings": long}))
    assert bubble.text.startswith("x")


def test_the_shorter_words_for_sms_are_said_by_sms_alone() -> None:
    pack = a_pack(short={"thanks": "ta"})
    assert texts(Tell(Notice.THANKS), shows=SMS, pack=pack) == ["ta"]
    assert texts(Tell(Notice.THANKS), shows=TELEGRAM, pack=pack) == ["thanks"]


def test_a_question_put_once_more_is_put_without_its_reason() -> None:
    assert texts(Ask("swings", Manner.REPEATED), shows=WEB) == ["Should the park have more swings?"]
    assert texts(Ask("swings", Manner.REPEATED), shows=SMS) == [
        "More swings?\n1 More swings\n2 Fewer swings\n3 Not sure"
    ]


@pytest.mark.parametrize("shows", [SMS, TELEGRAM, WEB])
def test_an_answer_that_was_not_understood_is_asked_for_in_the_question_s_own_words(shows: Shows) -> None:
    words = replace(SWINGS_WORDS, again="Please pick one.", again_differently="Like {example}. Or {skip}.")
    pack = a_pack(words={"swings": words})
    (again,) = texts(Ask("swings", Manner.AGAIN), shows=shows, pack=pack)
    (differently,) = texts(Ask("swings", Manner.AGAIN_DIFFERENTLY), shows=shows, pack=pack)
    assert again.startswith("Please pick one.")
    example = "3" if shows is SMS else "Not sure"
    assert differently.startswith(f"Like {example}. Or SKIP.\n")
    assert "swings?" in differently


@pytest.mark.parametrize(
    ("kind", "notice"),
    [
        ("who", "not_understood_choice"),
        ("helped-by", "not_understood_choice"),
        ("one", "not_understood_choice"),
        ("yes-no", "not_understood_choice"),
        ("many", "not_understood_many"),
        ("number", "not_understood_number"),
        ("scale", "not_understood_number"),
        ("rank", "not_understood_rank"),
        ("text", "not_understood_text"),
    ],
)
def test_without_words_of_its_own_a_question_says_what_fits_its_kind(kind: str, notice: str) -> None:
    question = a_question("q", kind, () if kind in {"text", "number", "scale"} else "a b", minimum=1, maximum=5)
    pack = a_pack(question, words={"q": QuestionWords(text="Q?", choices={"a": "A", "b": "B"})})
    (again,) = texts(Ask("q", Manner.AGAIN), shows=WEB, pack=pack)
    assert again == notice
    (differently,) = texts(Ask("q", Manner.AGAIN_DIFFERENTLY), shows=WEB, pack=pack)
    assert differently == "not_understood_again\nQ?"


@pytest.mark.parametrize(
    ("question", "by_sms", "on_telegram"),
    [
        (a_question("q", "one", "a b not-sure"), "3 (Not sure)", "Not sure"),
        (a_question("q", "one", "a not-sure b"), "2 (Not sure)", "Not sure"),
        (a_question("q", "yes-no", "a b"), "2 (B)", "B"),
        (a_question("q", "many", "a b not-sure"), "1 3", "1 3"),
        (a_question("q", "rank", "a b"), "1 2", "1 2"),
        (a_question("q", "many", "a b", at_most=1), "1", "1"),
        (a_question("q", "number", minimum=7), "7", "7"),
        (a_question("q", "number", maximum=9), "9", "9"),
        (a_question("q", "number"), "3", "3"),
        (a_question("q", "scale", minimum=1, maximum=5), "1", "1"),
        (a_question("q", "text"), "", ""),
    ],
)
def test_the_example_comes_from_the_question_and_hints_at_no_answer(
    question: Question, by_sms: str, on_telegram: str
) -> None:
    words = QuestionWords(text="Q?", choices={"a": "A", "b": "B", "not-sure": "Not sure"})
    both = replace(words, again_differently="{example} ({example_label})")
    alone = replace(words, again_differently="{example}")
    picked = "(" in by_sms
    pack = a_pack(question, words={"q": both if picked else alone})
    (text,) = texts(Ask("q", Manner.AGAIN_DIFFERENTLY), shows=SMS, pack=pack)
    assert text.split("\n")[0] == (by_sms or "Q?")
    pack = a_pack(question, words={"q": alone})
    (text,) = texts(Ask("q", Manner.AGAIN_DIFFERENTLY), shows=TELEGRAM, pack=pack)
    assert text.split("\n")[0] == (on_telegram or "Q?")


def test_a_notice_that_was_not_understood_is_not_said_beside_a_question_that_says_so_itself() -> None:
    effects = (Tell(Notice.NOT_UNDERSTOOD_CHOICE), Ask("swings", Manner.AGAIN))
    assert texts(*effects, shows=WEB) == ["not_understood_choice"]
    assert texts(Tell(Notice.NOT_UNDERSTOOD_CHOICE), shows=WEB) == ["not_understood_choice"]


HOW = {kind: KindWords(typed="Send {example}.", tapped="Tap. {minimum} is {low}.", form="Fill in.") for kind in Kind}


@pytest.mark.parametrize("kind", ["many", "rank"])
def test_lists_and_rankings_are_numbered_also_where_there_are_buttons(kind: str) -> None:
    pack = a_pack(a_question("q", kind, "a b c"), words={"q": QuestionWords("Q?", choices=ABC)}, kinds=HOW)
    for shows in (SMS, TELEGRAM):
        (bubble,) = said(Ask("q"), shows=shows, pack=pack)
        assert bubble.text == "Q? Send 1 3.\n1 A\n2 B\n3 C"
        assert [button.option for button in bubble.buttons] == (["/skip"] if shows.buttons else [])
        (again,) = texts(Ask("q", Manner.AGAIN), shows=shows, pack=pack)
        assert again == f"not_understood_{kind} Send 1 3.\n1 A\n2 B\n3 C"


ABC = {"a": "A", "b": "B", "c": "C"}


def test_a_choice_by_button_says_how_once() -> None:
    pack = a_pack(a_question("q", "one", "a b c"), words={"q": QuestionWords("Q?", choices=ABC)}, kinds=HOW)
    assert texts(Ask("q"), shows=TELEGRAM, pack=pack) == ["Q? Tap."]
    assert texts(Ask("q", Manner.AGAIN), shows=TELEGRAM, pack=pack) == ["not_understood_choice"]


def test_a_scale_has_a_button_for_each_point_and_says_what_its_ends_mean() -> None:
    words = QuestionWords("How is it?", low="bad", high="good")
    pack = a_pack(a_question("mood", "scale", minimum=1, maximum=3), words={"mood": words}, kinds=HOW)
    (bubble,) = said(Ask("mood"), shows=TELEGRAM, pack=pack)
    assert bubble.text == "How is it? Tap. 1 is bad."
    assert [(button.label, button.option) for button in bubble.buttons] == [
        ("1", "1"),
        ("2", "2"),
        ("3", "3"),
        ("Skip", "/skip"),
    ]
    assert texts(Ask("mood"), shows=SMS, pack=pack) == ["How is it? Send 1."]


@pytest.mark.parametrize("kind", ["text", "number"])
def test_what_has_to_be_typed_still_has_a_button_to_pass_it_by(kind: str) -> None:
    (bubble,) = said(Ask("q"), shows=TELEGRAM, pack=a_pack(a_question("q", kind), words={"q": QuestionWords("Q?")}))
    assert [button.option for button in bubble.buttons] == ["/skip"]


def test_a_statement_stands_alone_and_the_question_behind_it_too() -> None:
    pack = a_pack(a_question("note", "note"), SWINGS)
    state = a_state(Phase.ASKING, current="swings", role="child")
    effects = (Ask("note"), Ask("swings", Manner.REPEATED))
    note, question = said(*effects, shows=TELEGRAM, pack=pack, state=state)
    assert (note.text, note.buttons) == ("note?", ())
    assert question.question == "swings"
    (joined,) = said(*effects, shows=SMS, pack=pack, state=state)
    assert joined.text.startswith("note?\nMore swings?")
    assert joined.question == "swings"


def test_the_open_question_is_put_in_the_language_and_band_that_its_answer_will_be_recorded_with() -> None:
    pack = a_consultation(a_question("issue"), languages=("en", "cy"))
    changed = {
        (language, band): replace(words, questions={**words.questions, "issue": QuestionWords(f"{language} {band}")})
        for (language, band), words in pack.words.items()
    }
    pack = replace(pack, words=changed)
    state = State(phase=Phase.ASKING, language="cy", band=AgeBand.ADULT, current="issue", asked_language="en")
    assert texts(Ask("issue"), shows=WEB, pack=pack, state=state) == ["en 8-11"]
    assert texts(Ask("issue"), shows=WEB, pack=pack, state=replace(state, current=None)) == ["cy adult"]


def test_the_youngest_have_their_own_shape_of_a_question() -> None:
    variant = a_question("issue", "one", "play school")
    pack = a_consultation(a_question("issue", variants={"4-7": variant}))
    young = State(phase=Phase.ASKING, current="issue", band=AgeBand.FOUR_TO_SEVEN, asked_band=AgeBand.FOUR_TO_SEVEN)
    assert texts(Ask("issue"), shows=SMS, pack=pack, state=young) == ["issue?\n1 Play\n2 School"]
    assert texts(Ask("issue"), shows=SMS, pack=pack, state=a_state(Phase.ASKING, current="issue")) == ["issue?"]


def given(**values: Value) -> State:
    answers = {code: Given(value, 1, late=False, counts=True) for code, value in values.items()}
    return replace(a_state(Phase.ASKING, current="swings", role="child"), given=answers)


def test_answers_are_shown_by_name_and_what_was_typed_stays_as_it_was_typed() -> None:
    typed = "  {skip} theres ALLWAYS a queue\n\n😀 "
    words = {"swings": replace(SWINGS_WORDS, name="Swings")}
    pack = a_pack(SWINGS, a_question("ideas"), words=words)
    state = given(swings=Choice("more"), ideas=Text(typed))
    effect = ListAnswers(Notice.SHOW_HEADING, ("swings", "ideas"))
    for shows in (SMS, TELEGRAM, WEB):
        (text,) = texts(effect, shows=shows, pack=pack, state=state)
        assert text == f"show_heading\nSwings: More swings\nideas?: {typed}"


def test_the_list_for_a_change_is_numbered_or_buttons_or_left_to_the_form() -> None:
    pack = a_pack(SWINGS, a_question("ideas"), words={"swings": replace(SWINGS_WORDS, name="Swings")})
    effect = ListAnswers(Notice.CHANGE_WHICH, ("swings", "ideas"), numbered=True)
    assert texts(effect, shows=SMS, pack=pack) == ["change_which\n1 Swings\n2 ideas?"]
    assert texts(effect, shows=WEB, pack=pack) == ["change_which"]
    (bubble,) = said(effect, shows=TELEGRAM, pack=pack)
    assert [(button.label, button.question, button.option) for button in bubble.buttons] == [
        ("Swings", "/change", "swings"),
        ("ideas?", "/change", "ideas"),
    ]


def test_an_answer_is_named_as_it_was_chosen_also_by_somebody_of_another_band_now() -> None:
    variant = a_question("issue", "one", "play school")
    pack = a_consultation(a_question("issue", variants={"4-7": variant}), a_question("swings", "one", "a b"))
    effect = ListAnswers(Notice.SHOW_HEADING, ("issue", "swings"))
    state = given(issue=Choice("play"), swings=Choice("gone"))
    assert texts(effect, shows=WEB, pack=pack, state=state)[0].split("\n")[1] == "issue?: Play"


@pytest.mark.parametrize(
    ("question", "value", "told"),
    [
        (a_question("q", "number"), Number(Decimal(7)), "7"),
        (a_question("q", "rank", "a b c"), Ranking(("b", "a")), "B"),
    ],
)
def test_values_of_every_kind_are_shown_in_words(question: Question, value: Value, told: str) -> None:
    pack = a_pack(question, words={"q": QuestionWords("Q?", choices=ABC)})
    (text,) = texts(ListAnswers(Notice.SHOW_HEADING, ("q",)), shows=WEB, pack=pack, state=given(q=value))
    assert told in text


def test_a_question_without_an_answer_is_listed_by_its_name() -> None:
    assert texts(ListAnswers(Notice.SHOW_HEADING, ("swings",)), shows=WEB) == [
        "show_heading\nShould the park have more swings?"
    ]


def test_whether_to_erase_everything_is_a_yes_and_a_no_where_there_are_buttons() -> None:
    (bubble,) = said(Tell(Notice.DELETE_SURE), shows=TELEGRAM)
    assert [(button.label, button.question, button.option) for button in bubble.buttons] == [
        ("Delete yes", "/delete", "yes"),
        ("Delete no", "/delete", "no"),
    ]
    assert said(Tell(Notice.DELETE_SURE), shows=SMS)[0].buttons == ()


def test_a_code_is_said_with_where_it_works() -> None:
    pack = a_pack(say={"carry_over": "Code {code} at {link}."})
    assert texts(OfferCode(Notice.CARRY_OVER), shows=SMS, pack=pack) == [
        "Code K7M2QX at https://sayso.example/chat/harbour-play."
    ]


def test_a_notice_is_filled_with_what_the_step_gave_it() -> None:
    pack = a_pack(say={"extended": "Until {closing}. {reason}"})
    for reason, told in (("Snow.", "Until 11:59pm on Friday 31 May 2030. Snow."), ("", None)):
        (text,) = texts(Tell(Notice.EXTENDED, {"reason": reason}), shows=SMS, pack=pack)
        assert text == (told or "Until 11:59pm on Friday 31 May 2030.")


@pytest.mark.parametrize("shows", [SMS, TELEGRAM, WEB])
def test_what_is_no_speech_is_not_said(shows: Shows) -> None:
    assert said(CancelQueued(), Erase(), a_keep(), shows=shows) == ()
    assert said(shows=shows) == ()


def a_keep(at: datetime = DURING) -> Keep:
    return Keep(
        question="swings",
        value=Choice("more"),
        revision=1,
        at=at,
        late=False,
        counts=True,
        cutoff=CLOSES,
        role="child",
        band=AgeBand.EIGHT_TO_ELEVEN,
        helped_by=None,
        language="en",
        asked_language="en",
        asked_band=None,
    )


def test_a_notice_whose_every_sentence_is_left_out_is_no_message() -> None:
    pack = a_pack(say={"thanks": "See {contact}."})
    assert said(Tell(Notice.THANKS), shows=SMS, pack=replace(pack, contact=None)) == ()


@pytest.mark.parametrize("shows", [SMS, TELEGRAM, WEB])
def test_only_the_confirmation_of_a_stop_may_go_out_after_it(shows: Shows) -> None:
    (bubble,) = said(CancelQueued(), Tell(Notice.STOPPED, after_stop=True), shows=shows)
    assert bubble.after_stop
    assert not any(bubble.after_stop for bubble in said(*OPENING, shows=shows))


def test_a_long_text_goes_out_as_several_messages_and_the_last_of_them_asks() -> None:
    words = {"swings": replace(SWINGS_WORDS, text="word " * 30 + "swings?")}
    shows = replace(TELEGRAM, longest=60)
    *earlier, last = said(Ask("swings"), shows=shows, pack=a_pack(words=words))
    assert earlier
    assert all(not bubble.buttons and bubble.question is None for bubble in earlier)
    assert last.question == "swings"
    assert last.buttons
    assert all(len(bubble.text) <= 60 for bubble in (*earlier, last))


def test_a_confirmation_in_several_messages_may_go_out_whole() -> None:
    pack = a_pack(say={"stopped": "stopped " * 20})
    bubbles = said(Tell(Notice.STOPPED, after_stop=True), shows=replace(SMS, longest=50), pack=pack)
    assert len(bubbles) > 1
    assert all(bubble.after_stop for bubble in bubbles)


def test_the_wording_frozen_on_an_answer_is_the_question_alone_as_the_channel_shows_it() -> None:
    pack, state = a_pack(words={"swings": replace(SWINGS_WORDS, sms="Swings? Or {skip}.")}), State()
    assert question_text(pack, "swings", "en", None, SMS, state) == "Swings? Or SKIP."
    assert question_text(pack, "swings", "en", None, WEB, state) == "Should the park have more swings?"
