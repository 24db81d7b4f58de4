"""Bar charts as drawings (SVG) with words that say the same. The table with the figures always stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape  # nosec B406 # it writes, and reads nothing

from bot.exports.plain import in_one_line

Bars = Sequence[tuple[str, int]]
"""Labels and how many people; 0 where they are too few to show."""

_WIDTH: Final = 640
_LABELS: Final = 240
_ROW: Final = 30
_BAR: Final = 18
_LONGEST: Final = 34
"""Characters of a label beside its bar; the table has it whole."""
_BLUE: Final = "#1d70b8"
_INK: Final = "#0b0c0c"
TOO_FEW: Final = "too few to show"


def chart(bars: Bars) -> str:
    """One bar for each label, all on the same scale that begins at nought."""
    most = max((count for _, count in bars), default=0) or 1
    room = _WIDTH - _LABELS - 120
    drawn: list[str] = []
    for place, (label, count) in enumerate(bars):
        top = place * _ROW
        middle = top + _BAR
        drawn.append(f'<text x="{_LABELS - 10}" y="{middle}" text-anchor="end">{escape(_short(label))}</text>')
        length = room * count // most
        if count:
            drawn.append(f'<rect x="{_LABELS}" y="{top + 4}" width="{length}" height="{_BAR}" fill="{_BLUE}"/>')
        drawn.append(f'<text x="{_LABELS + length + 8}" y="{middle}">{f"{count:,}" if count else TOO_FEW}</text>')
    height = _ROW * max(1, len(bars))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="Noto Sans, DejaVu Sans, Liberation Sans, sans-serif" font-size="13" fill="{_INK}">'
        f"{''.join(drawn)}</svg>"
    )


def in_words(bars: Bars) -> str:
    """The chart for who does not see it."""
    told = "; ".join(f"{label}: {f'{count:,}' if count else TOO_FEW}" for label, count in bars)
    return f"Bar chart. {told}."


def _short(label: str) -> str:
    held = in_one_line(label)
    return held if len(held) <= _LONGEST else held[: _LONGEST - 1].rstrip() + "…"
