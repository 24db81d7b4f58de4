"""What the codebook of a question starts with."""

from __future__ import annotations

from flows.definition import Consultation, Question
from storage.codebook import Book, Theme


def book_of(pack: Consultation, question: Question) -> Book:
    """The codebook of a question: it starts with the themes of the pack that are for it."""
    starts = [
        Theme(one.code, one.name, aim=one.aim)
        for one in pack.themes
        if not one.questions or question.code in one.questions
    ]
    return Book(pack.slug, question.code, tuple(starts))
