"""Every rule for packs with examples that break it: the sound park with one passage replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support.pack_files import ADULT, CHILD, EQUALITY, PARK, STRUCTURE, spoilt

Q = "questions.swings"
TAIL = 'roles = ["parent-carer"]\n'
SAY = '[say]\ntitle = "The park"\n'
TOP = "feedback_due = 2030-09-30\n"
FIVE = tuple(
    (file, "not-sure =", 'b = "Two"\nc = "Three"\nd = "Four"\ne = "Five"\nnot-sure =') for file in (CHILD, ADULT)
)


NEEDS = "questions.needs"
EIGHT = f"{NEEDS}.variants.8-11.optional"
APART = "optional = true\nequality = true\n"
HOME = '[[questions]]\ncode = "home"\n'
MORE = "questions.more.show_if"
AIM = '[[aims]]\ncode = "play"\nname = "Children play"\n'
THEME = '[[themes]]\ncode = "pond"\nname = "Ponds"\n'
WHY = '[questions.why]\ntext = "What makes you say that?"'
ROLE_LIKE_A_BAND = '\n[[roles]]\ncode = "child-adult"\nbands = ["adult"]'
VARIANT = f"{TAIL}[questions.variants.8-11]\nmax = 3\n"


@dataclass(frozen=True, slots=True)
class Broken:
    """`old` in `file` is replaced by `new`; then `rule` is broken at `key`."""

    rule: str
    file: str
    old: str
    new: str
    key: str
    also: tuple[tuple[str, str, str], ...] = ()
    """Further replacements, without which the example would break more than its one rule."""
    files: Mapping[str, str] = field(default_factory=lambda: PARK, repr=False)


ERRORS: tuple[Broken, ...] = (
    # files and keys
    Broken("toml", STRUCTURE, 'slug = "park"', 'slug = "park', ""),
    Broken("unknown-key", STRUCTURE, "feedback_due", "feedbak_due", "feedbak_due"),
    Broken("unknown-key", CHILD, "why =", "wyh =", f"{Q}.wyh"),
    Broken("unknown-key", CHILD, SAY, f'{SAY}welcom = "Hello."\n', "say.welcom"),
    Broken("missing-key", STRUCTURE, 'authority = "Harbour Council"\n', "", "authority"),
    Broken("missing-key", STRUCTURE, 'code = "swings"\n', "", "questions[1].code"),
    Broken("wrong-value", STRUCTURE, '"Harbour Council"', "7", "authority"),
    Broken("wrong-value", STRUCTURE, '"Harbour Council"', '" "', "authority"),
    Broken("wrong-value", STRUCTURE, "optional = true", 'optional = "yes"', "questions.why.optional"),
    Broken("wrong-value", STRUCTURE, '["more", "same", "not-sure"]', "7", f"{Q}.choices"),
    Broken("wrong-value", STRUCTURE, '["more", "same", "not-sure"]', "[]", f"{Q}.choices"),
    Broken("wrong-value", STRUCTURE, TOP, f'{TOP}extensions = "none"\n', "extensions"),
    Broken("wrong-value", STRUCTURE, "2030-05-01T09:00:00", "2030-05-01T09:00:00Z", "opens_at"),
    Broken("wrong-value", STRUCTURE, "2030-05-01T09:00:00", "2030-05-01", "opens_at"),
    Broken("wrong-value", STRUCTURE, "= 2030-09-30", '= "2030-09-30"', "feedback_due"),
    Broken("wrong-value", STRUCTURE, "min = 1", "min = true", "questions.mark.min"),
    Broken("wrong-value", STRUCTURE, TOP, f"{TOP}join_wait_seconds = 900\n", "join_wait_seconds"),
    Broken("wrong-value", STRUCTURE, TOP, f"{TOP}reminder = 2\n", "reminder"),
    Broken("code", STRUCTURE, 'slug = "park"', 'slug = "The Park"', "slug"),
    Broken("code", STRUCTURE, '["more", "same"', '["more!", "same"', f"{Q}.choices"),
    Broken("code", STRUCTURE, 'code = "mark"', 'code = "status"', "questions.status.code"),
    Broken("duplicate", STRUCTURE, 'code = "why"', 'code = "swings"', "questions.swings.code"),
    Broken("duplicate", STRUCTURE, 'code = "parent-carer"', 'code = "child"', "roles.child.code"),
    Broken("duplicate", STRUCTURE, '"same", "not-sure"', '"same", "same", "not-sure"', f"{Q}.choices"),
    Broken("duplicate", STRUCTURE, 'bands = ["8-11"]', 'bands = ["8-11", "8-11"]', "roles.child.bands"),
    Broken("duplicate", STRUCTURE, 'code = "why"', 'code = "who"', "questions"),
    Broken(
        "duplicate",
        STRUCTURE,
        '["8-11"]',
        '["8-11", "adult"]\n[[roles]]\ncode = "child-adult"\nbands = ["adult"]',
        "roles",
    ),
    # who asks whom, in which languages, until when
    Broken("timezone", STRUCTURE, "Europe/London", "Europe/Londinium", "timezone"),
    Broken("timezone", STRUCTURE, "Europe/London", "Europe", "timezone"),
    Broken("language", STRUCTURE, '["en"]', '["en", "English"]', "languages"),
    Broken("language", STRUCTURE, 'default_language = "en"', 'default_language = "cy"', "default_language"),
    Broken("age-band", STRUCTURE, '["8-11"]', '["8-11", "6-9"]', "roles.child.bands"),
    Broken("unknown-role", STRUCTURE, TAIL, 'roles = ["parent"]\n', "questions.mark.roles"),
    Broken("late-policy", STRUCTURE, '"tag-late"', '"lenient"', "late_policy"),
    Broken("local-time", STRUCTURE, "2030-05-01T09:00:00", "2030-03-31T01:30:00", "opens_at"),
    Broken("local-time", STRUCTURE, "2030-06-08T00:00:00", "2030-10-27T01:30:00", "roles.parent-carer.closes_at"),
    Broken("closing", STRUCTURE, "2030-06-01T00:00:00", "2030-05-01T09:00:00", "closes_at"),
    Broken("closing", STRUCTURE, "2030-06-08T00:00:00", "2030-04-08T00:00:00", "roles.parent-carer.closes_at"),
    Broken(
        "closing",
        STRUCTURE,
        TOP,
        f'{TOP}[[extensions]]\ncloses_at = 2030-05-20T00:00:00\nreason = "Snow."\n',
        "extensions[1].closes_at",
    ),
    Broken("feedback-due", STRUCTURE, "2030-09-30", "2030-06-01", "feedback_due"),
    Broken("unknown-role", STRUCTURE, TOP, f'{TOP}[[extensions]]\nrole = "chlid"\n', "extensions[1].role"),
    Broken("keyword", STRUCTURE, '"PARK"', '"THE PARK"', "sms_keyword"),
    Broken("keyword", STRUCTURE, '"PARK"', '"Stop"', "sms_keyword"),
    Broken("keyword", STRUCTURE, '"PARK"', '"WELSH"', "sms_keyword", also=((STRUCTURE, '["en"]', '["en", "cy"]'),)),
    Broken("prefix", STRUCTURE, TOP, f'{TOP}reference_prefix = "Hfd"\n', "reference_prefix"),
    Broken("origin", STRUCTURE, TOP, f'{TOP}frame_ancestors = ["https://*.example"]\n', "frame_ancestors"),
    Broken("origin", STRUCTURE, TOP, f'{TOP}frame_ancestors = ["https://a.example; img-src *"]\n', "frame_ancestors"),
    # questions
    Broken("kind", STRUCTURE, 'kind = "one"', 'kind = "single"', f"{Q}.kind"),
    Broken("kind", STRUCTURE, TAIL, VARIANT.replace("max = 3", 'kind = "who"'), "questions.mark.variants.8-11.kind"),
    Broken("does-not-fit", STRUCTURE, "optional = true", 'choices = ["a", "b"]', "questions.why.choices"),
    Broken("does-not-fit", STRUCTURE, "optional = true", "at_most = 1", "questions.why.at_most"),
    Broken("choices", STRUCTURE, 'choices = ["more", "same", "not-sure"]\n', "", f"{Q}.choices"),
    Broken("bounds", STRUCTURE, "max = 5\n", "", "questions.mark"),
    Broken("bounds", STRUCTURE, "max = 5", "max = 1", "questions.mark.max"),
    Broken("bounds", STRUCTURE, "max = 5", "max = 100", "questions.mark.max"),
    Broken("bounds", STRUCTURE, 'kind = "one"', 'kind = "many"\nat_most = 4', f"{Q}.at_most"),
    Broken("unknown-option", STRUCTURE, 'kind = "one"', 'kind = "many"\nalone = ["none"]', f"{Q}.alone"),
    Broken("who-first", STRUCTURE, TAIL, f'{TAIL}[[questions]]\ncode = "me"\nkind = "who"\n', "questions.me.kind"),
    Broken("show-if", STRUCTURE, '{ swings = ["more"] }', '{ swing = ["more"] }', "questions.why.show_if"),
    Broken("show-if", STRUCTURE, '{ swings = ["more"] }', '{ mark = ["5"] }', "questions.why.show_if"),
    Broken("show-if", STRUCTURE, '{ swings = ["more"] }', '{ swings = ["fewer"] }', "questions.why.show_if"),
    Broken("show-if", STRUCTURE, TAIL, f'{TAIL}show_if = {{ why = ["because"] }}\n', "questions.mark.show_if"),
    Broken("unreachable", STRUCTURE, TAIL, f'{TAIL}bands = ["8-11"]\n', "questions.mark"),
    Broken("unreachable", STRUCTURE, TAIL, f'{TAIL}show_if = {{ who = ["child"] }}\n', "questions.mark"),
    Broken("unreachable", STRUCTURE, TAIL, VARIANT, "questions.mark.variants.8-11"),
    # equality questions
    *(
        Broken("equality", STRUCTURE, old, new, key, files=EQUALITY)
        for old, new, key in (
            ('kind = "yes-no"\nchoices = ["yes", "no", "prefer-not-to-say"]', 'kind = "text"', f"{NEEDS}.kind"),
            ('["yes", "no", "prefer-not-to-say"]', '["yes", "no"]', f"{NEEDS}.choices"),
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
    Broken("unknown-aim", STRUCTURE, TAIL, f'{TAIL}{THEME}aim = "play"\n', "themes.pond.aim"),
    Broken("unknown-aim", STRUCTURE, TAIL, f'{TAIL}{AIM}{THEME}aim = "pla"\n', "themes.pond.aim"),
    Broken("unknown-question", STRUCTURE, TAIL, f'{TAIL}{THEME}questions = ["who"]\n', "themes.pond.questions"),
    Broken("unknown-key", STRUCTURE, TAIL, f'{TAIL}{AIM}colour = "red"\n', "aims.play.colour"),
    # words
    Broken("unknown-question", CHILD, "[questions.why]", "[questions.wy]", "questions.wy"),
    Broken("unknown-option", CHILD, "more =", "moar =", f"{Q}.choices.moar"),
    Broken(
        "unknown-option",
        CHILD,
        "[questions.why]",
        '[questions.swings.pictures]\nless = "x"\n[questions.why]',
        f"{Q}.pictures.less",
    ),
    Broken("missing-words", CHILD, 'more = "More swings"\n', "", f"{Q}.choices.more"),
    Broken("missing-words", ADULT, 'text = "How good is the park today?"\n', "", "questions.mark.text"),
    Broken("placeholder", CHILD, "swings?", "{swings}?", f"{Q}.text"),
    Broken("placeholder", CHILD, "The park", "The {reason}", "say.title"),
    Broken("placeholder", CHILD, "More swings", "More in {title}", f"{Q}.choices.more"),
    Broken("placeholder", CHILD, "swings?", "swings}?", f"{Q}.text"),
    Broken("reserved-word", CHILD, '"Not sure"', '"Skip!"', f"{Q}.choices.not-sure"),
    Broken("reserved-word", CHILD, '"More swings"', '"YES"', f"{Q}.choices.more"),
    Broken(
        "reserved-word",
        CHILD,
        "[questions.why]",
        '[questions.swings.synonyms]\nmore = ["End"]\n[questions.why]',
        f"{Q}.synonyms.more",
    ),
    Broken("wrong-value", CHILD, WHY, f"[{Q}.synonyms]\nmore = 7\n{WHY}", f"{Q}.synonyms.more"),
    Broken("labels-alike", CHILD, '"Not sure"', '"more swings!"', f"{Q}.choices.not-sure"),
    # how it is written
    Broken(
        "words-per-sentence",
        CHILD,
        "have more swings?",
        "have many more swings than it has today or not any?",
        f"{Q}.text",
    ),
    Broken("words-per-message", CHILD, SAY, f'{SAY}thanks = "{"We will read all that you say. " * 8}"\n', "say.thanks"),
    Broken("sentences-per-message", CHILD, "There is", "A. B. C. There is", f"{Q}.text"),
    Broken("options", STRUCTURE, '"same"', '"same", "b", "c", "d", "e"', f"{Q}.choices", also=FIVE),
    Broken("double-question", CHILD, "more swings?", "more swings and/or slides?", f"{Q}.text"),
    Broken("double-question", CHILD, "more swings?", "more swings? Why?", f"{Q}.text"),
    Broken("secrecy", CHILD, SAY, f'{SAY}thanks = "It stays our secret."\n', "say.thanks"),
    Broken("promise", CHILD, SAY, f'{SAY}thanks = "We promise to fix it."\n', "say.thanks"),
)
WARNINGS: tuple[Broken, ...] = (
    Broken("contact", STRUCTURE, 'contact = "play@harbour.example"\n', "", ""),
    Broken("feedback-due", STRUCTURE, "feedback_due = 2030-09-30\n", "", ""),
    Broken("grace", STRUCTURE, '"tag-late"', '"finish-in-progress"', "late_policy"),
    Broken("agreed", CHILD, SAY, f'agreed = ["say.title"]\n{SAY}', "agreed"),
    Broken("fallback", ADULT, f"{WHY}\n\n", "", ""),
    Broken("title", CHILD, SAY, "", "", also=((ADULT, SAY, ""),)),
    Broken("system-language", STRUCTURE, '["en"]', '["en", "cy"]', "languages"),
    Broken("label-is-a-number", CHILD, '"Not sure"', '"2"', f"{Q}.choices.not-sure"),
    Broken(
        "words-per-sentence",
        ADULT,
        "How good is the park",
        f"How good is the park{' and its pond' * 6}",
        "questions.mark.text",
    ),
    Broken("probing", CHILD, 'What makes you say that?"\nsms', 'Why did you say that?"\nsms', "questions.why.text"),
    Broken("sms-segments", CHILD, "Or say SKIP.", f"Or say SKIP. {'We read all. ' * 9}Llŷn.", "questions.why.sms"),
    Broken("sms-segments", ADULT, SAY, f'{SAY}help = "{"Write to us at the town hall. " * 11}"\n', "say.help"),
    Broken("channel-age", STRUCTURE, TOP, f"{TOP}[channels.telegram]\nmin_age = 13\n", "channels.telegram.min_age"),
)


def files_of(example: Broken) -> Mapping[str, str]:
    """The park, or whatever the example is about, spoilt as it says."""
    files = spoilt(example.file, example.old, example.new, example.files)
    for file, old, new in example.also:
        files = spoilt(file, old, new, files)
    return files
