"""PO files: what is written is read back, whatever the words are, and what is no PO file is told from one that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import TranslationError
from bot.translations import LARGEST, read, recalled, remembered, written
from flows.definition import AgeBand
from flows.translated import Memory, Offered, Refused, Remembered, Taken, take
from flows.translation import Book, Unit, of_pack, units
from tests.support.pack_files import STRUCTURE, SYSTEM, spoilt

CHILD, ADULT = AgeBand.EIGHT_TO_ELEVEN, AgeBand.ADULT
TITLE = Unit(CHILD, ("say", "title"), "The park", "wording/en.8-11.toml", 4, "Park", ("The name.", "Be short."))
# People paste anything: quotation marks, backslashes, every kind of line end, right to left, emoji, spaces at the ends.
TEXTS = st.text(min_size=1, max_size=30) | st.lists(
    st.sampled_from(
        [
            "\\",
            '"',
            "'",
            "\n",
            "\r",
            "\t",
            " ",
            "{",
            "}",
            "#",
            "\\n",
            "ź",
            "مرحبا",
            "\u202e",
            "👩‍🏫",
            "\u2028",
            "\x85",
            "\x00",
            "\x0b",
        ]
    ),
    min_size=1,
    max_size=12,
).map("".join)


def pack(files: Mapping[str, str]) -> Book:
    made = of_pack(files, SYSTEM)
    assert made is not None
    return made


def saved(folder: Path, text: str) -> Path:
    path = folder / "park.pl.po"
    path.write_bytes(text.encode())
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(TranslationError) as refused:
        read(path, "park.pl.po")
    return str(refused.value).splitlines()


def test_an_entry_says_what_it_is_where_its_source_stands_and_what_it_was_before() -> None:
    memory = {TITLE.place: Remembered("Our park", "Park")}
    text = written("park", "pl", [TITLE], memory, {CHILD: None})
    assert text.endswith(
        '\n#. The name.\n#. Be short.\n#: wording/en.8-11.toml:4\n#, fuzzy\n#| msgid "Our park"\n'
        'msgctxt "8-11/say/title"\nmsgid "The park"\nmsgstr "Park"\n'
    )
    assert "sayso words import park FILE.po" in text


def test_the_same_words_make_the_same_file_without_a_date() -> None:
    text = written("park", "pl", [TITLE], {}, {CHILD: None})
    assert text == written("park", "pl", [TITLE], {}, {CHILD: None})
    assert "Date" not in text


@pytest.mark.parametrize(
    ("reviewers", "lines"),
    [
        ({CHILD: None, ADULT: None}, ["Reviewed-By: "]),
        ({CHILD: "Ania", ADULT: "Ania"}, ["Reviewed-By: Ania"]),
        ({CHILD: "Ania", ADULT: None}, ["Reviewed-By-8-11: Ania", "Reviewed-By-adult: "]),
    ],
)
def test_the_header_names_who_has_reviewed_the_words(
    tmp_path: Path, reviewers: dict[AgeBand, str | None], lines: list[str]
) -> None:
    both = [TITLE, Unit(ADULT, ("say", "title"), "The park", "wording/en.adult.toml", 2, "Park", ())]
    text = written("park", "pl", both, {}, reviewers)
    assert [line[1:-3] for line in text.splitlines() if line.startswith('"Reviewed')] == lines
    assert read(saved(tmp_path, text), "park.pl.po").reviewers == reviewers


def test_a_file_of_one_band_says_nothing_of_who_has_reviewed_the_others(tmp_path: Path) -> None:
    path = saved(tmp_path, written("park", "pl", [TITLE], {}, {CHILD: "Ania"}))
    assert read(path, "park.pl.po").reviewers == {CHILD: "Ania"}


def test_a_header_that_was_lost_on_the_way_says_that_nobody_has_reviewed_it(tmp_path: Path) -> None:
    text = written("park", "pl", [TITLE], {}, {CHILD: "Ania"}).replace('"Reviewed-By: Ania\\n"\n', "")
    assert read(saved(tmp_path, text), "park.pl.po").reviewers == {CHILD: None}


MADE_FROM = st.builds(Remembered, TEXTS, TEXTS | st.just(""), st.booleans(), st.none() | TEXTS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXTS, MADE_FROM)
def test_any_text_is_read_back_as_it_was_written(tmp_path: Path, source: str, made_from: Remembered) -> None:
    translation = made_from.translation
    unit = Unit(CHILD, ("say", "title"), source, "wording/en.8-11.toml", 4, translation, ())
    memory = {unit.place: made_from}
    path = saved(tmp_path, written("park", "pl", [unit], memory, {}))
    again, before = memory[unit.place].outdated(unit)
    (found,) = read(path, "park.pl.po").offered
    assert (found.place, found.source, found.translation) == (unit.place, source, translation)
    assert (found.fuzzy, found.previous) == (again, before)
    assert recalled(saved(tmp_path, remembered("park", "pl", memory)), "pl.po") == memory


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text())
def test_any_reviewer_is_read_back_but_for_spaces_around_the_name(tmp_path: Path, one: str, other: str) -> None:
    units_of_both = [TITLE, Unit(ADULT, ("say", "title"), "The park", "", 0, "Park", ())]
    path = saved(tmp_path, written("park", "pl", units_of_both, {}, {CHILD: one, ADULT: other}))
    assert read(path, "park.pl.po").reviewers == {CHILD: one.strip() or None, ADULT: other.strip() or None}


BILINGUAL = spoilt(STRUCTURE, '["en"]', '["en", "pl"]')
TO_TRANSLATE = units(pack(BILINGUAL), "pl")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(st.dictionaries(st.sampled_from(TO_TRANSLATE), TEXTS, max_size=6), st.sets(st.sampled_from(TO_TRANSLATE)))
def test_translations_are_the_same_after_a_way_through_toml_and_another_through_po(
    tmp_path: Path, translations: dict[Unit, str], fuzzy: set[Unit]
) -> None:
    """PO to TOML to PO gives the same entries; TOML to PO to TOML changes no file."""
    said = {each: translations.get(each, each.place).translate({0x7B: "(", 0x7D: ")"}) for each in TO_TRANSLATE}
    sent = [Offered(each.place, each.source, text, each in fuzzy) for each, text in said.items() if text.strip()]
    done = take(pack(BILINGUAL), "pl", sent, {}, {}, file="park.pl.po")
    if isinstance(done, Refused):
        assert {fault.rule for fault in done.faults} <= {"labels-alike", "reserved-word", "missing-words"}
        return
    translated = pack({**BILINGUAL, **done.files})
    path = saved(tmp_path, written("park", "pl", units(translated, "pl"), done.memory, {}))
    back = read(path, "park.pl.po")
    assert [replace(each, line=0) for each in back.offered if each.translation] == sent
    again = take(translated, "pl", back.offered, back.reviewers, done.memory, file="park.pl.po")
    assert isinstance(again, Taken)
    assert (again.files, again.changed, again.memory) == ({}, 0, done.memory)


def test_a_tool_that_wraps_lines_and_adds_its_own_header_changes_no_text(tmp_path: Path) -> None:
    long = "A very long text, with “quotes”, a {name} and more words than fit on one line of any tool. " * 3
    text = written("park", "pl", [Unit(CHILD, ("say", "title"), long, "f.toml", 1, long, ())], {}, {CHILD: "Ania"})
    book = polib.pofile(str(saved(tmp_path, text)), wrapwidth=40)
    book.metadata["X-Generator"] = "A tool"
    catalogue = read(saved(tmp_path, "\ufeff" + str(book).replace("\n", "\r\n")), "park.pl.po")
    assert catalogue.offered[0].translation == long
    assert (catalogue.pack, catalogue.language, catalogue.reviewers) == ("park", "pl", {CHILD: "Ania"})


def test_an_entry_that_a_tool_has_put_aside_is_left_out(tmp_path: Path) -> None:
    text = written("park", "pl", [TITLE], {}, {})
    path = saved(tmp_path, text + '\n#~ msgctxt "8-11/say/gone"\n#~ msgid "Gone"\n#~ msgstr "Nie ma"\n')
    assert [each.place for each in read(path, "park.pl.po").offered] == ["8-11/say/title"]


NOT_PO = "This is not a PO file"
GIVE = "Give the file that sayso words export wrote, with its translations."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", f"park.pl.po: {NOT_PO}: it has no header. {GIVE}"),
        (b"\xff\xfe\x00\x01", f"park.pl.po: {NOT_PO}: its letters cannot be read. {GIVE}"),
        (b"PK\x03\x04 a workbook\n", f"park.pl.po:1: {NOT_PO}. {GIVE}"),
        (b"[say]\ntitle = 'Park'\n", f"park.pl.po:1: {NOT_PO}. {GIVE}"),
        (
            b'msgid ""\nmsgstr ""\n"Language: pl\\n"\n\nmsgctxt "a"\nmsgid "b"\nnonsense\n',
            f"park.pl.po:7: {NOT_PO}. {GIVE}",
        ),
        (b'msgid "a"\nmsgstr "b"\n', f"park.pl.po: {NOT_PO}: it has no header. {GIVE}"),
    ],
)
def test_what_is_no_po_file_is_told_in_one_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "park.pl.po"
    path.write_bytes(content)
    assert faults(path) == [told]


def test_a_file_that_is_huge_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "park.pl.po"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert faults(path) == [f"park.pl.po: This file is larger than 8 MB. {GIVE}"]


def test_a_text_that_does_not_end_is_refused_with_its_line_and_never_cut(tmp_path: Path) -> None:
    text = written("park", "pl", [TITLE], {}, {})
    path = saved(tmp_path, text.replace('msgstr "Park"', 'msgstr "Park'))
    line = text.splitlines().index('msgstr "Park"') + 1
    assert faults(path) == [
        f'park.pl.po:{line}: The text on this line does not end. Close it with a quotation mark: ".'
    ]


def test_texts_without_a_place_and_plural_forms_are_refused_all_at_once(tmp_path: Path) -> None:
    text = written("park", "pl", [TITLE], {}, {})
    text += '\nmsgid "lost"\nmsgstr "zgubione"\n\nmsgctxt "8-11/say/a"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'
    told = faults(saved(tmp_path, text))
    assert [line.partition(": ")[2] for line in told] == [
        "This text does not say where it belongs. Keep its line msgctxt as it was exported.",
        "8-11/say/a: Sayso has no plural forms. Translate the text into one msgstr.",
    ]


def test_a_memory_that_is_not_there_is_empty_and_a_broken_one_is_named(tmp_path: Path) -> None:
    nothing: Memory = recalled(tmp_path / "pl.po", "pl.po")
    assert nothing == {}
    (tmp_path / "pl.po").write_text("nonsense")
    with pytest.raises(TranslationError, match=r"translations/pl\.po:1: This is not a PO file"):
        recalled(tmp_path / "pl.po", "translations/pl.po")
