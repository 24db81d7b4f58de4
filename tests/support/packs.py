"""A small pack on disk, for tests of what happens around a conversation and not in it.

PLAY asks `who` (a child of 8-11 or 12-15, or a parent or carer), then `swings` (more, same, fewer), then `why`.
"""

from __future__ import annotations

from pathlib import Path

SLUG = "harbour-play"
KEYWORD = "PLAY"

_STRUCTURE = """
slug = "{slug}"
authority = "Harbour Council"
contact = "play@harbour.example"
reference_prefix = "HBR"
sms_keyword = "{keyword}"
default_language = "en"
languages = ["en", "cy"]
timezone = "Europe/London"
opens_at = {opens_at}
closes_at = {closes_at}
late_policy = "tag-late"
feedback_due = 2030-09-30

[channels.telegram]
min_age = 16
{more}

[[roles]]
code = "child"
bands = ["8-11", "12-15"]

[[roles]]
code = "parent-carer"
bands = ["adult"]

[[questions]]
code = "who"
kind = "who"

[[questions]]
code = "swings"
kind = "one"
choices = ["more", "same", "fewer"]

[[questions]]
code = "why"
kind = "text"
"""

_WORDING = """
[say]
title = "{title}"
welcome = "Hello! I am a computer."

[questions.swings]
name = "Swings"
text = "Should the park have more swings?"

[questions.swings.choices]
more = "More swings"
same = "It is fine now"
fewer = "Fewer swings"

[questions.why]
name = "Why"
text = "{why}"
"""

PARENTS_ASKED = """
[[laws]]
from = 2030-04-01
lawful_basis = "consent"
parental_permission = "required"
permission_under = 13
"""
"""What makes a child of 8 to 11 wait for a parent's yes."""
WHY = "What makes you say that?"


def write_pack(
    folder: Path,
    *,
    slug: str = SLUG,
    keyword: str = KEYWORD,
    opens_at: str = "2030-05-01T00:00:00",
    closes_at: str = "2030-06-01T00:00:00",
    more: str = "",
    why: str = WHY,
) -> Path:
    """Writes the pack into a folder of packs, over an earlier one; returns that folder. Times are local."""
    wording = folder / slug / "wording"
    wording.mkdir(parents=True, exist_ok=True)
    structure = _STRUCTURE.format(slug=slug, keyword=keyword, opens_at=opens_at, closes_at=closes_at, more=more)
    (folder / slug / "consultation.toml").write_text(structure)
    for language, title in (("en", "Play in the harbour"), ("cy", "Chwarae yn yr harbwr")):
        (wording / f"{language}.8-11.toml").write_text(_WORDING.format(title=title, why=why))
    return folder
