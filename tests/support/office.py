"""Programs that other people open our files with: found, or installed if they must be.

`python -m tests.support.office` does so before the tests start, and says which ones they will use.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.support.browser import apt_command

PROGRAMS = {"soffice": "libreoffice-writer-nogui", "pdftotext": "poppler-utils", "pspp": "pspp"}
"""Each with the Debian package that has it."""
PATIENCE = 180
"""Seconds that one of them may take on a machine that does other things too."""


class OfficeMissingError(RuntimeError):
    """A program is not there and could not be installed."""


def missing() -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program) is None]


def install() -> None:
    """By the system's package manager, where we may."""
    apt = apt_command()
    if apt is None:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = [PROGRAMS[program] for program in missing()]
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*apt, *arguments], check=False, env=environment, stdout=subprocess.DEVNULL)


def program(name: str) -> str:
    """Where a program is; installed now if it is not there.

    Raises:
        OfficeMissingError: it could not be.
    """
    if shutil.which(name) is None:
        install()
    found = shutil.which(name)
    if found is None:
        raise OfficeMissingError(f"There is no {name}: install the Debian package {PROGRAMS[name]}, or its like.")
    return found


def to_pdf(path: Path, folder: Path) -> Path:
    """What LibreOffice makes of a document."""
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    arguments = ["--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run([program("soffice"), home, *arguments], check=True, capture_output=True, timeout=PATIENCE)
    return folder / f"{path.stem}.pdf"


def text_of(path: Path) -> str:
    """What pdftotext reads in a PDF."""
    done = subprocess.run(
        [program("pdftotext"), "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True, timeout=PATIENCE
    )
    return done.stdout.decode()


def run_syntax(syntax: Path, saved: Path) -> str:
    """Runs SPSS syntax in its own folder with PSPP and has the data saved; returns what it said."""
    script = syntax.with_name("run.sps")
    script.write_text(f"{syntax.read_text('utf-8-sig')}\nSAVE OUTFILE='{saved}'.\n", encoding="utf-8")
    done = subprocess.run(
        [program("pspp"), "--batch", script.name], check=True, capture_output=True, timeout=PATIENCE, cwd=syntax.parent
    )
    return done.stdout.decode() + done.stderr.decode()


if __name__ == "__main__":
    for name in PROGRAMS:
        print(f"{name}: {program(name)}")
