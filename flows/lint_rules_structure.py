"""The rules about a pack's files, keys and questions: those of `flows.pack` and its readers, and of their kind."""

from __future__ import annotations

from typing import Final

from flows.lint_rule import Rule

FILES: Final = (
    Rule(
        "missing-file",
        "error",
        "A pack has a structure file.",
        "# no consultation.toml",
        "# consultation.toml beside the folder wording/",
    ),
    Rule(
        "file-name",
        "error",
        "A wording file is called after a language and an age band.",
        "# wording/english.toml",
        "# wording/en.8-11.toml",
    ),
    Rule("file", "error", "The service can read every file of a pack.", "# chmod 000", "# chmod 644"),
    Rule("encoding", "error", "Files are UTF-8.", "# caf\\xe9 in Latin-1", "# café in UTF-8"),
    Rule("toml", "error", "Files are TOML.", 'slug = "park', 'slug = "park"'),
    Rule(
        "concern-rules",
        "error",
        "A pack's own rules about somebody's safety are written as the shipped ones are.",
        '[[rules]]\ncode = "far"\ntier = "soon"',
        '[[rules]]\ncode = "far"\ntier = "concern"\nharms = ["unclear"]\nsays = ["<me> .. far from home"]',
    ),
    Rule(
        "help-lines",
        "error",
        "Every age has somebody to call, in English: bot/help-lines.toml.",
        "# no line with 8-11 among its bands",
        'bands = ["8-11"]',
    ),
    Rule(
        "help-lines-stale",
        "error",
        "Somebody has made sure of the numbers to call within the time that the list allows.",
        "reviewed = 2020-01-01\ndue_after_months = 12",
        "reviewed = 2026-11-25\ndue_after_months = 12",
    ),
    Rule(
        "library",
        "error",
        "A pack's slug is the name of its folder, and no two packs share a slug or an SMS keyword.",
        'sms_keyword = "PLAY" # and another pack has it too',
        'sms_keyword = "PARK"',
    ),
    Rule(
        "unused",
        "warning",
        "Somebody reads every wording file: its language and its band are the pack's.",
        "# wording/pl.adult.toml, and no pl in languages",
        "# wording/en.adult.toml",
    ),
)

KEYS: Final = (
    Rule(
        "unknown-key",
        "error",
        "Every key is one that Sayso knows.",
        "feedbak_due = 2030-09-30",
        "feedback_due = 2030-09-30",
    ),
    Rule(
        "missing-key",
        "error",
        "Nothing is missing that a pack cannot do without.",
        '[[questions]]\nkind = "one"',
        '[[questions]]\ncode = "swings"\nkind = "one"',
    ),
    Rule(
        "wrong-value", "error", "Every key has a value of its kind.", "authority = 7", 'authority = "Harbour Council"'
    ),
    Rule("code", "error", "Codes are small letters, digits and hyphens.", 'slug = "The Park"', 'slug = "park"'),
    Rule(
        "duplicate",
        "error",
        "Nothing is there twice.",
        'choices = ["more", "same", "same", "not-sure"]',
        'choices = ["more", "same", "not-sure"]',
    ),
)

_CONSENT: Final = '[[laws]]\nfrom = 2030-04-01\nlawful_basis = "consent"\n'
WHO_AND_WHEN: Final = (
    Rule("timezone", "error", "The time zone exists.", 'timezone = "London"', 'timezone = "Europe/London"'),
    Rule(
        "language",
        "error",
        "Languages are codes, and the default is one of them.",
        'languages = ["English"]',
        'languages = ["en"]',
    ),
    Rule("age-band", "error", "Age bands are Sayso's five.", 'bands = ["8-12"]', 'bands = ["8-11"]'),
    Rule("unknown-role", "error", "Roles are the pack's own.", 'roles = ["parent"]', 'roles = ["parent-carer"]'),
    Rule(
        "nation",
        "error",
        "The nation, where there is one, is one of four; in Wales every word is needed in Welsh.",
        'nation = "cymru"',
        'nation = "england"',
    ),
    Rule(
        "local-time",
        "error",
        "A local time exists exactly once: the clocks change in March and October.",
        "opens_at = 2030-03-31T01:30:00",
        "opens_at = 2030-03-31T02:30:00",
    ),
    Rule(
        "closing",
        "error",
        "It closes after it opens, and an extension makes it longer.",
        "closes_at = 2030-05-01T09:00:00",
        "closes_at = 2030-06-01T00:00:00",
    ),
    Rule(
        "approval",
        "error",
        "A consultation that needs an approval says so with one word.",
        'approval = "yes"',
        'approval = "required"',
    ),
    Rule(
        "late-policy",
        "error",
        "The late policy is one of three.",
        'late_policy = "lenient"',
        'late_policy = "tag-late"',
    ),
    Rule(
        "grace",
        "warning",
        "Whoever may finish after the close has time to.",
        'late_policy = "finish-in-progress"',
        'late_policy = "finish-in-progress"\ngrace_minutes = 30',
    ),
    Rule(
        "feedback-due",
        "either",
        "People are told when they hear what came of it, and that is after the close.",
        "feedback_due = 2030-05-20",
        "feedback_due = 2030-09-30",
    ),
    Rule(
        "retention",
        "error",
        "Who answered is not forgotten before they are told what came of it.",
        "retention_months = 1",
        "retention_months = 12",
    ),
    Rule("contact", "warning", "There is somebody to turn to.", "# no contact", 'contact = "play@harbour.example"'),
    Rule(
        "keyword",
        "error",
        "The SMS keyword is one word that means nothing else.",
        'sms_keyword = "STOP"',
        'sms_keyword = "PARK"',
    ),
    Rule(
        "prefix",
        "error",
        "References begin with capital letters.",
        'reference_prefix = "park"',
        'reference_prefix = "PRK"',
    ),
    Rule(
        "channel-age",
        "warning",
        "A channel's lowest age is not below what its provider asks for.",
        "[channels.telegram]\nmin_age = 13",
        "[channels.telegram]\nmin_age = 16",
    ),
    Rule(
        "lawful-basis",
        "error",
        "The lawful basis is one that Sayso knows.",
        '[[laws]]\nfrom = 2030-04-01\nlawful_basis = "legitimate-interests"',
        '[[laws]]\nfrom = 2030-04-01\nlawful_basis = "public-task"',
    ),
    Rule(
        "law-date",
        "error",
        "By the day on which it opens, a law holds.",
        '[[laws]]\nfrom = 2030-05-20\nlawful_basis = "public-task"',
        '[[laws]]\nfrom = 2030-04-01\nlawful_basis = "public-task"',
    ),
    Rule(
        "permission",
        "either",
        "What a pack asks of the youngest can be kept to.",
        f'{_CONSENT}parental_permission = "tell-an-adult"\npermission_under = 13',
        f'{_CONSENT}parental_permission = "required"\npermission_under = 13',
    ),
    Rule(
        "origin",
        "error",
        "A site that may show the chat is named by its origin.",
        'frame_ancestors = ["https://*.harbour.example"]',
        'frame_ancestors = ["https://www.harbour.example"]',
    ),
)

