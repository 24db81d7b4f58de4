"""What somebody asks an officer for: to see all that is held of them, to mend it, to hear no more, to have it gone.

Everything that a person can do by themselves, for somebody who cannot or who would rather ask. The officer says how
they know that it is the right person, and why; both stand in the record. Reasons hold no words of anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot import ids
from bot.channels.base import RefusedError
from bot.console.moments import moment_in_words
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.spoken import language_of
from bot.held import held
from flows import answers, corrected, wording
from flows.corrected import Correction, Unfit
from flows.definition import Consultation
from flows.messages import ON_A_SHEET, Channel, Status
from storage.holdings import Corrected, Holding
from storage.records import AnswerRecord, InboundRecord

BASE: Final = "/console/{slug}/people/{reference}/request"
_UNREADABLE: Final = 422
_LONGEST: Final = 300
_LONGEST_ANSWER: Final = 5000
WISHES: Final = (
    ("show", "See everything that we hold about them"),
    ("correct", "Correct an answer"),
    ("stop", "Get no more messages"),
    ("delete", "Have everything about them erased"),
)
RECOGNISED: Final = (
    ("told-us", "They know the reference, and could say what they had answered"),
    ("from-there", "They wrote or rang from the number that we hold"),
    ("in-person", "We know them, or they showed us who they are"),
    ("for-them", "A parent, carer or advocate asks for them, and we made sure that they may"),
)
_DONE: Final[Mapping[str, str]] = {
    "corrected": "The answer is corrected. What stood there before is kept as well.",
    "late": "The correction is kept and marked as late. The answer from before the close still counts.",
    "stopped": "Nothing more is sent to them until they say START.",
}
_UNFIT: Final[Mapping[Unfit, str]] = {
    Unfit.NO_SUCH_ANSWER: "Choose an answer that is to be corrected",
    Unfit.NOT_UNDERSTOOD: "This cannot be an answer to that question. Write it as they would",
    Unfit.SAME: "This is what the answer says already",
    Unfit.TOO_LATE: "The consultation is closed, and takes no changes any more",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was put into the form."""

    wish: str = ""
    how: str = ""
    why: str = ""
    question: str = ""
    answer: str = ""

    @classmethod
    def of(cls, visit: Visit) -> Asked:
        form = visit.form
        return cls(*(form.get(name, "").strip() for name in ("wish", "how", "why", "question", "answer")))

    @property
    def faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        found = {}
        if self.wish not in dict(WISHES):
            found["wish"] = "Choose what they ask for"
        if self.how not in dict(RECOGNISED):
            found["how"] = "Choose how you know that it is this person"
        if not self.why or len(self.why) > _LONGEST:
            found["why"] = f"Write who asked and when, in up to {_LONGEST} characters"
        return found

    @property
    def reason(self) -> str:
        """What the record has."""
        return f"{self.how}: {self.why}"


