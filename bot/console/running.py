"""Running a consultation: the gate and its approval, stages, a closing time that is moved, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from aiohttp import web

from bot.console.deciding import (
    GATE,
    LONGEST_REASON,
    MISSING,
    REFUSALS,
    Filled,
    approval_of,
    earlier_of,
    gate_fields,
    gate_of,
    later_of,
    reason_of_withdrawal,
)
from bot.console.lundy import checklist
from bot.console.moments import moment_in_words
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.standing import approval_words, colour_of, gate_text, history_of, notices, stage_words, status_in_words
from flows import commands, cutoff, running
from flows.decisions import (
    Analysed,
    Answered,
    ClosedEarly,
    Decision,
    Extended,
    GateFilled,
    StageApproved,
    Standing,
    What,
)
from flows.messages import Channel
from flows.running import Refusal
from storage.errors import ConflictError
from storage.running import act_of

_BASE: Final = "/console/{slug}/running"
_UNREADABLE: Final = 422
_STALE: Final = "Somebody else changed this while you had the page open. Look at it again, then decide."
_DONE: Final[Mapping[str, str]] = {
    "gate": "What you wrote is saved.",
    "approved": "The approval is recorded. It opens by itself on its day.",
    "withdrawn": "The approval is taken back. It stays shut until there is another.",
    "stage": "The approval of the stage is recorded.",
    "extended": "It stays open longer. People who are in the middle of it are told.",
    "closed-early": "It closes earlier. People who are in the middle of it are told.",
    "analysed": "It is marked as analysed.",
    "answered": "It is marked as answered.",
}


class RunningIt:
    """The pages under `/console/{slug}/running`."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", _BASE, Right.RUN, self.show),
            Page("GET", f"{_BASE}/checklist", Right.RUN, self.checklist),
            Page("GET", f"{_BASE}/gate", Right.RUN, self.gate),
            Page("POST", f"{_BASE}/gate", Right.RUN, self.fill_gate),
            Page("GET", f"{_BASE}/withdraw", Right.RUN, self.ask_withdrawal),
            Page("POST", f"{_BASE}/withdraw", Right.RUN, self.withdraw),
            Page("GET", f"{_BASE}/stages/{{stage}}", Right.RUN, self.stage),
            Page("POST", f"{_BASE}/stages/{{stage}}", Right.RUN, self.approve_stage),
            Page("GET", f"{_BASE}/extend", Right.RUN, self.ask_longer),
            Page("POST", f"{_BASE}/extend", Right.RUN, self.extend),
            Page("GET", f"{_BASE}/close", Right.RUN, self.ask_earlier),
            Page("POST", f"{_BASE}/close", Right.RUN, self.close),
            Page("POST", f"{_BASE}/analysed", Right.RUN, self.analysed),
            Page("POST", f"{_BASE}/answered", Right.RUN, self.answered),
        )

    # --- the whole of it ---

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def checklist(self, visit: Visit) -> web.StreamResponse:
        """What of Lundy's four parts there is, and what is missing."""
        pack, service = visit.asked, visit.service
        gate, faults = service.library.standing(pack.slug).gate, service.library.faults.get(pack.slug, ())
        channels = {Channel.WEB, *service.channels}
        return visit.page("running-checklist.html", {"parts": checklist(pack, gate, faults, channels)})

    async def _show(self, visit: Visit, errors: Mapping[str, str] | None = None, *, status: int = 200) -> web.Response:
        pack, found = visit.asked, visit.service.library.standing(visit.asked.slug)
        history = await visit.service.database.running.history(pack.slug)
        where = running.status(pack, found, visit.now)
        values = {
            "errors": errors or {},
            "done": _DONE.get(visit.request.query.get("done", ""), ""),
            "found": found,
            "where": where,
            "status": (status_in_words(where), colour_of(where)),
            "opens": moment_in_words(pack.timetable.opens_at, pack.timetable.zone),
            "closes": cutoff.closing_in_words(cutoff.last_close(pack.timetable), pack.timetable.zone, "en"),
            "moved": cutoff.why_moved(pack.timetable, None, "en", pack.default_language),
            "changed_since": found.approval is not None and found.approval.version != pack.version,
            "gate": [(words, gate_text(found.gate, name)) for name, words, _ in GATE],
            "approval": approval_words(found.approval),
            "stages": [stage_words(pack, stage.code, visit.now) for stage in pack.timetable.stages],
            "history": history_of(history, pack),
        }
        return visit.page("running.html", values, status=status)

    # --- the gate and the approval ---

    async def gate(self, visit: Visit) -> web.StreamResponse:
        found = visit.service.library.standing(visit.asked.slug)
        return self._gate(visit, gate_fields(found.gate), {})

    def _gate(
        self, visit: Visit, values: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
    ) -> web.Response:
        found = visit.service.library.standing(visit.asked.slug)
        whole = {
            "errors": errors,
            "values": values,
            "questions": GATE,
            "after": _after(visit, found.number),
            "approval": approval_words(found.approval),
        }
        return visit.page("running-gate.html", whole, status=status)

    async def fill_gate(self, visit: Visit) -> web.StreamResponse:
        found = visit.service.library.standing(visit.asked.slug)
        gate, errors = gate_of(visit.form)
        made: list[What] = [] if gate == found.gate else [GateFilled(gate)]
        if "approve" in visit.form:
            errors = {**errors} | {name: MISSING[name] for name in gate.missing if name not in errors}
            approval, wrong = approval_of(visit.form, visit.asked.version)
            errors = {**errors, **wrong}
            made += [] if approval is None else [approval]
        errors = errors or self._refused(visit, replace(found, gate=gate), made)
        values = {name: visit.form.get(name, "") for name in (*gate_fields(gate), "body", "on")}
        if errors:
            return self._gate(visit, values, errors, status=_UNREADABLE)
        if made and not await _decide(visit, made):
            return self._gate(visit, values, {"reasons": _STALE}, status=409)
        return visit.see(f"{_at(visit)}?done={'approved' if 'approve' in visit.form else 'gate'}")

    def _refused(self, visit: Visit, filled: Standing, made: Sequence[What]) -> Mapping[str, str]:
        """What keeps these from being decided; the gate counts as it is filled in with the same form."""
        for what in made:
            refusal = running.refusal(visit.asked, filled, what, visit.now)
            if refusal is not None:
                return {"on" if refusal is Refusal.DAY_TO_COME else "reasons": REFUSALS[refusal]}
        return {}

    async def ask_withdrawal(self, visit: Visit) -> web.StreamResponse:
        return self._withdrawal(visit, {})

    def _withdrawal(self, visit: Visit, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
        found = visit.service.library.standing(visit.asked.slug)
        values = {
            "errors": errors,
            "why": visit.form.get("why", ""),
            "after": _after(visit, found.number),
            "approval": approval_words(found.approval),
        }
        return visit.page("running-withdraw.html", values, status=status)

    async def withdraw(self, visit: Visit) -> web.StreamResponse:
        what = reason_of_withdrawal(visit.form)
        errors = _refusal(visit, what, "why")
        if errors:
            return self._withdrawal(visit, errors, status=_UNREADABLE)
        if not await _decide(visit, [what], why=what.why):
            return self._withdrawal(visit, {"why": _STALE}, status=409)
        return visit.see(f"{_at(visit)}?done=withdrawn")

    # --- stages ---

    async def stage(self, visit: Visit) -> web.StreamResponse:
        return self._stage(visit, {})

    def _stage(self, visit: Visit, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
        code = visit.request.match_info["stage"]
        if all(stage.code != code for stage in visit.asked.timetable.stages):
            sentence = "This consultation has no such stage. Choose one from the page about running it."
            return visit.page("refused.html", {"heading": "Page not found", "sentence": sentence}, status=404)
        values = {
            "errors": errors,
            "stage": stage_words(visit.asked, code, visit.now),
            "values": {name: visit.form.get(name, "") for name in ("body", "on")},
            "after": _after(visit, visit.service.library.standing(visit.asked.slug).number),
        }
        return visit.page("running-stage.html", values, status=status)

    async def approve_stage(self, visit: Visit) -> web.StreamResponse:
        approval, errors = approval_of(visit.form, visit.asked.version)
        if approval is not None:
            what = StageApproved(visit.request.match_info["stage"], approval.body, approval.on)
            errors = _refusal(visit, what, "on")
            if not errors:
                if await _decide(visit, [what]):
                    return visit.see(f"{_at(visit)}?done=stage")
                errors = {"body": _STALE}
        return self._stage(visit, errors, status=_UNREADABLE)

    # --- a closing time that is moved ---

    async def ask_longer(self, visit: Visit) -> web.StreamResponse:
        return self._closing(visit, "extend", {})

    async def ask_earlier(self, visit: Visit) -> web.StreamResponse:
        return self._closing(visit, "close", {})

    def _closing(self, visit: Visit, act: str, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
        pack = visit.asked
        values = {
            "errors": errors,
            "act": act,
            "values": visit.form,
            "after": _after(visit, visit.service.library.standing(pack.slug).number),
            "closes": cutoff.closing_in_words(cutoff.last_close(pack.timetable), pack.timetable.zone, "en"),
            "role_options": [("", "Everybody"), *((role.code, role.code.replace("-", " ")) for role in pack.roles)],
            "stages": pack.timetable.stages,
            "stage_options": [("", "Choose a stage"), *((one.code, one.name) for one in pack.timetable.stages)],
            "languages": [(code, commands.name_of(code)) for code in pack.languages],
            "needed": running.reason_needed_in(pack),
            "longest": LONGEST_REASON,
        }
        return visit.page("running-closing.html", values, status=status)

    async def extend(self, visit: Visit) -> web.StreamResponse:
        return await self._move(visit, "extend", later_of(visit.form, visit.asked))

    async def close(self, visit: Visit) -> web.StreamResponse:
        return await self._move(visit, "close", earlier_of(visit.form, visit.asked, visit.now))

    async def _move(self, visit: Visit, act: str, filled: Filled) -> web.Response:
        """Asks again with what is wrong; shows what people will be told; or does it."""
        what = filled.what
        if not isinstance(what, Extended | ClosedEarly):
            return self._closing(visit, act, filled.errors, status=_UNREADABLE)
        errors = _refusal(visit, what, "day")
        if errors:
            return self._closing(visit, act, errors, status=_UNREADABLE)
        if visit.form.get("sure") != "yes":
            return self._check(visit, act, what)
        if not await _decide(visit, [what], why=what.reasons.get(visit.asked.default_language, "")):
            return self._closing(visit, act, {"day": _STALE}, status=409)
        return visit.see(f"{_at(visit)}?done={act_of(what)}")

    def _check(self, visit: Visit, act: str, what: Extended | ClosedEarly) -> web.Response:
        pack = visit.service.library.after(visit.asked.slug, what, at=visit.now, officer=visit.officer.email)
        values = {
            "act": act,
            "closes": cutoff.closing_in_words(what.closes_at, pack.timetable.zone, "en"),
            "told": notices(pack, what, visit.service.settings.public_url, visit.now),
            "hidden": [(name, value) for name, value in visit.form.items() if name not in {"csrf", "sure"}],
        }
        return visit.page("running-check.html", values)

    # --- the end ---

    async def analysed(self, visit: Visit) -> web.StreamResponse:
        return await self._end(visit, Analysed(), "analysed")

    async def answered(self, visit: Visit) -> web.StreamResponse:
        return await self._end(visit, Answered(), "answered")

    async def _end(self, visit: Visit, what: What, done: str) -> web.Response:
        errors = _refusal(visit, what, "main")
        if errors:
            return await self._show(visit, errors, status=_UNREADABLE)
        if not await _decide(visit, [what]):
            return await self._show(visit, {"main": _STALE}, status=409)
        return visit.see(f"{_at(visit)}?done={done}")


def _at(visit: Visit) -> str:
    return _BASE.format(slug=visit.asked.slug)


def _after(visit: Visit, number: int) -> str:
    """The decision that the officer has seen last: a form that comes again, or too late, is told by it."""
    return visit.form.get("after") or str(number)


async def _decide(visit: Visit, made: Sequence[What], *, why: str = "") -> bool:
    """Writes decisions down and lays them over the pack in this worker at once; the others see them in seconds.

    False where somebody else decided something meanwhile, or the same form came twice.
    """
    slug, after = visit.asked.slug, visit.form.get("after", "")
    if not after.isdecimal() or len(after) > 6:  # noqa: PLR2004 - no history is that long
        return False
    decided = [
        (Decision(number, visit.now, visit.officer.email, what), visit.deed(f"consultation.{act_of(what)}", why=why))
        for number, what in enumerate(made, int(after) + 1)
    ]
    try:
        await visit.service.database.running.decide(slug, decided)
    except ConflictError:
        return False
    await visit.service.scheduler.refresh()
    return True


def _refusal(visit: Visit, what: What, field: str) -> Mapping[str, str]:
    pack = visit.asked
    refusal = running.refusal(pack, visit.service.library.standing(pack.slug), what, visit.now)
    if refusal is None:
        return {}
    named = {
        Refusal.NO_REASON: f"reason-{pack.default_language}" if field == "day" else field,
        Refusal.STAGES_CLOSE: "stage",
        Refusal.NO_SUCH_STAGE: "stage",
        Refusal.NO_SUCH_ROLE: "role",
    }
    return {named.get(refusal, field): REFUSALS[refusal]}
