"""An officer looks at what bears a sign, clears what means nothing, and excludes what nobody meant: on record."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.exports.asked import KINDS, Kind, Subject, Wish
from bot.exports.making import make
from flows.integrity import Flag, Sign
from flows.messages import Channel, InboundMessage, Submitted
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

PLACE = f"/console/{SLUG}/integrity"
BURST = f"{PLACE}/burst"
WHY = "scripted, all within a minute"


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    packs = write_pack(tmp_path / "packs")
    structure = packs / SLUG / "consultation.toml"
    structure.write_text(f'frame_ancestors = ["https://www.council.example"]\n{structure.read_text()}')
    async with a_console(sqlite_url, packs) as town:
        for number in range(3):
            await _answers(town, number, *([Flag(Sign.BURST, "ab12")] if number else []))
        yield town


async def _answers(town: ConsoleTown, number: int, *flags: Flag) -> None:
    now = town.service.clock.now()
    for question, answer in (("who", "parent-carer"), ("swings", "more"), ("why", "Because")):
        message = InboundMessage(
            channel=Channel.WEB,
            address=f"a-visitor-of-the-page-{number}",
            provider_id=f"{number}.{question}",
            content=Submitted(question, (answer,)),
            received_at=now,
            slug=SLUG,
        )
        await town.service.receiver.take(replace(message, flags=flags) if question == "who" else message)


async def _references(town: ConsoleTown) -> list[str]:
    return [one.reference for one in await town.service.database.integrity.listed(SLUG, Sign.BURST)]


async def test_an_officer_sees_how_many_bear_each_sign_and_which(town: ConsoleTown) -> None:
    shown = await town.analyst.get(PLACE)
    assert "Part of a burst from one network" in shown.words
    assert "3 participants bear a sign" in shown.words  # all three went through in a moment
    listed = await town.analyst.get(BURST)
    references = await _references(town)
    assert [reference in listed.words for reference in references] == [True, True]
    assert "Burst ab12" in listed.words
    assert "Read the whole conversation" in (await town.analyst.get(f"{BURST}/{references[0]}")).words


async def test_a_sign_that_means_nothing_is_cleared_for_one_or_for_all(town: ConsoleTown) -> None:
    one, other = await _references(town)
    done = await town.analyst.post(f"{BURST}/{one}", {"what": "clear"})
    assert (done.status, done.location) == (303, f"{BURST}/{one}?done=cleared")
    assert "Cleared" in (await town.analyst.get(f"{BURST}/{one}")).words
    await town.analyst.post(BURST, {"what": "clear"})
    assert "Clear the sign" not in (await town.analyst.get(BURST)).words
    lines = [line.deed for line in await town.record(thing="flag")]
    assert [(deed.act, deed.subject) for deed in lines] == [("flag.cleared", "burst: 1"), ("flag.cleared", one)]
    assert other != one


async def test_excluding_takes_a_reason_and_every_export_says_whom_it_leaves_out_and_why(
    town: ConsoleTown, tmp_path: Path
) -> None:
    refused = await town.analyst.post(BURST, {"what": "exclude", "why": " "})
    assert (refused.status, "Give a reason" in refused.words) == (400, True)
    assert (await town.analyst.post(BURST, {"what": "exclude", "why": WHY})).location == f"{BURST}?done=excluded"
    assert WHY in (await town.analyst.get(PLACE)).words
    [line] = await town.record(thing="answers")
    assert (line.deed.act, line.deed.subject, line.deed.why) == ("answers.excluded", "burst: 2", WHY)
    service, references = town.service, await _references(town)
    pack = service.library.get(SLUG)
    assert pack is not None
    for subject, kinds in KINDS.items():
        kind = Kind.JSONL if Kind.JSONL in kinds else kinds[0]
        path = tmp_path / f"{subject.value}{'' if kind is Kind.FOLDER else '.' + kind.value}"
        wish = Wish(pack, subject, kind)
        now = service.clock.now()
        made = await make(service.database, service.library, wish, path, now=now, begin=lambda _: lambda _: None)
        manifest = made.manifest
        assert manifest.received == manifest.rows + sum(manifest.left_out.values())
        assert [(one["reference"], one["reason"]) for one in manifest.exclusions] == [(one, WHY) for one in references]
        unit = sum(manifest.left_out.values()) if subject is Subject.TRANSCRIPTS else 2
        assert manifest.left_out == {"excluded by an officer": unit}
        if kind is Kind.JSONL:
            held = [json.loads(row)["reference"] for row in path.read_text().splitlines()]
            assert not set(held) & set(references)


async def test_whom_an_officer_takes_in_again_is_in_exports_again(town: ConsoleTown) -> None:
    one, _ = await _references(town)
    await town.analyst.post(f"{BURST}/{one}", {"what": "exclude", "why": WHY})
    assert (await town.analyst.post(PLACE, {"reference": one})).location == f"{PLACE}?done=restored"
    assert (await town.analyst.post(PLACE, {"reference": one})).status == 404
    assert "Nobody is excluded." in (await town.analyst.get(PLACE)).words


async def test_there_are_no_other_signs_and_nothing_happens_without_a_choice(town: ConsoleTown) -> None:
    assert (await town.analyst.get(f"{PLACE}/colour")).status == 404
    assert (await town.analyst.get(f"{BURST}/HBR-2222-22")).status == 404
    assert "Nothing was changed" in (await town.analyst.post(BURST, {})).words


async def test_the_posters_page_says_what_to_paste_into_a_page_of_the_councils(town: ConsoleTown) -> None:
    shown = await town.editor.get(f"/console/{SLUG}/posters")
    assert f'<iframe src="{town.url}/chat/{SLUG}?embed=1"' in shown.words
    assert "https://www.council.example" in shown.words
