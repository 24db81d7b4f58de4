"""Old versions: their own questions, today's timetable, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.errors import VersionMissingError
from bot.packs import Library
from bot.versions import Versions
from tests.support.packs import SLUG, write_pack


class Shelf:
    """Where versions are kept; counts how often it is asked."""

    def __init__(self) -> None:
        self.held: dict[str, Mapping[str, str]] = {}
        self.asked = 0

    async def read(self, version: str) -> Mapping[str, str] | None:
        self.asked += 1
        return self.held.get(version)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


def kept(library: Library, shelf: Shelf) -> str:
    pack = library.get(SLUG)
    assert pack is not None
    shelf.held[pack.version] = library.files(SLUG)
    return pack.version


async def test_the_current_version_is_never_read_from_the_database(packs: Path) -> None:
    library, shelf = Library.load(packs), Shelf()
    versions = Versions(library, shelf.read)
    pack = library.get(SLUG)
    assert pack is not None
    assert await versions.of(SLUG, pack.version) is pack
    assert shelf.asked == 0


async def test_an_old_version_keeps_its_words_and_takes_on_the_new_timetable(packs: Path) -> None:
    library, shelf = Library.load(packs), Shelf()
    versions = Versions(library, shelf.read)
    before = kept(library, shelf)
    write_pack(packs, why="Tell us more.", closes_at="2030-07-01T00:00:00")
    assert library.refresh() == (SLUG,)
    current = library.get(SLUG)
    assert current is not None
    old = await versions.of(SLUG, before)
    assert old.version == before
    assert old.timetable == current.timetable
    assert old.words_for("en", None).questions["why"].text != current.words_for("en", None).questions["why"].text
    assert await versions.of(SLUG, before) is old
    assert shelf.asked == 1


async def test_a_second_change_of_the_timetable_reaches_the_old_version_too(packs: Path) -> None:
    library, shelf = Library.load(packs), Shelf()
    versions = Versions(library, shelf.read)
    before = kept(library, shelf)
    for closes_at in ("2030-07-01T00:00:00", "2030-08-01T00:00:00"):
        write_pack(packs, closes_at=closes_at)
        library.refresh()
        current = library.get(SLUG)
        assert current is not None
        assert (await versions.of(SLUG, before)).timetable == current.timetable
    assert shelf.asked == 1


async def test_a_consultation_whose_pack_is_gone_carries_on_with_what_the_database_has(packs: Path) -> None:
    library, shelf = Library.load(packs), Shelf()
    before = kept(library, shelf)
    empty = packs.parent / "none"
    empty.mkdir()
    old = await Versions(Library.load(empty), shelf.read).of(SLUG, before)
    assert (old.slug, old.version) == (SLUG, before)


async def test_a_version_that_nobody_has_is_named_in_the_fault(packs: Path) -> None:
    with pytest.raises(VersionMissingError, match="harbour-play in its version abcdef"):
        await Versions(Library.load(packs), Shelf().read).of(SLUG, "abcdef")


async def test_a_law_that_was_written_since_holds_for_who_began_before_it(packs: Path) -> None:
    library, shelf = Library.load(packs), Shelf()
    versions = Versions(library, shelf.read)
    before = kept(library, shelf)
    write_pack(packs, more='[[laws]]\nfrom = 2030-04-01\nlawful_basis = "consent"\npermission_under = 13')
    assert library.refresh() == (SLUG,)
    assert [law.under for law in (await versions.of(SLUG, before)).laws] == [13]
