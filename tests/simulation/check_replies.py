"""What must be so of what went out: in order, and once unless nobody could know."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from bot.dispatch import LEASE
from tests.simulation.providers import Provider
from tests.simulation.watch import Attempt
from tests.simulation.world import World


def replies_keep_their_order(provider: Provider) -> Iterator[str]:
    """What reaches a phone first comes first: each message's first arrival is in the order of its person's numbers.

    What nobody of ours waits for any more may still be in the network, and arrive whenever it likes.
    """
    last: dict[tuple[str, int], int] = {}
    seen: set[str] = set()
    for attempt, at in provider.accepted:
        message = attempt.message
        if message.key in seen or _is_stray(attempt, at):
            continue
        seen.add(message.key)
        place = message.address, message.participant_id
        if last.get(place, 0) > message.seq:
            yield f"{message.participant_id}: line {message.seq} was sent after line {last[place]}"
        last[place] = message.seq


def _is_stray(attempt: Attempt, at: float) -> bool:
    died_at = attempt.life.ended_at if attempt.life is not None else inf
    return at > min(attempt.let_go_at, died_at)


def replies_are_repeated_only_for_a_reason(world: World) -> Iterator[str]:
    """A message goes out again only where nobody could know that it had gone out: once for each such reason."""
    for provider in (world.twilio, world.telegram):
        before: dict[str, tuple[Attempt, float]] = {}
        for attempt, at in provider.accepted:
            earlier = before.get(attempt.message.key)
            if earlier is not None and not _is_stray(attempt, at) and not _had_a_reason(world, *earlier, attempt):
                yield (
                    f"{attempt.message.participant_id}: line {attempt.message.seq} was sent at {earlier[1]:.3f} "
                    f"and again at {at:.3f}"
                )
            before[attempt.message.key] = attempt, at


def _had_a_reason(world: World, first: Attempt, at: float, second: Attempt) -> bool:
    if second.lookups and second.lookups[0] >= at:
        return False  # it was on the list, and we looked
    if not first.told:
        return True
    if first.settled_at is not None and first.settled_at <= second.claim.at:
        return False
    crashed = first.life is not None and not first.life.alive
    failed = any(at <= when <= second.claim.at for when, _, _ in world.journal.faults)
    return crashed or failed or second.claim.at - first.claim.at >= LEASE.total_seconds()
