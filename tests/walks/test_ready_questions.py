"""The ready questions in docs/ready fit into a pack as they are, and have no fault there in any band or language."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.packs import examine
from flows.definition import AgeBand
from flows.errors import Fault
from tests.support.packs import SLUG, write_pack
from tests.support.source import ROOT

READY = ROOT / "docs" / "ready" / "effects-on-welsh"
CODES = ("effects-on-welsh", "better-for-welsh")


def faults_of(folder: Path) -> list[Fault]:
    return [*examine(folder).faults]


@pytest.fixture
def wales(tmp_path: Path) -> Path:
    """A pack of a council in Wales, for everybody from eight on."""
    folder = write_pack(tmp_path / "packs") / SLUG
    structure = folder / "consultation.toml"
    text = structure.read_text().replace("slug =", 'nation = "wales"\nslug =', 1)
    structure.write_text(text.replace('"12-15"]', '"12-15", "16-25"]'))
    return folder


def with_the_questions(folder: Path) -> Path:
    structure = folder / "consultation.toml"
    structure.write_text(f"{structure.read_text()}\n{(READY / 'consultation.toml').read_text()}")
    for ready in (READY / "wording").iterdir():
        wording = folder / "wording" / ready.name
        written = wording.read_text() if wording.exists() else ""
        wording.write_text(f"{written}\n{ready.read_text()}")
    return folder


def test_a_council_in_wales_is_advised_to_ask_until_it_does(wales: Path) -> None:
    assert "welsh-effects" in {fault.rule for fault in faults_of(wales)}
    assert "welsh-effects" not in {fault.rule for fault in faults_of(with_the_questions(wales))}


def test_its_words_have_no_fault_and_no_warning(wales: Path) -> None:
    before = {fault.rule for fault in faults_of(wales)}
    found = faults_of(with_the_questions(wales))
    about = [fault for fault in found if any(code in f"{fault.key} {fault.problem}" for code in CODES)]
    assert about == []
    assert {fault.rule for fault in found} <= before


def test_the_pack_then_asks_in_both_languages(wales: Path) -> None:
    pack = examine(with_the_questions(wales)).consultation
    assert pack is not None
    asked = {question.code: question for question in pack.questions}
    assert all(asked[code].optional for code in CODES)
    for language, choice in (("en", "No difference"), ("cy", "Dim gwahaniaeth")):
        words = pack.words_for(language, AgeBand.ADULT).questions
        assert words["effects-on-welsh"].choices["same"] == choice
        assert words["better-for-welsh"].language is None, "in this language, and not borrowed from another"
