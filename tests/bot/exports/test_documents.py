"""Conversations as documents: everything that was said, as text and nothing else, in files that everybody can read."""

from __future__ import annotations

import asyncio
import re
import unicodedata
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from xml.etree import ElementTree as ET

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ExportError
from bot.export import Filters
from bot.exports import transcripts
from bot.exports.asked import Kind, Subject
from bot.exports.plain import visible
from tests.support.exporting import a_conversation, a_wish, left_in, made

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = [
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "#panic() $x$ *a* _b_ `c` @d <e> \\ // [f] #let x = 1",
    "<w:t>x</w:t> & ]]>",
    '"}, {"a": "b"}',
    "two\r\nlines",
]
DOCX = a_wish(Subject.TRANSCRIPTS, Kind.DOCX)
PDF = a_wish(Subject.TRANSCRIPTS, Kind.PDF)
texts = st.text(min_size=1, max_size=50) | st.sampled_from(HOSTILE)


def in_docx(path: Path) -> list[str]:
    """The words of each message."""
    return [row.cells[2].text for table in docx.Document(str(path)).tables for row in table.rows[1:]]


def in_pdf(path: Path) -> str:
    """All its text, without what only lays it out."""
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(path).pages))


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("\xad", "").replace("\u200b", "")


@settings(max_examples=25, deadline=None)
@given(st.lists(texts, min_size=1, max_size=3))
def test_any_text_comes_back_from_a_word_file(sent: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "talks.docx"
        asyncio.run(made(path, DOCX, talks=[a_conversation(*sent)]))
        assert in_docx(path) == ["What would you build?", *(visible(text) for text in sent)]


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_text_makes_a_pdf_that_is_whole(sent: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "talks.pdf"
        asyncio.run(made(path, PDF, talks=[a_conversation(sent)]))
        assert "Whatwouldyoubuild?" in in_pdf(path)


async def test_hostile_text_is_text_in_a_pdf(tmp_path: Path) -> None:
    await made(tmp_path / "talks.pdf", PDF, talks=[a_conversation(*HOSTILE)])
    held = in_pdf(tmp_path / "talks.pdf")
    assert [text for text in HOSTILE if squeezed(text) not in held] == []


async def test_a_pdf_is_tagged_and_has_a_title_and_languages(tmp_path: Path) -> None:
    await made(tmp_path / "talks.pdf", PDF, talks=[a_conversation("Więcej huśtawek, proszę", language="pl")])
    document = pypdf.PdfReader(tmp_path / "talks.pdf")
    root = cast("Any", document.trailer["/Root"])
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert document.metadata.title == "Conversations: park"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert {"/H1", "/Table", "/TH", "/TD"} <= _structure(root["/StructTreeRoot"])
    assert "pl" in _languages(root["/StructTreeRoot"])


def _elements(element: object) -> list[object]:
    held = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(held, list):
        return [one for part in held for one in _elements(part)]
    if isinstance(held, dict):
        return [held, *(_elements(held["/K"]) if "/K" in held else [])]
    return []


def _structure(root: object) -> set[str]:
    return {str(one["/S"]) for one in _elements(root) if isinstance(one, dict) and "/S" in one}


def _languages(root: object) -> set[str]:
    return {str(one["/Lang"])[:2] for one in _elements(root) if isinstance(one, dict) and "/Lang" in one}


async def test_what_no_font_can_draw_stands_there_by_its_name(tmp_path: Path) -> None:
    manifest = await made(tmp_path / "talks.pdf", PDF, talks=[a_conversation("Look: \U0001f98a \x01 done")])
    held = in_pdf(tmp_path / "talks.pdf")
    # Where a font with emoji is installed, there is nothing to replace.
    assert "Look:[foxface]" in held or not manifest.replaced_characters
    assert "\u2401done" in held or "[symbolforstartofheading]done" in held


async def test_arabic_keeps_its_letters_in_both_documents(tmp_path: Path) -> None:
    arabic = "أريد المزيد من الأراجيح"
    talks = [a_conversation(arabic, language="ar")]
    await made(tmp_path / "talks.docx", DOCX, talks=talks)
    manifest = await made(tmp_path / "talks.pdf", PDF, talks=talks)
    assert in_docx(tmp_path / "talks.docx")[-1] == arabic
    assert manifest.replaced_characters == 0
    with zipfile.ZipFile(tmp_path / "talks.docx") as held:
        assert b"<w:bidi/>" in held.read("word/document.xml")


async def test_a_word_file_has_headings_heading_rows_and_languages(tmp_path: Path) -> None:
    await made(tmp_path / "talks.docx", DOCX, talks=[a_conversation("Więcej", language="pl")])
    document = docx.Document(str(tmp_path / "talks.docx"))
    assert [one.text for one in document.paragraphs if one.style and one.style.name == "Heading 1"] == ["PRK-0001-9Q"]
    assert document.core_properties.title == "Conversations: park"
    with zipfile.ZipFile(tmp_path / "talks.docx") as held:
        body = ET.fromstring(held.read("word/document.xml"))  # noqa: S314 - we wrote it just now
        styles = held.read("word/styles.xml").decode()
    [table] = body.iter(f"{WORD}tbl")
    assert len(list(table.iter(f"{WORD}tblHeader"))) == 1
    assert "pl-PL" in {one.get(f"{WORD}val") for one in table.iter(f"{WORD}lang")}
    assert re.search(r'<w:lang [^>]*w:val="en-GB"', styles)


@pytest.mark.parametrize("kind", [Kind.DOCX, Kind.PDF])
async def test_too_many_conversations_are_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    monkeypatch.setattr(transcripts, "MOST", 2)
    talks = [a_conversation("more", number=number) for number in range(3)]
    with pytest.raises(ExportError, match=r"at most 2 conversations.*Filter by.*or export as csv"):
        await made(tmp_path / "talks.file", a_wish(Subject.TRANSCRIPTS, kind), talks=talks)
    assert left_in(tmp_path) == []


async def test_who_is_filtered_out_is_not_in_the_document_and_counted(tmp_path: Path) -> None:
    wish = a_wish(Subject.TRANSCRIPTS, Kind.DOCX, filters=Filters(role=("child",)))
    talks = [a_conversation("mine", number=1), a_conversation("theirs", number=2, role="professional")]
    manifest = await made(tmp_path / "talks.docx", wish, talks=talks)
    assert in_docx(tmp_path / "talks.docx") == ["What would you build?", "mine"]
    assert (manifest.received, manifest.rows, manifest.left_out) == (4, 2, {"filtered by role": 2})
