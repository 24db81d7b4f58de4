"""What a message costs by text: two segments at most, and no dear character where a cheap one says the same.

One character outside the cheap alphabet (GSM-7) makes a whole text UCS-2, in which a segment holds 70 instead of 160.
Letters of a language are worth that; typographic marks and emoji are not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from flows import segments
from flows.lint_text import Finding

MOST_SEGMENTS: Final = 2

_CHEAP: Final[Mapping[str, str]] = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "•": "-",
    "\N{NO-BREAK SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
}
_MOST_NAMED: Final = 12
_SHOWN: Final = {"\N{NO-BREAK SPACE}": "a no-break space", "\N{NARROW NO-BREAK SPACE}": "a narrow no-break space"}


def dear_text(text: str, *, warning: bool = False) -> Iterator[Finding]:
    """A filled text that takes more segments than anybody should pay for."""
    size = segments.count(text)
    if size.segments > MOST_SEGMENTS:
        mend = f"Write a shorter text for SMS: {MOST_SEGMENTS} segments at most"
        yield Finding("sms-segments", f"By text this costs {_price(text)}", mend, warning)


def dear_characters(text: str) -> Iterator[Finding]:
    """A filled text that would cost less with plain marks."""
    plain = "".join(_CHEAP.get(character, "" if _is_picture(character) else character) for character in text)
    before, after = segments.count(text), segments.count(plain)
    if after.segments < before.segments:
        marks = [character for character in dict.fromkeys(text) if character in _CHEAP or _is_picture(character)]
        instead = [f"{_CHEAP[mark]} for {_SHOWN.get(mark, mark)}" for mark in marks if _CHEAP.get(mark, "").strip()]
        mend = (
            f"Write {', '.join(instead)}"
            if instead
            else f"Leave {' '.join(_SHOWN.get(mark, mark) for mark in marks)} out"
        )
        problem = f"By text this costs {_price(text)}; with plain marks {_segments(after.segments)}"
        yield Finding("sms-characters", problem, mend, warning=True)


def _price(text: str) -> str:
    size = segments.count(text)
    dear = sorted({character for character in text if segments.count(character).encoding != "GSM-7"})
    more = f" and {len(dear) - _MOST_NAMED} more" if len(dear) > _MOST_NAMED else ""
    named = " ".join(_SHOWN.get(character, character) for character in dear[:_MOST_NAMED])
    because = f" because of {named}{more}" if dear else ""
    return f"{_segments(size.segments)} ({size.units} characters in {size.encoding}{because})"


def _segments(count: int) -> str:
    return f"{count} segment{'' if count == 1 else 's'}"


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) == "So" or character in {
        "\N{VARIATION SELECTOR-16}",
        "\N{ZERO WIDTH JOINER}",
    }
