"""E-mail addresses, as far as a form looks at them."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 200
_EMAIL: Final = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")


def fault_of_email(email: str) -> str | None:
    """Why an address cannot be one; None where it can."""
    if len(email) > _LONGEST or not _EMAIL.fullmatch(email):
        return "Write an e-mail address, such as ann@council.example"
    return None
