"""Where the secret key comes from: the setting; for the demo, a file beside its database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.config import Secret, Settings
from bot.errors import SecretKeyMissingError

_SQLITE = "sqlite+aiosqlite:///"


def key_file(settings: Settings) -> Path | None:
    """Where the demo keeps the key of a SQLite database; None for any other database."""
    if not settings.database_url.startswith(_SQLITE):
        return None
    return Path(settings.database_url.removeprefix(_SQLITE) + ".key")


def key_of(settings: Settings) -> bytes:
    """The key that a database was written with, for commands that read it.

    Raises:
        SecretKeyMissingError: it is not set, and the demo has left none beside the database.
    """
    if settings.secret_key is not None:
        return settings.secret_key.reveal().encode()
    beside = key_file(settings)
    if beside is None or not beside.exists():
        raise SecretKeyMissingError
    return beside.read_text(encoding="ascii").strip().encode()


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
    return Secret(key_of(settings).decode())
