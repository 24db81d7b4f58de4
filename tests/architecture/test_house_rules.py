"""Rules of the house that no ready-made tool knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import ROOT, functions, kept_files, named, python_files

WORDS_IN_A_SENTENCE = 4

# Where some developer keeps things, or where some machine fetches them from.
# Spelt so that this file keeps the rule itself.
MACHINE = re.compile(
    rb"(?<![\w.~])/(?:work|root|Users)/[\w.]|--(?:extra-|default-)?index-ur[l]|--find-link[s]|pythonhoste[d]|registry\.npm[j]s"
)

MAKE_COMMAND = re.compile(r"(?:^|`|\$ )make ([a-z][a-z-]*)", re.MULTILINE)
MAKE_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)

BANNED = [
    "from datetime import date\ndate.today()",
    "from datetime import datetime\ndatetime.now()",
    "import datetime\ndatetime.datetime.now(datetime.UTC)",
    "from datetime import datetime\ndatetime.utcnow()",
    "import random",
    "import time\ntime.time()",
    "from uuid import uuid4",
]


def _short_names(source: str) -> Iterator[str]:
    for function in functions(ast.parse(source)):
        name = function.name.removeprefix("test_")
        if name != function.name and len(name.split("_")) < WORDS_IN_A_SENTENCE:
            yield function.name


def _ruff_complaints(source: str, *, as_file: str) -> str:
    command = [sys.executable, "-m", "ruff", "check", "--select=TID251", "--output-format=concise"]
    command += ["--stdin-filename", as_file, "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, cwd=ROOT, check=False).stdout


def _pinned(path: Path) -> dict[str, str]:
    """Every requirement with its lines of hashes."""
    blocks = re.split(r"\n(?=[a-z])", "\n" + path.read_text())
    return {block.partition("==")[0]: block for block in blocks if "==" in block}


def _asked_for(path: Path) -> set[str]:
    lines = [line.partition("#")[0].strip() for line in path.read_text().splitlines()]
    return {line.partition("[")[0] for line in lines if line and not line.startswith("-")}


def test_every_test_is_named_by_a_sentence() -> None:
    paths = python_files("tests")
    assert paths, "the rule saw no tests"
    short = [f"{named(path)}::{name}" for path in paths for name in _short_names(path.read_text())]
    assert not short, "\n".join(short)


def test_a_test_with_a_short_name_is_noticed() -> None:
    assert list(_short_names("def test_step(): ...\ndef test_stop_is_final(): ...\ndef helper(): ...")) == [
        "test_step",
        "test_stop_is_final",
    ]


def test_no_file_names_a_place_on_one_machine() -> None:
    files = kept_files()
    assert ROOT / "pyproject.toml" in files, "the rule saw no files"
    found = [f"{named(path)}: {match.group()!r}" for path in files for match in MACHINE.finditer(path.read_bytes())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text", ["cd /{}/main", "--{}-url https://example.org", "('/{}/.cache')"])
def test_a_place_on_one_machine_is_noticed(text: str) -> None:
    assert any(MACHINE.search(text.format(word).encode()) for word in ("work", "index", "root"))


def test_every_make_command_in_the_documents_is_a_target() -> None:
    targets = set(MAKE_TARGET.findall((ROOT / "Makefile").read_text()))
    documents = [path for path in kept_files() if path.suffix == ".md"]
    used = {(named(path), name) for path in documents for name in MAKE_COMMAND.findall(path.read_text())}
    assert {"demo", "test"} <= {name for _, name in used}, "the rule saw no commands"
    assert not {(document, name) for document, name in used if name not in targets}


@pytest.mark.parametrize("source", BANNED)
@pytest.mark.parametrize("module", ["flows/step.py", "storage/messages.py", "bot/web.py", "tests/test_web.py"])
def test_time_and_chance_outside_their_modules_are_noticed(source: str, module: str) -> None:
    assert "TID251" in _ruff_complaints(source, as_file=module)


@pytest.mark.parametrize("module", ["bot/clock.py", "bot/ids.py"])
def test_time_and_chance_have_modules_of_their_own(module: str) -> None:
    assert (ROOT / module).exists()
    assert "All checks passed" in _ruff_complaints("\n".join(BANNED), as_file=module)


@pytest.mark.parametrize("name", ["requirements-build", "requirements", "requirements-dev"])
def test_every_requirement_is_pinned_with_a_hash(name: str) -> None:
    pinned = _pinned(ROOT / f"{name}.txt")
    assert pinned
    assert _asked_for(ROOT / f"{name}.in") <= set(pinned)
    assert not [package for package, block in pinned.items() if "--hash=sha256:" not in block]


def test_the_tests_run_on_the_versions_that_the_service_runs_on() -> None:
    runtime, development = (_pinned(ROOT / f"requirements{suffix}.txt") for suffix in ("", "-dev"))
    shared = set(runtime) & set(development)
    assert shared, "the rule saw no common requirements"
    assert {name: runtime[name].split()[0] for name in shared} == {
        name: development[name].split()[0] for name in shared
    }


def test_the_package_asks_for_what_the_requirements_pin() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements.in"]}
