"""The import contracts of `pyproject.toml` hold, and every one of them notices when it is broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.source import PACKAGES, ROOT, python_files

# contract, module, and an import which that module must never have. More than one where a contract says several things.
VIOLATIONS = [
    ("direction", "flows/errors.py", "import storage.errors"),
    ("direction", "storage/errors.py", "import bot.clock"),
    ("flows-pure", "flows/definition.py", "import time"),
    ("flows-pure", "flows/step.py", "import asyncio"),
    ("flows-layers", "flows/values.py", "import flows.state"),
    ("flows-layers", "flows/answers.py", "import flows.step"),
    ("step-blind", "flows/state.py", "import flows.messages"),
    ("step-blind", "flows/step.py", "import flows.wording"),
    ("storage-layers", "storage/tables.py", "import storage.unit_of_work"),
    ("storage-data-only", "storage/records.py", "import flows.step"),
    ("bot-layers", "bot/clock.py", "import bot.web"),
    ("exports-layers", "bot/exports/plain.py", "import bot.exports.making"),
    ("console-layers", "bot/console/home.py", "import bot.console.door"),
    ("telegram-alone", "bot/channels/telegram_updates.py", "import bot.channels.webchat"),
    ("sms-alone", "bot/channels/sms.py", "import bot.channels.telegram"),
    ("webchat-alone", "bot/channels/webchat.py", "import bot.channels.sms"),
    ("channels-narrow", "bot/channels/webchat.py", "import storage.records"),
    ("channels-narrow", "bot/channels/base.py", "import flows.step"),
    ("simulators-apart", "bot/simulators/phones.py", "import flows.messages"),
    ("sql", "bot/web.py", "import sqlalchemy"),
    ("sql", "bot/export.py", "from sqlmodel import select"),
    ("vendor-telegram", "bot/web.py", "import telegram"),
    ("vendor-telegram", "bot/channels/sms.py", "import telegram"),
    ("vendor-twilio", "bot/channels/telegram.py", "import twilio.rest"),
    ("vendor-aiohttp", "bot/receive.py", "import aiohttp"),
    ("vendor-polib", "bot/check_command.py", "import polib"),
    ("console-layers", "bot/console/home.py", "import bot.console.door"),
    ("vendor-forms", "bot/check_command.py", "import pyxform"),
]


# What storage keeps is made of these; everything else in flows is a rule.
DATA_OF_FLOWS = {
    "concern_rules",
    "integrity",
    "consents",
    "decisions",
    "definition",
    "errors",
    "messages",
    "redaction",
    "rota",
    "state",
    "values",
}


def _contracts() -> dict[str, dict[str, list[str]]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def _lint_imports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In its own process and folder, so that the copy is read and not the code that is under test here."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    command += ["--no-cache", "--no-logo", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The three packages and their contracts, to be spoilt."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_contract_is_kept() -> None:
    done = _lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(_contracts())} kept, 0 broken." in done.stdout


def test_every_import_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(_contracts())


@pytest.mark.parametrize(("contract", "module", "statement"), VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(copy: Path, contract: str, module: str, statement: str) -> None:
    target = copy / module
    target.write_text(f"{target.read_text()}\n{statement}\n")
    done = _lint_imports(copy, "--contract", contract)
    assert done.returncode == 1, done.stdout + done.stderr
    importer = module.removesuffix(".py").replace("/", ".")
    imported = statement.split()[1]
    assert re.search(rf"\b{importer} -> {imported.partition('.')[0]}", done.stdout), done.stdout + done.stderr


def test_a_module_without_a_place_in_the_layers_is_noticed(copy: Path) -> None:
    for package in PACKAGES:
        (copy / package / "nowhere.py").touch()
        done = _lint_imports(copy, "--contract", f"{package}-layers")
        assert done.returncode == 1, done.stdout + done.stderr
        assert "nowhere" in done.stdout


@pytest.mark.parametrize("channel", ["telegram", "sms", "webchat"])
def test_every_module_of_a_channel_is_in_its_contract(channel: str) -> None:
    modules = {f"bot.channels.{path.stem}" for path in (ROOT / "bot" / "channels").glob(f"{channel}*.py")}
    assert modules
    contracts = _contracts()
    assert set(contracts[f"{channel}-alone"]["source_modules"]) == modules
    for other in {"telegram", "sms", "webchat"} - {channel}:
        assert modules <= set(contracts[f"{other}-alone"]["forbidden_modules"])


def test_storage_imports_the_data_of_flows_and_nothing_else() -> None:
    sources = [path.read_text() for path in python_files("storage")]
    imported = {
        name for source in sources for name in re.findall(r"^(?:from|import) flows\.(\w+)", source, re.MULTILINE)
    }
    assert imported, "the rule saw no imports"
    assert imported <= DATA_OF_FLOWS
    assert not any(re.search(r"^(?:from|import) flows\b(?!\.)", source, re.MULTILINE) for source in sources)
