"""Typing in answers that somebody gave on paper, by telephone or face to face."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aiohttp import web
from multidict import MultiDict

from bot import ids
from bot.console import typed_in
from bot.console.moments import moment_in_words
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.typed_in import WAYS, Choice
from flows import answers, wording
from flows.definition import Consultation, Kind
from flows.effects import Keep
from flows.entered import Entry, Sheet, enter
from flows.messages import ON_A_SHEET, Channel, Status
from flows.state import State
from storage.entered import Typed, Typing
from storage.errors import ConflictError
from storage.records import AnswerRecord, ConversationRecord, InboundRecord

_BASE: Final = "/console/{slug}/enter"
_UNREADABLE: Final = 422
_LISTED: Final = 20
_DONE: Final[Mapping[str, str]] = {
    "entered": "The answers are typed in. Write the reference on the sheet.",
    "corrected": "The answers are corrected. What stood there before is kept as well.",
    "same": "Nothing was different, so nothing was changed.",
    "erased": "Everything that was typed in there is erased.",
}


class Entering:
    """The pages under `/console/{slug}/enter`."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", _BASE, Right.ENTER, self.begin),
            Page("GET", f"{_BASE}/new", Right.ENTER, self.form),
            Page("POST", f"{_BASE}/new", Right.ENTER, self.take),
            Page("GET", f"{_BASE}/{{reference}}", Right.ENTER, self.show),
            Page("GET", f"{_BASE}/{{reference}}/correct", Right.ENTER, self.correction),
            Page("POST", f"{_BASE}/{{reference}}/correct", Right.ENTER, self.correct),
            Page("GET", f"{_BASE}/{{reference}}/erase", Right.ENTER, self.ask_erasure),
            Page("POST", f"{_BASE}/{{reference}}/erase", Right.ENTER, self.erase),
        )

    # --- the first time ---

    async def begin(self, visit: Visit) -> web.StreamResponse:
        return await self._begin(visit, {})

    async def _begin(self, visit: Visit, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
        pack = visit.asked
        recent = await visit.service.database.entered.recent(pack.slug, _LISTED)
        values = {
            "errors": errors,
            "done": _DONE.get(visit.request.query.get("done", ""), ""),
            "values": visit.request.query,
            "people": typed_in.choices(pack),
            "ways": [(way.value, words) for way, words in WAYS.items()],
            "languages": typed_in.language_names(pack),
            "stages": typed_in.stages_of(pack),
            "has_stages": bool(pack.timetable.stages),
            "recent": [_line(pack, one.reference, one.typing) for one in recent],
        }
        return visit.page("enter.html", values, status=status)

    async def form(self, visit: Visit) -> web.StreamResponse:
        chosen, errors = typed_in.choice_of(visit.request.query, visit.asked)
        if chosen is None:
            return await self._begin(visit, errors, status=_UNREADABLE)
        return self._sheet(visit, visit.asked, chosen, MultiDict(form=ids.token()), {})

    def _sheet(
        self,
        visit: Visit,
        pack: Consultation,
        chosen: Choice,
        typed: MultiDict[str],
        errors: Mapping[str, str],
        *,
        reference: str = "",
        status: int = 200,
    ) -> web.Response:
        values = {
            "errors": errors,
            "typed": typed,
            "reference": reference,
            "who": dict(typed_in.choices(pack))[chosen.who.code],
            "way": WAYS[chosen.way],
            "closes": typed_in.closed_in_words(pack, chosen),
            "questions": typed_in.questions(pack, chosen),
            "hidden": _hidden(chosen),
        }
        return visit.page("enter-sheet.html", values, status=status)

    async def take(self, visit: Visit) -> web.StreamResponse:
        pack = visit.asked
        chosen, errors = typed_in.choice_of(visit.form, pack)
        if chosen is None:
            return await self._begin(visit, errors, status=_UNREADABLE)
        read = typed_in.sheet_of(visit.form, pack, chosen, visit.now)
        made = None if read.sheet is None else enter(pack, read.sheet)
        if read.sheet is None or not isinstance(made, Entry):
            errors = read.errors if made is None or isinstance(made, Entry) else typed_in.errors_of(made)
            return self._sheet(visit, pack, chosen, visit.form, errors, status=_UNREADABLE)
        number = visit.form.get("form", "")
        known = await visit.service.database.entered.by_form(number)
        if known is not None:
            return visit.see(f"{_at(visit)}/{known}?done=entered")
        new = _Entering(visit, pack, chosen.way, read.sheet, number or ids.token())
        reference = await self._add(new, made)
        if reference is None:
            errors = {"answers": "This form was typed in before, and erased since. Begin with a new one"}
            return self._sheet(visit, pack, chosen, visit.form, errors, status=409)
        return visit.see(f"{_at(visit)}/{reference}?done=entered")

    async def _add(self, new: _Entering, made: Entry) -> str | None:
        """The reference under which it stands; None where this form was erased since it was typed in."""
        entered, visit = new.visit.service.database.entered, new.visit
        for _ in range(3):  # a reference may be taken, and two of the same form may meet here
            record = new.begun(made.state)
            said, given = new.records(record, made, 1)
            deed = visit.deed("entry.added", record.reference)
            files = visit.service.library.files(new.pack.slug)
            try:
                await entered.add(record, new.typing(1), said, given, deed, files=files)
            except ConflictError:
                known = await entered.by_form(new.form)
                if known is not None:
                    return known
            else:
                return record.reference
        return None

    # --- what was typed in ---

    async def show(self, visit: Visit) -> web.StreamResponse:
        typed = await self._typed(visit)
        if typed is None:
            return _not_there(visit)
        pack, state = await self._pack(visit, typed), typed.conversation.state
        values = {
            "done": _DONE.get(visit.request.query.get("done", ""), ""),
            "reference": typed.conversation.reference,
            "typings": [_line(pack, typed.conversation.reference, one) for one in typed.typings],
            "given": _given(pack, state, await _cover(visit, typed)) if self._may_see(visit, typed) else None,
            "late": any(given.late for given in state.given.values()),
        }
        return visit.page("entered.html", values)

    async def _typed(self, visit: Visit) -> Typed | None:
        return await visit.service.database.entered.find(visit.asked.slug, visit.request.match_info["reference"])

    async def _pack(self, visit: Visit, typed: Typed) -> Consultation:
        """The version that was answered, with the times that hold now."""
        return await visit.service.versions.of(typed.conversation.slug, typed.conversation.version)

    @staticmethod
    def _may_see(visit: Visit, typed: Typed) -> bool:
        """What others typed in is an answer like any: it is read by who may read answers."""
        return visit.may(Right.ANSWERS) or all(one.officer == visit.officer.email for one in typed.typings)

    async def correction(self, visit: Visit) -> web.StreamResponse:
        found = await self._correcting(visit)
        if isinstance(found, web.Response):
            return found
        typed, pack, chosen = found
        fields = typed_in.typed_before(pack, chosen, typed.conversation.state)
        fields = typed_in.covering(fields, await _cover(visit, typed))
        given = typed.typings[-1].given_at.astimezone(pack.timetable.zone)
        fields.extend(day=given.strftime("%d/%m/%Y"), time=given.strftime("%H:%M"), form=ids.token())
        return self._sheet(visit, pack, chosen, fields, {}, reference=typed.conversation.reference)

    async def _correcting(self, visit: Visit) -> tuple[Typed, Consultation, Choice] | web.Response:
        typed = await self._typed(visit)
        if typed is None:
            return _not_there(visit)
        if not self._may_see(visit, typed):
            sentence = "Somebody else typed this in. Ask them, or somebody who may read answers, to correct it."
            return visit.page("refused.html", {"heading": "You cannot do this", "sentence": sentence}, status=403)
        pack, state = await self._pack(visit, typed), typed.conversation.state
        who = next(each for each in pack.who_options if (each.role, each.band) == (state.role, state.band))
        return typed, pack, Choice(who, typed.typings[-1].channel, state.language, state.stage)

    async def correct(self, visit: Visit) -> web.StreamResponse:
        found = await self._correcting(visit)
        if isinstance(found, web.Response):
            return found
        typed, pack, chosen = found
        before = typed_in.typed_before(pack, chosen, typed.conversation.state)
        form = typed_in.uncovering(visit.form, before, await _cover(visit, typed))
        read = typed_in.sheet_of(form, pack, chosen, visit.now)
        made = None if read.sheet is None else enter(pack, read.sheet, typed.conversation.state)
        reference = typed.conversation.reference
        if read.sheet is None or not isinstance(made, Entry):
            errors = read.errors if made is None or isinstance(made, Entry) else typed_in.errors_of(made)
            return self._sheet(visit, pack, chosen, visit.form, errors, reference=reference, status=_UNREADABLE)
        if made.state == typed.conversation.state:
            return visit.see(f"{_at(visit)}/{reference}?done=same")
        new = _Entering(visit, pack, chosen.way, read.sheet, visit.form.get("form") or ids.token())
        number = len(typed.typings) + 1
        record = replace(typed.conversation, state=made.state)
        said, given = new.records(record, made, typed.next_seq)
        deed = visit.deed("entry.corrected", reference)
        try:
            await visit.service.database.entered.add(record, new.typing(number), said, given, deed)
        except ConflictError:
            if await visit.service.database.entered.by_form(new.form) != reference:
                errors = {"answers": "Somebody else corrected this meanwhile. Open it again, and look at it anew"}
                return self._sheet(visit, pack, chosen, visit.form, errors, reference=reference, status=409)
        return visit.see(f"{_at(visit)}/{reference}?done=corrected")

    async def ask_erasure(self, visit: Visit) -> web.StreamResponse:
        return await self._erasure(visit, {})

    async def _erasure(self, visit: Visit, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
        typed = await self._typed(visit)
        if typed is None:
            return _not_there(visit)
        values = {"errors": errors, "reference": typed.conversation.reference, "why": visit.form.get("why", "")}
        return visit.page("enter-erase.html", values, status=status)

    async def erase(self, visit: Visit) -> web.StreamResponse:
        typed, why = await self._typed(visit), visit.form.get("why", "").strip()
        if typed is None:
            return _not_there(visit)
        if not why:
            return await self._erasure(visit, {"why": "Write why it is erased"}, status=_UNREADABLE)
        deed = visit.deed("entry.erased", typed.conversation.reference, why=why[:1000])
        await visit.service.database.entered.erase(typed, deed, now=visit.now)
        return visit.see(f"{_at(visit)}?done=erased")


@dataclass(frozen=True, slots=True)
class _Entering:
    """One form being written down."""

    visit: Visit
    pack: Consultation
    way: Channel
    sheet: Sheet
    form: str

    def begun(self, state: State) -> ConversationRecord:
        """A new person's conversation, which is at its end."""
        return ConversationRecord(
            conversation_id=ids.new_id(),
            participant_id=ids.new_id(),
            slug=self.pack.slug,
            version=self.pack.version,
            reference=f"{self.pack.reference_prefix}-{ids.reference()}",
            channel=self.way,
            state=state,
        )

    def typing(self, number: int) -> Typing:
        return Typing(number, self.way, self.sheet.at, self.visit.now, self.visit.officer.email, self.form)

    def records(
        self, record: ConversationRecord, made: Entry, seq: int
    ) -> tuple[list[InboundRecord], list[AnswerRecord]]:
        """For each answer one message that came in, and the answer that it gave."""
        numbered = list(enumerate(made.kept, seq))
        said = [self._said(record, kept, number) for number, kept in numbered]
        return said, [self._answer(record, kept, number) for number, kept in numbered]

    def _said(self, record: ConversationRecord, kept: Keep, seq: int) -> InboundRecord:
        band = None if self.pack.question(kept.question).kind is Kind.WHO else kept.band
        shape = self.pack.question(kept.question).for_band(band)
        words = self.pack.words_for(kept.language, band).questions[kept.question]
        return InboundRecord(
            participant_id=record.participant_id,
            seq=seq,
            conversation_id=record.conversation_id,
            channel=self.way,
            address_id=0,
            provider_id=f"{self.form}/{kept.question}",
            message_ref=None,
            sent_at=kept.at,
            received_at=self.visit.now,
            recorded_at=self.visit.now,
            question=kept.question,
            language=kept.language,
            status=Status.RECEIVED,
            text=answers.in_words(kept.value, shape, words),
            kind="entered",
        )

    def _answer(self, record: ConversationRecord, kept: Keep, seq: int) -> AnswerRecord:
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
            channel=self.way,
            message_seq=seq,
            sent_at=kept.at,
            received_at=self.visit.now,
            recorded_at=self.visit.now,
            counts_at=kept.at,
            clock="stated",
            cutoff=kept.cutoff,
            late_policy=self.pack.timetable.late_policy.value,
            late=kept.late,
            counts=kept.counts,
            equality=kept.equality,
        )


def _at(visit: Visit) -> str:
    return _BASE.format(slug=visit.asked.slug)


def _hidden(chosen: Choice) -> list[tuple[str, str]]:
    fields = [("who", chosen.who.code), ("how", chosen.way.value), ("language", chosen.language)]
    return fields if chosen.stage is None else [*fields, ("stage", chosen.stage)]


def _not_there(visit: Visit) -> web.Response:
    sentence = "Nothing was typed in under this reference. Choose an entry from the list."
    return visit.page("refused.html", {"heading": "Page not found", "sentence": sentence}, status=404)


def _line(pack: Consultation, reference: str, typing: Typing) -> Mapping[str, str | bool]:
    """One time that something was typed in, as officers read it."""

    def told(at: datetime) -> str:
        return moment_in_words(at, pack.timetable.zone)

    return {
        "reference": reference,
        "what": "Typed in" if typing.number == 1 else "Corrected",
        "way": WAYS[typing.channel],
        "given": told(typing.given_at),
        "entered": told(typing.entered_at),
        "officer": typing.officer,
    }


async def _cover(visit: Visit, typed: Typed) -> Callable[[str], str]:
    """How a text of theirs is read: without what was taken out of their answers."""
    conversation = typed.conversation
    covers = await visit.service.database.redactions.covers(conversation.slug, conversation.participant_id)
    return lambda text: covers.text(conversation.participant_id, text)


def _given(pack: Consultation, state: State, cover: Callable[[str], str]) -> list[tuple[str, str]]:
    """The answers in words, but for those that are kept apart."""
    found = []
    for code, given in state.given.items():
        question = pack.question(code)
        if question.equality:
            continue
        words = pack.words_for(state.language, state.band).questions[code]
        text = answers.in_words(given.value, question.for_band(state.band), words)
        found.append((words.name or code, cover(text)))
    return found
