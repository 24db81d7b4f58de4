"""What is counted: names that stay, and labels from closed sets."""

from __future__ import annotations

from bot.metrics import Metrics


def test_two_services_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.received.labels("sms").inc()
    assert b'sayso_received_total{channel="sms"} 1.0' in one.text()
    assert b"sayso_received_total{" not in other.text()


def test_every_count_is_named_after_us_and_says_what_it_means() -> None:
    families = list(Metrics().registry.collect())
    assert families
    for family in families:
        assert family.name.startswith("sayso_")
        assert family.documentation
        labels = {label for sample in family.samples for label in sample.labels}
        assert labels <= {"channel", "outcome", "status", "route", "where", "le"}
