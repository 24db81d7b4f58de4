"""A preview shows what would be sent, and nothing else: each question, for each band, language and channel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import cli
from bot.errors import PreviewError
from bot.preview import Preview, previews, wanted
from bot.preview_text import WIDTH, columns, lines
from bot.rehearsal import Rehearsal
from bot.shows import shows_of
from flows.definition import Consultation
from flows.messages import CONVERSING, Channel
from tests.support.builders import PARENT, a_consultation, a_question
from tests.support.every_kind import write_every_kind
from tests.support.packs import write_pack
from tests.support.shipped import NOON, herefordshire


def preview(consultation: Consultation, question: str, channel: str, band: str = "", language: str = "en") -> Preview:
    """The one preview of that."""
    asked = wanted(consultation, question=question, channel=channel, band=band, language=language)
    (found,) = previews(consultation, asked)
    return found


def texts(found: Preview) -> list[str]:
    return [shown.bubble.text for shown in found.shown]


def drawn(consultation: Consultation, found: Preview) -> str:
    return "\n".join(lines(consultation, found))


# --- what would be sent ---


@pytest.mark.parametrize("channel", list(CONVERSING))
def test_every_question_is_shown_as_a_conversation_puts_it(channel: Channel) -> None:
    pack = herefordshire()
    held = Rehearsal(pack, channel, shows_of(channel), NOON, public_url="https://sayso.example.gov.uk")
    answers = {"who": "parent-carer", "issue": "Teeth", "evidence": "Waiting lists"}
    held.hear(pack.sms_keyword)
    for code, answer in answers.items():
        assert texts(preview(pack, code, channel, "adult")) == [bubble.text for bubble in held.bubbles]
        said = (
            str(pack.question(code).choices.index(answer) + 1) if channel is Channel.SMS and code == "who" else answer
        )
        held.hear(said)


@pytest.mark.parametrize(
    ("channel", "first"),
    [
        ("sms", "Polski.\nPrzeczytają to ludzie."),
        ("telegram", "Wybrany język: Polski."),
        ("web", "Cześć, jestem komputerem."),
    ],
)
def test_in_another_language_the_first_question_comes_as_it_does_to_who_asks_for_it(channel: str, first: str) -> None:
    assert texts(preview(herefordshire(), "who", channel, language="pl"))[0].startswith(first)


def test_telegram_s_buttons_are_those_of_its_channel_one_to_a_row() -> None:
    pack = a_consultation(a_question("swings", "one", "more same"))
    assert preview(pack, "swings", "telegram", "adult").shown[-1].rows == [["More"], ["Same"], ["Skip"]]
    assert preview(pack, "swings", "sms", "adult").shown[-1].rows == ()


def test_what_a_text_costs_is_counted_with_what_makes_it_dear() -> None:
    found = preview(herefordshire(), "issue", "sms", "adult", "pl")
    (shown,) = found.shown
    assert shown.cost is not None
    assert (shown.cost.size.encoding, shown.cost.size.segments, shown.cost.plain) == ("UCS-2", 3, 2)
    drawing = drawn(herefordshire(), found)
    assert re.search(r"3 segments: \d+ characters in UCS-2, because of ą ę ł Ń ż. Without them it would be 2", drawing)
    assert preview(herefordshire(), "issue", "web", "adult").shown[0].cost is None


def test_of_many_dear_characters_a_few_are_named() -> None:
    found = preview(herefordshire(), "issue", "sms", "adult", "ar")
    assert re.search(r" and \d+ more\. Without them", drawn(herefordshire(), found))


def test_whoever_is_too_young_for_a_channel_is_not_shown_its_questions() -> None:
    found = preview(herefordshire(), "issue", "telegram", "4-7")
    assert found.handed_on
    assert "Nobody of this age is asked on Telegram" in drawn(herefordshire(), found)


def test_a_question_asked_before_the_age_is_known_is_for_every_band_and_shown_once() -> None:
    (found,) = previews(herefordshire(), wanted(herefordshire(), question="who", channel="sms", language="en"))
    assert found.band is None
    assert [band.value for band in found.bands] == ["4-7", "8-11", "12-15", "16-25", "adult"]


def test_where_nobody_has_to_say_who_they_are_the_first_question_has_the_opening() -> None:
    pack = a_consultation(a_question("ideas"), roles=(PARENT,))
    assert texts(preview(pack, "ideas", "sms", "adult"))[0].startswith("welcome\n")


def test_a_statement_is_shown_with_the_question_behind_it() -> None:
    pack = a_consultation(a_question("news", "note"), a_question("why"))
    assert texts(preview(pack, "news", "sms", "adult")) == ["news?\nnote_own_words\nwhy?"]


def test_all_of_them_leave_out_only_what_nobody_is_asked() -> None:
    pack = herefordshire()
    found = list(previews(pack, wanted(pack)))
    asked = {(each.question.code, each.band.value) for each in found if each.band is not None}
    assert {band for code, band in asked if code == "organisation"} == {"adult"}
    assert {band for code, band in asked if code == "helped-by"} == {"4-7"}
    assert len(found) == (len(asked) + 1) * len(pack.languages) * len(CONVERSING)


def test_nobody_of_an_age_being_asked_a_question_shows_nothing() -> None:
    pack = herefordshire()
    assert list(previews(pack, wanted(pack, question="organisation", band="4-7"))) == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"question": "swings"}, "There is no question 'swings' in this pack: choose one of who, helped-by, issue"),
        ({"language": "fr"}, "There is no language 'fr' in this pack: choose one of en, cy, pl, ar."),
        ({"band": "9"}, "There is no age band '9'"),
        ({"channel": "pigeon"}, "There is no channel 'pigeon' in this pack: choose one of telegram, sms, web."),
    ],
)
def test_what_a_pack_does_not_have_is_told_with_what_it_has(asked: dict[str, str], told: str) -> None:
    with pytest.raises(PreviewError, match=told):
        wanted(herefordshire(), **asked)


# --- in the terminal ---


def test_a_bubble_is_drawn_around_lines_of_one_width() -> None:
    found = preview(herefordshire(), "evidence", "telegram", "adult", "pl")
    box = [line.strip() for line in drawn(herefordshire(), found).splitlines() if line.strip()[0] in "╭│╰"]
    assert len({columns(line) for line in box}) == 1
    assert columns(box[0]) <= WIDTH + 4


@pytest.mark.parametrize(
    ("text", "wide"), [("", 0), ("abc", 3), ("\N{SCHOOL}", 2), ("e\N{COMBINING ACUTE ACCENT}", 1), ("ملاحظة", 6)]
)
def test_the_width_of_a_text_is_in_columns_of_the_terminal(text: str, wide: int) -> None:
    assert columns(text) == wide


def test_a_word_that_is_longer_than_a_line_has_one_to_itself() -> None:
    word = "a" * (WIDTH + 9)
    pack = a_consultation(a_question("ideas"), say={"welcome": f"Look: {word}"})
    assert f"│ {word} │" in drawn(pack, preview(pack, "who", "sms"))


def test_the_web_page_s_form_is_drawn_below(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = str(write_every_kind(tmp_path) / "every-kind")
    assert cli.main(["preview", pack, "--channel", "web", "--language", "en", "--band", "8-11"]) == 0
    shown = capsys.readouterr().out
    for part in ("( ) \N{PLAYGROUND SLIDE} Swings", "[ ] Parks", "Not safe ... Very safe", "[____"):
        assert part in shown
    assert "[ Send ] [ Skip ] [ Back ] [ Stop ]" in shown


# --- from the command line ---


def test_one_question_is_shown_in_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(write_pack(tmp_path)))
    named = ["--question", "swings", "--band", "adult", "--language", "en", "--channel", "sms"]
    assert cli.main(["preview", "harbour-play", *named]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("swings - adult - English - Text message\n  ╭")
    assert "│ 1 More swings " in shown
    assert "1 segment: " in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["harbour-pond"], "There is no pack 'harbour-pond'"),
        (["harbour-play", "--question", "pond"], "choose one of who, swings, why"),
        (["harbour-play", "--band", "4-7"], "There is no age band '4-7' in this pack"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAYSO_CONSULTATIONS", str(write_pack(tmp_path)))
    assert cli.main(["preview", *arguments]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert told in shown.err


def test_a_question_that_nobody_of_an_age_is_asked_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = str(write_every_kind(tmp_path) / "every-kind")
    assert cli.main(["preview", pack, "--question", "helped", "--band", "adult"]) == 1
    assert "Nobody of that age is asked that question" in capsys.readouterr().err
