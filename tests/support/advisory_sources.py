"""Who can be asked what is known against a release, over the network: used by `make advisories` alone.

- The advisory database OSV, which has the Python Packaging Advisory Database and GitHub's (osv.dev/docs, `/v1/query`):
  every advisory for each package, with the versions that it is about.
- The package index that pip is set up with, which tells with each release what those same databases hold against it
  (the index's JSON API, `vulnerabilities`). An index may have that for the newest release alone.
- pip, which says of each release whether its makers have taken it back (PEP 592).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError

from packaging.version import InvalidVersion, Version

OSV: Final = "https://api.osv.dev"
SECONDS: Final = 60.0
NOT_FOUND: Final = 404
_TAKEN_BACK: Final = re.compile(r"yanked version: '([^']+)' candidate \(version (\S+)")
_INDEX: Final = re.compile(r"\(default (https?://\S+?)/simple/?\)")

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


def _version(text: str) -> Version | None:
    """A version; None for none, and for what is none: such a bound is left out, so that more is found and not less."""
    try:
        return Version(text) if text not in ("", "0") else None
    except InvalidVersion:
        return None


# --- the advisory database ---


def ask_osv(api: str, packages: Sequence[str]) -> Iterator[Advisory]:
    """Every advisory for these packages that was not withdrawn.

    Raises:
        OSError: it cannot be reached, or has no answer.
        ValueError: what it answers cannot be read.
    """
    for package in packages:
        token = ""
        while True:
            question = {"package": {"name": package, "ecosystem": "PyPI"}, "page_token": token}
            answer = _fetched(f"{api}/v1/query", json.dumps(question).encode())
            for one in answer.get("vulns", ()):
                if "withdrawn" not in one:
                    yield _advisory(package, one)
            token = answer.get("next_page_token", "")
            if not token:
                break


def _fetched(url: str, question: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(url, question)  # noqa: S310 - our own addresses, and that of pip's own index
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
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
        summary=_summary(one),
        ranges=tuple(_ranges(about)),
        versions=tuple(sorted({version for part in about for version in part.get("versions", ())})),
    )


def _summary(one: Mapping[str, Any]) -> str:
    return str(one.get("summary") or one.get("details", ""))[:200].replace("\n", " ")


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


# --- the package index ---


def index_of_pip() -> str:
    """Where pip asks for packages, its settings looked at, without the `/simple` at its end.

    Raises:
        OSError: pip does not say.
    """
    command = [sys.executable, "-m", "pip", "download", "--help"]
    wide = os.environ | {"COLUMNS": "1000"}
    said = _INDEX.search(subprocess.run(command, capture_output=True, text=True, check=False, env=wide).stdout)
    if said is None:
        raise OSError("pip does not say which index it asks")
    return said[1]


def ask_index(index: str, pin: Pin) -> Sequence[Advisory] | None:
    """What the index holds against this release; None where it tells that of other releases alone.

    Raises:
        OSError: it cannot be reached, or has no answer.
        ValueError: what it answers cannot be read.
    """
    name, version = pin
    told = _found(f"{index}/pypi/{name}/{version}/json") or _found(f"{index}/pypi/{name}/json")
    if told is None or Version(told["info"]["version"]) != Version(version):
        return None
    held = [one for one in told["vulnerabilities"] if not one.get("withdrawn")]
    return [Advisory(str(one["id"]), name, _summary(one), (), (version,)) for one in held]


def _found(url: str) -> dict[str, Any] | None:
    try:
        return _fetched(url)
    except HTTPError as error:
        if error.code == NOT_FOUND:
            return None
        raise


def ask_pip(lists: Sequence[Path]) -> Sequence[str]:
    """Which releases that these lists of requirements pin were taken back.

    Raises:
        OSError: pip could not ask.
    """
    back: set[str] = set()
    for path in lists:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps"]
        command += ["--no-build-isolation", "--require-hashes", "--no-input", "--quiet", "-r", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(f"pip could not ask about {path.name}")
        back |= {f"{package.lower()}=={version}" for package, version in _TAKEN_BACK.findall(done.stderr)}
    return sorted(back)
