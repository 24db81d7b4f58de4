"""The command line: `sayso demo | serve | check | chat | preview | words | import | export-form | export | ...`."""

from __future__ import annotations

import argparse
import asyncio
import errno
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from bot.config import Settings, instant
from bot.errors import BotError, SecretKeyMissingError
from flows.errors import FlowsError
from storage.errors import StorageError

CHANNELS: Final = ("sms", "telegram", "web")
SCHEMAS: Final = ("consultation", "wording", "own-wording")
_LAST_PORT: Final = 65535
_MOST_WORKERS: Final = 256

Command = Callable[[argparse.Namespace], int]


class _Commands(Protocol):
    """What `add_subparsers` gives."""

    def add_parser(self, name: str, *, help: str, epilog: str) -> argparse.ArgumentParser: ...  # noqa: A002 - argparse's


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code: 0 done, 1 refused or faults found, 2 used wrongly."""
    words = list(sys.argv[1:] if argv is None else argv)
    arguments = _parser(words[:1]).parse_args(words)
    command: Command = arguments.command
    try:
        return command(arguments)
    except (BotError, FlowsError, StorageError) as error:
        print(f"sayso: {error}", file=sys.stderr)
    except OSError as error:
        print(f"sayso: {_of_the_system(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("sayso: stopped", file=sys.stderr)
    return 1


def _of_the_system(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "The port is already in use: stop what uses it, or give another with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return "This machine does not have that address: give another with --host, such as 127.0.0.1."
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or type(error).__name__}"


# --- what each command does ---


def _demo(arguments: argparse.Namespace) -> int:
    from bot import demo

    return demo.run(Settings.from_world(), port=arguments.port, now=arguments.now, fill=arguments.fill)


def _serve(arguments: argparse.Namespace) -> int:
    from bot import workers

    settings = Settings.from_world()
    if settings.secret_key is None:
        raise SecretKeyMissingError
    settings = replace(
        settings,
        host=settings.host if arguments.host is None else arguments.host,
        port=settings.port if arguments.port is None else arguments.port,
    )
    if arguments.workers == 1:
        return workers.serve_alone(settings)
    return workers.serve_together(settings, arguments.workers)


def _check(arguments: argparse.Namespace) -> int:
    from bot import check_command
    from bot.clock import Clock

    if arguments.rules:
        return check_command.rules()
    if arguments.schema is not None:
        return check_command.schema(arguments.schema)
    folder = Settings.from_world().consultations
    if arguments.prices:
        return check_command.price_list(arguments.packs, folder=folder)
    today = (arguments.now or Clock().now()).date()
    return check_command.run(arguments.packs, folder=folder, style=arguments.format, today=today)


def _chat(arguments: argparse.Namespace) -> int:
    from bot import chat_command

    return chat_command.run(arguments.pack, channel=arguments.channel, now=arguments.now)


def _preview(arguments: argparse.Namespace) -> int:
    from bot import preview_command

    return preview_command.run(arguments, folder=Settings.from_world().consultations)


def _words(arguments: argparse.Namespace) -> int:
    from bot import translations_command

    return translations_command.run(arguments, folder=Settings.from_world().consultations)


def _import(arguments: argparse.Namespace) -> int:
    from bot import form_command

    return form_command.run_import(arguments, folder=Settings.from_world().consultations)


def _export_form(arguments: argparse.Namespace) -> int:
    from bot import form_command

    return form_command.run_export(arguments, folder=Settings.from_world().consultations)


def _export(arguments: argparse.Namespace) -> int:
    from bot import export_command

    return export_command.run(Settings.from_world(), arguments)


def _officer(arguments: argparse.Namespace) -> int:
    from bot import officer_command

    return officer_command.run(Settings.from_world(), arguments)


def _audit(arguments: argparse.Namespace) -> int:
    from bot import audit_command

    return audit_command.run(Settings.from_world(), arguments)


def _backup(arguments: argparse.Namespace) -> int:
    from bot import backup_command

    run = backup_command.run_restore if arguments.restores else backup_command.run_backup
    return run(Settings.from_world(), arguments)


def _keys(arguments: argparse.Namespace) -> int:
    from bot import keys_command

    return keys_command.run(Settings.from_world(), arguments)


def _db(arguments: argparse.Namespace) -> int:
    from storage.database import check, upgrade

    url = Settings.from_world().database_url
    if arguments.action == "upgrade":
        asyncio.run(upgrade(url))
        print("The database is up to date.")
        return 0
    missing = asyncio.run(check(url))
    for line in missing:
        print(line)
    if not missing:
        print("The database is up to date.")
    return 1 if missing else 0


# --- what can be asked for ---


def _parser(command: Sequence[str]) -> argparse.ArgumentParser:
    """`command` is the one that was named: what another can be asked need not be known."""
    parser = argparse.ArgumentParser(
        prog="sayso",
        description="Ask children, young people and families what they think, by SMS, on Telegram and on the web.",
        epilog="For example: sayso demo",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_demo(commands)
    _add_serve(commands)
    _add_check(commands)
    _add_chat(commands)
    _add_preview(commands, whole="preview" in command)
    _add_words(commands, whole="words" in command)
    _add_import(commands, whole="import" in command)
    _add_export_form(commands, whole="export-form" in command)
    _add_export(commands, whole="export" in command)
    _add_officer(commands, whole="officer" in command)
    _add_audit(commands, whole="audit" in command)
    _add_keeping(commands, command)
    _add_db(commands)
    return parser


def _add_demo(commands: _Commands) -> None:
    demo = commands.add_parser(
        "demo",
        help="everything on one machine, with simulated phones",
        epilog="For example: sayso demo --now 2018-03-09T23:55:00",
    )
    demo.add_argument("--port", type=_port, default=8080, help="where the demo's page is (default: 8080)")
    demo.add_argument("--now", type=_moment, metavar="INSTANT", help="start the demo's clock here")
    demo.add_argument("--fill", action="store_true", help="with sample answers in the open consultation too")
    demo.set_defaults(command=_demo)


def _add_serve(commands: _Commands) -> None:
    serve = commands.add_parser(
        "serve",
        help="the service: receives, answers and sends",
        epilog="For example: sayso serve --host 0.0.0.0 --port 8080 --workers 2",
    )
    serve.add_argument("--host", help="where to listen (default: SAYSO_HOST)")
    serve.add_argument("--port", type=_port, help="the port to listen on (default: SAYSO_PORT)")
    serve.add_argument("--workers", type=_workers, default=1, metavar="N", help="processes that share the work")
    serve.set_defaults(command=_serve)


def _add_check(commands: _Commands) -> None:
    check = commands.add_parser(
        "check",
        help="what is wrong with consultation packs, and what they cost by text",
        epilog="For example: sayso check consultations/herefordshire-2018",
    )
    check.add_argument("packs", nargs="*", type=Path, metavar="PACK", help="a pack's folder (default: every pack)")
    check.add_argument("--format", choices=("text", "json"), default="text")
    check.add_argument("--now", type=_moment, metavar="INSTANT", help="check as at this instant: help lines go stale")
    instead = check.add_mutually_exclusive_group()
    instead.add_argument("--rules", action="store_true", help="print every rule, with an example each way, instead")
    instead.add_argument("--prices", action="store_true", help="print what conversations cost by text instead")
    instead.add_argument("--schema", choices=SCHEMAS, help="print this JSON Schema for editors instead")
    check.set_defaults(command=_check)


def _add_chat(commands: _Commands) -> None:
    chat = commands.add_parser(
        "chat",
        help="hold the conversation in the terminal",
        epilog="For example: sayso chat consultations/herefordshire-2018 --channel sms --now 2018-02-20T16:00:00",
    )
    chat.add_argument("pack", type=Path, metavar="PACK", help="a pack's folder")
    chat.add_argument("--channel", choices=CHANNELS, default="sms", help="talk as on this channel (default: sms)")
    chat.add_argument("--now", type=_moment, metavar="INSTANT", help="start the conversation's clock here")
    chat.set_defaults(command=_chat)


def _add_preview(commands: _Commands, *, whole: bool) -> None:
    preview = commands.add_parser(
        "preview",
        help="what a question looks like for each age, language and channel",
        epilog="For example: sayso preview herefordshire-2018 --question issue --band 4-7 --output issue.html",
    )
    preview.set_defaults(command=_preview)
    if whole:
        from bot import preview_command

        preview_command.add_arguments(preview)


def _add_words(commands: _Commands, *, whole: bool) -> None:
    words = commands.add_parser(
        "words",
        help="a pack's words as a PO file for translators, and back",
        epilog="For example: sayso words export herefordshire-2018 --language pl --output herefordshire.pl.po",
    )
    words.set_defaults(command=_words)
    if whole:
        from bot import translations_command

        translations_command.add_arguments(words)


def _add_import(commands: _Commands, *, whole: bool) -> None:
    taking = commands.add_parser(
        "import",
        help="a pack from an XLSForm workbook",
        epilog="For example: sayso import form.xlsx --authority 'My Council' --opens 2030-05-01 --closes 2030-06-01",
    )
    taking.set_defaults(command=_import)
    if whole:
        from bot import form_command

        form_command.add_import_arguments(taking)


def _add_export_form(commands: _Commands, *, whole: bool) -> None:
    giving = commands.add_parser(
        "export-form",
        help="a pack as an XLSForm workbook",
        epilog="For example: sayso export-form herefordshire-2018 --band 12-15 --output herefordshire.xlsx",
    )
    giving.set_defaults(command=_export_form)
    if whole:
        from bot import form_command

        form_command.add_export_arguments(giving)


def _add_export(commands: _Commands, *, whole: bool) -> None:
    export = commands.add_parser(
        "export",
        help="a consultation's answers, conversations or report, as files",
        epilog="For example: sayso export herefordshire-2018 answers --format csv --output answers.csv",
    )
    export.set_defaults(command=_export)
    if whole:
        from bot import export_command

        export_command.add_arguments(export)


def _add_officer(commands: _Commands, *, whole: bool) -> None:
    officer = commands.add_parser(
        "officer",
        help="who may sign in at /console",
        epilog="For example: sayso officer add ann@council.example --name 'Ann Analyst' --duty analyst",
    )
    officer.set_defaults(command=_officer)
    if whole:
        from bot import officer_command

        officer_command.add_arguments(officer)


def _add_audit(commands: _Commands, *, whole: bool) -> None:
    audit = commands.add_parser(
        "audit", help="check the record of what officers did", epilog="For example: sayso audit verify"
    )
    audit.set_defaults(command=_audit)
    if whole:
        from bot import audit_command

        audit_command.add_arguments(audit)


def _add_keeping(commands: _Commands, command: Sequence[str]) -> None:
    backup = commands.add_parser(
        "backup",
        help="the whole database as one encrypted file, while the service runs",
        epilog="For example: sayso backup sayso-friday.backup",
    )
    backup.set_defaults(command=_backup, restores=False)
    restore = commands.add_parser(
        "restore",
        help="a backup into a database, without those who asked to be deleted",
        epilog="For example: sayso restore sayso-friday.backup --tombstones sayso.tombstones",
    )
    restore.set_defaults(command=_backup, restores=True)
    if "backup" in command or "restore" in command:
        from bot import backup_command

        backup_command.add_backup_arguments(backup)
        backup_command.add_restore_arguments(restore)
    keys = commands.add_parser("keys", help="change the secret key", epilog="For example: sayso keys rotate")
    keys.set_defaults(command=_keys)
    if "keys" in command:
        from bot import keys_command

        keys_command.add_arguments(keys)


def _add_db(commands: _Commands) -> None:
    db = commands.add_parser("db", help="bring the database up to date", epilog="For example: sayso db upgrade")
    db.add_argument("action", choices=("upgrade", "check"), help="change the tables, or say what is missing")
    db.set_defaults(command=_db)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a whole number from 0 to {_LAST_PORT}")
    return int(text)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"workers are a whole number from 1 to {_MOST_WORKERS}")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        return instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"the instant {error}") from error
