"""`sayso keys`: everything sealed with a new secret key, while the service runs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping

from bot.backup_command import bar
from bot.config import Settings
from bot.keys import key_of
from storage.crypto import Keyring
from storage.rotation import Rotated, left, rotate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of it."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    actions.add_parser(
        "rotate",
        help="seal everything with SAYSO_SECRET_KEY that is still sealed with SAYSO_SECRET_KEY_ALSO",
        epilog="For example: sayso keys rotate",
    )
    actions.add_parser(
        "check", help="say what is still sealed with another key", epilog="For example: sayso keys check"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Does what was asked: 0 where nothing needs an older key any more, 1 where something does.

    Raises:
        SecretKeyMissingError: there is no key.
        StorageError: the database cannot be used, or was written with other keys.
    """
    keyring = Keyring(key_of(settings))
    if arguments.action == "check":
        return _tell(asyncio.run(left(settings.database_url, keyring)))
    with bar("sealing") as begin:
        done = asyncio.run(rotate(settings.database_url, keyring, begin))
    _say(f"Values sealed with the new key: {done.sealed:,}, {_speed(done)} a second.")
    if done.damaged:
        _say(
            f"Values that open with none of the keys: {done.damaged:,}. They were altered: restore them from a backup."
        )
    return _tell(done.left)


def _speed(done: Rotated) -> str:
    return f"{done.sealed / max(done.seconds, 0.001):,.0f}"


def _tell(waiting: Mapping[str, int]) -> int:
    if not waiting:
        _say("Everything is sealed with SAYSO_SECRET_KEY. Take SAYSO_SECRET_KEY_ALSO out, and restart each worker.")
        return 0
    for name, count in waiting.items():
        _say(f"{name}: {count:,} still need another key.")
    _say(
        "Keep the old key. See that every worker was restarted with the new one as SAYSO_SECRET_KEY; then run "
        "`sayso keys rotate` again."
    )
    return 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
