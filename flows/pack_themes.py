"""The `[[aims]]` and `[[themes]]` of `consultation.toml`: what officers sort the answers by. Respondents see neither.

Their names stand in the structure, in the pack's own language, because nobody translates them: they are no wording.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.aims import Aim, Theme
from flows.definition import Kind, Question
from flows.pack_table import Table, listed, nearest


def read_aims(top: Table) -> tuple[Aim, ...]:
    """Every aim, in the order of the pack."""
    aims: list[Aim] = []
    for table in top.tables("aims"):
        code = _code(table, [aim.code for aim in aims])
        name = table.text("name", needed="what officers call it") or ""
        table.done()
        aims.append(Aim(code, name))
    return tuple(aims)


def read_themes(top: Table, aims: Sequence[Aim], questions: Sequence[Question]) -> tuple[Theme, ...]:
    """Every theme, in the order of the pack."""
    themes: list[Theme] = []
    serving = [aim.code for aim in aims]
    answered = [question.code for question in questions if question.kind not in {Kind.WHO, Kind.HELPED_BY, Kind.NOTE}]
    for table in top.tables("themes"):
        code = _code(table, [theme.code for theme in themes])
        name = table.text("name", needed="what officers call it") or ""
        aim = table.code("aim")
        if aim is not None and aim not in serving:
            mend = _mend(aim, serving, "Describe it in a table [[aims]], with a code and a name")
            table.fault("aim", "unknown-aim", f"The pack has no aim {aim!r}", mend)
        about = table.codes("questions") or ()
        for question in about:
            if question not in answered:
                mend = _mend(question, answered, "Leave it out")
                table.fault("questions", "unknown-question", f"Nobody answers a question {question!r}", mend)
        table.done()
        themes.append(Theme(code, name, aim, about))
    return tuple(themes)


def _code(table: Table, taken: Sequence[str]) -> str:
    code = table.code("code", needed="a short name that stays the same") or ""
    if code and code in taken:
        table.broken("code", "duplicate", f"{code!r} is there twice", "Give one of them another code")
    return code


def _mend(code: str, known: Sequence[str], otherwise: str) -> str:
    near = nearest(code, known)
    return f"Perhaps you mean {near!r}" if near else f"Use one of {listed(known)}" if known else otherwise
