"""When a conversation wants to be woken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flows import cutoff, wake
from flows.state import Phase, changed
from tests.support.builders import a_consultation, a_state, a_timetable

HOURS = st.integers(0, 23)
# The clocks in the United Kingdom go forward on 31 March 2030, and back on 27 October.
INSTANTS = st.datetimes(datetime(2030, 3, 25), datetime(2030, 11, 5), timezones=st.just(UTC))  # noqa: DTZ001 - the zone comes after


@given(INSTANTS, st.timedeltas(timedelta(days=1), timedelta(days=60)), HOURS, HOURS)
def test_the_reminder_waits_until_it_is_planned_and_they_have_settled_and_it_is_day(
    heard_at: datetime, until_closed: timedelta, quiet_from: int, quiet_until: int
) -> None:
    closes_at = heard_at + until_closed
    timetable = a_timetable(closes_at=closes_at, opens_at=heard_at - timedelta(days=30))
    pack = a_consultation(timetable=replace(timetable, quiet_from=quiet_from, quiet_until=quiet_until))
    state = changed(a_state(Phase.ASKING, current="ideas", role="child"), heard_at=heard_at)
    due = wake.next_wake(pack, state, now=heard_at)
    planned = cutoff.reminder_at(pack.timetable, "child")
    settled = cutoff.not_at_night(pack.timetable, heard_at + wake.SETTLED)
    assert due is not None
    if planned is None or max(planned, settled) >= closes_at:
        assert due >= closes_at
    else:
        assert due == max(planned, settled)
