"""The rules about safety as they are shipped, and the corpus that they are measured against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flows.concern_files import rules_of
from flows.concerns import Concern, Rules, Tier, assess
from flows.pack_table import Faults

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "flows" / "concerns" / "corpus"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the corpus."""

    id: str
    language: str
    kind: str
    age: str
    urgency: str
    text: str


@cache
def shipped_files() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted((ROOT / "bot" / "concerns").glob("*.toml"))}


@cache
def shipped_rules() -> Rules:
    faults = Faults()
    rules = rules_of(shipped_files(), {}, faults)
    assert faults.sorted == ()
    return rules


@cache
def corpus(name: str) -> tuple[Line, ...]:
    _, *lines = (CORPUS / f"{name}.tsv").read_text("utf-8").splitlines()
    return tuple(Line(*line.split("\t")) for line in lines)


def seen(text: str) -> Concern | None:
    """What the shipped rules say of a text."""
    return assess(text, shipped_rules())


@dataclass(frozen=True, slots=True)
class Score:
    """How the rules do on some lines."""

    urgent: int
    found: int
    queued: int
    """Urgent ones that were only put before others."""
    harmless: int
    interrupted: int

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Score:
        tiers = [(line.urgency, None if (concern := seen(line.text)) is None else concern.tier) for line in lines]
        return cls(
            urgent=sum(urgency == "urgent" for urgency, _ in tiers),
            found=sum(urgency == "urgent" and tier is Tier.URGENT for urgency, tier in tiers),
            queued=sum(urgency == "urgent" and tier is Tier.CONCERN for urgency, tier in tiers),
            harmless=sum(urgency == "none" for urgency, _ in tiers),
            interrupted=sum(urgency == "none" and tier is Tier.URGENT for urgency, tier in tiers),
        )

    @property
    def recall(self) -> float:
        return self.found / self.urgent if self.urgent else 1.0

    @property
    def disturbed(self) -> float:
        """The share of harmless ones that were interrupted."""
        return self.interrupted / self.harmless if self.harmless else 0.0

    def __str__(self) -> str:
        return (
            f"urgent found {self.found} of {self.urgent} ({self.recall:.1%}), {self.queued} more put before others; "
            f"harmless interrupted {self.interrupted} of {self.harmless} ({self.disturbed:.1%})"
        )


def reported(name: str) -> Score:
    """How the rules do on one file of the corpus, said aloud for whoever runs pytest with `-s`."""
    score = Score.of(corpus(name))
    print(f"\n{name}: {score}")
    return score
