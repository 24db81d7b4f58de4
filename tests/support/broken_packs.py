"""Every rule for packs with examples that break it: the sound park with one passage replaced.

The examples that `docs/check.md` shows are tried here too: each comes from the catalogue, with its passing neighbour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.lint_catalogue import RULES
from tests.support.pack_files import ADULT, CHILD, EQUALITY, PARK, STRUCTURE, spoilt

Q = "questions.swings"
TAIL = 'roles = ["parent-carer"]\n'
TOP = "feedback_due = 2030-09-30\n"
NEEDS = "questions.needs"
EIGHT = f"{NEEDS}.variants.8-11.optional"
APART = "optional = true\nequality = true\n"
HOME = '[[questions]]\ncode = "home"\n'
MORE = "questions.more.show_if"
AIM = '[[aims]]\ncode = "play"\nname = "Children play"\n'
THEME = '[[themes]]\ncode = "pond"\nname = "Ponds"\n'
CHOICES = 'choices = ["more", "same", "not-sure"]'
VARIANT = f"{TAIL}[questions.variants.8-11]\nmax = 3\n"
FIRST = '[[questions]]\ncode = "swings"\n'
ASKS = "[[laws]]\nfrom = 2030-04-01\nlawful_basis = "
TOLD = 'parental_permission = "tell-an-adult"'
STAGED = 'code = "swings"\n'
ONE_CLOSE = ((STRUCTURE, "\ncloses_at = 2030-06-08T00:00:00", ""),)
DRAFT = RULES["stage-empty"].good + STAGED
POLISH = "wording/pl.adult.toml"
ROLE_LIKE_A_BAND = '\n[[roles]]\ncode = "child-adult"\nbands = ["adult"]'
WHY = "[questions.why]"
ME = f'[questions.me]\ntext = "What is it?"\n{WHY}'


@dataclass(frozen=True, slots=True)
class Broken:
    """`old` in `file` is replaced by `new`; then `rule` is broken at `key`. With `fine` in its place it is not."""

    rule: str
    file: str
    old: str
    new: str
    key: str
    also: tuple[tuple[str, str, str], ...] = ()
    """Further replacements, without which the example would break more than its one rule."""
    files: Mapping[str, str] = field(default_factory=lambda: PARK, repr=False)
    fine: str | None = None


@dataclass(frozen=True, slots=True)
class BrokenFiles:
    """Whole files beside those of the park, or None for one that is gone; `rule` is broken in `file`.

    With the `fine` ones in their place it is not: with none, that is the park as it is.
    """

    rule: str
    file: str
    bad: Mapping[str, str | None]
    fine: Mapping[str, str | None] = field(default_factory=dict[str, str | None])


def shown(
    rule: str,
    file: str,
    old: str,
    key: str,
    *,
    also: tuple[tuple[str, str, str], ...] = (),
    end: str = "",
    files: Mapping[str, str] = PARK,
) -> Broken:
    """The example of the catalogue. `end` is what follows it in the file, where `old` has a line's end."""
    return Broken(rule, file, old, RULES[rule].bad + end, key, also, files, fine=RULES[rule].good + end)


def files_of(example: Broken, *, fine: bool = False) -> Mapping[str, str]:
    """The park, or whatever the example is about, spoilt as it says; as its neighbour says where it is `fine`."""
    new = example.new if not fine or example.fine is None else example.fine
    files = spoilt(example.file, example.old, new, example.files)
    for file, old, instead in example.also:
        files = spoilt(file, old, instead, files)
    return files


def with_files(changes: Mapping[str, str | None]) -> Mapping[str, str]:
    """The park with some files changed, added or gone."""
    return {path: text for path, text in {**PARK, **changes}.items() if text is not None}


def elevenfold(questions: int) -> Mapping[str, str | None]:
    """So many questions for children, in the structure and in their words."""
    codes = [f"more-{number}" for number in range(questions - 2)]  # the park asks children two already
    asked = "".join(f'[[questions]]\ncode = "{code}"\nkind = "text"\nroles = ["child"]\n' for code in codes)
    worded = "".join(f'[questions.{code}]\ntext = "What else?"\n' for code in codes)
    return {STRUCTURE: PARK[STRUCTURE] + asked, CHILD: PARK[CHILD] + worded}


