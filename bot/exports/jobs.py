"""Exports that take a while: made beside the service, sealed into the database, and gone after an hour.

Each is made in a thread with an event loop and a database connection of its own, so that nobody's answer waits for it.
Its files are written into a folder that only this process may open, and from there, once they are whole, in sealed
pieces into the database, where every worker finds them. The folder goes at once, also where the process is told to end;
what one that was killed has left behind is cleared away before the next export.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot import log
from bot.clock import Clock
from bot.errors import ExportError
from bot.exports.asked import ENDINGS, Kind, Wish
from bot.exports.making import make
from bot.packs import Library
from storage.database import Database
from storage.errors import StorageError
from storage.exports import PIECE

KEPT: Final = timedelta(hours=1)
"""How long a file may be fetched."""
_PREFIX: Final = "sayso-export-"
_BEAT: Final = 0.5
"""Seconds between two looks at how far it is."""
_OURS: Final = "This export could not be made, and it is not your fault. Try again, then tell whoever runs Sayso."
_NO_ROOM: Final = "The server could not write this export. Tell whoever runs Sayso that its disk may be full."


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where exports are made. `url` and `secret` are those of the service's database."""

    url: str
    secret: tuple[bytes, ...] = field(repr=False)
    library: Library
    clock: Clock
    _running: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]], repr=False)

    def begin(self, job_id: int, wish: Wish) -> None:
        """Makes the export that was asked for under this number, from now on and by itself."""
        task = asyncio.create_task(self._beside(job_id, wish), name="export")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finished(self) -> None:
        """Waits for everything that is being made."""
        await asyncio.gather(*self._running)

    async def _beside(self, job_id: int, wish: Wish) -> None:
        """Makes it in a thread. When the service is told to end, so is the thread, and it clears up first."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        held: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

        async def work() -> None:
            making = asyncio.ensure_future(_Job(self, job_id, wish).made())
            held.append((asyncio.get_running_loop(), making))
            with suppress(asyncio.CancelledError):
                await making

        def run() -> None:
            try:
                asyncio.run(work())
            finally:
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=run, name="export", daemon=True).start()
        try:
            await ended.wait()
        except asyncio.CancelledError:
            for other, making in held:
                with suppress(RuntimeError):
                    other.call_soon_threadsafe(making.cancel)
            await ended.wait()
            raise


@dataclass(slots=True)
class _Job:
    shop: Workshop
    job_id: int
    wish: Wish
    done: int = 0
    total: int = 0

    async def made(self) -> None:
        """Makes it, whatever happens: how it ended stands in the database, and nothing is left on the disk."""
        try:
            database = await Database.open(self.shop.url, secret=self.shop.secret)
        except StorageError as error:
            log.error("an export could not reach the database", fault=error)
            return
        try:
            fault = await self._fault(database)
            if fault:
                await database.exports.fail(self.job_id, fault)
        except StorageError as error:
            # It is shown as lost as soon as nobody has heard of it for a while.
            log.error("an export lost the database", fault=error)
        finally:
            await database.close()

    async def _fault(self, database: Database) -> str:
        making = asyncio.ensure_future(self._make(database))
        telling = asyncio.ensure_future(self._tell(database, making))
        try:
            await making
        except ExportError as error:
            return _NO_ROOM if isinstance(error.__cause__, OSError) else str(error).replace("--format ", "")
        except asyncio.CancelledError:
            if not making.done():
                making.cancel()
            with suppress(asyncio.CancelledError):
                await making
            return ""
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - an officer waits for an answer, whatever it is
            log.error("an export failed", fault=error, slug=self.wish.consultation.slug)
            return _OURS
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError, StorageError):
                await telling
        return ""

    async def _make(self, database: Database) -> None:
        _clear_up()
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        try:
            now = self.shop.clock.now()
            path = folder / _name(self.wish)
            made = await make(database, self.shop.library, self.wish, path, now=now, begin=self._begin)
            files = made.files
            if self.wish.kind is Kind.FOLDER:
                files = _packed(path, [one for one in files if path not in one.parents])
            await self._keep(database, files)
            sizes = {one.name: one.stat().st_size for one in files}
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        # Whoever reads that it is ready may rely on it that nothing lies about any more.
        ready = self.shop.clock.now()
        await database.exports.ready(self.job_id, sizes, ready, ready + KEPT)

    async def _keep(self, database: Database, files: Sequence[Path]) -> None:
        for number, path in enumerate(files):
            with path.open("rb") as file:
                part = 0
                while piece := file.read(PIECE):
                    await database.exports.keep(self.job_id, number, part, piece)
                    part += 1

    def _begin(self, total: int) -> Callable[[int], object]:
        self.total = total
        return self._more

    def _more(self, count: int) -> None:
        self.done += count

    async def _tell(self, database: Database, making: asyncio.Future[None]) -> None:
        """Says how far it is, and stops it where nobody wants it any more."""
        while True:
            if not await database.exports.step(self.job_id, self.done, self.total, self.shop.clock.now()):
                making.cancel()
                return
            await asyncio.sleep(_BEAT)


def _name(wish: Wish) -> str:
    ending = "" if wish.kind is Kind.FOLDER else ENDINGS[wish.kind]
    return f"{wish.consultation.slug}-{wish.subject.value}{ending}"


def _packed(folder: Path, others: Sequence[Path]) -> tuple[Path, ...]:
    """A folder as one file, with what lies beside it."""
    packed = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            book.write(path, path.relative_to(folder).as_posix())
    return (packed, *others)


def _clear_up() -> None:
    """Removes what processes that have ended left behind."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        number = left.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdigit() and not _runs(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