class Requests:
    """The pages under `/console/{slug}/people/{reference}/request`."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", BASE, Right.REQUESTS, self.ask),
            Page("POST", BASE, Right.REQUESTS, self.take),
            Page("POST", f"{BASE}/correct", Right.REQUESTS, self.correct),
            Page("POST", f"{BASE}/delete", Right.REQUESTS, self.delete),
        )

    async def ask(self, visit: Visit) -> web.StreamResponse:
        return _form(visit, await _holding(visit), Asked(), {})

    async def take(self, visit: Visit) -> web.StreamResponse:
        """On to what they ask for. Seeing and stopping are done at once; the others ask once more."""
        holding, asked = await _holding(visit), Asked.of(visit)
        if asked.faults:
            return _form(visit, holding, asked, asked.faults, status=_UNREADABLE)
        match asked.wish:
            case "show":
                return await self._show(visit, holding, asked)
            case "stop":
                deed = visit.deed("person.stopped", _reference(visit), why=asked.reason)
                if not await visit.service.database.holdings.stop(visit.asked.slug, _reference(visit), deed):
                    raise _gone()
                return visit.see(f"{_at(visit)}?done=stopped")
            case "correct":
                return await _correction(visit, holding, asked, {})
            case _:
                values = {"asked": asked, "reference": _reference(visit), "elsewhere": holding.elsewhere}
                return visit.page("request-delete.html", values)

    async def _show(self, visit: Visit, holding: Holding, asked: Asked) -> web.Response:
        """The record has it first, so that nobody sees it off the record."""
        await visit.record("person.shown", _reference(visit), why=asked.reason)
        pack = await _pack(visit, holding)
        agreed = [
            (one.consent, "Yes" if one.given else "No", moment_in_words(one.at, pack.timetable.zone))
            for one in holding.agreed
        ]
        values = {
            "held": held(pack, holding, await _cover(visit, holding)),
            "reference": _reference(visit),
            "agreed": agreed,
            "elsewhere": holding.elsewhere,
        }
        return visit.page("request-shown.html", values)

    async def correct(self, visit: Visit) -> web.StreamResponse:
        holding, asked = await _holding(visit), Asked.of(visit)
        faults = dict(asked.faults)
        if len(asked.answer) > _LONGEST_ANSWER or not asked.answer:
            faults["answer"] = f"Write what the answer is to be, in up to {_LONGEST_ANSWER} characters"
        if faults:
            return await _correction(visit, holding, asked, faults, status=_UNREADABLE)
        correcting = _Correcting(visit, await _pack(visit, holding), asked)
        deed = visit.deed("answer.corrected", f"{_reference(visit)} {asked.question}", why=asked.reason)
        done = await visit.service.database.holdings.correct(visit.asked.slug, _reference(visit), correcting.make, deed)
        if done is None:
            raise _gone()
        if isinstance(correcting.outcome, Unfit):
            errors = {
                "question" if correcting.outcome is Unfit.NO_SUCH_ANSWER else "answer": _UNFIT[correcting.outcome]
            }
            return await _correction(visit, holding, asked, errors, status=_UNREADABLE)
        counts = correcting.outcome is None or correcting.outcome.counts
        return visit.see(f"{_at(visit)}?done={'corrected' if counts else 'late'}")

    async def delete(self, visit: Visit) -> web.StreamResponse:
        holding, asked = await _holding(visit), Asked.of(visit)
        if asked.faults:
            return _form(visit, holding, asked, asked.faults, status=_UNREADABLE)
        deed = visit.deed("person.erased", _reference(visit), why=asked.reason)
        if not await visit.service.database.holdings.erase(visit.asked.slug, _reference(visit), deed):
            raise _gone()
        return visit.page("request-deleted.html", {"reference": _reference(visit)})


@dataclass(slots=True)
class _Correcting:
    """One answer being corrected: asked for while nobody else handles the conversation."""

    visit: Visit
    pack: Consultation
    asked: Asked
    outcome: Correction | Unfit | None = None

    def make(self, holding: Holding) -> Corrected | None:
        record = holding.conversation
        self.outcome = made = corrected.correct(
            self.pack, record.state, self.asked.question, self.asked.answer, self.visit.now
        )
        if isinstance(made, Unfit):
            return None
        return made.state, self._said(holding), self._answer(holding, made)

    def _said(self, holding: Holding) -> InboundRecord:
        """In the transcript it stands as what was entered for them."""
        record, now = holding.conversation, self.visit.now
        return InboundRecord(
            participant_id=record.participant_id,
            seq=holding.next_seq,
            conversation_id=record.conversation_id,
            channel=Channel.TELEPHONE,
            address_id=0,
            provider_id=f"{ids.token()}/{self.asked.question}",
            message_ref=None,
            sent_at=now,
            received_at=now,
            recorded_at=now,
            question=self.asked.question,
            language=record.state.language,
            status=Status.RECEIVED,
            text=self.asked.answer,
            kind="entered",
        )

    def _answer(self, holding: Holding, made: Correction) -> AnswerRecord:
        record, kept, now = holding.conversation, made.kept, self.visit.now
        shown = kept.asked_language, kept.asked_band
        return AnswerRecord(
            participant_id=record.participant_id,
            conversation_id=record.conversation_id,
            question=kept.question,
            revision=kept.revision,
            value=kept.value,
            role=kept.role,
            band=kept.band,
            helped_by=kept.helped_by,
            language=kept.language,
            wording=wording.question_text(self.pack, kept.question, *shown, ON_A_SHEET, record.state),
            wording_language=wording.language_asked_in(self.pack, kept.question, *shown),
            wording_band=kept.asked_band,
            channel=record.channel,
            message_seq=holding.next_seq,
            sent_at=now,
            received_at=now,
            recorded_at=now,
            counts_at=kept.at,
            clock="stated",
            cutoff=kept.cutoff,
            late_policy=self.pack.timetable.late_policy.value,
            late=kept.late,
            counts=kept.counts,
            equality=kept.equality,
        )


async def _holding(visit: Visit) -> Holding:
    found = await visit.service.database.holdings.of(visit.asked.slug, _reference(visit))
    if found is None:
        raise _gone()
    return found


async def _pack(visit: Visit, holding: Holding) -> Consultation:
    """The version that was answered, with the times that hold now."""
    return await visit.service.versions.of(holding.conversation.slug, holding.conversation.version)


async def _cover(visit: Visit, holding: Holding) -> Callable[[str], str]:
    """How an officer reads a text of theirs: without what was taken out of it (ADR 16)."""
    owner = holding.conversation.participant_id
    covers = await visit.service.database.redactions.covers(visit.asked.slug, owner)
    return lambda text: covers.text(owner, text)


def _gone() -> RefusedError:
    return RefusedError(404, "There is no such reference in this consultation. It may have been erased.")


def _reference(visit: Visit) -> str:
    return visit.request.match_info["reference"]


def _at(visit: Visit) -> str:
    return BASE.format(slug=visit.asked.slug, reference=_reference(visit))


def _form(
    visit: Visit, holding: Holding, asked: Asked, errors: Mapping[str, str], *, status: int = 200
) -> web.Response:
    values = {
        "asked": asked,
        "errors": errors,
        "reference": holding.conversation.reference,
        "wishes": WISHES,
        "recognised": RECOGNISED,
        "done": _DONE.get(visit.request.query.get("done", ""), ""),
    }
    return visit.page("request.html", values, status=status)


async def _correction(
    visit: Visit, holding: Holding, asked: Asked, errors: Mapping[str, str], *, status: int = 200
) -> web.Response:
    """The answers that can be corrected, with what each says now."""
    pack, state = await _pack(visit, holding), holding.conversation.state
    cover = await _cover(visit, holding)
    spoken = state.language if state.language in pack.languages else language_of(pack)
    options = []
    for question in corrected.correctable(pack, state):
        words = pack.words_for(spoken, state.band).questions[question.code]
        now = answers.in_words(state.given[question.code].value, question, words)
        options.append((question.code, f"{words.name or question.code}: {cover(now)}"))
    values = {"asked": asked, "errors": errors, "reference": _reference(visit), "options": options, "spoken": spoken}
    return visit.page("request-correct.html", values, status=status)
