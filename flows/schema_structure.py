"""The JSON Schema of `consultation.toml`. What it cannot say (that a role exists, say), `sayso check` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flows.consents import Consent
from flows.definition import AgeBand, Kind, LatePolicy, Nation
from flows.keeping import LONGEST_MONTHS, LONGEST_YEARS
from flows.law import Basis, Permission
from flows.messages import CONVERSING
from flows.pack_laws import HIGHEST_AGE, LOWEST_AGE
from flows.pack_questions import FITS, HIGHEST, LOWEST, OWN_CHOICES
from flows.pack_structure import APPROVAL_REQUIRED, LOWEST_AGES, ORIGIN
from flows.pack_targets import HIGHEST as FEWEST_AT_MOST
from flows.pack_targets import MOST
from flows.schema_parts import (
    CODE,
    DAY,
    LOCAL_TIME,
    Schema,
    code,
    one_of,
    only_for,
    open_table,
    several,
    table,
    tables,
    text,
    whole,
    whole_file,
    yes_or_no,
)
from flows.suppression import FEWEST
from flows.suppression import LOWEST as LOWEST_FEWEST

_KINDS: Final[Mapping[Kind, str]] = {
    Kind.WHO: "who somebody is: sets role and age band, and comes first",
    Kind.HELPED_BY: "who is typing for a child of the youngest band",
    Kind.TEXT: "an answer in their own words",
    Kind.ONE: "one of the choices",
    Kind.MANY: "any of the choices, at_most many",
    Kind.NUMBER: "a whole number, within min and max where they are given",
    Kind.SCALE: "a point from min to max",
    Kind.YES_NO: "yes, no or not sure",
    Kind.RANK: "the choices in order, at_most many",
    Kind.NOTE: "a statement: nothing is asked",
}


def structure_schema() -> Schema:
    return whole_file(
        "A consultation",
        "What is asked, of whom, until when. The words are in wording/<language>.<band>.toml.",
        {
            **_WHO_ASKS,
            **_WHEN,
            **_HOW,
            "roles": _roles(),
            "stages": _stages(),
            "laws": _laws(),
            "questions": _questions(),
            "aims": _named(
                "Aims", "What the plan is to bring about; themes belong to them. Nobody who answers sees them.", {}
            ),
            "themes": _named(
                "Themes",
                "What officers sort answers by, to begin with. Nobody who answers sees them.",
                {
                    "aim": code("Aim", "The aim that it belongs to."),
                    "questions": several("Questions", "Those it is about.", {"type": "string", "pattern": CODE}),
                },
            ),
        },
        needed=("slug", "authority", "timezone", "opens_at", "closes_at", "sms_keyword", "roles", "questions"),
    )


def _bands(description: str) -> Schema:
    return several("Age bands", description, {"type": "string", "enum": [band.value for band in AgeBand]})


def _local_time(title: str, description: str) -> Schema:
    return text(title, f"{description} Local time, without quotation marks or offset.", pattern=LOCAL_TIME)


_LANGUAGE: Final[Schema] = {"type": "string", "pattern": "^[a-z]{2,3}$"}
_PLAIN: Final[Schema] = {"type": "string", "pattern": r"\S"}

_WHO_ASKS: Final[Mapping[str, Schema]] = {
    "slug": code("Slug", "The name of the pack's folder, and of its page: /chat/<slug>."),
    "authority": text("Authority", "Who asks, as people know them: {authority} in the wordings."),
    "contact": text("Contact", "An e-mail address or telephone number of a person there: {contact} in the wordings."),
    "nation": one_of(
        "Nation",
        "Where the authority is. In Wales, a text without Welsh is an error.",
        [nation.value for nation in Nation],
    ),
    "names": several(
        "Names",
        "Organisations that people know by the name as it is written, such as BBC Hereford or the Safeguarding Board: "
        "no rule about letters or hard words looks at them.",
        _PLAIN,
    ),
    "glossary": open_table(
        "Glossary",
        'What letters stand for that this pack\'s adults know: SEND = "special educational needs and disabilities".',
        _PLAIN,
    ),
    "reference_prefix": text(
        "Reference prefix", "Two to five capitals that begin every reference.", pattern="^[A-Z]{2,5}$"
    ),
}
_WHEN: Final[Mapping[str, Schema]] = {
    "timezone": text("Time zone", 'Of the times in this file, such as "Europe/London".'),
    "opens_at": _local_time("Opening", "From when answers count."),
    "approval": one_of(
        "Approval",
        "required: it opens on its day only once somebody has filled in the gate in the console, and a named body has "
        "approved it there. Left out, its dates alone decide.",
        [APPROVAL_REQUIRED],
    ),
    "closes_at": _local_time(
        "Closing", "Answers count before this instant: midnight is the end of the day before, and people are told so."
    ),
    "late_policy": one_of(
        "Late policy",
        "strict: a late answer is refused, and stays in the transcript. tag-late: kept and marked. finish-in-progress: "
        "kept and marked for those under way, during grace_minutes.",
        [policy.value for policy in LatePolicy],
    ),
    "grace_minutes": whole("Grace", "Minutes in which those under way may finish.", 0, 7 * 24 * 60),
    "feedback_due": text(
        "Feedback due", "The day by which people hear what came of it: {feedback_due} in the wordings.", pattern=DAY
    ),
    "reminder": table(
        "Reminder",
        "The one message that goes out to those who have not finished.",
        {
            "before_days": whole("Days before", "How many days before the close (2 unless said).", 1, 60),
            "enabled": yes_or_no("Enabled", "false for no reminder."),
        },
    ),
    "quiet_hours": table(
        "Quiet hours",
        "Local hours in which nobody is written to first.",
        {
            "from": whole("From", "The hour in which they begin (20 unless said).", 0, 23),
            "until": whole("Until", "The hour in which they end (8 unless said).", 0, 23),
        },
    ),
    "extensions": tables(
        "Extensions",
        "Later closing times; people are told why.",
        table(
            "Extension",
            "One of them.",
            {
                "closes_at": _local_time("Closing", "When it closes now."),
                "reason": text("Reason", "Why it stays open longer, as people are told."),
                "role": code("Role", "The role it is for; everybody where there is none."),
            },
            needed=("closes_at", "reason"),
        ),
    ),
}
_HOW: Final[Mapping[str, Schema]] = {
    "sms_keyword": text("SMS keyword", "The word that starts it by text message.", pattern=r"^[^\s_\-.,!?]{2,20}$"),
    "default_language": {**_LANGUAGE, "title": "Default language", "description": "What missing words fall back on."},
    "languages": several("Languages", 'Codes such as "en" and "cy".', _LANGUAGE),
    "channels": table(
        "Channels",
        "What differs from channel to channel.",
        {
            channel.value: table(
                channel.value,
                f"For those who answer by {channel.value}.",
                {
                    "min_age": whole(
                        "Lowest age",
                        "A younger person is handed to the web page."
                        + (f" The provider asks for {LOWEST_AGES[channel]}." if channel in LOWEST_AGES else ""),
                        0,
                        120,
                    )
                },
            )
            for channel in CONVERSING
        },
    ),
    "targets": table(
        "Targets",
        "How many people are wanted. Nobody who answers sees it.",
        {
            "roles": open_table("By role", "Role to number.", whole("Target", "People.", 1, MOST), names=CODE),
            "bands": table(
                "By age band",
                "Age band to number.",
                {band.value: whole(band.value, "People of this age band.", 1, MOST) for band in AgeBand},
            ),
        },
    ),
    "small_numbers": whole(
        "Small numbers",
        f"Fewer people than this are never shown to officers as a number ({FEWEST} unless said).",
        LOWEST_FEWEST,
        FEWEST_AT_MOST,
    ),
    "retention_months": whole(
        "Kept for months",
        "Months after the last close in which answers can still be led back to whoever gave them; 12 unless set.",
        1,
        LONGEST_MONTHS,
    ),
    "safeguarding_retention_years": whole(
        "Safeguarding records kept for years",
        "Years for which a concern is kept after it was raised, also where its participant is erased; 7 unless set.",
        1,
        LONGEST_YEARS,
    ),
    "join_wait_seconds": whole(
        "Waiting for a next part", "Seconds that a text as long as a full segment waits.", 0, 120
    ),
    "frame_ancestors": several(
        "Frame ancestors",
        'Sites that may show the chat in a frame, such as "https://www.harbour.example".',
        {"type": "string", "pattern": f"^({ORIGIN.pattern})$"},
        fewest=0,
    ),
}


def _roles() -> Schema:
    each = table(
        "Role",
        "A capacity in which somebody answers.",
        {
            "code": code("Code", "Its name in exports, such as parent-carer."),
            "bands": _bands("The age bands that it can have."),
            "closes_at": _local_time("Closing", "Another closing time, for this role."),
        },
        needed=("code", "bands"),
    )
    return tables("Roles", "Who is asked.", each, fewest=1)


def _laws() -> Schema:
    each = table(
        "Law",
        "One of them. It holds from its day until the next one does.",
        {
            "from": text("From", "The day from which it holds, from midnight, local time.", pattern=DAY),
            "lawful_basis": one_of(
                "Lawful basis",
                "public-task: taking part is voluntary, and nobody is asked for a consent. consent: nobody below "
                "permission_under is asked anything without a parent's permission.",
                [basis.value for basis in Basis],
            ),
            "parental_permission": one_of(
                "Parental permission",
                "none. tell-an-adult: whoever is, or may be, below permission_under is asked to tell one. required: a "
                "parent says yes first, on a telephone or computer of their own.",
                [permission.value for permission in Permission],
            ),
            "permission_under": whole(
                "Permission under", "The age in years below which it matters.", LOWEST_AGE, HIGHEST_AGE
            ),
        },
        needed=("from", "lawful_basis"),
    )
    return tables("Laws", "On what ground it asks, and from which age. A public task for everybody unless said.", each)


def _stages() -> Schema:
    each = table(
        "Stage",
        "One of them. Its dates lie within the consultation's.",
        {
            "code": code("Code", "A short name that stays the same: questions name it as their stage."),
            "name": text("Name", "What officers call it."),
            "opens_at": _local_time("Opening", "From when its answers count."),
            "closes_at": _local_time("Closing", "Its answers count before this instant."),
            "roles": several("Roles", "For these roles only.", {"type": "string", "pattern": CODE}),
            "approved_by": text("Approved by", "The body that approved it. Without an approval it stays shut."),
            "approved_on": text("Approved on", "The day of that decision.", pattern=DAY),
        },
        needed=("code", "name", "opens_at", "closes_at"),
        also={"dependentRequired": {"approved_by": ["approved_on"], "approved_on": ["approved_by"]}},
    )
    return tables("Stages", "Parts that open one after the other, each once a named body has approved it.", each)


def _named(title: str, description: str, more: Mapping[str, Schema]) -> Schema:
    """Tables of things that officers know by a name."""
    held = {
        "code": code("Code", "A short name that stays the same."),
        "name": text("Name", "What officers call it."),
        **more,
    }
    return tables(title, description, table(title.removesuffix("s"), "One of them.", held, needed=("code", "name")))


def _questions() -> Schema:
    shape = _shape()
    each = table(
        "Question",
        "One thing asked.",
        {
            "code": code("Code", "A short name that is the same in every language: exports have a column for it."),
            **shape,
            "equality": yes_or_no("Equality", "Whether it is about somebody themselves: its answers are kept apart."),
            "consent": one_of(
                "Consent",
                "What a yes to it allows: feedback, to be told what came of it; next-round, to be asked again.",
                [consent.value for consent in Consent],
            ),
            "roles": several("Roles", "Asked of these roles only.", {"type": "string", "pattern": CODE}),
            "stage": code("Stage", "The stage that it belongs to; all of them where it names none."),
            "bands": _bands("Asked of these age bands only."),
            "variants": table(
                "Variants",
                "The question in another shape for some age bands; what a variant leaves out is as above.",
                {
                    band.value: table(
                        band.value, f"For {band.value}.", shape, also={"allOf": _fitting(whole_table=False)}
                    )
                    for band in AgeBand
                },
            ),
        },
        needed=("code", "kind"),
        also={"allOf": _fitting(whole_table=True)},
    )
    return tables("Questions", "What is asked, in order.", each, fewest=1)


def _shape() -> Mapping[str, Schema]:
    kinds = "; ".join(f"{kind.value}: {meaning}" for kind, meaning in _KINDS.items())
    each_code: Schema = {"type": "string", "pattern": CODE, "maxLength": 40}
    return {
        "kind": one_of("Kind", f"How it is answered. {kinds}.", [kind.value for kind in Kind]),
        "choices": several("Choices", "Codes of the options, in the order shown.", each_code, fewest=2),
        "optional": yes_or_no("Optional", "Whether it says so; everybody may skip everything."),
        "show_if": open_table(
            "Show if",
            "Earlier questions, and the options of which one must have been chosen for each of them.",
            several("Options", "Any one of these.", _PLAIN),
            names=CODE,
        ),
        "min": whole("Lowest", "The lower end of a number or scale.", LOWEST, HIGHEST),
        "max": whole("Highest", "The upper end.", LOWEST, HIGHEST),
        "at_most": whole("At most", "How many options may be chosen or ranked.", 1, 100),
        "alone": several("Alone", "Choices that go with no other, such as not-sure.", each_code),
    }


def _fitting(*, whole_table: bool) -> list[Schema]:
    """Which keys go with which kinds. Only a whole question has to have them: a variant inherits."""
    rules = [only_for([kind.value for kind in Kind if kind not in fitting], key) for key, fitting in FITS.items()]
    if whole_table:
        chosen = [kind for kind in Kind if kind in FITS["choices"] and kind not in OWN_CHOICES]
        rules += [_needs(kind, ["choices"]) for kind in chosen]
        rules += [_needs(Kind.SCALE, ["min", "max"])]
    return rules


def _needs(kind: Kind, keys: list[str]) -> Schema:
    return {
        "if": {"properties": {"kind": {"enum": [kind.value]}}, "required": ["kind"]},
        "then": {"required": keys},
    }
