"""Files of an export that appear together, each whole and on the disk, with the manifest last; or none of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from bot.errors import ExportError
from bot.export import Manifest
from bot.whole_file import WholeFile, sha256_of

Record = Callable[[], Awaitable[None]]
"""Writes down that an export was made. What it cannot write down is not exported."""


def beside(path: Path) -> Path:
    """Where the manifest of an export goes."""
    return path.with_name(f"{path.name}.manifest.json")


@asynccontextmanager
async def together(paths: Sequence[Path], manifest: Manifest, record: Record) -> AsyncIterator[list[Path]]:
    """Where to write the files meanwhile. The first is the one that bears the export's name.

    Raises:
        ExportError: one of them cannot be written. Nothing of the export is left then.
    """
    path = paths[0]
    told = beside(path)
    try:
        with ExitStack() as stack:
            manifested = stack.enter_context(WholeFile(told))
            # The one that is named is the last to appear before its manifest.
            held = [stack.enter_context(WholeFile(one)) for one in paths]
            yield [one.partial for one in held]
            for one in held:
                one.sync()
            manifest.files = {one.path.name: sha256_of(one.partial) for one in held}
            manifest.sha256 = manifest.files[path.name]
            await record()
            manifested.partial.write_text(manifest.written(), encoding="utf-8")
            # An older one must not stand beside the new files, were this process to end between the names.
            told.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExportError(
            f"{path} cannot be written ({reason}), and nothing of this export was kept: make that possible, or name "
            "another file with --output."
        ) from error
