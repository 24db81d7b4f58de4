"""Officers, as an administrator looks after them: added, given duties and consultations, disabled, let in anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web

from bot import ids
from bot.channels.base import RefusedError
from bot.console.mail_addresses import fault_of_email
from bot.console.passwords import Passwords
from bot.console.rights import Duty, Right
from bot.console.section import Page, Visit
from storage.errors import ConflictError
from storage.officers import Person, normal

OFFICERS: Final = "/console/officers"
ONE: Final = OFFICERS + "/{officer}"
_UNREADABLE: Final = 422
_LONGEST: Final = 200
_DUTIES: Final = (
    (Duty.VIEWER.value, "Viewer", "Sees figures. Never who said what."),
    (
        Duty.ANALYST.value,
        "Analyst",
        "Reads answers, puts them under themes, takes them out as files, and answers who asks for their own.",
    ),
    (Duty.EDITOR.value, "Editor", "Opens, extends and closes consultations, and says what came of them."),
    (
        Duty.SAFEGUARDING_LEAD.value,
        "Safeguarding lead",
        "Sees alerts that somebody may not be safe and, with a reason given, who it was.",
    ),
    (Duty.ADMINISTRATOR.value, "Administrator", "Looks after officers and the record. Reads no answers."),
)
_DONE: Final = {
    "changed": "The changes are saved.",
    "disabled": "They can sign in no longer, and are signed out everywhere.",
    "enabled": "They can sign in again.",
    "factor": "They set up their phone anew when they next sign in.",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was put into the form."""

    email: str = ""
    name: str = ""
    duties: frozenset[str] = frozenset()
    all_slugs: bool = True
    slugs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, visit: Visit, email: str = "") -> Wanted:
        form = visit.form
        return cls(
            email=email or normal(form.get("email", "")),
            name=form.get("name", "").strip(),
            duties=frozenset(form.getall("duties", [])),
            all_slugs=form.get("which", "all") == "all",
            slugs=frozenset(form.getall("slugs", [])),
        )

    def faults(self, visit: Visit) -> Mapping[str, str]:
        """What is wrong, by field."""
        found = {}
        fault = fault_of_email(self.email)
        if fault is not None:
            found["email"] = fault
        if not self.name or len(self.name) > _LONGEST:
            found["name"] = f"Give their name, in up to {_LONGEST} characters"
        if not self.duties or self.duties - set(Duty):
            found["duties"] = "Choose at least one duty"
        known = {pack.slug for pack in visit.service.library.all()}
        if not self.all_slugs and (not self.slugs or self.slugs - known):
            found["slugs"] = "Choose at least one consultation, or all of them"
        return found


