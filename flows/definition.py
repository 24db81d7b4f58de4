"""What a consultation is: the data that a pack is read into. No behaviour beyond looking things up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows.aims import Aim, Theme
from flows.closings import EarlyClose, Extension
from flows.consents import Consent
from flows.errors import UnknownQuestionError
from flows.help_lines import HelpLines
from flows.keeping import Keeping
from flows.law import Law
from flows.stage import Stage
from flows.targets import Targets


class AgeBand(StrEnum):
    """Who the words are for, youngest first. The first is read with a grown-up beside the child."""

    FOUR_TO_SEVEN = "4-7"
    EIGHT_TO_ELEVEN = "8-11"
    TWELVE_TO_FIFTEEN = "12-15"
    SIXTEEN_TO_TWENTY_FIVE = "16-25"
    ADULT = "adult"

    @property
    def oldest(self) -> int:
        """The highest age in the band, in years."""
        return _AGES[self][1]

    @property
    def youngest(self) -> int:
        """The lowest age in the band, in years."""
        return _AGES[self][0]

    @property
    def younger(self) -> tuple[AgeBand, ...]:
        """The bands below this one, nearest first: where missing words are looked for."""
        return tuple(reversed(tuple(AgeBand)[: tuple(AgeBand).index(self)]))


_AGES = {
    AgeBand.FOUR_TO_SEVEN: (4, 7),
    AgeBand.EIGHT_TO_ELEVEN: (8, 11),
    AgeBand.TWELVE_TO_FIFTEEN: (12, 15),
    AgeBand.SIXTEEN_TO_TWENTY_FIVE: (16, 25),
    AgeBand.ADULT: (18, 120),
}


class Kind(StrEnum):
    """The kinds of question."""

    WHO = "who"
    """Sets role and age band; its options are made from the pack's roles."""
    HELPED_BY = "helped-by"
    """Asked of the youngest: who is typing? Kept beside the answers, never as one."""
    TEXT = "text"
    ONE = "one"
    MANY = "many"
    NUMBER = "number"
    SCALE = "scale"
    YES_NO = "yes-no"
    RANK = "rank"
    NOTE = "note"
    """A statement; nothing is asked, and the next question follows at once."""


class Command(StrEnum):
    """The words that work in every state; `flows.commands` knows how each language says them."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    BACK = "back"
    SKIP = "skip"
    CHANGE = "change"
    SHOW = "show"
    DELETE = "delete"
    PRIVACY = "privacy"
    DONE = "done"
    """Ends a long text at once, without waiting for a next part."""
    CODE = "code"
    """Asks for a code that carries the conversation to another channel."""


class Label(StrEnum):
    """The short words on buttons and pages. The values are the keys of a wording file's `[labels]` table."""

    SEND = "send"
    SKIP = "skip"
    BACK = "back"
    HELP = "help"
    STOP = "stop"
    START = "start"
    SHOW = "show"
    CHANGE = "change"
    DELETE = "delete"
    PRIVACY = "privacy"
    CODE = "code"
    DELETE_YES = "delete_yes"
    """The button that erases, below the question whether to."""
    DELETE_NO = "delete_no"
    YES = "yes"
    NO = "no"
    """The buttons below the question how old somebody is."""
    ANSWER = "answer"
    """Stands beside the field for a free text."""
    WE = "we"
    """Who speaks, for screen readers, before each of our messages."""
    YOU = "you"
    MORE = "more"
    """Opens the list of commands on a page."""


SKIP_OPTION = "/skip"
"""The option of a Skip button. No option of a pack can be called so: codes hold no slash."""
CHANGE_QUESTION = "/change"
"""Named by the buttons and the form that pick an answer to change; their options are question codes."""
DELETE_QUESTION = "/delete"
"""Named by the buttons and the form that confirm a deletion; their options are `YES_OPTION` and `NO_OPTION`."""
AGE_QUESTION = "/age"
"""Named by the buttons and the form that say whether somebody is old enough; their options are those of a yes or no."""
YES_OPTION, NO_OPTION = "yes", "no"
PREFER_NOT_TO_SAY = "prefer-not-to-say"
"""The option that every equality question has: an answer like any other, and not the same as a skip."""


class LatePolicy(StrEnum):
    """What happens to an answer that comes after the cutoff."""

    STRICT = "strict"
    """Refused as an answer; it stays in the transcript."""
    TAG_LATE = "tag-late"
    """Kept and marked late."""
    FINISH_IN_PROGRESS = "finish-in-progress"
    """Kept and marked late for those under way, during the grace time; refused afterwards."""


