"""Words that nobody has translated: said all the same, and never taken for another language."""

from __future__ import annotations

from dataclasses import replace

from flows.definition import AgeBand, Consultation, QuestionWords
from flows.effects import Ask, Effect, ListAnswers, Notice, Tell
from flows.forms import form
from flows.messages import Bubble, Shows
from flows.state import Given, Phase, State
from flows.values import Text
from flows.wording import Facts, compose, language_asked_in
from tests.support.builders import DURING, a_consultation, a_question

SMS = Shows(buttons=False, emoji=False, joined=True, short=True, longest=600)
WEB = Shows(buttons=False, form=True)
FACTS = Facts(public_url="https://sayso.example", now=DURING)
OPENING = (Tell(Notice.WELCOME), Tell(Notice.PRIVACY_NOTE), Ask("swings"))
IN_ARABIC = State(phase=Phase.ASKING, language="ar", asked_language="ar", band=AgeBand.ADULT, current="swings")


def a_pack() -> Consultation:
    """A pack for Arabic speakers that nobody has translated but its word of welcome."""
    asked = QuestionWords(text="More swings, or {skip}?", choices={"more": "More swings", "fewer": "Fewer"})
    pack = a_consultation(
        a_question("swings", "one", "more fewer"), a_question("ideas"), languages=("en", "ar"), words={"swings": asked}
    )
    arabic = {
        (language, band): replace(
            words,
            borrowed={("say", notice.value): "en" for notice in Notice if notice is not Notice.WELCOME},
            say={**words.say, "welcome": "مرحبًا.", "privacy_note": "Say {skip}. Closes {closing}."},
            questions={**words.questions, "swings": replace(asked, language="en")},
        )
        for (language, band), words in pack.words.items()
        if language == "ar"
    }
    return replace(pack, words={**pack.words, **arabic})


def said(*effects: Effect, shows: Shows = WEB, state: State = IN_ARABIC) -> tuple[Bubble, ...]:
    return compose(a_pack(), state, effects, shows, FACTS)


def test_words_that_nobody_translated_stand_in_bubbles_of_their_own_that_say_their_language() -> None:
    bubbles = said(*OPENING)
    assert [(bubble.language, bubble.question) for bubble in bubbles] == [("ar", None), ("en", None), ("en", "swings")]
    assert bubbles[0].text == "مرحبًا."


def test_a_text_tells_days_and_command_words_in_the_language_that_it_is_in_itself() -> None:
    note, question = said(Tell(Notice.PRIVACY_NOTE), Ask("swings"))
    assert note.text == "Say SKIP. Closes 11:59pm on Friday 31 May 2030."
    assert question.text == "More swings, or SKIP?"


def test_by_sms_everything_is_one_message_whatever_it_is_in() -> None:
    (bubble,) = said(*OPENING, shows=SMS)
    assert bubble.language == "en"


def test_a_form_says_which_language_its_field_is_in() -> None:
    shown = form(a_pack(), IN_ARABIC)
    assert shown is not None
    assert (shown.language, shown.text) == ("en", "More swings, or SKIP?")
    changing = form(a_pack(), replace(IN_ARABIC, phase=Phase.CHANGING))
    assert changing is not None
    assert changing.language == "en"


def test_the_language_that_a_question_was_really_asked_in_is_told() -> None:
    assert language_asked_in(a_pack(), "swings", "ar", None) == "en"
    assert language_asked_in(a_pack(), "ideas", "ar", None) == "ar"


def test_every_part_of_a_long_text_says_its_language() -> None:
    parts = said(Tell(Notice.PRIVACY_NOTE), shows=replace(WEB, longest=20))
    assert [part.language for part in parts] == ["en"] * len(parts)
    assert len(parts) > 1


def test_an_answer_keeps_its_own_way_inside_a_list_in_another_script() -> None:
    given = {"ideas": Given(Text("المدرسة بعيدة."), 1, late=False, counts=True)}
    state = State(phase=Phase.ASKING, current="swings", band=AgeBand.ADULT, given=given)
    listed = ListAnswers(Notice.SHOW_HEADING, ("ideas",))
    (on_a_page,) = said(listed, state=state)
    (by_text,) = said(listed, shows=SMS, state=state)
    assert on_a_page.text == "show_heading\nideas?: \u2068المدرسة بعيدة.\u2069"
    assert by_text.text == "show_heading\nideas?: المدرسة بعيدة."
