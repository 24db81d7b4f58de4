"""Every walk of every pack, on every channel, with the state written and read back between turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.packs import read_folder, system_words
from bot.shows import shows_of
from bot.walks import WalkError, channel_of, play
from flows.definition import AgeBand, Consultation
from flows.messages import CONVERSING, Channel
from flows.pack import read

UNDER_SIXTEEN = (AgeBand.FOUR_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN, AgeBand.TWELVE_TO_FIFTEEN)
PACKS = sorted((Path(__file__).parents[2] / "consultations").iterdir())
HEREFORDSHIRE = next(pack for pack in PACKS if pack.name == "herefordshire-2018")
WALKS = [walk for pack in PACKS for walk in sorted(pack.glob("walks/*.walk"))]


def the_pack_of(walk: Path) -> Consultation:
    return read(read_folder(walk.parents[1]), system_words())


@pytest.mark.parametrize("channel", list(CONVERSING))
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: f"{walk.parents[1].name}-{walk.stem}")
def test_a_walk_comes_true_line_by_line(walk: Path, channel: Channel) -> None:
    ended = play(the_pack_of(walk), walk.read_text(), channel, shows_of(channel), shows_of(Channel.WEB))
    handed_on = channel is Channel.TELEGRAM and ended.state.band in UNDER_SIXTEEN
    assert ended.channel is (Channel.WEB if handed_on else channel)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_the_walks_of_a_pack_cover_every_role_and_band(pack: Path) -> None:
    consultation = read(read_folder(pack), system_words())
    walked = set()
    for walk in pack.glob("walks/*.walk"):
        channel = channel_of(walk.read_text())
        ended = play(consultation, walk.read_text(), channel, shows_of(channel))
        walked.add((ended.state.role, ended.state.band))
    assert {(option.role, option.band) for option in consultation.who_options} <= walked


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("hello", "line 2: begin it with"),
        ("< Something that nobody said", "line 2: expected «Something that nobody said»"),
        ("= issue everything", "line 2: expected issue «everything», but it is «»"),
        ("= segments 0", "line 3: the conversation cost"),
        ("@ soon", "line 2: write the time as"),
    ],
)
def test_a_walk_that_does_not_come_true_names_its_line(line: str, complaint: str) -> None:
    pack = read(read_folder(HEREFORDSHIRE), system_words())
    written = f"@ 2018-03-01 12:00 sms\n{'> PLAN' if 'segments' in line else line}\n{line}\n"
    with pytest.raises(WalkError, match=complaint):
        play(pack, written, Channel.SMS, shows_of(Channel.SMS))


def test_a_walk_without_a_clock_says_what_is_missing() -> None:
    pack = read(read_folder(HEREFORDSHIRE), system_words())
    with pytest.raises(WalkError, match="line 1: set the clock first"):
        play(pack, "> PLAN", Channel.SMS, shows_of(Channel.SMS))
    with pytest.raises(WalkError, match="the walk is empty"):
        play(pack, "# nothing yet", Channel.SMS, shows_of(Channel.SMS))
