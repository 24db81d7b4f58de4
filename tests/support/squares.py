"""Reads QR codes (ISO/IEC 18004, model 2, versions 1 to 10, level M) without any help of what draws them.

Nothing is mended: a square that is drawn right needs no correction, and one that is not must not pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

Modules = Sequence[Sequence[bool]]

_FORMAT_MASK = 0x5412
_LEVEL_M = 0
# Codewords for correction in each block, then how many blocks of how many codewords of data.
_BLOCKS = {
    1: (10, [16]),
    2: (16, [28]),
    3: (26, [44]),
    4: (18, [32] * 2),
    5: (24, [43] * 2),
    6: (16, [27] * 4),
    7: (18, [31] * 4),
    8: (22, [38] * 2 + [39] * 2),
    9: (22, [36] * 3 + [37] * 2),
    10: (26, [43] * 4 + [44]),
}
_CENTRES = {
    1: (), 2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34), 7: (6, 22, 38), 8: (6, 24, 42),
    9: (6, 26, 46), 10: (6, 28, 50),
}  # fmt: skip
_MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda y, x: (y + x) % 2,
    lambda y, _: y % 2,
    lambda _, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_BYTES, _ALPHANUMERIC = 4, 2


def from_path(path: str, side: int, quiet: int) -> Modules:
    """The modules of a square that an SVG path draws, run by run, without the white around it."""
    rows = [[False] * side for _ in range(side)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for place in range(int(x), int(x) + int(length)):
            rows[int(y)][place] = True
    around = rows[:quiet] + rows[-quiet:] + [row[:quiet] + row[-quiet:] for row in rows]
    assert not any(map(any, around)), "the white around the square is not white"
    return [row[quiet:-quiet] for row in rows[quiet:-quiet]]


def read(modules: Modules) -> str:
    """What a square says."""
    version = (len(modules) - 17) // 4
    places = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    told = int("".join(str(int(modules[y][x])) for y, x in places), 2) ^ _FORMAT_MASK
    assert told >> 13 == _LEVEL_M, "another level than M"
    mask = _MASKS[told >> 10 & 7]
    bits = [int(modules[y][x]) ^ (mask(y, x) == 0) for y, x in _way(version, len(modules))]
    words = [int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits) - 7, 8)]
    return _said("".join(f"{word:08b}" for word in _in_order(words, version)), version)


def _way(version: int, size: int) -> Iterator[tuple[int, int]]:
    """Where data stands, in its order: two columns at a time from the right, up and down in turn."""
    upwards = True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for y in range(size - 1, -1, -1) if upwards else range(size):
            for x in (right, right - 1):
                if not _is_function(version, size, y, x):
                    yield y, x
        upwards = not upwards


def _is_function(version: int, size: int, y: int, x: int) -> bool:
    corner = (y <= 8 and (x <= 8 or x >= size - 8)) or (y >= size - 8 and x <= 8)
    told = version >= 7 and ((y < 6 and x >= size - 11) or (x < 6 and y >= size - 11))
    return corner or told or 6 in {y, x} or _is_aligning(version, size, y, x)


def _is_aligning(version: int, size: int, y: int, x: int) -> bool:
    last = size - 7
    for middle in _CENTRES[version]:
        for across in _CENTRES[version]:
            taken = (middle, across) in {(6, 6), (6, last), (last, 6)}
            if not taken and abs(y - middle) <= 2 and abs(x - across) <= 2:
                return True
    return False


def _in_order(words: Sequence[int], version: int) -> list[int]:
    """The blocks of data, which stand interleaved, one after the other."""
    _, sizes = _BLOCKS[version]
    blocks: list[list[int]] = [[] for _ in sizes]
    coming = iter(words)
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(next(coming))
    return [word for block in blocks for word in block]


def _said(bits: str, version: int) -> str:
    mode, bits = int(bits[:4], 2), bits[4:]
    if mode == _BYTES:
        wide = 8 if version < 10 else 16
        count = int(bits[:wide], 2)
        return bytes(int(bits[at : at + 8], 2) for at in range(wide, wide + 8 * count, 8)).decode()
    assert mode == _ALPHANUMERIC, f"mode {mode}"
    wide = 9 if version < 10 else 11
    count, at, said = int(bits[:wide], 2), wide, ""
    while len(said) < count:
        step = 11 if count - len(said) > 1 else 6
        value, at = int(bits[at : at + step], 2), at + step
        said += _SIGNS[value // 45] + _SIGNS[value % 45] if step == 11 else _SIGNS[value]
    return said