class Nation(StrEnum):
    """Where the authority is: in Wales every word is said in Welsh too (Welsh Language (Wales) Measure 2011)."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


@dataclass(frozen=True, slots=True)
class Role:
    """A capacity in which somebody answers, and the bands it can have."""

    code: str
    bands: tuple[AgeBand, ...]


@dataclass(frozen=True, slots=True)
class WhoOption:
    """One option of the question that sets role and band."""

    code: str
    """The role's code, with `-<band>` behind it where the role has several bands."""
    role: str
    band: AgeBand


def who_options(roles: Iterable[Role]) -> tuple[WhoOption, ...]:
    """Every role and band that somebody can be, in the order of the roles."""
    return _who_options(tuple(roles))


@lru_cache(256)
def _who_options(roles: tuple[Role, ...]) -> tuple[WhoOption, ...]:
    return tuple(
        WhoOption(role.code if len(role.bands) == 1 else f"{role.code}-{band.value}", role.code, band)
        for role in roles
        for band in role.bands
    )


@lru_cache(256)
def _youngest(roles: tuple[Role, ...]) -> AgeBand:
    return min((band for role in roles for band in role.bands), key=tuple(AgeBand).index)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked, without its words."""

    code: str
    kind: Kind
    choices: tuple[str, ...] = ()
    """Option codes in the order shown, for who, helped-by, one, many, yes-no and rank."""
    optional: bool = False
    show_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Shown only if, for every code here, the answer given is (or has among it) one of these options."""
    roles: frozenset[str] | None = None
    """Asked of these roles only; None for everybody."""
    bands: frozenset[AgeBand] | None = None
    minimum: int | None = None
    maximum: int | None = None
    """Inclusive bounds of a number or scale."""
    at_most: int | None = None
    """How many options may be chosen (many) or ranked (rank); None for all."""
    alone: frozenset[str] = frozenset()
    """Options that stand alone, such as `not-sure`: chosen with others, they are asked about again."""
    equality: bool = False
    """Asks who somebody is, to see whether everybody was heard: optional, kept apart, left out of ordinary exports."""
    consent: Consent | None = None
    """Its yes is a leave to write to them later about this."""
    stage: str | None = None
    """The stage that it belongs to; None for all."""
    variants: Mapping[AgeBand, Question] = field(default_factory=dict)
    """The same question put in another shape to some bands, such as pictures instead of a free text for the youngest.

    Each is whole: what its table in the pack leaves out is taken from this one. It keeps this code, roles and bands, so
    every answer lands in one place. Variants have no variants of their own, and are reached through `for_band` only.
    """

    def for_band(self, band: AgeBand | None) -> Question:
        """This question in the shape that a band is asked it; its ordinary shape where the band is not known."""
        return self if band is None else self.variants.get(band, self)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a consultation listens. Every instant is UTC; `zone` is only for telling people."""

    zone: ZoneInfo
    opens_at: datetime
    closes_at: datetime
    """Half-open: an answer counts when its time is before this."""
    role_closes_at: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    extensions: tuple[Extension, ...] = ()
    late_policy: LatePolicy = LatePolicy.TAG_LATE
    grace: timedelta = timedelta(0)
    reminder_before: timedelta | None = timedelta(days=2)
    """How long before the cutoff the one reminder goes out; None for no reminder."""
    quiet_from: int = 20
    quiet_until: int = 8
    """Local hours between which nobody is written to first."""
    stages: tuple[Stage, ...] = ()
    closed_early: EarlyClose | None = None
    approved: bool = True
    """Without the approval that its pack asks for, nothing is open, whatever the dates say."""


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of one question for one language and one age band."""

    text: str
    sms: str | None = None
    """A shorter text for SMS, without the options: those are numbered by Sayso."""
    why: str | None = None
    """Half a sentence that says why we ask; shown with the question where there is room."""
    again: str | None = None
    """What to say the first time an answer was not understood."""
    again_differently: str | None = None
    """What to say the second time; after that the question is passed over kindly."""
    grown_up: str | None = None
    """A line for the grown-up beside a young child."""
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    """Option code to label."""
    pictures: Mapping[str, str] = field(default_factory=dict[str, str])
    """Option code to an emoji that stands before the label where emoji can be shown."""
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Option code to other words that people use for it."""
    low: str | None = None
    high: str | None = None
    """What the ends of a scale mean."""
    name: str | None = None
    """Two or three words that stand for the question in a list of answers; its text where there are none."""
    language: str | None = None
    """Set where the words are in another language than the one they are given out for: nobody has translated them."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """How to answer a kind of question, said after it; which line depends on how the options are shown."""

    typed: str | None = None
    """Options are numbered in the text, or the answer is typed."""
    tapped: str | None = None
    """Options are buttons below the question."""
    form: str | None = None
    """The answer goes into a form beside the conversation."""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that can be said in one language to one age band."""

    language: str
    band: AgeBand
    say: Mapping[str, str]
    """Notice name (see `flows.effects.Notice`) to text; the system's own words with the pack's laid over them."""
    questions: Mapping[str, QuestionWords]
    reviewed_by: str | None = None
    short: Mapping[str, str] = field(default_factory=dict[str, str])
    """Notice name to a shorter text for SMS (a file's `[sms]` table), only where it is at least as near as `say`'s."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """`Label` value to what stands on a button or beside a field."""
    kinds: Mapping[Kind, KindWords] = field(default_factory=dict[Kind, KindWords])
    borrowed: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """Table (`say`, `sms`, `labels`) and key to the language of a text that nobody has translated into this one."""

    def language_of(self, table: str, key: str) -> str:
        """The language that a text is really in."""
        return self.borrowed.get((table, key), self.language)

    def language_of_question(self, code: str) -> str:
        """The language that a question's words are really in."""
        return self.questions[code].language or self.language


