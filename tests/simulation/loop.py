"""An event loop of its own time: sleeping costs nothing, and what runs next is chance from a seed.

What is replaced is asyncio's selector, its clock and its order of callbacks; tasks, futures, locks and timeouts are the
real ones. `run_in_executor` runs the work on this thread, after a simulated while: one job at a time for each executor,
in order, as a `ThreadPoolExecutor(1)` would.

A callback belongs to the life (the run of one process) in whose context it was made. A life that has ended runs nothing
more, not even its `finally`: that is what `kill -9` does.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Executor
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from math import inf
from typing import Any, TypeVar, TypeVarTuple

from tests.simulation.dice import Dice

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class StuckError(Exception):
    """Somebody waits for what can never happen: nothing is to be run, now or later."""


class Life:
    """One run of one process, from its start to its end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.listens = False
        """It takes requests."""
        self.ended_at = inf
        self.steps = 0
        self.doomed_at: int | None = None
        """It dies instead of this step of its own."""
        self.last_word: Callable[[], object] = lambda: None
        """What the world does when it dies."""
        self.tasks: set[asyncio.Task[Any]] = set()
        self.awaited: dict[asyncio.Future[Any], None] = {}
        """What the world waits for from it, in order."""

    def end(self) -> None:
        """Ends it as `kill -9` does."""
        if self.alive:
            self.alive = False
            self.last_word()


OWNER: ContextVar[Life | None] = ContextVar("owner", default=None)
"""Whose code is running; None: the world's own."""


class NumberedTask(asyncio.Task[Any]):
    """A task whose place in a set does not depend on where it lies in memory."""

    def __init__(self, loop: VirtualLoop, coro: Any, context: Context | None) -> None:  # noqa: ANN401 - as asyncio's
        self.number = loop.next_number()
        super().__init__(coro, loop=loop, context=context)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(slots=True)
class _Job:
    work: Callable[[], Any]
    done: asyncio.Future[Any]
    context: Context
    tried_at: float | None = None


@dataclass(slots=True)
class _Thread:
    """The one thread of an executor."""

    jobs: deque[_Job] = field(default_factory=deque)
    busy: bool = False


