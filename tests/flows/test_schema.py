"""The published schemas say what the reader accepts: no key more, no key less, and no shipped pack is refused."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from flows import pack
from flows.pack_table import Faults, Table
from flows.pack_wording import read_wording
from flows.schema import SCHEMAS
from tests.support.broken_packs import STRUCTURES, Broken, files_of
from tests.support.broken_words import EXAMPLES
from tests.support.pack_files import CHILD, HARBOUR, PARK, STRUCTURE, SYSTEM
from tests.support.source import ROOT

# Every array of tables once, so that the reader is seen asking for what they hold.
WHOLE = f"""{PARK[STRUCTURE]}
[questions.variants.8-11]
max = 3

[[extensions]]
closes_at = 2030-06-20T00:00:00
reason = "Snow."

[[stages]]
code = "draft"
name = "The draft"
opens_at = 2030-05-01T09:00:00
closes_at = 2030-05-15T00:00:00

[[laws]]
from = 2030-04-01
lawful_basis = "public-task"

[targets.roles]
child = 200

[targets.bands]
"8-11" = 100

[[aims]]
code = "play"
name = "Children play"

[[themes]]
code = "pond"
name = "Ponds"
"""
# Rules that a schema can tell from the text alone, for every example; of others it sees some.
SEEN_BY_SCHEMA = {
    "unknown-key",
    "missing-key",
    "age-band",
    "nation",
    "late-policy",
    "prefix",
    "origin",
    "does-not-fit",
    "choices",
}


@cache
def validator(name: str) -> Draft202012Validator:
    schema = SCHEMAS[name]()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def plain(value: object) -> object:
    """As JSON has it: editors see a date as its text."""
    match value:
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case datetime() | date():
            return value.isoformat()
        case _:
            return value


def problems(name: str, text: str) -> list[str]:
    return [error.message for error in validator(name).iter_errors(plain(tomllib.loads(text)))]


# --- the same keys ---


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, ...], set[str]]:
    """What the reader asks each table for, by the table's path."""
    seen: dict[tuple[str, ...], set[str]] = {}
    done = Table.done

    def noted(table: Table) -> None:
        path = tuple(part for part in table.place.path if isinstance(part, str))
        if path[:1] == ("questions",) and len(table.place.path) == 2:
            path = path[:1]  # in a wording file what follows is a code of the author's
        seen.setdefault(path, set()).update(table.asked)
        done(table)

    monkeypatch.setattr(Table, "done", noted)
    return seen


