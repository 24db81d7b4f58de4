"""The closed set of ways `flows` can refuse, each saying what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class FlowsError(Exception):
    """Base of every error raised by `flows`; never raised itself."""


class UnknownQuestionError(FlowsError):
    """A question code that this version of the consultation does not have.

    Ask for the conversation's own version of the pack: codes are only ever looked up there.
    """


class UnreadableStateError(FlowsError):
    """A stored state that this release cannot read. Run the release that wrote it, or newer."""


class LocalTimeError(FlowsError):
    """A local wall time that is not exactly one instant in its zone. The message says what to write instead."""

    def __init__(self, local: datetime, zone: str, problem: str, mend: str) -> None:
        super().__init__(f"{local.isoformat(timespec='minutes')} {problem} ({zone}). {mend}.")
        self.problem = problem
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a pack, in its author's words."""

    file: str
    """Path inside the pack, with forward slashes."""
    key: str
    """Dotted key inside the file, such as `questions.issue.text`; empty for the whole file."""
    problem: str
    """What is wrong: one plain sentence."""
    mend: str
    """What to write instead: one plain sentence."""
    line: int = 0
    """1-based line in the file, 0 where it is not known."""
    rule: str = ""
    """The rule's own short name, such as `words-per-sentence`."""
    warning: bool = False
    """True where the pack works all the same."""


class BrokenPackError(FlowsError):
    """A pack with faults. `faults` holds every one of them; mend those and load again."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} fault(s) in the pack; the first: {faults[0].file}: {faults[0].problem}")
        self.faults = faults
