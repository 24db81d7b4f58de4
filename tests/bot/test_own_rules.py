"""A consultation's own rules about what may mean that somebody is not safe: they hold at once, and a fault shows."""

from __future__ import annotations

from pathlib import Path

from bot.packs import Library, examine
from flows.concern_rules import Tier
from tests.support.desk import a_desk
from tests.support.packs import SLUG, write_pack

FERRY = """
[[rules]]
code = "ferry"
tier = "urgent"
harms = ["runaway"]
says = ["sleep .. on the ferry"]
"""
SAID = "i sleep every night on the ferry"


def write_rules(packs: Path, text: str) -> None:
    (packs / SLUG / "concerns").mkdir(exist_ok=True)
    (packs / SLUG / "concerns" / "en.toml").write_text(text)


async def test_what_a_lead_adds_holds_at_once_for_everybody_under_way(sqlite_url: str, tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    async with a_desk(sqlite_url, packs) as desk:
        person = desk.person()
        await person.says("PLAY", "1", "1", SAID)
        assert await desk.service.database.concerns.waiting() == []
        write_rules(packs, FERRY)
        assert desk.service.library.refresh() == ()
        await person.says("CHANGE", "3", SAID)
        [raised] = await desk.service.database.concerns.waiting()
        assert (raised.tier, raised.rules) == (Tier.URGENT, ("en/ferry",))


def test_a_rule_at_fault_is_told_and_the_others_hold(tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    write_rules(packs, FERRY + '[[rules]]\ncode = "far"\ntier = "soon"\n')
    found = examine(packs / SLUG)
    assert {fault.file for fault in found.faults if fault.rule == "concern-rules"} == {"concerns/en.toml"}
    assert found.consultation is not None
    assert any(rule.code == "en/ferry" for book in found.rules.books for rule in book.rules)


def test_they_are_no_part_of_the_version(tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    before = Library.load(packs).get(SLUG)
    write_rules(packs, FERRY)
    library = Library.load(packs)
    assert library.get(SLUG) == before
    assert set(library.files(SLUG)) == {name for name in library.files(SLUG) if not name.startswith("concerns/")}
