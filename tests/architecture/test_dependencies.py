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
from tests.support.advisories import PIN, Advisory, Known, ask_osv, found, load, pins, refreshed, save, told
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
        (Known(), ["advisories: nobody has asked yet", "releases taken back: nobody has asked yet"]),
        (
            Known(date(2030, 4, 1), ("swings",), (), date(2030, 5, 1), ("swings==1.0",)),
            ["advisories: last asked 44 days ago", "never asked of slide", "never asked of slide==3.0"],
        ),
        (Known(TODAY, ("slide", "swings"), (), TODAY, ("slide==3.0", "swings==1.0")), []),
    ],
)
def test_how_far_it_can_be_relied_on_is_told(known: Known, sentences: list[str]) -> None:
    said = [*told(known, [("slide", "3.0"), ("swings", "1.0")], TODAY)]
    assert len(said) == len(sentences)
    assert all(part in sentence for part, sentence in zip(sentences, said, strict=True))


def test_what_is_known_is_kept_and_read_as_it_was(tmp_path: Path) -> None:
    known = Known(TODAY, ("swings",), (ADVISORY,), TODAY, ("swings==1.0",), ("swings==1.0",))
    save(known, tmp_path / "kept.json")
    assert load(tmp_path / "kept.json") == known


# --- asking, of a database on loopback ---


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


class _Database(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"] == {"name": "swings-kit", "ecosystem": "PyPI"} and self.path == "/v1/query"
        body = json.dumps(PAGES[asked["page_token"]] if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def database() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Database) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_all_that_the_database_has_is_read_but_for_what_was_withdrawn(database: str) -> None:
    learnt = [*ask_osv(database, ["slide", "swings-kit"])]
    assert [advisory.id for advisory in learnt] == ["PYSEC-1", "PYSEC-3"]
    assert learnt[0].package == "swings-kit"
    assert learnt[0].summary == "A chain breaks"
    assert learnt[0].ranges == (("0", "1.4", ""), ("2.0", "", ""))
    assert learnt[0].versions == ("1.0", "1.1")
    assert [version for version in ("0.1", "1.4", "2.5", "9.9") if learnt[0].is_about(version)] == ["0.1", "2.5", "9.9"]


def test_asking_again_replaces_what_was_known(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisories, "ask_pip", lambda: ["swings-kit==1.0"])
    known, faults = refreshed(Known(), [("swings-kit", "1.0")], TODAY, api=database)
    assert not faults
    assert (known.advisories_asked, known.taken_back_asked) == (TODAY, TODAY)
    assert len([*found(known, [("swings-kit", "1.0")])]) == 3


def test_what_was_known_stays_where_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def unanswered() -> list[str]:
        raise OSError("pip could not ask about requirements.txt")

    monkeypatch.setattr(advisories, "ask_pip", unanswered)
    before = Known(TODAY, ("swings",), (ADVISORY,), TODAY, ("swings==1.0",), ())
    known, faults = refreshed(before, [("swings", "1.0")], date(2030, 6, 1), api="http://127.0.0.1:9")
    assert known == before
    assert [fault.partition(":")[2] for fault in faults] == [" what was known stays."] * 2


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
