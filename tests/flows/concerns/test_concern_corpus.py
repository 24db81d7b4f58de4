"""How well the rules about safety do, on what was written before they were. `-s` prints the figures."""

from __future__ import annotations

import hashlib
import re
import time

import pytest

from tests.support.concerns import ROOT, Score, corpus, reported, seen, shipped_rules

RECALL = 0.95
DISTURBED = 0.02
DOCUMENT = ROOT / "docs" / "safeguarding-detector.md"


def test_the_corpus_is_as_large_as_was_promised() -> None:
    lines = (*corpus("tuning"), *corpus("unseen"))
    telling = [line for line in lines if line.urgency != "none"]
    harmless = [line for line in lines if line.urgency == "none"]
    assert len(telling) >= 250
    assert len(harmless) >= 600
    for language in ("cy", "pl"):
        assert sum(line.language == language for line in telling) >= 40
        assert sum(line.language == language for line in harmless) >= 100
    assert len({line.id for line in lines}) == len({line.text for line in lines}) == len(lines)
    assert len({line.kind for line in telling}) >= 15


def test_a_third_was_set_aside_by_the_hash_of_its_id_alone() -> None:
    for name, aside in (("tuning", False), ("unseen", True)):
        for line in corpus(name):
            assert (int(hashlib.sha256(line.id.encode()).hexdigest(), 16) % 3 == 0) is aside


@pytest.mark.parametrize("name", ["tuning", "later"])
def test_the_rules_do_what_they_were_tuned_for(name: str) -> None:
    score = reported(name)
    assert score.recall >= RECALL, score
    assert score.disturbed <= DISTURBED, score


def test_the_third_that_no_rule_was_tuned_on_is_heard_as_well_as_when_it_was_measured() -> None:
    # Over the aim by one line: docs/safeguarding-detector.md says what that is worth, and what it is not.
    score = reported("unseen")
    assert score.recall >= RECALL, score
    assert score.disturbed <= DISTURBED, score


def test_what_was_written_after_the_rules_is_heard_as_well_as_when_it_was_measured() -> None:
    score = reported("after")
    assert score.found >= 34, score
    assert score.interrupted <= 1, score


def test_every_rule_has_a_line_that_it_is_for() -> None:
    lines = (*corpus("tuning"), *corpus("later"))
    used = {code for line in lines if (concern := seen(line.text)) is not None for code in concern.rules}
    assert set(shipped_rules().codes) <= used


@pytest.mark.parametrize("language", ["en", "cy", "pl"])
def test_no_language_is_left_behind(language: str) -> None:
    score = Score.of(line for line in corpus("tuning") if line.language == language)
    assert score.recall >= RECALL, score
    assert score.disturbed <= DISTURBED, score


def test_what_is_no_emergency_is_mostly_put_before_others() -> None:
    lines = [line for line in corpus("tuning") if line.urgency == "concern"]
    assert sum(seen(line.text) is not None for line in lines) / len(lines) >= 0.9


def test_the_document_tells_the_figures_that_are_measured() -> None:
    told = DOCUMENT.read_text()
    for name in ("tuning", "unseen", "later", "after"):
        score = Score.of(corpus(name))
        row = re.search(rf"^\| {name} \| (\d+) of (\d+) \|[^|]*\| (\d+) of (\d+) \|", told, re.MULTILINE)
        assert row is not None, name
        assert [int(part) for part in row.groups()] == [score.found, score.urgent, score.interrupted, score.harmless]


def test_a_message_takes_well_under_a_millisecond() -> None:
    lines = corpus("tuning")
    took = []
    for _ in range(3):
        begun = time.process_time_ns()
        for line in lines:
            seen(line.text)
        took.append(time.process_time_ns() - begun)
    each = min(took) / len(lines) / 1e6
    assert each < 1, f"{each:.3f} ms for a message"
