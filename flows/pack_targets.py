"""What officers watch by: the `[targets]` of `consultation.toml`, and `small_numbers`. Respondents see neither."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from flows.definition import AgeBand, Role
from flows.pack_table import Table, listed
from flows.pack_terms import known_role
from flows.suppression import FEWEST, LOWEST
from flows.targets import Targets

MOST: Final = 10_000_000
"""The highest target; nobody asks more people."""
HIGHEST: Final = 100
"""The highest of small numbers: beyond it, hardly any figure would be shown."""


def read_targets(top: Table, roles: Sequence[Role]) -> Targets:
    """How many people are wanted, by role and by age band, and the smallest number that is shown."""
    table = top.table("targets")
    by_role, by_band = table.table("roles"), table.table("bands")
    table.done()
    for code in by_role.data:
        known_role(by_role, code, code, roles)
    by_age = _numbers(by_band, [band.value for band in AgeBand])
    by_band.done()
    asked = [band.value for band in AgeBand if any(band in role.bands for role in roles)]
    for band in by_age:
        if band not in asked:
            by_band.fault(band, "age-band", f"Nobody of the age band {band!r} is asked", f"Use {listed(asked)}")
    fewest = top.whole("small_numbers", LOWEST, HIGHEST)
    return Targets(_numbers(by_role, by_role.data), by_age, FEWEST if fewest is None else fewest)


def _numbers(table: Table, names: Iterable[str]) -> dict[str, int]:
    return {name: number for name in names if (number := table.whole(name, 1, MOST)) is not None}
