"""What can be counted, for Prometheus. Labels are from closed sets: never a person, a text or an address."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from flows.messages import CONVERSING

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
FAULTS: Final = ("accept", "batch", "language", "request", "schedule", "send")
"""Where a fault of ours is met: what `where` may say of `sayso_faults`."""
AWAY: Final = ("queue", "schedule")
"""What work is put off while there is no database: what `where` may say of `sayso_database_away`."""
_DELAYS: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600)
_BATCH_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128)
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """The counts of one service, in a registry of their own so that two services in one process stay apart.

    Workers of one machine count together: where `PROMETHEUS_MULTIPROC_DIR` is set, any of them tells for all.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count_what_comes_in()
        self._count_what_goes_out()
        self._count_what_goes_wrong()
        self._begin_at_nothing()

    def _count_what_comes_in(self) -> None:
        self.requests = self._counter(
            "sayso_requests", "Requests answered, by the route's own pattern", "route", "status"
        )
        self.request_seconds = self._histogram(
            "sayso_request_seconds", "From a request to its answer", _SECONDS, "route"
        )
        self.received = self._counter("sayso_received", "Messages taken in and committed", "channel")
        self.duplicates = self._counter("sayso_duplicates", "Second deliveries, which changed nothing", "channel")
        self.batches = self._counter("sayso_batches", "Batches committed")
        self.batches_again = self._counter("sayso_batches_again", "Batches done again one message at a time")
        self.batch_size = self._histogram("sayso_batch_size", "Messages in a batch", _BATCH_SIZES)
        self.commit_seconds = self._histogram("sayso_commit_seconds", "From a message to its commit", _SECONDS)
        self.waiting = self._gauge("sayso_waiting", "Messages handed over that wait for a commit", each="livesum")
        self.backlog = self._gauge("sayso_webhook_backlog", "Messages that a provider still holds for us", "channel")
        self.recovered = self._counter("sayso_recovered", "Messages fetched after an outage of ours", "channel")
        self.acknowledged = self._counter("sayso_taps_acknowledged", "Telegram taps answered after the commit")

    def _count_what_goes_out(self) -> None:
        self.queued = self._gauge("sayso_queued", "Messages waiting to be sent", "channel")
        self.queue_age = self._gauge(
            "sayso_queue_age_seconds", "How long the oldest of them could have been sent already", "channel"
        )
        self.on_their_way = self._gauge("sayso_on_their_way", "Messages being sent", "channel", each="livesum")
        self.sent = self._counter("sayso_sent", "Attempts to send, by outcome", "channel", "outcome")
        self.send_seconds = self._histogram(
            "sayso_send_seconds", "A provider's time for one message", _SECONDS, "channel"
        )
        self.reply_seconds = self._histogram(
            "sayso_reply_seconds", "From being queued to being taken by the provider", _DELAYS, "channel"
        )
        self.reports = self._counter("sayso_reports", "What providers say became of messages", "channel", "status")
        self.channel_stopped = self._gauge("sayso_channel_stopped", "1 while a provider refuses us", "channel")
        self.woken = self._counter("sayso_woken", "Conversations woken by the clock")
        self.wake_age = self._gauge("sayso_wake_age_seconds", "How long the oldest conversation to be woken is overdue")

    def _count_what_goes_wrong(self) -> None:
        self.refused = self._counter("sayso_refused", "Requests refused as malformed or not genuine", "status")
        self.unavailable = self._counter("sayso_unavailable", "Requests turned away: no database")
        self.database_away = self._counter("sayso_database_away", "Work put off: no database", "where")
        self.provider_errors = self._counter(
            "sayso_provider_errors", "Questions to a provider without an answer", "channel"
        )
        self.failed_steps = self._counter("sayso_failed_steps", "Messages kept, but not handled: our fault", "channel")
        self.failed_wakes = self._counter("sayso_failed_wakes", "Conversations that could not be woken: our fault")
        self.faults = self._counter("sayso_faults", "Faults that somebody has to look at", "where")
        self.broken_packs = self._gauge("sayso_broken_packs", "Packs with faults, whose last good version goes on")
        self.concerns = self._gauge(
            "sayso_concerns_unacknowledged",
            "Messages that may mean that somebody is not safe, unread",
            "tier",
        )
        self.concern_age = self._gauge("sayso_concern_age_seconds", "How long the oldest of them has waited", "tier")
        self.concerns_untold = self._gauge(
            "sayso_concerns_untold", "Urgent ones of which nobody on the rota could be told for a minute or longer"
        )
        self.on_rota = self._gauge("sayso_rota_people", "People who are told when somebody may not be safe")
        self.alerts = self._counter("sayso_alerts", "Attempts to tell somebody on the rota", "by", "outcome")
        self.workers = self._gauge("sayso_workers", "Processes that serve on this machine", each="livesum")
        self.ready = self._gauge("sayso_ready", "1 while the database can be read and written, asked at every look")

    def _begin_at_nothing(self) -> None:
        """What has not gone wrong yet stands at 0.

        A count that first appears at 1 has not risen, to a rule that waits for a rise: the first fault would be missed.
        """
        for where in FAULTS:
            self.faults.labels(where)
        for where in AWAY:
            self.database_away.labels(where)
        for channel in CONVERSING:
            self.failed_steps.labels(channel.value)
            self.provider_errors.labels(channel.value)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(name, meaning, labels, buckets=buckets, registry=self.registry)

    def _gauge(
        self, name: str, meaning: str, *labels: str, each: Literal["livemostrecent", "livesum"] = "livemostrecent"
    ) -> Gauge:
        """Every worker sees the same queues: the newest view of any is right. What each has for itself is added up."""
        return Gauge(name, meaning, labels, registry=self.registry, multiprocess_mode=each)

    def text(self) -> bytes:
        """Everything counted, as Prometheus reads it."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # its constructor has no annotations
        return generate_latest(together)


def forget(worker: int | None) -> None:
    """What a dead process showed last is no longer so; what it had counted still is. Where workers count together."""
    if worker is not None and "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(worker)  # type: ignore[no-untyped-call]  # it has no annotations
