"""Where the keys come from: the settings; for the demo, a file beside its database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.config import Secret, Settings
from bot.errors import BackupKeyError, SecretKeyMissingError

_SQLITE = "sqlite+aiosqlite:///"


def key_file(settings: Settings) -> Path | None:
    """Where the demo keeps the key of a SQLite database; None for any other database."""
    if not settings.database_url.startswith(_SQLITE):
        return None
    return Path(settings.database_url.removeprefix(_SQLITE) + ".key")


def key_of(settings: Settings) -> tuple[bytes, ...]:
    """The keys that a database was written with: the one that seals, and one that only opens, where it is set.

    Raises:
        SecretKeyMissingError: it is not set, and the demo has left none beside the database.
    """
    also = () if settings.secret_key_also is None else (settings.secret_key_also.reveal().encode(),)
    return (_first_key(settings), *also)


def _first_key(settings: Settings) -> bytes:
    if settings.secret_key is not None:
        return settings.secret_key.reveal().encode()
    beside = key_file(settings)
    if beside is None or not beside.exists():
        raise SecretKeyMissingError
    return beside.read_text(encoding="ascii").strip().encode()


def backup_key_of(settings: Settings) -> bytes:
    """The key of backups.

    Raises:
        BackupKeyError: it is not set, or is the secret key too.
    """
    if settings.backup_key is None:
        raise BackupKeyError(
            "SAYSO_BACKUP_KEY is not set: give it 32 random bytes or more, for example those that "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'` prints. Keep a copy apart from the backups."
        )
    if settings.backup_key in {settings.secret_key, settings.secret_key_also}:
        raise BackupKeyError("SAYSO_BACKUP_KEY is the secret key too: make another, so that one alone opens nothing.")
    return settings.backup_key.reveal().encode()


def key_for_the_demo(settings: Settings) -> Secret:
    """The key that is set, or the one beside the database, made on the first run and readable by its owner alone.

    Raises:
        SecretKeyMissingError: no key is set, and the database is not a file that one could be kept beside.
    """
    beside = key_file(settings)
    if settings.secret_key is None and beside is not None and not beside.exists():
        made = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
    return Secret(_first_key(settings).decode())
