"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and codes on paper for when the phone is lost."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

import pyotp
import segno
from markupsafe import Markup

from bot import ids

STEP_SECONDS: Final = 30
_SLACK: Final = (0, -1, 1)
"""Half minutes that a phone's clock may be wrong by."""
RECOVERY_CODES: Final = 10
_DIGITS: Final = 6


def new_secret() -> str:
    """160 bits for an app, in base 32."""
    return pyotp.random_base32()


def address(secret: str, email: str, issuer: str) -> str:
    """The `otpauth:` address that an app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def picture(otpauth: str) -> Markup:
    """The address as a QR code: inline SVG, dark on light in every colour scheme, without styles or scripts."""
    made = segno.make(otpauth, error="m", micro=False)
    drawn = made.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=False)
    return Markup(drawn)  # nosec B704 # noqa: S704 - drawn by us


def in_groups(secret: str) -> str:
    """The secret as somebody types it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def counter_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute whose code this is, a little slack allowed; None where it is none of them.

    Each may be used once: whoever calls this has to see to it.
    """
    digits = "".join(code.split())
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdigit():
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    made = pyotp.HOTP(secret)
    matching = [current + off for off in _SLACK if hmac.compare_digest(made.at(current + off), digits)]
    return matching[0] if matching else None


def recovery_codes() -> list[str]:
    """Ten codes, such as `7K4M9-Q2CDF`: shown once."""
    return [f"{ids.letters(5)}-{ids.letters(5)}" for _ in range(RECOVERY_CODES)]


def normal_recovery_code(typed: str) -> str:
    """A code as it was made, from how somebody typed it."""
    plain = ids.normal_code(typed)
    return f"{plain[:5]}-{plain[5:]}"
