"""The public's pages: the chat of each consultation, the front page, privacy and accessibility.

Showing a page writes nothing. Only a form that was sent, and that we made for this very visitor, is handed on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot import ids
from bot.channels.base import RawRequest, RefusedError
from bot.channels.webchat import Fields, MismatchError, WebChat, read_fields
from bot.chat_parts import Parts
from bot.chat_view import Said, View, from_bubbles, from_transcript, view
from bot.gate import seconds
from bot.networks import network_of
from bot.pages import Pages, Stencils
from flows.definition import DELETE_QUESTION, Command, Consultation, Kind
from flows.effects import Ask, Effect, Manner, Notice, Tell
from flows.events import Began
from flows.messages import Channel
from flows.state import Phase, State
from flows.step import step
from flows.wording import Facts, compose
from storage.errors import UnavailableError
from storage.records import AddressKey, ConversationRecord, TranscriptEntry

ELSEWHERE: Final = "https://www.bbc.co.uk/weather"
"""Where who leaves at once is taken: what GOV.UK's pattern names, and what anybody might be looking at."""
RETRY_SECONDS: Final = 30
BUSY_SECONDS: Final = 10
"""The least that somebody is asked to wait who is held up for others: sooner there would be as many."""

Answers = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a chat page, understood."""

    consultation: Consultation
    """The pack as it is now."""
    token: str
    known: bool
    """The visitor brought the token along."""
    embedded: bool
    wants: str | None
    """A language of the pack that the address names."""

    @property
    def address(self) -> str:
        return self.address_with()

    @property
    def language(self) -> str:
        """What a page speaks before anything is known of the visitor."""
        return self.wants or self.consultation.default_language

    def address_with(self, **query: str) -> str:
        """Where the conversation is, in a frame if it was opened in one."""
        asked = ({"embed": "1"} if self.embedded else {}) | query
        return f"/chat/{self.consultation.slug}{'?' + urlencode(asked) if asked else ''}"


class ChatPages:
    """Handlers of `/chat/{slug}`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._stencils = Stencils(pages)
        self._cookie = parts.webchat.cookie

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/chat/{slug}", self.show),
            web.post("/chat/{slug}", self.take),
            web.get("/chat/{slug}/exit", self.exit),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """GET: the conversation so far and the one form. Nothing is written."""
        visit = self._visit(request)
        if visit is None:
            return self._pages.message("lost", status=404)
        code = request.query.get("code")
        if wait := self._parts.gate.visit(visit.token if visit.known else None, _network(request)):
            return self._busy(visit, wait)
        try:
            if "erased" in request.query:
                return self._erased(visit)
            if code is None:
                return await self._page(visit)
            return self._carry_over(visit, code.strip(), unknown="unknown" in request.query)
        except UnavailableError:
            return self._plain(visit, "away", status=503, link="try_again", line="away_text_empty")

    async def take(self, request: web.Request) -> web.Response:
        """POST: takes in the form and leads back to the page."""
        visit = self._visit(request)
        if visit is None:
            return self._pages.message("lost", status=404)
        fields = Fields()
        try:
            body = await request.read()
            fields = read_fields(request.headers.get("Content-Type", ""), body)
            if wait := self._parts.gate.visit(visit.token if visit.known else None, _network(request)):
                return self._resend(visit, fields, wait=wait)
            return await self._taken(visit, fields, _raw(request, body, self._parts.clock.now()), _network(request))
        except web.HTTPRequestEntityTooLarge:
            return self._plain(visit, "too_large", status=413, link="back_to_page")
        except MismatchError as refused:
            return await self._mismatched(visit, fields, refused.status)
        except RefusedError as refused:
            return self._plain(visit, "refused", status=refused.status, link="back_to_page", said=refused.sentence)
        except UnavailableError:
            return self._resend(visit, fields)

    async def exit(self, request: web.Request) -> web.Response:
        """GET: away from here at once, to a page that tells nothing. This device forgets its visitor; answers stay.

        The pattern is GOV.UK's "Exit this page". It works by a plain link, so that it needs no script.
        """
        # Another site's link shall make nobody's device forget them.
        ours = request.headers.get("Sec-Fetch-Site") != "cross-site"
        return self._redirect(ELSEWHERE, self._cookie.drop(embedded=False) if ours else None)

    async def _taken(self, visit: Visit, fields: Fields, raw: RawRequest, network: str | None) -> web.Response:
        if fields.leave:
            return self._leave(visit, fields)
        if fields.code is not None and not fields.code.strip():
            return self._carry_over(visit, "", unknown=True)
        messages = self._parts.webchat.parse_fields(raw, fields).messages
        if fields.starts or fields.code is not None:
            # A code is counted like a start, so that nobody tries all of them.
            start = self._parts.gate.start(network)
            if start.wait:
                return self._resend(visit, fields, wait=start.wait)
            await asyncio.sleep(start.delay)
            messages = tuple(replace(message, flags=(*message.flags, *start.flags)) for message in messages)
        for message in messages:
            await self._parts.receiver.take(message)
        if fields.code is not None:
            return self._redirect(await self._where_the_code_led(visit, fields.code))
        if await self._is_erased(visit, fields):
            return self._redirect(visit.address_with(erased="1"), self._cookie.drop(embedded=visit.embedded))
        return self._redirect(f"{visit.address}#latest")

    async def _where_the_code_led(self, visit: Visit, code: str) -> str:
        """To the conversation that it carried here, which may be about something else; or back to the code."""
        key = AddressKey(Channel.WEB, visit.token)
        for consultation in (visit.consultation, *self._parts.library.all()):
            if await self._parts.database.find(key, consultation.slug) is not None:
                return f"{replace(visit, consultation=consultation).address}#latest"
        return visit.address_with(code=code.strip(), unknown="1")

    async def _is_erased(self, visit: Visit, fields: Fields) -> bool:
        if fields.question != DELETE_QUESTION and fields.command != Command.DELETE:
            return False
        record = await self._parts.database.find(AddressKey(Channel.WEB, visit.token), visit.consultation.slug)
        return record is None or record.state.phase is Phase.ERASED

    def _leave(self, visit: Visit, fields: Fields) -> web.Response:
        """For a screen that others use too. The answers stay; this device cannot reach them any more."""
        forget = visit.known and self._parts.webchat.genuine(visit.token, fields)
        return self._redirect(visit.address, self._cookie.drop(embedded=visit.embedded) if forget else None)

    def _redirect(self, address: str, cookie: str | None = None) -> web.Response:
        headers = {"Location": address, "Cache-Control": "no-store"} | ({"Set-Cookie": cookie} if cookie else {})
        return web.Response(status=303, headers=headers)

    # --- who is there, and what they see ---

    def _visit(self, request: web.Request) -> Visit | None:
        consultation = self._parts.library.get(request.match_info["slug"])
        if consultation is None:
            return None
        token = self._cookie.read(request.headers)
        wants = request.query.get("lang", "")
        return Visit(
            consultation=consultation,
            token=token or ids.token(),
            known=token is not None,
            embedded=request.query.get("embed") == "1",
            wants=wants if wants in consultation.languages else None,
        )

    async def _view(self, visit: Visit) -> View:
        now = self._parts.clock.now()
        record, entries = await self._begun(visit) if visit.known else (None, ())
        if record is None:
            state, said = self._opening(visit, now)
            return view(visit.consultation, state, said, self._pages.words(state.language), begun=False, now=now)
        consultation = await self._parts.versions.of(record.slug, record.version)
        state, said = record.state, from_transcript(entries)
        if visit.wants is not None and visit.wants != state.language:
            state = replace(state, language=visit.wants, asked_language=visit.wants)
            said += self._repeated(consultation, state, now)
        return view(consultation, state, said, self._pages.words(state.language), begun=True, now=now)

    async def _begun(self, visit: Visit) -> tuple[ConversationRecord | None, Sequence[TranscriptEntry]]:
        """The visitor's conversation and what was said in it, both as they were at one instant."""
        async with self._parts.database.snapshot() as reader:
            record = await reader.find(AddressKey(Channel.WEB, visit.token), visit.consultation.slug)
            return record, () if record is None else await reader.transcript(record.conversation_id)

    def _repeated(self, consultation: Consultation, state: State, now: datetime) -> tuple[Said, ...]:
        """The open question in the language that the address asks for; it becomes the conversation's with an answer."""
        if state.phase is not Phase.ASKING or state.current is None or state.stopped:
            return ()
        return self._in_words(consultation, state, (Ask(state.current, Manner.REPEATED),), now)

    def _opening(self, visit: Visit, now: datetime) -> tuple[State, tuple[Said, ...]]:
        """What somebody hears who has said nothing yet: the very step that their first answer will take."""
        begun = Began(now, visit.language)
        opened = step(visit.consultation, State(language=visit.language), begun, now=now)
        return opened.state, self._in_words(visit.consultation, opened.state, opened.effects, now)

    def _in_words(
        self, consultation: Consultation, state: State, effects: Sequence[Effect], now: datetime
    ) -> tuple[Said, ...]:
        facts = Facts(public_url=self._parts.public_url, now=now)
        return from_bubbles(compose(consultation, state, effects, WebChat.shows, facts), state.language)

    # --- pages ---

    async def _page(self, visit: Visit, *, status: int = 200, notice: str = "", typed: Answers = ()) -> web.Response:
        """The chat as it stands. With a notice, what could not be taken stands in the field again."""
        shown = await self._view(visit)
        own = {
            "form": self._issue(visit, shown.question, start=not shown.begun),
            "log": self._pages.render("log.html", self._around(visit, shown.language) | {"view": shown}),
        }
        place = replace(shown, said=())

        def values() -> dict[str, object]:
            around = self._around(visit, shown.language)
            return around | {"view": place, "wants": visit.wants, "notice": notice, "typed": typed}

        if notice:
            text = self._pages.render("chat.html", values() | own)
        else:
            key = (visit.consultation.version, visit.embedded, visit.wants, place)
            text = self._stencils.fill("chat.html", key, values, own)
        return self._respond(visit, text, status=status, welcome=True)

    def _issue(self, visit: Visit, question: str, *, start: bool) -> str:
        return self._parts.webchat.issue(visit.token, question, self._parts.clock.now(), start=start)

    async def _mismatched(self, visit: Visit, fields: Fields, status: int) -> web.Response:
        typed = () if fields.command else fields.answers
        try:
            return await self._page(visit, status=status, notice="mismatch", typed=typed)
        except UnavailableError:
            return self._resend(visit, fields)

    def _resend(self, visit: Visit, fields: Fields, *, wait: float = 0.0) -> web.Response:
        """What was sent stands in a form that sends the very same again, for the database is away.

        With a `wait`, in seconds, it is because there are too many at once.
        """
        typed = _own_words(visit.consultation, fields)
        again = replace(fields, answers=()) if typed else fields
        status, name, after = (429, "busy", max(BUSY_SECONDS, seconds(wait))) if wait else (503, "away", RETRY_SECONDS)
        response = self._answer(
            visit, "resend.html", language=visit.language, status=status, hidden=again.pairs(), typed=typed, why=name
        )
        response.headers["Retry-After"] = str(after)
        return response

    def _busy(self, visit: Visit, wait: float) -> web.Response:
        response = self._plain(visit, "busy", status=429, link="try_again", line="busy_text_empty")
        response.headers["Retry-After"] = str(max(BUSY_SECONDS, seconds(wait)))
        return response

    def _carry_over(self, visit: Visit, code: str, *, unknown: bool) -> web.Response:
        """Asks before a code is used: a link that is followed by accident moves nobody's answers."""
        return self._answer(
            visit,
            "carry_over.html",
            language=visit.language,
            welcome=True,
            form=self._issue(visit, "", start=False),
            code=code,
            unknown=visit.consultation.words_for(visit.language, None).say[Notice.CODE_UNKNOWN] if unknown else "",
        )

    def _erased(self, visit: Visit) -> web.Response:
        state = State(phase=Phase.ERASED, language=visit.language)
        said = self._in_words(visit.consultation, state, (Tell(Notice.DELETED),), self._parts.clock.now())
        words = visit.consultation.words_for(visit.language, None)
        return self._answer(
            visit,
            "message.html",
            language=visit.language,
            heading=words.say[Notice.TITLE],
            lines=[bubble.text for bubble in said],
            link=(visit.address, self._pages.words(visit.language)["start_new"]),
        )

    def _plain(
        self, visit: Visit, name: str, *, status: int, link: str, line: str = "", said: str = ""
    ) -> web.Response:
        words = self._pages.words(visit.language)
        return self._answer(
            visit,
            "message.html",
            language=visit.language,
            status=status,
            heading=words[f"{name}_title"],
            lines=[said or words[line or f"{name}_text"]],
            link=(visit.address, words[link]),
        )

    def _answer(
        self, visit: Visit, template: str, *, language: str, status: int = 200, welcome: bool = False, **values: object
    ) -> web.Response:
        """A page around this conversation. `welcome` gives the one cookie to a visitor who has none."""
        text = self._pages.render(template, self._around(visit, language) | values)
        return self._respond(visit, text, status=status, welcome=welcome)

    def _around(self, visit: Visit, language: str) -> dict[str, object]:
        """What every page around a conversation is made of."""
        return {
            "language": language,
            "w": self._pages.words(language),
            "beside": visit.embedded,
            "authority": visit.consultation.authority,
            "title": visit.consultation.words_for(language, None).say[Notice.TITLE],
            "address": visit.address,
            "slug": visit.consultation.slug,
            "public_url": self._parts.public_url,
        }

    def _respond(self, visit: Visit, text: str, *, status: int, welcome: bool) -> web.Response:
        allowed = (*self._parts.frame_ancestors, *visit.consultation.frame_ancestors)
        response = self._pages.respond(text, status=status, frame_ancestors=allowed)
        if welcome and not visit.known:
            response.headers["Set-Cookie"] = self._cookie.keep(visit.token, embedded=visit.embedded)
        return response


def _own_words(consultation: Consultation, fields: Fields) -> str:
    """What somebody typed; a choice is no words, and goes along unseen."""
    kinds = {question.code: question.kind for question in consultation.questions}
    typed = kinds.get(fields.question, Kind.TEXT) in {Kind.TEXT, Kind.NUMBER} and not fields.command
    return fields.answers[0] if typed and len(fields.answers) == 1 else ""


def _network(request: web.Request) -> str | None:
    return network_of(request.remote, request.headers.getall("X-Forwarded-For", ()))


def _raw(request: web.Request, body: bytes, now: datetime) -> RawRequest:
    return RawRequest(path=request.path_qs, headers=request.headers, body=body, received_at=now)