@dataclass(frozen=True, slots=True)
class Consultation:
    """One version of one pack, whole."""

    slug: str
    version: str
    """Content hash of the files, in hexadecimal."""
    authority: str
    timetable: Timetable
    questions: tuple[Question, ...]
    roles: tuple[Role, ...]
    words: Mapping[tuple[str, AgeBand], Words]
    """Complete: for every language of the pack and every band."""
    languages: tuple[str, ...]
    default_language: str
    sms_keyword: str
    reference_prefix: str
    feedback_due: date | None = None
    contact: str | None = None
    """How to reach a person at the authority: an e-mail address or a telephone number."""
    min_age: Mapping[str, int] = field(default_factory=dict[str, int])
    """Lowest age by channel name; a younger person is handed to the web page."""
    join_wait: timedelta = timedelta(seconds=8)
    """How long a text as long as a full segment waits for a next part."""
    frame_ancestors: tuple[str, ...] = ()
    """Origins that may show the chat in a frame."""
    aims: tuple[Aim, ...] = ()
    themes: tuple[Theme, ...] = ()
    nation: Nation | None = None
    names: tuple[str, ...] = ()
    """Names of organisations that people know as they are written, letters such as BBC included."""
    glossary: Mapping[str, str] = field(default_factory=dict[str, str])
    """What letters such as SEND stand for, where this pack's adults know them."""
    needs_approval: bool = False
    """It opens only once a named body has approved it: see `flows.running`."""
    opening_bands: Mapping[str, AgeBand] = field(default_factory=dict[str, AgeBand])
    """By language: whose words somebody of unknown age hears, where the youngest have none in that language."""
    help_lines: HelpLines = field(default_factory=HelpLines)
    targets: Targets = field(default_factory=Targets)
    laws: tuple[Law, ...] = ()
    """On what ground it asks, and from which age people may answer: see `flows.law.in_force`."""
    keeping: Keeping = field(default_factory=Keeping)

    def question(self, code: str) -> Question:
        """The question of that code.

        Raises:
            UnknownQuestionError: this version has no such question.
        """
        for question in self.questions:
            if question.code == code:
                return question
        raise UnknownQuestionError(code)

    @property
    def youngest(self) -> AgeBand:
        """The youngest band that the pack speaks to: whose words are used while the age is not known."""
        return _youngest(self.roles)

    @property
    def who_options(self) -> tuple[WhoOption, ...]:
        """Every role and band that somebody can be, in the pack's order."""
        return who_options(self.roles)

    def words_for(self, language: str, band: AgeBand | None) -> Words:
        """The words for a language and band: else of the pack's language, and the youngest band that has some."""
        spoken = language if language in self.languages else self.default_language
        return self.words[spoken, band or self.opening_bands.get(spoken) or self.youngest]
