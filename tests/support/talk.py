"""A conversation held in memory: the machine alone, its state written and read back between every two turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flows import events
from flows.closings import Extension
from flows.definition import (
    AgeBand,
    Command,
    Consultation,
    Kind,
    LatePolicy,
    Question,
    QuestionWords,
    Role,
    Timetable,
    Words,
)
from flows.effects import Ask, AskParent, Effect, Keep, ListAnswers, Manner, Notice, OfferCode, Tell
from flows.state import State
from flows.step import step
from storage.codec import decode_state, encode_state

OPENS = datetime(2018, 2, 1, tzinfo=UTC)
CLOSES = datetime(2018, 3, 10, tzinfo=UTC)
NOON = datetime(2018, 3, 1, 12, tzinfo=UTC)

WHO = Question("who", Kind.WHO, choices=("child-8-11", "child-12-15", "parent-carer", "professional"))
ROLES = (
    Role("child", (AgeBand.EIGHT_TO_ELEVEN, AgeBand.TWELVE_TO_FIFTEEN)),
    Role("parent-carer", (AgeBand.ADULT,)),
    Role("professional", (AgeBand.ADULT,)),
)
SWINGS = Question("swings", Kind.ONE, choices=("more", "same", "fewer"))
WHY = Question("why", Kind.TEXT, show_if={"swings": ("more", "fewer")})
IDEAS = Question("ideas", Kind.TEXT)
WORK = Question("work", Kind.TEXT, optional=True, roles=frozenset(("professional",)))
LABELS: Mapping[str, str] = {
    "child-8-11": "8 to 11",
    "child-12-15": "12 to 15",
    "parent-carer": "Parent or carer",
    "professional": "I work with children",
    "more": "More swings",
    "same": "It is fine now",
    "fewer": "Fewer swings",
}


def a_timetable(
    *,
    policy: LatePolicy = LatePolicy.TAG_LATE,
    grace: timedelta = timedelta(0),
    role_closes_at: Mapping[str, datetime] | None = None,
    extensions: tuple[Extension, ...] = (),
) -> Timetable:
    return Timetable(
        zone=ZoneInfo("Europe/London"),
        opens_at=OPENS,
        closes_at=CLOSES,
        role_closes_at=role_closes_at or {},
        extensions=extensions,
        late_policy=policy,
        grace=grace,
    )


def a_park(
    *,
    questions: tuple[Question, ...] = (WHO, SWINGS, WHY, IDEAS, WORK),
    roles: tuple[Role, ...] = ROLES,
    timetable: Timetable | None = None,
    languages: tuple[str, ...] = ("en", "cy"),
) -> Consultation:
    """A consultation about a park: who, a choice, a reason only some are asked for, ideas, and a workplace."""
    said = {notice.value: notice.value for notice in Notice}
    worded = {
        question.code: QuestionWords(
            f"{question.code}?", choices={code: LABELS.get(code, code) for code in question.choices}
        )
        for question in questions
    }
    return Consultation(
        slug="park",
        version="1",
        authority="Harbour Council",
        timetable=timetable or a_timetable(),
        questions=questions,
        roles=roles,
        words={(language, band): Words(language, band, said, worded) for language in languages for band in AgeBand},
        languages=languages,
        default_language="en",
        sms_keyword="PARK",
        reference_prefix="PRK",
    )


@dataclass
class Talk:
    """Somebody talking. `said` is what they heard, one short line for each effect, since the last turn.

    What is told once before a new kind of data stands beside so many questions that it is left out there: see `told`.
    """

    pack: Consultation = field(default_factory=a_park)
    now: datetime = NOON
    state: State = field(default_factory=State)
    said: list[str] = field(default_factory=list)
    kept: list[Keep] = field(default_factory=list)
    effects: tuple[Effect, ...] = ()

    def hear(self, event: events.Event) -> Talk:
        done = step(self.pack, decode_state(encode_state(self.state)), event, now=self.now)
        self.state = done.state
        self.effects = done.effects
        self.said = [line for effect in done.effects if (line := _line(effect))]
        self.kept += [effect for effect in done.effects if isinstance(effect, Keep)]
        return self

    def begin(self) -> Talk:
        return self.hear(events.Began(self.now))

    def say(self, text: str, *, more: bool = False) -> Talk:
        return self.hear(events.Said(self.now, text, may_continue=more))

    def tap(self, question: str, option: str) -> Talk:
        return self.hear(events.Tapped(self.now, question, option))

    def submit(self, question: str, *given: str) -> Talk:
        return self.hear(events.Submitted(self.now, question, given))

    def press(self, command: Command) -> Talk:
        return self.hear(events.Commanded(self.now, command))

    def edit(self, question: str, text: str) -> Talk:
        return self.hear(events.Amended(self.now, question, text))

    def wait(self, how_long: timedelta) -> Talk:
        self.now += how_long
        return self

    def wake(self) -> Talk:
        """Time goes on to the instant that the conversation asked to be woken at."""
        assert self.state.wake_at is not None, "it wants no waking"
        self.now = max(self.now, self.state.wake_at)
        return self.hear(events.TimePassed(self.now))

    @property
    def told(self) -> list[str]:
        """Every notice and question of the last turn, those before a new kind of data included."""
        return [
            effect.notice.value if isinstance(effect, Tell) else f"{effect.question}?"
            for effect in self.effects
            if isinstance(effect, Tell | Ask)
        ]

    @property
    def counted(self) -> dict[str, Keep]:
        """The answers that count, by question."""
        return {keep.question: keep for keep in self.kept if keep.counts}


_BEFORE_A_KIND = (Notice.NOTE_OWN_WORDS, Notice.NOTE_WRITING_LATER)


def _line(effect: Effect) -> str:
    match effect:
        case Ask(question, Manner.FIRST):
            return f"{question}?"
        case Ask(question, manner):
            return f"{question}? ({manner.value})"
        case Tell(notice):
            return "" if notice in _BEFORE_A_KIND else notice.value
        case ListAnswers(notice, questions):
            return f"{notice.value}: {' '.join(questions)}"
        case OfferCode(notice):
            return f"{notice.value} with a code"
        case AskParent():
            return "ask_a_parent"
        case _:
            return ""


def a_child(pack: Consultation | None = None) -> Talk:
    """A child of 8 to 11 who was just asked about the swings."""
    return Talk(pack or a_park()).begin().say("8 to 11")


def a_finished_child(pack: Consultation | None = None) -> Talk:
    return a_child(pack).say("same").say("a pond")
