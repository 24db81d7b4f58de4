"""A wording file is edited where its texts stand: everything else in it stays as it was written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.toml_edit import UneditableError, Value, edited, in_toml

FILE = """\
# Who wrote this, and for whom.

# Agreed to be long.
agreed = ["say.welcome"]

[say]
welcome = "Hello."    # said first
help = '''
Ask "me".
'''
offer = "One\\ntwo"  # two lines

# The short ones.
[sms]
help = "Ask."

[questions.issue]
text = "What matters?"
choices.play = "Places to play"
choices."not-sure" = "Not sure"

[questions.issue.synonyms]
play = [
  "park",  # the big one
  "swings",
]

[questions.who]
choices = { adult = "I am an adult", child = "A # child" }
"""


def changed(keys: tuple[str, ...], value: Value) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    before, after = FILE.splitlines(), edited(FILE, {keys: value}).splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


@pytest.mark.parametrize(
    ("keys", "value", "gone", "come"),
    [
        (("say", "welcome"), "Hi!", ['welcome = "Hello."    # said first'], ['welcome = "Hi!"    # said first']),
        (("say", "help"), "Ask.", ["help = '''", 'Ask "me".', "'''"], []),
        (
            ("say", "offer"),
            'Say "go"\nnow',
            ['offer = "One\\ntwo"  # two lines'],
            ['offer = "Say \\"go\\"\\nnow"  # two lines'],
        ),
        (
            ("questions", "issue", "choices", "not-sure"),
            "No idea",
            ['choices."not-sure" = "Not sure"'],
            ['choices."not-sure" = "No idea"'],
        ),
        (
            ("questions", "issue", "synonyms", "play"),
            ("park", "slide"),
            ["play = [", '  "park",  # the big one', '  "swings",', "]"],
            ['play = ["park", "slide"]'],
        ),
        (
            ("questions", "who", "choices", "adult"),
            "An adult",
            ['choices = { adult = "I am an adult", child = "A # child" }'],
            ['choices = { adult = "An adult", child = "A # child" }'],
        ),
    ],
)
def test_a_text_is_changed_in_its_place_and_its_remark_stays(
    keys: tuple[str, ...], value: Value, gone: list[str], come: list[str]
) -> None:
    assert changed(keys, value) == (gone, come)


@pytest.mark.parametrize(
    ("keys", "line", "above"),
    [
        (("say", "thanks"), 'thanks = "New"', 'offer = "One\\ntwo"  # two lines'),
        (("sms", "thanks"), 'thanks = "New"', 'help = "Ask."'),
        (("reviewed_by",), 'reviewed_by = "New"', 'agreed = ["say.welcome"]'),
        (("questions", "issue", "why"), 'why = "New"', 'choices."not-sure" = "Not sure"'),
        (("questions", "issue", "choices", "home"), 'choices.home = "New"', 'choices."not-sure" = "Not sure"'),
        (("questions", "issue", "synonyms", "a b"), '"a b" = "New"', "]"),
        (("labels", "send"), 'send = "New"', "[labels]"),
        (("questions", "why", "text"), 'text = "New"', "[questions.why]"),
    ],
)
def test_a_new_text_goes_behind_the_last_one_of_its_table(keys: tuple[str, ...], line: str, above: str) -> None:
    lines = edited(FILE, {keys: "New"}).splitlines()
    assert lines[lines.index(line) - 1] == above


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", 'reviewed_by = "Ann"\n'),
        ("# Ours.\n", '# Ours.\n\nreviewed_by = "Ann"\n'),
        ("# Ours.\n# All.\n\n[say]\n", '# Ours.\n# All.\n\nreviewed_by = "Ann"\n\n[say]\n'),
        ('[say]\nhelp = "x"', 'reviewed_by = "Ann"\n\n[say]\nhelp = "x"'),
        ("# Ours, and no end", '# Ours, and no end\n\nreviewed_by = "Ann"\n'),
    ],
)
def test_who_has_reviewed_it_stands_on_top_below_the_first_remark(text: str, result: str) -> None:
    assert edited(text, {("reviewed_by",): "Ann"}) == result


def test_what_is_taken_out_takes_its_line_with_it() -> None:
    assert changed(("say", "welcome"), None) == (['welcome = "Hello."    # said first'], [])
    assert changed(("say", "thanks"), None) == ([], [])
    assert changed(("pages", "thanks"), None) == ([], [])
    assert edited("a = { b = '1' }\n", {("a", "b"): None}) == "a = {}\n"


def test_what_is_there_already_is_left_as_it_is_written() -> None:
    assert edited(FILE, {("say", "help"): 'Ask "me".\n', ("say", "offer"): "One\ntwo"}) == FILE


def test_a_file_from_windows_keeps_its_line_ends() -> None:
    assert edited(FILE.replace("\n", "\r\n"), {("say", "thanks"): "a\nb"}) == edited(
        FILE, {("say", "thanks"): "a\nb"}
    ).replace("\n", "\r\n")


@pytest.mark.parametrize(
    "keys", [("say", "welcome", "more"), ("agreed", "first"), ("questions", "issue", "text", "a", "b")]
)
def test_a_text_inside_a_text_is_refused_with_what_to_do(keys: tuple[str, ...]) -> None:
    with pytest.raises(UneditableError, match=r"write its tables each under a header of its own"):
        edited(FILE, {keys: "x"})


@given(st.text() | st.lists(st.text()))
def test_any_text_and_any_list_of_texts_is_read_back_as_it_was_written(value: str | list[str]) -> None:
    assert tomllib.loads(f"a = {in_toml(value)}")["a"] == value


PARTS = st.sampled_from(
    ["say", "sms", "questions", "issue", "who", "choices", "synonyms", "play", "not-sure", "ż", "a b"]
)
PATHS = st.lists(PARTS, min_size=1, max_size=4).map(tuple)
VALUES = st.text(max_size=12) | st.lists(st.text(max_size=6), max_size=3).map(tuple)


@given(st.lists(st.tuples(PATHS, VALUES), max_size=8), st.sampled_from(["", FILE, FILE.replace("\n", "\r\n")]))
def test_whatever_is_written_where_is_read_back_and_nothing_else_has_changed(
    changes: list[tuple[tuple[str, ...], Value]], text: str
) -> None:
    for keys, value in changes:
        before = tomllib.loads(text)
        try:
            text = edited(text, {keys: value})
        except UneditableError:
            assert blocked(before, keys)
            continue
        assert tomllib.loads(text) == merged(before, keys, value)
        assert text.replace("\r\n", "\n").count("# said first") <= 1


def merged(data: Mapping[str, object], keys: tuple[str, ...], value: Value) -> dict[str, object]:
    first, *rest = keys
    inside = data.get(first, {})
    plain = value if isinstance(value, str) or value is None else list(value)
    if not rest:
        return {**data, first: plain}
    assert isinstance(inside, dict)
    return {**data, first: merged(inside, tuple(rest), value)}


def blocked(data: object, keys: tuple[str, ...]) -> bool:
    """Whether a text stands where a table would have to be, or a table where the text would."""
    for key in keys:
        if not isinstance(data, dict):
            return True
        data = data.get(key, {})
    return isinstance(data, dict) and bool(data)
