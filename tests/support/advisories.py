"""Whether anything that we pin is known to be unsafe: asked online by `make advisories`, compared offline by the tests.

What was learnt stands in `docs/advisories.json`, with the day on which it was asked of each release. A source that
cannot be reached leaves what was known, and is named. Nothing goes red because a day has passed: the age of what is
known is told at each `make check` instead. A release of which nobody ever asked does go red, in the tests.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date
from pathlib import Path
from typing import Final

from bot.clock import Clock
from tests.support.advisory_sources import OSV, Advisory, Pin, ask_index, ask_osv, ask_pip, index_of_pip
from tests.support.source import ROOT

FILE: Final = ROOT / "docs" / "advisories.json"
LISTS: Final = tuple(ROOT / name for name in ("requirements-build.txt", "requirements.txt", "requirements-dev.txt"))
DUE_AFTER_DAYS: Final = 30
PIN: Final = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)

Asked = Mapping[str, date]
"""Releases, such as `yarl==1.25.1`, and the day on which it was last asked of each of them."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was learnt, and when."""

    advisories_asked: Asked = field(default_factory=dict[str, date])
    advisories: tuple[Advisory, ...] = ()
    taken_back_asked: Asked = field(default_factory=dict[str, date])
    taken_back: tuple[str, ...] = ()


def pins() -> Sequence[Pin]:
    """Everything that the lists of requirements pin."""
    return sorted({pin for path in LISTS for pin in PIN.findall(path.read_text(encoding="utf-8"))})


def release(pin: Pin) -> str:
    """A release as the lists of requirements name it."""
    return "==".join(pin)


def load(path: Path = FILE) -> Known:
    held = json.loads(path.read_text(encoding="utf-8"))
    made = [
        Advisory(**{**one, "ranges": tuple(map(tuple, one["ranges"])), "versions": tuple(one["versions"])})
        for one in held["advisories"]
    ]
    return Known(
        _days(held["advisories_asked"]), tuple(made), _days(held["taken_back_asked"]), tuple(held["taken_back"])
    )


def save(known: Known, path: Path = FILE) -> None:
    path.write_text(json.dumps(asdict(known), indent=1, default=date.isoformat) + "\n", encoding="utf-8")


def _days(held: Mapping[str, str]) -> Asked:
    return {name: date.fromisoformat(day) for name, day in held.items()}


def found(known: Known, pinned: Sequence[Pin]) -> Iterator[str]:
    """What is known against the pins, a line each."""
    for pin in pinned:
        for advisory in known.advisories:
            if advisory.package == pin[0] and advisory.is_about(pin[1]):
                yield f"{advisory.id} {release(pin)}: {advisory.summary}"
        if release(pin) in known.taken_back:
            yield f"{release(pin)} was taken back by its makers"


def never_asked(asked: Asked, pinned: Sequence[Pin]) -> Sequence[str]:
    """The releases of which nobody has asked yet."""
    return [release(pin) for pin in pinned if release(pin) not in asked]


def told(known: Known, pinned: Sequence[Pin], today: date) -> Iterator[str]:
    """How far what is known can be relied on, a sentence each; nothing where all is fresh."""
    for what, asked in (("advisories", known.advisories_asked), ("releases taken back", known.taken_back_asked)):
        if never := never_asked(asked, pinned):
            yield f"{what}: never asked of {', '.join(never)}. Run `make advisories`."
        days = [asked[release(pin)] for pin in pinned if release(pin) in asked]
        if days and (age := (today - min(days)).days) > DUE_AFTER_DAYS:
            yield f"{what}: last asked {age} days ago. Run `make advisories`."


def refreshed(known: Known, pinned: Sequence[Pin], today: date, *, api: str = OSV) -> tuple[Known, Sequence[str]]:
    """What is known after asking again, and a sentence for each source that did not answer: what it told stays."""
    faults: list[str] = []
    releases = [release(pin) for pin in pinned]
    known = replace(
        known,
        advisories_asked={name: day for name, day in known.advisories_asked.items() if name in releases},
        taken_back_asked={name: day for name, day in known.taken_back_asked.items() if name in releases},
    )
    try:
        known = _learnt(known, _from_osv(api, pinned), today)
    except (OSError, ValueError) as error:
        known, faults = _from_index(known, pinned, today)
        if faults:
            faults = [f"The advisory database could not be asked ({type(error).__name__}).", *faults]
    try:
        back = tuple(ask_pip(LISTS))
        known = replace(known, taken_back=back, taken_back_asked=dict.fromkeys(releases, today))
    except OSError as error:
        faults.append(f"{error}: what was known stays.")
    return known, faults


def _from_osv(api: str, pinned: Sequence[Pin]) -> Mapping[Pin, Sequence[Advisory]]:
    learnt = [*ask_osv(api, sorted({name for name, _ in pinned}))]
    return {pin: [one for one in learnt if one.package == pin[0]] for pin in pinned}


def _from_index(known: Known, pinned: Sequence[Pin], today: date) -> tuple[Known, list[str]]:
    """What the index tells of the releases; one that it cannot tell of keeps what was known."""
    try:
        index = index_of_pip()
        answers = {pin: answer for pin in pinned if (answer := ask_index(index, pin)) is not None}
    except (OSError, ValueError) as error:
        return known, [f"The package index could not be asked ({type(error).__name__}): what was known stays."]
    silent = [release(pin) for pin in pinned if pin not in answers]
    faults = [f"The package index does not say what is known against {', '.join(silent)}: what was known stays."]
    return _learnt(known, answers, today), faults if silent else []


def _learnt(known: Known, answers: Mapping[Pin, Sequence[Advisory]], today: date) -> Known:
    """What is known with these answers, which replace what was known against the releases that they are about."""
    heard = {release(pin) for pin in answers}
    rest = {name: day for name, day in known.advisories_asked.items() if name not in heard}
    kept_for = {name.partition("==")[0] for name in rest}
    kept = {one for one in known.advisories if one.package in kept_for}
    fresh = {one for answer in answers.values() for one in answer}
    return replace(
        known,
        advisories_asked=dict(sorted((rest | dict.fromkeys(heard, today)).items())),
        advisories=tuple(sorted(kept | fresh, key=lambda one: (one.package, one.id, one.versions))),
    )


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
