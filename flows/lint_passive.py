"""Who does it? For children under twelve: "people will read it", not "it will be read".

Only what is surely passive, in English; "closed", "worried" and the like describe how something is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flows.definition import AgeBand
from flows.lint_text import UNDER_TWELVE, Finding, plain

_DESCRIBES: Final = (
    "allowed|annoyed|bored|closed|confused|divided|done|excited|finished|frightened|gone|interested|invited|located|married"
    "|needed|pleased|relaxed|scared|supposed|surprised|tired|upset|used to|worried"
)
_IRREGULAR: Final = (
    "bought|broken|brought|built|caught|chosen|cut|drawn|forgotten|found|given|heard|held|hidden|kept|known|made|paid|put"
    "|read|said|seen|sent|set up|shown|sold|spent|spoken|taken|taught|thought|thrown|told|understood|written"
)
_DONE_TO: Final = rf"(?:\w+ly )?(?!(?:{_DESCRIBES})\b)(?:\w{{2,}}ed|{_IRREGULAR})\b"
_PASSIVE: Final = re.compile(
    rf"\b(?:(?:will|can|must|should|may|might|would) be|(?:is|are|was|were) being|(?:has|have|had) been) {_DONE_TO}"
    rf"|\b(?:is|are|was|were) {_DONE_TO} by (?!\d|then\b|now\b|the end\b)\w+",
    re.IGNORECASE,
)


def passive_voice(text: str, language: str, band: AgeBand) -> Iterator[Finding]:
    if language == "en" and band in UNDER_TWELVE and (found := _PASSIVE.search(plain(text))):
        problem = f"“{found[0]}” does not say who does it"
        yield Finding("passive", problem, "Begin with who does it, such as “People read …”", warning=True)
