"""`sayso check` says what is wrong, for people and for programs, and its exit code says whether anything is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from time import perf_counter

import pytest

from bot import check_command, cli, packs
from bot.check_command import run
from bot.errors import PackMissingError, PacksMissingError
from flows.errors import BrokenPackError
from flows.lint_catalogue import RULES
from flows.schema import SCHEMAS
from tests.support.broken_packs import ON_DISK
from tests.support.pack_files import ADULT, CHILD, PARK, STRUCTURE, spoilt, written
from tests.support.source import ROOT

PRICE = "park by text, en, segments from keyword to thanks: 8-11 5, adult 6\n"
"""What is said of a park without a fault, besides that."""
CHECKED = date(2026, 11, 25)
"""The day on which the shipped help lines were checked."""


def _own_rules(pack: Path, text: str) -> None:
    (pack / "concerns").mkdir()
    (pack / "concerns" / "en.toml").write_text(text)


def check(folder: Path, *packs: str, style: str = "text", today: date = CHECKED) -> tuple[int, str]:
    out = StringIO()
    code = run([Path(pack) for pack in packs], folder=folder, style=style, today=today, out=out)
    return code, out.getvalue()


def test_packs_without_a_fault_pass(tmp_path: Path) -> None:
    written(tmp_path)
    assert check(tmp_path) == (0, "park: no errors, no warnings\n" + PRICE)


def test_stale_help_lines_stop_every_pack_until_somebody_has_checked_them(tmp_path: Path) -> None:
    written(tmp_path)
    assert check(tmp_path, today=date(2027, 11, 24))[0] == 0
    code, text = check(tmp_path, today=date(2027, 11, 25))
    assert code == 1
    assert "bot/help-lines.toml: error: reviewed: The help lines were checked last on 2026-11-25" in text


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
    assert text.endswith("park: no errors, 1 warning\n" + PRICE)


def test_json_has_a_list_of_faults_for_each_pack(tmp_path: Path) -> None:
    pack = written(tmp_path, files=spoilt(CHILD, "why =", "wyh ="))
    pond = written(tmp_path, "pond", spoilt(STRUCTURE, '"PARK"', '"POND"'))
    code, text = check(tmp_path, style="json")
    assert code == 1
    said = json.loads(text)
    assert list(said.pop("prices")) == [pond.as_posix()], "nobody can hold a conversation in a broken pack"
    assert said == {
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
    assert check(tmp_path, ".") == (0, "park: no errors, no warnings\n" + PRICE)


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
    assert run([], folder=tmp_path, style="text", today=CHECKED) == 0
    assert capsys.readouterr().out == "park: no errors, no warnings\n" + PRICE


# --- what only shows where there are folders ---


def _in_latin(pack: Path) -> None:
    (pack / CHILD).write_bytes(PARK[CHILD].replace("Harbour", "Hârbour").encode("latin-1"))


def _in_windows(pack: Path) -> None:
    (pack / CHILD).write_bytes(PARK[CHILD].replace("Harbour", "Hârbour").encode("utf-8-sig"))


def _under_another_name(pack: Path) -> None:
    written(pack.parent, "pond", PARK)
    (pack.parent / "pond" / STRUCTURE).write_text(PARK[STRUCTURE])


def test_an_option_that_starts_another_consultation_by_text_is_an_error(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, "pond", spoilt(STRUCTURE, '"PARK"', '"POND"', spoilt(CHILD, "More swings", "Park!")))
    code, text = check(tmp_path)
    assert code == 1
    assert "pond/consultation.toml: error: questions.swings.choices.more: By text message 'Park!' starts 'park'" in text
    assert "park: no errors, no warnings" in text


def _beside_another(pack: Path) -> None:
    written(pack.parent, "pond", spoilt(STRUCTURE, '"PARK"', '"POND"'))


FOLDERS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "encoding": (_in_latin, _in_windows),
    "library": (_under_another_name, _beside_another),
    "concern-rules": (
        lambda pack: _own_rules(pack, '[[rules]]\ncode = "far"\ntier = "soon"\n'),
        lambda pack: _own_rules(pack, RULES["concern-rules"].good),
    ),
}
"""What breaks a rule in a folder of packs, and what is nearly the same and does not."""


def test_every_rule_about_folders_has_an_example() -> None:
    elsewhere = {"file", "help-lines", "help-lines-stale"}
    assert set(FOLDERS) | elsewhere == ON_DISK, "these are below, and in tests/flows/test_help_lines.py"


@pytest.mark.parametrize("rule", FOLDERS)
def test_what_is_wrong_with_a_folder_is_told_and_its_neighbour_passes(tmp_path: Path, rule: str) -> None:
    broken, fine = FOLDERS[rule]
    broken(written(tmp_path / "broken"))
    code, text = check(tmp_path / "broken")
    assert code == 1
    assert f"[{rule}]" in text
    fine(written(tmp_path / "fine"))
    assert check(tmp_path / "fine")[0] == 0


def test_a_file_that_the_service_may_not_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def guarded(path: Path) -> bytes:
        if path.name == Path(ADULT).name:
            raise PermissionError(13, "Permission denied")
        return read(path)

    written(tmp_path)
    assert check(tmp_path)[0] == 0
    monkeypatch.setattr(Path, "read_bytes", guarded)
    code, text = check(tmp_path)
    assert code == 1
    assert f"{ADULT}: error: It cannot be read: Permission denied. Let the service read this file. [file]" in text


# --- Sayso's own words ---

UNREVIEWED = '[say]\nwelcome = "Helo!"\n'


@pytest.fixture
def welsh_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sayso speaks a little Welsh that nobody has looked over."""
    ours = {**packs.system_words(), "cy.16-25.toml": UNREVIEWED}
    monkeypatch.setattr(check_command, "system_words", lambda: ours)


