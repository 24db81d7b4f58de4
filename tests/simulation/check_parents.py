"""Nothing is kept of a child whom a parent has to allow, unless somebody else has said yes to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from bot.replies import reply_of
from flows.definition import AgeBand
from flows.messages import Typed
from tests.simulation.packs import CLUB
from tests.simulation.worker import keyring
from tests.simulation.world import World


def nobody_answers_without_their_parent(
    world: World, answers: Iterable[sqlite3.Row], conversations: Iterable[sqlite3.Row], codes: Iterable[sqlite3.Row]
) -> Iterator[str]:
    """`codes` are the rows of `permission_code`. It looks at what people said, and knows nothing of the rule itself."""
    children = {bytes(row["code_hash"]): row["participant_id"] for row in codes}
    allowed = {children.get(keyring().lookup("permission", code)) for code in _said_yes_with(world)}
    slugs = {row["id"]: row["slug"] for row in conversations}
    for row in answers:
        asks_parents = slugs[row["conversation_id"]] == CLUB and row["band"] == AgeBand.EIGHT_TO_ELEVEN
        if asks_parents and row["participant_id"] not in allowed:
            yield f"{row['participant_id']}: {row['question']} was kept, and no parent had said yes"


def _said_yes_with(world: World) -> Iterator[str]:
    for utterance in world.said:
        content = utterance.message.content
        reply = reply_of(content.text) if isinstance(content, Typed) else None
        if reply is not None and reply.allowed:
            yield reply.code
