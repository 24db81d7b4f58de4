"""`sayso words`: out to a translator's tool and back, with nothing written unless everything is right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib
import pytest

from bot import cli, translations_command
from bot.packs import system_words
from tests.support.children import inherited
from tests.support.pack_files import CHILD, STRUCTURE, spoilt, written
from tests.support.processes import ROOT

BILINGUAL = spoilt(STRUCTURE, '["en"]', '["en", "pl"]')
POLISH = "wording/pl.8-11.toml"


@pytest.fixture
def park(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack in two languages, in a folder of packs that the command line knows."""
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return written(tmp_path, files=BILINGUAL)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def translated(file: Path, texts: dict[str, str]) -> None:
    """What a translator's tool does with a file."""
    book = polib.pofile(str(file))
    for entry in book:
        if entry.msgctxt in texts:
            entry.msgstr = texts[entry.msgctxt]
            entry.flags = []
    book.save()


def words(*arguments: str) -> int:
    return cli.main(["words", *arguments])


SWINGS = {
    "8-11/say/title": "Park",
    "8-11/questions/swings/text": "Czy w parku ma być więcej huśtawek?",
    "8-11/questions/swings/choices/more": "Więcej huśtawek",
    "8-11/questions/swings/choices/same": "Jest dobrze",
    "8-11/questions/swings/choices/not-sure": "Nie wiem",
}


