"""One seed, lived through and looked at."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from datetime import timedelta

from tests.simulation import disk, edges
from tests.simulation.checks import check
from tests.simulation.loop import StuckError
from tests.simulation.people import Resident
from tests.simulation.weather import Climate
from tests.simulation.world import CLOSES, Outcome, World

_JUMPS = (timedelta(minutes=20), timedelta(hours=1), timedelta(hours=13), timedelta(days=1))
_MORNING_AFTER = timedelta(hours=12)


def run(seed: int, climate: Climate | None = None, *, planted: Callable[[World], object] = lambda _: None) -> Outcome:
    """Lives through a seed and says what was wrong with it. `planted` may spoil the world, to see it noticed."""
    world = World(seed, climate)
    world.loop.hold_up = world.disk.hold_up
    world.loop.again_after = disk.again_after
    planted(world)
    with edges.a_database() as database, edges.replaced(world.disk, world.dice, world.climate, world.log):
        world.database = database
        try:
            world.loop.run_until_complete(_live(world))
            check(world)
        except StuckError as error:
            world.violated(str(error))
        except LookupError as error:  # the model and what happened are so far apart that they cannot be compared
            world.violated(f"the model does not follow: {error!r} at {traceback.extract_tb(error.__traceback__)[-1]}")
        finally:
            world.outcome.steps = world.loop.steps
            world.outcome.messages = len(world.said)
            world.outcome.seconds = world.loop.time()
            world.over = True
            world.loop.bury()
            world.disk.close()
    world.loop.close()
    return world.outcome


async def _live(world: World) -> None:
    climate, dice = world.climate, world.dice
    world.disk.cut_before, world.disk.cut_after = climate.cut_before, climate.cut_after
    world.disk.full, world.disk.broken, world.disk.slow = climate.full, climate.failing, climate.slow
    world.disk.deadly = climate.deadly
    for slot in world.slots:
        world.net.spawn(world.start(slot))
    people = [Resident(world, number) for number in range(dice.whole(1, 4))]
    # Two have to come together, a child and a parent: that takes a little longer.
    least, most = (6, 20) if climate.parents else (2, 10)
    lives = [asyncio.ensure_future(person.live(dice.whole(least, most))) for person in people]
    troubles = asyncio.ensure_future(_trouble(world))
    await asyncio.gather(*lives)
    troubles.cancel()
    await asyncio.wait([troubles])
    world.heal()
    await world.settle()
    if dice.happens(0.4):
        world.jump(max(CLOSES + _MORNING_AFTER - world.now(), timedelta(0)))
        await world.settle()
    if dice.happens(0.2):
        for slot in world.slots:
            await world.stop(slot)
        await world.settle()


async def _trouble(world: World) -> None:
    """What goes wrong by itself, every now and then."""
    dice, climate = world.dice, world.climate
    troubles = [name for name in _TROUBLES if getattr(climate, name)]
    while troubles:
        await asyncio.sleep(dice.soon(15, 90))
        await _TROUBLES[dice.pick(troubles)](world)


async def _crash(world: World) -> None:
    slot = world.dice.pick(world.slots)
    if slot.life is not None:
        slot.life.doomed_at = slot.life.steps + 1 + world.dice.below(300)


async def _upgrade(world: World) -> None:
    world.net.spawn(world.stop(world.dice.pick(world.slots)))


async def _away(world: World) -> None:
    world.disk.away_until = world.loop.time() + world.dice.soon(15, 80)
    world.note("the database is away")


async def _refuse(world: World) -> None:
    provider = world.dice.pick((world.twilio, world.telegram))
    provider.refusing = True
    world.note(f"{provider.channel} refuses us")
    await asyncio.sleep(world.dice.soon(20, 90))
    provider.refusing = False


async def _jump(world: World) -> None:
    if await world.calm(30):
        world.jump(world.dice.pick(_JUMPS))


async def _extend(world: World) -> None:
    if not world.published:
        world.publish()


_TROUBLES = {
    "crashes": _crash,
    "upgrades": _upgrade,
    "away": _away,
    "refuses": _refuse,
    "jumps": _jump,
    "extends": _extend,
}
