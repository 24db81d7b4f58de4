"""Rules about somebody's safety as people write them: one TOML file for a language, with every fault told.

    [means]                              short forms and frequent mistakes: what they stand for = how they are written
    "want to" = ["wanna", "wana"]

    [words]                              groups of words; one may contain another
    family = "mum dad <step>"

    [[rules]]
    code = "hit-me"
    tier = "urgent"                      urgent or concern
    harms = ["physical"]
    says = ["<family> .. <hit> <me>"]    see `flows.concern_patterns`
    unless = ["<game>"]                  what, close by, makes it something else

A consultation's own file (`concerns/en.toml` in its pack) has the same shape. It is laid over ours: its words are added
to the groups, its rules to the rules (one with a code of ours takes its place), and `off = ["hit-me"]` switches off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeVar

from flows.concern_patterns import FEWEST, Written, compiled, read_pattern
from flows.concern_rules import Book, Harm, Rule, Rules, Tier, keyed
from flows.concern_words import SHORTEST_FUZZY, without_one
from flows.folding import fold
from flows.pack_table import Faults, Place, Table, nearest, parse

_NAME: Final = re.compile(r"(?:.*/)?(?P<language>[a-z]{2,3})\.toml")
_GROUP_NAME: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
_OFTEN: Final = 1000
"""Counts for each word of a group that is in `common`: such a slot is never looked for first if another can be."""
_COMMON: Final = "common"
_YOUNGEST: Final = "youngest"
_Closed = TypeVar("_Closed", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as it was written."""

    code: str
    tier: Tier
    harms: tuple[Harm, ...]
    says: tuple[Written, ...]
    unless: tuple[Written, ...]
    place: Place = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's content, before groups and rules are put together."""

    language: str
    means: Mapping[str, tuple[str, ...]]
    """By what is written, folded, its meaning's words."""
    words: Mapping[str, tuple[str, ...]]
    """By group: its words, folded, and other groups as `<name>`."""
    rules: Mapping[str, RuleText]
    off: tuple[str, ...]
    place: Place


def read_sheet(file: str, text: str, faults: Faults) -> Sheet | None:
    """What a file says; None where its name or its syntax leave nothing to read."""
    named = _NAME.fullmatch(file)
    if named is None:
        faults.add(
            Place(file).fault(None, "file-name", "The file's name says no language", "Call it en.toml or cy.toml")
        )
        return None
    top = parse(file, text, faults)
    if top is None:
        return None
    rules = [rule for table in top.tables("rules") for rule in _rule(table)]
    for twice in sorted({rule.code for rule in rules if [each.code for each in rules].count(rule.code) > 1}):
        top.fault("rules", "duplicate", f"Two rules are called {twice!r}", "Give one of them another code")
    sheet = Sheet(
        language=named["language"],
        means=dict(_means(top.table("means"))),
        words=dict(_groups(top.table("words"))),
        rules={rule.code: rule for rule in rules},
        off=top.codes("off") or (),
        place=top.place,
    )
    top.done()
    return sheet


def laid_over(ours: Sheet, theirs: Sheet, faults: Faults) -> Sheet:
    """A consultation's own file over the one for everybody, in the same language."""
    for code in theirs.off:
        if code not in ours.rules:
            near = nearest(code, ours.rules)
            mend = f"Perhaps you mean {near!r}" if near else "Leave it out"
            faults.add(theirs.place.fault("off", "unknown-rule", f"There is no rule {code!r} to switch off", mend))
    words = {name: tuple(dict.fromkeys((*ours.words.get(name, ()), *more))) for name, more in theirs.words.items()}
    kept = {code: rule for code, rule in ours.rules.items() if code not in theirs.off}
    return replace(
        ours,
        means={**ours.means, **theirs.means},
        words={**ours.words, **words},
        rules={**kept, **theirs.rules},
        place=theirs.place,
    )


def rules_of(ours: Mapping[str, str], theirs: Mapping[str, str], faults: Faults) -> Rules:
    """The rules that hold in a consultation. Both map files' names to their texts; every fault is noted, none raised.

    A rule at fault is left out, and the others hold: to look with fewer rules is better than not to look.
    """
    sheets = {sheet.language: sheet for sheet in _sheets(ours, faults)}
    for sheet in _sheets(theirs, faults):
        base = sheets.get(sheet.language)
        sheets[sheet.language] = sheet if base is None else laid_over(base, sheet, faults)
    return Rules(tuple(_book(sheet, faults) for _, sheet in sorted(sheets.items())))


def _sheets(files: Mapping[str, str], faults: Faults) -> Iterator[Sheet]:
    for name in sorted(files):
        sheet = read_sheet(name, files[name], faults)
        if sheet is not None:
            yield sheet


# --- reading ---


