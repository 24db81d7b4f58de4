"""Exports: ask for one, see how far it is, fetch it while it is kept. Each is its officer's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot import ids
from bot.channels.base import RefusedError
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.errors import ExportError
from bot.export import Filters
from bot.exports.asked import Kind, Subject, Wish, check
from bot.exports.named import CHANNELS, LANGUAGES, STATUSES
from bot.keys import key_of
from bot.sheets import Labels
from flows.definition import AgeBand, Consultation
from flows.messages import Channel
from storage.exports import Job, State

if TYPE_CHECKING:
    from bot.exports.jobs import Workshop

_CHOICES: Final[Sequence[tuple[str, str, str]]] = (
    ("answers/csv", "Answers as CSV", "A row for each person. For any program."),
    ("answers/xlsx", "Answers as an Excel workbook", "The same, with a codebook sheet. Up to 1,048,575 people."),
    ("answers/jsonl", "Answers as JSON Lines", "Exactly what was sent, for programmers."),
    ("answers/spss", "Answers for SPSS", "Syntax, and the data that it reads."),
    ("transcripts/csv", "Conversations as CSV", "A row for each message."),
    ("transcripts/xlsx", "Conversations as an Excel workbook", ""),
    ("transcripts/jsonl", "Conversations as JSON Lines", ""),
    ("transcripts/pdf", "Conversations as PDF", "To read or print. Up to 300 conversations."),
    ("transcripts/docx", "Conversations as a Word document", "Up to 300 conversations."),
    ("report/docx", "Summary report as a Word document", "Figures, charts and quotations. Small numbers are hidden."),
    ("report/pdf", "Summary report as PDF", "The same."),
    ("consult/folder", "Input for Consult", "For the UK government’s tool that finds themes."),
)
_WORDS: Final[Mapping[str, str]] = {value: words for value, words, _ in _CHOICES}
_STATES: Final[Mapping[State, tuple[str, str]]] = {
    State.MAKING: ("Being made", "blue"),
    State.READY: ("Ready", "green"),
    State.FAILED: ("Not made", "red"),
    State.LOST: ("Not made", "red"),
    State.WITHDRAWN: ("Withdrawn", "grey"),
    State.GONE: ("Deleted", "grey"),
}
_CODES: Final = "code"
_LONGEST_WHY: Final = 500
_TYPES: Final[Mapping[str, str]] = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".zip": "application/zip",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Row:
    """An export as the pages show it."""

    job: Job
    words: str
    state: str
    colour: str
    when: str
    ends: str

    @property
    def share(self) -> int:
        """How far it is, in per cent; 100 only when it is ready."""
        return min(99, 100 * self.job.done // self.job.total) if self.job.total else 0


class Exporting:
    """The pages of exports."""

    def __init__(self) -> None:
        self._workshop: Workshop | None = None

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", "/console/{slug}/exports", Right.EXPORT, self.show),
            Page("POST", "/console/{slug}/exports", Right.EXPORT, self.ask),
            Page("GET", "/console/{slug}/exports/{job}", Right.EXPORT, self.one),
            Page("GET", "/console/{slug}/exports/{job}/{file}", Right.EXPORT, self.fetch),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._form(visit, {})

    async def ask(self, visit: Visit) -> web.StreamResponse:
        errors = _errors(visit)
        if errors:
            return await self._form(visit, errors, status=400)
        wish = _wish(visit)
        try:
            check(wish)
        except ExportError as error:
            return await self._form(visit, {"what": str(error)}, status=400)
        exports = visit.service.database.exports
        await exports.forget(visit.now)
        if any(job.state is State.MAKING for job in await exports.latest(wish.consultation.slug, wish.officer)):
            busy = "One of your exports is being made. Wait until it is ready, then ask for the next one."
            return await self._form(visit, {"what": busy}, status=409)
        job = _job(visit, wish)
        await exports.ask(job, visit.deed("export.asked", job.subject, why=job.why))
        self._shop(visit).begin(job.job_id, wish)
        return visit.see(f"/console/{job.slug}/exports/{job.job_id}")

    async def one(self, visit: Visit) -> web.StreamResponse:
        await visit.service.database.exports.forget(visit.now)
        return visit.page("export.html", {"row": _row(visit, await _found(visit))})

    async def fetch(self, visit: Visit) -> web.StreamResponse:
        """Hands a file out as it is opened, piece by piece."""
        job = await _found(visit)
        number = visit.request.match_info["file"]
        names = list(job.files)
        if not number.isdecimal() or int(number) >= len(names) or job.state is not State.READY:
            raise RefusedError(404, "This file is not there any more. Make the export again.")
        exports, file = visit.service.database.exports, int(number)
        piece = await exports.piece(job.job_id, file, 0, visit.now)
        if piece is None and job.files[names[file]]:
            raise RefusedError(404, "This file is not there any more. Make the export again.")
        await visit.record("export.fetched", job.subject, why=job.why)
        response = web.StreamResponse(headers=_headers(names[file], job.files[names[file]]))
        await response.prepare(visit.request)
        part = 0
        while piece:
            await response.write(piece)
            part += 1
            # By the same moment: a download that has begun in time is not cut short.
            piece = await exports.piece(job.job_id, file, part, visit.now)
        await response.write_eof()
        return response

    async def _form(self, visit: Visit, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
        pack, form = visit.asked, visit.form
        jobs = await visit.service.database.exports.latest(pack.slug, visit.officer.email)
        return visit.page(
            "exports.html",
            {
                "errors": errors,
                "choices": _CHOICES,
                "form": form,
                "labels": _labels(pack),
                "filters": _filters(pack),
                "rows": [_row(visit, job) for job in jobs],
            },
            status=status,
        )

    def _shop(self, visit: Visit) -> Workshop:
        if self._workshop is None:
            # Libraries for documents are loaded when somebody asks for an export, not by every worker that starts.
            from bot.exports.jobs import Workshop  # noqa: PLC0415 - see above

            service = visit.service
            settings = service.settings
            self._workshop = Workshop(settings.database_url, key_of(settings), service.library, service.clock)
        return self._workshop

    async def finished(self) -> None:
        """Waits for every export that is being made here."""
        if self._workshop is not None:
            await self._workshop.finished()


def _labels(pack: Consultation) -> list[tuple[str, str]]:
    languages = [pack.default_language, *(one for one in pack.languages if one != pack.default_language)]
    words = [(one, f"In words, {LANGUAGES.get(one, one)}") for one in languages]
    return [*words, (_CODES, "As codes")]


def _filters(pack: Consultation) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Name, words and options of each filter."""
    bands = {band for role in pack.roles for band in role.bands}
    return [
        ("role", "Role", [(role.code, role.code.replace("-", " ").capitalize()) for role in pack.roles]),
        ("band", "Age band", [(band.value, band.value.capitalize()) for band in AgeBand if band in bands]),
        ("channel", "Channel", [(channel.value, CHANNELS[channel.value]) for channel in Channel]),
        ("language", "Language", [(one, LANGUAGES.get(one, one)) for one in pack.languages]),
        ("status", "How far they got", list(STATUSES.items())),
    ]


