"""One option out of several: every way to name it, and everything that might be another one."""

from __future__ import annotations

import pytest

from flows.answers import NotUnderstood, understand
from flows.definition import Kind, Question, QuestionWords
from flows.values import Choice

SWINGS = Question("swings", Kind.ONE, ("more", "same", "fewer", "not-sure"))
SWINGS_WORDS = QuestionWords(
    "Should the park have more swings?",
    choices={"more": "More swings", "same": "It is fine now", "fewer": "Fewer swings", "not-sure": "Not sure"},
    pictures={"more": "🛝", "same": "👌", "fewer": "✂️", "not-sure": "🤷"},
    synonyms={"more": ("loads", "as many as you can")},
)

NICER = Question("issue", Kind.ONE, ("play", "well", "school", "home", "other"))
NICER_WORDS = QuestionWords(
    "What would make it nicer to be a child here?",
    choices={
        "play": "Places to play",
        "well": "Feeling well",
        "school": "School",
        "home": "Home",
        "other": "Something else",
    },
)

SAFE = Question("safe", Kind.YES_NO, ("yes", "no", "not-sure"))
SAFE_WORDS = QuestionWords("Do you feel safe here?", choices={"yes": "Yes", "no": "No", "not-sure": "Not sure"})
SAFE_POLISH = QuestionWords(
    "Czy czujesz się tu bezpiecznie?", choices={"yes": "Tak", "no": "Nie", "not-sure": "Nie wiem"}
)

WHO = Question("who", Kind.WHO, ("child-4-7", "child-8-11", "child-12-15", "young-person", "parent-carer", "other"))
WHO_WORDS = QuestionWords(
    "Who are you?",
    choices={
        "child-4-7": "I am 4 to 7",
        "child-8-11": "I am 8 to 11",
        "child-12-15": "I am 12-15",
        "young-person": "I am 16 to 25",
        "parent-carer": "I am a parent or carer",
        "other": "Somebody else",
    },
    synonyms={"parent-carer": ("mum", "dad")},
)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2",
            "2.",
            "2)",
            "(2)",
            "#2",
            "no 2",
            "No. 2",
            "№ 2",
            "nr 2",
            "number 2",
            "number two",
            "option 2",
            "option2",
        ),
        *("two", "TWO!", "the second", "second", "the second one", "2nd", "the 2nd one please", "b", "B", "b)", "B."),
        *("I pick 2", "2 please", "2 pls x", "2️⃣", "②", "２", "٢", "2 👍", "opt 2", "answer 2", "- 2", "rhif 2"),
    ],
)
def test_an_option_is_named_by_its_place_in_many_ways(text: str) -> None:
    assert understand(SWINGS, SWINGS_WORDS, text) == Choice("same")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("More swings", "more"),
        ("more swings!", "more"),
        ("MORE SWINGS PLEASE", "more"),
        ("🛝 More swings", "more"),
        ("🛝", "more"),
        ("🛝🛝🛝", "more"),
        ("🛝!", "more"),
        ("🤷🏽", "not-sure"),
        ("✂", "fewer"),
        ("more", "more"),
        ("loads", "more"),
        ("as many as you can!", "more"),
        ("not-sure", "not-sure"),
        ("same", "same"),
        ("fine", "same"),
        ("its fine now", "same"),
        ("I think it's fine", "same"),
        ("fewer sw", "fewer"),
        ("the last one", "not-sure"),
        ("first", "more"),
        ("d", "not-sure"),
        ("dunno", "not-sure"),
        ("idk lol", "not-sure"),
        ("I don’t know", "not-sure"),
        ("moar swings", "more"),
        ("moreswings", "more"),
        ("fewr swigns", "fewer"),
        ("I want more swings", "more"),
        ("we would really love more swings in our park because there is always a queue", "more"),
        ("1 more swings", "more"),
        ("3) fewer swings", "fewer"),
        ("c) fewer swings pls", "fewer"),
        ("number 3 fewer swings", "fewer"),
        ("2 because I like it", "same"),
        ("the second because I like it", "same"),
    ],
)
def test_an_option_is_named_by_its_label_in_many_ways(text: str, code: str) -> None:
    assert understand(SWINGS, SWINGS_WORDS, text) == Choice(code)


