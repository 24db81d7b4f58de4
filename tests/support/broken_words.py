"""Every rule for words with examples that break it, likewise."""

from __future__ import annotations

from tests.support.broken_packs import CHOICES, STRUCTURES, WHY, Broken, Q, shown
from tests.support.pack_files import ADULT, CHILD, STRUCTURE

SAY = '[say]\ntitle = "The park"\n'
TITLE = 'title = "The park"\n'
TEXT = 'text = "Should the park have more swings?"'
THANKS = "say.thanks"
MARK = 'text = "What do you think of the park today?"'
NOT_SURE = 'not-sure = "Not sure"'
SMS = 'sms = "What makes you say that? Or say SKIP."'
SIX = tuple(
    (file, "not-sure =", 'a = "A"\nb = "B"\nc = "C"\nd = "D"\ne = "E"\nf = "F"\nnot-sure =') for file in (CHILD, ADULT)
)
LETTERS = tuple(
    (file, f"{label}\n{same}\n", "")
    for file, label, same in (
        (CHILD, 'more = "More swings"', 'same = "It is fine now"'),
        (ADULT, 'more = "Yes, more swings"', 'same = "It is fine as it is"'),
    )
)
WITHOUT_CONDITION = (STRUCTURE, 'show_if = { swings = ["more"] }\n', "")
POLISH = (STRUCTURE, 'languages = ["en"]', 'languages = ["en", "pl"]')
LONG_WORDS = "Representatives of organisations communicate circumstances regarding recreational possibilities. " * 13
WALES = 'nation = "wales"\nlanguages = ["en", "cy"]'


def thanks(rule: str, file: str = CHILD) -> Broken:
    return shown(rule, file, TITLE, THANKS, end=f"\n{TITLE}")


SAID: tuple[Broken, ...] = (
    shown("missing-words", CHILD, 'more = "More swings"', f"{Q}.choices.more"),
    Broken("missing-words", ADULT, f"{MARK}\n", "", "questions.mark.text"),
    shown("placeholder", CHILD, 'title = "The park"', "say.title"),
    Broken("placeholder", CHILD, "swings?", "{swings}?", f"{Q}.text"),
    Broken("placeholder", CHILD, "The park", "The {reason}", "say.title"),
    Broken("placeholder", CHILD, "More swings", "More in {title}", f"{Q}.choices.more"),
    Broken("placeholder", CHILD, "swings?", "swings}?", f"{Q}.text"),
    shown("reserved-word", CHILD, NOT_SURE, f"{Q}.choices.not-sure"),
    Broken("reserved-word", CHILD, '"More swings"', '"YES"', f"{Q}.choices.more", fine='"Yes, more"'),
    Broken("reserved-word", CHILD, '"More swings"', '"Park!"', f"{Q}.choices.more", fine='"More park"'),
    Broken("reserved-word", CHILD, WHY, f'[{Q}.synonyms]\nmore = ["End"]\n{WHY}', f"{Q}.synonyms.more"),
    shown("labels-alike", CHILD, NOT_SURE, f"{Q}.choices.not-sure"),
    shown("label-is-a-number", CHILD, NOT_SURE, f"{Q}.choices.not-sure"),
    shown("title", CHILD, SAY, "", also=((ADULT, SAY, ""),), end="\n"),
    shown("fallback", ADULT, f'{WHY}\ntext = "What makes you say that?"', ""),
    Broken("fallback", ADULT, SAY, "", "", fine=SAY),
    Broken("fallback", CHILD, TITLE, f'{TITLE}thanks = "Thank you."\n', ""),
    shown("system-language", STRUCTURE, 'languages = ["en"]', "languages"),
    shown("missing-welsh", STRUCTURE, 'languages = ["en"]', "languages"),
    Broken("missing-welsh", STRUCTURE, 'languages = ["en"]', WALES, "", fine=WALES.replace("wales", "england")),
    Broken("welsh-effects", STRUCTURE, 'languages = ["en"]', WALES, "", fine=WALES.replace("wales", "england")),
)
LONG: tuple[Broken, ...] = (
    shown("words-per-sentence", CHILD, TEXT, f"{Q}.text"),
    Broken(
        "words-per-sentence",
        ADULT,
        "What do you think of the park",
        f"What do you think of the park{' or of its pond' * 4}",
        "questions.mark.text",
        fine=f"What do you think of the park{' or of its pond' * 3}",
    ),
    Broken(
        "words-per-message",
        CHILD,
        TITLE,
        f'{TITLE}thanks = "{"We will read all that you say. " * 8}"\n',
        THANKS,
        fine=f'{TITLE}thanks = "{"We will read all that you say. " * 4}"\n',
    ),
    shown("sentences-per-message", CHILD, TEXT, f"{Q}.text"),
    shown("options", STRUCTURE, CHOICES, f"{Q}.choices", also=(*LETTERS, *SIX, WITHOUT_CONDITION)),
    Broken(
        "sms-segments",
        CHILD,
        SMS,
        f'sms = "What do you say? {"We read all. " * 23}"',
        "questions.why.sms",
        fine=f'sms = "What do you say? {"We read all. " * 2}"',
    ),
    Broken("sms-segments", CHILD, SMS, f'sms = "What do you say? {"We read all. " * 9}Llŷn."', "questions.why.sms"),
    Broken("sms-segments", CHILD, SMS, f'{SMS}\nagain = "{"Say it all. " * 26}"', "questions.why.again"),
    Broken("sms-segments", ADULT, TITLE, f'{TITLE}help = "{"Write to us at the town hall. " * 11}"\n', "say.help"),
    shown("sms-characters", CHILD, SMS, "questions.why.sms"),
    Broken(
        "sms-characters",
        CHILD,
        TITLE,
        f'{TITLE}help = "{"Ask a grown-up. " * 5}\N{SLIGHTLY SMILING FACE}"\n',
        "say.help",
        fine=f'{TITLE}help = "{"Ask a grown-up. " * 3}\N{SLIGHTLY SMILING FACE}"\n',
    ),
    Broken(
        "reading-score",
        ADULT,
        TITLE,
        f'{TITLE}help = "{LONG_WORDS}"\n',
        "",
        fine=f'{TITLE}help = "{LONG_WORDS[:700]}"\n',
    ),
    shown("agreed", CHILD, SAY, "agreed", end=f"\n{SAY}"),
)
PUT: tuple[Broken, ...] = (
    shown("double-question", ADULT, MARK, "questions.mark.text"),
    Broken("double-question", CHILD, "more swings?", "more swings and/or slides?", f"{Q}.text"),
    Broken("double-question", CHILD, "more swings?", "more swings? Why?", f"{Q}.text"),
    shown("negative", ADULT, MARK, "questions.mark.text"),
    shown("leading", ADULT, MARK, "questions.mark.text"),
    Broken("leading", CHILD, TITLE, f'{TITLE}welcome = "See our excellent park."\n', "say.welcome"),
    thanks("praise"),
    shown("hard-word", ADULT, MARK, "questions.mark.text"),
    Broken("hard-word", CHILD, '"More swings"', '"Facilities"', f"{Q}.choices.more", fine='"Places"'),
    shown("abbreviation", ADULT, MARK, "questions.mark.text"),
    Broken("abbreviation", CHILD, "more swings?", "more SEND swings?", f"{Q}.text"),
    thanks("passive"),
    thanks("secrecy"),
    thanks("consent-word"),
    thanks("promise"),
    shown("probing", CHILD, 'text = "What makes you say that?"', "questions.why.text"),
)
EXAMPLES = (*STRUCTURES, *SAID, *LONG, *PUT)
