"""What `bot.metrics` counts, read from its source: also the labels of what has not happened yet."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from bot.metrics import AWAY, FAULTS, Metrics
from flows.messages import CONVERSING
from tests.support.promql import Selector
from tests.support.source import ROOT

TARGET = {"instance", "job"}
"""Labels that Prometheus adds: which machine it asked."""
UP = "up"
"""What Prometheus itself counts: whether a machine answered."""
_PARTS = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
OUTCOMES = {"Sent", "RetryAt", "Gone", "OurFault"}
_VALUES = {"channel": {channel.value for channel in CONVERSING}, "outcome": OUTCOMES, "where": {*FAULTS, *AWAY}}


@dataclass(frozen=True, slots=True)
class Count:
    """One metric."""

    name: str
    kind: str
    """`counter`, `gauge` or `histogram`."""
    labels: frozenset[str]
    shared: bool
    """A gauge of which every worker shows the same value: several must not be added up."""


def counts() -> list[Count]:
    """Every metric, as its line in `bot/metrics.py` makes it."""
    tree = ast.parse((ROOT / "bot" / "metrics.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return [
        _count(call, call.func.attr.removeprefix("_"))
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"_counter", "_gauge", "_histogram"}
    ]


def _count(call: ast.Call, kind: str) -> Count:
    texts = [word.value for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
    each = [word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)]
    return Count(texts[0], kind, frozenset(texts[2:]), shared=kind == "gauge" and not each)


def exposed() -> dict[str, str]:
    """Name and kind of every metric, as the registry itself has them."""
    return {family.name: family.type for family in Metrics().registry.collect()}


def series() -> dict[str, Count]:
    """By the name that Prometheus stores it under, such as `sayso_sent_total`."""
    return {f"{one.name}{part}": one for one in counts() for part in _PARTS[one.kind]}


def complaints(one: Selector) -> list[str]:
    """Everything that is wrong with asking for a count in this way."""
    if one.metric == UP:
        return []
    known = series().get(one.metric)
    if known is None:
        return [f"nothing counts {one.metric}"]
    labels = known.labels | TARGET | ({"le"} if one.metric.endswith("_bucket") else set())
    used = set(one.matchers) | {label for _, kept in one.aggregations for label in kept}
    found = [f"{one.metric} has no label {label}" for label in sorted(used - labels)]
    found += [
        f"{label} is never {value}"
        for label, wanted in one.matchers.items()
        for value in wanted.split("|")
        if label in _VALUES and value not in _VALUES[label]
    ]
    if (one.function in {"increase", "rate"}) != (known.kind != "gauge"):
        found.append(f"{one.metric} is a {known.kind}: what only grows is asked for its increase or rate, and else not")
    if known.shared and any(name == "sum" for name, _ in one.aggregations):
        found.append(f"{one.metric} is the same on every machine: take the highest, do not add up")
    return found
