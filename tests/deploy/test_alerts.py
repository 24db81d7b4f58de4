"""Whoever is woken by an alert is told what happened, what to do next, and where to read on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.support.counts import complaints
from tests.support.plain_yaml import read
from tests.support.promql import selectors
from tests.support.source import ROOT, python_files

PROMETHEUS = ROOT / "deploy" / "prometheus"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
LINK = re.compile(r"docs/runbook\.md#([a-z0-9-]+)")
DURATION = re.compile(r"\d+[smh]")
LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
QUOTED = re.compile(r"`([^`]+)`")


def rules() -> Sequence[Mapping[str, Any]]:
    document: Any = read((PROMETHEUS / "alerts.yml").read_text())
    [group] = document["groups"]
    found: Sequence[Mapping[str, Any]] = group["rules"]
    return found


RULES = rules()
by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])


def anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def headings(level: int, within: str = "") -> list[str]:
    """The runbook's headings of a level, in order; only those below the heading `within`."""
    text = RUNBOOK.partition(f"\n{'#' * (level - 1)} {within}\n")[2] if within else RUNBOOK
    body = re.split(rf"^#{{1,{level - 1}}} ", text, maxsplit=1, flags=re.MULTILINE)[0] if within else text
    return re.findall(rf"^#{{{level}}} (.+)$", body, re.MULTILINE)


def test_every_part_of_the_issue_that_can_be_seen_has_its_alert() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(set(names)) == len(names)
    assert {
        "SaysoDatabaseAway",
        "SaysoNobodyReady",
        "SaysoProviderErrors",
        "SaysoProviderRefusesUs",
        "SaysoQueueOld",
        "SaysoServerErrors",
        "SaysoStepFailed",
        "SaysoWebhookBacklog",
    } <= set(names)


@by_name
def test_an_alert_asks_rightly_for_something_that_is_counted(rule: Mapping[str, Any]) -> None:
    asked = selectors(rule["expr"])
    assert asked
    assert not [complaint for one in asked for complaint in complaints(one)]


@by_name
def test_an_alert_says_how_urgent_it_is_and_what_to_do(rule: Mapping[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert DURATION.fullmatch(rule.get("for", "0s"))
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["description"].count(". ") >= 1, "what it means, and what to do"


@by_name
def test_an_alert_names_only_labels_that_its_expression_keeps(rule: Mapping[str, Any]) -> None:
    named = set(LABEL.findall(str(rule["annotations"])))
    for one in selectors(rule["expr"]):
        assert named <= (one.aggregations[-1][1] if one.aggregations else {"instance", "job"})


@by_name
def test_what_an_alert_quotes_stands_in_the_code(rule: Mapping[str, Any]) -> None:
    source = "\n".join(path.read_text() for path in python_files("bot"))
    for quoted in QUOTED.findall(rule["annotations"]["description"]):
        said = quoted.removeprefix("sayso ")
        assert said in source, quoted


@by_name
def test_an_alert_leads_to_its_own_part_of_the_runbook(rule: Mapping[str, Any]) -> None:
    match = LINK.fullmatch(rule["annotations"]["runbook"])
    assert match is not None
    assert match[1] in {anchor(heading) for heading in headings(3, "When an alert comes")}
    part = RUNBOOK.partition(f"\n### {next(one for one in headings(3) if anchor(one) == match[1])}\n")[2]
    assert f"`{rule['alert']}`" in re.split(r"^##", part, maxsplit=1, flags=re.MULTILINE)[0]


def test_every_part_of_the_runbook_about_an_alert_belongs_to_one() -> None:
    led_to = {LINK.sub(r"\1", rule["annotations"]["runbook"]) for rule in RULES}
    assert {anchor(heading) for heading in headings(3, "When an alert comes")} == led_to


def test_the_sample_asks_each_machine_by_itself_and_reads_the_alerts() -> None:
    sample: Any = read((PROMETHEUS / "prometheus.yml").read_text())
    assert [(PROMETHEUS / name).exists() for name in sample["rule_files"]] == [True]
    [job] = sample["scrape_configs"]
    assert job["job_name"] == "sayso", "the alert for a machine that is away names it"
    [targets] = job["static_configs"]
    compose: Any = read((ROOT / "deploy" / "compose.yml").read_text())
    assert {target.partition(":")[0] for target in targets["targets"]} <= set(compose["services"])
