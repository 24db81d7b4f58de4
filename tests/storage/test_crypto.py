"""What is sealed opens in its own place alone, and what is hashed is found with the right key alone."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import ADDRESS, ANSWER_TEXT, MESSAGE_TEXT, Keyring
from storage.errors import UnreadableValueError, WrongSecretError

OLD, NEW = b"o" * 32, b"n" * 32
KEYS = Keyring([OLD])

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
"""Everything that a string can hold, half an emoji too."""


@given(ANY_TEXT, st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_what_is_sealed_opens_as_it_was(text: str, owner: int, row: int) -> None:
    assert KEYS.open_text(MESSAGE_TEXT, owner, row, KEYS.seal_text(MESSAGE_TEXT, owner, row, text)) == text


def test_sealing_twice_never_looks_the_same() -> None:
    assert KEYS.seal(MESSAGE_TEXT, 1, 1, b"swings") != KEYS.seal(MESSAGE_TEXT, 1, 1, b"swings")


def _nonce(sealed: bytes) -> bytes:
    return sealed[1:13]


def test_no_nonce_is_ever_used_twice() -> None:
    used = [_nonce(KEYS.seal(MESSAGE_TEXT, 1, 1, b"")) for _ in range(2000)]
    assert len(set(used)) == len(used)


def test_a_process_forked_off_uses_none_of_its_parents_nonces() -> None:
    KEYS.seal(MESSAGE_TEXT, 1, 1, b"")  # so that there are some in hand
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"".join(_nonce(KEYS.seal(MESSAGE_TEXT, 1, 1, b"")) for _ in range(300)))
        os._exit(0)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb", 0) as pipe:
        theirs = pipe.read(300 * 12)
    os.close(writing)
    ours = {_nonce(KEYS.seal(MESSAGE_TEXT, 1, 1, b"")) for _ in range(300)}
    assert len(theirs) == 300 * 12
    assert ours.isdisjoint(theirs[start : start + 12] for start in range(0, len(theirs), 12))


@pytest.mark.parametrize(
    ("column", "owner", "row"),
    [(ANSWER_TEXT, 1, 7), (MESSAGE_TEXT, 2, 7), (MESSAGE_TEXT, 1, 8)],
    ids=["another column", "another person", "another row"],
)
def test_a_value_moved_somewhere_else_does_not_open(column: object, owner: int, row: int) -> None:
    sealed = KEYS.seal(MESSAGE_TEXT, 1, 7, b"swings")
    with pytest.raises(UnreadableValueError):
        KEYS.open(column, owner, row, sealed)  # type: ignore[arg-type] # a parameter of three types is not worth its type


def test_texts_and_addresses_are_sealed_with_different_keys() -> None:
    sealed = KEYS.seal(ADDRESS, 1, 1, b"+447700900001")
    assert KEYS.open(ADDRESS, 1, 1, sealed) == b"+447700900001"
    with pytest.raises(UnreadableValueError):
        KEYS.open(MESSAGE_TEXT, 1, 1, sealed)


@given(st.data())
def test_a_value_with_one_bit_changed_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(KEYS.seal(MESSAGE_TEXT, 1, 1, b"swings"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises((UnreadableValueError, WrongSecretError)):
        KEYS.open(MESSAGE_TEXT, 1, 1, bytes(sealed))


@given(st.binary(max_size=40))
def test_what_was_never_sealed_does_not_open(stored: bytes) -> None:
    with pytest.raises((UnreadableValueError, WrongSecretError)):
        KEYS.open(MESSAGE_TEXT, 1, 1, stored)


def test_a_new_secret_seals_and_the_old_one_still_opens() -> None:
    both = Keyring([NEW, OLD])
    assert both.open(MESSAGE_TEXT, 1, 1, KEYS.seal(MESSAGE_TEXT, 1, 1, b"before")) == b"before"
    after = both.seal(MESSAGE_TEXT, 1, 1, b"after")
    assert Keyring([NEW]).open(MESSAGE_TEXT, 1, 1, after) == b"after"
    with pytest.raises(WrongSecretError):
        KEYS.open(MESSAGE_TEXT, 1, 1, after)


def test_people_are_still_found_after_the_secret_was_changed() -> None:
    both = Keyring([NEW, OLD])
    both.adopt(KEYS.fingerprint(), None)
    assert both.lookup("address", "sms", "x") == KEYS.lookup("address", "sms", "x")
    sealed, alone = both.sealed_lookup(), Keyring([NEW])
    alone.adopt(KEYS.fingerprint(), sealed)
    assert alone.lookup("address", "sms", "x") == KEYS.lookup("address", "sms", "x")


def test_a_database_of_another_secret_is_not_adopted() -> None:
    for sealed in (None, KEYS.sealed_lookup(), Keyring([NEW]).sealed_lookup()):
        with pytest.raises(WrongSecretError):
            Keyring([NEW]).adopt(KEYS.fingerprint(), sealed)


def test_a_hash_depends_on_every_part_and_on_the_key() -> None:
    hashes = {
        KEYS.lookup("address", "sms", "1"),
        KEYS.lookup("address", "web", "1"),
        KEYS.lookup("provider", "sms", "1"),
        KEYS.lookup("address", "sms", "2"),
        Keyring([NEW]).lookup("address", "sms", "1"),
    }
    assert len(hashes) == 5
    assert {len(one) for one in hashes} == {16}


@pytest.mark.parametrize("secrets", [[], [b"x" * 31], [OLD, b"short"], [OLD, OLD]])
def test_secrets_that_protect_nothing_are_refused(secrets: list[bytes]) -> None:
    with pytest.raises(WrongSecretError) as refused:
        Keyring(secrets)
    assert "short" not in str(refused.value)
