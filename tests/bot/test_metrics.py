"""What is counted: names that stay, and labels from closed sets."""

from __future__ import annotations

import re

from bot.metrics import AWAY, FAULTS, Metrics
from tests.support.source import python_files


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


def test_what_has_not_gone_wrong_yet_stands_at_nothing_so_that_the_first_time_is_a_rise() -> None:
    lines = set(Metrics().text().decode().splitlines())
    assert lines >= {
        *(f'sayso_faults_total{{where="{where}"}} 0.0' for where in FAULTS),
        *(f'sayso_database_away_total{{where="{where}"}} 0.0' for where in AWAY),
        *(f'sayso_failed_steps_total{{channel="{channel}"}} 0.0' for channel in ("sms", "telegram", "web")),
        *(f'sayso_provider_errors_total{{channel="{channel}"}} 0.0' for channel in ("sms", "telegram")),
        "sayso_failed_wakes_total 0.0",
        "sayso_unavailable_total 0.0",
    }


def test_the_places_where_something_goes_wrong_are_all_named() -> None:
    source = "".join(path.read_text() for path in python_files("bot"))
    assert set(re.findall(r'faults\.labels\("(\w+)"\)', source)) == set(FAULTS)
    assert set(re.findall(r'database_away\.labels\("(\w+)"\)', source)) == set(AWAY)
