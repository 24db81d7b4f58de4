"""The closed set of ways `storage` can refuse, each saying what to do next.

No message holds a value from a row: what the database itself said is named by its class alone, because its own words
may quote what a person wrote.
"""

from __future__ import annotations


class StorageError(Exception):
    """Base of every error raised by `storage`; never raised itself."""


class UnavailableError(StorageError):
    """The database cannot be reached or written just now. Nothing was lost: try the same again later.

    When it comes out of `commit`, the work may have been committed all the same; doing it again is safe, because a
    provider's second delivery changes nothing.
    """


class ConflictError(StorageError):
    """Somebody else got in the way: do this unit of work again from its start, one message at a time."""


class FaultyStatementError(StorageError):
    """The database refused a statement. This is a fault in Sayso: report it with the names in this message."""


class SchemaBehindError(StorageError):
    """The database's tables are not those of this release. Run `sayso db upgrade`."""


class WrongSecretError(StorageError):
    """`SAYSO_SECRET_KEY` is too short, or is not the one that this database was written with. Set the right one."""


class UnreadableValueError(StorageError):
    """A stored value was altered, or belongs to another person or column. Restore the database from a backup."""


class BackupError(StorageError):
    """A backup cannot be used as it is, or as it was asked. Nothing was changed; the message says what to do."""


class UnusableUrlError(StorageError):
    """`SAYSO_DATABASE_URL` names a database that Sayso cannot use. The message says which forms it may have."""
