"""The `[[questions]]` of `consultation.toml`: what is asked, in which shape, of whom, and after which answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from flows.consents import Consent
from flows.definition import PREFER_NOT_TO_SAY, AgeBand, Kind, Question, Role, who_options
from flows.pack_table import Table, listed, nearest
from flows.pack_terms import known_role, read_bands

_CHOSEN: Final = frozenset((Kind.HELPED_BY, Kind.ONE, Kind.MANY, Kind.YES_NO, Kind.RANK))
_BOUNDED: Final = frozenset((Kind.NUMBER, Kind.SCALE))
_COUNTED: Final = frozenset((Kind.ONE, Kind.MANY, Kind.YES_NO))
"""The kinds that an equality question can be of: it is there to be counted, and own words might say who somebody is."""
OWN_CHOICES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.HELPED_BY: ("child", "together", "grown-up"),
    Kind.YES_NO: ("yes", "no", "not-sure"),
}
FITS: Final[Mapping[str, frozenset[Kind]]] = {
    "choices": _CHOSEN,
    "min": _BOUNDED,
    "max": _BOUNDED,
    "at_most": frozenset((Kind.MANY, Kind.RANK)),
    "alone": frozenset((Kind.MANY,)),
    "optional": frozenset(Kind) - {Kind.NOTE, Kind.WHO, Kind.HELPED_BY},
}
LOWEST, HIGHEST = -(10**9), 10**9
_LONGEST_SCALE: Final = 11
_FEWEST_CHOICES: Final = 2
_EXPORTED: Final = frozenset(("reference", "consultation", "version", "role", "channel", "language", "status", "late"))
"""Columns of an export that stand beside the questions', as far as a code could be called so."""
_YOUNGEST: Final = frozenset((AgeBand.FOUR_TO_SEVEN,))


def read_questions(top: Table, roles: Sequence[Role]) -> tuple[Question, ...]:
    """Every question in order, with those that Sayso asks by itself: who somebody is, and who helps the youngest."""
    questions: list[Question] = []
    for table in top.tables("questions"):
        question = _question(table, roles)
        if not question.code:
            continue
        if any(question.code == other.code for other in questions):
            table.broken("code", "duplicate", f"There are two questions {question.code!r}", "Give one another code")
            continue
        if question.kind is Kind.WHO and questions:
            table.broken("kind", "who-first", "Who somebody is has to be asked first", "Put this question in front")
        questions.append(question)
    if all(question.kind in {Kind.WHO, Kind.HELPED_BY, Kind.NOTE} for question in questions):
        top.broken("questions", "missing-key", "The pack asks nothing", "Add [[questions]] with a code and a kind")
    return _with_our_own(top, questions, roles)


def _with_our_own(top: Table, questions: list[Question], roles: Sequence[Role]) -> tuple[Question, ...]:
    options = tuple(option.code for option in who_options(roles))
    whole = questions
    if all(question.kind is not Kind.WHO for question in whole):
        whole = [Question("who", Kind.WHO, choices=options), *whole]
    youngest = any(AgeBand.FOUR_TO_SEVEN in role.bands for role in roles)
    if youngest and all(question.kind is not Kind.HELPED_BY for question in whole):
        helped = Question("helped-by", Kind.HELPED_BY, choices=OWN_CHOICES[Kind.HELPED_BY], bands=_YOUNGEST)
        whole = [whole[0], helped, *whole[1:]]
    for question in whole:
        if question not in questions and any(question.code == other.code for other in questions):
            top.broken(
                "questions",
                "duplicate",
                f"Sayso asks a question of its own with the code {question.code!r}",
                f"Give yours another code, or the kind {question.kind.value!r}",
            )
    return tuple(whole)


def _question(table: Table, roles: Sequence[Role]) -> Question:
    code = table.code("code", needed="a short name that is the same in every language") or ""
    if code in _EXPORTED:
        table.broken("code", "code", f"Every export has a column {code!r} already", "Give the question another code")
    asked_of = table.codes("roles")
    for role in asked_of or ():
        known_role(table, "roles", role, roles)
    bands = read_bands(table, "bands")
    kind = _kind(table, needed=True)
    plain = Question(
        code=code,
        kind=kind,
        roles=None if asked_of is None else frozenset(asked_of),
        bands=frozenset(bands) if bands is not None else _YOUNGEST if kind is Kind.HELPED_BY else None,
        equality=table.yes("equality") or False,
        stage=table.code("stage"),
        consent=_consent(table),
    )
    if kind is Kind.WHO:
        plain = replace(plain, choices=tuple(option.code for option in who_options(roles)))
    shaped = _shaped(table, plain)
    variants = _variants(table, shaped)
    if plain.consent is not None:
        _check_consent(table, (shaped, *variants.values()))
    table.done()
    return replace(shaped, variants=variants)


def _consent(table: Table) -> Consent | None:
    name = table.text("consent")
    known = {consent.value: consent for consent in Consent}
    if name is not None and name not in known:
        table.broken("consent", "kind", f"Nobody can agree to {name!r}", f"Use {listed(tuple(known))}")
    return known.get(name or "")


def _check_consent(table: Table, shapes: Sequence[Question]) -> None:
    """Agreeing is a plain yes: whatever else is said is none."""
    if any(shape.kind is not Kind.YES_NO or shape.equality for shape in shapes):
        problem = "Only a yes to a plain question is a consent"
        table.broken("consent", "does-not-fit", problem, "Use the kind 'yes-no' for every age, and no equality")


