"""What somebody may agree to for later, asked by a yes-no question of the pack."""

from __future__ import annotations

from enum import StrEnum


class Consent(StrEnum):
    """What people may be written to about once a consultation is over. Nobody is who has not said yes to it."""

    FEEDBACK = "feedback"
    """To be told what came of it."""
    NEXT_ROUND = "next-round"
    """To be asked again, in another consultation."""
