"""`sayso backup` and `sayso restore`: the whole database as one encrypted file, and back."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from tqdm import tqdm

from bot.clock import Clock
from bot.config import Settings, instant
from bot.keys import backup_key_of, key_of
from bot.whole_file import WholeFile, sha256_of
from storage.backup import Begin, Kind, Manifest, back_up
from storage.crypto import Keyring
from storage.restore import Restored, Source, Terms, proved, restore

_OWNER_ONLY: Final = 0o600


def add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of `sayso backup`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write it: whole, or not at all")
    parser.add_argument(
        "--tombstones",
        action="store_true",
        help="only the list of who asked to be deleted, and who said STOP: small; make it every few minutes, and keep "
        "it elsewhere",
    )


def add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of `sayso restore`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what `sayso backup` wrote")
    parser.add_argument("--check", action="store_true", help="only see that it is whole; no database is touched")
    parser.add_argument("--replace", action="store_true", help="put it in the place of everything in the database")
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--tombstones",
        type=Path,
        metavar="FILE",
        help="the newest list of who asked to be deleted, or said STOP, since",
    )
    who.add_argument("--without-tombstones", action="store_true", help="there is no such list: people may come back")
    parser.add_argument(
        "--texts-since",
        type=_moment,
        metavar="INSTANT",
        help="have texts that came since then fetched and answered when the service starts (default: now)",
    )


def run_backup(settings: Settings, arguments: argparse.Namespace) -> int:
    """Writes the file.

    Raises:
        BackupKeyError: SAYSO_BACKUP_KEY is not set, or is the secret key too.
        StorageError: the database cannot be read.
    """
    key = backup_key_of(settings)
    kind = Kind.TOMBSTONES if arguments.tombstones else Kind.WHOLE
    with bar("writing") as begin, WholeFile(arguments.file) as whole, whole.partial.open("r+b") as file:
        whole.partial.chmod(_OWNER_ONLY)
        manifest = asyncio.run(back_up(settings.database_url, file, key, kind, now=Clock().now(), begin=begin))
        file.flush()
    _say(f"{arguments.file} is written. {_told(manifest)}")
    _say(f"SHA-256: {sha256_of(arguments.file)}")
    return 0


def run_restore(settings: Settings, arguments: argparse.Namespace) -> int:
    """Checks the file, and puts it into the database.

    Raises:
        BackupKeyError: SAYSO_BACKUP_KEY is not set, or is the secret key too.
        StorageError: the file or the database cannot be used. Nothing was changed.
    """
    key = backup_key_of(settings)
    with ExitStack() as held:
        file: BinaryIO = held.enter_context(arguments.file.open("rb"))
        if arguments.check:
            return _check(file, key)
        tombstones = None
        if arguments.tombstones is not None:
            second: BinaryIO = held.enter_context(arguments.tombstones.open("rb"))
            tombstones = proved(second, key, Kind.TOMBSTONES, _silently)
        with bar("checking") as begin:
            backup = proved(file, key, Kind.WHOLE, begin)
        with bar("restoring") as begin:
            done = asyncio.run(_restored(settings, arguments, backup, tombstones, begin))
    _tell(backup.manifest, tombstones, done)
    return 0


def _check(file: BinaryIO, key: bytes) -> int:
    with bar("checking") as begin:
        manifest = proved(file, key, None, begin).manifest
    _say(f"The file is whole. {_told(manifest)}")
    return 0


async def _restored(
    settings: Settings, arguments: argparse.Namespace, backup: Source, tombstones: Source | None, begin: Begin
) -> Restored:
    now = Clock(settings.now).now()
    terms = Terms(
        now=now,
        texts_since=arguments.texts_since or now,
        replace=arguments.replace,
        forgetful=arguments.without_tombstones,
    )
    keyring = Keyring(key_of(settings))
    return await restore(settings.database_url, backup, keyring, terms, tombstones=tombstones, begin=begin)


def _tell(manifest: Manifest, tombstones: Source | None, done: Restored) -> None:
    _say(f"The database is as it was at {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC. Rows: {done.rows:,}.")
    _say(f"People in it who had asked to be deleted, and are: {done.erased:,}.")
    _say(f"People in it who had said STOP since, and are left alone: {done.stopped:,}.")
    _say(f"Children in it whose parent had said no since, and who are asked nothing more: {done.refused:,}.")
    if tombstones is not None:
        until = tombstones.manifest.made_at
        _say(f"The list of them ends at {until:%Y-%m-%d %H:%M:%S} UTC. What was asked after that is not known.")
    _say(f"Messages that waited to be sent, and will not be: {done.cancelled:,}.")
    _say(f"Invitations and reports that were being sent, and have ended: {done.halted:,}.")
    _say(f"Conversations whose time had come meanwhile, and that wait for the person: {done.asleep:,}.")
    _say("Officers sign in anew. Now start the service.")


def _told(manifest: Manifest) -> str:
    listed = "The list of who asked to be deleted, who said STOP, and whose parent said no,"
    what = listed if manifest.kind is Kind.TOMBSTONES else "The database"
    made_at = f"{manifest.made_at:%Y-%m-%d %H:%M:%S}"
    return f"{what} as it was at {made_at} UTC, revision {manifest.revision}. Rows: {manifest.total:,}."


@contextmanager
def bar(doing: str) -> Iterator[Begin]:
    """A bar on a terminal, and nothing in a pipe."""
    with tqdm(total=0, unit=" rows", desc=doing, disable=None, leave=False, file=sys.stderr) as bar:

        def begin(total: int) -> Callable[[int], object]:
            bar.reset(total)
            return bar.update

        yield begin


def _silently(_total: int) -> Callable[[int], object]:
    return lambda _: None


def _moment(text: str) -> object:
    try:
        return instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"the instant {error}") from error


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
