"""Somebody who may not be safe: their words are kept, help is said once, and the conversation goes on if they wish."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows import events, turn
from flows.concern_rules import Concern, Harm, Tier
from flows.definition import Command, Kind, Question
from flows.effects import Ask, ConcernRaised, Effect, Keep, ListAnswers, OfferCode, Tell
from flows.messages import Channel
from flows.state import Phase, State
from flows.values import Text
from storage.codec import decode_state, encode_state
from tests.support.talk import NOON, WHO, Talk, a_park

URGENT = Concern(Tier.URGENT, ("en/hit-me",), (Harm.PHYSICAL,))
MILDER = Concern(Tier.CONCERN, ("en/unhappy",), (Harm.LOW,))
HELP = ["concern", "concern_read"]
FIRST = Question("first", Kind.TEXT)
SURE = Question("sure", Kind.YES_NO, choices=("yes", "no", "not-sure"))
LAST = Question("last", Kind.TEXT)
PACK = a_park(questions=(WHO, FIRST, SURE, LAST))


class Child:
    """A child by text message, whose words mean what the test says they mean."""

    def __init__(self) -> None:
        self.now = NOON
        self.state = Talk(PACK).begin().say("8 to 11").state
        self.effects: tuple[Effect, ...] = ()

    def say(self, text: str, concern: Concern | None = None, *, more: bool = False) -> list[str]:
        return self.do(events.Said(self.now, text, more), concern)

    def do(self, event: events.Event, concern: Concern | None = None) -> list[str]:
        state = decode_state(encode_state(self.state))
        done = turn.take(PACK, state, (event,), Channel.SMS, now=self.now, concern=concern)
        self.state, self.effects = done.state, done.effects
        return [line for effect in done.effects if (line := _line(effect))]

    @property
    def raised(self) -> list[ConcernRaised]:
        return [effect for effect in self.effects if isinstance(effect, ConcernRaised)]

    @property
    def kept(self) -> list[Keep]:
        return [effect for effect in self.effects if isinstance(effect, Keep)]


def _line(effect: Effect) -> str:
    match effect:
        case Tell(notice) | OfferCode(notice) | ListAnswers(notice):
            return notice.value
        case Ask(question):
            return f"{question}?"
        case _:
            return ""


def test_the_answer_is_kept_and_help_is_said_before_the_next_question() -> None:
    child = Child()
    assert child.say("my dad hits me", URGENT) == [*HELP, "concern_go_on", "sure?"]
    (kept,) = child.kept
    assert kept.value == Text("my dad hits me")
    assert child.raised == [ConcernRaised(URGENT, "first", NOON)]


def test_what_was_kept_comes_before_the_alarm_and_the_alarm_before_the_words() -> None:
    child = Child()
    child.say("my dad hits me", URGENT)
    kinds = [type(effect) for effect in child.effects]
    assert kinds.index(Keep) < kinds.index(ConcernRaised) < kinds.index(Tell)


def test_a_milder_concern_is_raised_and_interrupts_nobody() -> None:
    child = Child()
    assert child.say("i feel sad every day", MILDER) == ["sure?"]
    assert child.raised == [ConcernRaised(MILDER, "first", NOON)]


def test_without_a_concern_nothing_is_different() -> None:
    child = Child()
    assert child.say("more swings") == ["sure?"]
    assert child.raised == []
    assert (child.state.helped_at, child.state.asked_to_go_on) == (None, False)


@pytest.mark.parametrize(
    ("phase", "said"),
    [("choice", [*HELP, "concern_go_on", "who?"]), ("finished", [*HELP, "still_here"])],
)
def test_it_is_heard_wherever_in_the_conversation_it_is_said(phase: str, said: list[str]) -> None:
    child = Child()
    if phase == "choice":
        child.state = Talk(PACK).begin().state
    else:
        for answer in ("a", "yes", "b"):
            child.say(answer)
        assert child.state.phase is Phase.FINISHED
    assert child.say("my dad hits me", URGENT) == said
    assert len(child.raised) == 1


def test_at_the_end_help_comes_before_the_thanks_and_nobody_is_asked_to_carry_on() -> None:
    child = Child()
    child.say("a")
    child.say("yes")
    assert child.say("my dad hits me", URGENT) == [*HELP, "thanks"]


def test_a_plain_yes_carries_on_with_the_question() -> None:
    child = Child()
    child.state = Talk(a_park(questions=(WHO, FIRST, LAST))).begin().say("8 to 11").state
    pack = a_park(questions=(WHO, FIRST, LAST))
    done = turn.take(pack, child.state, (events.Said(NOON, "he hits me"),), Channel.SMS, now=NOON, concern=URGENT)
    again = turn.take(pack, done.state, (events.Said(NOON, "yes"),), Channel.SMS, now=NOON)
    assert [_line(effect) for effect in again.effects] == ["last?"]
    assert "last" not in again.state.given
    answered = turn.take(pack, again.state, (events.Said(NOON, "yes"),), Channel.SMS, now=NOON)
    assert answered.state.given["last"].value == Text("yes")
    rest = turn.take(pack, done.state, (events.Said(NOON, "no"),), Channel.SMS, now=NOON)
    assert [_line(effect) for effect in rest.effects] == ["concern_rest"]
    later = turn.take(pack, rest.state, (events.Said(NOON, "a slide"),), Channel.SMS, now=NOON)
    assert later.state.given["last"].value == Text("a slide")
    other = turn.take(pack, done.state, (events.Said(NOON, "a slide"),), Channel.SMS, now=NOON)
    assert other.state.given["last"].value == Text("a slide")


def test_a_question_that_takes_yes_or_no_gets_them() -> None:
    child = Child()
    child.say("my dad hits me", URGENT)
    assert child.say("yes") == ["last?"]
    assert "sure" in child.state.given


def test_a_command_word_works_as_ever() -> None:
    child = Child()
    child.say("my dad hits me", URGENT)
    assert child.say("stop") == ["stopped"]
    assert child.state.stopped


def test_help_is_not_said_again_at_every_message_but_every_message_is_raised() -> None:
    child = Child()
    child.say("my dad hits me", URGENT)
    child.say("yes")
    assert child.say("he does it every day", URGENT) == ["thanks"]
    assert len(child.raised) == 1
    child.now += timedelta(minutes=16)
    assert child.say("and today", URGENT) == [*HELP, "still_here"]


def test_whoever_said_stop_hears_nothing_and_is_read_all_the_same() -> None:
    child = Child()
    child.do(events.Commanded(NOON, Command.STOP))
    assert child.say("my dad hits me", URGENT) == []
    assert len(child.raised) == 1


def test_in_the_middle_of_a_long_text_help_is_said_and_the_text_goes_on() -> None:
    child = Child()
    assert child.say("my dad hits me and " + "x" * 140, URGENT, more=True) == HELP
    assert child.state.phase is Phase.JOINING
    child.say(" then he shouts")
    given = child.state.given["first"].value
    assert isinstance(given, Text)
    assert given.text.endswith("x then he shouts")


def test_a_state_of_before_is_read_as_ever() -> None:
    assert decode_state(encode_state(State())) == State()
