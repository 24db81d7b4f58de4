"""The composition root: everything is made here, out of the settings, and handed to what needs it."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from bot import log
from bot.alarms import Alarms
from bot.channels.base import Acknowledges, ChannelPort, Holds, ProviderError, Recovers
from bot.channels.sms import SmsChannel, is_mobile
from bot.channels.telegram import PATH as TELEGRAM_PATH
from bot.channels.telegram import TelegramChannel
from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.config import Settings, is_loopback
from bot.dispatch import Dispatcher
from bot.errors import SecretKeyMissingError
from bot.handling import Handler
from bot.keys import key_of
from bot.labels import Labels
from bot.language import listen
from bot.mail import Mail
from bot.metrics import Metrics
from bot.packs import Library
from bot.perform import Surroundings
from bot.receive import Receiver
from bot.schedule import Scheduler
from bot.service import Service
from bot.versions import Versions
from bot.web import SERVICE, application
from flows.messages import Channel, Shows
from storage.database import Database, upgrade

__all__ = ["Service", "assemble", "build", "serve"]

_SQLITE: Final = "sqlite+aiosqlite:///"
DRAIN_SECONDS: Final = 20.0
"""How long requests that are being answered may still take when the service is told to stop."""

COMPLAIN_SECONDS: Final = 5.0
_USED_UP: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

GC_THRESHOLDS: Final = (50_000, 20, 20)

Validator = Callable[[str], bool]
"""Whether a number can be sent a text. Tests use numbers that no network has given out."""


async def assemble(
    settings: Settings, *, clock: Clock | None = None, number_validator: Validator | None = None, worker: int = 0
) -> Service:
    """Opens the database, reads the packs and joins everything together. Nothing is sent or taken in yet.

    Raises:
        SecretKeyMissingError: there is no key to encrypt with.
        storage.errors.StorageError: the database cannot be used as it is.
    """
    if settings.secret_key is None:
        raise SecretKeyMissingError
    secrets = key_of(settings)
    clock = clock or Clock(settings.now)
    library = Library.load(settings.consultations)
    webchat = WebChat(secrets[0], settings.public_url, also=secrets[1:])
    channels = _channels(settings, webchat, number_validator or is_mobile)
    await prepare(settings)
    database = await Database.open(settings.database_url, secret=secrets, worker=worker)
    service = _joined(settings, clock, library, database, webchat, channels)
    # Before anybody is answered: a consultation that was not approved is shut from the first moment on.
    await service.scheduler.look_at_decisions()
    return service


def _joined(
    settings: Settings,
    clock: Clock,
    library: Library,
    database: Database,
    webchat: WebChat,
    channels: Mapping[Channel, ChannelPort],
) -> Service:
    handler = Handler(library, Versions(library, database.version_files), _surroundings(settings, channels), listen)
    senders = [port for port in channels.values() if port.name is not Channel.WEB]
    dispatcher = Dispatcher(database.outbox, senders, clock, metrics := Metrics())
    receiver = _receiver(database, handler, clock, metrics, dispatcher, senders)
    scheduler = Scheduler(
        database,
        handler,
        library,
        receiver,
        clock,
        metrics,
        channels=[port.name for port in senders],
        recovering={port.name: port for port in senders if isinstance(port, Recovers)},
        holding={port.name: port for port in senders if isinstance(port, Holds)},
        queued=dispatcher.nudge,
        listen=_listening(Labels(database, handler.versions, clock, metrics)),
        alert=_alarms(settings, database, library, clock, metrics, channels).look,
    )
    return Service(
        settings=settings,
        clock=clock,
        library=library,
        database=database,
        versions=handler.versions,
        handler=handler,
        receiver=receiver,
        dispatcher=dispatcher,
        scheduler=scheduler,
        webchat=webchat,
        channels=channels,
        metrics=metrics,
    )


def _receiver(
    database: Database,
    handler: Handler,
    clock: Clock,
    metrics: Metrics,
    dispatcher: Dispatcher,
    senders: Sequence[ChannelPort],
) -> Receiver:
    acknowledging = {port.name: port for port in senders if isinstance(port, Acknowledges)}
    return Receiver(database, handler, clock, metrics, queued=dispatcher.nudge, acknowledging=acknowledging)


def _alarms(
    settings: Settings,
    database: Database,
    library: Library,
    clock: Clock,
    metrics: Metrics,
    channels: Mapping[Channel, ChannelPort],
) -> Alarms:
    texts = channels.get(Channel.SMS)
    return Alarms(
        database,
        library,
        clock,
        metrics,
        settings,
        texts=texts,
        mail=None if settings.smtp is None else Mail(settings.smtp),
    )


def _listening(labels: Labels) -> Callable[[], Awaitable[object]] | None:
    """One worker is enough: the others would listen to the same answers."""
    return labels.listen if labels.database.worker == 0 else None


async def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    number_validator: Validator | None = None,
    front: bool = True,
    worker: int = 0,
) -> web.Application:
    """The service as a web application, which sends and watches the time from its startup to its cleanup.

    See `assemble` for what it raises. `front` is False where something else stands at `/`.
    """
    service = await assemble(settings, clock=clock, number_validator=number_validator, worker=worker)
    app = application(service, front=front)

    async def running(_app: web.Application) -> AsyncIterator[None]:
        await service.start()
        greeting = asyncio.create_task(_introduce(service))
        yield
        greeting.cancel()
        await service.close()

    app.cleanup_ctx.append(running)
    return app


async def prepare(settings: Settings) -> None:
    """Gives a SQLite database that is not there yet its tables: there is nothing in it that could be harmed.

    Any other database is brought up to date by `sayso db upgrade` alone, when its operator has made a backup.
    """
    if _is_new_file(settings.database_url):
        await upgrade(settings.database_url)


def _is_new_file(url: str) -> bool:
    if not url.startswith(_SQLITE):
        return False
    path = Path(url.removeprefix(_SQLITE))
    return not path.exists() or path.stat().st_size == 0


def _channels(settings: Settings, webchat: WebChat, validator: Validator) -> Mapping[Channel, ChannelPort]:
    channels: dict[Channel, ChannelPort] = {Channel.WEB: webchat}
    if settings.telegram is not None:
        channels[Channel.TELEGRAM] = TelegramChannel(
            token=settings.telegram.token.reveal(),
            secret=settings.telegram.secret.reveal(),
            api=settings.telegram.api,
        )
    if settings.twilio is not None:
        channels[Channel.SMS] = SmsChannel(
            account_sid=settings.twilio.account_sid,
            auth_token=settings.twilio.auth_token.reveal(),
            sender=settings.twilio.sender,
            public_url=settings.public_url,
            api=settings.twilio.api,
            per_second=settings.twilio.per_second,
            can_be_texted=validator,
        )
    return channels


def _surroundings(settings: Settings, channels: Mapping[Channel, ChannelPort]) -> Surroundings:
    shows: dict[Channel, Shows] = {
        # A channel that was switched off since still has conversations; their words wait for it.
        Channel.TELEGRAM: TelegramChannel.shows,
        Channel.SMS: SmsChannel.shows,
        Channel.WEB: WebChat.shows,
    }
    shows |= {name: port.shows for name, port in channels.items()}
    addresses = {Channel.WEB: settings.public_url}
    if settings.twilio is not None:
        addresses[Channel.SMS] = settings.twilio.sender
    return Surroundings(settings.public_url, shows, addresses)


async def _introduce(service: Service) -> None:
    """Tells Telegram where we are, where it could reach us. It keeps what it has for us until then."""
    port = service.channels.get(Channel.TELEGRAM)
    settings = service.settings
    if not isinstance(port, TelegramChannel) or settings.telegram is None:
        return
    if not settings.public_url.startswith("https://") and not is_loopback(settings.telegram.api):
        log.warning("Telegram was not told our address: it only calls https", channel=Channel.TELEGRAM)
        return
    try:
        await port.register(f"{settings.public_url}{TELEGRAM_PATH}")
    except ProviderError as error:
        log.warning("Telegram could not be told our address", channel=Channel.TELEGRAM, error=type(error).__name__)


async def serve(settings: Settings, *, clock: Clock | None = None, worker: int = 0, reuse_port: bool = False) -> None:
    """Serves until SIGTERM or SIGINT, then finishes what is under way.

    See `assemble` for what it raises.
    """
    app = await build(settings, clock=clock, worker=worker)
    tune()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN_SECONDS)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_Complaints(app[SERVICE].metrics))
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told.set)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, reuse_port=reuse_port or None, backlog=1024)
        await site.start()
        log.info("listening", port=_port(runner), worker=worker)
        await told.wait()
        log.info("stopping", worker=worker)
    finally:
        await runner.cleanup()


def tune() -> None:
    """Settles the process for its work: called once, when everything that stays has been made.

    The collector need not look at any of that again (8 to 15 % of the time for a message).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


class _Complaints:
    """What the event loop complains of, in the log.

    Where there are no file descriptors left it does so for every connection that it might accept, a thousand times a
    second (github.com/python/cpython/issues/151615): that is said once in a while.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._silent_until = 0.0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        fault = context.get("exception")
        if not isinstance(fault, OSError) or fault.errno not in _USED_UP:
            loop.default_exception_handler(dict(context))
            return
        if loop.time() >= self._silent_until:
            self._silent_until = loop.time() + COMPLAIN_SECONDS
            self._metrics.faults.labels("accept").inc()
            log.error("no connection can be accepted: let the service open more files", fault=fault)


def _port(runner: web.AppRunner) -> int:
    address: object = runner.addresses[0]
    return int(address[1]) if isinstance(address, tuple) else 0


def reserve(settings: Settings) -> socket.socket:
    """Holds the port for workers that share it, without listening; with port 0, settles which one it is.

    Raises:
        OSError: somebody else has the port.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        # A port that is shared would be shared with another service of ours too, and nobody would notice.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((settings.host, settings.port))
    held = socket.socket(family)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind((settings.host, settings.port))
    return held
