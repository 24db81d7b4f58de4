"""`sayso preview`: any question for any age, language and channel, as it will look on the phone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import preview_pages, preview_text
from bot.errors import NothingToPreviewError, PackMissingError
from bot.packs import read_folder, system_words
from bot.pages import Pages
from bot.preview import previews, wanted
from flows.definition import AgeBand
from flows.messages import CONVERSING
from flows.pack import read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of it."""
    parser.add_argument("pack", type=Path, metavar="PACK", help="a pack's folder, or its name among your packs")
    parser.add_argument("--question", default="", metavar="CODE", help="this question only (default: every one)")
    bands = [band.value for band in AgeBand]
    parser.add_argument("--band", choices=bands, default="", help="this age only (default: every one)")
    parser.add_argument("--language", default="", metavar="L", help="this language only, such as cy (default: all)")
    channels = [channel.value for channel in CONVERSING]
    parser.add_argument("--channel", choices=channels, default="", help="this channel only (default: all three)")
    parser.add_argument("--output", type=Path, metavar="FILE.html", help="write a page to open in a browser instead")


def run(arguments: argparse.Namespace, *, folder: Path) -> int:
    """Prints previews, or writes them into one page that needs nothing else. `folder` is the folder of packs.

    Raises:
        BrokenPackError: the pack has faults; `sayso check` names them.
        NothingToPreviewError: nobody of that age is asked that question.
        PackMissingError: there is no such pack.
        PreviewError: the pack has no such question, age band or language.
    """
    path = next((path for path in (arguments.pack, folder / arguments.pack) if path.is_dir()), None)
    if path is None:
        raise PackMissingError(arguments.pack, folder)
    consultation = read(read_folder(path), system_words())
    chosen = wanted(
        consultation,
        question=arguments.question,
        band=arguments.band,
        language=arguments.language,
        channel=arguments.channel,
    )
    found = tuple(previews(consultation, chosen))
    if not found:
        raise NothingToPreviewError
    if arguments.output is not None:
        arguments.output.write_text(preview_pages.document(consultation, found, Pages()), encoding="utf-8")
        return 0
    for preview in found:
        sys.stdout.writelines(f"{line}\n" for line in (*preview_text.lines(consultation, preview), ""))
    return 0
