"""The ratios as a picture: a bar for each, and one line where all of their aims are. Plain SVG, drawn here.

Text is text, so that it can be read aloud and searched. The picture brings its own ground in light and in dark, and
whether an aim is met is said in words beside what the colour says.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from benchmarks.aims import Figure

WIDTH: Final = 760
LEFT: Final = 260
"""Where bars begin; their names are to the left."""
AIM_AT: Final = 200
"""How long the bar is that just reaches its aim."""
LONGEST: Final = 320
"""A bar that would be longer ends here, with its number behind it."""
_TOP: Final = 64
_ROW: Final = 30
_BAR: Final = 16

_STYLE: Final = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.ground { fill: #ffffff } .met { fill: #1a7f5a } .short { fill: #b35900 } .aim { stroke: #1f2328; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .ground { fill: #0d1117 } .met { fill: #3fb68b } .short { fill: #e0933b }
  .aim { stroke: #e6edf3 }
}"""


def svg(title: str, figures: Sequence[Figure]) -> str:
    """A picture of figures that are ratios, one below another in the order given."""
    height = _TOP + _ROW * len(figures) + 16
    rows = [_row(figure, _TOP + _ROW * place) for place, figure in enumerate(figures)]
    aim = LEFT + AIM_AT
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
            f' width="{WIDTH}" height="{height}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(_described(figures))}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
            f'<text class="title" x="16" y="28">{escape(title)}</text>',
            f'<text x="{aim}" y="{_TOP - 12}" text-anchor="middle">aim</text>',
            *rows,
            f'<line class="aim" x1="{aim}" y1="{_TOP - 6}" x2="{aim}" y2="{height - 12}"/>',
            "</svg>",
            "",
        )
    )


def _row(figure: Figure, top: int) -> str:
    length = min(round(AIM_AT * figure.aim.share(figure.value)), LONGEST)
    middle = top + _BAR - 3
    told = f"{figure.aim.written(figure.value)}, {'met' if figure.met else 'short'}: {figure.aim}"
    return "\n".join(
        (
            f'<text x="{LEFT - 10}" y="{middle}" text-anchor="end">{escape(figure.what)}</text>',
            f'<rect class="{"met" if figure.met else "short"}" x="{LEFT}" y="{top}" width="{length}" height="{_BAR}"/>',
            f'<text x="{LEFT + max(length, AIM_AT) + 10}" y="{middle}">{escape(told)}</text>',
        )
    )


def _described(figures: Sequence[Figure]) -> str:
    return " ".join(f"{figure}." for figure in figures)
