"""One e-mail, through a real server: taken, refused, or nobody there."""

from __future__ import annotations

import pytest

from bot.config import Secret, SmtpSettings
from bot.mail import Mail, MailError
from tests.support.mail_server import a_mail_server


def mail_at(port: int) -> Mail:
    return Mail(SmtpSettings("127.0.0.1", port, "sayso@council.example", "", Secret("")))


async def test_a_mail_is_handed_over_whole() -> None:
    async with a_mail_server() as server:
        await mail_at(server.port).send("lead@council.example", "Somebody may not be safe", "Read it now.\n")
    [taken] = server.taken
    assert server.recipients == ["lead@council.example"]
    assert (taken["Subject"], taken["From"]) == ("Somebody may not be safe", "sayso@council.example")
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken.get_content().strip() == "Read it now."


@pytest.mark.parametrize(("answer", "for_good"), [("550 no such person", True), ("451 come back later", False)])
async def test_a_refusal_says_whether_another_try_is_of_use_and_repeats_no_address(
    answer: str, *, for_good: bool
) -> None:
    async with a_mail_server() as server:
        server.refusing = answer
        with pytest.raises(MailError) as refused:
            await mail_at(server.port).send("lead@council.example", "x", "x")
    assert refused.value.for_good is for_good
    assert "lead@" not in str(refused.value)


async def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    with pytest.raises(MailError) as away:
        await mail_at(1).send("lead@council.example", "x", "x")
    assert not away.value.for_good
