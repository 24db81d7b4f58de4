"""Whether anything that we pin is known to be unsafe: asked online by `make advisories`, compared offline by the tests.

What was learnt stands in `docs/advisories.json` with the day on which it was asked. Two things are asked:

- the advisory database OSV, which has the Python Packaging Advisory Database and GitHub's (osv.dev/docs, `/v1/query`):
  every advisory for each package that we pin, with the versions that it is about;
- pip, which says of each pinned release whether its makers have taken it back (PEP 592).

A machine without a way to one of them keeps what was known, and says so. Nothing goes red because a day has passed: the
age of what is known is told at each `make check` instead.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date
from pathlib import Path
from typing import Any, Final

from packaging.version import InvalidVersion, Version

from bot.clock import Clock
from tests.support.source import ROOT

FILE: Final = ROOT / "docs" / "advisories.json"
LISTS: Final = ("requirements-build.txt", "requirements.txt", "requirements-dev.txt")
OSV: Final = "https://api.osv.dev"
DUE_AFTER_DAYS: Final = 30
SECONDS: Final = 30.0
PIN: Final = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
_TAKEN_BACK: Final = re.compile(r"yanked version: '([^']+)' candidate \(version (\S+)")

Pin = tuple[str, str]
"""Name and version."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """What is known against some versions of a package."""

    id: str
    package: str
    summary: str
    ranges: tuple[tuple[str, str, str], ...]
    """From this version on, before this one, up to and with this one; empty where there is no such end."""
    versions: tuple[str, ...]
    """Versions that are named one by one."""

    def is_about(self, version: str) -> bool:
        """Whether it concerns this version."""
        if version in self.versions:
            return True
        asked = Version(version)
        return any(
            asked >= (_version(since) or asked)
            and ((end := _version(before)) is None or asked < end)
            and ((last := _version(up_to)) is None or asked <= last)
            for since, before, up_to in self.ranges
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What was learnt, and when: None, where nobody ever could."""

    advisories_asked: date | None = None
    asked_of: tuple[str, ...] = ()
    """The packages that advisories were asked for."""
    advisories: tuple[Advisory, ...] = ()
    taken_back_asked: date | None = None
    asked_pins: tuple[str, ...] = ()
    """The releases, such as `yarl==1.25.1`, of which it was asked whether they were taken back."""
    taken_back: tuple[str, ...] = ()


def _version(text: str) -> Version | None:
    """A version; None for none, and for what is none: such a bound is left out, so that more is found and not less."""
    try:
        return Version(text) if text not in ("", "0") else None
    except InvalidVersion:
        return None


def pins(root: Path = ROOT) -> Sequence[Pin]:
    """Everything that the lists of requirements pin."""
    return sorted({pin for name in LISTS for pin in PIN.findall((root / name).read_text(encoding="utf-8"))})


def load(path: Path = FILE) -> Known:
    held = json.loads(path.read_text(encoding="utf-8"))
    made = [
        Advisory(**{**one, "ranges": tuple(map(tuple, one["ranges"])), "versions": tuple(one["versions"])})
        for one in held["advisories"]
    ]
    return Known(
        _day(held["advisories_asked"]),
        tuple(held["asked_of"]),
        tuple(made),
        _day(held["taken_back_asked"]),
        tuple(held["asked_pins"]),
        tuple(held["taken_back"]),
    )


def save(known: Known, path: Path = FILE) -> None:
    path.write_text(json.dumps(asdict(known), indent=1, default=date.isoformat) + "\n", encoding="utf-8")


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def found(known: Known, pinned: Sequence[Pin]) -> Iterator[str]:
    """What is known against the pins, a line each."""
    for name, version in pinned:
        for advisory in known.advisories:
            if advisory.package == name and advisory.is_about(version):
                yield f"{advisory.id} {name}=={version}: {advisory.summary}"
        if f"{name}=={version}" in known.taken_back:
            yield f"{name}=={version} was taken back by its makers"


def told(known: Known, pinned: Sequence[Pin], today: date) -> Iterator[str]:
    """How far what is known can be relied on, a sentence each; nothing where all is fresh."""
    for what, asked in (("advisories", known.advisories_asked), ("releases taken back", known.taken_back_asked)):
        if asked is None:
            yield f"{what}: nobody has asked yet. Run `make advisories` where the source can be reached."
        elif (age := (today - asked).days) > DUE_AFTER_DAYS:
            yield f"{what}: last asked {age} days ago. Run `make advisories`."
    if known.advisories_asked and (new := sorted({name for name, _ in pinned} - set(known.asked_of))):
        yield f"advisories: never asked of {', '.join(new)}. Run `make advisories`."
    if known.taken_back_asked and (new := [f"{n}=={v}" for n, v in pinned if f"{n}=={v}" not in known.asked_pins]):
        yield f"releases taken back: never asked of {', '.join(new)}. Run `make advisories`."


