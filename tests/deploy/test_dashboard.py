"""The dashboard shows what is counted, all of it, and in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any

from tests.support.counts import complaints, exposed, series
from tests.support.promql import selectors
from tests.support.source import ROOT

DASHBOARD: Mapping[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "sayso.json").read_text())
ROWS = ["Inbound", "Batches", "Queue", "Sending", "Web", "Faults", "Concerns", "Database"]
UNITS = {"bool_yes_no", "cps", "mps", "percentunit", "reqps", "s", "short"}
"""Grafana's names for: yes or no, events, messages and requests a second, a share, seconds, a number."""
NOT_SHOWN: Mapping[str, str] = {}
"""Counts that have no panel, each with the reason."""


def panels() -> list[Mapping[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Every panel's title with one of its expressions."""
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_the_rows_follow_a_message_through_the_service() -> None:
    assert [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"] == ROWS


def test_every_panel_says_what_it_shows_and_in_which_unit() -> None:
    assert len(panels()) > 30
    for panel in panels():
        assert panel["title"], panel
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert panel["type"] in {"stat", "timeseries"}
        assert [target["refId"] for target in panel["targets"]] == list("ABCD")[: len(panel["targets"])]
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]


def test_no_two_panels_have_one_name_or_one_place() -> None:
    everything = DASHBOARD["panels"]
    assert len({panel["id"] for panel in everything}) == len(everything)
    assert len({panel["title"] for panel in everything}) == len(everything)
    for one, other in combinations((panel["gridPos"] for panel in everything), 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in everything)
    assert all(one["gridPos"]["y"] <= other["gridPos"]["y"] for one, other in pairwise(everything))


def test_every_expression_asks_rightly_for_something_that_is_counted() -> None:
    found = [
        f"{title}: {complaint}"
        for title, expression in expressions()
        for one in selectors(expression)
        for complaint in complaints(one)
    ]
    assert not found, "\n".join(found)


def test_everything_that_is_counted_is_shown_or_has_a_reason_not_to_be() -> None:
    shown = {series()[one.metric].name for _, expression in expressions() for one in selectors(expression)}
    missing = set(exposed()) - shown - set(NOT_SHOWN)
    assert not missing, f"give them a panel in deploy/grafana/sayso.json: {sorted(missing)}"
    assert not set(NOT_SHOWN) & shown


def test_the_legend_names_only_labels_that_the_expression_keeps() -> None:
    for panel in panels():
        for target in panel["targets"]:
            named = {part.partition("}}")[0] for part in target["legendFormat"].split("{{")[1:]}
            for one in selectors(target["expr"]):
                kept = one.aggregations[-1][1] if one.aggregations else {"instance", "job"}
                assert named <= kept, panel["title"]


def test_it_can_be_taken_into_any_grafana() -> None:
    sources = {json.dumps(panel["datasource"]) for panel in panels()}
    assert sources == {json.dumps({"type": "prometheus", "uid": "${datasource}"})}
    [variable] = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == ("datasource", "datasource", "prometheus")
    assert "id" not in DASHBOARD, "an id belongs to one Grafana alone"
