"""The papers for a safeguarding lead and a data protection officer: what they name is there, and no rule is missing.

Whether a sentence is true, no test can see. That a test, a file, a page or a setting that it names has gone, it can.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from storage import tables
from tests.support.source import PACKAGES, ROOT, named, python_files

PAPERS = ROOT / "docs" / "papers"
RULES = {1: 8, 2: 9, 3: 7, 4: 6, 5: 5, 6: 11, 7: 8, 8: 6, 9: 4}
"""How many rules each part of the list has."""
STATES = ("met", "partly", "differently", "not met", "being built")
BEING_BUILT = "being built: "
"""What a line with this names may not be here yet."""
PAGES = {
    "accessibility-statement",
    "childrens-code",
    "data-protection-impact-assessment",
    "records-of-processing",
    "rules",
    "safeguarding-procedure",
    "threat-model",
}
STANDARDS = 15

_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
_FILE = re.compile(r"[\w./-]+\.(?:py|md|toml|html|js|json|yml|txt|cfg|css)|(?:[\w-]+/)+")
_ROUTE = re.compile(r"/[a-z][\w{}/-]*")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
_SETTING = re.compile(r"SAYSO_[A-Z_]+")
_COMMAND = re.compile(r"sayso ([a-z]+)\b.*")


def papers() -> list[Path]:
    return sorted(PAPERS.glob("*.md"))


@cache
def source() -> str:
    """All that a bare word in a paper may stand in: code, words, packs, schemas, and what is deployed."""
    others = [ROOT / folder for folder in ("bot", "deploy", "consultations", "docs/schema")]
    kinds = (".toml", ".html", ".js", ".json", ".yml", ".cfg")
    files = [path for folder in others for path in sorted(folder.rglob("*")) if path.suffix in kinds]
    told = [ROOT / "docs" / "check.md", ROOT / "docs" / "runbook.md"]
    return "\n".join(path.read_text() for path in [*python_files(*PACKAGES), *files, *told])


@cache
def names_in(path: str) -> frozenset[str]:
    file = ROOT / path
    return (
        frozenset(re.findall(r"^\s*(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE))
        if file.exists()
        else frozenset()
    )


def is_there(name: str) -> bool:
    """Whether what a paper writes as code exists."""
    if test := _TEST.fullmatch(name):
        return test[2] in names_in(test[1])
    if _FILE.fullmatch(name):
        return (ROOT / name).exists()
    if _ROUTE.fullmatch(name):
        return f'"{name}"' in source() or f'"{name}/' in source()
    if _SETTING.fullmatch(name):
        return f'"{name}"' in (ROOT / "bot" / "config.py").read_text()
    if command := _COMMAND.fullmatch(name):
        return f'"{command[1]}"' in source()
    return name in source()


def lines_about_what_is_there(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if BEING_BUILT not in line]


def rows(path: Path, first: str) -> list[list[str]]:
    """The cells of every line of a table that begins with this."""
    found = re.findall(rf"^\| *({first}) *\|(.*)\|$", path.read_text(), re.MULTILINE)
    return [[name, *(cell.strip() for cell in rest.split(" | "))] for name, rest in found]


def test_every_paper_is_there() -> None:
    assert {path.stem for path in papers()} == PAGES


@pytest.mark.parametrize("page", sorted(PAGES))
def test_whatever_a_paper_names_is_there(page: str) -> None:
    path = PAPERS / f"{page}.md"
    lines = lines_about_what_is_there(path)
    missing = [name for line in lines for name in _CODE.findall(line) if not is_there(name)]
    missing += [
        link for line in lines for link in _LINK.findall(line) if ":" not in link and not (PAPERS / link).exists()
    ]
    assert not missing, "\n".join([named(path), *missing])


@pytest.mark.parametrize(
    "name",
    [
        "flows/nowhere.py",
        "docs/nowhere/",
        "/nowhere",
        "SAYSO_NOWHERE",
        "sayso nowhere",
        "tests/flows/test_step.py::test_that_nobody_wrote",
        "tests/flows/test_nowhere.py::test_that_nobody_wrote",
        "a_word_that_no_code_has",
    ],
)
def test_what_is_not_there_is_noticed(name: str) -> None:
    assert not is_there(name)


def test_every_rule_has_its_lines_and_no_line_is_empty() -> None:
    told = rows(PAPERS / "rules.md", r"R\d\.\d+")
    every = {f"R{part}.{number}" for part, most in RULES.items() for number in range(1, most + 1)}
    assert {row[0] for row in told} == every
    assert not [row for row in told if len(row) != 5 or not all(row)]
    assert not [row for row in told if row[2].partition(":")[0] not in STATES]


def test_what_counts_as_met_names_a_test() -> None:
    told = rows(PAPERS / "rules.md", r"R\d\.\d+")
    assert not [row for row in told if row[2] in ("met", "partly", "differently") and not _TEST.search(row[4])]


def test_the_fifteen_standards_are_all_there() -> None:
    told = Counter(int(row[0]) for row in rows(PAPERS / "childrens-code.md", r"\d+"))
    assert told == dict.fromkeys(range(1, STANDARDS + 1), 1)


def test_every_part_of_the_picture_is_looked_at_for_each_kind_of_threat() -> None:
    text = (PAPERS / "threat-model.md").read_text()
    parts = re.findall(r"^### (\w\d*)\b", text, re.MULTILINE)
    assert parts, "no part was found"
    for part, told in zip(parts, re.split(r"^### ", text, flags=re.MULTILINE)[1:], strict=True):
        assert re.findall(r"^\| ([STRIDE]) \|", told, re.MULTILINE) == list("STRIDE"), part


def test_every_table_that_holds_something_of_a_person_is_in_the_list_of_what_is_where() -> None:
    listed = (ROOT / "docs" / "data-flow.md").read_text().partition("## What is where")[2]
    assert not [table for table in tables.PERSONAL if not re.search(rf"`{table}[`.]", listed)]
