"""What officers watch by: how many people are wanted, and how few are never shown. Respondents see neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.suppression import FEWEST


@dataclass(frozen=True, slots=True)
class Targets:
    """Numbers of people. A group without a number has no target."""

    roles: Mapping[str, int] = field(default_factory=dict[str, int])
    """By the role's code."""
    bands: Mapping[str, int] = field(default_factory=dict[str, int])
    """By the age band's value."""
    fewest: int = FEWEST
    """The smallest number of people that is shown to officers: see `flows.suppression`."""
