"""The load generator's browser."""

from __future__ import annotations

import pytest

from benchmarks.visitors import PATH, visit

PAGE = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: sayso=a-token; Path=/; HttpOnly\r\n\r\n"
    '<form><input type="hidden" name="question" value="who">'
    '<input type="hidden" name="form" value="a.b&amp;c"><textarea name="answer"></textarea></form>'
)
TAKEN = "HTTP/1.1 303 See Other\r\nLocation: /chat/herefordshire-2018?embed=1#latest\r\n\r\n"


def test_a_form_goes_back_with_its_cookie_and_its_hidden_fields_as_they_stood() -> None:
    visitor = visit("http://127.0.0.1:8080", ["a child & me"])
    assert next(visitor).startswith(f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n".encode())
    head, _, body = visitor.send(PAGE.encode()).decode().partition("\r\n\r\n")
    assert head.startswith(f"POST {PATH} HTTP/1.1\r\n")
    assert head.endswith("\r\nCookie: sayso=a-token")
    assert f"\r\nContent-Length: {len(body)}\r\n" in head
    assert body == "question=who&form=a.b%26c&answer=a+child+%26+me"


def test_a_form_leads_to_the_page_that_its_answer_names() -> None:
    visitor = visit("http://127.0.0.1:8080", ["child"])
    next(visitor)
    visitor.send(PAGE.encode())
    assert visitor.send(TAKEN.encode()).startswith(b"GET /chat/herefordshire-2018?embed=1 HTTP/1.1\r\n")
    with pytest.raises(StopIteration):
        visitor.send(PAGE.encode())


def test_an_answer_that_leads_nowhere_ends_the_run() -> None:
    visitor = visit("http://127.0.0.1:8080", ["child"])
    next(visitor)
    visitor.send(PAGE.encode())
    with pytest.raises(ConnectionError, match="403"):
        visitor.send(b"HTTP/1.1 403 Forbidden\r\n\r\n")
