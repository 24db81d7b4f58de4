"""Processes that the benchmarks start, and what the system says about them (Linux: read from /proc)."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

ROOT: Final = Path(__file__).parents[1]
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_USER_TICKS: Final = 11
_SYSTEM_TICKS: Final = 12
"""Places behind the command's name in /proc/PID/stat: see proc(5)."""
START_SECONDS: Final = 120.0
"""A second or two on the idle machine that figures are for; so many on one that has much else to do."""
_LISTENING: Final = "0A"
"""A socket's state in /proc/net/tcp."""


def free_port() -> int:
    """A port of loopback on which nothing listens just now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def running(
    module: str, *arguments: str, env: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python module as a process, until the end of the context; then it is told to stop. `log` takes its stderr."""
    with _opened(log) as complaints:
        process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=env, stderr=complaints)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _opened(log: Path | None) -> Iterator[BinaryIO | None]:
    """Where a process complains to: a file, or where this one does."""
    if log is None:
        yield None
        return
    with log.open("ab") as complaints:
        yield complaints


def output_of(module: str, *arguments: str, env: Mapping[str, str] | None = None, log: Path | None = None) -> str:
    """What a Python module prints, run to its end. `log` takes its stderr.

    Raises:
        RuntimeError: it failed; what it complained of is on stderr.
    """
    command = [sys.executable, "-m", module, *arguments]
    with _opened(log) as complaints:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=complaints, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(f"{module} failed with status {done.returncode}")
    return done.stdout


def wait_until_alive(process: subprocess.Popen[bytes], url: str) -> float:
    """Waits for the first 200 from /healthz; returns how many seconds that took.

    Raises:
        RuntimeError: the process ended, or did not answer in time.
    """
    began = time.perf_counter()
    host = url.removeprefix("http://")
    while time.perf_counter() - began < START_SECONDS:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with status {process.returncode}")
        connection = http.client.HTTPConnection(host, timeout=1)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return time.perf_counter() - began
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    raise RuntimeError(f"{url} did not answer within {START_SECONDS:g} s")


def wait_until_all_listen(url: str, processes: int) -> None:
    """Waits until so many processes share the port: the kernel gives a new connection to any of those that listen.

    Raises:
        RuntimeError: they did not in time.
    """
    port = f":{int(url.rpartition(':')[2]):04X}"
    began = time.perf_counter()
    while time.perf_counter() - began < START_SECONDS:
        lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
        if sum(line[1].endswith(port) and line[3] == _LISTENING for line in lines) >= processes:
            return
        time.sleep(0.005)
    raise RuntimeError(f"{processes} processes were to listen at {url}, and did not within {START_SECONDS:g} s")


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time that these processes have used so far, in user code and in the kernel, all threads together."""
    return sum(_ticks(pid) for pid in pids) / _TICKS


def _ticks(pid: int) -> int:
    # The command's name stands in brackets and may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def resident_mib(pid: int) -> float:
    """Memory of a process that is in use, in MiB."""
    return _status_mib(str(pid), "VmRSS:")


def peak_mib() -> float:
    """The most memory that this process ever had in use, in MiB."""
    return _status_mib("self", "VmHWM:")


def _status_mib(pid: str, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) / 1024
