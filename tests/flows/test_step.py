"""The conversation, turn by turn: what is asked, understood, repeated, changed and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows import events
from flows.definition import AgeBand, Command, Kind, Question, Role
from flows.effects import CancelQueued, Erase, Notice, Tell
from flows.state import Phase
from flows.values import Choice, Text
from tests.support.talk import (
    IDEAS,
    SWINGS,
    WHO,
    Talk,
    a_child,
    a_finished_child,
    a_park,
)


def test_a_conversation_opens_with_welcome_notice_and_the_first_question() -> None:
    assert Talk().begin().said == ["welcome", "privacy_note", "who?"]


def test_who_somebody_is_sets_role_and_band_and_is_kept_as_an_answer() -> None:
    talk = a_child()
    assert (talk.state.role, talk.state.band) == ("child", AgeBand.EIGHT_TO_ELEVEN)
    assert talk.counted["who"].value == Choice("child-8-11")
    assert talk.counted["who"].role == "child"
    assert talk.said == ["swings?"]


def test_a_question_with_one_possible_answer_is_not_asked() -> None:
    alone = Question("who", Kind.WHO, choices=("parent-carer",))
    pack = a_park(questions=(alone, IDEAS), roles=(Role("parent-carer", (AgeBand.ADULT,)),))
    talk = Talk(pack).begin()
    assert talk.said == ["welcome", "privacy_note", "ideas?"]
    assert talk.state.role == "parent-carer"
    assert talk.counted["who"].value == Choice("parent-carer")


def test_a_question_is_shown_only_if_an_earlier_answer_says_so() -> None:
    assert a_child().say("more swings").said == ["why?"]
    assert a_child().say("it is fine now").said == ["ideas?"]


def test_a_role_sees_only_its_own_questions() -> None:
    assert a_finished_child().said == ["thanks"]
    worker = Talk().begin().say("professional").say("same").say("a pond")
    assert worker.said == ["work?"]


def test_a_statement_is_said_and_left_behind_at_once() -> None:
    note = Question("map", Kind.NOTE)
    assert Talk(a_park(questions=(WHO, note, IDEAS))).begin().say("8 to 11").said == ["map?", "ideas?"]


def test_the_end_is_thanked_for_once_and_the_conversation_is_complete() -> None:
    talk = a_finished_child()
    assert talk.state.phase is Phase.FINISHED
    assert talk.state.completed_at == talk.now
    assert talk.say("one more thing").said == ["still_here"]


def test_a_text_is_kept_exactly_as_it_was_sent() -> None:
    talk = a_child().say("same").say("  a  POND \n and ducks 🦆 ")
    assert talk.counted["ideas"].value == Text("  a  POND \n and ducks 🦆 ")


def test_what_is_not_understood_is_asked_again_twice_in_other_words_and_then_passed_over() -> None:
    talk = a_child()
    assert talk.say("bananas and custard").said == ["swings? (again)"]
    assert talk.say("bananas and custard").said == ["swings? (again-differently)"]
    assert talk.say("bananas and custard").said == ["passed_over", "ideas?"]
    assert "swings" not in talk.counted


@pytest.mark.parametrize("said", ["not sure", "I don't know.", "idk", "nie wiem", "ddim yn siŵr", "no idea"])
@pytest.mark.parametrize("kind", [Kind.SCALE, Kind.NUMBER, Kind.RANK, Kind.ONE, Kind.MANY])
def test_who_does_not_know_is_not_asked_again_where_no_option_says_so(kind: Kind, said: str) -> None:
    choices = ("more", "same") if kind in (Kind.RANK, Kind.ONE, Kind.MANY) else ()
    asked = Question("much", kind, choices=choices, minimum=1, maximum=5)
    talk = Talk(a_park(questions=(WHO, asked, IDEAS))).begin().say("8 to 11")
    assert talk.say(said).said == ["ideas?"]
    assert "much" not in talk.counted


def test_who_does_not_know_who_they_are_is_asked_again() -> None:
    assert Talk().begin().say("not sure").said == ["who? (again)"]


def test_skip_goes_on_and_back_returns_and_an_answer_once_given_stays() -> None:
    talk = a_child().say("more")
    assert talk.say("BACK").said == ["swings?"]
    assert talk.say("skip").said == ["why?"]
    assert talk.counted["swings"].value == Choice("more")
    assert talk.say("Skip!").said == ["ideas?"]


def test_back_at_the_first_question_says_so_and_asks_it_again() -> None:
    assert Talk().begin().say("back").said == ["no_earlier", "who? (repeated)"]


def test_back_and_another_answer_make_a_second_revision() -> None:
    talk = a_child().say("more").say("back").say("fewer")
    assert [(kept.question, kept.revision) for kept in talk.kept] == [("who", 1), ("swings", 1), ("swings", 2)]
    assert talk.counted["swings"].value == Choice("fewer")


def test_change_lists_the_answers_and_returns_to_where_they_were() -> None:
    talk = a_child().say("same")
    assert talk.say("CHANGE").said == ["change_which: who swings"]
    assert talk.say("2").said == ["swings?"]
    assert talk.say("more").said == ["changed", "ideas?"]


def test_a_change_after_the_end_asks_the_question_that_it_brought_up() -> None:
    talk = a_finished_child().say("change").say("2")
    assert talk.say("more").said == ["changed", "why?"]
    assert talk.say("a queue").said == []
    assert talk.state.phase is Phase.FINISHED


def test_a_change_that_nobody_picks_leads_back() -> None:
    talk = a_child().say("same").say("change")
    assert talk.say("never mind").said == ["no_change", "ideas?"]


def test_change_before_any_answer_says_that_there_is_none() -> None:
    assert Talk().begin().say("change").said == ["change_nothing", "who? (repeated)"]


def test_show_lists_what_was_answered_and_asks_again() -> None:
    assert a_child().say("show").said == ["show_heading: who", "swings? (repeated)"]
    assert Talk().begin().say("show").said == ["show_nothing", "who? (repeated)"]


@pytest.mark.parametrize(("word", "notice"), [("help", "help"), ("INFO", "help"), ("privacy", "privacy")])
def test_help_and_privacy_answer_and_repeat_the_question(word: str, notice: str) -> None:
    assert a_child().say(word).said == [notice, "swings? (repeated)"]


def test_stop_is_confirmed_once_and_then_nothing_is_said_whatever_comes() -> None:
    talk = a_child().say("STOP!")
    assert talk.said == ["stopped"]
    assert CancelQueued() in talk.effects
    for text in ("stop", "more swings", "help", "CYMRAEG", "privacy", "show", "park"):
        assert talk.say(text).said == []
    assert "swings" not in talk.counted
    assert talk.begin().said == []
    assert talk.hear(events.SentSomethingElse(talk.now)).said == []
    assert talk.hear(events.Moved(talk.now)).said == []
    assert talk.state.wake_at is None


def test_answers_from_before_stop_stay() -> None:
    talk = a_child().say("more").say("stop")
    assert talk.counted["swings"].value == Choice("more")


def test_start_after_stop_repeats_the_question_that_was_open() -> None:
    talk = a_child().say("stop")
    assert talk.say("start").said == ["started_again", "swings? (repeated)"]
    assert talk.say("more").said == ["why?"]


def test_start_while_talking_greets_and_repeats_the_question() -> None:
    assert a_child().say("start").said == ["welcome_back", "swings? (repeated)"]


def test_a_stop_that_the_provider_confirmed_is_not_confirmed_again() -> None:
    talk = a_child().hear(events.Commanded(a_child().now, Command.STOP, confirmed_elsewhere=True))
    assert talk.said == []
    assert talk.state.stopped


def test_a_stop_inside_a_longer_answer_is_an_answer() -> None:
    talk = a_child().say("same").say("stop the buses")
    assert talk.counted["ideas"].value == Text("stop the buses")


def test_done_is_an_answer_where_no_long_text_is_under_way() -> None:
    assert a_child().say("same").say("done").counted["ideas"].value == Text("done")


def test_delete_asks_first_and_erases_only_after_a_plain_yes() -> None:
    talk = a_child().say("DELETE")
    assert talk.said == ["delete_sure"]
    assert talk.say("hmm").said == ["not_deleted", "swings? (repeated)"]
    erased = talk.say("delete").say("yes")
    assert erased.said == ["deleted"]
    assert erased.effects[-1] == Erase()
    assert erased.state.phase is Phase.ERASED
    assert erased.state.given == {}


def test_delete_said_twice_is_a_yes() -> None:
    assert Erase() in a_child().say("delete").say("delete").effects


def test_delete_works_without_a_word_after_stop() -> None:
    talk = a_child().say("stop").say("delete")
    assert talk.said == []
    assert Erase() not in talk.effects
    assert Erase() in talk.say("delete").effects
    assert talk.said == []


def test_after_everything_is_erased_nothing_more_is_done() -> None:
    talk = a_child().say("delete").say("delete")
    assert talk.say("hello").effects == ()


def test_a_languages_own_name_carries_the_conversation_on_in_it() -> None:
    talk = a_child().say("Cymraeg")
    assert talk.said == ["language_changed", "swings? (repeated)"]
    assert talk.state.language == "cy"
    assert talk.state.asked_language == "cy"
    assert talk.say("more").counted["swings"].language == "cy"


def test_a_language_chosen_before_the_first_answer_says_the_notice_anew() -> None:
    """Whom we must tell is heard in a language that they understand, before they say anything."""
    talk = Talk().begin().say("Cymraeg")
    assert talk.said == ["language_changed", "privacy_note", "who? (repeated)"]
    assert talk.say("Cymraeg").said == ["language_changed", "who? (repeated)"]
    assert talk.say("English").said == ["language_changed", "privacy_note", "who? (repeated)"]


def test_the_notice_is_said_anew_also_while_they_are_asked_whether_to_erase() -> None:
    assert Talk().begin().say("delete").say("Cymraeg").said == ["language_changed", "privacy_note"]


def test_who_comes_back_in_another_language_before_an_answer_is_told_in_it_what_becomes_of_their_words() -> None:
    talk = Talk().begin()
    assert talk.hear(events.Began(talk.now, "cy")).said == ["welcome_back", "privacy_note", "who? (repeated)"]
    assert talk.hear(events.Began(talk.now, "cy")).said == ["welcome_back", "who? (repeated)"]
    answered = a_child()
    assert answered.hear(events.Began(answered.now, "cy")).said == ["welcome_back", "swings? (repeated)"]


def test_nothing_is_said_anew_to_who_has_stopped() -> None:
    assert Talk().begin().say("stop").say("Cymraeg").said == []


def test_the_name_of_a_language_that_the_pack_lacks_is_an_answer() -> None:
    assert a_child().say("same").say("Polski").counted["ideas"].value == Text("Polski")


def test_a_button_of_an_earlier_question_changes_nothing() -> None:
    talk = a_child().say("same")
    assert talk.tap("swings", "more").said == ["stale_button", "ideas? (repeated)"]
    assert talk.counted["swings"].value == Choice("same")


def test_a_button_of_the_open_question_answers_it() -> None:
    assert a_child().tap("swings", "more").said == ["why?"]
    assert a_child().tap("swings", "/skip").said == ["ideas?"]


def test_a_form_from_an_earlier_page_changes_that_answer() -> None:
    talk = a_child().submit("swings", "same")
    assert talk.submit("swings", "fewer").said == ["changed", "ideas? (repeated)"]
    assert talk.counted["swings"].value == Choice("fewer")


def test_a_form_for_a_question_never_put_changes_nothing() -> None:
    talk = a_child().submit("work", "a school")
    assert talk.said == ["stale_button", "swings? (repeated)"]
    assert "work" not in talk.counted


def test_command_words_typed_into_a_form_are_commands() -> None:
    assert a_child().submit("swings", "same").submit("ideas", "stop").said == ["stopped"]


def test_an_edited_message_changes_the_answer_that_it_had_given() -> None:
    talk = a_child().say("same").say("a pond")
    assert talk.edit("ideas", "two ponds").said == ["changed"]
    assert talk.counted["ideas"].value == Text("two ponds")
    assert talk.counted["ideas"].revision == 2


def test_an_edit_to_stop_is_a_stop() -> None:
    assert a_finished_child().edit("ideas", "stop").said == ["stopped"]


def test_an_edit_that_is_not_understood_leaves_the_answer_as_it_was() -> None:
    talk = a_child().say("same").edit("swings", "bananas and custard")
    assert talk.said == ["no_change", "ideas? (repeated)"]
    assert talk.counted["swings"].value == Choice("same")


def test_pictures_and_the_like_get_a_kind_reply_and_the_question_again() -> None:
    talk = a_child()
    assert talk.hear(events.SentSomethingElse(talk.now)).said == ["please_type", "swings? (repeated)"]


def test_a_person_too_young_for_the_channel_is_handed_over_and_carries_on_elsewhere() -> None:
    talk = a_child()
    assert talk.hear(events.TooYoungHere(talk.now)).said == ["too_young_here with a code"]
    assert talk.say("more swings").said == ["too_young_here with a code"]
    assert "swings" not in talk.counted
    assert talk.hear(events.Moved(talk.now)).said == ["moved_here", "swings? (repeated)"]


def test_the_keyword_again_greets_who_is_under_way_and_who_has_finished() -> None:
    assert a_child().begin().said == ["welcome_back", "swings? (repeated)"]
    assert a_finished_child().begin().said == ["still_here"]


def test_a_code_is_offered_to_whoever_asks() -> None:
    assert a_child().press(Command.CODE).said == ["carry_over with a code"]


def test_a_text_as_long_as_a_segment_is_kept_at_once_and_the_next_question_waits() -> None:
    talk = a_child().say("same").say("x" * 153, more=True)
    assert talk.said == []
    assert talk.counted["ideas"].value == Text("x" * 153)
    assert talk.state.phase is Phase.JOINING
    assert talk.wake().said == ["thanks"]


def test_the_parts_of_a_long_text_become_one_answer_uncut() -> None:
    talk = a_child().say("same").say("x" * 153, more=True).wait(timedelta(seconds=3)).say("y" * 153, more=True)
    assert talk.say("z!").said == ["thanks"]
    assert talk.counted["ideas"].value == Text("x" * 153 + "y" * 153 + "z!")
    assert [kept.revision for kept in talk.kept if kept.question == "ideas"] == [1, 2, 3]


def test_done_ends_a_long_text_at_once() -> None:
    talk = a_child().say("more").say("x" * 153, more=True)
    assert talk.say("Done").said == ["ideas?"]
    assert "ideas" not in talk.counted


def test_a_command_during_a_long_text_settles_it_first() -> None:
    talk = a_child().say("more").say("x" * 153, more=True)
    assert talk.say("help").said == ["help", "ideas? (repeated)"]
    assert talk.counted["why"].value == Text("x" * 153)


def test_stop_during_a_long_text_keeps_it_and_says_nothing_but_the_confirmation() -> None:
    talk = a_child().say("more").say("x" * 153, more=True).say("stop")
    assert talk.said == ["stopped"]
    assert talk.counted["why"].value == Text("x" * 153)


def test_a_long_text_that_is_no_answer_to_a_choice_is_asked_about_like_any_other() -> None:
    assert a_child().say("b" + "n" * 152, more=True).said == ["swings? (again)"]


def test_the_youngest_are_asked_who_helps_and_it_is_no_answer_of_theirs() -> None:
    helped = Question(
        "helped-by", Kind.HELPED_BY, choices=("more", "same"), bands=frozenset((AgeBand.EIGHT_TO_ELEVEN,))
    )
    talk = Talk(a_park(questions=(WHO, helped, SWINGS))).begin().say("8 to 11").say("same")
    assert talk.state.helped_by == "same"
    assert set(talk.counted) == {"who"}
    assert talk.say("fewer").counted["swings"].helped_by == "same"


def test_a_change_of_role_midway_keeps_the_history_of_earlier_answers() -> None:
    talk = a_child().say("same").say("change").say("1").say("parent or carer").say("a pond")
    assert talk.counted["swings"].role == "child"
    assert talk.counted["ideas"].role == "parent-carer"


def test_a_new_conversation_spoken_to_before_it_began_just_begins() -> None:
    assert Talk().say("hello").said == ["welcome", "privacy_note", "who?"]


def test_stop_before_anything_else_is_confirmed() -> None:
    assert Talk().say("stop").said == ["stopped"]


def test_the_confirmation_of_a_stop_may_go_out_after_it() -> None:
    assert Tell(Notice.STOPPED, after_stop=True) in a_child().say("stop").effects
