"""The description of the HTTP side: whole, true to the routes that there are, and as published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import openapi
from bot.openapi import PUBLIC, UndescribedError, description
from tests.support.described import FILE, described, routes_of, written
from tests.support.desk import a_desk
from tests.support.packs import write_pack


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


def _operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, there in document["paths"].items() for method in there}


async def test_the_published_description_is_what_the_routes_make_today(sqlite_url: str, tmp_path: Path) -> None:
    made = written(await described(sqlite_url, tmp_path))
    assert FILE.read_text(encoding="utf-8") == made, "`make openapi` writes it anew"


async def test_every_route_of_a_service_is_in_the_published_description(
    published: dict[str, Any], sqlite_url: str, tmp_path: Path
) -> None:
    async with a_desk(sqlite_url, write_pack(tmp_path / "packs")) as desk:
        served = {route for route in routes_of(desk.service) if route[0] != "HEAD"}
    assert served
    assert served <= _operations(published)


async def test_no_words_are_kept_for_a_route_that_is_not_there(published: dict[str, Any]) -> None:
    assert set(PUBLIC) <= _operations(published)


def test_a_route_without_words_is_an_error_that_says_where_they_go() -> None:
    with pytest.raises(UndescribedError, match=r"GET /new is not described: say in bot/openapi\.py"):
        description([("GET", "/new")])


def test_a_page_that_only_begins_like_the_console_is_not_taken_for_one_of_it() -> None:
    with pytest.raises(UndescribedError):
        description([("GET", "/consoles")])


def test_each_part_of_a_path_is_declared_and_each_scheme_of_security_is_known(published: dict[str, Any]) -> None:
    declared = published["components"]
    for path, there in published["paths"].items():
        holes = {name for name in declared["parameters"] if f"{{{name}}}" in path}
        assert path.count("{") == len(holes), path
        for operation in there.values():
            assert all(
                scheme in declared["securitySchemes"] for each in operation.get("security", []) for scheme in each
            )


def test_every_status_that_is_described_says_what_it_means() -> None:
    assert all(status in openapi._MEANT for words in PUBLIC.values() for status in words.answers)  # noqa: SLF001 - its words
