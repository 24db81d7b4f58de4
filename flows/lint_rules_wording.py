"""The rules about what people read: what has to be said, how long it may be, and how it may not be put."""

from __future__ import annotations

from typing import Final

from flows.lint_rule import Rule

SAID: Final = (
    Rule(
        "missing-words",
        "error",
        "Every question and every option has words for everybody who is asked.",
        "# no more under [questions.swings.choices]",
        'more = "More swings"',
    ),
    Rule(
        "placeholder",
        "error",
        "What stands in braces is a name that Sayso fills in.",
        'title = "The {park}"',
        'title = "The park of {authority}"',
    ),
    Rule(
        "reserved-word",
        "error",
        "No option is called like a word that works everywhere, in whatever language, nor like the keyword. YES, which "
        "providers take for START, is for questions of yes and no.",
        'not-sure = "Skip"',
        'not-sure = "Skip this swing"',
    ),
    Rule("labels-alike", "error", "Options can be told apart.", 'not-sure = "more swings!"', 'not-sure = "Not sure"'),
    Rule(
        "label-is-a-number",
        "warning",
        "No option is called by another one's number.",
        'not-sure = "2"',
        'not-sure = "2 is plenty"',
    ),
    Rule("title", "warning", "The consultation has a name.", "# no title", '[say]\ntitle = "The park"'),
    Rule(
        "fallback",
        "warning",
        "Every age band and language has words of its own; where it has none, the nearest are said.",
        "# no [questions.why] for adults",
        '[questions.why]\ntext = "What makes you say that?"',
    ),
    Rule(
        "system-language",
        "warning",
        "Sayso itself speaks every language of the pack.",
        'languages = ["en", "fr"]',
        'languages = ["en"]',
    ),
    Rule(
        "unreviewed",
        "warning",
        "A translation names who looked it over.",
        "# no reviewed_by",
        'reviewed_by = "Harbour Polish Saturday school, 3 April 2030"',
    ),
    Rule(
        "missing-welsh",
        "error",
        "In Wales, everything is said in Welsh, and as fully as in any other language.",
        'nation = "wales"\nlanguages = ["en"]',
        'nation = "england"\nlanguages = ["en"]',
    ),
    Rule(
        "welsh-effects",
        "warning",
        "In Wales, people are asked what it would do to the Welsh language. A ready question is in `docs/ready`.",
        'nation = "wales"\n# no question effects-on-welsh',
        '[[questions]]\ncode = "effects-on-welsh"',
    ),
)

LONG: Final = (
    Rule(
        "words-per-sentence",
        "either",
        "A sentence is no longer than its band can follow. Agreed exceptions are listed under `agreed`.",
        'text = "Should the park have many more swings than it has today for children?"',
        'text = "Should the park have many more swings than it has today?"',
    ),
    Rule(
        "words-per-message",
        "either",
        "A message has no more words than its band can take in. Agreed exceptions are listed under `agreed`.",
        'thanks = "Thank you … (60 words for children of 8 to 11)"',
        'thanks = "Thank you. We will read it all."',
    ),
    Rule(
        "sentences-per-message",
        "either",
        "A message has few sentences. Agreed exceptions are listed under `agreed`.",
        'text = "A park. A pond. A hill. A tree. Should the park have more swings?"',
        'text = "There is a pond. Should the park have more swings?"',
    ),
    Rule(
        "options",
        "either",
        "Nobody has to hold too many options in mind. Agreed exceptions are listed under `agreed`.",
        'choices = ["a", "b", "c", "d", "e", "f", "not-sure"] # for 8-11',
        'choices = ["a", "b", "c", "d", "e", "not-sure"]',
    ),
    Rule(
        "sms-segments",
        "either",
        "By text, a question costs two segments at most; so should a notice.",
        'sms = "What makes you say that? … (310 characters)"',
        'sms = "What makes you say that? Or say SKIP."',
    ),
    Rule(
        "sms-characters",
        "warning",
        "No typographic mark or emoji makes a text dearer than plain marks would.",
        'sms = "What makes you say that? You can’t be wrong: we want to know how you see it. Or say SKIP."',
        'sms = "What makes you say that? You can\'t be wrong: we want to know how you see it. Or say SKIP."',
    ),
    Rule(
        "reading-score",
        "warning",
        "Over a whole file, words and sentences are short enough for the band (English, from 100 words).",
        "# grade 9 for adults",
        "# grade 6 or below",
    ),
    Rule(
        "agreed",
        "warning",
        "What is agreed to is really too long.",
        'agreed = ["say.title"] # two words',
        "# no agreed",
    ),
)

PUT: Final = (
    Rule(
        "double-question",
        "error",
        "One question asks one thing.",
        'text = "How clean and safe is the park?"',
        'text = "How clean is the park?"',
    ),
    Rule(
        "negative",
        "error",
        "What is asked has no “not” in it.",
        'text = "What do you not like about the park?"',
        'text = "What would you change about the park?"',
    ),
    Rule(
        "leading",
        "error",
        "A question leans to no answer, and nothing praises what is asked about.",
        'text = "Do you agree that the park needs more swings?"',
        'text = "Does the park need more swings, or fewer?"',
    ),
    Rule(
        "praise",
        "error",
        "No answer is praised.",
        'thanks = "Great! We will read it."',
        'thanks = "Thank you. We will read it."',
    ),
    Rule(
        "hard-word",
        "error",
        "Words are plain for their band, or explained on the spot.",
        'text = "Do the outcomes of play matter?"',
        'text = "Do the outcomes (what comes of it) of play matter?"',
    ),
    Rule(
        "abbreviation",
        "error",
        "Letters are spelt out; adults may read them beside their long form, or where [glossary] has them.",
        'text = "Should SEND places come first?"',
        'text = "Should special educational needs (SEND) places come first?"',
    ),
    Rule(
        "passive",
        "warning",
        "To children under twelve it is said who does what.",
        'thanks = "Your answer will be read."',
        'thanks = "People will read your answer."',
    ),
    Rule(
        "secrecy",
        "error",
        "Nothing is kept secret.",
        'thanks = "It stays our secret."',
        'thanks = "People read it later."',
    ),
    Rule(
        "consent-word",
        "error",
        "Nobody hears of a consent from who asks as a public task. Taking part is voluntary.",
        'thanks = "Thank you for your consent."',
        'thanks = "Thank you for taking part."',
    ),
    Rule(
        "promise",
        "error",
        "Nothing is promised.",
        'thanks = "We promise to fix it."',
        'thanks = "We will tell you what comes of it."',
    ),
    Rule(
        "probing",
        "warning",
        "Nobody is questioned about what happened.",
        'text = "Why did you say that?"',
        'text = "What makes you say that?"',
    ),
)

WORDING: Final = (*SAID, *LONG, *PUT)
