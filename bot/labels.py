"""Answers get the label of their language after they were kept, so that no label delays an answer or loses one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from bot import log
from bot.clock import Clock
from bot.language import listen
from bot.metrics import Metrics
from bot.versions import Versions
from flows.events import LanguageHeard
from flows.step import step
from storage.database import Database
from storage.records import Unheard

MOST: Final = 32
"""Answers listened to at a time. What is left waits in the database, where a crash harms it as little as a rush."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Listens to what was answered. Doing it twice, in two workers or after a crash, comes to the same."""

    database: Database
    versions: Versions
    clock: Clock
    metrics: Metrics

    async def listen(self) -> int:
        """Labels some of the answers that have none yet; returns how many."""
        async with self.database.snapshot() as reader:
            unheard = await reader.unheard(MOST)
        labels = [(one, await self._heard(one)) for one in unheard]
        for one, language in labels:
            if language is not None and language != one.language:
                await self._remember(one, language)
        await self.database.integrity.compare(unheard, self.clock.now())
        # Last, so that what a crash cut short is done again.
        if labels:
            await self.database.label(labels)
        return len(labels)

    async def _heard(self, one: Unheard) -> str | None:
        """In a thread, one text at a time: between two of them the event loop has its turn."""
        try:
            languages = (await self.versions.of(one.slug, one.version)).languages
            return await asyncio.to_thread(listen, one.text, one.language, languages)
        except Exception as error:  # noqa: BLE001 - an answer without a label is whole; one tried for ever blocks the rest
            self.metrics.faults.labels("language").inc()
            log.error("the language of an answer could not be heard", fault=error)
            return None

    async def _remember(self, one: Unheard, language: str) -> None:
        async with self.database.unit_of_work() as work:
            for person in await work.under_way(one.participant_id, one.slug):
                record = person.conversations[one.slug]
                consultation = await self.versions.of(record.slug, record.version)
                now = self.clock.now()
                done = step(consultation, record.state, LanguageHeard(now, one.question, language), now=now)
                if done.state != record.state:
                    record.state = done.state
                    work.save_conversation(record)
            await work.commit()