_STAGE: Final = '[[stages]]\ncode = "draft"\nname = "The draft"\nopens_at = 2030-05-01T09:00:00\n'
_UNTIL: Final = "closes_at = 2030-05-15T00:00:00\n"
_ASKED: Final = '[[questions]]\nstage = "draft"\n'
STAGES: Final = (
    Rule(
        "unknown-stage",
        "error",
        "A question's stage is one that the pack has.",
        f'{_STAGE}{_UNTIL}\n[[questions]]\nstage = "darft"\n',
        f"{_STAGE}{_UNTIL}\n{_ASKED}",
    ),
    Rule(
        "stage-dates",
        "error",
        "A stage closes after it opens, within the consultation's dates, and for everybody at once.",
        f"{_STAGE}closes_at = 2030-04-30T00:00:00\n\n{_ASKED}",
        f"{_STAGE}{_UNTIL}\n{_ASKED}",
    ),
    Rule(
        "stage-approval",
        "error",
        "An approval names the body and the day, and comes before the stage opens.",
        f'{_STAGE}{_UNTIL}approved_by = "Harbour Board"\n\n{_ASKED}',
        f'{_STAGE}{_UNTIL}approved_by = "Harbour Board"\napproved_on = 2030-04-10\n\n{_ASKED}',
    ),
    Rule(
        "stage-empty",
        "error",
        "A stage has questions.",
        f"{_STAGE}{_UNTIL}\n[[questions]]\n",
        f"{_STAGE}{_UNTIL}\n{_ASKED}",
    ),
)

QUESTIONS: Final = (
    Rule(
        "equality",
        "error",
        "A question about somebody themselves may always be left: it is optional, and offers “prefer not to say”.",
        'choices = ["yes", "no"]',
        'choices = ["yes", "no", "prefer-not-to-say"]',
    ),
    Rule(
        "unknown-aim",
        "error",
        "A theme belongs to an aim that the pack has.",
        'roles = ["parent-carer"]\n[[themes]]\ncode = "pond"\nname = "Ponds"\naim = "pla"\n',
        'roles = ["parent-carer"]\n[[themes]]\ncode = "pond"\nname = "Ponds"\naim = "play"\n',
    ),
    Rule("kind", "error", "The kind of question is one that Sayso asks.", 'kind = "single"', 'kind = "one"'),
    Rule(
        "does-not-fit",
        "error",
        "A question has only what its kind can have.",
        'kind = "text"\nmin = 1',
        'kind = "text"',
    ),
    Rule(
        "choices",
        "error",
        "Who chooses has two options at least.",
        'choices = ["more"]',
        'choices = ["more", "same", "not-sure"]',
    ),
    Rule("bounds", "error", "A scale has a lower and a higher end.", "min = 1\nmax = 1", "min = 1\nmax = 5"),
    Rule(
        "who-first",
        "error",
        "Who somebody is, is asked first.",
        '[[questions]]\ncode = "me"\nkind = "who"',
        '[[questions]]\ncode = "me"\nkind = "text"',
    ),
    Rule(
        "unknown-option",
        "error",
        "Options that are named are those of the question.",
        'moar = "More swings"',
        'more = "More swings"',
    ),
    Rule(
        "show-if",
        "error",
        "A condition names an earlier question, and options that it offers to the same age band.",
        'show_if = { swings = ["fewer"] }',
        'show_if = { swings = ["more"] }',
    ),
    Rule(
        "unreachable",
        "error",
        "Somebody comes to every question: roles, bands and conditions can hold together.",
        'roles = ["parent-carer"]\nbands = ["8-11"]',
        'roles = ["parent-carer"]\nbands = ["adult"]',
    ),
    Rule("unknown-question", "error", "Words are for a question that is asked.", "[questions.wy]", "[questions.why]"),
    Rule(
        "many-questions",
        "warning",
        "Children under twelve are asked ten questions at most.",
        "# eleven questions for 8-11",
        '# ten, and the eleventh with bands = ["adult"]',
    ),
)

STRUCTURE: Final = (*FILES, *KEYS, *WHO_AND_WHEN, *STAGES, *QUESTIONS)
