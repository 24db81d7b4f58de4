"""What the programs that a test starts are told of this process."""

from __future__ import annotations

import os


def inherited() -> dict[str, str]:
    """Where programs lie, and how coverage counts what a child runs: nothing else of our environment."""
    return {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE_")}
