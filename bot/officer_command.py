"""`sayso officer`: who may sign in at `/console`. The first administrator is made here, others also in the browser."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Final

from bot import ids
from bot.app import prepare
from bot.clock import Clock
from bot.config import Settings
from bot.console.mail_addresses import fault_of_email
from bot.console.passwords import SHORTEST, Passwords
from bot.console.rights import Duty
from bot.errors import OfficerError
from bot.keys import key_of
from bot.packs import Library
from storage.audit import COMMAND, Deed
from storage.database import Database
from storage.errors import ConflictError
from storage.officers import Person, normal

_DUTIES: Final = tuple(duty.value for duty in Duty)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of it."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    add = actions.add_parser("add", help="let somebody sign in", epilog=f"For example: {EXAMPLE}")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--name", required=True, help="what the console calls them")
    add.add_argument(
        "--duty", action="append", required=True, choices=_DUTIES, help="what they are there for; may be repeated"
    )
    add.add_argument(
        "--consultation", action="append", metavar="SLUG", help="only this consultation; may be repeated (default: all)"
    )
    add.add_argument(
        "--password-stdin", action="store_true", help="read a first password from standard input, instead of making one"
    )
    actions.add_parser("list", help="who may sign in", epilog="For example: sayso officer list")
    disable = actions.add_parser(
        "disable",
        help="let somebody in no longer, and end their sessions",
        epilog="For example: sayso officer disable ann@council.example",
    )
    disable.add_argument("email", metavar="EMAIL")


EXAMPLE: Final = "sayso officer add ann@council.example --name 'Ann Analyst' --duty analyst"


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Does what was asked.

    Raises:
        OfficerError: it cannot be done as it was asked.
    """
    actions: dict[str, Callable[[Settings, Database, argparse.Namespace], Awaitable[None]]] = {
        "add": _add,
        "list": _list,
        "disable": _disable,
    }
    asyncio.run(_run(settings, arguments, actions[arguments.action]))
    return 0


async def _run(
    settings: Settings,
    arguments: argparse.Namespace,
    action: Callable[[Settings, Database, argparse.Namespace], Awaitable[None]],
) -> None:
    await prepare(settings)
    database = await Database.open(settings.database_url, secret=key_of(settings))
    try:
        await action(settings, database, arguments)
    finally:
        await database.close()


async def _add(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    email = normal(arguments.email)
    fault = fault_of_email(email)
    if fault is not None:
        raise OfficerError(f"{fault}.")
    slugs = None if arguments.consultation is None else _known(settings, arguments.consultation)
    made = not arguments.password_stdin
    password = ids.passphrase() if made else _typed()
    person = Person(
        officer_id=ids.new_id(),
        email=email,
        name=arguments.name.strip(),
        duties=frozenset(arguments.duty),
        slugs=slugs,
        password_hash=await Passwords().hash(password),
        must_change=True,
        has_factor=False,
        factor_counter=0,
        created_at=Clock().now(),
        disabled_at=None,
    )
    deed = Deed(person.created_at, COMMAND, "officer.added", subject=email, why=" ".join(sorted(person.duties)))
    try:
        await database.officers.add(person, deed)
    except ConflictError:
        raise OfficerError(f"There is an officer {email} already: see `sayso officer list`.") from None
    _say(f"{email} can sign in at {settings.public_url}/console.")
    if made:
        _say(f"Password for the first time: {password}")
    _say("They will be asked to choose their own, and to set up an app on their phone.")


def _known(settings: Settings, slugs: list[str]) -> frozenset[str]:
    library = Library.load(settings.consultations)
    for slug in slugs:
        if library.get(slug) is None:
            known = ", ".join(pack.slug for pack in library.all()) or "none"
            raise OfficerError(f"There is no consultation «{slug}» here. Those that there are: {known}.")
    return frozenset(slugs)


def _typed() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST:
        raise OfficerError(f"The password on standard input is too short: give it {SHORTEST} characters or more.")
    return password


async def _list(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    del settings, arguments
    people = await database.officers.all()
    for person in people:
        where = "all consultations" if person.slugs is None else ", ".join(sorted(person.slugs)) or "no consultation"
        state = "" if person.disabled_at is None else " (disabled)"
        _say(f"{person.email}: {person.name}: {', '.join(sorted(person.duties))}: {where}{state}")
    if not people:
        _say(f"Nobody can sign in yet. Add somebody: {EXAMPLE}")


async def _disable(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    del settings
    person = await database.officers.by_email(arguments.email)
    if person is None:
        raise OfficerError("There is no officer with that address: see `sayso officer list`.")
    now = Clock().now()
    deed = Deed(now, COMMAND, "officer.disabled", subject=person.email)
    await database.officers.disable(person.officer_id, now, deed)
    _say(f"{person.email} can sign in no longer, and is signed out everywhere.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
