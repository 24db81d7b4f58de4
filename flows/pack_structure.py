"""`consultation.toml`: who asks whom, from when until when. Its questions are in `flows.pack_questions`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.closings import Extension
from flows.cutoff import closes_at as closing_of
from flows.cutoff import last_close
from flows.definition import AgeBand, Consultation, LatePolicy, Nation, Role, Timetable
from flows.folding import fold
from flows.keeping import LONGEST_MONTHS, LONGEST_YEARS, Keeping
from flows.messages import CONVERSING, Channel
from flows.pack_laws import read_laws
from flows.pack_questions import read_questions
from flows.pack_stages import instant_of, with_stages
from flows.pack_table import Table, listed
from flows.pack_targets import read_targets
from flows.pack_terms import known_role, read_bands, taken_words
from flows.pack_themes import read_aims, read_themes

STRUCTURE: Final = "consultation.toml"

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_KEYWORD: Final = re.compile(r"[^\W_]{2,20}")
_PREFIX: Final = re.compile(r"[A-Z]{2,5}")
# Host names and a port, nothing that could end one rule of a Content-Security-Policy and begin another.
ORIGIN: Final = re.compile(
    r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?"
)
# Telegram's terms ask people in the United Kingdom to be 16 (telegram.org/tos).
LOWEST_AGES: Final[Mapping[str, int]] = {Channel.TELEGRAM.value: 16}
TAKEN_SLUGS: Final = frozenset(
    {"account", "concerns", "identity", "officers", "record", "rota", "sign-in", "sign-out", "static"}
)
"""What stands behind `/console/` where no consultation does."""
APPROVAL_REQUIRED: Final = "required"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_structure(top: Table) -> Consultation:
    """The consultation without its words and version. Where faults make it unusable, its values mean nothing."""
    slug = _slug(top)
    zone = _zone(top)
    default, languages = _languages(top)
    roles = _roles(top)
    timetable = _timetable(top, zone, roles)
    feedback_due = _feedback_due(top, timetable)
    questions, aims = read_questions(top, roles), read_aims(top)
    consultation = Consultation(
        slug=slug,
        version="",
        authority=top.text("authority", needed="who asks, as people know them") or "",
        timetable=timetable,
        questions=questions,
        roles=roles,
        words={},
        languages=languages,
        default_language=default,
        sms_keyword=_keyword(top, languages),
        reference_prefix=_prefix(top, slug),
        feedback_due=feedback_due,
        keeping=_keeping(top, timetable, feedback_due),
        contact=_contact(top),
        min_age=_min_age(top),
        join_wait=timedelta(seconds=_or(top.whole("join_wait_seconds", 0, 120), 8)),
        frame_ancestors=_origins(top),
        aims=aims,
        themes=read_themes(top, aims, questions),
        nation=_nation(top),
        names=top.texts("names") or (),
        glossary=_glossary(top),
        targets=read_targets(top, roles),
        needs_approval=_needs_approval(top),
        laws=read_laws(top, zone, timetable.opens_at),
    )
    consultation = with_stages(top, consultation)
    top.done()
    return consultation


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _zone(top: Table) -> ZoneInfo:
    name = top.text("timezone", needed='such as timezone = "Europe/London"')
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        top.broken("timezone", "timezone", f"There is no time zone {name!r}", 'Write one such as "Europe/London"')
        return ZoneInfo("UTC")


def _languages(top: Table) -> tuple[str, tuple[str, ...]]:
    default = top.text("default_language") or "en"
    languages = top.texts("languages") or (default,)
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            top.broken("languages", "language", f"{language!r} is not a language", 'Write codes such as "en" or "cy"')
    if default not in languages:
        key = "default_language" if top.has("default_language") else "languages"
        top.broken(key, "language", f"The pack's own language {default!r} is not among its languages", "Add it there")
    return default, tuple(language for language in languages if _LANGUAGE.fullmatch(language)) or (default,)


def _roles(top: Table) -> tuple[Role, ...]:
    roles: list[Role] = []
    for table in top.tables("roles"):
        code = table.code("code", needed='such as code = "parent-carer"') or ""
        bands = read_bands(table, "bands", needed='such as bands = ["8-11", "12-15"]')
        table.has("closes_at")
        table.done()
        if any(role.code == code for role in roles):
            table.broken("code", "duplicate", f"There are two roles {code!r}", "Give one of them another code")
        roles.append(Role(code, bands or (AgeBand.ADULT,)))
    if not roles:
        top.broken("roles", "missing-key", "The pack has no roles", "Say who is asked: [[roles]] with code and bands")
        return (Role("everybody", (AgeBand.ADULT,)),)
    _no_two_options_alike(top, roles)
    return tuple(roles)


def _no_two_options_alike(top: Table, roles: list[Role]) -> None:
    codes = [f"{role.code}-{band.value}" for role in roles for band in role.bands if len(role.bands) > 1]
    for role in roles:
        if role.code in codes:
            top.broken(
                "roles",
                "duplicate",
                f"The role {role.code!r} is called like a band of another role",
                "Give it another code",
            )


def _timetable(top: Table, zone: ZoneInfo, roles: tuple[Role, ...]) -> Timetable:
    opens = instant_of(top, "opens_at", zone, needed="such as opens_at = 2030-05-01T09:00:00")
    closes = instant_of(top, "closes_at", zone, needed="such as closes_at = 2030-06-01T00:00:00, for the end of 31 May")
    opens_at, closes_at = opens or _EPOCH, closes or _EPOCH
    if opens and closes and closes <= opens:
        top.broken("closes_at", "closing", "It closes before it opens", "Write a closing time after opens_at")
    role_closes_at = _role_closings(top, zone, opens)
    policy, grace = _lateness(top)
    quiet_from, quiet_until = _quiet_hours(top)
    planned = Timetable(
        zone=zone,
        opens_at=opens_at,
        closes_at=closes_at,
        role_closes_at=role_closes_at,
        late_policy=policy,
        grace=timedelta(minutes=grace),
        reminder_before=_reminder(top),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
    )
    return _with_extensions(top, planned, roles)


def _role_closings(top: Table, zone: ZoneInfo, opens: datetime | None) -> dict[str, datetime]:
    closings: dict[str, datetime] = {}
    for table in top.tables("roles"):
        closes = instant_of(table, "closes_at", zone)
        if closes is None:
            continue
        if opens and closes <= opens:
            table.broken("closes_at", "closing", "It closes for this role before it opens", "Write a later time")
        closings[str(table.data.get("code"))] = closes
    return closings


def _lateness(top: Table) -> tuple[LatePolicy, int]:
    name = top.text("late_policy") or LatePolicy.TAG_LATE.value
    known = tuple(policy.value for policy in LatePolicy)
    if name not in known:
        top.broken("late_policy", "late-policy", f"There is no late policy {name!r}", f"Use {listed(known)}")
        name = LatePolicy.TAG_LATE.value
    policy = LatePolicy(name)
    grace = top.whole("grace_minutes", 0, 7 * 24 * 60)
    if policy is LatePolicy.FINISH_IN_PROGRESS and not grace:
        top.warn(
            "late_policy",
            "grace",
            "Nobody has any time to finish",
            "Say how long they have, such as grace_minutes = 30",
        )
    return policy, _or(grace, 0)


def _reminder(top: Table) -> timedelta | None:
    table = top.table("reminder")
    days, enabled = _or(table.whole("before_days", 1, 60), 2), table.yes("enabled")
    table.done()
    return None if enabled is False else timedelta(days=days)


def _quiet_hours(top: Table) -> tuple[int, int]:
    table = top.table("quiet_hours")
    hours = _or(table.whole("from", 0, 23), 20), _or(table.whole("until", 0, 23), 8)
    table.done()
    return hours


def _with_extensions(top: Table, planned: Timetable, roles: tuple[Role, ...]) -> Timetable:
    extensions: list[Extension] = []
    for table in top.tables("extensions"):
        closes = instant_of(table, "closes_at", planned.zone, needed="when it closes now")
        reason = table.text("reason", needed="why it stays open longer: people are told") or ""
        role = table.code("role")
        table.done()
        if role is not None:
            known_role(table, "role", role, roles)
        if closes is None:
            continue
        if closes <= closing_of(planned, role):
            table.broken("closes_at", "closing", "It closes no later than without it", "Write a later time")
        extensions.append(Extension(closes, reason, role))
    return replace(planned, extensions=tuple(extensions))


def _feedback_due(top: Table, timetable: Timetable) -> date | None:
    due = top.day("feedback_due")
    if due is None:
        if not top.has("feedback_due"):
            top.warn(None, "feedback-due", "People are not told when they hear what came of it", "Add feedback_due")
        return None
    if due < last_close(timetable).astimezone(timetable.zone).date():
        top.fault("feedback_due", "feedback-due", "The answer is due before it has closed for all", "Write a later day")
    return due


def _contact(top: Table) -> str | None:
    contact = top.text("contact")
    if contact is None:
        top.warn(None, "contact", "The pack names nobody to turn to", 'Write an address or a number: contact = "..."')
    return contact


def _keeping(top: Table, timetable: Timetable, feedback_due: date | None) -> Keeping:
    months = _or(top.whole("retention_months", 1, LONGEST_MONTHS), Keeping().months)
    years = _or(top.whole("safeguarding_retention_years", 1, LONGEST_YEARS), Keeping().safeguarding_years)
    keeping = Keeping(months, years)
    until = keeping.until(last_close(timetable), timetable.zone).astimezone(timetable.zone).date()
    if feedback_due is not None and until <= feedback_due:
        key = "retention_months" if top.has("retention_months") else "feedback_due"
        problem = "Nobody can be told what came of it any more: who answered is forgotten before that day"
        top.fault(key, "retention", problem, "Write more months, such as retention_months = 24")
    return keeping


def _keyword(top: Table, languages: tuple[str, ...]) -> str:
    keyword = top.text("sms_keyword", needed='such as sms_keyword = "PLAY"')
    if keyword is None:
        return ""
    if not _KEYWORD.fullmatch(keyword):
        top.broken("sms_keyword", "keyword", f"{keyword!r} is not one word", "Use 2 to 20 letters or digits, no spaces")
    elif fold(keyword) in taken_words(languages):
        top.broken("sms_keyword", "keyword", f"{keyword} already means something else", "Choose another word")
    return keyword.upper()


def _slug(top: Table) -> str:
    slug = top.code("slug", needed="the name of the pack's folder") or ""
    if slug in TAKEN_SLUGS:
        top.broken("slug", "code", f"{slug!r} is the name of a page of Sayso's own", "Call the folder something longer")
    return slug


def _prefix(top: Table, slug: str) -> str:
    prefix = top.text("reference_prefix")
    if prefix is None:
        return "".join(character for character in slug.upper() if "A" <= character <= "Z")[:3].ljust(3, "X")
    if not _PREFIX.fullmatch(prefix):
        top.broken("reference_prefix", "prefix", f"{prefix!r} cannot begin a reference", "Use 2 to 5 capital letters")
    return prefix


def _min_age(top: Table) -> dict[str, int]:
    ages = dict(LOWEST_AGES)
    channels = top.table("channels")
    for name in CONVERSING:
        table = channels.table(name.value)
        age = table.whole("min_age", 0, 120)
        table.done()
        if age is None:
            continue
        ages[name.value] = age
        if age < LOWEST_AGES.get(name.value, 0):
            table.warn(
                "min_age",
                "channel-age",
                f"The provider's own terms ask people on {name.value} to be {LOWEST_AGES[name.value]}",
                "Write that age, or check the terms again",
            )
    channels.done()
    return ages


def _nation(top: Table) -> Nation | None:
    name = top.text("nation")
    if name is None:
        return None
    known = tuple(nation.value for nation in Nation)
    if name not in known:
        top.fault("nation", "nation", f"There is no nation {name!r}", f"Use one of {listed(known)}, or leave it out")
        return None
    return Nation(name)


def _needs_approval(top: Table) -> bool:
    """Whether somebody has to approve it in the console before it opens; without the key its dates alone decide."""
    named = top.text("approval")
    if named is None:
        return False
    if named != APPROVAL_REQUIRED:
        mend = f'Write approval = "{APPROVAL_REQUIRED}", or leave it out'
        top.fault("approval", "approval", f"{named!r} does not say whether it needs an approval", mend)
    # Whatever was meant by another word, nothing opens by mistake.
    return True


def _glossary(top: Table) -> dict[str, str]:
    inside = top.table("glossary")
    return {letters: text for letters in inside.data if (text := inside.text(letters)) is not None}


def _origins(top: Table) -> tuple[str, ...]:
    if top.has("frame_ancestors") and top.data["frame_ancestors"] == []:
        return ()
    origins = top.texts("frame_ancestors") or ()
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            top.broken(
                "frame_ancestors",
                "origin",
                f"{origin!r} is not the address of a site",
                'Write it without a path, such as "https://www.harbour.example"',
            )
    return origins
