"""Packs are kept ready, read again when they change, and a broken one takes nobody's conversation away."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from bot.errors import PacksMissingError
from bot.packs import Library, read_folder, system_words
from flows.definition import AgeBand
from flows.errors import BrokenPackError
from flows.pack import version_of
from tests.support.pack_files import CHILD, PARK, STRUCTURE, spoilt, written

POND = {**PARK, STRUCTURE: PARK[STRUCTURE].replace('"PARK"', '"POND"')}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one sound pack, `park`."""
    written(tmp_path)
    return tmp_path


def rewrite(folder: Path, file: str, old: str, new: str, slug: str = "park") -> None:
    """Changes a file of a pack, as an author would some time later."""
    path = folder / slug / file
    assert old in path.read_text("utf-8")
    before = path.stat()
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))


def rules(library: Library, name: str = "park") -> list[str]:
    return [fault.rule for fault in library.faults[name] if not fault.warning]


# --- loading ---


def test_every_folder_of_packs_is_a_pack_unless_it_is_hidden(folder: Path) -> None:
    written(folder, "pond", POND)
    written(folder, ".drafts")
    (folder / "README.md").write_text("These are packs.")
    library = Library.load(folder)
    assert [pack.slug for pack in library.all()] == ["park", "pond"]
    assert library.faults == {}


def test_a_pack_is_found_by_its_slug(folder: Path) -> None:
    library = Library.load(folder)
    found = library.get("park")
    assert found is not None
    assert found.authority == "Harbour Council"
    assert library.get("pond") is None


@pytest.mark.parametrize("said", ["PARK", "park", " Park! ", "«park»", "PÁRK", "/park"])
def test_a_pack_is_found_by_its_keyword_however_it_is_written(folder: Path, said: str) -> None:
    found = Library.load(folder).by_keyword(said)
    assert found is not None
    assert found.slug == "park"


@pytest.mark.parametrize("said", ["", "!", "the park", "parking", "p a r k"])
def test_nothing_but_the_keyword_is_the_keyword(folder: Path, said: str) -> None:
    assert Library.load(folder).by_keyword(said) is None


def test_without_a_folder_of_packs_there_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(PacksMissingError, match="SAYSO_CONSULTATIONS"):
        Library.load(tmp_path / "consultations")


def test_the_shipped_packs_load_without_an_error() -> None:
    library = Library.load(Path(__file__).parents[2] / "consultations")
    assert "herefordshire-2018" in [pack.slug for pack in library.all()]
    assert {rule for name in library.faults for rule in rules(library, name)} == set()


# --- reading files ---


def test_only_what_makes_up_a_version_is_read(folder: Path) -> None:
    (folder / "park" / "walks").mkdir()
    (folder / "park" / "walks" / "a.walk").write_text("> hello")
    assert read_folder(folder / "park") == PARK


def test_the_mark_that_windows_puts_in_front_is_no_part_of_a_text(folder: Path) -> None:
    path = folder / "park" / CHILD
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_folder(folder / "park") == PARK


def test_a_file_that_is_not_utf_8_is_named_with_its_line(folder: Path) -> None:
    path = folder / "park" / CHILD
    path.write_bytes(path.read_bytes().replace(b"The park", b"The p\xe2rk"))
    with pytest.raises(BrokenPackError) as broken:
        read_folder(folder / "park")
    (fault,) = broken.value.faults
    assert (fault.file, fault.line, fault.rule) == (CHILD, 4, "encoding")


def test_a_file_that_cannot_be_read_is_a_fault_of_its_pack_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def guarded(path: Path) -> bytes:
        if path.parent.parent.name == "pond":
            raise PermissionError(13, "Permission denied")
        return read(path)

    written(folder, "pond", POND)
    monkeypatch.setattr(Path, "read_bytes", guarded)
    library = Library.load(folder)
    assert [pack.slug for pack in library.all()] == ["park"]
    assert [(fault.rule, fault.problem) for fault in library.faults["pond"]] == [
        ("file", "It cannot be read: Permission denied"),
        ("file", "It cannot be read: Permission denied"),
    ]


def test_a_folder_called_like_a_wording_file_is_none(folder: Path) -> None:
    (folder / "park" / "wording" / "en.4-7.toml").mkdir()
    assert read_folder(folder / "park") == PARK


# --- changes ---


def test_what_has_not_changed_is_not_news(folder: Path) -> None:
    library = Library.load(folder)
    assert library.refresh() == ()


