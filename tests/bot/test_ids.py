"""What is made up: unique, in order, unreadable, or easy to read out, as each has to be."""

from __future__ import annotations

import threading

import pytest

from bot import ids

MISREAD = set("0O1IL5SB8Z")


def test_identifiers_grow_and_never_repeat_in_one_process() -> None:
    made = [ids.new_id() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert max(made) < 2**63


def test_identifiers_stay_unique_when_many_threads_make_them() -> None:
    made: list[int] = []
    threads = [threading.Thread(target=lambda: made.extend(ids.new_id() for _ in range(2_000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


def test_a_token_has_128_bits_and_needs_no_quoting() -> None:
    made = {ids.token() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(token) == 22 and token.replace("-", "").replace("_", "").isalnum() for token in made)


def test_a_reference_can_be_read_out_without_being_misread() -> None:
    for _ in range(1_000):
        first, dash, last = ids.reference().partition("-")
        assert (len(first), dash, len(last)) == (4, "-", 2)
        assert not MISREAD - {"8"} & {*first, *last}


def test_every_code_that_is_made_looks_like_one_however_it_is_typed() -> None:
    for _ in range(1_000):
        code = ids.code()
        for typed in (code, code.lower(), f" {code[:3]} {code[3:]}. ", f"{code[:2]}-{code[2:]}"):
            assert ids.looks_like_code(typed)
            assert ids.normal_code(typed) == code


@pytest.mark.parametrize(
    "text", ["", "PLAY", "swings", "RHYTHM", "234678", "2 MORE SWINGS", "7K2M9", "7K2M9QQ", "7K2M9é"]
)
def test_words_numbers_and_sentences_are_not_taken_for_codes(text: str) -> None:
    assert not ids.looks_like_code(text)