class People:
    """The pages about officers."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", OFFICERS, Right.ADMINISTER, self.listed),
            Page("GET", f"{OFFICERS}/add", Right.ADMINISTER, self.ask),
            Page("POST", f"{OFFICERS}/add", Right.ADMINISTER, self.add),
            Page("GET", ONE, Right.ADMINISTER, self.show),
            Page("POST", ONE, Right.ADMINISTER, self.change),
            Page("POST", f"{ONE}/disable", Right.ADMINISTER, self.disable),
            Page("POST", f"{ONE}/enable", Right.ADMINISTER, self.enable),
            Page("POST", f"{ONE}/password", Right.ADMINISTER, self.new_password),
            Page("POST", f"{ONE}/factor", Right.ADMINISTER, self.reset_factor),
        )

    async def listed(self, visit: Visit) -> web.StreamResponse:
        people = await visit.service.database.officers.all()
        return visit.page("officers.html", {"people": people, "titles": _titles()})

    # --- adding ---

    async def ask(self, visit: Visit) -> web.StreamResponse:
        return _form(visit, Wanted(), {})

    async def add(self, visit: Visit) -> web.StreamResponse:
        wanted = Wanted.of(visit)
        errors = wanted.faults(visit)
        if errors:
            return _form(visit, wanted, errors, status=_UNREADABLE)
        password = ids.passphrase()
        person = Person(
            officer_id=ids.new_id(),
            email=wanted.email,
            name=wanted.name,
            duties=wanted.duties,
            slugs=None if wanted.all_slugs else wanted.slugs,
            password_hash=await self._passwords.hash(password),
            must_change=True,
            has_factor=False,
            factor_counter=0,
            created_at=visit.now,
            disabled_at=None,
        )
        deed = visit.deed("officer.added", person.email, why=" ".join(sorted(person.duties)))
        try:
            await visit.service.database.officers.add(person, deed)
        except ConflictError:
            errors = {"email": "Somebody with this address is an officer already"}
            return _form(visit, wanted, errors, status=_UNREADABLE)
        return visit.page("officer-password.html", {"person": person, "password": password, "added": True})

    # --- one of them ---

    async def show(self, visit: Visit) -> web.StreamResponse:
        person = await _person(visit)
        return _one(visit, person, _wanted(person), {})

    async def change(self, visit: Visit) -> web.StreamResponse:
        person = await _person(visit)
        wanted = Wanted.of(visit, person.email)
        errors = dict(wanted.faults(visit))
        if person.officer_id == visit.officer.officer_id and Duty.ADMINISTRATOR.value not in wanted.duties:
            errors["duties"] = "You cannot take this duty from yourself. Another administrator can"
        if errors:
            return _one(visit, person, wanted, errors, status=_UNREADABLE)
        slugs = None if wanted.all_slugs else wanted.slugs
        changed = replace(person, name=wanted.name, duties=wanted.duties, slugs=slugs)
        why = f"{_told(person)} -> {_told(changed)}"
        await visit.service.database.officers.change(changed, visit.deed("officer.changed", person.email, why=why))
        return _done(visit, person, "changed")

    async def disable(self, visit: Visit) -> web.StreamResponse:
        person = await _person(visit)
        if person.officer_id == visit.officer.officer_id:
            raise RefusedError(409, "You cannot disable yourself. Another administrator can.")
        deed = visit.deed("officer.disabled", person.email)
        await visit.service.database.officers.disable(person.officer_id, visit.now, deed)
        return _done(visit, person, "disabled")

    async def enable(self, visit: Visit) -> web.StreamResponse:
        person = await _person(visit)
        deed = visit.deed("officer.enabled", person.email)
        await visit.service.database.officers.disable(person.officer_id, None, deed)
        return _done(visit, person, "enabled")

    async def new_password(self, visit: Visit) -> web.StreamResponse:
        person = await _person(visit)
        if person.officer_id == visit.officer.officer_id:
            raise RefusedError(409, "Change your own password on the page of your account.")
        password = ids.passphrase()
        made = await self._passwords.hash(password)
        deed = visit.deed("officer.password-reset", person.email)
        await visit.service.database.officers.set_password(person.officer_id, made, deed, must_change=True)
        return visit.page("officer-password.html", {"person": person, "password": password, "added": False})

    async def reset_factor(self, visit: Visit) -> web.StreamResponse:
        person = await _person(visit)
        if person.officer_id == visit.officer.officer_id:
            raise RefusedError(409, "Another administrator has to do this for you.")
        deed = visit.deed("officer.app-reset", person.email)
        await visit.service.database.officers.reset_factor(person.officer_id, deed)
        return _done(visit, person, "factor")


async def _person(visit: Visit) -> Person:
    number = visit.request.match_info["officer"]
    known = number.isascii() and number.isdigit() and len(number) < 20  # noqa: PLR2004 - digits of 63 bits
    person = await visit.service.database.officers.by_id(int(number)) if known else None
    if person is None:
        raise RefusedError(404, "There is no such officer. Choose one from the list of officers.")
    return person


def _wanted(person: Person) -> Wanted:
    return Wanted(person.email, person.name, person.duties, person.slugs is None, person.slugs or frozenset())


def _choices(visit: Visit) -> Mapping[str, object]:
    packs = visit.service.library.all()
    titles = [(pack.slug, replace(visit, consultation=pack).title, pack.slug) for pack in packs]
    return {"all_duties": _DUTIES, "all_packs": titles}


def _form(visit: Visit, wanted: Wanted, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
    return visit.page("officer-add.html", {"wanted": wanted, "errors": errors, **_choices(visit)}, status=status)


def _one(visit: Visit, person: Person, wanted: Wanted, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
    values = {
        "person": person,
        "wanted": wanted,
        "errors": errors,
        "done": _DONE.get(visit.request.query.get("done", ""), ""),
        "is_me": person.officer_id == visit.officer.officer_id,
        **_choices(visit),
    }
    return visit.page("officer.html", values, status=status)


def _done(visit: Visit, person: Person, what: str) -> web.Response:
    return visit.see(f"{OFFICERS}/{person.officer_id}?done={what}")


def _told(person: Person) -> str:
    where = "all" if person.slugs is None else " ".join(sorted(person.slugs))
    return f"{' '.join(sorted(person.duties))} in {where}"


def _titles() -> Mapping[str, str]:
    return {value: title for value, title, _ in _DUTIES}
