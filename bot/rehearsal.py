"""A conversation in memory: nothing is stored and nothing is sent. For walks, `sayso chat` and previews.

It runs the same `flows` as the service does. Between every two turns the state is written and read back, so that
whatever plays here can be picked up again by another worker there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flows import answers, events, lobby, path, turn
from flows.commands import understand
from flows.definition import Consultation, Kind
from flows.effects import Keep
from flows.messages import Bubble, Channel, Shows
from flows.segments import count, is_full_segment
from flows.state import Phase, State
from flows.values import Choice, Choices, Number, Ranking, Text
from flows.wording import Facts, compose
from storage.codec import decode_state, encode_state

REHEARSAL_CODE = "REHE-ARSE"
"""Stands where a carry-over code would: a rehearsal has nothing to carry over."""


@dataclass
class Rehearsal:
    """One person, one consultation, one channel."""

    consultation: Consultation
    channel: Channel
    shows: Shows
    now: datetime
    elsewhere: Shows | None = None
    """What the web page shows, for who has to carry on there; None leaves them where they are."""
    public_url: str = "http://127.0.0.1:8080"
    state: State = field(default_factory=State)
    kept: dict[str, Keep] = field(default_factory=dict[str, Keep])
    """The answers that count, by question."""
    bubbles: list[Bubble] = field(default_factory=list[Bubble])
    """What was said in the last turn."""
    segments: int = 0
    """What the conversation has cost so far, in SMS segments; 0 on other channels."""

    def hear(self, text: str) -> list[Bubble]:
        """Takes in what the person typed, tapped or filled in, as their channel would have brought it."""
        return self._turn(self._event(text))

    def at(self, instant: datetime) -> list[Bubble]:
        """Moves the clock on to a UTC instant, through every waking on the way."""
        heard: list[Bubble] = []
        while self.state.wake_at is not None and self.state.wake_at <= instant:
            self.now = max(self.now, self.state.wake_at)
            heard += self._turn(events.TimePassed(self.now))
        self.now = max(self.now, instant)
        self.bubbles = heard
        return heard

    def settle(self) -> list[Bubble]:
        """Lets the few seconds pass in which a long text may have a next part."""
        return self.at(self.state.joining_until) if self.state.joining_until is not None else []

    def _event(self, text: str) -> events.Event:
        if self._is_keyword(text):
            return events.Began(self.now)
        if understand(text, self.consultation.languages) is not None:
            return events.Said(self.now, text)
        match self.channel:
            case Channel.SMS:
                return events.Said(self.now, text, may_continue=is_full_segment(text))
            case Channel.TELEGRAM:
                return self._button(text) or events.Said(self.now, text)
            case Channel.WEB | Channel.PAPER | Channel.TELEPHONE | Channel.FACE_TO_FACE:
                return self._form(text)

    def _is_keyword(self, text: str) -> bool:
        return text.strip().casefold() == self.consultation.sms_keyword.casefold() and self.state.phase is Phase.NEW

    def _button(self, text: str) -> events.Event | None:
        for bubble in self.bubbles:
            for button in bubble.buttons:
                if text in (button.label, button.option) and button.question != lobby.OFFER_QUESTION:
                    return events.Tapped(self.now, button.question, button.option)
        return None

    def _form(self, text: str) -> events.Event:
        code = self.state.current
        if self.state.phase is not Phase.ASKING or code is None:
            return events.Said(self.now, text)
        question = path.as_it_was_asked(self.consultation, code, self.state)
        words = self.consultation.words_for(self.state.asked_language, self.state.asked_band).questions[code]
        match answers.understand(question, words, text, language=self.state.language):
            case Choice(option):
                return events.Submitted(self.now, code, (option,))
            case Choices(options) | Ranking(options):
                return events.Submitted(self.now, code, options)
            case Number(number) if question.kind is not Kind.TEXT:
                return events.Submitted(self.now, code, (str(number),))
            case _:
                return events.Submitted(self.now, code, (text,))

    def _turn(self, event: events.Event) -> list[Bubble]:
        state = decode_state(encode_state(self.state))
        done = turn.take(self.consultation, state, (event,), self.channel, now=self.now)
        self.state = done.state
        for effect in done.effects:
            if isinstance(effect, Keep) and effect.counts:
                self.kept[effect.question] = effect
        facts = Facts(public_url=self.public_url, now=self.now, code=REHEARSAL_CODE)
        self.bubbles = list(compose(self.consultation, self.state, done.effects, self.shows, facts))
        if self.channel is Channel.SMS:
            self.segments += sum(count(bubble.text).segments for bubble in self.bubbles)
        if self.state.phase is Phase.ELSEWHERE and self.elsewhere is not None:
            return self._carry_on_elsewhere(self.elsewhere)
        return self.bubbles

    def _carry_on_elsewhere(self, shows: Shows) -> list[Bubble]:
        """Somebody who is too young for the channel uses the code at once, on the page that it leads to."""
        handed_on = self.bubbles
        self.channel, self.shows = Channel.WEB, shows
        self.bubbles = handed_on + self._turn(events.Moved(self.now))
        return self.bubbles


def in_codes(keep: Keep) -> str:
    """An answer as a walk writes it: option codes, a number, or the text itself."""
    match keep.value:
        case Text(text):
            return text
        case Choice(code):
            return code
        case Choices(codes) | Ranking(codes):
            return " ".join(codes)
        case Number(number):
            return str(number)
