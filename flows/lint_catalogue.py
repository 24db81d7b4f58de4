"""Every rule of `sayso check`, in the order in which `docs/check.md` tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flows.lint_rule import Rule
from flows.lint_rules_structure import STRUCTURE
from flows.lint_rules_wording import LONG, PUT, SAID, WORDING

SECTIONS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "How it is put": PUT,
    "How long it is": LONG,
    "What has to be said": SAID,
    "Files, keys and questions": STRUCTURE,
}
RULES: Final[Mapping[str, Rule]] = {rule.name: rule for rule in (*STRUCTURE, *WORDING)}
