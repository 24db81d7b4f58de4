"""The first page: an officer's own consultations, those that are open first, with what may be done in each."""

from __future__ import annotations

import re
from pathlib import Path

from bot.console.rights import Duty
from tests.support.officers import a_console
from tests.support.packs import SLUG, write_pack


async def test_own_consultations_are_listed_with_their_state_and_the_open_ones_first(
    sqlite_url: str, tmp_path: Path
) -> None:
    packs = write_pack(tmp_path / "packs")
    for slug, opens, closes in (
        ("old-park", "2028-05-01", "2028-06-01"),
        ("older-park", "2027-05-01", "2027-06-01"),
        ("coming-park", "2030-07-01", "2030-08-01"),
    ):
        dates = {"opens_at": f"{opens}T00:00:00", "closes_at": f"{closes}T00:00:00"}
        write_pack(packs, slug=slug, keyword=slug.partition("-")[0].upper(), **dates)
        structure = packs / slug / "consultation.toml"
        structure.write_text(structure.read_text().replace("feedback_due = 2030", f"feedback_due = {closes[:4]}"))
    async with a_console(sqlite_url, packs) as town:
        shown = await town.analyst.get("/console")
        assert re.findall(r'class="tag \w+">([^<]+)<', shown.html) == ["Open", "Closed", "Closed", "Not open"]
        assert shown.words.index("31 May 2028") < shown.words.index("31 May 2027") < shown.words.index("1 July 2030")
        one = await town.officer(Duty.ANALYST, slugs=[SLUG])
        assert (await one.get("/console")).html.count('class="tag ') == 1
        none = await town.officer(Duty.ANALYST, slugs=[])
        assert "No consultation is yours yet" in (await none.get("/console")).words
        assert "give you nothing to do in it" in (await town.administrator.get("/console")).words
