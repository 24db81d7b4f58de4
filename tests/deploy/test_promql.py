"""The readers that the checks of `deploy/` rely on: what they refuse, they would refuse there too."""

from __future__ import annotations

import pytest

from tests.support.counts import complaints, counts, exposed
from tests.support.plain_yaml import NotPlainError, read
from tests.support.promql import PromqlError, Selector, selectors


def test_an_expression_is_read_down_to_what_it_asks_for() -> None:
    expression = (
        'sum by (le) (rate(sayso_send_seconds_bucket{channel="sms"}[5m])) / max(sayso_queued) > 0.1 or absent(up)'
    )
    rate, queued, up = selectors(expression)
    assert rate == Selector("sayso_send_seconds_bucket", {"channel": "sms"}, "rate", [("sum", frozenset({"le"}))])
    assert queued == Selector("sayso_queued", aggregations=[("max", frozenset())])
    assert up == Selector("up")


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "sum(sayso_queued",
        "sum(sayso_queued))",
        "sum by channel (sayso_queued)",
        "rate(sayso_sent_total)",
        "sum(sayso_sent_total[5m])",
        "sayso_sent_total[5m]",
        "rate(sum(sayso_sent_total[5m]))",
        "irate(sayso_sent_total[5m])",
        "histogram_quantile(rate(sayso_send_seconds_bucket[5m]))",
        "sayso_queued{channel=sms}",
        'sayso_queued{channel="sms" outcome="Sent"}',
        "sayso_queued > > 1",
        "sayso_queued sayso_queued",
        "sayso_queued ; 1",
    ],
)
def test_an_expression_that_prometheus_would_refuse_is_noticed(expression: str) -> None:
    with pytest.raises(PromqlError):
        selectors(expression)


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("max(sayso_nothing)", "nothing counts sayso_nothing"),
        ("max(sayso_sent)", "nothing counts sayso_sent"),
        ("max by (route) (sayso_queued)", "sayso_queued has no label route"),
        ('max(sayso_queued{channel="fax"})', "channel is never fax"),
        ('sum(rate(sayso_sent_total{outcome=~"Sent|Lost"}[5m]))', "outcome is never Lost"),
        ("sum(sayso_queued)", "sayso_queued is the same on every machine: take the highest, do not add up"),
        ("sum(sayso_sent_total)", "sayso_sent_total is a counter: "),
        ("max(increase(sayso_queued[5m]))", "sayso_queued is a gauge: "),
    ],
)
def test_a_count_that_is_asked_for_wrongly_is_noticed(expression: str, complaint: str) -> None:
    [one] = selectors(expression)
    [told] = complaints(one)
    assert told.startswith(complaint)


def test_the_counts_are_read_as_the_registry_has_them() -> None:
    assert {one.name: one.kind for one in counts()} == exposed()


def test_plain_yaml_is_read() -> None:
    text = """
    # a comment
    a-name: some words
    list:
      - one
      - "2: \\"two\\""
      - name: three
        more: ["x", "y z"]
    empty:
    long: >-
      many words
      on lines: two
    """
    assert read("\n".join(line.removeprefix("    ") for line in text.splitlines())) == {
        "a-name": "some words",
        "list": ["one", '2: "two"', {"name": "three", "more": ["x", "y z"]}],
        "empty": None,
        "long": "many words on lines: two",
    }


@pytest.mark.parametrize(
    "text",
    [
        "a: no",
        "a: null",
        "a: ~",
        "a: *b",
        "a: &b c",
        "a: {b: c}",
        "a: [b, c]",
        "a: 'b'",
        "a: b: c",
        "a: b # c",
        'a: "b',
        "a: b\na: c",
        "a: b\n  c: d",
        "a:\n    b: c\n  d: e",
        "just words",
        "a: |\n  b",
    ],
)
def test_yaml_that_two_readers_might_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(NotPlainError):
        read(text)
