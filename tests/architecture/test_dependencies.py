"""What we build on: nothing known against a release that we pin, and no licence that a council could not live with."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support import advisories
from tests.support.advisories import PIN, Known, found, load, never_asked, pins, refreshed, save, told
from tests.support.advisory_sources import Advisory, Pin, ask_index, ask_osv, index_of_pip
from tests.support.source import ROOT

TODAY = date(2030, 5, 15)
ADVISORY = Advisory("PYSEC-1", "swings", "A chain breaks", (("1.0", "1.4.2", ""), ("2.0", "", "2.3")), ("0.7b1",))

ALLOWED: Final = re.compile(
    r"MIT(-0)?|Apache(-| Software License|.2\.0)|BSD|PSF|Python Software Foundation|ISC|Unlicense|MPL-2\.0|LGPL-3\.0"
)
"""They ask for their text to be kept, and for changes to their own files alone to be shared."""
FORBIDDEN: Final = re.compile(r"\b(AGPL|SSPL|BUSL|(?<!L)GPL)|Affero|Commercial|Proprietary", re.IGNORECASE)
UNTOLD: Final = {"pyxform": "BSD-2-Clause, in its own LICENSE file alone"}
"""Those that do not tell their licence where it can be read by a program."""
ELSEWHERE: Final = {"colorama"}
"""Those that are pinned for other systems, and not installed here."""
UNANSWERED: Final = {
    "jsonschema-rs==0.60.3": "for tests alone, held back by schemathesis",
    "numpy==2.4.6": "for tests alone, the last one for Python 3.11",
    "oidc-provider-mock==0.3.4": "for tests alone, the last one for Python 3.11",
    "xlrd==2.0.1": "held back by pyxform; it reads .xls files, which we never give it",
}
"""Those that are not the newest of their kind, of which the source that answered does not tell."""


def _licence(held: Distribution) -> str:
    """What the package says of its licence, in whichever way."""
    told = held.metadata
    lines = [told[name].partition("\n")[0] for name in ("License-Expression", "License") if name in told]
    named = [line for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    return "; ".join(line for line in (*lines, *named) if line)


def _runtime() -> Iterator[Distribution]:
    for name, _ in PIN.findall((ROOT / "requirements.txt").read_text()):
        try:
            yield distribution(name)
        except PackageNotFoundError:
            assert name in ELSEWHERE, f"{name} is pinned and not installed"


# --- what is known against releases ---


def test_nothing_is_known_against_a_release_that_we_pin() -> None:
    # How old that knowledge is, `make check` tells: a day that passes turns nothing red.
    assert not [*found(load(), pins())]


def test_it_was_asked_of_every_release_that_we_pin_what_is_known_against_it() -> None:
    # A new pin comes from the index that is asked, so whoever changes one can ask: `make advisories`.
    known = load()
    assert not never_asked(known.taken_back_asked, pins())
    assert set(never_asked(known.advisories_asked, pins())) == set(UNANSWERED)


@pytest.mark.parametrize(
    ("version", "is_about"),
    [
        ("0.7b1", True),
        ("0.9", False),
        ("1.0", True),
        ("1.4.1", True),
        ("1.4.2", False),
        ("1.9", False),
        ("2.0", True),
        ("2.3", True),
        ("2.3.1", False),
    ],
)
def test_an_advisory_is_about_the_versions_between_its_bounds(version: str, *, is_about: bool) -> None:
    assert ADVISORY.is_about(version) is is_about


def test_a_bound_that_is_no_version_lets_more_be_found_and_not_less() -> None:
    assert replace(ADVISORY, ranges=(("not-a-version", "", ""),)).is_about("9.9")


def test_what_is_found_names_advisory_package_version_and_what_is_wrong() -> None:
    known = Known(advisories=(ADVISORY,), taken_back=("slide==3.0",))
    assert [*found(known, [("slide", "3.0"), ("slide", "3.1"), ("swings", "1.2"), ("swings", "1.5")])] == [
        "slide==3.0 was taken back by its makers",
        "PYSEC-1 swings==1.2: A chain breaks",
    ]


@pytest.mark.parametrize(
    ("known", "sentences"),
    [
        (
            Known(),
            [
                "advisories: never asked of slide==3.0, swings==1.0",
                "releases taken back: never asked of slide==3.0, swings==1.0",
            ],
        ),
        (
            Known({"swings==1.0": date(2030, 4, 1)}, (), {"swings==1.0": date(2030, 5, 1)}),
            [
                "advisories: never asked of slide==3.0",
                "advisories: last asked 44 days ago",
                "releases taken back: never asked of slide==3.0",
            ],
        ),
        (Known({"slide==3.0": TODAY, "swings==1.0": TODAY}, (), {"slide==3.0": TODAY, "swings==1.0": TODAY}), []),
    ],
)
def test_how_far_it_can_be_relied_on_is_told(known: Known, sentences: list[str]) -> None:
    said = [*told(known, [("slide", "3.0"), ("swings", "1.0")], TODAY)]
    assert len(said) == len(sentences)
    assert all(part in sentence for part, sentence in zip(sentences, said, strict=True))


def test_what_is_known_is_kept_and_read_as_it_was(tmp_path: Path) -> None:
    known = Known({"swings==1.0": TODAY}, (ADVISORY,), {"slide==3.0": TODAY}, ("swings==1.0",))
    save(known, tmp_path / "kept.json")
    assert load(tmp_path / "kept.json") == known


# --- asking, of a database and an index on loopback ---


def _vulnerability(number: int, **more: object) -> dict[str, object]:
    return {
        "id": f"PYSEC-{number}",
        "summary": "A chain\nbreaks",
        "affected": [
            {
                "package": {"name": "Swings_Kit", "ecosystem": "PyPI"},
                "ranges": [
                    {"type": "GIT", "events": [{"introduced": "0"}]},
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.4"}, {"introduced": "2.0"}]},
                ],
                "versions": ["1.0", "1.1"],
            },
            {"package": {"name": "swings-kit", "ecosystem": "npm"}, "versions": ["9.9"]},
        ],
        **more,
    }


PAGES: Final[dict[str, dict[str, object]]] = {
    "": {"vulns": [_vulnerability(1), _vulnerability(2, withdrawn="2029-01-01T00:00:00Z")], "next_page_token": "more"},
    "more": {"vulns": [_vulnerability(3)]},
}


def _release(version: str, *held: dict[str, object]) -> dict[str, object]:
    return {"info": {"version": version}, "vulnerabilities": [*held]}


INDEX: Final[dict[str, dict[str, object]]] = {
    "/pypi/swings/1.0/json": _release(
        "1.0",
        {"id": "PYSEC-7", "summary": None, "details": "A chain\nbreaks", "withdrawn": None},
        {"id": "PYSEC-8", "summary": "A mistake", "withdrawn": "2029-01-01T00:00:00Z"},
    ),
    "/pypi/swings/json": _release("2.0", {"id": "PYSEC-9", "summary": "About another release"}),
    "/pypi/slide/json": _release("3.0", {"id": "PYSEC-10", "summary": "Too steep"}),
    "/pypi/bench/json": _release("1.0"),
}


class _Source(BaseHTTPRequestHandler):
    """The database to whoever posts, the index to whoever gets."""

    def do_POST(self) -> None:
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"] == {"name": "swings-kit", "ecosystem": "PyPI"} and self.path == "/v1/query"
        self._answer(200, PAGES[asked["page_token"]] if known else {})

    def do_GET(self) -> None:
        self._answer(200 if self.path in INDEX else 404, INDEX.get(self.path, {}))

    def _answer(self, status: int, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def source() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Source) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_all_that_the_database_has_is_read_but_for_what_was_withdrawn(source: str) -> None:
    learnt = [*ask_osv(source, ["slide", "swings-kit"])]
    assert [advisory.id for advisory in learnt] == ["PYSEC-1", "PYSEC-3"]
    assert learnt[0].package == "swings-kit"
    assert learnt[0].summary == "A chain breaks"
    assert learnt[0].ranges == (("0", "1.4", ""), ("2.0", "", ""))
    assert learnt[0].versions == ("1.0", "1.1")
    assert [version for version in ("0.1", "1.4", "2.5", "9.9") if learnt[0].is_about(version)] == ["0.1", "2.5", "9.9"]


@pytest.mark.parametrize(
    ("pin", "held"),
    [
        (("swings", "1.0"), ["PYSEC-7: A chain breaks"]),
        (("slide", "3.0"), ["PYSEC-10: Too steep"]),
        (("bench", "1.0"), []),
        (("slide", "2.9"), None),
        (("sandpit", "1.0"), None),
    ],
)
def test_the_index_tells_of_a_release_or_of_the_newest_alone(source: str, pin: Pin, held: list[str] | None) -> None:
    told = ask_index(source, pin)
    assert (None if told is None else [f"{one.id}: {one.summary}" for one in told]) == held
    assert all(one.is_about(pin[1]) and not one.is_about("9.9") for one in told or ())


def test_the_index_is_the_one_that_pip_is_set_up_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://packages.council.example/root/simple")
    assert index_of_pip() == "http://packages.council.example/root"


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"{source}/simple")
    monkeypatch.setattr(advisories, "ask_pip", lambda _: ["swings-kit==1.0"])


@pytest.mark.usefixtures("pip")
def test_asking_again_replaces_what_was_known(source: str) -> None:
    before = Known({"swings-kit==0.9": date(2030, 1, 1)}, (replace(ADVISORY, package="swings-kit"),))
    known, faults = refreshed(before, [("swings-kit", "1.0")], TODAY, api=source)
    assert not faults
    assert (known.advisories_asked, known.taken_back_asked) == ({"swings-kit==1.0": TODAY},) * 2
    assert [line.partition(":")[0] for line in found(known, [("swings-kit", "1.0")])] == [
        "PYSEC-1 swings-kit==1.0",
        "PYSEC-3 swings-kit==1.0",
        "swings-kit==1.0 was taken back by its makers",
    ]


@pytest.mark.usefixtures("pip")
def test_without_the_database_the_index_is_asked_and_where_it_is_silent_what_was_known_stays() -> None:
    pinned = [("bench", "1.0"), ("slide", "2.9"), ("slide", "3.0"), ("swings", "1.0")]
    earlier = date(2030, 4, 20)
    before = Known(
        {"slide==2.9": earlier, "swings==1.0": earlier},
        (ADVISORY, replace(ADVISORY, id="PYSEC-2", package="slide", versions=("2.9",))),
    )
    known, faults = refreshed(before, pinned, TODAY, api="http://127.0.0.1:9")
    assert known.advisories_asked == {
        "bench==1.0": TODAY,
        "slide==2.9": earlier,
        "slide==3.0": TODAY,
        "swings==1.0": TODAY,
    }
    assert [line.partition(":")[0] for line in found(known, pinned)] == [
        "PYSEC-2 slide==2.9",
        "PYSEC-10 slide==3.0",
        "PYSEC-7 swings==1.0",
    ]
    assert [fault.partition("(")[0] for fault in faults] == [
        "The advisory database could not be asked ",
        "The package index does not say what is known against slide==2.9: what was known stays.",
    ]


@pytest.mark.usefixtures("pip")
def test_an_index_that_tells_of_every_release_is_enough() -> None:
    known, faults = refreshed(Known(), [("bench", "1.0"), ("slide", "3.0")], TODAY, api="http://127.0.0.1:9")
    assert not faults
    assert [*told(known, [("bench", "1.0"), ("slide", "3.0")], TODAY)] == []


def test_what_was_known_stays_where_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def unanswered(_: object) -> list[str]:
        raise OSError("pip could not ask about requirements.txt")

    monkeypatch.setattr(advisories, "ask_pip", unanswered)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    before = Known({"swings==1.0": TODAY}, (ADVISORY,), {"swings==1.0": TODAY})
    known, faults = refreshed(before, [("swings", "1.0")], date(2030, 6, 1), api="http://127.0.0.1:9")
    assert known == before
    assert [fault.partition(" could not ")[0] for fault in faults] == [
        "The advisory database",
        "The package index",
        "pip",
    ]


# --- licences ---


def test_every_library_of_the_service_has_a_licence_that_allows_what_a_council_does_with_it() -> None:
    seen = {held.metadata["Name"].lower(): _licence(held) for held in _runtime()}
    assert len(seen) > 40, "the rule saw no libraries"
    assert {name for name, licence in seen.items() if not licence} == set(UNTOLD)
    assert not {name: licence for name, licence in seen.items() if name not in UNTOLD and not ALLOWED.search(licence)}
    assert not {name: licence for name, licence in seen.items() if FORBIDDEN.search(licence)}


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "GPL-3.0", "License :: Other/Proprietary License", "SSPL-1.0"])
def test_a_licence_that_would_bind_the_councils_own_work_is_noticed(licence: str) -> None:
    assert FORBIDDEN.search(licence)


def test_what_is_installed_is_what_is_pinned() -> None:
    pinned = dict(PIN.findall((ROOT / "requirements.txt").read_text()))
    assert not {
        held.metadata["Name"]: held.version
        for held in _runtime()
        if pinned[re.sub(r"[-_.]+", "-", held.metadata["Name"]).lower()] != held.version
    }
