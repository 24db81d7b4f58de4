"""Templates compiled once for a process of tests, and not once for each of the thousand services that they start."""

from __future__ import annotations

from functools import partial
from unittest.mock import patch

from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache

import bot.pages


class _Compiled(BytecodeCache):
    """What Jinja made of each template, by its name and its text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        made = self._kept.get((bucket.key, bucket.checksum))
        if made is not None:
            bucket.bytecode_from_string(made)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def compile_templates_once() -> None:
    """From now on, and in this process alone. What is rendered is the same."""
    patch.object(bot.pages, "Environment", partial(Environment, bytecode_cache=_Compiled())).start()
