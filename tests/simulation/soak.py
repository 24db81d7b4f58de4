"""`python -m tests.simulation.soak`: as many seeds as one likes, on every core; or one of them with all that happened.

A run of one seed prints its trace, and is the same every time: whatever a seed met can be looked at at leisure.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable

from tqdm import tqdm

from tests.simulation.run import run
from tests.simulation.world import Outcome

_MOST_TOLD = 20


def again(seed: int) -> str:
    """The command that replays a seed."""
    return f"make soak SEEDS=1 FROM={seed}"


def told(outcome: Outcome) -> str:
    """What was wrong with a seed, for whoever has to mend it."""
    broken = "\n  ".join(outcome.violations[:3])
    return f"seed {outcome.seed} broke {len(outcome.violations)} rules ({again(outcome.seed)}):\n  {broken}"


def _without_trace(seed: int) -> Outcome:
    outcome = run(seed)
    outcome.trace.clear()
    return outcome


def soak(seeds: Iterable[int], total: int, jobs: int) -> list[Outcome]:
    """Lives through the seeds; tells of those that broke a rule, and gives them back."""
    failed: list[Outcome] = []
    with multiprocessing.get_context("spawn").Pool(jobs) as pool, tqdm(total=total, unit=" seeds") as bar:
        for outcome in pool.imap_unordered(_without_trace, seeds, chunksize=8):
            bar.update()
            if outcome.violations:
                failed.append(outcome)
                if len(failed) <= _MOST_TOLD:
                    bar.write(told(outcome))
    return failed


def replay(seed: int) -> int:
    """One seed, with everything that happened in it."""
    outcome = run(seed)
    print("\n".join(outcome.trace))
    for broken in outcome.violations:
        print(f"BROKEN: {broken}")
    print(f"seed {seed}: {outcome.messages} messages, {outcome.steps} steps, fingerprint {outcome.fingerprint[:16]}")
    return 1 if outcome.violations else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many; 1 prints everything that happened")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    given = parser.parse_args()
    if given.seeds == 1:
        return replay(given.first)
    began = time.perf_counter()
    failed = soak(range(given.first, given.first + given.seeds), given.seeds, given.jobs)
    took = time.perf_counter() - began
    print(
        f"{given.seeds} seeds from {given.first} on: {given.seeds - len(failed)} passed, {len(failed)} failed; "
        f"{took:.0f} s, {1000 * took / given.seeds:.1f} ms a seed on {given.jobs} processes"
    )
    for outcome in failed[:_MOST_TOLD]:
        print(again(outcome.seed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