def _variants(table: Table, question: Question) -> dict[AgeBand, Question]:
    variants: dict[AgeBand, Question] = {}
    inside = table.table("variants")
    for band in AgeBand:
        if not inside.has(band.value):
            continue
        shape = inside.table(band.value)
        kind = _kind(shape, needed=False) if shape.has("kind") else question.kind
        if kind is not question.kind and Kind.WHO in {kind, question.kind}:
            shape.broken("kind", "kind", "A variant cannot change who somebody is", "Leave the kind out")
        variants[band] = _shaped(shape, _inherited(question, kind))
        shape.done()
    inside.done()
    return variants


def _inherited(question: Question, kind: Kind) -> Question:
    """What a variant has before its own table is read: as much of the question as its kind can hold."""
    bounded, chosen = kind in _BOUNDED, kind in _CHOSEN or kind is Kind.WHO
    return replace(
        question,
        kind=kind,
        choices=question.choices if chosen else (),
        minimum=question.minimum if bounded else None,
        maximum=question.maximum if bounded else None,
        at_most=question.at_most if kind in FITS["at_most"] else None,
        alone=question.alone if kind in FITS["alone"] else frozenset(),
    )


def _kind(table: Table, *, needed: bool) -> Kind:
    known = tuple(kind.value for kind in Kind)
    name = table.text("kind", needed=f"one of {listed(known)}" if needed else None)
    if name is None:
        return Kind.TEXT
    if name not in known:
        near = nearest(name, known)
        mend = f"Perhaps you mean {near!r}" if near else f"Use one of {listed(known)}"
        table.broken("kind", "kind", f"There is no kind of question {name!r}", mend)
        # The likeliest kind, so that the rest of the question is still looked at for what it is.
        return Kind(near) if near else Kind.ONE if table.has("choices") else Kind.TEXT
    return Kind(name)


def _shaped(table: Table, base: Question) -> Question:
    """The question with what its table says about its shape laid over `base`."""
    kind = base.kind
    for key, fitting in FITS.items():
        if table.has(key) and kind not in fitting:
            problem = f"A question of kind {kind.value!r} has no {key!r}"
            table.broken(key, "does-not-fit", problem, f"Leave it out, or use the kind {listed(sorted(fitting))}")
    if any(table.has(key) and kind not in fitting for key, fitting in FITS.items()):
        return base
    minimum, maximum = table.whole("min", LOWEST, HIGHEST), table.whole("max", LOWEST, HIGHEST)
    shaped = replace(
        base,
        choices=table.codes("choices") or base.choices or OWN_CHOICES.get(kind, ()),
        optional=base.optional if (optional := table.yes("optional")) is None else optional,
        show_if=_conditions(table) if table.has("show_if") else base.show_if,
        minimum=base.minimum if minimum is None else minimum,
        maximum=base.maximum if maximum is None else maximum,
        at_most=table.whole("at_most", 1, 100) or base.at_most,
        alone=frozenset(table.codes("alone") or base.alone),
    )
    _check_choices(table, shaped)
    _check_bounds(table, shaped)
    if shaped.equality:
        _check_equality(table, shaped)
    return shaped


def _conditions(table: Table) -> dict[str, tuple[str, ...]]:
    inside = table.table("show_if")
    return {code: inside.texts(code) or () for code in inside.data}


def _check_choices(table: Table, question: Question) -> None:
    if question.kind in _CHOSEN and len(question.choices) < _FEWEST_CHOICES:
        table.broken(
            "choices", "choices", f"{table.place.shown} has nothing to choose from", 'Write choices = ["...", "..."]'
        )
    for code in sorted(question.alone - set(question.choices)):
        table.broken("alone", "unknown-option", f"There is no choice {code!r}", f"Use {listed(question.choices)}")
    if question.at_most is not None and question.at_most > len(question.choices):
        table.broken("at_most", "bounds", "More may be chosen than there is", f"Write {len(question.choices)} or fewer")


def _check_equality(table: Table, question: Question) -> None:
    """Nobody has to say who they are, nor to pass the question over without a word (rule R1.4)."""
    offered = PREFER_NOT_TO_SAY in question.choices
    if question.kind not in _COUNTED:
        problem = f"An equality question is for counting, and the kind {question.kind.value!r} is not"
        table.fault("kind", "equality", problem, f"Use the kind {listed(sorted(_COUNTED))}")
    elif not offered:
        problem = "An equality question lets people say that they would rather not answer"
        table.fault("choices", "equality", problem, f"Add {PREFER_NOT_TO_SAY!r}, as the last of them")
    elif question.kind is Kind.MANY and PREFER_NOT_TO_SAY not in question.alone:
        problem = f"{PREFER_NOT_TO_SAY!r} could be chosen together with an answer"
        table.fault("alone", "equality", problem, f'Write alone = ["{PREFER_NOT_TO_SAY}"]')
    if not question.optional:
        table.fault("optional", "equality", "An equality question is never required", "Write optional = true")


def _check_bounds(table: Table, question: Question) -> None:
    low, high = question.minimum, question.maximum
    if question.kind is Kind.SCALE and (low is None or high is None):
        table.broken(
            None, "bounds", f"{table.place.shown} has no ends", "Write min and max, such as min = 1 and max = 5"
        )
    elif low is not None and high is not None and low >= high:
        table.broken("max", "bounds", f"{high} is not above {low}", "Write the lower number as min, the higher as max")
    elif question.kind is Kind.SCALE and low is not None and high is not None and high - low >= _LONGEST_SCALE:
        table.broken("max", "bounds", "The scale is too long to choose from", f"Use {_LONGEST_SCALE} points or fewer")
