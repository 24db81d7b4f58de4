"""Packs as text, to read, to spoil and to write into folders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

STRUCTURE = "consultation.toml"
CHILD = "wording/en.8-11.toml"
ADULT = "wording/en.adult.toml"

SYSTEM: Mapping[str, str] = {
    "en.4-7.toml": """
[say]
welcome = "Hello from {authority}."
help = "Ask a grown-up. Say {stop} to end."
thanks = "Thank you."

[sms]
help = "Ask a grown-up."

[labels]
send = "Send"

[kinds.one]
typed = "Send a number."
tapped = "Pick one."

[who]
text = "Who are you?"
why = "Then we can use the right words."
grown_up = "Grown-up: please read this out."

[who.choices]
4-7 = "I am 4 to 7"
8-11 = "I am 8 to 11"
12-15 = "I am 12 to 15"
adult = "I am an adult"
child = "A child"
parent-carer = "A parent or carer"

[helped-by]
text = "Who is typing?"

[helped-by.choices]
child = "Me"
together = "Both of us"
grown-up = "A grown-up"

[yes-no.choices]
yes = "Yes"
no = "No"
not-sure = "Not sure"
""",
    "en.8-11.toml": """
[say]
welcome = "Hello! This is {authority}."
""",
}
"""A little of what Sayso says of its own; its real words have tests of their own."""

PARK: Mapping[str, str] = {
    STRUCTURE: """\
slug = "park"
authority = "Harbour Council"
contact = "play@harbour.example"
timezone = "Europe/London"
opens_at = 2030-05-01T09:00:00
closes_at = 2030-06-01T00:00:00
late_policy = "tag-late"
sms_keyword = "PARK"
default_language = "en"
languages = ["en"]
feedback_due = 2030-09-30

[[roles]]
code = "child"
bands = ["8-11"]

[[roles]]
code = "parent-carer"
bands = ["adult"]
closes_at = 2030-06-08T00:00:00

[[questions]]
code = "swings"
kind = "one"
choices = ["more", "same", "not-sure"]

[[questions]]
code = "why"
kind = "text"
optional = true
show_if = { swings = ["more"] }

[[questions]]
code = "mark"
kind = "scale"
min = 1
max = 5
roles = ["parent-carer"]
""",
    CHILD: """\
reviewed_by = "Harbour youth council"

[say]
title = "The park"

[questions.swings]
text = "Should the park have more swings?"
why = "There is money for one new thing."

[questions.swings.choices]
more = "More swings"
same = "It is fine now"
not-sure = "Not sure"

[questions.why]
text = "What makes you say that?"
sms = "What makes you say that? Or say SKIP."
""",
    ADULT: """\
[say]
title = "The park"

[questions.swings]
text = "Does the park need more swings?"

[questions.swings.choices]
more = "Yes, more swings"
same = "It is fine as it is"
not-sure = "I am not sure"

[questions.why]
text = "What makes you say that?"

[questions.mark]
text = "What do you think of the park today?"
low = "poor"
high = "very good"
""",
}
"""A small pack without a single fault."""

HARBOUR: Mapping[str, str] = {
    STRUCTURE: """\
# consultations/harbour-play-2030/consultation.toml
slug = "harbour-play-2030"
authority = "Harbour Council"
timezone = "Europe/London"
opens_at = 2030-05-01T09:00:00
closes_at = 2030-06-01T00:00:00        # shown to people as "11:59pm on Friday 31 May 2030"
late_policy = "tag-late"
sms_keyword = "PLAY"
default_language = "en"
languages = ["en", "cy"]
feedback_due = 2030-09-30

[channels.telegram]
min_age = 16

[[roles]]
code = "child"
bands = ["4-7", "8-11", "12-15"]

[[roles]]
code = "parent-carer"
bands = ["adult"]
closes_at = 2030-06-08T00:00:00        # a week longer for this role

[[questions]]
code = "swings"
kind = "one"                            # text, one, many, number, scale, yes-no, rank, note
choices = ["more", "same", "fewer", "not-sure"]

[[questions]]
code = "why"
kind = "text"
optional = true
show_if = { swings = ["more", "fewer"] }
roles = ["child", "parent-carer"]
""",
    CHILD: """\
# consultations/harbour-play-2030/wording/en.8-11.toml
reviewed_by = "Harbour youth council, 12 March 2030"

[questions.swings]
text = "Should the park have more swings?"
why = "The council has money for one new thing."
again = "Pick one of these. You can send just the number."

[questions.swings.choices]
more = "More swings"
same = "It is fine now"
fewer = "Fewer swings"
not-sure = "Not sure"

[questions.why]
text = "What makes you say that?"
sms = "What makes you say that? Or say SKIP."
""",
}
"""The example that authors are given: it has to load as it stands."""


EQUALITY: Mapping[str, str] = {
    **PARK,
    STRUCTURE: f"""\
{PARK[STRUCTURE]}
[[questions]]
code = "about-you"
kind = "note"

[[questions]]
code = "needs"
kind = "yes-no"
choices = ["yes", "no", "prefer-not-to-say"]
optional = true
equality = true

[[questions]]
code = "home"
kind = "many"
choices = ["with-family", "in-care", "prefer-not-to-say"]
alone = ["prefer-not-to-say"]
optional = true
equality = true
""",
    **{
        file: f"""\
{PARK[file]}
[questions.about-you]
text = "Two last questions are about you. We keep them apart."

[questions.needs]
text = "Is it harder for you to get about?"

[questions.needs.choices]
prefer-not-to-say = "I would rather keep it"

[questions.home]
text = "Where do you live?"

[questions.home.choices]
with-family = "With my family"
in-care = "In care"
prefer-not-to-say = "I would rather keep it"
"""
        for file in (CHILD, ADULT)
    },
}
"""The park with two equality questions at its end: without a fault, too."""


def spoilt(file: str, old: str, new: str, files: Mapping[str, str] = PARK) -> dict[str, str]:
    """The files with one passage replaced. Fails where there is no such passage: the test would prove nothing."""
    assert old in files[file], f"{old!r} is not in {file}"
    return {**files, file: files[file].replace(old, new, 1)}


def written(folder: Path, slug: str = "park", files: Mapping[str, str] = PARK) -> Path:
    """The pack in a folder of its own under `folder`, with that slug."""
    pack = folder / slug
    for path, text in files.items():
        target = pack / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace('slug = "park"', f'slug = "{slug}"'), "utf-8")
    return pack
