"""`python -m tests.simulation`: many seeds, or one of them with everything that happened in it."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.run import run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--each", action="store_true")
    given = parser.parse_args()
    began = time.perf_counter()
    failed = []
    for seed in range(given.first, given.first + given.seeds):
        outcome = run(seed)
        if given.seeds == 1 or given.each:
            since = time.perf_counter() - began
            print(
                f"seed {seed}: {outcome.steps} steps, {outcome.messages} said in {outcome.seconds:.0f} s, {since:.2f} s"
            )
        if given.seeds == 1:
            print("\n".join(outcome.trace))
        if outcome.violations:
            failed.append(seed)
            print(f"seed {seed}: {len(outcome.violations)} broken: {outcome.violations[0][:600]}")
    took = time.perf_counter() - began
    print(f"{given.seeds} seeds, {len(failed)} failed {failed[:20]}, {1000 * took / given.seeds:.1f} ms a seed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
