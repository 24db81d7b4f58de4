"""What is sent to somebody who agreed: what came of a consultation, or that another one begins.

By text message it is one sentence and an address, because each text costs. Elsewhere the words themselves follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from bot.said import Answer, Outcome, Spoken
from bot.said_words import SaidWords, said_words
from flows import commands, segments
from flows.definition import AgeBand, Command, Consultation
from flows.effects import Notice
from flows.messages import Channel
from flows.pieces import pieces
from storage.feedback import Reach

_LONGEST: Final = 4000
"""Characters in one bubble: Telegram takes 4,096."""
MOST_SEGMENTS: Final = 2


@dataclass(frozen=True, slots=True)
class Cost:
    """What sending costs, on one channel."""

    channel: Channel
    people: int
    segments: int
    """Of all texts together; 0 where nothing is paid for."""
    most: int
    """Of the longest text."""


def band_of(pack: Consultation, band: AgeBand | None) -> AgeBand:
    """Whose words somebody reads whose age is not known: the youngest's."""
    return band or pack.youngest


def page_address(pack: Consultation, public_url: str, language: str, band: AgeBand | None) -> str:
    """The page of what came of it, in somebody's own words; as short as it can be."""
    wanted = {}
    if language != pack.default_language:
        wanted["lang"] = language
    if band not in {None, AgeBand.ADULT}:
        wanted["age"] = str(band.value if band else "")
    more = f"?{urlencode(wanted)}" if wanted else ""
    return f"{public_url}/said/{pack.slug}{more}"


def feedback(
    pack: Consultation, answer: Answer, public_url: str, language: str, band: AgeBand | None, channel: Channel
) -> Sequence[str]:
    """What somebody is sent about what came of it, as the bubbles of their channel."""
    around = said_words(language)
    address = page_address(pack, public_url, language, band)
    short = channel is Channel.SMS
    opening = around.message("feedback_sms" if short else "feedback", band)
    opening = opening.format(authority=pack.authority, url=address, stop=_stop(language))
    if short:
        return (opening,)
    found = [
        (subject, subject.spoken(language, band_of(pack, band), pack.default_language)) for subject in answer.subjects
    ]
    parts = [_part(around, subject.outcome, spoken) for subject, spoken in found if spoken is not None]
    return tuple(pieces("\n\n".join((opening, *parts)), _LONGEST))


def _part(around: SaidWords, outcome: Outcome | None, spoken: Spoken) -> str:
    told, page = spoken.told, around.page
    decided = f"{page[f'outcome_{outcome.value}']} {told.decided}" if outcome else told.decided
    lines = (
        told.heading,
        f"{page['you_said']}: {told.said}",
        f"{page['we_did']}: {decided}",
        f"{page['why']}: {told.why}",
    )
    return "\n".join(lines)


def invitation(
    pack: Consultation, public_url: str, language: str, band: AgeBand | None, channel: Channel
) -> Sequence[str]:
    """What somebody is sent who may be asked again: `pack` is the new consultation."""
    spoken = language if language in pack.languages else pack.default_language
    around = said_words(spoken)
    name = "next_sms" if channel is Channel.SMS else "next"
    known = band if any(option.band is band for option in pack.who_options) else None
    lang = "" if spoken == pack.default_language else f"?{urlencode({'lang': spoken})}"
    text = around.message(name, band).format(
        authority=pack.authority,
        title=pack.words_for(spoken, known).say[Notice.TITLE],
        keyword=pack.sms_keyword,
        url=f"{public_url}/chat/{pack.slug}{lang}",
        stop=_stop(spoken),
    )
    return (text,)


def _stop(language: str) -> str:
    return commands.word(Command.STOP, language)


def costs(pack: Consultation, answer: Answer | None, public_url: str, reach: Sequence[Reach]) -> Sequence[Cost]:
    """What sending would cost on each channel; with no answer, what inviting to `pack` would."""
    found: dict[Channel, list[tuple[int, int]]] = {}
    for group in reach:
        if answer is None:
            texts = invitation(pack, public_url, group.language, group.band, group.channel)
        else:
            texts = feedback(pack, answer, public_url, group.language, group.band, group.channel)
        each = sum(segments.count(text).segments for text in texts) if group.channel is Channel.SMS else 0
        found.setdefault(group.channel, []).append((group.people, each))
    return [
        Cost(
            channel,
            sum(people for people, _ in groups),
            sum(people * each for people, each in groups),
            max(each for _, each in groups),
        )
        for channel, groups in sorted(found.items())
    ]