def test_a_changed_pack_is_in_use_from_the_next_refresh(folder: Path) -> None:
    library = Library.load(folder)
    rewrite(folder, STRUCTURE, "2030-06-01T00:00:00", "2030-06-03T00:00:00")
    assert library.refresh() == ("park",)
    found = library.get("park")
    assert found is not None
    assert found.version == version_of(library.files("park")) == version_of(read_folder(folder / "park"))
    assert library.refresh() == ()


def test_a_pack_that_was_only_saved_again_is_no_news(folder: Path) -> None:
    library = Library.load(folder)
    rewrite(folder, CHILD, "The park", "The park")
    assert library.refresh() == ()


def test_a_new_pack_is_found(folder: Path) -> None:
    library = Library.load(folder)
    written(folder, "pond", POND)
    assert library.refresh() == ("pond",)


def test_a_pack_that_breaks_goes_on_as_it_was_and_its_fault_is_exposed(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = Library.load(folder)
    good = library.get("park")
    rewrite(folder, STRUCTURE, 'kind = "one"', 'kind = "onne"')
    with caplog.at_level(logging.WARNING, "sayso"):
        assert library.refresh() == ()
        assert library.refresh() == ()
    assert library.get("park") == good
    assert rules(library) == ["kind"]
    assert caplog.messages == ["a pack has a fault", "the last good version of the pack goes on"], "said once"
    rewrite(folder, STRUCTURE, 'kind = "onne"', 'kind = "one"')
    assert library.refresh() == (), "it is the same content again"
    assert rules(library) == []


def test_a_pack_that_was_never_good_is_not_in_use_and_harms_no_other(folder: Path) -> None:
    written(folder, "pond", spoilt(STRUCTURE, "contact", "#", spoilt(STRUCTURE, '"PARK"', '"A POND"')))
    library = Library.load(folder)
    assert [pack.slug for pack in library.all()] == ["park"]
    assert rules(library, "pond") == ["keyword"]


def test_a_pack_whose_words_are_only_too_long_is_in_use_all_the_same(folder: Path) -> None:
    rewrite(folder, CHILD, "more swings?", "more swings than it has had in all the years before now?")
    library = Library.load(folder)
    assert library.get("park") is not None
    assert rules(library) == ["words-per-sentence"]


def test_a_pack_whose_folder_vanishes_goes_on_until_the_service_is_started_again(folder: Path) -> None:
    library = Library.load(folder)
    (folder / "park").rename(folder / ".park")
    assert library.refresh() == library.refresh() == ()
    assert library.get("park") is not None
    assert rules(library) == ["library"]
    (folder / ".park").rename(folder / "park")
    assert library.refresh() == ()
    assert rules(library) == []


# --- packs that want the same ---


def test_the_second_pack_with_a_keyword_is_refused_until_the_first_gives_it_up(folder: Path) -> None:
    written(folder, "pond", PARK)
    library = Library.load(folder)
    assert [pack.slug for pack in library.all()] == ["park"]
    (fault,) = library.faults["pond"]
    assert (fault.key, fault.problem) == ("sms_keyword", "PARK already starts 'park'")
    rewrite(folder, STRUCTURE, '"PARK"', '"GREEN"')
    assert library.refresh() == ("park", "pond")
    assert library.faults["pond"] == ()


def test_a_pack_is_called_like_its_folder(folder: Path) -> None:
    (folder / "park").rename(folder / "playground")
    library = Library.load(folder)
    assert library.all() == ()
    (fault,) = library.faults["playground"]
    assert fault.problem == "The slug is 'park', but the folder is called 'playground'"


# --- old versions, and words before any pack ---


def test_an_old_version_is_made_again_from_its_files(folder: Path) -> None:
    library = Library.load(folder)
    old, files = library.get("park"), library.files("park")
    rewrite(folder, CHILD, "more swings", "fewer swings")
    library.refresh()
    assert library.get("park") != old
    assert library.revive(files) == old


def test_the_lobby_speaks_every_language_of_ours_and_english_to_the_rest(folder: Path) -> None:
    library = Library.load(folder)
    for language in ("en", "xx"):
        words = library.lobby_words(language)
        assert (words.language, words.band) == (language, AgeBand.FOUR_TO_SEVEN)
        assert words.say["offer"]
    assert set(system_words()) >= {"en.4-7.toml"}
