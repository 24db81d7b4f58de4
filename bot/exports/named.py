"""What officers read for our own codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHANNELS: Final[Mapping[str, str]] = {
    "web": "Web page",
    "sms": "Text message",
    "telegram": "Telegram",
    "paper": "On paper",
    "telephone": "By telephone",
    "face-to-face": "Face to face",
}
STATUSES: Final[Mapping[str, str]] = {
    "complete": "Answered to the end",
    "partial": "Answered a part",
    "stopped": "Stopped",
}
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "cy": "Welsh",
    "pl": "Polish",
    "ar": "Arabic",
    "uk": "Ukrainian",
    "ur": "Urdu",
}
