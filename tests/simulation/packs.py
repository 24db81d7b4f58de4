"""The consultations that simulated people answer: small packs, in three policies for late answers.

Every question's words hold its code in square brackets, so that a simulated person can tell what is being asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from bot.packs import Library
from flows.definition import Consultation
from tests.simulation.watch import looked_up

PLAY = "harbour-play"
BUS = "harbour-bus"
CLUB = "harbour-club"
"""Asks a parent of whoever is younger than 13: only in worlds that have parents."""
POLICIES = ("tag-late", "strict", "finish-in-progress")

_STRUCTURE = """
slug = "{slug}"
authority = "Harbour Council"
contact = "play@harbour.example"
reference_prefix = "{prefix}"
sms_keyword = "{keyword}"
default_language = "en"
languages = ["en", "cy"]
timezone = "Europe/London"
opens_at = 2030-05-01T00:00:00
closes_at = 2030-06-01T00:00:00
late_policy = "{policy}"
feedback_due = 2030-09-30
{more}
[channels.telegram]
min_age = 16
{tables}
[[roles]]
code = "child"
bands = ["8-11", "12-15"]

[[roles]]
code = "parent-carer"
bands = ["adult"]

[[questions]]
code = "who"
kind = "who"
"""
_PLAY_QUESTIONS = """
[[questions]]
code = "swings"
kind = "one"
choices = ["more", "same", "fewer"]

[[questions]]
code = "why"
kind = "text"

[questions.show_if]
swings = ["more", "fewer"]

[[questions]]
code = "visits"
kind = "number"
optional = true
min = 0
max = 31

[[questions]]
code = "wanted"
kind = "many"
choices = ["slide", "pond", "trees"]

[[questions]]
code = "ideas"
kind = "text"
"""
_BUS_QUESTIONS = """
[[questions]]
code = "bus"
kind = "text"
"""
_CLUB_QUESTIONS = """
[[questions]]
code = "club"
kind = "text"
"""
_PARENTS_ASKED = """
[[laws]]
from = 2030-04-01
lawful_basis = "consent"
parental_permission = "required"
permission_under = 13
"""
_EXTENSION = """
[[extensions]]
closes_at = 2030-06-03T00:00:00
reason = "Half of the school was ill."
"""
_WORDING = """
[say]
title = "{title}"
welcome = "Hello! I am a computer."

[questions.swings]
name = "Swings"
text = "[swings] Should the park have more swings?"
[questions.swings.choices]
more = "More swings"
same = "It is fine now"
fewer = "Fewer swings"

[questions.why]
name = "Why"
text = "[why] What makes you say that?"

[questions.visits]
name = "Visits"
text = "[visits] How often did you come here last month?"

[questions.wanted]
name = "Wanted"
text = "[wanted] What should be there?"
[questions.wanted.choices]
slide = "A slide"
pond = "A pond"
trees = "Trees"

[questions.ideas]
name = "Ideas"
text = "[ideas] What else should we know?"
"""
_BUS_WORDING = """
[say]
title = "{title}"
welcome = "Hello! I am a computer."

[questions.bus]
name = "Bus"
text = "[bus] Where should the bus go?"
"""


_CLUB_WORDING = """
[say]
title = "{title}"
welcome = "Hello! I am a computer."

[questions.club]
name = "Club"
text = "[club] What should the club do?"
"""


def _write(folder: Path, policy: str, *, extended: bool, parents: bool) -> None:
    more = "grace_minutes = 10" if policy == "finish-in-progress" else ""
    tables = _EXTENSION if extended else ""
    club = (CLUB, "CLB", "CLUB", _CLUB_QUESTIONS, _CLUB_WORDING, "A club in the harbour", _PARENTS_ASKED)
    for slug, prefix, keyword, questions, wording, title, laws in (
        (PLAY, "HBR", "PLAY", _PLAY_QUESTIONS, _WORDING, "Play in the harbour", ""),
        (BUS, "BUS", "BUSES", _BUS_QUESTIONS, _BUS_WORDING, "Buses to the harbour", ""),
        *([club] if parents else []),
    ):
        (folder / slug / "wording").mkdir(parents=True)
        structure = _STRUCTURE.format(
            slug=slug, prefix=prefix, keyword=keyword, policy=policy, more=more, tables=tables + laws
        )
        (folder / slug / "consultation.toml").write_text(structure + questions)
        for language in ("en", "cy"):
            (folder / slug / "wording" / f"{language}.8-11.toml").write_text(wording.format(title=title))


@cache
def library(policy: str, *, extended: bool, parents: bool) -> Library:
    """The packs with that policy for late answers; `extended` closes two days later. Read once for each process."""
    with TemporaryDirectory() as folder:
        _write(Path(folder), policy, extended=extended, parents=parents)
        loaded = Library.load(Path(folder))
    faults = [fault for found in loaded.faults.values() for fault in found if not fault.warning]
    assert not faults, faults
    return loaded


class Shelf(Library):
    """One worker's view of the packs: the shorter timetable, until it looks again after the longer was published."""

    def __init__(self, before: Library, after: Library) -> None:
        super().__init__(Path())
        self._views = (before, after)
        self.published = False
        """Set by the world."""
        self.extended = False

    @property
    def _seen_now(self) -> Library:
        return self._views[self.extended]

    def refresh(self) -> tuple[str, ...]:
        if self.extended == self.published:
            return ()
        self.extended = self.published
        return tuple(pack.slug for pack in self.all())

    def all(self) -> tuple[Consultation, ...]:
        return self._seen_now.all()

    def get(self, slug: str) -> Consultation | None:
        looked_up(slug, extended=self.extended)
        return self._seen_now.get(slug)

    def by_keyword(self, text: str) -> Consultation | None:
        return self._seen_now.by_keyword(text)

    def files(self, slug: str) -> Mapping[str, str]:
        return self._seen_now.files(slug)

    def revive(self, files: Mapping[str, str]) -> Consultation:
        return _revived(tuple(sorted(files.items())), self._views[0])


@cache
def _revived(files: tuple[tuple[str, str], ...], by: Library) -> Consultation:
    return by.revive(MappingProxyType(dict(files)))