def _means(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    for meaning in table.data:
        words = tuple(fold(meaning).split())
        for way in table.texts(meaning) or ():
            if not (folded := fold(way)):
                table.fault(meaning, "empty-word", f"{way!r} has no letters", "Write a word, or leave it out")
            else:
                yield folded, words


def _groups(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in table.data:
        if not _GROUP_NAME.fullmatch(name):
            table.fault(name, "code", f"{name!r} is no name for a group", "Use small letters a to z and single hyphens")
        members: list[str] = []
        for part in (table.text(name) or "").split():
            if part.startswith("<") and part.endswith(">"):
                members.append(part)
            elif folded := fold(part):
                members += folded.split()
        yield name, tuple(dict.fromkeys(members))


def _rule(table: Table) -> Iterator[RuleText]:
    code = table.code("code", needed='code = "hit-me"')
    tier = _closed(table, "tier", Tier, (table.text("tier", needed='tier = "urgent"') or "",))
    harms = _closed(table, "harms", Harm, table.texts("harms", needed='harms = ["physical"]') or ())
    table.text("says", needed='says = ["<family> .. <hit> <me>"]') if not table.has("says") else None
    says = tuple(_patterns(table, "says", FEWEST))
    unless = tuple(_patterns(table, "unless", 1))
    table.done()
    if code and tier and harms and says:
        yield RuleText(code, tier[0], harms, says, unless, table.place)


def _patterns(table: Table, key: str, fewest: int) -> Iterator[Written]:
    for said in table.texts(key) or ():
        read = read_pattern(said, fewest=fewest)
        if isinstance(read, str):
            table.fault(key, "pattern", f"{said!r}: {read}", "Write it as `docs/safeguarding-detector.md` shows")
        else:
            yield read


def _closed(table: Table, key: str, members: type[_Closed], values: Iterable[str]) -> tuple[_Closed, ...]:
    known = {member.value: member for member in members}
    for value in values:
        if value and value not in known:
            near = nearest(value, known)
            mend = f"Perhaps you mean {near!r}" if near else f"Use one of: {', '.join(known)}"
            table.fault(key, "unknown-value", f"There is no {value!r} here", mend)
    return tuple(known[value] for value in values if value in known)


# --- putting together ---


def _book(sheet: Sheet, faults: Faults) -> Book:
    groups = {name: _members(sheet, name, faults) for name in sheet.words}
    often = groups.get(_COMMON, frozenset())
    weights = {f"<{name}>": sum(_OFTEN if word in often else 1 for word in words) for name, words in groups.items()}
    weights |= dict.fromkeys(often, _OFTEN)
    rules = tuple(
        rule for text in sheet.rules.values() for rule in _compiled(sheet.language, text, groups, weights, faults)
    )
    patterns = [pattern for rule in rules for pattern in (*rule.patterns, *rule.unless)]
    marks = _marks(groups, {symbol for pattern in patterns for slot in pattern.slots for symbol in slot.symbols})
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for way, meaning in sheet.means.items():
        first, *rest = way.split()
        if rest:
            phrases.setdefault(first, []).append(((first, *rest), meaning))
    return Book(
        language=sheet.language,
        rules=rules,
        marks=marks,
        means={way: meaning for way, meaning in sheet.means.items() if " " not in way},
        phrases={first: tuple(sorted(each, key=lambda pair: -len(pair[0]))) for first, each in phrases.items()},
        near=_near(marks),
        keyed=keyed(rules),
        youngest=groups.get(_YOUNGEST, frozenset()),
    )


def _members(sheet: Sheet, name: str, faults: Faults) -> frozenset[str]:
    """Every word of a group, those of the groups inside it too. Groups that contain each other end there."""
    found: set[str] = set()
    seen, waiting = {name}, [name]
    while waiting:
        current = waiting.pop()
        for member in sheet.words.get(current, ()):
            inside = member.removeprefix("<").removesuffix(">")
            if inside == member:
                found.add(member)
            elif inside not in sheet.words:
                problem = f"There is no group {member} to be a part of <{current}>"
                mend = "Write the group, or leave it out"
                faults.add(sheet.place.below("words").fault(current, "unknown-group", problem, mend))
            elif inside not in seen:
                seen.add(inside)
                waiting.append(inside)
    return frozenset(found)


def _compiled(
    language: str,
    text: RuleText,
    groups: Mapping[str, frozenset[str]],
    weights: Mapping[str, int],
    faults: Faults,
) -> Iterator[Rule]:
    wanted = {symbol for said in (*text.says, *text.unless) for symbol in said.symbols}
    unknown = sorted(symbol for symbol in wanted if symbol.startswith("<") and symbol[1:-1] not in groups)
    for symbol in unknown:
        near = nearest(symbol[1:-1], groups)
        mend = f"Perhaps you mean <{near}>" if near else "Write that group under [words]"
        faults.add(text.place.fault("says", "unknown-group", f"There is no group {symbol}", mend))
    if not unknown:
        patterns = tuple(pattern for said in text.says for pattern in compiled(said, weights))
        unless = tuple(pattern for said in text.unless for pattern in compiled(said, weights))
        yield Rule(f"{language}/{text.code}", text.tier, text.harms, patterns, unless)


def _marks(groups: Mapping[str, frozenset[str]], used: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """What each word is to the rules. A word that is listed and not used is still known: it is no misspelling."""
    used = frozenset(used) | {"<not>", "<deny>", "<filler>"}
    marks: dict[str, set[str]] = {symbol: {symbol} for symbol in used if not symbol.startswith("<")}
    for name, words in groups.items():
        for word in words:
            marks.setdefault(word, set())
            if f"<{name}>" in used:
                marks[word].add(f"<{name}>")
    return {word: frozenset(symbols) for word, symbols in marks.items()}


def _near(marks: Mapping[str, frozenset[str]]) -> Mapping[str, tuple[str, ...]]:
    near: dict[str, list[str]] = {}
    for word in sorted(marks):
        if len(word) >= SHORTEST_FUZZY and marks[word]:
            for shorter in (word, *without_one(word)):
                if word not in near.setdefault(shorter, []):
                    near[shorter].append(word)
    return {shorter: tuple(words) for shorter, words in near.items()}