FILES: tuple[BrokenFiles, ...] = (
    BrokenFiles("missing-file", STRUCTURE, {STRUCTURE: None}),
    BrokenFiles("file-name", "wording/english.toml", {"wording/english.toml": ""}, {"wording/en.16-25.toml": ""}),
    BrokenFiles("file-name", "wording/en.6-9.toml", {"wording/en.6-9.toml": ""}),
    BrokenFiles("file-name", "wording/en-8-11.toml", {"wording/en-8-11.toml": ""}),
    BrokenFiles("unused", "wording/pl.adult.toml", {"wording/pl.adult.toml": ""}),
    BrokenFiles(
        "unused",
        "wording/en.16-25.toml",
        {"wording/en.16-25.toml": ""},
        {"wording/en.16-25.toml": '[say]\ntitle = "The park"\n'},
    ),
    BrokenFiles("unreviewed", POLISH, {POLISH: ""}, {POLISH: RULES["unreviewed"].good}),
    BrokenFiles("many-questions", STRUCTURE, elevenfold(11), elevenfold(10)),
)
ON_DISK = frozenset(("concern-rules", "encoding", "file", "help-lines", "help-lines-stale", "library"))
"""Rules that only show where there are folders: their examples are in tests/bot/test_check_command.py.

And those of the list of help lines, which is no part of a pack: tests/flows/test_help_lines.py."""

