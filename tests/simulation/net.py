"""The network between the providers and us: requests and answers that are delayed, lost, doubled and overtaken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar

from tests.simulation.dice import Dice
from tests.simulation.loop import OWNER, Life
from tests.simulation.weather import Climate

T = TypeVar("T")

_LATE = 20.0
_LATEST = 90.0


class LostError(ConnectionError):
    """No answer came, and nobody can tell whether the other side had the request."""


class Net:
    """Carries requests between lives and the world, in whose own time they travel."""

    def __init__(self, dice: Dice, climate: Climate) -> None:
        self._dice = dice
        self.climate = climate
        self._travelling: set[asyncio.Task[Any]] = set()

    @property
    def quiet(self) -> bool:
        """Nothing is on its way."""
        return not self._travelling

    def heal(self) -> None:
        self.climate = Climate(latency=0.02)

    def spawn(self, work: Coroutine[Any, Any, Any], life: Life | None = None) -> None:
        """Begins something that belongs to a life, or to the world; and that nobody need wait for."""
        context = Context()  # nothing of what it was begun in is its own
        context.run(OWNER.set, life)
        task = asyncio.get_running_loop().create_task(work, context=context)
        if life is None:
            self._travelling.add(task)
            task.add_done_callback(self._travelling.discard, context=context)
        else:
            life.tasks.add(task)
            task.add_done_callback(life.tasks.discard, context=context)

    async def travel(self) -> None:
        """The way from one side to the other."""
        if self._dice.happens(self.climate.late):
            await asyncio.sleep(self._dice.soon(_LATE, _LATEST))
        else:
            await asyncio.sleep(self._dice.soon(self.climate.latency, 10 * self.climate.latency))

    async def call(self, serve: Callable[[], Awaitable[T]], *, unanswered: Callable[[], object] = lambda: None) -> T:
        """A request from a worker to a provider. It may hang for ever: whoever calls has a timeout.

        `unanswered` is called by the world when `serve` has done its work and its answer does not reach the caller.

        Raises:
            LostError: the connection broke, before or after `serve` did its work.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.spawn(self._carry(serve, answer, unanswered))
        return await answer

    async def _carry(
        self, serve: Callable[[], Awaitable[T]], answer: asyncio.Future[T], unanswered: Callable[[], object]
    ) -> None:
        await self.travel()
        if self._dice.happens(self.climate.lost):
            return
        if self._dice.happens(self.climate.broken):
            _break(answer)
            return
        try:
            done = await serve()
        except Exception as error:  # noqa: BLE001 - it is the provider's answer
            await self.travel()
            if not answer.done():
                answer.set_exception(error)
            return
        await self.travel()
        lost, broken = self._dice.happens(self.climate.lost), self._dice.happens(self.climate.broken)
        if lost or broken or answer.done():
            unanswered()
            if broken and not lost:
                _break(answer)
            return
        answer.set_result(done)

    async def request(self, serve: Callable[[], Awaitable[T]], life: Life, *, patience: float) -> T:
        """A request from the world to a worker, which is gone with it.

        Raises:
            LostError: no answer came in time, or the connection broke.
        """
        await self.travel()
        if self._dice.happens(self.climate.lost):
            await asyncio.sleep(patience)
            raise LostError
        if self._dice.happens(self.climate.broken) or not (life.alive and life.listens):
            raise LostError
        done = await self.inside(serve, life, patience=patience)
        await self.travel()
        if self._dice.happens(self.climate.lost) or self._dice.happens(self.climate.broken):
            raise LostError
        return done

    async def inside(self, work: Callable[[], Awaitable[T]], life: Life, *, patience: float) -> T:
        """Has a process do something, and waits for it.

        Raises:
            LostError: it took too long, or the process died.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        life.awaited[done] = None
        self.spawn(_do(work, done), life)
        try:
            async with asyncio.timeout(patience):
                return await done
        except TimeoutError:
            raise LostError from None
        finally:
            life.awaited.pop(done, None)


async def _do(work: Callable[[], Awaitable[T]], done: asyncio.Future[T]) -> None:
    result = await work()
    if not done.done():
        done.set_result(result)


def _break(answer: asyncio.Future[Any]) -> None:
    if not answer.done():
        answer.set_exception(LostError())


def hang_up(life: Life) -> None:
    """Everybody who waits for an answer of a process that has just died sees the connection break."""
    for answer in list(life.awaited):
        _break(answer)
