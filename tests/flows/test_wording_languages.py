"""In which language each bubble is, where a pack's words were not all translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flows.definition import AgeBand, Consultation, QuestionWords
from flows.effects import Ask, Effect, ListAnswers, Notice, Tell
from flows.messages import Bubble, Shows
from flows.state import Given, Phase, State
from flows.values import Text
from flows.wording import Facts, compose, language_asked_in
from tests.support.builders import DURING, a_consultation, a_question, a_state

SMS = Shows(buttons=False, emoji=False, joined=True, short=True, longest=600)
WEB = Shows(buttons=False, form=True)
FACTS = Facts(public_url="https://sayso.example", now=DURING)
OPENING = (Tell(Notice.WELCOME), Tell(Notice.PRIVACY_NOTE), Ask("swings"))

SWINGS = a_question("swings", "one", "more fewer not-sure")
IDEAS = a_question("ideas")
WORDS: Mapping[str, QuestionWords] = {
    "swings": QuestionWords(
        text="Should the park have more swings?", choices={"more": "More", "fewer": "Fewer", "not-sure": "?"}
    )
}


def in_arabic() -> Consultation:
    """A pack for Arabic speakers that nobody has translated but its word of welcome."""
    pack = a_consultation(SWINGS, languages=("en", "ar"), words=WORDS)
    borrowed = {("say", notice.value): "en" for notice in Notice if notice is not Notice.WELCOME}
    arabic = {
        key: replace(
            words,
            borrowed=borrowed,
            say={**words.say, "welcome": "مرحبًا.", "privacy_note": "Say {skip}. Closes {closing}."},
            questions={"swings": replace(words.questions["swings"], language="en")},
        )
        for key, words in pack.words.items()
        if key[0] == "ar"
    }
    return replace(pack, words={**pack.words, **arabic})


IN_ARABIC = State(phase=Phase.ASKING, language="ar", asked_language="ar", band=AgeBand.ADULT, current="swings")


def said(*effects: Effect, shows: Shows, pack: Consultation, state: State) -> tuple[Bubble, ...]:
    return compose(pack, state, effects, shows, FACTS)


def test_words_that_nobody_translated_stand_in_bubbles_of_their_own_that_say_their_language() -> None:
    bubbles = said(*OPENING, shows=WEB, pack=in_arabic(), state=IN_ARABIC)
    assert [(bubble.language, bubble.question) for bubble in bubbles] == [("ar", None), ("en", None), ("en", "swings")]
    assert bubbles[0].text == "مرحبًا."


def test_a_text_tells_days_and_command_words_in_the_language_that_it_is_in_itself() -> None:
    (bubble,) = said(Tell(Notice.PRIVACY_NOTE), shows=WEB, pack=in_arabic(), state=IN_ARABIC)
    assert bubble.text == "Say SKIP. Closes 11:59pm on Friday 31 May 2030."


def test_by_sms_everything_is_one_message_whatever_it_is_in() -> None:
    (bubble,) = said(*OPENING, shows=SMS, pack=in_arabic(), state=IN_ARABIC)
    assert bubble.language == "en"


def test_the_language_that_a_question_was_really_asked_in_is_told() -> None:
    assert language_asked_in(in_arabic(), "swings", "ar", None) == "en"
    assert language_asked_in(a_consultation(SWINGS, words=WORDS), "swings", "en", None) == "en"


def test_an_answer_keeps_its_own_way_inside_a_list_in_another_script() -> None:
    pack = a_consultation(SWINGS, IDEAS, words=WORDS)
    given = {"ideas": Given(Text("المدرسة بعيدة."), revision=1, late=False, counts=True)}
    state = replace(a_state(Phase.ASKING, current="swings", role="child"), given=given)
    effect = ListAnswers(Notice.SHOW_HEADING, ("ideas",))
    (on_the_page,) = said(effect, shows=WEB, pack=pack, state=state)
    (by_text,) = said(effect, shows=SMS, pack=pack, state=state)
    assert on_the_page.text == "show_heading\nideas?: \u2068المدرسة بعيدة.\u2069"
    assert by_text.text == "show_heading\nideas?: المدرسة بعيدة."
