"""The units for systemd: understood, closed in, and given the time that the service takes to end well."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.app import DRAIN_SECONDS
from bot.workers import STOP_SECONDS
from tests.support.source import ROOT

UNITS = ROOT / "deploy" / "systemd"
SERVICE, UPGRADE = UNITS / "sayso.service", UNITS / "sayso-upgrade.service"
TIMERS = sorted(UNITS.glob("*.timer"))
SECTIONS = {"Unit", "Service", "Timer", "Install"}
TWICE = {"Environment"}
CLOSED_IN = {
    "AmbientCapabilities": "",
    "CapabilityBoundingSet": "",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "PrivateUsers": "yes",
    "ProcSubset": "pid",
    "ProtectClock": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHome": "yes",
    "ProtectHostname": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectProc": "invisible",
    "ProtectSystem": "strict",
    "RemoveIPC": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "SystemCallErrorNumber": "EPERM",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
}
each = pytest.mark.parametrize("path", sorted(UNITS.glob("*.service")), ids=lambda path: path.stem)


def read(text: str) -> dict[str, dict[str, str]]:
    """Sections, each with its settings. Stricter than systemd, which only warns of what it does not know."""
    found: dict[str, dict[str, str]] = {}
    section: dict[str, str] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            assert heading[1] in SECTIONS, line
            assert heading[1] not in found, line
            section = found[heading[1]] = {}
            continue
        setting = re.fullmatch(r"([A-Z]\w+)=(.*)", line)
        assert setting, line
        assert setting[1] not in section, f"given twice: {line}"
        section[setting[1]] = setting[2]
    return found


@pytest.mark.parametrize("text", ["[Unti]\n", "[Unit]\nAfter =x\n", "[Unit]\nAfter=x\nAfter=y\n", "[Unit]\n[Unit]\n"])
def test_a_unit_with_a_slip_is_noticed(text: str) -> None:
    with pytest.raises(AssertionError):
        read(text)


@each
def test_a_unit_is_closed_in(path: Path) -> None:
    service = read(path.read_text())["Service"]
    assert {name: service.get(name) for name in CLOSED_IN} == CLOSED_IN
    assert (service["User"], service["Group"]) == ("sayso", "sayso")
    assert (service["StateDirectory"], service["StateDirectoryMode"]) == ("sayso", "0700")
    assert service["WorkingDirectory"] == "/var/lib/sayso", "elsewhere it could write nothing"


def test_the_service_has_the_time_that_it_takes_to_end_well() -> None:
    service = read(SERVICE.read_text())["Service"]
    assert int(service["TimeoutStopSec"]) > STOP_SECONDS > DRAIN_SECONDS
    assert (service["KillSignal"], service["KillMode"]) == ("SIGTERM", "mixed")


def test_the_service_comes_back_however_often_it_ends() -> None:
    unit = read(SERVICE.read_text())
    assert unit["Service"]["Restart"] == "on-failure"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert int(unit["Service"]["LimitNOFILE"]) >= 65536


def test_the_schema_changes_only_when_somebody_says_so() -> None:
    service, upgrade = (read(path.read_text())["Service"] for path in (SERVICE, UPGRADE))
    program = "/opt/sayso/.venv/bin/sayso"
    assert not [name for name in service if name.startswith("ExecStartP")]
    assert re.fullmatch(rf"{program} serve --workers \d+", service["ExecStart"])
    assert (upgrade["Type"], upgrade["ExecStart"]) == ("oneshot", f"{program} db upgrade")
    assert service["EnvironmentFile"] == upgrade["EnvironmentFile"]


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.stem)
def test_a_backup_is_made_by_a_timer_and_made_up_for(path: Path) -> None:
    timer, made = read(path.read_text()), read(path.with_suffix(".service").read_text())["Service"]
    assert timer["Timer"]["Persistent"] == "true", "the machine may be off at that time"
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert re.fullmatch(r"/opt/sayso/\.venv/bin/sayso backup /var/lib/sayso/\S+( --tombstones)?", made["ExecStart"])
    assert made["Type"] == "oneshot"


def test_who_asked_to_be_deleted_is_written_down_more_often_than_everything() -> None:
    assert [path.stem for path in TIMERS] == ["sayso-backup", "sayso-tombstones"]
    often = read((UNITS / "sayso-tombstones.timer").read_text())
    assert often["Timer"]["OnCalendar"] == "*:0/5"


@each
def test_systemd_itself_has_nothing_to_say_about_a_unit(path: Path, tmp_path: Path) -> None:
    """Where there is no systemd, what stands above has to do."""
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        return
    # The one thing that it would rightly miss here is the installed program.
    copy = tmp_path / path.name
    copy.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/sh", path.read_text(), flags=re.MULTILINE))
    done = subprocess.run([analyse, "verify", copy], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
