"""The image and the compose file, as far as can be told without an engine."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from typing import Any, NamedTuple

import pytest

from bot.workers import STOP_SECONDS
from tests.support.plain_yaml import read
from tests.support.source import ROOT

DEPLOY = ROOT / "deploy"
INSTRUCTIONS = {
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "RUN",
    "STOPSIGNAL",
    "USER",
    "WORKDIR",
}
COMPOSE: Mapping[str, Any] = read((DEPLOY / "compose.yml").read_text())  # type: ignore[assignment]  # a mapping, or the tests fail
SERVICES: Mapping[str, Any] = COMPOSE["services"]
WORKERS = ("sayso-1", "sayso-2")
PROXY = (DEPLOY / "haproxy.cfg").read_text()


class Instruction(NamedTuple):
    """One line of the Containerfile, in one of its stages."""

    stage: int
    name: str
    words: str


def containerfile() -> list[Instruction]:
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Containerfile").read_text())
    lines = [line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    stages = 0
    found = []
    for name, words in lines:
        stages += name == "FROM"
        found.append(Instruction(stages, name, words))
    return found


STEPS = containerfile()


def words_of(name: str, stage: int | None = None) -> list[str]:
    return [step.words for step in STEPS if step.name == name and stage in {None, step.stage}]


def copied() -> list[str]:
    """What is copied out of the project's folder."""
    return [path for words in words_of("COPY") if not words.startswith("--from") for path in words.split()[:-1]]


def seconds(text: str) -> float:
    number, unit = float(text[:-1]), text[-1]
    return number * {"s": 1, "m": 60}[unit]


# --- the image ---


def test_the_containerfile_uses_only_instructions_that_there_are() -> None:
    assert {step.name for step in STEPS} <= INSTRUCTIONS
    assert words_of("FROM") == ["python:3.11-slim AS build", "python:3.11-slim"]


def test_everything_that_is_copied_is_there_and_let_through() -> None:
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    assert ignored[1] == "*"
    assert set(copied()) == let_through
    assert [path for path in copied() if not (ROOT / path).exists()] == []


def test_every_package_of_ours_is_in_the_image() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = settings["tool"]["setuptools"]["packages"]["find"]["include"]
    assert all(any(fnmatch(path, pattern) for path in copied()) for pattern in wanted)


def test_the_image_is_installed_from_the_same_lists_as_everything_else() -> None:
    makefile = (ROOT / "Makefile").read_text()
    [flags] = re.findall(r"^PIP_INSTALL := \$\(PIP\) install (.+)$", makefile, re.MULTILINE)
    [recipe] = re.findall(r"^\$\(VENV\)/\.libraries:.*\n((?:\t.+\n)+)", makefile, re.MULTILINE)
    lists = re.findall(r"\$\(PIP_INSTALL\) -r (\S+)", recipe)
    installs = [words.partition(" pip install ")[2].split() for words in words_of("RUN") if " pip install " in words]
    # Bytecode is made when the image is: the container could not keep any.
    wanted = set(flags.split()) - {"--no-compile"} | {"--no-cache-dir"}
    assert [(set(words[:-2]), words[-2:]) for words in installs[:-1]] == [(wanted, ["-r", name]) for name in lists]
    assert set(installs[-1]) == {"--no-cache-dir", "--no-build-isolation", "--no-deps", "."}


def test_the_image_runs_as_nobody_in_particular_and_says_whether_it_is_alive() -> None:
    last = STEPS[-1].stage
    [user] = words_of("USER", last)
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert words_of("USER", 1) == []
    [health] = words_of("HEALTHCHECK", last)
    assert "http://127.0.0.1:8080/healthz" in health
    assert words_of("ENTRYPOINT", last) == ['["sayso"]']
    assert words_of("CMD", last) == ['["serve"]']
    assert words_of("STOPSIGNAL", last) == ["SIGTERM"]
    names = [step.name for step in STEPS if step.stage == last]
    assert names.index("USER") > names.index("RUN")


