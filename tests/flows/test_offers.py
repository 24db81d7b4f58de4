"""Who keeps writing in another language of the pack is offered it, once."""

from __future__ import annotations

import pytest

from flows import events, segments
from flows.definition import Kind, Question
from flows.effects import Ask, Notice, Tell
from flows.messages import Bubble, Shows
from flows.state import Phase, State
from flows.step import step
from flows.wording import Facts, compose
from tests.support.shipped import NOON, SMS, herefordshire
from tests.support.talk import WHO, Talk, a_park

OWN_WORDS = tuple(Question(code, Kind.TEXT) for code in ("first", "second", "third", "fourth"))
OFFERED = ["offer_language", "offer_language"]
PAGE = Shows(buttons=False, emoji=True, joined=False, short=False, longest=4096, form=True)


def writing() -> Talk:
    return Talk(a_park(questions=(WHO, *OWN_WORDS), languages=("en", "cy", "pl"))).begin().say("8 to 11")


def wrote(talk: Talk, question: str, language: str) -> Talk:
    return talk.hear(events.LanguageHeard(talk.now, question, language))


def welsh_twice() -> Talk:
    talk = wrote(writing().say("mwy o barciau"), "first", "cy")
    return wrote(talk, "second", "cy")


def test_the_offer_goes_with_the_next_question_in_both_languages() -> None:
    talk = welsh_twice()
    assert talk.said == []
    assert talk.say("dim byd").said == [*OFFERED, "third?"]
    ours, theirs, _ = (effect for effect in talk.effects if isinstance(effect, Tell | Ask))
    assert ours == Tell(Notice.OFFER_LANGUAGE, {"language": "Cymraeg", "word": "CYMRAEG"})
    assert theirs == Tell(Notice.OFFER_LANGUAGE, {"language": "Cymraeg", "word": "CYMRAEG"}, language="cy")
    assert talk.state.language == "en"


def test_it_is_made_once_in_a_conversation() -> None:
    talk = welsh_twice().say("dim byd")
    wrote(wrote(talk, "third", "cy"), "fourth", "cy")
    assert talk.say("dim").said == ["fourth?"]


def test_one_answer_in_another_language_is_no_reason() -> None:
    talk = wrote(writing().say("mwy o barciau"), "first", "cy")
    assert wrote(talk, "first", "cy").say("more").said == ["third?"]


def test_an_answer_in_the_language_of_the_conversation_or_a_third_one_begins_anew() -> None:
    back = wrote(wrote(wrote(writing().say("a"), "first", "cy"), "second", "en"), "third", "cy")
    assert back.say("b").said == ["third?"]
    third = wrote(wrote(writing().say("a"), "first", "cy"), "second", "pl")
    assert third.say("b").said == ["third?"]
    assert wrote(third, "third", "pl").say("c").said == [*OFFERED, "fourth?"]


def test_a_language_that_the_pack_lacks_changes_nothing() -> None:
    talk = wrote(writing(), "first", "ar")
    assert wrote(talk, "second", "ar").state == talk.state
    assert talk.state.writes_in is None


def test_who_has_found_the_way_themselves_is_offered_nothing() -> None:
    talk = welsh_twice().say("Cymraeg")
    assert talk.said == ["language_changed", "second? (repeated)"]
    assert not talk.state.language_offered


def test_nothing_is_said_to_who_has_stopped_and_nothing_is_remembered_of_them() -> None:
    talk = welsh_twice().say("stop")
    assert talk.said == ["stopped"]
    before = talk.state
    assert wrote(talk, "third", "cy").state == before


def test_it_waits_for_a_question() -> None:
    talk = welsh_twice().say("delete")
    assert talk.said == ["delete_sure"]
    assert talk.say("no").said == ["not_deleted", *OFFERED, "second? (repeated)"]


def test_the_end_is_no_time_to_offer_a_language() -> None:
    talk = writing()
    for text in ("a", "b", "c"):
        talk.say(text)
    wrote(wrote(talk, "first", "cy"), "second", "cy")
    assert talk.say("d").said == ["thanks"]
    before = talk.state
    assert wrote(talk, "fourth", "cy").state == before


@pytest.mark.parametrize("phase", Phase)
def test_it_is_heard_in_every_phase_without_a_word(phase: Phase) -> None:
    pack = a_park(questions=(WHO, *OWN_WORDS))
    before = State(phase=phase, current="first", started_at=NOON)
    done = step(pack, before, events.LanguageHeard(NOON, "first", "cy"), now=NOON)
    assert done.effects == ()
    assert (done.state.phase, done.state.wake_at, done.state.heard_at) == (phase, None, None)


COSTS = [
    (who, language, told)
    for who in ("parent", "8 to 11", "12 to 15", "16 to 25")
    for language, told in (("pl", "POLSKI"), ("cy", "CYMRAEG"))
] + [("parent", "ar", "العربية")]


def offered(who: str, language: str, shows: Shows) -> list[Bubble]:
    """What somebody hears after two answers in another language."""
    pack, state = herefordshire(), State(language="en")
    for event in (
        events.Began(NOON),
        events.Said(NOON, who),
        events.LanguageHeard(NOON, "issue", language),
        events.LanguageHeard(NOON, "evidence", language),
    ):
        state = step(pack, state, event, now=NOON).state
    done = step(pack, state, events.Said(NOON, "2"), now=NOON)
    facts = Facts(public_url="https://sayso.example.gov.uk", now=NOON)
    return list(compose(pack, done.state, done.effects, shows, facts))


@pytest.mark.parametrize(("who", "language", "told"), COSTS)
def test_by_text_it_is_short_and_costs_no_text_of_its_own(who: str, language: str, told: str) -> None:
    (texted,) = offered(who, language, SMS)
    assert told in texted.text
    latin = language != "ar"
    assert (segments.count(texted.text).encoding == "GSM-7") is latin
    assert segments.count(texted.text).segments <= (2 if latin else 3)


@pytest.mark.parametrize(("who", "language", "told"), COSTS)
def test_elsewhere_each_language_is_said_in_its_own_bubble(who: str, language: str, told: str) -> None:
    *offers, _ = offered(who, language, PAGE)
    assert [bubble.language for bubble in offers] == ["en", language]
    assert all(told in bubble.text for bubble in offers)


def test_a_language_without_words_for_their_age_is_not_offered() -> None:
    (asked,) = offered("12 to 15", "ar", PAGE)
    assert asked.question == "evidence"
