"""A pack that asks one question of every kind, so that every field a page can have is seen."""

from __future__ import annotations

from pathlib import Path

SLUG = "every-kind"

_STRUCTURE = """
slug = "every-kind"
authority = "Harbour Council"
contact = "play@harbour.example"
reference_prefix = "EVK"
sms_keyword = "EVERY"
default_language = "en"
languages = ["en", "cy"]
timezone = "Europe/London"
opens_at = 2030-05-01T00:00:00
closes_at = 2030-06-01T00:00:00
late_policy = "tag-late"
feedback_due = 2030-09-30

[[roles]]
code = "child"
bands = ["4-7", "8-11"]

[[roles]]
code = "parent-carer"
bands = ["adult"]

[[questions]]
code = "who"
kind = "who"

[[questions]]
code = "helped"
kind = "helped-by"
bands = ["4-7"]

[[questions]]
code = "places"
kind = "one"
choices = ["swings", "slides", "not-sure"]

[[questions]]
code = "uses"
kind = "many"
choices = ["parks", "buses", "clubs"]

[[questions]]
code = "safe"
kind = "scale"
min = 1
max = 5

[[questions]]
code = "people"
kind = "number"
min = 1
max = 30

[[questions]]
code = "order"
kind = "rank"
choices = ["safe", "well", "learn"]

[[questions]]
code = "ideas"
kind = "text"
"""

_WORDING = """
[say]
title = "Every kind of question"

[questions.places]
name = "Places"
text = "Which would you like?"
why = "There is money for one new thing."

[questions.places.choices]
swings = "Swings"
slides = "Slides"
not-sure = "Not sure"

[questions.places.pictures]
swings = "\N{PLAYGROUND SLIDE}"
slides = "\N{ROLLER COASTER}"
not-sure = "\N{SHRUG}"

[questions.uses]
name = "What you use"
text = "Which of these do you use?"

[questions.uses.choices]
parks = "Parks"
buses = "Buses"
clubs = "Youth clubs"

[questions.safe]
name = "Feeling safe"
text = "How safe do you feel here?"
low = "Not safe"
high = "Very safe"

[questions.people]
name = "People at home"
text = "How many people live with you?"

[questions.order]
name = "What matters"
text = "Which matters most to you?"

[questions.order.choices]
safe = "Being safe"
well = "Being well"
learn = "Learning"

[questions.ideas]
name = "Your ideas"
text = "What else would you like to tell us?"
"""


def write_every_kind(folder: Path) -> Path:
    """Writes the pack into a folder of packs; returns that folder."""
    wording = folder / SLUG / "wording"
    wording.mkdir(parents=True, exist_ok=True)
    (folder / SLUG / "consultation.toml").write_text(_STRUCTURE, encoding="utf-8")
    for language in ("en", "cy"):
        (wording / f"{language}.4-7.toml").write_text(_WORDING, encoding="utf-8")
    return folder