# --- asking ---


def ask_osv(api: str, packages: Sequence[str]) -> Iterator[Advisory]:
    """Every advisory for these packages that was not withdrawn.

    Raises:
        OSError: it cannot be reached, or has no answer.
        ValueError: what it answers cannot be read.
    """
    for package in packages:
        token = ""
        while True:
            answer = _asked(api, {"package": {"name": package, "ecosystem": "PyPI"}, "page_token": token})
            for one in answer.get("vulns", ()):
                if "withdrawn" not in one:
                    yield _advisory(package, one)
            token = answer.get("next_page_token", "")
            if not token:
                break


def _asked(api: str, question: Mapping[str, object]) -> dict[str, Any]:
    request = urllib.request.Request(f"{api}/v1/query", json.dumps(question).encode(), method="POST")  # noqa: S310 - our own address
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - our own address
        read: dict[str, Any] = json.load(answer)
    return read


def _advisory(package: str, one: Mapping[str, Any]) -> Advisory:
    about = [
        part
        for part in one.get("affected", ())
        if part.get("package", {}).get("ecosystem") == "PyPI"
        and re.sub(r"[-_.]+", "-", part["package"]["name"]).lower() == package
    ]
    return Advisory(
        id=str(one["id"]),
        package=package,
        summary=str(one.get("summary") or one.get("details", ""))[:200].replace("\n", " "),
        ranges=tuple(_ranges(about)),
        versions=tuple(sorted({version for part in about for version in part.get("versions", ())})),
    )


def _ranges(about: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Each stretch of versions; one that nobody has closed goes on for ever."""
    for part in about:
        for one in part.get("ranges", ()):
            if one.get("type") != "ECOSYSTEM":
                continue
            since: str | None = None
            for event in one.get("events", ()):
                if "introduced" in event:
                    since = event["introduced"]
                elif since is not None and ("fixed" in event or "last_affected" in event):
                    yield since, event.get("fixed", ""), event.get("last_affected", "")
                    since = None
            if since is not None:
                yield since, "", ""


def ask_pip() -> Sequence[str]:
    """Which of the pinned releases were taken back.

    Raises:
        OSError: pip could not ask.
    """
    back: set[str] = set()
    for name in LISTS:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps"]
        command += ["--no-build-isolation", "--require-hashes", "--no-input", "--quiet", "-r", str(ROOT / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(f"pip could not ask about {name}")
        back |= {f"{package.lower()}=={version}" for package, version in _TAKEN_BACK.findall(done.stderr)}
    return sorted(back)


def refreshed(known: Known, pinned: Sequence[Pin], today: date, *, api: str = OSV) -> tuple[Known, Sequence[str]]:
    """What is known after asking again, and a sentence for each source that did not answer: what it told stays."""
    faults = []
    fresh = asdict(known) | {"advisories": known.advisories}
    packages = sorted({name for name, _ in pinned})
    try:
        learnt = tuple(sorted(ask_osv(api, packages), key=lambda one: (one.package, one.id)))
        fresh |= {"advisories_asked": today, "asked_of": tuple(packages), "advisories": learnt}
    except (OSError, ValueError) as error:
        faults.append(f"The advisory database could not be asked ({type(error).__name__}): what was known stays.")
    try:
        asked = tuple(f"{name}=={version}" for name, version in pinned)
        fresh |= {"taken_back": tuple(ask_pip()), "taken_back_asked": today, "asked_pins": asked}
    except OSError as error:
        faults.append(f"{error}: what was known stays.")
    return Known(**fresh), faults


def main() -> int:
    """Tells what is known; with `--ask`, asks first. 1 where something is known against a pin, or nobody answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ask", action="store_true", help="ask the sources, and write docs/advisories.json")
    today = Clock().now().astimezone(UTC).date()
    pinned, known = pins(), load()
    faults: Sequence[str] = ()
    if parser.parse_args().ask:
        known, faults = refreshed(known, pinned, today)
        save(known)
    against = [*found(known, pinned)]
    for line in (*against, *faults, *told(known, pinned, today)):
        print(line)
    return 1 if against or faults else 0


if __name__ == "__main__":
    sys.exit(main())
