"""One unit of work being filled: who is in it, what came in, and what it will cause once it is committed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot import ids
from flows.messages import Channel, InboundMessage
from storage.errors import ConflictError
from storage.records import AddressKey, InboundRecord, Person
from storage.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Sitting:
    """Everything that one commit makes true together."""

    work: UnitOfWork
    now: datetime
    """UTC: one instant for the whole unit of work."""
    people: dict[AddressKey, Person] = field(default_factory=dict[AddressKey, Person])
    inbound: list[InboundRecord] = field(default_factory=list[InboundRecord])
    queued: set[Channel] = field(default_factory=set[Channel])
    """Channels on which something is to be sent."""
    versions: set[str] = field(default_factory=set[str])
    """Versions that this unit of work has made sure of."""

    async def person(self, key: AddressKey) -> Person:
        """Whoever is at this address: loaded once, and anew after an erasure."""
        if key not in self.people:
            self.people |= await self.work.people([key], new_ids=ids.new_id, now=self.now)
        return self.people[key]

    async def erase(self, person: Person) -> None:
        """Erases somebody: who writes from there next is somebody new.

        What they said in this unit is written down first, because a concern may need its words.

        Raises:
            ConflictError: some of it had come before.
        """
        said = [record for record in self.inbound if record.participant_id == person.participant_id]
        if said and len(await self.work.keep(said)) < len(said):
            raise ConflictError("A message had come before: do this again, one by one.")
        self.inbound = [record for record in self.inbound if record.participant_id != person.participant_id]
        await self.work.erase(person.participant_id, now=self.now)
        self.people.pop(person.key, None)


def key_of(message: InboundMessage) -> AddressKey:
    return AddressKey(message.channel, message.address)