@pytest.mark.parametrize(
    ("text", "closest"),
    [
        ("swings", {"more", "fewer"}),
        ("swngs", {"more", "fewer"}),
        ("more swings or fewer swings", {"more", "fewer"}),
        ("1 or 2", {"more", "same"}),
        ("1 and 3", {"more", "fewer"}),
        ("1 fewer swings", {"more", "fewer"}),
        ("more swings, number 3", {"more", "fewer"}),
        ("not more swings", {"more", "fewer"}),
        ("I don't want more swings", {"more", "fewer"}),
        ("nto more swings", {"more", "fewer"}),
        ("more swings would be bad but fewer is worse", {"more", "fewer"}),
        ("anything but more swings", {"more", "fewer"}),
        ("what does more swings mean?", {"more", "fewer"}),
        ("not 2", {"same"}),
        ("£2", {"same"}),
        ("2.5", {"same"}),
        ("½", {"more", "same"}),
        ("sure", set[str]()),
        ("5", set[str]()),
        ("0", set[str]()),
        ("12", set[str]()),
        ("e", set[str]()),
        ("2nd hand", set[str]()),
        ("no second chance", set[str]()),
        ("something completely different", set[str]()),
        ("yes", set[str]()),
        ("", set[str]()),
        ("   ", set[str]()),
        ("...", set[str]()),
        ("😀", set[str]()),
        ("🛝😀", set[str]()),
        ("🛝✂️", {"more", "fewer"}),
        ("more swings " * 50, set[str]()),
    ],
)
def test_what_might_mean_another_option_is_asked_about_again(text: str, closest: set[str]) -> None:
    understood = understand(SWINGS, SWINGS_WORDS, text)
    assert isinstance(understood, NotUnderstood)
    assert closest <= set(understood.closest)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("skool", "school"),
        ("hoem", "home"),
        ("plases to paly", "play"),
        ("play", "play"),
        ("places", "play"),
        ("feeling", "well"),
        ("school meals", "school"),
        ("somewhere to play", "play"),
        ("I like school", "school"),
        ("the home one", "home"),
        ("c", "school"),
    ],
)
def test_a_child_is_understood(text: str, code: str) -> None:
    assert understand(NICER, NICER_WORDS, text) == Choice(code)


@pytest.mark.parametrize("text", ["hope", "hoe", "i hate school", "home or school", "I have no home", "stool", "s"])
def test_a_child_is_not_given_words_that_it_did_not_say(text: str) -> None:
    assert isinstance(understand(NICER, NICER_WORDS, text), NotUnderstood)


def test_a_short_label_in_a_long_story_is_not_an_answer() -> None:
    story = "when I walk back to my nan after lunch on the bus there is school traffic and it smells"
    assert understand(NICER, NICER_WORDS, story) == NotUnderstood(("school",))


def test_a_label_inside_a_longer_label_is_not_mentioned_by_it() -> None:
    question = Question("q", Kind.ONE, ("school", "meals"))
    words = QuestionWords("?", choices={"school": "School", "meals": "School meals"})
    assert understand(question, words, "I'd say school meals for everybody") == Choice("meals")
    assert understand(question, words, "school") == Choice("school")


# ---------------------------------------------------------------- letters, numbers and labels that collide


def test_a_bare_letter_that_may_be_an_initial_is_asked_about() -> None:
    question = Question("q", Kind.ONE, ("a-park", "a-bus", "a-shop"))
    words = QuestionWords("?", choices={"a-park": "Buildings", "a-bus": "Parks", "a-shop": "Shops"})
    assert understand(question, words, "b") == NotUnderstood(("a-park", "a-bus"))
    assert understand(question, words, "b)") == Choice("a-bus")
    assert understand(question, words, "a") == Choice("a-park")


def test_a_bare_letter_that_an_author_gave_to_another_option_is_asked_about() -> None:
    question = Question("q", Kind.ONE, ("one-thing", "two-thing"))
    words = QuestionWords("?", choices={"one-thing": "Parks", "two-thing": "Shops"}, synonyms={"one-thing": ("b",)})
    assert understand(question, words, "b") == NotUnderstood(("one-thing", "two-thing"))


def test_a_number_word_that_begins_another_label_is_asked_about() -> None:
    question = Question("q", Kind.ONE, ("none-at-all", "one-child", "more-than-one"))
    words = QuestionWords(
        "?", choices={"none-at-all": "No child", "one-child": "One child", "more-than-one": "2 or more"}
    )
    assert understand(question, words, "two") == NotUnderstood(("one-child", "more-than-one"))
    assert understand(question, words, "one") == NotUnderstood(("none-at-all", "one-child"))
    assert understand(question, words, "2") == Choice("one-child"), "the numbers that are shown always hold"


def test_a_label_that_is_another_options_number_is_asked_about() -> None:
    question = Question("q", Kind.ONE, ("nought", "once", "twice"))
    words = QuestionWords("?", choices={"nought": "0", "once": "1", "twice": "2"})
    assert understand(question, words, "2") == NotUnderstood(("twice", "once"))
    assert understand(question, words, "2.") == NotUnderstood(("once", "twice"))
    assert understand(question, words, "0") == Choice("nought")
    assert understand(question, words, "3") == Choice("twice")


def test_labels_that_fold_alike_are_told_apart_only_as_written() -> None:
    question = Question("q", Kind.ONE, ("tea", "tes"))
    words = QuestionWords("?", choices={"tea": "Té", "tes": "Te"})
    assert understand(question, words, "Té") == Choice("tea")
    assert understand(question, words, "Te") == Choice("tes")
    assert understand(question, words, "TE!") == NotUnderstood(("tea", "tes"))


def test_options_without_labels_go_by_their_codes() -> None:
    question = Question("q", Kind.ONE, ("town-centre", "riverside"))
    assert understand(question, QuestionWords("?"), "town centre") == Choice("town-centre")
    assert understand(question, QuestionWords("?"), "Riversde") == Choice("riverside")


