"""The secret key is changed while the service answers, and nobody notices."""

from __future__ import annotations

import asyncio
import csv
import io

from tests.support.processes import a_neighbourhood, free_port, run_sayso
from tests.support.town import KEY

MOBILE = "+447911123456"
NEW = "another secret key, made after the first one"


def at(clock: str) -> str:
    return f"2018-03-01T{clock}:00+00:00"


async def test_somebody_texts_on_while_everything_is_sealed_anew(sqlite_url: str) -> None:
    async with a_neighbourhood(sqlite_url, free_port(), SAYSO_NOW=at("12:00")) as there:
        phone = there.twilio.phone(MOBILE)

        async def say(text: str, heard: int) -> None:
            await phone.text(text)
            await phone.hears(heard, within=20)

        await there.serve.start()
        await say("PLAN", 1)
        await there.serve.stop()
        both = {"SAYSO_SECRET_KEY": NEW, "SAYSO_SECRET_KEY_ALSO": KEY, "SAYSO_NOW": at("12:10")}
        there.serve.env = {**there.serve.env, **both}
        await there.serve.start()
        rotating = asyncio.create_task(run_sayso(there.serve.env, "keys", "rotate"))
        await say("parent", 2)
        code, told, complained = await rotating
        assert (code, complained) == (0, ""), told
        await there.serve.stop()
        there.serve.env = {**there.serve.env, "SAYSO_SECRET_KEY_ALSO": "", "SAYSO_NOW": at("12:20")}
        await there.serve.start()
        await say("Somewhere warm to go", 3)
        code, told, complained = await run_sayso(
            there.serve.env, "export", "herefordshire-2018", "transcripts", "--format", "csv"
        )
        assert code == 0, complained
        lines = csv.DictReader(io.StringIO(told.removeprefix("\ufeff"), newline=""))
        said = [line["text"] for line in lines if line["direction"] == "in"]
        assert said == ["PLAN", "parent", "Somewhere warm to go"]
