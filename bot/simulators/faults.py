"""Ways in which a simulated provider can go wrong, one call at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, assert_never

from aiohttp import web

LONG_ENOUGH: Final = 3600
"""Seconds: nobody waits that long for an answer."""


class Kind(Enum):
    """What goes wrong."""

    REFUSED = "refused"
    """Not carried out, and answered with an error."""
    DROPPED = "dropped"
    """Not carried out; the connection breaks."""
    HUNG = "hung"
    """Not carried out, and never answered."""
    LOST = "lost"
    """Carried out, but the answer never arrives."""
    LATE = "late"
    """Carried out, but answered only after whoever asked has given up."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. `status` and `body` are the answer of a refusal."""

    kind: Kind
    status: int = 500
    body: Mapping[str, object] = field(default_factory=dict[str, object])


class Faults:
    """Faults for the calls to come, used up one by one in their order."""

    def __init__(self) -> None:
        self._next: deque[Fault] = deque()

    def add(self, fault: Fault, *, times: int = 1) -> None:
        self._next.extend([fault] * times)

    def clear(self) -> None:
        self._next.clear()

    def take(self) -> Fault | None:
        return self._next.popleft() if self._next else None


async def before(fault: Fault | None, request: web.Request) -> web.Response | None:
    """What goes wrong before a call is carried out: the answer to give instead, or None to carry on."""
    if fault is None:
        return None
    match fault.kind:
        case Kind.REFUSED:
            return web.json_response(fault.body, status=fault.status)
        case Kind.DROPPED | Kind.HUNG:
            await asyncio.sleep(LONG_ENOUGH if fault.kind is Kind.HUNG else 0)
            return broken(request)
        case Kind.LOST | Kind.LATE:
            return None
        case _:
            assert_never(fault.kind)


async def after(fault: Fault | None, request: web.Request, answer: web.Response) -> web.Response:
    """What goes wrong once it has been carried out."""
    if fault is not None and fault.kind is Kind.LATE:
        await asyncio.sleep(LONG_ENOUGH)
    return broken(request) if fault is not None and fault.kind in (Kind.LOST, Kind.LATE) else answer


def broken(request: web.Request) -> web.Response:
    """An answer that nobody gets, because the connection is gone."""
    request.protocol.force_close()
    return web.Response()
