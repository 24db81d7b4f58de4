"""What is the web's own: one cookie, a form for one visitor and one question, and what its buttons mean."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from bot.channels.base import RawRequest, RefusedError
from bot.channels.webchat import COOKIE_DAYS, Cookie, MismatchError, WebChat, read_fields
from flows.definition import CHANGE_QUESTION, Command
from flows.messages import Channel, InboundMessage, OutboundMessage, Pressed, Sent, Submitted, Typed
from tests.bot.channels.contract import NOW
from tests.bot.channels.webchat_adapter import FORM, PATH, PUBLIC_URL, SECRET, VISITOR, WebChatAdapter, a_body, a_post

HTTPS = "https://sayso.example.gov.uk"


@pytest.fixture
def who() -> WebChatAdapter:
    return WebChatAdapter()


def parsed(who: WebChatAdapter, request: RawRequest) -> InboundMessage:
    (message,) = who.channel.parse(request).messages
    return message


def test_a_form_says_which_consultation_its_page_belongs_to(who: WebChatAdapter) -> None:
    message = parsed(who, a_post(who.form(answer="x"), path="/chat/durham-2019?embed=1"))
    assert (message.channel, message.slug, message.address) == (Channel.WEB, "durham-2019", VISITOR)
    assert message.sent_at is None


def test_the_same_form_sent_twice_is_one_delivery(who: WebChatAdapter) -> None:
    form = who.form(answer="More swings")
    assert parsed(who, a_post(form)).provider_id == parsed(who, a_post(form)).provider_id


def test_the_same_form_with_other_words_is_another_delivery_so_that_no_correction_is_lost(who: WebChatAdapter) -> None:
    form = who.form(answer="More swings")
    variants = [form, {**form, "answer": "More slides"}, {**form, "command": "skip"}, {**form, "speak": "cy"}]
    assert len({parsed(who, a_post(variant)).provider_id for variant in variants}) == len(variants)


def test_two_forms_with_the_same_words_are_two_deliveries(who: WebChatAdapter) -> None:
    first, second = (parsed(who, who.says("More swings")) for _ in range(2))
    assert first.provider_id != second.provider_id


def test_while_the_secret_changes_a_form_is_the_same_delivery_for_every_worker(who: WebChatAdapter) -> None:
    new = b"the secret that takes over from it"
    form = a_post(who.form(answer="More swings"))
    workers = (who.channel, WebChat(SECRET, PUBLIC_URL, also=(new,)), WebChat(new, PUBLIC_URL, also=(SECRET,)))
    assert len({worker.parse(form).messages[0].provider_id for worker in workers}) == 1
    with pytest.raises(MismatchError):
        WebChat(new, PUBLIC_URL).parse(form)


def test_a_form_is_for_the_visitor_it_was_made_for(who: WebChatAdapter) -> None:
    with pytest.raises(MismatchError) as refused:
        who.channel.parse(a_post(who.form(answer="x"), visitor="another-visitor-entirely"))
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        ([("answer", "more")], Submitted("why", ("more",))),
        ([("answer", "parks"), ("answer", "buses")], Submitted("why", ("parks", "buses"))),
        ([("answer", "safe"), ("answer", ""), ("answer", "well")], Submitted("why", ("safe", "well"))),
        ([("answer", ""), ("answer", "")], Submitted("why", ())),
        ([("answer", "")], Submitted("why", ("",))),
        ([], Submitted("why", ())),
        ([("answer", "one\r\ntwo ")], Submitted("why", ("one\r\ntwo ",))),
        ([("answer", "half a thought"), ("command", "skip")], Pressed(Command.SKIP)),
        ([("answer", "x"), ("speak", "cy")], Typed("Cymraeg")),
    ],
    ids=[
        "one option",
        "several options",
        "places of a ranking that were left empty are left out",
        "a ranking without any place",
        "an empty text",
        "nothing chosen",
        "line breaks and spaces stay as they came",
        "a button outweighs what stands in the field",
        "a language is asked for by its own name",
    ],
)
def test_what_a_form_holds_is_understood(
    who: WebChatAdapter, fields: list[tuple[str, str]], content: Submitted | Pressed | Typed
) -> None:
    assert parsed(who, a_post([*who.form().items(), *fields])).content == content


def test_the_list_of_answers_to_change_is_a_question_too(who: WebChatAdapter) -> None:
    message = parsed(who, a_post(who.form(CHANGE_QUESTION, answer="swings")))
    assert message.content == Submitted(CHANGE_QUESTION, ("swings",))


def test_words_that_answer_no_question_are_typed_words(who: WebChatAdapter) -> None:
    assert parsed(who, a_post(who.form("", answer="hello"))).content == Typed("hello")


def test_a_language_in_the_form_goes_with_its_answer(who: WebChatAdapter) -> None:
    message = parsed(who, a_post(who.form(answer="Mwy o siglenni", lang="cy")))
    assert (message.language, message.content) == ("cy", Submitted("why", ("Mwy o siglenni",)))


def test_a_language_that_nobody_knows_is_no_language(who: WebChatAdapter) -> None:
    assert parsed(who, a_post(who.form(answer="x", speak="xx"))).content == Submitted("why", ("x",))


@pytest.mark.parametrize(
    "path", ["/chat/", "/chat/UPPER", "/chat/a/b", "/chat/%2e%2e", "/chat/-x", f"/chat/{'a' * 65}"]
)
def test_what_cannot_be_a_consultation_is_not_found(who: WebChatAdapter, path: str) -> None:
    with pytest.raises(RefusedError) as refused:
        who.channel.parse(a_post(who.form(answer="x"), path=path))
    assert refused.value.status == 404


def test_what_came_back_can_be_posted_again_as_it_was(who: WebChatAdapter) -> None:
    form = [*who.form().items(), ("answer", "parks"), ("answer", "buses"), ("lang", "cy")]
    fields = read_fields(FORM, a_post(form).body)
    assert sorted(fields.pairs()) == sorted(form)


def test_fields_print_nothing_that_somebody_wrote() -> None:
    fields = read_fields(FORM, b"question=why&answer=My+brother&form=secret&code=7K2M9Q")
    assert not [private for private in ("brother", "secret", "7K2M9Q") if private in repr(fields)]


def test_a_charset_behind_the_content_type_does_no_harm() -> None:
    assert read_fields(f"{FORM}; charset=UTF-8", b"answer=%C5%B5").answers == ("ŵ",)


@pytest.mark.parametrize(
    ("url", "embedded", "expected"),
    [
        (PUBLIC_URL, False, "sayso={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax"),
        (PUBLIC_URL, True, "sayso={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax"),
        (HTTPS, False, "__Host-sayso={}; Path=/; Max-Age={}; HttpOnly; Secure; SameSite=Lax"),
        (HTTPS, True, "__Host-sayso={}; Path=/; Max-Age={}; HttpOnly; Secure; SameSite=None; Partitioned"),
    ],
)
def test_the_cookie_is_as_strict_as_its_place_allows(url: str, embedded: bool, expected: str) -> None:  # noqa: FBT001 - a column of the table
    cookie = Cookie.of(url)
    assert cookie.keep(VISITOR, embedded=embedded) == expected.format(VISITOR, COOKIE_DAYS * 86_400)
    assert cookie.drop(embedded=embedded) == expected.format("", 0)


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (f"sayso={VISITOR}", VISITOR),
        (f"a=b; sayso={VISITOR}; c=d", VISITOR),
        (f"__Host-sayso={VISITOR}", None),
        ("sayso=short", None),
        ("sayso=", None),
        (f"sayso={VISITOR}\u00e9", None),
        ("", None),
    ],
)
def test_only_a_token_of_ours_is_read_from_the_cookies(header: str, token: str | None) -> None:
    assert Cookie.of(PUBLIC_URL).read(CIMultiDict({"cookie": header})) == token


def test_a_channel_of_another_deployment_does_not_know_our_forms(who: WebChatAdapter) -> None:
    elsewhere = WebChat(b"the secret of another deployment", PUBLIC_URL)
    with pytest.raises(MismatchError):
        elsewhere.parse(who.says("x"))


def test_two_workers_with_one_secret_know_each_others_forms(who: WebChatAdapter) -> None:
    assert WebChat(SECRET, PUBLIC_URL).parse(who.says("x")).messages


def test_a_body_that_only_looks_like_a_form_is_refused_before_anything_else(who: WebChatAdapter) -> None:
    with pytest.raises(RefusedError) as refused:
        who.channel.parse(a_body(b"answer=x", content_type="multipart/form-data; boundary=x", path=PATH))
    assert refused.value.status == 400


async def test_nothing_is_sent_because_the_page_shows_the_transcript(who: WebChatAdapter) -> None:
    message = OutboundMessage("k1", VISITOR, "Hello")
    assert await who.channel.send(message, now=NOW) == Sent("k1")
    await who.channel.close()
