"""What officers decided about their consultations: only ever added to, each decision with its line in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, assert_never

from flows.decisions import (
    Analysed,
    Answered,
    Approved,
    ClosedEarly,
    Decision,
    Extended,
    Gate,
    GateFilled,
    StageApproved,
    What,
    Withdrawn,
)
from storage import audit
from storage.audit import Deed
from storage.codec import decode_json, encode_json
from storage.errors import ConflictError
from storage.instants import instant, micros
from storage.rows import fetch_with, plain, whole
from storage.sessions import Connections, Row, Session
from storage.tables_running import DecisionRow

_DECISION = whole(DecisionRow)
# Whoever decided on what they saw decides once: the number is that of the next decision, and there is one of each.
_ADD = f"""
    INSERT INTO decision ({_DECISION.listed}) SELECT {_DECISION.listed} FROM k
    WHERE k.number = (SELECT coalesce(max(d.number), 0) + 1 FROM decision AS d WHERE d.slug = k.slug)
    ON CONFLICT (slug, number) DO NOTHING RETURNING number
"""
_NUMBERS = "SELECT slug, max(number) FROM decision GROUP BY slug"
_ALL = f"SELECT {_DECISION.listed} FROM decision ORDER BY slug, number"
_ONE = f"SELECT {_DECISION.listed} FROM decision WHERE slug = {{}} ORDER BY number"


class Running:
    """The decisions about every consultation of this installation."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def numbers(self) -> dict[str, int]:
        """The number of the last decision about each consultation that has any: cheap, to see whether one is new.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        async with self._connections.reading() as session:
            return {row[0]: row[1] for row in await session.fetch(plain(session.dialect, _NUMBERS))}

    async def everything(self) -> dict[str, tuple[Decision, ...]]:
        """Every decision, oldest first, by slug.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _ALL))
        return {slug: tuple(map(_decision, group)) for slug, group in groupby(rows, lambda row: str(row[0]))}

    async def history(self, slug: str) -> tuple[Decision, ...]:
        """Every decision about one consultation, oldest first.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        async with self._connections.reading() as session:
            return tuple(map(_decision, await session.fetch(plain(session.dialect, _ONE, slug))))

    async def decide(self, slug: str, decisions: Sequence[tuple[Decision, Deed]]) -> None:
        """Adds decisions, each with what is recorded of it: either all of that or nothing.

        Raises:
            ConflictError: another decision has that number: somebody was faster, or the same form came twice.
            UnavailableError: it may or may not have been written; the next look tells.
        """
        async with self._connections.writing() as session:
            for decision, _ in decisions:
                if not await _added(session, slug, decision):
                    raise ConflictError("Something else was decided about this consultation meanwhile: look again.")
            for _, deed in decisions:
                await audit.append(session, deed)
            await session.commit()


async def _added(session: Session, slug: str, decision: Decision) -> bool:
    act, facts = encode(decision.what)
    row = (slug, decision.number, micros(decision.at), decision.officer, act, encode_json(facts))
    return bool(await fetch_with(session, _DECISION, _ADD, [row]))


def _decision(row: Row) -> Decision:
    _, number, at, officer, act, facts = row
    return Decision(number, instant(at), officer, decode(act, decode_json(facts)))


# --- as JSON ---

_ACTS: Final = {
    GateFilled: "gate-filled",
    Approved: "approved",
    Withdrawn: "approval-withdrawn",
    StageApproved: "stage-approved",
    Extended: "extended",
    ClosedEarly: "closed-early",
    Analysed: "analysed",
    Answered: "answered",
}


def act_of(what: What) -> str:
    """What a kind of decision is called, here and in the record."""
    return _ACTS[type(what)]


def encode(what: What) -> tuple[str, Mapping[str, Any]]:
    """A decision's name and its facts, as JSON can hold them."""
    return act_of(what), _facts(what)


def _facts(what: What) -> Mapping[str, Any]:
    match what:
        case GateFilled(gate):
            return {
                "reasons": gate.reasons,
                "alternatives": gate.alternatives,
                "who_decides": gate.who_decides,
                "decides_on": None if gate.decides_on is None else gate.decides_on.isoformat(),
                "privacy_contact": gate.privacy_contact,
                "impact_assessment": gate.impact_assessment,
            }
        case Approved(body, on, version):
            return {"body": body, "on": on.isoformat(), "version": version}
        case Withdrawn(why):
            return {"why": why}
        case StageApproved(stage, body, on):
            return {"stage": stage, "body": body, "on": on.isoformat()}
        case Extended(closes_at, reasons, role, stage):
            return {"closes_at": micros(closes_at), "reasons": dict(reasons), "role": role, "stage": stage}
        case ClosedEarly(closes_at, reasons, stage):
            return {"closes_at": micros(closes_at), "reasons": dict(reasons), "stage": stage}
        case Analysed() | Answered():
            return {}
        case _:
            assert_never(what)


def decode(act: str, facts: Mapping[str, Any]) -> What:
    """The decision that `encode` made this of.

    Raises:
        LookupError: a newer release wrote it.
    """
    match act:
        case "gate-filled":
            on = facts["decides_on"]
            return GateFilled(Gate(**{**facts, "decides_on": None if on is None else date.fromisoformat(on)}))
        case "approved":
            return Approved(facts["body"], date.fromisoformat(facts["on"]), facts["version"])
        case "approval-withdrawn":
            return Withdrawn(facts["why"])
        case "stage-approved":
            return StageApproved(facts["stage"], facts["body"], date.fromisoformat(facts["on"]))
        case "extended":
            return Extended(instant(facts["closes_at"]), facts["reasons"], facts["role"], facts["stage"])
        case "closed-early":
            return ClosedEarly(instant(facts["closes_at"]), facts["reasons"], facts["stage"])
        case "analysed":
            return Analysed()
        case "answered":
            return Answered()
        case _:
            raise LookupError(act)
