"""What officers watch by: read from a pack, with every fault named."""

from __future__ import annotations

import pytest

from flows.errors import BrokenPackError
from flows.pack import read
from flows.suppression import FEWEST
from flows.targets import Targets
from tests.support.pack_files import PARK, STRUCTURE, SYSTEM


def park(more: str) -> Targets:
    """The park's, with something more at the top or the end of its structure."""
    top, end = (more, "") if more.startswith("small") else ("", more)
    return read({**PARK, STRUCTURE: f"{top}\n{PARK[STRUCTURE]}\n{end}\n"}, SYSTEM).targets


def test_a_pack_without_targets_has_none_and_hides_fewer_than_five() -> None:
    assert park("") == Targets({}, {}, FEWEST)


def test_numbers_are_wanted_by_role_and_by_age_band() -> None:
    wanted = park('[targets.roles]\nchild = 200\n\n[targets.bands]\n"8-11" = 120')
    assert (wanted.roles, wanted.bands) == ({"child": 200}, {"8-11": 120})


def test_a_pack_may_hide_more_and_hardly_less() -> None:
    assert park("small_numbers = 10").fewest == 10
    assert park("small_numbers = 3").fewest == 3


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("small_numbers = 2", "wrong-value"),
        ("small_numbers = 101", "wrong-value"),
        ("[targets.roles]\nchildren = 20", "unknown-role"),
        ('[targets.bands]\n"8-12" = 20', "unknown-key"),
        ('[targets.bands]\n"16-25" = 20', "age-band"),
        ("[targets.roles]\nchild = 0", "wrong-value"),
        ('[targets.roles]\nchild = "many"', "wrong-value"),
        ("[targets.channels]\nsms = 20", "unknown-key"),
    ],
)
def test_what_makes_no_sense_is_named(more: str, rule: str) -> None:
    with pytest.raises(BrokenPackError) as raised:
        park(more)
    assert rule in {fault.rule for fault in raised.value.faults}
