"""The closed set of ways the service itself can refuse to start or to carry on, each saying what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.errors import Fault


class BotError(Exception):
    """Base of every error raised by `bot`; never raised itself. Its text is for the person who runs the service."""


@dataclass(frozen=True, slots=True)
class SettingFault:
    """One setting that cannot be used. `fault` never holds the value: it may be a secret."""

    variable: str
    fault: str

    def __str__(self) -> str:
        return f"{self.variable} {self.fault}"


class SettingsError(BotError):
    """Settings that cannot be used. `faults` holds every one of them; mend those and start again."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class SecretKeyMissingError(BotError):
    """The service holds what people say, and will not start without the key that encrypts it."""

    def __init__(self) -> None:
        super().__init__(
            "SAYSO_SECRET_KEY is not set: give it 32 random bytes or more, for example those that "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'` prints, and keep a copy where only you can "
            "read it."
        )


class BackupKeyError(BotError):
    """There is no key for backups, or it is one that does other work."""


class VersionMissingError(BotError):
    """A conversation names a version of its consultation that the database does not have. Restore it from a backup."""

    def __init__(self, slug: str, version: str) -> None:
        super().__init__(
            f"The database has a conversation about {slug} in its version {version[:12]}, but not that version itself: "
            "restore the table of versions from a backup."
        )


class ExportError(BotError):
    """An export that cannot be written as it was asked for. Its text says what to ask for instead."""


class OfficerError(BotError):
    """What was asked about officers cannot be done. Its text says what to ask for instead."""


class PacksMissingError(BotError):
    """The folder of packs is not there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There is no folder of packs at {folder}: set SAYSO_CONSULTATIONS to the one that holds yours."
        )


class PackMissingError(BotError):
    """A pack that was named is not there. The message says where it was looked for."""

    def __init__(self, pack: Path, folder: Path) -> None:
        super().__init__(f"There is no pack {str(pack)!r}, neither here nor in {str(folder)!r}: name its folder.")


class WordsError(BotError):
    """Words that cannot be exported or imported as it was asked. The message says what to ask for instead."""


class TranslationError(BotError):
    """A translator's file that cannot be taken in. `faults` holds everything that is wrong with it, a sentence each."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(_in_a_line(fault) for fault in faults))
        self.faults = tuple(faults)


def _in_a_line(fault: Fault) -> str:
    place = f"{fault.file}:{fault.line}" if fault.line else fault.file
    key = f" {fault.key}:" if fault.key else ""
    return f"{place}:{key} {fault.problem}. {fault.mend}."


class PreviewError(BotError):
    """Something that the pack does not have was asked for. The message lists what it has."""

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no {what} {name!r} in this pack: choose one of {', '.join(known)}.")


class NothingToPreviewError(BotError):
    """A question of the pack and an age of the pack that do not go together."""

    def __init__(self) -> None:
        super().__init__("Nobody of that age is asked that question: choose another --band, or leave it out.")


class DemoError(BotError):
    """The demo cannot run here as it was asked to. The message says how else."""


class FormError(BotError):
    """A form that cannot become a pack, or a pack no form. `faults` holds a sentence for each reason."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
