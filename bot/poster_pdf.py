"""Posters as a PDF that screen readers can read (PDF/UA-1). What stands on them is data, never part of the layout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import resources
from typing import Final

from bot.poster import Poster, drawn, side

_STANDARD: Final = "ua-1"
_SAME_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands as the time of making, so that the same poster is the same file."""


def as_pdf(posters: Sequence[Poster]) -> bytes:
    """One page for each, all in the first one's language as far as the file's own title goes."""
    # 7 MiB, which a worker that is never asked for a poster does without.
    import typst  # noqa: PLC0415

    data = [
        {**asdict(poster), "ways": [{**asdict(way), "picture": _svg(way.code)} for way in poster.ways]}
        for poster in posters
    ]
    layout = resources.files("bot").joinpath("templates", "poster.typ").read_bytes()
    pdf = typst.compile(
        layout,
        format="pdf",
        sys_inputs={"posters": json.dumps(data)},
        pdf_standards=[_STANDARD],
        timestamp=_SAME_TIME,
    )
    assert isinstance(pdf, bytes)  # nosec B101 # noqa: S101 - one document, and not one picture for each page
    return pdf


def _svg(code: str) -> str:
    size = side(code)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{drawn(code)}" fill="#000"/></svg>'
    )
