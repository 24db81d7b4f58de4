"""The `[[laws]]` of `consultation.toml`: on what ground it asks, and from which age, each from a date on."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from flows.cutoff import instant
from flows.errors import LocalTimeError
from flows.law import Basis, Law, Permission
from flows.pack_table import Table, listed

LOWEST_AGE: Final = 4
HIGHEST_AGE: Final = 18
"""The youngest that a pack speaks to, and the age at which nobody needs a parent's permission any more."""


def read_laws(top: Table, zone: ZoneInfo, opens_at: datetime) -> tuple[Law, ...]:
    """Every law of a pack, in the order of their dates. `opens_at` is UTC: by then one has to hold."""
    laws: list[Law] = []
    for table in top.tables("laws"):
        law = _law(table, zone)
        if law is None:
            continue
        if any(law.holds_from == other.holds_from for other in laws):
            table.broken("from", "duplicate", "Two laws hold from the same day", "Give one of them another day")
        laws.append(law)
    laws.sort(key=lambda law: law.holds_from)
    if laws and laws[0].holds_from > opens_at:
        problem = "When it opens, no law holds yet"
        top.fault("laws", "law-date", problem, "Give the first of them a day that is no later than opens_at")
    return tuple(laws)


def _law(table: Table, zone: ZoneInfo) -> Law | None:
    day = table.day("from")
    if not table.has("from"):
        table.broken("from", "missing-key", f"{table.place.key('from')} is missing", "Add it: from = 2030-05-01")
    basis = _basis(table)
    permission = _permission(table)
    under = table.whole("permission_under", LOWEST_AGE, HIGHEST_AGE)
    table.done()
    _check(table, basis, permission, under)
    if day is None:
        return None
    try:
        return Law(instant(datetime.combine(day, time()), zone), basis, permission, under)
    except LocalTimeError as error:
        table.broken("from", "local-time", f"Midnight of {day} {error.problem} ({zone.key})", error.mend)
        return None


def _basis(table: Table) -> Basis:
    known = {basis.value: basis for basis in Basis}
    name = table.text("lawful_basis", needed=f"one of {listed(tuple(known))}")
    if name is not None and name not in known:
        mend = f"Use {listed(tuple(known))}; most councils rely on {Basis.PUBLIC_TASK.value!r}"
        table.broken("lawful_basis", "lawful-basis", f"Sayso does not know the lawful basis {name!r}", mend)
    return known.get(name or "", Basis.PUBLIC_TASK)


def _permission(table: Table) -> Permission:
    known = {permission.value: permission for permission in Permission}
    name = table.text("parental_permission") or Permission.NONE.value
    if name not in known:
        table.broken("parental_permission", "permission", f"There is no permission {name!r}", f"Use {listed([*known])}")
    return known.get(name, Permission.NONE)


def _check(table: Table, basis: Basis, permission: Permission, under: int | None) -> None:
    """A combination that could not be kept to is refused: nobody is asked on a ground that is not there."""
    if basis is Basis.CONSENT and permission is Permission.TELL_AN_ADULT:
        problem = "To have told an adult is not a parent's permission"
        mend = f'Write "{Permission.REQUIRED.value}", or lawful_basis = "{Basis.PUBLIC_TASK.value}"'
        table.broken("parental_permission", "permission", problem, mend)
    if under is None and (basis is Basis.CONSENT or permission is not Permission.NONE):
        problem = "Nothing says below which age this matters"
        table.broken("permission_under", "permission", problem, "Write an age in years, such as permission_under = 13")
    elif under is not None and basis is Basis.PUBLIC_TASK and permission is Permission.NONE:
        problem = "An age that changes nothing: as a public task, and without a permission, everybody may answer"
        mend = 'Leave it out, or write parental_permission = "tell-an-adult"'
        table.warn("permission_under", "permission", problem, mend)