class VirtualLoop(asyncio.BaseEventLoop):
    """See the module."""

    _runs = False
    _over = False

    def __init__(self, dice: Dice, disorder: float = 1.0) -> None:
        """`disorder` is how often it is chance that picks the next callback; else it is the one that waits longest."""
        super().__init__()
        self._dice = dice
        self._disorder = disorder
        self._now = 0.0
        self._turns: list[tuple[Life | None, asyncio.Handle]] = []
        self._timers: list[tuple[float, int, Life | None, asyncio.TimerHandle]] = []
        self._limbo: list[tuple[Life | None, asyncio.Handle]] = []
        self._numbers = 0
        self._threads: dict[tuple[Executor | None, Life | None], _Thread] = {}
        self._stops = False
        self._burying = False
        self.steps = 0
        self.faults: list[str] = []
        """Exceptions that nobody caught."""
        self.hold_up: Callable[[], float] = lambda: 0.0
        """How many seconds the next job of an executor takes."""
        self.again_after: Callable[[BaseException, float], float | None] = lambda _error, _waited: None
        """In how many seconds a job that raised this, and has waited so long, is tried again; None: it has failed."""

    def next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    # --- what asyncio asks of a loop ---

    def time(self) -> float:
        return self._now

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return self._runs

    def is_closed(self) -> bool:
        return self._over

    def close(self) -> None:
        self._over = True

    def stop(self) -> None:
        self._stops = True

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: object = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        task = NumberedTask(self, coro, context)
        if name is not None:
            task.set_name(name)
        return task

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        context = copy_context() if context is None else context
        handle = asyncio.Handle(callback, args, self, context)
        self._turns.append((context.get(OWNER), handle))
        return handle

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        context = copy_context() if context is None else context
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, self.next_number(), context.get(OWNER), handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """The standard loop counts them; here they are passed over when their time comes."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.faults.append(f"{context.get('message')}: {error!r}")

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        if getattr(executor, "_shutdown", False):
            raise RuntimeError("cannot schedule new futures after shutdown")  # as the real one does
        done: asyncio.Future[T] = self.create_future()
        # Each process has a default executor of its own, and it ends with the process.
        thread = self._threads.setdefault((executor, OWNER.get()), _Thread())
        thread.jobs.append(_Job(lambda: func(*args), done, copy_context()))
        if not thread.busy:
            self._begin_next(thread)
        return done

    def _begin_next(self, thread: _Thread) -> None:
        while thread.jobs and thread.jobs[0].done.cancelled():
            thread.jobs.popleft()  # it was taken back before the thread came to it
        thread.busy = bool(thread.jobs)
        if thread.jobs:
            self.call_later(self.hold_up(), self._do, thread, context=thread.jobs[0].context)

    def _do(self, thread: _Thread) -> None:
        job = thread.jobs[0]
        try:
            result = job.work()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the job
            job.tried_at = self._now if job.tried_at is None else job.tried_at
            wait = self.again_after(error, self._now - job.tried_at)
            if wait is not None:
                self.call_later(wait, self._do, thread, context=job.context)
                return
            if not job.done.done():
                job.done.set_exception(error)
        else:
            if not job.done.done():
                job.done.set_result(result)
        thread.jobs.popleft()
        self._begin_next(thread)

    # --- running ---

    def run_until_complete(self, future: Generator[Any, None, T] | Coroutine[Any, Any, T] | Any) -> T:  # noqa: ANN401 - as asyncio's
        task: asyncio.Task[T] = self.create_task(future)
        task.add_done_callback(lambda _: self.stop())
        self.run_forever()
        return task.result()

    def run_forever(self) -> None:
        """Runs until `stop`.

        Raises:
            StuckError: everybody waits, and nothing will wake anybody.
        """
        asyncio.events._set_running_loop(self)  # noqa: SLF001 - how a loop says that it runs
        self._runs, self._stops = True, False
        try:
            while not self._stops:
                self._run_one()
        finally:
            self._runs = False
            asyncio.events._set_running_loop(None)  # noqa: SLF001 - likewise

    def _run_one(self) -> None:
        timers, ready = self._timers, self._turns
        if not ready:
            while timers and timers[0][3].cancelled():
                heapq.heappop(timers)
            if not timers:
                raise StuckError("Everybody waits, and nothing will ever wake anybody.")
            self._now = max(self._now, timers[0][0])
        while timers and timers[0][0] <= self._now:
            _, _, owner, timer = heapq.heappop(timers)
            if not timer.cancelled():
                ready.append((owner, timer))
        place = self._dice.below(len(ready)) if len(ready) > 1 and self._dice.happens(self._disorder) else 0
        owner, handle = ready.pop(place)
        if handle.cancelled():
            return
        if owner is not None and not self._may_run(owner):
            self._limbo.append((owner, handle))
            return
        self.steps += 1
        handle._run()  # noqa: SLF001 - how a loop runs a callback

    def _may_run(self, life: Life) -> bool:
        if self._burying:
            return True
        if life.alive:
            life.steps += 1
            if life.steps == life.doomed_at:
                life.end()
        return life.alive

    # --- the end of the world ---

    def bury(self) -> None:
        """Lets every task that is left come to an end, those of the dead too: the collector would complain of them.

        Nothing that happens here counts any more.
        """
        self._burying = True
        self._turns += self._limbo
        self._limbo = []
        for _ in range(100):
            left = sorted(
                (task for task in asyncio.all_tasks(self) if isinstance(task, NumberedTask)),
                key=lambda task: task.number,
            )
            if not left:
                return
            for task in left:
                task.cancel()
            self.run_until_complete(asyncio.wait(left, timeout=60))
        raise StuckError("Tasks are left that do not let themselves be cancelled.")
