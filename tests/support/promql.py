"""As much PromQL as `deploy/` uses: enough to say which counts an expression asks for, and whether it asks rightly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

AGGREGATIONS = {"count", "max", "min", "sum"}
FUNCTIONS = {"absent": 1, "histogram_quantile": 2, "increase": 1, "rate": 1}
"""By how many arguments each takes."""
OF_A_RANGE = {"increase", "rate"}
_OPEN = "["
"""A range whose function is not known yet."""
_OPERATORS = {"+", "-", "*", "/", ">", "<", ">=", "<=", "==", "!=", "and", "or", "unless"}

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<range>\[(?:\d+[smhd]|\$__rate_interval)\])
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<text>"[^"\\]*")
      | (?P<word>[a-zA-Z_][\w]*)
      | (?P<mark>=~|!~|==|!=|>=|<=|[-+*/<>=(){},])
    )""",
    re.VERBOSE | re.ASCII,
)


class PromqlError(ValueError):
    """An expression that Prometheus would refuse, or that is richer than this reader."""


@dataclass(slots=True)
class Selector:
    """One count, as an expression asks for it."""

    metric: str
    matchers: dict[str, str] = field(default_factory=dict[str, str])
    """Label to what it must be: a text, or a pattern."""
    function: str | None = None
    """What is asked over a stretch of time; None: the value now."""
    aggregations: list[tuple[str, frozenset[str]]] = field(default_factory=list[tuple[str, frozenset[str]]])
    """What it goes through, innermost first, each with the labels that it keeps."""


def selectors(expression: str) -> list[Selector]:
    """Everything that an expression asks for.

    Raises:
        PromqlError: it is not well formed.
    """
    reader = _Reader(list(_tokens(expression)))
    found = reader.expression()
    reader.end()
    if any(one.function == _OPEN for one in found):
        raise PromqlError("a range without a rate or an increase")
    return found


def _tokens(expression: str) -> Iterator[str]:
    at = 0
    text = expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise PromqlError(f"not understood: {text[at:]}")
        yield match[0].strip()
        at = match.end()


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    def expression(self) -> list[Selector]:
        found = self._operand()
        while self._next() in _OPERATORS:
            self._take()
            found += self._operand()
        return found

    def end(self) -> None:
        if self._tokens:
            raise PromqlError(f"left over: {' '.join(self._tokens)}")

    def _operand(self) -> list[Selector]:
        token = self._take()
        if token == "(":
            found = self.expression()
            self._expect(")")
            return found
        if token[0].isdigit():
            return []
        if not re.fullmatch(r"[a-zA-Z_]\w*", token) or token in _OPERATORS:
            raise PromqlError(f"a count or a function was expected, not {token}")
        if token in AGGREGATIONS:
            return self._aggregated(token)
        return self._called(token) if self._next() == "(" else [self._selector(token)]

    def _aggregated(self, name: str) -> list[Selector]:
        kept = frozenset[str]()
        if self._next() == "by":
            self._take()
            kept = frozenset(self._names())
        self._expect("(")
        found = self.expression()
        self._expect(")")
        for one in found:
            one.aggregations.append((name, kept))
        return found

    def _called(self, name: str) -> list[Selector]:
        if name not in FUNCTIONS:
            raise PromqlError(f"no function that is used here: {name}")
        self._expect("(")
        arguments = [self.expression()]
        while self._next() == ",":
            self._take()
            arguments.append(self.expression())
        self._expect(")")
        if len(arguments) != FUNCTIONS[name]:
            raise PromqlError(f"{name} takes {FUNCTIONS[name]}")
        found = [one for argument in arguments for one in argument]
        for one in found:
            if (one.function == _OPEN) != (name in OF_A_RANGE) or (one.function == _OPEN and one.aggregations):
                raise PromqlError(f"{name} of {one.metric}: a rate is of a range, and of nothing else")
            one.function = name if name in OF_A_RANGE else one.function
        return found

    def _selector(self, metric: str) -> Selector:
        one = Selector(metric)
        if self._next() == "{":
            self._take()
            mark = ","
            while mark == ",":
                label, _, value = self._take(), self._one_of("=", "!=", "=~", "!~"), self._take()
                if not value.startswith('"'):
                    raise PromqlError(f"{label} is compared with something that is no text: {value}")
                one.matchers[label] = value.strip('"')
                mark = self._one_of(",", "}")
        if self._next().startswith("["):
            self._take()
            one.function = _OPEN
        return one

    def _names(self) -> Iterator[str]:
        self._expect("(")
        while True:
            yield self._take()
            if self._one_of(",", ")") == ")":
                return

    # --- tokens ---

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _take(self) -> str:
        if not self._tokens:
            raise PromqlError("it ends too early")
        return self._tokens.pop(0)

    def _one_of(self, *wanted: str) -> str:
        token = self._take()
        if token not in wanted:
            raise PromqlError(f"{' or '.join(wanted)} was expected, not {token}")
        return token

    def _expect(self, wanted: str) -> None:
        self._one_of(wanted)
