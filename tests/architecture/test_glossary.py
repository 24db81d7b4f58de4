"""One word for one thing: the glossary and the code name the same things, in the same places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \|([^|]*)\|$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
TERMS = [
    (word.strip(), place.strip().strip("`")) for word, _meaning, place in ROWS if word.strip() not in ("word", "---")
]


def test_the_glossary_holds_terms_in_alphabetical_order() -> None:
    words = [word for word, _place in TERMS]
    assert len(words) > 40
    assert words == sorted(words)


@pytest.mark.parametrize(("word", "place"), [(word, place) for word, place in TERMS if place], ids=lambda cell: cell)
def test_a_term_is_used_in_the_place_that_the_glossary_names(word: str, place: str) -> None:
    path = ROOT / place
    assert path.exists(), f"{place} has gone: say where «{word}» lives now"
    files = [path] if path.is_file() else sorted(path.glob("*.py"))
    stem = word.casefold().split()[0].rstrip("s")
    assert any(stem in file.read_text().casefold() or stem in file.stem for file in files)


def test_every_public_type_of_the_conversation_is_explained_by_a_term() -> None:
    explained = {word.casefold().replace(" ", "").replace("-", "") for word, _place in TERMS}
    types = re.findall(r"^class (\w+)", (ROOT / "flows" / "definition.py").read_text(), re.MULTILINE)
    assert len(types) > 10
    parts = {"KindWords", "QuestionWords", "Words", "Label", "Kind", "WhoOption"}
    unexplained = {name for name in types if name.casefold() not in explained and name not in parts}
    assert not unexplained, f"say in docs/glossary.md what these are: {sorted(unexplained)}"
