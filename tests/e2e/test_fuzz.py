"""Whatever the published description lets somebody send, and a good deal that it does not: never a fault of ours.

The same requests each time, some forty seconds of them. `make fuzz` sends others, and more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from schemathesis import Response

from tests.support.described import EVERYTHING
from tests.support.fuzz_known import informed, published
from tests.support.fuzzing import Fuzzer, Request, Served, headers_of, served
from tests.support.packs import SLUG, write_pack

TIMES = int(os.environ.get("SAYSO_FUZZ_TIMES", "1"))
"""How many times the usual number of examples; more than once, and they are others each time."""
LASTING = TIMES > 1
THEMES = """
[[themes]]
code = "queue"
name = "Waiting"
"""


@pytest.fixture
def service(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    with served(sqlite_url, write_pack(tmp_path / "packs", more=THEMES), **EVERYTHING) as service:
        yield service
        assert not service.faults(), "the service itself counts faults"


@pytest.fixture
def fuzzer(service: Served) -> Fuzzer:
    return Fuzzer(service, informed(published(), service.known()))


def _is_page(path: str) -> bool:
    return not path.startswith(("/hooks", "/console"))


def _is_behind_the_door(path: str) -> bool:
    return path.startswith("/console") and not path.startswith("/console/sign-in")


@pytest.mark.timeout(120 * TIMES)
def test_providers_requests_with_their_own_signature_are_taken_or_refused_in_one_sentence(fuzzer: Fuzzer) -> None:
    answered = 0
    for operation in fuzzer.operations(lambda path: path.startswith("/hooks")):
        answered += fuzzer.run(operation, fuzzer.provider, examples=60 * TIMES, lasting=LASTING)
        answered += fuzzer.run(operation, fuzzer.anybody, examples=5 * TIMES, lasting=LASTING)
    assert answered >= 150


@pytest.mark.timeout(120 * TIMES)
def test_peoples_pages_and_the_operators_answer_anything_as_described(fuzzer: Fuzzer) -> None:
    answered = 0
    for operation in fuzzer.operations(_is_page):
        posts = operation.method.upper() == "POST"
        send, examples = (fuzzer.visitor, 80) if posts else (fuzzer.anybody, 20)
        answered += fuzzer.run(operation, send, examples=examples * TIMES, lasting=LASTING)
    assert answered >= 200


@pytest.mark.timeout(120 * TIMES)
def test_whoever_is_not_signed_in_is_led_to_the_sign_in_or_refused(fuzzer: Fuzzer) -> None:
    led = set[tuple[int, str]]()

    def noted(case: Request) -> Response:
        response = fuzzer.anybody(case)
        led.add((response.status_code, headers_of(response).get("location", "").partition("?")[0]))
        return response

    for operation in fuzzer.operations(_is_behind_the_door):
        fuzzer.run(operation, noted, examples=2 * TIMES, lasting=LASTING)
    assert led == {(303, "/console/sign-in")}


@pytest.mark.timeout(120 * TIMES)
def test_an_officer_can_send_anything_to_any_page(fuzzer: Fuzzer) -> None:
    answered = 0
    for operation in fuzzer.operations(lambda path: path.startswith("/console")):
        examples = 8 if operation.method.upper() == "POST" else 4
        answered += fuzzer.run(operation, fuzzer.officer, examples=examples * TIMES, lasting=LASTING)
    assert answered >= 300


def test_the_walk_through_the_console_finds_what_the_fuzzer_is_to_know(service: Served) -> None:
    known = service.known()
    assert SLUG in known.parts["slug"]
    assert known.pages > 15
    assert "/console/{slug}/themes/{question}" in known.fields
