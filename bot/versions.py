"""The consultation as one conversation knows it: its own questions and words, with today's timetable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.errors import VersionMissingError
from bot.packs import Library
from flows.definition import Consultation

Read = Callable[[str], Awaitable[Mapping[str, str] | None]]
"""Gives the files of a version, by its content hash."""


class Versions:
    """Every version that a conversation may still be on. An old one is read once and then remembered."""

    def __init__(self, library: Library, read: Read) -> None:
        self._library = library
        self._read = read
        self._old: dict[str, Consultation] = {}
        self._on_time: dict[tuple[str, str], Consultation] = {}

    async def of(self, slug: str, version: str) -> Consultation:
        """That version of that consultation. An extension of the current version reaches it too.

        Raises:
            VersionMissingError: nobody has it.
            storage.errors.UnavailableError: it has to be read, and the database cannot be reached.
        """
        current = self._library.get(slug)
        if current is not None and current.version == version:
            return current
        old = self._old.get(version)
        if old is None:
            files = await self._read(version)
            if files is None:
                raise VersionMissingError(slug, version)
            old = self._old[version] = self._library.revive(files)
        if current is None:
            return old
        key = version, current.version
        if key not in self._on_time:
            self._on_time[key] = replace(old, timetable=current.timetable)
        return self._on_time[key]