@pytest.mark.parametrize("action", ["export", "import"])
def test_the_help_of_each_action_shows_an_example_of_it(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        words(action, "--help")
    assert done.value.code == 0
    assert f"For example: sayso words {action} herefordshire-2018" in " ".join(capsys.readouterr().out.split())


def test_what_a_translator_sends_back_is_in_the_pack_and_said_to_people(
    park: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "park.pl.po"
    assert words("export", "park", "--language", "pl", "--output", str(file)) == 0
    assert capsys.readouterr().out == f"{file}: 17 texts, 0 translated.\n"
    translated(file, SWINGS)
    assert words("import", "park", str(file)) == 0
    assert capsys.readouterr().out == f"5 translations, 5 of them new or changed. Written: {POLISH}.\n"
    assert (park / POLISH).read_text("utf-8").startswith('[say]\ntitle = "Park"\n\n[questions.swings]\ntext = "Czy w')
    assert cli.main(["check", "park", "--now", "2026-11-25T12:00:00"]) == 0


def test_what_was_exported_and_not_changed_comes_back_without_a_trace_in_the_words(park: Path, tmp_path: Path) -> None:
    polish = '# Ania.\n\nreviewed_by = "Ania"\n\n[say]\ntitle = "Park" # krótko\n'
    (park / POLISH).write_text(polish, "utf-8")
    file = tmp_path / "park.pl.po"
    words("export", str(park), "--language", "pl", "--output", str(file))
    assert '"Reviewed-By-8-11: Ania\\n"' in file.read_text("utf-8")
    before = files_in(park)
    assert words("import", str(park), str(file)) == 0
    after = files_in(park)
    assert after.pop("translations/pl.po")
    assert after == before


def test_when_the_source_changes_its_translation_is_marked_until_somebody_has_looked(
    park: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "park.pl.po"
    words("export", "park", "--language", "pl", "--output", str(file))
    translated(file, SWINGS)
    words("import", "park", str(file))
    mended = (park / CHILD).read_text("utf-8").replace('title = "The park"', 'title = "Our park"')
    (park / CHILD).write_text(mended, "utf-8")
    capsys.readouterr()
    # The file that is out with the translator is of yesterday now.
    assert words("import", "park", str(file)) == 1
    assert "is no longer what is to be translated; that is now “Our park”" in capsys.readouterr().err
    words("export", "park", "--language", "pl", "--output", str(file))
    assert capsys.readouterr().out.endswith("17 texts, 5 translated, 1 of them to be looked at again.\n")
    (title,) = polib.pofile(str(file)).fuzzy_entries()
    assert (title.msgctxt, title.previous_msgid, title.msgid) == ("8-11/say/title", "The park", "Our park")
    assert words("import", "park", str(file)) == 0
    assert "0 of them new or changed, 1 of them to be looked at again." in capsys.readouterr().out
    translated(file, {"8-11/say/title": "Nasz park"})
    words("import", "park", str(file))
    words("export", "park", "--language", "pl", "--output", str(file))
    assert polib.pofile(str(file)).fuzzy_entries() == []


def test_nothing_is_written_unless_everything_is_right_and_each_fault_has_a_line(
    park: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "park.pl.po"
    words("export", "park", "--language", "pl", "--output", str(file))
    translated(file, {**SWINGS, "8-11/say/title": "Park {gdzie}", "adult/questions/why/text": "{a} {b}"})
    before = files_in(park)
    capsys.readouterr()
    assert words("import", "park", str(file)) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line.partition(": ")[2] for line in shown.err.splitlines()] == [
        "8-11/say/title: {gdzie} is not in the source. Leave it out: nothing is ever filled in here.",
        "adult/questions/why/text: {a} is not in the source. Leave it out: nothing is ever filled in here.",
        "adult/questions/why/text: {b} is not in the source. Leave it out: nothing is ever filled in here.",
    ]
    assert files_in(park) == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"Language: pl\\n"', '"Language: cy\\n"', "Language: The pack has no language 'cy'."),
        ('"Language: pl\\n"', '"Language: en\\n"', "Language: 'en' is the language that is translated from."),
        ('"Language: pl\\n"', '"Language: \\n"', "Language: The file does not say its language."),
        ('"X-Sayso-Pack: park\\n"', '"X-Sayso-Pack: pond\\n"', "X-Sayso-Pack: These are the words of 'pond'."),
    ],
)
def test_a_file_for_other_words_or_in_another_language_is_refused(
    park: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    file = tmp_path / "park.pl.po"
    words("export", "park", "--language", "pl", "--output", str(file))
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    assert words("import", "park", str(file)) == 1
    assert told in capsys.readouterr().err
    assert not (park / "translations").exists()


def test_a_country_behind_the_language_is_left_aside(park: Path, tmp_path: Path) -> None:
    file = tmp_path / "park.pl.po"
    words("export", "park", "--language", "pl", "--output", str(file))
    file.write_text(file.read_text("utf-8").replace('"Language: pl\\n"', '"Language: pl_PL\\n"'), "utf-8")
    assert words("import", "park", str(file)) == 0
    assert (park / "translations" / "pl.po").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "pond", "--language", "pl"), "sayso: There is no pack 'pond'"),
        (("export", "park", "--language", "en"), "sayso: 'en' is nothing to translate into: name a language other"),
        (("export", "park", "--language", "Polish"), "sayso: 'Polish' is nothing to translate into"),
        (("export", "--language", "pl"), "sayso: Name a pack, such as herefordshire-2018, or --system"),
        (
            ("export", "park", "--system", "--language", "pl"),
            "sayso: Name a pack, such as herefordshire-2018, or --system",
        ),
        (("import", "park", "absent.po"), "sayso: absent.po: No such file or directory"),
    ],
)
@pytest.mark.usefixtures("park")
def test_what_cannot_be_done_is_told_in_one_sentence(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words(*arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(told)
    assert shown.err.count("\n") == 1


def test_a_wording_file_that_cannot_be_read_is_named_before_anything_is_lost(
    park: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "park.pl.po"
    words("export", "park", "--language", "pl", "--output", str(file))
    capsys.readouterr()
    (park / POLISH).write_text("[say\n")
    for arguments in (("export", "park", "--language", "pl"), ("import", "park", str(file))):
        assert words(*arguments) == 1
        assert capsys.readouterr().err.startswith(f"{POLISH}:1: This is not TOML")
    (park / STRUCTURE).write_text("slug =")
    assert words("export", "park", "--language", "pl") == 1
    assert "cannot be read. Run sayso check on it first." in capsys.readouterr().err


def test_without_a_file_the_words_are_printed_and_one_band_can_be_had_alone(park: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "words", "export", str(park), "--language", "pl", "--band", "adult"]
    env = {**inherited(), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=True, timeout=60)
    (tmp_path / "adult.po").write_bytes(done.stdout)
    book = polib.pofile(str(tmp_path / "adult.po"))
    assert {entry.msgctxt.partition("/")[0] for entry in book} == {"adult"}
    assert len(book) > 5


def test_saysos_own_words_go_out_and_come_back_into_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    for name, text in system_words().items():
        (ours / name).write_text(text, "utf-8")
    monkeypatch.setattr(translations_command, "OUR_WORDING", ours)
    file = tmp_path / "sayso.uk.po"
    assert words("export", "--system", "--language", "uk", "--all", "--output", str(file)) == 0
    assert " texts, 0 translated." in capsys.readouterr().out
    translated(file, {"4-7/say/deleted": "Я все стер. До побачення."})
    assert words("import", "--system", str(file)) == 0
    assert (ours / "uk.4-7.toml").read_text("utf-8") == '[say]\ndeleted = "Я все стер. До побачення."\n'
    assert (ours / "translations" / "uk.po").exists()


def test_a_disk_that_is_full_leaves_everything_as_it_was(
    park: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "park.pl.po"
    words("export", "park", "--language", "pl", "--output", str(file))
    translated(file, {**SWINGS, "adult/say/title": "Park"})
    before = files_in(park)
    synced: list[int] = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert words("import", "park", str(file)) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert files_in(park) == before


def test_a_memory_that_somebody_has_spoilt_is_named(
    park: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "park.pl.po"
    words("export", "park", "--language", "pl", "--output", str(file))
    memory = park / "translations" / "pl.po"
    memory.parent.mkdir()
    memory.write_text("nonsense")
    capsys.readouterr()
    assert words("import", "park", str(file)) == 1
    assert capsys.readouterr().err.startswith(f"{memory.relative_to(tmp_path)}:1: This is not a PO file")