def test_codes_that_look_like_numbers_or_letters_do_not_rival_the_numbers_that_are_shown() -> None:
    question = Question("q", Kind.ONE, ("3", "b", "1"))
    words = QuestionWords("?", choices={"3": "Often", "b": "Seldom", "1": "Hardly ever"})
    assert [understand(question, words, f"{number}.") for number in (1, 2, 3)] == [
        Choice("3"),
        Choice("b"),
        Choice("1"),
    ]
    assert understand(question, words, "a)") == Choice("3")


def test_a_question_without_options_understands_nothing() -> None:
    assert understand(Question("q", Kind.ONE), QuestionWords("?"), "1") == NotUnderstood()


# ---------------------------------------------------------------- who


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8 to 11", "child-8-11"),
        ("8-11", "child-8-11"),
        ("I am 8 to 11", "child-8-11"),
        ("I'm 8-11", "child-8-11"),
        ("12 to 15", "child-12-15"),
        ("9", "child-8-11"),
        ("I'm 9", "child-8-11"),
        ("im 4", "child-4-7"),
        ("9 years old", "child-8-11"),
        ("dw i'n 9 oed", "child-8-11"),
        ("mam 9 lat", "child-8-11"),
        ("aged 12", "child-12-15"),
        ("4", "young-person"),
        ("4.", "young-person"),
        ("mum", "parent-carer"),
        ("I'm a mum", "parent-carer"),
        ("I'm a parent", "parent-carer"),
        ("carer", "parent-carer"),
        ("a parent or carer", "parent-carer"),
        ("I am a parnet or carer", "parent-carer"),
        ("somebody else", "other"),
    ],
)
def test_people_say_who_they_are_by_age_or_by_role(text: str, code: str) -> None:
    assert understand(WHO, WHO_WORDS, text) == Choice(code)


@pytest.mark.parametrize(
    "text", ["I am 2", "im 30", "30", "8 to 15", "I'm 8 and my brother is 12", "teacher", "I'm not a parent"]
)
def test_an_age_outside_every_band_is_no_options_number(text: str) -> None:
    assert isinstance(understand(WHO, WHO_WORDS, text), NotUnderstood)


# ---------------------------------------------------------------- yes and no


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            (text, "yes")
            for text in (
                "yes",
                "Y",
                "YES!!",
                "yeah",
                "yep",
                "yup",
                "yess",
                "aye",
                "yh",
                "yes please",
                "yeah sure",
                "yes mate",
                "👍",
                "✅",
            )
        ),
        *((text, "yes") for text in ("ie", "oes", "ydw", "tak", "نعم", "of course", "I do", "I think so", "1", "a")),
        *((text, "yes") for text in ("yes i do", "yes I think so", "yes, because it is quiet", "yes cos its nice")),
        *(
            (text, "no")
            for text in ("no", "N", "nope", "nah", "No.", "no thanks", "not really", "never", "👎", "❌", "2")
        ),
        *(
            (text, "no")
            for text in ("na", "nage", "nie", "لا", "no way", "no i dont", "no, it's scary", "no because cars")
        ),
        *(
            (text, "not-sure")
            for text in ("not sure", "dunno", "idk", "no idea", "nie wiem", "ddim yn siŵr", "لا أعرف", "3")
        ),
    ],
)
def test_yes_and_no_have_many_words_in_every_language(text: str, code: str) -> None:
    assert understand(SAFE, SAFE_WORDS, text) == Choice(code)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "yes and no",
            "yes but no",
            "y/n",
            "no sure",
            "yes not",
            "yeah no",
            "yes or no",
            "no yes",
            "yes i dont",
            "no i do",
            "yes, but not at night",
        ),
        *(
            "is that a yes?",
            "yes, really?",
            "not yes",
            "no doubt",
            "no one",
            "nobody",
            "sure",
            "ok",
            "do",
            "no problem",
        ),
        *("yesterday", "nothing", "sometimes", "none", "norman"),
    ],
)
def test_a_yes_that_may_be_a_no_is_asked_about_again(text: str) -> None:
    assert isinstance(understand(SAFE, SAFE_WORDS, text), NotUnderstood)


def test_words_that_are_yes_in_one_language_only_count_in_that_language() -> None:
    assert understand(SAFE, SAFE_WORDS, "do", language="cy") == Choice("yes")
    assert understand(SAFE, SAFE_POLISH, "T", language="pl") == Choice("yes")


def test_the_polish_no_may_be_a_yes_so_it_is_asked_about_again() -> None:
    assert understand(SAFE, SAFE_POLISH, "no", language="pl") == NotUnderstood(("yes", "no"))
    assert understand(SAFE, SAFE_POLISH, "nie", language="pl") == Choice("no")


def test_yes_and_no_work_without_any_labels() -> None:
    assert understand(SAFE, QuestionWords(""), "yes") == Choice("yes")
    assert understand(SAFE, QuestionWords(""), "Tak!") == Choice("yes")
