"""`sayso check` says what is wrong, for people and for programs, and its exit code says whether anything is."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest

from bot.check_command import run
from bot.errors import PackMissingError, PacksMissingError
from tests.support.pack_files import CHILD, PARK, STRUCTURE, spoilt, written


def check(folder: Path, *packs: str, style: str = "text") -> tuple[int, str]:
    out = StringIO()
    code = run([Path(pack) for pack in packs], folder=folder, style=style, out=out)
    return code, out.getvalue()


def test_packs_without_a_fault_pass(tmp_path: Path) -> None:
    written(tmp_path)
    assert check(tmp_path) == (0, "park: no errors, no warnings\n")


def test_a_fault_is_one_line_that_an_editor_can_follow(tmp_path: Path) -> None:
    pack = written(tmp_path, files=spoilt(CHILD, "why =", "wyh ="))
    code, text = check(tmp_path)
    assert code == 1
    place, said = (
        f"{pack.as_posix()}/{CHILD}:8",
        "questions.swings.wyh: There is no 'wyh' here. Perhaps you mean 'why'.",
    )
    assert text.splitlines() == [f"{place}: error: {said} [unknown-key]", "park: 1 error, no warnings"]


def test_a_fault_that_stands_on_no_line_names_its_file(tmp_path: Path) -> None:
    pack = written(tmp_path, files={CHILD: PARK[CHILD]})
    _, text = check(tmp_path)
    assert text.splitlines()[0].startswith(
        f"{pack.as_posix()}/consultation.toml: error: There is no consultation.toml."
    )


def test_packs_with_warnings_alone_pass(tmp_path: Path) -> None:
    written(tmp_path, files=spoilt(STRUCTURE, "feedback_due = 2030-09-30\n", ""))
    code, text = check(tmp_path)
    assert code == 0
    assert text.endswith("park: no errors, 1 warning\n")


def test_json_has_a_list_of_faults_for_each_pack(tmp_path: Path) -> None:
    pack = written(tmp_path, files=spoilt(CHILD, "why =", "wyh ="))
    pond = written(tmp_path, "pond", spoilt(STRUCTURE, '"PARK"', '"POND"'))
    code, text = check(tmp_path, style="json")
    assert code == 1
    assert json.loads(text) == {
        pack.as_posix(): [
            {
                "file": CHILD,
                "line": 8,
                "key": "questions.swings.wyh",
                "rule": "unknown-key",
                "level": "error",
                "problem": "There is no 'wyh' here",
                "mend": "Perhaps you mean 'why'",
            }
        ],
        pond.as_posix(): [],
    }


def test_packs_can_be_named_by_slug_or_by_path(tmp_path: Path) -> None:
    pack = written(tmp_path)
    written(tmp_path, "pond", spoilt(STRUCTURE, '"PARK"', '"P"'))
    assert check(tmp_path, "park")[0] == 0
    assert check(tmp_path / "elsewhere", str(pack))[0] == 0
    assert check(tmp_path)[0] == 1


def test_the_folder_one_stands_in_can_be_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written(tmp_path))
    assert check(tmp_path, ".") == (0, "park: no errors, no warnings\n")


def test_two_packs_with_one_keyword_are_an_error_of_the_second(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, "pond")
    code, text = check(tmp_path)
    assert code == 1
    assert "pond/consultation.toml: error: sms_keyword: PARK already starts 'park'." in text
    assert "park: no errors, no warnings" in text


def test_two_packs_with_one_slug_are_an_error_of_the_second(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a"), written(tmp_path / "b")
    code, text = check(tmp_path, str(first), str(second))
    assert code == 1
    assert f"{second.as_posix()}/consultation.toml: error: slug: There is another pack 'park'." in text


def test_a_pack_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackMissingError, match="There is no pack 'pond'"):
        check(tmp_path, "pond")
    with pytest.raises(PacksMissingError, match="SAYSO_CONSULTATIONS"):
        check(tmp_path / "nowhere")


def test_without_being_told_otherwise_it_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path)
    assert run([], folder=tmp_path, style="text") == 0
    assert capsys.readouterr().out == "park: no errors, no warnings\n"