def _errors(visit: Visit) -> dict[str, str]:
    form, errors = visit.form, dict[str, str]()
    if form.get("what", "") not in _WORDS:
        errors["what"] = "Choose what you want to export"
    why = form.get("why", "").strip()
    if not why:
        errors["why"] = "Say what you need it for"
    elif len(why) > _LONGEST_WHY:
        errors["why"] = f"Say what you need it for in {_LONGEST_WHY} characters or fewer"
    return errors


def _wish(visit: Visit) -> Wish:
    form, pack = visit.form, visit.asked
    subject, _, kind = form["what"].partition("/")
    labels = form.get("labels", "")

    def among(name: str, known: Sequence[str]) -> tuple[str, ...]:
        return tuple(one for one in known if one in form.getall(name, []))

    return Wish(
        consultation=pack,
        subject=Subject(subject),
        kind=Kind(kind),
        filters=Filters(
            role=among("role", [role.code for role in pack.roles]),
            band=among("band", [band.value for band in AgeBand]),
            channel=among("channel", [channel.value for channel in Channel]),
            language=among("language", pack.languages),
            status=among("status", list(STATUSES)),
        ),
        labels=Labels(labels if labels in pack.languages else None, codes=labels == _CODES),
        equality=form.get("equality") == "yes",
        officer=visit.officer.email,
        why=form["why"].strip(),
    )


def _job(visit: Visit, wish: Wish) -> Job:
    return Job(
        job_id=ids.new_id(),
        slug=wish.consultation.slug,
        officer=wish.officer,
        subject=f"{wish.subject.value}/{wish.kind.value}",
        why=wish.why,
        state=State.MAKING,
        done=0,
        total=0,
        fault="",
        files={},
        asked_at=visit.now,
        ends_at=visit.now,
    )


async def _found(visit: Visit) -> Job:
    number = visit.request.match_info["job"]
    known = number.isdecimal() and len(number) < len(str(1 << 63))
    exports = visit.service.database.exports
    job = await exports.one(int(number), visit.asked.slug, visit.officer.email) if known else None
    if job is None:
        raise RefusedError(404, "There is no such export of yours. Choose one from the list of exports.")
    return job


def _row(visit: Visit, job: Job) -> Row:
    zone = visit.asked.timetable.zone
    state, colour = _STATES[job.state]
    asked, ends = job.asked_at.astimezone(zone), job.ends_at.astimezone(zone)
    when = f"{asked.day} {asked:%B %Y, %H:%M}"
    return Row(job, _WORDS.get(job.subject, job.subject), state, colour, when, f"{ends:%H:%M}")


def _headers(name: str, size: int) -> dict[str, str]:
    ending = name[name.rfind(".") :]
    return {
        "Content-Type": _TYPES.get(ending, "application/octet-stream"),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "X-Content-Type-Options": "nosniff",
    }