def keys_in(schema: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """The keys of every table that a schema closes, by its path."""
    assert isinstance(schema, dict)
    if "properties" in schema:
        yield path, set(schema["properties"])
        for key, each in schema["properties"].items():
            yield from keys_in(each, (*path, key))
    if "items" in schema:
        yield from keys_in(schema["items"], path)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from keys_in(schema["additionalProperties"], path)


def test_the_structure_has_the_keys_that_the_reader_asks_for(asked: dict[tuple[str, ...], set[str]]) -> None:
    pack.draft({STRUCTURE: WHOLE}, {})
    assert len(asked) > 10
    variants = ("questions", "variants")
    asked.update({(*variants, band): asked[*variants, "8-11"] for band in asked[variants]})
    assert dict(keys_in(SCHEMAS["consultation"]())) == asked


def test_a_wording_file_has_the_keys_that_the_reader_asks_for(asked: dict[tuple[str, ...], set[str]]) -> None:
    read_wording(CHILD, PARK[CHILD], Faults(), ours=False)
    assert dict(keys_in(SCHEMAS["wording"]())) == asked


def test_so_has_one_of_our_own(asked: dict[tuple[str, ...], set[str]]) -> None:
    read_wording("en.4-7.toml", SYSTEM["en.4-7.toml"], Faults(), ours=True)
    assert dict(keys_in(SCHEMAS["own-wording"]())) == asked


def test_every_key_has_a_title_and_says_what_it_is() -> None:
    for name, schema in SCHEMAS.items():
        for path, described in _described(schema()):
            assert described.get("title"), (name, path)
            assert str(described.get("description", "")).strip().endswith((".", ")")), (name, path)


def _described(schema: object, path: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    assert isinstance(schema, dict)
    yield path, schema
    for key, each in schema.get("properties", {}).items():
        yield from _described(each, f"{path}.{key}")


# --- published ---


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_this_one(name: str) -> None:
    published = json.loads((ROOT / "docs" / "schema" / f"{name}.schema.json").read_text("utf-8"))
    assert published == SCHEMAS[name](), f"run: sayso check --schema {name} > docs/schema/{name}.schema.json"


def test_no_published_schema_is_left_over() -> None:
    published = {path.name for path in (ROOT / "docs" / "schema").iterdir()}
    assert published == {f"{name}.schema.json" for name in SCHEMAS}


def test_an_older_reader_understands_the_schemas() -> None:
    for schema in SCHEMAS.values():
        assert '"$ref"' not in json.dumps(schema()), "a reader of draft 4 sees nothing beside it"


def test_the_editor_is_told_which_schema_is_for_which_file() -> None:
    rules = tomllib.loads((ROOT / ".taplo.toml").read_text("utf-8"))["rule"]
    assert {rule["schema"]["path"] for rule in rules} == {f"docs/schema/{name}.schema.json" for name in SCHEMAS}
    for rule in rules:
        assert all(list(ROOT.glob(pattern)) for pattern in rule["include"]), rule


# --- what it lets pass, and what it refuses ---

SHIPPED = [
    *(("consultation", path) for path in sorted(ROOT.glob("consultations/*/consultation.toml"))),
    *(("wording", path) for path in sorted(ROOT.glob("consultations/*/wording/*.toml"))),
    *(("own-wording", path) for path in sorted(ROOT.glob("bot/wording/*.toml"))),
]


@pytest.mark.parametrize(("name", "path"), SHIPPED, ids=lambda each: str(each).removeprefix(str(ROOT)))
def test_every_shipped_file_validates(name: str, path: Path) -> None:
    assert problems(name, path.read_text("utf-8")) == []


@pytest.mark.parametrize("files", [PARK, HARBOUR, {STRUCTURE: WHOLE}])
def test_a_sound_pack_validates(files: Mapping[str, str]) -> None:
    for path, text in files.items():
        assert problems("consultation" if path == STRUCTURE else "wording", text) == []


def seen(example: Broken, *, fine: bool = False) -> list[str]:
    text = files_of(example, fine=fine)[example.file]
    return problems("consultation" if example.file == STRUCTURE else "wording", text)


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if each.rule in SEEN_BY_SCHEMA], ids=lambda each: each.key
)
def test_a_mistake_that_a_schema_can_see_is_refused(example: Broken) -> None:
    assert seen(example)


@pytest.mark.parametrize("rule", ["wrong-value", "code", "language", "keyword", "kind", "bounds", "duplicate"])
def test_of_these_mistakes_a_schema_sees_some(rule: str) -> None:
    assert any(seen(example) for example in STRUCTURES if example.rule == rule)


@pytest.mark.parametrize("example", [each for each in STRUCTURES if each.fine is not None], ids=lambda each: each.rule)
def test_what_is_fine_is_not_refused(example: Broken) -> None:
    assert seen(example, fine=True) == []


def test_a_text_is_as_good_as_a_list_of_one() -> None:
    for text in ('roles = "parent-carer"', 'roles = ["parent-carer"]'):
        assert problems("consultation", PARK[STRUCTURE].replace('roles = ["parent-carer"]', text)) == []


def test_the_reader_is_the_stricter_of_the_two() -> None:
    """Whatever a schema refuses of these examples, the reader refuses too."""
    for example in STRUCTURES:
        if example.rule != "toml" and seen(example):
            assert any(not fault.warning for fault in pack.draft(files_of(example), SYSTEM).faults), example
