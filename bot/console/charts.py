"""Charts as inline SVG: bars beside each other, with no more in them than the table that stands beside them.

Without a `style` anywhere, because our pages allow none; colours come from the stylesheet, by class. Sizes are in units
of a drawing that is `WIDTH` wide and grows with its column, so that words in it stay readable on a small screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

WIDTH: Final = 320
_LINE: Final = 38
_BAR: Final = 14
_TALL: Final = 96
_LONGEST: Final = 44
"""Characters that surely fit into one line of words."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar."""

    label: str
    size: int
    """0 for none: what is hidden and what is nothing look the same."""
    words: str
    """What stands at its end."""
    aim: int | None = None
    """How long it is meant to become."""


def bars(code: str, title: str, description: str, drawn: Sequence[Bar]) -> Markup:
    """Lying bars, each below its label."""
    most = max((size for bar in drawn for size in (bar.size, bar.aim or 0)), default=0) or 1
    return _picture(code, title, description, _LINE * len(drawn), _lying(drawn, most))


def columns(code: str, title: str, description: str, drawn: Sequence[Bar]) -> Markup:
    """Standing bars, close together: for what goes on in time. Only the first and the last have their label."""
    most = max((bar.size for bar in drawn), default=0) or 1
    return _picture(code, title, description, _TALL + 44, _standing(drawn, most))


def _picture(code: str, title: str, description: str, height: int, inside: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{code}-chart {code}-about" viewBox="0 0 {width} {height}">'
        '<title id="{code}-chart">{title}</title><desc id="{code}-about">{description}</desc>{inside}</svg>'
    ).format(code=code, width=WIDTH, height=height, title=title, description=description, inside=Markup().join(inside))


def _lying(drawn: Sequence[Bar], most: int) -> Iterable[Markup]:
    for place, bar in enumerate(drawn):
        top = place * _LINE
        room = _LONGEST - len(bar.words) - 2
        short = bar.label if len(bar.label) <= room else f"{bar.label[: room - 1]}…"
        yield Markup('<text class="label" x="0" y="{}">{}</text>').format(top + 14, short)
        yield Markup('<text class="words" x="{}" y="{}" text-anchor="end">{}</text>').format(WIDTH, top + 14, bar.words)
        yield _rectangle("ground", 0, top + 19, WIDTH, _BAR)
        yield _rectangle("bar", 0, top + 19, _part(bar.size, most, WIDTH), _BAR)
        if bar.aim is not None:
            yield _rectangle("aim", max(0, _part(bar.aim, most, WIDTH) - 3), top + 16, 3, _BAR + 6)


def _standing(drawn: Sequence[Bar], most: int) -> Iterable[Markup]:
    yield Markup('<text class="words" x="0" y="14">{}</text>').format(f"Highest: {most}" if any(_sizes(drawn)) else "")
    pitch = WIDTH / max(1, len(drawn))
    for place, bar in enumerate(drawn):
        height = _part(bar.size, most, _TALL)
        yield _rectangle("bar", round(place * pitch, 1), 22 + _TALL - height, round(max(1.0, pitch * 0.8), 1), height)
    yield _rectangle("edge", 0, 22 + _TALL, WIDTH, 1)
    if drawn:
        yield Markup('<text class="label" x="0" y="{}">{}</text>').format(_TALL + 40, drawn[0].label)
    if len(drawn) > 1:
        yield Markup('<text class="label" x="{}" y="{}" text-anchor="end">{}</text>').format(
            WIDTH, _TALL + 40, drawn[-1].label
        )


def _sizes(drawn: Iterable[Bar]) -> Iterable[int]:
    return (bar.size for bar in drawn)


def _part(size: int, most: int, of: int) -> float:
    return round(of * min(size, most) / most, 1)


def _rectangle(name: str, left: float, top: float, width: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"></rect>').format(
        name, left, top, width, height
    )
