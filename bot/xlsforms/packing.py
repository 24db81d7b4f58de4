"""A form into the files of a pack, as an author would write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.xlsforms.form import Asked, Form
from flows.definition import AgeBand, Kind, Question, Role
from flows.toml_edit import in_toml

STRUCTURE = "consultation.toml"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pack needs and a form does not have."""

    slug: str
    authority: str
    opens: datetime
    """Local wall time, likewise `closes`."""
    closes: datetime
    timezone: str
    keyword: str
    band: AgeBand
    """Whose words the form's are."""
    roles: tuple[Role, ...]
    contact: str | None = None


def files(form: Form, plan: Plan) -> dict[str, str]:
    """The pack's files by their paths in its folder."""
    written = {STRUCTURE: "\n".join(_structure(form, plan)) + "\n"}
    for language in form.languages:
        path = f"wording/{language}.{plan.band.value}.toml"
        written[path] = "\n".join(_wording(form, plan, language)) + "\n"
    return written


# --- what is asked ---


def _structure(form: Form, plan: Plan) -> Iterator[str]:
    yield f"# {_comment(form.title or plan.slug)}: imported from a form. The words are in wording/."
    yield ""
    yield from _pairs(
        {
            "slug": in_toml(plan.slug),
            "authority": in_toml(plan.authority),
            "contact": None if plan.contact is None else in_toml(plan.contact),
            "sms_keyword": in_toml(plan.keyword),
            "default_language": in_toml(form.default_language),
            "languages": in_toml(form.languages),
        }
    )
    yield ""
    yield from _pairs(
        {
            "timezone": in_toml(plan.timezone),
            "opens_at": plan.opens.isoformat(timespec="seconds"),
            "closes_at": plan.closes.isoformat(timespec="seconds"),
        }
    )
    for role in plan.roles:
        yield "\n[[roles]]"
        yield from _pairs({"code": in_toml(role.code), "bands": in_toml([band.value for band in role.bands])})
    for asked in form.asked:
        yield "\n[[questions]]"
        yield from _pairs(_question(asked.question))


def _question(question: Question) -> Mapping[str, str | None]:
    who = question.kind is Kind.WHO
    show_if = ", ".join(f"{code} = {in_toml(options)}" for code, options in question.show_if.items())
    return {
        "code": in_toml(question.code),
        "kind": in_toml(question.kind.value),
        "choices": in_toml(question.choices) if question.choices and not who else None,
        "min": None if question.minimum is None else str(question.minimum),
        "max": None if question.maximum is None else str(question.maximum),
        "at_most": None if question.at_most is None else str(question.at_most),
        "alone": in_toml([code for code in question.choices if code in question.alone]) if question.alone else None,
        "roles": in_toml(sorted(question.roles)) if question.roles is not None else None,
        "show_if": f"{{ {show_if} }}" if show_if else None,
        "optional": "true" if question.optional else None,
    }


# --- in which words ---


def _wording(form: Form, plan: Plan, language: str) -> Iterator[str]:
    yield f"# {_comment(form.title or plan.slug)}: the words in {language!r} for {plan.band.value}."
    if language == form.default_language:
        yield "\n[say]"
        yield f"title = {in_toml(form.title or plan.slug)}"
    for asked in form.asked:
        yield from _words(asked, language)


def _words(asked: Asked, language: str) -> Iterator[str]:
    lines, labels = asked.lines.get(language, {}), asked.labels.get(language, {})
    if lines:
        yield f"\n[questions.{asked.question.code}]"
        yield from _pairs({key: in_toml(text) for key, text in lines.items()})
    if labels:
        yield f"\n[questions.{asked.question.code}.choices]"
        yield from _pairs({code: in_toml(label) for code, label in labels.items()})


def _pairs(values: Mapping[str, str | None]) -> Iterable[str]:
    return (f"{key} = {value}" for key, value in values.items() if value is not None)


def _comment(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
