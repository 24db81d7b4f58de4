"""`sayso audit verify`: whether the record of what officers did is still what it was."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.config import Settings
from bot.keys import key_of
from storage.audit import Verdict
from storage.database import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of it."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    verify = actions.add_parser(
        "verify",
        help="read the whole record, and name the first line that does not fit",
        epilog="For example: sayso audit verify --holds HASH",
    )
    verify.add_argument(
        "--holds", metavar="HASH", default="", help="also see that a line has this hash, which an earlier check printed"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Prints what the check found: 0 where the record is whole, 1 where it is not."""
    verdict = asyncio.run(_verified(settings, arguments.holds.strip().lower()))
    if not verdict.whole:
        sys.stdout.write(f"The record does not fit. {verdict.fault}\n")
        sys.stdout.write(f"Lines that fit: {verdict.lines}. Compare it with a backup from before.\n")
        return 1
    sys.stdout.write(f"The record is whole. Lines: {verdict.lines}.\n")
    sys.stdout.write(f"Hash of the last one: {verdict.chain}\n")
    return 0


async def _verified(settings: Settings, holds: str) -> Verdict:
    database = await Database.open(settings.database_url, secret=key_of(settings))
    try:
        return await database.officers.verify(holds=holds)
    finally:
        await database.close()