STRUCTURES: tuple[Broken, ...] = (
    # files and keys
    shown("toml", STRUCTURE, 'slug = "park"', ""),
    shown("unknown-key", STRUCTURE, "feedback_due = 2030-09-30", "feedbak_due"),
    Broken("unknown-key", CHILD, "why =", "wyh =", f"{Q}.wyh"),
    Broken("unknown-key", CHILD, "[say]\n", '[say]\nwelcom = "Hello."\n', "say.welcom"),
    shown("missing-key", STRUCTURE, '[[questions]]\ncode = "swings"\nkind = "one"', "questions[1].code"),
    Broken("missing-key", STRUCTURE, 'authority = "Harbour Council"\n', "", "authority"),
    shown("wrong-value", STRUCTURE, 'authority = "Harbour Council"', "authority"),
    Broken("wrong-value", STRUCTURE, '"Harbour Council"', '" "', "authority"),
    Broken("wrong-value", STRUCTURE, "optional = true", 'optional = "yes"', "questions.why.optional"),
    Broken("wrong-value", STRUCTURE, CHOICES, "choices = 7", f"{Q}.choices"),
    Broken("wrong-value", STRUCTURE, CHOICES, "choices = []", f"{Q}.choices"),
    Broken("wrong-value", STRUCTURE, TOP, f'{TOP}extensions = "none"\n', "extensions"),
    Broken("wrong-value", STRUCTURE, TOP, f"{TOP}names = []\n", "names"),
    Broken("wrong-value", STRUCTURE, TOP, f"{TOP}glossary = {{ SEND = 7 }}\n", "glossary.SEND"),
    Broken("wrong-value", STRUCTURE, "2030-05-01T09:00:00", "2030-05-01T09:00:00Z", "opens_at"),
    Broken("wrong-value", STRUCTURE, "2030-05-01T09:00:00", "2030-05-01", "opens_at"),
    Broken("wrong-value", STRUCTURE, "= 2030-09-30", '= "2030-09-30"', "feedback_due"),
    Broken("wrong-value", STRUCTURE, "min = 1", "min = true", "questions.mark.min"),
    Broken("wrong-value", STRUCTURE, TOP, f"{TOP}join_wait_seconds = 900\n", "join_wait_seconds"),
    Broken("wrong-value", STRUCTURE, TOP, f"{TOP}reminder = 2\n", "reminder"),
    Broken("wrong-value", CHILD, WHY, f"[{Q}.synonyms]\nmore = 7\n{WHY}", f"{Q}.synonyms.more"),
    shown("code", STRUCTURE, 'slug = "park"', "slug"),
    Broken("code", STRUCTURE, 'slug = "park"', 'slug = "concerns"', "slug"),
    Broken("code", STRUCTURE, '["more", "same"', '["more!", "same"', f"{Q}.choices"),
    Broken("code", STRUCTURE, 'code = "mark"', 'code = "status"', "questions.status.code"),
    shown("duplicate", STRUCTURE, CHOICES, f"{Q}.choices"),
    Broken("duplicate", STRUCTURE, 'code = "why"', 'code = "swings"', "questions.swings.code"),
    Broken("duplicate", STRUCTURE, 'code = "parent-carer"', 'code = "child"', "roles.child.code"),
    Broken("duplicate", STRUCTURE, 'bands = ["8-11"]', 'bands = ["8-11", "8-11"]', "roles.child.bands"),
    Broken("duplicate", STRUCTURE, 'code = "why"', 'code = "who"', "questions"),
    Broken("duplicate", STRUCTURE, '["8-11"]', f'["8-11", "adult"]{ROLE_LIKE_A_BAND}', "roles"),
    # who asks whom, in which languages, until when
    shown("timezone", STRUCTURE, 'timezone = "Europe/London"', "timezone"),
    Broken("timezone", STRUCTURE, "Europe/London", "Europe", "timezone"),
    shown("language", STRUCTURE, 'languages = ["en"]', "languages"),
    Broken("language", STRUCTURE, 'default_language = "en"', 'default_language = "cy"', "default_language"),
    shown("age-band", STRUCTURE, 'bands = ["8-11"]', "roles.child.bands"),
    shown("unknown-role", STRUCTURE, 'roles = ["parent-carer"]', "questions.mark.roles"),
    Broken("unknown-role", STRUCTURE, TOP, f'{TOP}[[extensions]]\nrole = "chlid"\n', "extensions[1].role"),
    shown("nation", STRUCTURE, 'languages = ["en"]', "nation", end='\nlanguages = ["en"]'),
    shown("local-time", STRUCTURE, "opens_at = 2030-05-01T09:00:00", "opens_at"),
    Broken("local-time", STRUCTURE, "2030-06-08T00:00:00", "2030-10-27T01:30:00", "roles.parent-carer.closes_at"),
    shown("closing", STRUCTURE, "closes_at = 2030-06-01T00:00:00", "closes_at"),
    Broken("closing", STRUCTURE, "2030-06-08T00:00:00", "2030-04-08T00:00:00", "roles.parent-carer.closes_at"),
    Broken(
        "closing",
        STRUCTURE,
        TOP,
        f'{TOP}[[extensions]]\ncloses_at = 2030-05-20T00:00:00\nreason = "Snow."\n',
        "extensions[1].closes_at",
    ),
    shown("approval", STRUCTURE, 'late_policy = "tag-late"', "approval", end='\nlate_policy = "tag-late"'),
    shown("late-policy", STRUCTURE, 'late_policy = "tag-late"', "late_policy"),
    shown("grace", STRUCTURE, 'late_policy = "tag-late"', "late_policy"),
    shown("feedback-due", STRUCTURE, "feedback_due = 2030-09-30", "feedback_due"),
    Broken("feedback-due", STRUCTURE, TOP, "", ""),
    shown("retention", STRUCTURE, TOP, "retention_months", end=f"\n{TOP}"),
    shown("contact", STRUCTURE, 'contact = "play@harbour.example"', ""),
    shown("keyword", STRUCTURE, 'sms_keyword = "PARK"', "sms_keyword"),
    Broken("keyword", STRUCTURE, '"PARK"', '"THE PARK"', "sms_keyword"),
    Broken("keyword", STRUCTURE, '"PARK"', '"WELSH"', "sms_keyword", also=((STRUCTURE, '["en"]', '["en", "cy"]'),)),
    shown("prefix", STRUCTURE, TOP, "reference_prefix", end=f"\n{TOP}"),
    shown("channel-age", STRUCTURE, TOP, "channels.telegram.min_age", end="\n"),
    shown("origin", STRUCTURE, TOP, "frame_ancestors", end=f"\n{TOP}"),
    Broken("origin", STRUCTURE, TOP, f'{TOP}frame_ancestors = ["https://a.example; img-src *"]\n', "frame_ancestors"),
    # on what ground, and from which age
    shown("lawful-basis", STRUCTURE, FIRST, "laws[1].lawful_basis", end=f"\n{FIRST}"),
    shown("law-date", STRUCTURE, FIRST, "laws", end=f"\n{FIRST}"),
    shown("permission", STRUCTURE, FIRST, "laws[1].parental_permission", end=f"\n{FIRST}"),
    *(
        Broken("permission", STRUCTURE, FIRST, f"{law}\n{FIRST}", f"laws[1].{key}")
        for law, key in (
            (f'{ASKS}"consent"', "permission_under"),
            (f'{ASKS}"consent"\npermission_under = 13\n{TOLD}', "parental_permission"),
            (f'{ASKS}"public-task"\n{TOLD}', "permission_under"),
            (f'{ASKS}"consent"\nparental_permission = "required"', "permission_under"),
            (f'{ASKS}"public-task"\npermission_under = 13', "permission_under"),
            (f'{ASKS}"public-task"\nparental_permission = "some"', "parental_permission"),
        )
    ),
    Broken("duplicate", STRUCTURE, FIRST, f'{ASKS}"public-task"\n{ASKS}"public-task"\n{FIRST}', "laws[2].from"),
    Broken("missing-key", STRUCTURE, FIRST, f'[[laws]]\nlawful_basis = "public-task"\n{FIRST}', "laws[1].from"),
    # stages
    shown("unknown-stage", STRUCTURE, FIRST, f"{Q}.stage", end=STAGED, also=ONE_CLOSE),
    Broken("unknown-stage", STRUCTURE, FIRST, f'[[questions]]\nstage = "draft"\n{STAGED}', f"{Q}.stage"),
    shown("stage-dates", STRUCTURE, FIRST, "stages.draft.closes_at", end=STAGED, also=ONE_CLOSE),
    Broken("stage-dates", STRUCTURE, FIRST, DRAFT, "roles"),
    *(
        Broken("stage-dates", STRUCTURE, FIRST, DRAFT.replace(old, new), f"stages.draft.{key}", also=ONE_CLOSE)
        for old, new, key in (
            ("2030-05-01T09", "2030-04-30T09", "opens_at"),
            ("2030-05-15T00", "2030-06-15T00", "closes_at"),
        )
    ),
    Broken(
        "stage-dates",
        STRUCTURE,
        FIRST,
        f'[[extensions]]\ncloses_at = 2030-06-20T00:00:00\nreason = "Snow."\n{DRAFT}',
        "extensions",
        also=ONE_CLOSE,
    ),
    shown("stage-approval", STRUCTURE, FIRST, "stages.draft.approved_by", end=STAGED, also=ONE_CLOSE),
    *(
        Broken("stage-approval", STRUCTURE, FIRST, RULES["stage-approval"].good.replace(old, new) + STAGED, key)
        for old, new, key in (
            ('approved_by = "Harbour Board"\n', "", "stages.draft.approved_on"),
            ("2030-04-10", "2030-05-02", "stages.draft.approved_on"),
        )
    ),
    shown("stage-empty", STRUCTURE, FIRST, "stages.draft.code", end=STAGED, also=ONE_CLOSE),
    Broken("duplicate", STRUCTURE, FIRST, DRAFT.split("\n[[questions]]")[0] + DRAFT, "stages.draft.code"),
    Broken("unknown-role", STRUCTURE, FIRST, DRAFT.replace("\n\n", '\nroles = ["chlid"]\n'), "stages.draft.roles"),
    # questions
    shown("kind", STRUCTURE, 'kind = "one"', f"{Q}.kind"),
    Broken("kind", STRUCTURE, TAIL, VARIANT.replace("max = 3", 'kind = "who"'), "questions.mark.variants.8-11.kind"),
    shown("does-not-fit", STRUCTURE, 'kind = "text"', "questions.why.min"),
    Broken("does-not-fit", STRUCTURE, "optional = true", 'choices = ["a", "b"]', "questions.why.choices"),
    Broken("does-not-fit", STRUCTURE, "optional = true", "at_most = 1", "questions.why.at_most"),
    shown("choices", STRUCTURE, CHOICES, f"{Q}.choices"),
    Broken("choices", STRUCTURE, f"{CHOICES}\n", "", f"{Q}.choices"),
    shown("bounds", STRUCTURE, "min = 1\nmax = 5", "questions.mark.max"),
    Broken("bounds", STRUCTURE, "max = 5\n", "", "questions.mark"),
    Broken("bounds", STRUCTURE, "max = 5", "max = 100", "questions.mark.max"),
    Broken("bounds", STRUCTURE, 'kind = "one"', 'kind = "many"\nat_most = 4', f"{Q}.at_most"),
    shown("unknown-option", CHILD, 'more = "More swings"', f"{Q}.choices.moar"),
    Broken("unknown-option", STRUCTURE, 'kind = "one"', 'kind = "many"\nalone = ["none"]', f"{Q}.alone"),
    shown("who-first", STRUCTURE, TAIL, "questions.me.kind", also=((CHILD, WHY, ME), (ADULT, WHY, ME))),
    shown("show-if", STRUCTURE, 'show_if = { swings = ["more"] }', "questions.why.show_if"),
    Broken("show-if", STRUCTURE, '{ swings = ["more"] }', '{ swing = ["more"] }', "questions.why.show_if"),
    Broken("show-if", STRUCTURE, '{ swings = ["more"] }', '{ mark = ["5"] }', "questions.why.show_if"),
    Broken("show-if", STRUCTURE, '{ swings = ["more"] }', '{ why = ["more"] }', "questions.why.show_if"),
    Broken("show-if", STRUCTURE, TAIL, f'{TAIL}show_if = {{ why = ["because"] }}\n', "questions.mark.show_if"),
    Broken(
        "show-if",
        STRUCTURE,
        CHOICES,
        f'{CHOICES}\n[questions.variants.8-11]\nchoices = ["few", "same"]',
        "questions.why.show_if",
        also=((CHILD, "more =", "few ="), (CHILD, 'not-sure = "Not sure"\n', "")),
        fine=f'{CHOICES}\n[questions.variants.8-11]\nchoices = ["more", "same"]',
    ),
    shown("unreachable", STRUCTURE, 'roles = ["parent-carer"]', "questions.mark"),
    Broken(
        "unreachable",
        STRUCTURE,
        'roles = ["parent-carer"]',
        'roles = ["parent-carer"]\nbands = ["12-15", "adult"]',
        "questions.mark.bands",
        fine='roles = ["parent-carer"]\nbands = ["adult"]',
    ),
    Broken(
        "unreachable",
        STRUCTURE,
        'roles = ["parent-carer"]',
        'roles = ["parent-carer", "child"]\nbands = ["adult"]',
        "questions.mark.roles",
    ),
    Broken("unreachable", STRUCTURE, TAIL, f'{TAIL}show_if = {{ who = ["child"] }}\n', "questions.mark"),
    Broken("unreachable", STRUCTURE, TAIL, VARIANT, "questions.mark.variants.8-11"),
    # equality questions
    shown("equality", STRUCTURE, 'choices = ["yes", "no", "prefer-not-to-say"]', f"{NEEDS}.choices", files=EQUALITY),
    *(
        Broken("equality", STRUCTURE, old, new, key, files=EQUALITY)
        for old, new, key in (
            ('kind = "yes-no"\nchoices = ["yes", "no", "prefer-not-to-say"]', 'kind = "text"', f"{NEEDS}.kind"),
            ('alone = ["prefer-not-to-say"]\n', "", "questions.home.alone"),
            ("optional = true\nequality = true\n\n", "equality = true\n\n", f"{NEEDS}.optional"),
            ("optional = true\nequality = true\n\n", f"{APART}[questions.variants.8-11]\noptional = false\n", EIGHT),
            ('[[questions]]\ncode = "about-you"\nkind = "note"\n', "", NEEDS),
            ('code = "about-you"\nkind = "note"\n', 'code = "about-you"\nkind = "note"\nbands = ["8-11"]\n', NEEDS),
            ('code = "home"\n', 'code = "more"\nkind = "text"\nshow_if = { needs = ["yes"] }\n' + HOME, MORE),
        )
    ),
    # what officers sort by
    Broken("duplicate", STRUCTURE, TAIL, f"{TAIL}{AIM}{AIM}", "aims.play.code"),
    Broken("duplicate", STRUCTURE, TAIL, f"{TAIL}{THEME}{THEME}", "themes.pond.code"),
    Broken("missing-key", STRUCTURE, TAIL, f'{TAIL}[[aims]]\ncode = "play"\n', "aims.play.name"),
    Broken("missing-key", STRUCTURE, TAIL, f'{TAIL}[[themes]]\nname = "Ponds"\n', "themes[1].code"),
    shown(
        "unknown-aim", STRUCTURE, TAIL, "themes.pond.aim", also=((STRUCTURE, "[[questions]]", f"{AIM}\n[[questions]]"),)
    ),
    Broken("unknown-aim", STRUCTURE, TAIL, f'{TAIL}{THEME}aim = "play"\n', "themes.pond.aim"),
    Broken("unknown-question", STRUCTURE, TAIL, f'{TAIL}{THEME}questions = ["who"]\n', "themes.pond.questions"),
    Broken("unknown-key", STRUCTURE, TAIL, f'{TAIL}{AIM}colour = "red"\n', "aims.play.colour"),
    shown("unknown-question", CHILD, WHY, "questions.wy"),
)
