"""The consultation as one conversation knows it: its own questions and words, with today's timetable and law."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.errors import VersionMissingError
from bot.packs import Library
from flows.definition import Consultation, Timetable

Read = Callable[[str], Awaitable[Mapping[str, str] | None]]
"""Gives the files of a version, by its content hash."""


class Versions:
    """Every version that a conversation may still be on. An old one is read once and then remembered."""

    def __init__(self, library: Library, read: Read) -> None:
        self._library = library
        self._read = read
        self._old: dict[str, Consultation] = {}
        self._on_time: dict[str, tuple[Timetable, Consultation]] = {}

    async def of(self, slug: str, version: str) -> Consultation:
        """That version of that consultation. The current version's times, laws and lowest ages reach it too.

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
        held = self._on_time.get(version)
        if held is None or held[0] is not current.timetable:
            # By identity: an officer's decision changes the timetable, and not the version.
            today = replace(old, timetable=current.timetable, laws=current.laws, min_age=current.min_age)
            held = self._on_time[version] = current.timetable, today
        return held[1]