@pytest.mark.usefixtures("welsh_of_ours")
def test_sayso_s_own_words_are_checked_in_the_languages_of_the_packs(tmp_path: Path) -> None:
    written(tmp_path, files=spoilt(STRUCTURE, 'languages = ["en"]', 'languages = ["en", "cy"]'))
    code, text = check(tmp_path)
    assert code == 0
    assert "bot/wording/cy.16-25.toml: warning: reviewed_by: Nobody is named who looked over" in text
    assert "\nSayso's own words: no errors, " in text
    assert "cy.16-25.toml" in {fault["file"] for fault in json.loads(check(tmp_path, style="json")[1])["bot/wording"]}


@pytest.mark.usefixtures("welsh_of_ours")
def test_a_language_that_no_pack_speaks_is_left_out(tmp_path: Path) -> None:
    written(tmp_path)
    assert check(tmp_path) == (0, "park: no errors, no warnings\n" + PRICE)


# --- what a conversation costs by text ---


def test_what_a_conversation_costs_is_said_last_for_each_language(tmp_path: Path) -> None:
    written(tmp_path, files=spoilt(STRUCTURE, 'languages = ["en"]', 'languages = ["en", "cy"]'))
    _, text = check(tmp_path)
    english, welsh = text.splitlines()[-2:]
    assert english + "\n" == PRICE
    assert welsh == "park by text, cy, segments from keyword to thanks: 8-11 7, adult 8"


def test_where_roles_of_one_band_cost_differently_the_summary_says_from_what_to_what(tmp_path: Path) -> None:
    other = '[[roles]]\ncode = "other"\nbands = ["adult"]\n\n[[questions]]\ncode = "swings"'
    structure = PARK[STRUCTURE].replace('[[questions]]\ncode = "swings"', other)
    written(tmp_path, files={**PARK, STRUCTURE: structure})
    assert check(tmp_path)[1].splitlines()[-1].endswith("8-11 5, adult 5 to 6")


def test_programs_get_every_text_with_what_makes_it_dear(tmp_path: Path) -> None:
    pack = written(tmp_path, files=spoilt(CHILD, "What makes you say that? Or", "Pam? Dŵr? Or"))
    said = json.loads(check(tmp_path, style="json")[1])["prices"][pack.as_posix()]
    child, adult = said
    assert (child["language"], child["band"], child["roles"]) == ("en", "8-11", ["child"])
    assert child["segments"] == sum(text["segments"] for text in child["texts"])
    assert [text["dear_characters"] for text in child["texts"]] == [[], [], ["ŵ"], []]
    assert {text["encoding"] for text in adult["texts"]} == {"GSM-7"}


def test_prices_are_printed_as_they_are_published() -> None:
    out = StringIO()
    assert check_command.price_list([], folder=ROOT / "consultations", out=out) == 0
    published = (ROOT / "docs" / "sms-price.md").read_text("utf-8")
    assert out.getvalue() == published, "run: sayso check --prices > docs/sms-price.md"


def test_a_broken_pack_has_no_prices_and_is_named(tmp_path: Path) -> None:
    written(tmp_path, files=spoilt(CHILD, "why =", "wyh ="))
    with pytest.raises(BrokenPackError, match="There is no 'wyh' here"):
        check_command.price_list([], folder=tmp_path)


def test_prices_are_asked_for_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["check", "--prices", str(written(tmp_path))]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# What a conversation costs by text\n")
    assert "| 8-11 | everybody | 4 | 4 | 0 | 5 | 4 |" in shown


# --- what is shipped ---


def test_every_shipped_pack_passes_offline_in_under_ten_seconds() -> None:
    began = perf_counter()
    code, text = check(ROOT / "consultations")
    assert perf_counter() - began < 10
    assert code == 0, text
    assert "herefordshire-2018: no errors" in text


def test_the_rules_are_printed_as_they_are_published() -> None:
    out = StringIO()
    assert check_command.rules(out) == 0
    published = (ROOT / "docs" / "check.md").read_text("utf-8")
    assert out.getvalue() == published, "run: sayso check --rules > docs/check.md"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_printed_as_it_is_published(name: str) -> None:
    out = StringIO()
    assert check_command.schema(name, out) == 0
    assert out.getvalue() == (ROOT / "docs" / "schema" / f"{name}.schema.json").read_text("utf-8")


def test_rules_and_schemas_are_asked_for_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--rules"]) == 0
    assert capsys.readouterr().out.startswith("# Checking a pack\n")
    for name in cli.SCHEMAS:
        assert cli.main(["check", "--schema", name]) == 0
        assert json.loads(capsys.readouterr().out)["title"]
    assert set(cli.SCHEMAS) == set(SCHEMAS)
