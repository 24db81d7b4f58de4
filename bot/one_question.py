"""Several conversations at one address: a question that nobody's own message called for is put only where none waits.

By text message, and in an app, a message says nothing of what it answers: it answers what was asked last. So time, or a
parent, never puts a question between another one and its answer.
"""

from __future__ import annotations

from flows import turn
from flows.effects import Ask, Effect
from flows.messages import Channel
from flows.state import ANSWERED
from storage.records import ConversationRecord, Person


def one_at_a_time(person: Person, record: ConversationRecord, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """What is said of `effects` at the person's address. What is asked there is what they answer next: save them.

    A page shows one conversation, and its forms name it: there nothing is in between. Whoever hears nothing, since they
    said STOP or left, is asked nothing either.
    """
    quiet = record.state.stopped or person.away_since is not None
    asks = any(isinstance(effect, Ask) for effect in effects)
    if person.key.channel is Channel.WEB or quiet or not asks or person.current == record.slug:
        return effects
    other = person.conversations.get(person.current or "")
    if other is not None and other.state.phase in ANSWERED:
        return turn.beside_another(effects)
    person.current = record.slug
    return effects
