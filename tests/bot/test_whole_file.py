"""A file that is whole or not there: after errors, kills, and others who write the same one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.errors import ExportError
from bot.whole_file import WholeFile, sha256_of


def test_a_file_that_is_not_whole_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("yesterday's")

    def break_off() -> None:
        with WholeFile(path) as whole:
            whole.partial.write_text("half of it")
            raise ExportError("the disk is full")

    with pytest.raises(ExportError):
        break_off()
    assert path.read_text() == "yesterday's"
    assert list(tmp_path.iterdir()) == [path]


def test_a_whole_file_takes_its_name_at_the_end(tmp_path: Path) -> None:
    with WholeFile(tmp_path / "answers.csv") as whole:
        whole.partial.write_text("all of it")
        assert not whole.path.exists()
    assert whole.path.read_text() == "all of it"
    assert sha256_of(whole.path) == "07630777646b9ad0ad5940c20f7703e5ba431d90dc8f191af6916bffca3e859c"


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bool, bool]] = []
    path = tmp_path / "answers.csv"
    synced = os.fsync

    def fsync(held: int) -> None:
        synced(held)
        seen.append((os.path.samestat(os.fstat(held), tmp_path.stat()), path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    with WholeFile(path) as whole:
        whole.partial.write_text("all of it")
    # First the file, which has no name yet; then its folder, which has the name.
    assert seen == [(False, False), (True, True)]


def test_a_file_that_does_not_reach_the_disk_does_not_get_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(held: int) -> None:
        raise OSError(28, f"No space left on device {held > 0}")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"), WholeFile(tmp_path / "answers.csv") as whole:
        whole.partial.write_text("all of it")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    WholeFile(path).partial.write_text("a long beginning that was never finished")
    with WholeFile(path) as whole:
        assert whole.partial.read_bytes() == b""
        whole.partial.write_text("all of it")
    assert path.read_text() == "all of it"


def test_two_that_write_the_same_file_do_not_write_into_each_other(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    with WholeFile(path) as first:
        first.partial.write_text("the first one's")
        with pytest.raises(ExportError, match="being written just now"), WholeFile(path):
            pass
        assert first.partial.read_text() == "the first one's"
    with WholeFile(path) as second:
        second.partial.write_text("the second one's")
    assert path.read_text() == "the second one's"


def test_a_file_that_got_its_name_in_between_is_not_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "answers.csv"
    partial = WholeFile(path).partial
    partial.write_text("the first one's")
    opened = os.open

    def first_is_done(name: Path, *arguments: int) -> int:
        held = opened(name, *arguments)
        monkeypatch.undo()
        partial.replace(path)
        return held

    monkeypatch.setattr(os, "open", first_is_done)
    with WholeFile(path):
        assert path.read_text() == "the first one's"


def test_what_is_no_ordinary_file_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="not an ordinary file"), WholeFile(tmp_path):
        pass
    with pytest.raises(ExportError, match="name another file"), WholeFile(Path("/dev/null")):
        pass
