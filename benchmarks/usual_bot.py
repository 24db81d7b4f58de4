"""The peer: the same consultation as most people would write it with python-telegram-bot.

`python -m benchmarks.usual_bot PORT FOLDER API` is an aiohttp server that takes Telegram's webhooks. What it does with
one update, in this order:

1. checks the secret, makes an `Update` of the JSON (`Update.de_json`) and hands it to `Application.process_update`;
2. a `ConversationHandler` (entry `/start`, a button, three texts) finds the state that this person is in;
3. its callback keeps the answer in SQLite through a SQLModel object in a `Session` of its own, committed at once;
4. it sends the next question through the library's own HTTP client (httpx, with the default pool) and waits for it, as
   the library's examples do; a tap is answered too;
5. the new state is written out by `PicklePersistence` (`update_persistence`) before the webhook is answered.

One update is handled after another, as the library does by default and asks for where there is a ConversationHandler;
sixty-four at once took more time for each, in trials.

What speaks for it: the database is in WAL mode, which few turn on, and as durable as the service's (synchronous FULL);
nothing limits the pace of its messages; it keeps answers and no transcript, encrypts nothing, knows no commands but
`/start`, one language and one age band, and would take a second delivery for a second answer. What speaks against it: a
commit and an HTTP call for each message inside the request, and a file that holds everybody's state and is written anew
each time (without a sync, so it may be lost).
"""

from __future__ import annotations

import asyncio
import hmac
import sys
import warnings
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from sqlalchemy import Engine, event
from sqlmodel import Field, Session, SQLModel, create_engine
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.warnings import PTBUserWarning

from benchmarks.people import SECRET, TELEGRAM_PATH
from bot.channels import taps
from bot.simulators.bot_api import TOKEN

WHO, ISSUE, EVIDENCE, ACTIONS = range(4)
DATABASE: Final = "answers.db"

_WELCOME: Final = "Hello! The council is making a plan for children and young people. Who are you?"
_ROLES: Final = (("Child", "child"), ("Young person", "young-person"), ("Parent or carer", "parent-carer"))
_ISSUE: Final = "What is the biggest issue that children and young people have here?"
_EVIDENCE: Final = "How do you know? Tell us what you have seen, heard or read."
_ACTIONS: Final = "What should we do about it?"
_THANKS: Final = "Thank you! We have your answers, and will tell you what came of them."


class Answered(SQLModel, table=True):
    """One answer."""

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(index=True)
    question: str
    text: str
    at: datetime


class Conversation:
    """The callbacks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        del context
        buttons = [[InlineKeyboardButton(label, callback_data=taps.data_for("who", code))] for label, code in _ROLES]
        await _message(update).reply_text(_WELCOME, reply_markup=InlineKeyboardMarkup(buttons))
        return WHO

    async def who(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        assert query is not None
        await query.answer()
        self._keep(update, "who", taps.read(query.data or "")[1])
        await context.bot.send_message(query.from_user.id, _ISSUE)
        return ISSUE

    async def issue(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        del context
        return await self._next(update, "issue", _EVIDENCE, EVIDENCE)

    async def evidence(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        del context
        return await self._next(update, "evidence", _ACTIONS, ACTIONS)

    async def actions(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        del context
        return await self._next(update, "actions", _THANKS, ConversationHandler.END)

    async def _next(self, update: Update, question: str, reply: str, state: int) -> int:
        message = _message(update)
        self._keep(update, question, message.text or "")
        await message.reply_text(reply)
        return state

    def _keep(self, update: Update, question: str, text: str) -> None:
        user, message = update.effective_user, _message(update)
        assert user is not None
        with Session(self._engine) as session:
            session.add(Answered(user_id=user.id, question=question, text=text, at=message.date))
            session.commit()

    def handler(self) -> ConversationHandler[Any]:
        words = filters.TEXT & ~filters.COMMAND
        return ConversationHandler(
            entry_points=[CommandHandler("start", self.start)],
            states={
                WHO: [CallbackQueryHandler(self.who)],
                ISSUE: [MessageHandler(words, self.issue)],
                EVIDENCE: [MessageHandler(words, self.evidence)],
                ACTIONS: [MessageHandler(words, self.actions)],
            },
            fallbacks=[CommandHandler("start", self.start)],
            name="consultation",
            persistent=True,
        )


def _message(update: Update) -> Message:
    message = update.effective_message
    assert isinstance(message, Message)
    return message


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    SQLModel.metadata.create_all(engine)
    return engine


def _bot(folder: Path, api: str) -> Application[Any, Any, Any, Any, Any, Any]:
    # The library warns that buttons and texts in one conversation belong to a person, not to a message: as is meant.
    warnings.filterwarnings("ignore", category=PTBUserWarning)
    persistence: PicklePersistence[Any, Any, Any] = PicklePersistence(folder / "states.pickle")
    built = ApplicationBuilder().token(TOKEN).base_url(f"{api}/bot").updater(None).persistence(persistence).build()
    built.add_handler(Conversation(_engine(folder / DATABASE)).handler())
    return built


def application(folder: Path, api: str) -> web.Application:
    bot, one_at_a_time = _bot(folder, api), asyncio.Lock()

    async def running(_app: web.Application) -> AsyncIterator[None]:
        async with bot:
            yield

    async def update(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), SECRET.encode()):
            raise web.HTTPForbidden
        received = Update.de_json(await request.json(), bot.bot)
        async with one_at_a_time:
            await bot.process_update(received)
            await bot.update_persistence()
        return web.Response()

    async def alive(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.cleanup_ctx.append(running)
    app.add_routes([web.get("/healthz", alive), web.post(TELEGRAM_PATH, update)])
    return app


if __name__ == "__main__":
    app = application(Path(sys.argv[2]), sys.argv[3])
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
