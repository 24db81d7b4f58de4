"""What `sayso check --rules` prints, and `docs/check.md` shows: for authors, from the catalogue of rules itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flows.definition import AgeBand
from flows.lint_catalogue import SECTIONS
from flows.lint_length import LIMITS, MOST_QUESTIONS
from flows.lint_reading import TARGETS
from flows.lint_rule import Rule
from flows.lint_sms import MOST_SEGMENTS
from flows.schema import SCHEMAS

_LEVELS: Final = {"error": "error", "warning": "warning", "either": "error or warning"}
_BEFORE: Final = """\
# Checking a pack

<!-- Written by `sayso check --rules > docs/check.md`; a test fails when it is out of date. -->

`sayso check` reads every pack, or those that you name, and says what is wrong: the file and the line, the key, what to
write instead, and the rule in brackets. It needs no network. Errors must be mended (exit code 1); warnings are advice.
`--format json` says the same to programs. Last it says what a whole conversation costs by text;
`--prices` says more of that, as in [sms-price.md](sms-price.md).

```
sayso check
sayso check consultations/herefordshire-2018 --format json
```

## When a rule does not suit

- **A voice that was agreed.** Where a council's young editors want a sentence that is too long, the wording file lists
  its key: `agreed = ["questions.issue.text"]`. Words, sentences and options beyond a limit are warnings there.
- **Names** such as `names = ["BBC Hereford", "Safeguarding Board"]` in `consultation.toml` are left as they are, and so
  is `authority`.
- **Letters.** People from 16 on may read letters that `[glossary]` in `consultation.toml` explains:
  `SEND = "special educational needs and disabilities"`.
- **A hard word that is needed** is explained on the spot: "safeguarding (keeping children safe)".
- **Wales.** `nation = "wales"` in `consultation.toml` makes every text without Welsh an error. The other nations are
  `england`, `scotland` and `northern-ireland`; nothing else depends on them yet.

## As you type

Editors that know [Taplo](https://taplo.tamasfe.dev) (in VS Code: Even Better TOML) complete keys and mark mistakes by
the JSON Schemas in [`docs/schema/`](schema/). In this repository `.taplo.toml` says which schema is for which file.
Elsewhere the first line of a file says it, with a path from that file:

```toml
#:schema ../../docs/schema/consultation.schema.json
```

`sayso check --schema NAME` prints one; NAME is SCHEMA_NAMES.
What a schema cannot see, such as a role that does not exist, `sayso check` does.

## How much for whom

The limits are this project's own, drawn from what is known about reading at each age. A date or a name in braces counts
as one word. Options are counted without one such as "Not sure". The reading grade is measured over a whole file.
"""


def page() -> str:
    """Markdown that reads well on a terminal too."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    *names, last = (f"`{name}`" for name in SCHEMAS)
    yield _BEFORE.replace("SCHEMA_NAMES", f"{', '.join(names)} or {last}")
    yield "| band | words a sentence | words a message | sentences | options | reading grade |"
    yield "|---|---|---|---|---|---|"
    for band in AgeBand:
        limits = LIMITS[band]
        words = str(limits.words_in_sentence)
        if limits.better_words_in_sentence < limits.words_in_sentence:
            words = f"{limits.better_words_in_sentence}, at most {words}"
        cells = (band.value, words, limits.words, limits.sentences, limits.options, f"{TARGETS[band]:.0f}")
        yield f"| {' | '.join(map(str, cells))} |"
    yield f"\nChildren under twelve are asked {MOST_QUESTIONS} questions at most."
    yield f"By text, a question costs {MOST_SEGMENTS} segments at most.\n"
    for heading, rules in SECTIONS.items():
        yield f"## {heading}\n"
        for rule in rules:
            yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### `{rule.name}` ({_LEVELS[rule.level]})\n"
    yield f"{rule.about}\n"
    yield "```toml"
    yield "# not"
    yield rule.bad
    yield "# but"
    yield rule.good
    yield "```\n"