# --- the compose file ---


def test_there_are_a_database_two_workers_a_proxy_and_one_that_brings_the_schema_up_to_date() -> None:
    assert set(SERVICES) == {"database", "migrate", "proxy", *WORKERS}
    [version] = re.findall(r"^postgres:(\d+)$", SERVICES["database"]["image"])
    assert int(version) >= 15
    assert SERVICES["migrate"]["command"] == ["db", "upgrade"]
    assert SERVICES["migrate"]["restart"] == "no"


def test_both_workers_are_alike() -> None:
    one, other = (SERVICES[name] for name in WORKERS)
    assert one == other
    assert "command" not in one, "the image serves"
    assert one["build"] == SERVICES["migrate"]["build"]
    assert (DEPLOY / one["build"]["context"] / one["build"]["dockerfile"]).samefile(DEPLOY / "Containerfile")


def test_each_waits_for_what_it_needs() -> None:
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in SERVICES.items()
    }
    assert waits == {
        "database": {},
        "migrate": {"database": "service_healthy"},
        "proxy": dict.fromkeys(WORKERS, "service_healthy"),
        **{name: {"migrate": "service_completed_successfully"} for name in WORKERS},
    }
    assert all("healthcheck" in SERVICES[name] for name in ("database", *WORKERS))


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_is_closed_in_and_has_the_time_that_it_takes_to_end_well(name: str) -> None:
    worker = SERVICES[name]
    assert (worker["read_only"], worker["cap_drop"]) == ("true", ["ALL"])
    assert worker["security_opt"] == ["no-new-privileges:true"]
    assert worker["tmpfs"] == ["/tmp"], "workers of one machine count together there"  # noqa: S108 - in the container
    assert seconds(worker["stop_grace_period"]) > STOP_SECONDS
    [health] = words_of("HEALTHCHECK", STEPS[-1].stage)
    assert worker["healthcheck"]["test"][-1] in health


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_every_file_that_is_mounted_is_there() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    ours = [path for path in mounted if path.startswith(".")]
    assert set(mounted) - set(ours) == set(COMPOSE["volumes"])
    # The certificate is the operator's own.
    assert [path for path in ours if not (DEPLOY / path).exists()] == ["./tls"]


def test_every_value_that_the_compose_file_asks_for_is_in_the_sample() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yml").read_text()))
    sample = set(re.findall(r"^(\w+)=", (DEPLOY / "sayso.env.example").read_text(), re.MULTILINE))
    assert asked
    assert asked <= sample


# --- the proxy ---


def backend(name: str) -> Sequence[str]:
    lines = PROXY.partition(f"\nbackend {name}\n")[2].split("\n\n")[0].splitlines()
    return [line.strip() for line in lines]


def test_the_proxy_asks_the_workers_whether_they_are_ready_and_falls_back_on_those_alive() -> None:
    servers = [f"server {name} {name}:8080" for name in WORKERS]
    for name, asked in (("ready", "/readyz"), ("alive", "/healthz")):
        assert f"option httpchk GET {asked}" in backend(name)
        assert [line for line in backend(name) if line.startswith("server ")] == servers
    assert "use_backend alive if { nbsrv(ready) eq 0 }" in PROXY


def test_the_proxy_keeps_what_is_for_operators_from_everybody_else() -> None:
    assert "http-request return status 404 if { path /metrics /readyz /healthz }" in PROXY


def test_the_proxy_knows_no_sessions_and_keeps_no_addresses() -> None:
    words = set(re.sub(r"^\s*#.*$", "", PROXY, flags=re.MULTILINE).split())
    assert not words & {"cookie", "stick", "stick-table", "source", "log", "httplog", "forwardfor"}


def test_a_request_that_a_stopped_worker_did_not_take_goes_to_another() -> None:
    assert "option redispatch 1" in PROXY
    assert "retry-on conn-failure empty-response" in PROXY
