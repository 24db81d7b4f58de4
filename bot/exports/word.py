"""Word files that everybody can read: real headings, tables with heading rows, languages, pictures with their words.

python-docx makes the file. Tables are written as XML at once: the library looks at a whole table for each of its cells.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr  # nosec B406 # they write, and read nothing

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from bot.exports.plain import lines, visible
from flows.scripts import RIGHT_TO_LEFT

ENGLISH: Final = "en-GB"

_LANGUAGES: Final = {"en": ENGLISH, "cy": "cy-GB", "pl": "pl-PL", "ar": "ar-SA", "uk": "uk-UA", "ur": "ur-PK"}
_INK: Final = RGBColor(0x0B, 0x0C, 0x0C)
_WIDTH: Final = 9_600
"""Of the text on an A4 page with our margins, in twentieths of a point."""
_PICTURE: Final = Cm(16)


@dataclass(frozen=True, slots=True)
class Said:
    """A text in a language of its own."""

    text: str = field(repr=False)
    language: str = "en"


Cell = str | Said


class WordFile:
    """A document that is being written."""

    def __init__(self, title: str, authority: str, language: str, now: datetime) -> None:
        self._document = docx.Document()
        about = self._document.core_properties
        about.title, about.author, about.language = visible(title), visible(authority), _tag(language)
        about.created = about.modified = now.astimezone(UTC).replace(tzinfo=None)
        about.comments = ""
        self._dress(language)
        self._document.add_heading(visible(title), level=0)

    def heading(self, text: str, level: int = 1) -> None:
        self._document.add_heading(visible(text), level=level)

    def paragraph(self, cell: Cell, style: str | None = None) -> None:
        """`style` is one of Word's own, such as `Quote`."""
        named = "" if style is None else f"<w:pStyle w:val={quoteattr(self._document.styles[style].style_id)}/>"
        self._add(_paragraph(cell, named))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Cell]], shares: Sequence[int]) -> None:
        """A table whose first row is its heading, on every page that it goes over. `shares` are widths in per cent."""
        widths = [_WIDTH * share // 100 for share in shares]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        heading = _row(columns, widths, "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>", bold=True)
        self._add(
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:bottom w:w="60" w:type="dxa"/>'
            "</w:tblCellMar>"
            '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
            f'w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{heading}'
            + "".join(_row(row, widths, "") for row in rows)
            + "</w:tbl>"
        )
        # Two tables that follow each other would become one.
        self._add(_paragraph("", ""))

    def picture(self, png: bytes, alt: str) -> None:
        """A picture, with words for who does not see it."""
        placed = self._document.add_picture(io.BytesIO(png), width=_PICTURE)
        about = placed._inline.docPr  # noqa: SLF001 - the library has no other way to alternative text
        about.set("descr", visible(alt))
        about.set("title", "")

    def save(self, path: Path) -> None:
        self._document.save(str(path))

    def _add(self, xml: str) -> None:
        body = self._document.element.body
        body.insert(len(body) - 1, parse_xml(xml))

    def _dress(self, language: str) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        normal = self._document.styles["Normal"]
        normal.font.name, normal.font.size = "Arial", Pt(11)
        normal.element.get_or_add_rPr().append(parse_xml(f"<w:lang {nsdecls('w')} w:val={quoteattr(_tag(language))}/>"))
        for number in range(4):
            style = self._document.styles["Title" if number == 0 else f"Heading {number}"]
            style.font.name, style.font.color.rgb = "Arial", _INK
            fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
            if fonts is not None:
                for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                    fonts.attrib.pop(qn(f"w:{theme}"), None)


def _row(cells: Sequence[Cell], widths: Sequence[int], properties: str, *, bold: bool = False) -> str:
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(cell, '', bold=bold, outer=False)}</w:tc>"
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{properties}{written}</w:tr>"


def _paragraph(cell: Cell, properties: str, *, bold: bool = False, outer: bool = True) -> str:
    said = cell if isinstance(cell, Said) else None
    text = said.text if said is not None else str(cell)
    rtl = said is not None and said.language in RIGHT_TO_LEFT
    run = "<w:b/>" if bold else ""
    if rtl:
        run += "<w:rtl/>"
    if said is not None:
        tag = quoteattr(_tag(said.language))
        run += f"<w:lang w:bidi={tag}/>" if rtl else f"<w:lang w:val={tag}/>"
    body = "<w:br/>".join(_text(line) for line in lines(text))
    names = f" {nsdecls('w')}" if outer else ""
    return (
        f"<w:p{names}><w:pPr>{properties}{'<w:bidi/>' if rtl else ''}</w:pPr>"
        f"<w:r><w:rPr>{run}</w:rPr>{body}</w:r></w:p>"
    )


def _text(line: str) -> str:
    # A tab in a text is a character; in Word it is an element.
    return "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in line.split("\t"))


def _tag(language: str) -> str:
    return _LANGUAGES.get(language, language)
