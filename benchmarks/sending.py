"""Replies that go out: how many a second are claimed, handed to a provider over HTTP, and marked as sent.

Measured with the service's own outbox, dispatcher and Twilio channel, in a process of its own: `python -m
benchmarks.sending DATABASE_URL API` prints a `Sent` as JSON. The queue was filled before, by people's first messages;
the provider answers at once and asks for no pace, which no real one does.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from benchmarks import load, processes, stage
from benchmarks.effort import Effort
from benchmarks.load import Load
from benchmarks.people import Channel
from bot import log
from bot.app import tune
from bot.channels.sms import SmsChannel
from bot.clock import Clock
from bot.config import instant
from bot.dispatch import Dispatcher
from bot.metrics import Metrics
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER
from flows import messages
from storage.database import Database
from tests.support.town import KEY

_NO_PACE: Final = 1e6


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it."""

    messages: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu_seconds / self.messages


def measure(kind: stage.Databases, folder: Path, effort: Effort) -> Sent:
    """Fills a queue with replies to real conversations, then empties it."""
    url, log_file = kind.make("sending"), folder / "sending.log"
    with stage.provider() as api:
        with stage.service(url, api, log_file) as service:
            load.run(Load(service.url, Channel.SMS, 0, effort.seconds, service.pids, turns=1))
        return Sent(**json.loads(processes.output_of("benchmarks.sending", url, api, log=log_file)))


async def _empty(database_url: str, api: str) -> Sent:
    # A day later, so that no address still waits for the end of a lease.
    clock = Clock(instant(stage.NOON.replace("15T", "16T")))
    database = await Database.open(database_url, secret=KEY.encode())
    channel = SmsChannel(
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        sender=NUMBER,
        public_url="http://127.0.0.1",
        api=api,
        per_second=_NO_PACE,
        can_be_texted=lambda _number: True,
    )
    dispatcher = Dispatcher(database.outbox, [channel], clock, Metrics())
    tune()
    waiting = await _waiting(database)
    began, cpu = perf_counter(), process_time()
    dispatcher.start()
    while left := await _waiting(database):
        await asyncio.sleep(0.05)
        if perf_counter() - began > processes.START_SECONDS:
            raise RuntimeError(f"{left} of {waiting} messages were not sent")
    done = Sent(waiting, perf_counter() - began, process_time() - cpu)
    await dispatcher.stop()
    await channel.close()
    await database.close()
    return done


async def _waiting(database: Database) -> int:
    depths = await database.queue_depth()
    return depths[messages.Channel.SMS].waiting if messages.Channel.SMS in depths else 0


if __name__ == "__main__":
    log.configure()
    print(json.dumps(asdict(asyncio.run(_empty(sys.argv[1], sys.argv[2])))))
