"""Makes the PNG of a screen small: a screen has few colours, so a palette says each in one byte instead of three."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from itertools import pairwise

HEAD = b"\x89PNG\r\n\x1a\n"
MOST_COLOURS = 256


def shrink(picture: bytes) -> bytes:
    """The same picture with a palette; of the shades of rounded letters the rarest become their nearest neighbours."""
    width, height, rows = _read(picture)
    seen = Counter(pixel for row in rows for pixel in row)
    palette = [colour for colour, _ in seen.most_common(MOST_COLOURS)]
    place = {colour: number for number, colour in enumerate(palette)}
    place |= {colour: _nearest(colour, palette) for colour in seen.keys() - place.keys()}
    content = b"".join(b"\0" + bytes(place[pixel] for pixel in row) for row in rows)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(content, 9)),
        (b"IEND", b""),
    ]
    return HEAD + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    distances = [sum((a - b) ** 2 for a, b in zip(colour, other, strict=True)) for other in palette]
    return distances.index(min(distances))


def _read(picture: bytes) -> tuple[int, int, list[list[bytes]]]:
    """Width, height and the rows of pixels of an eight-bit PNG without interlacing, as Chromium writes it."""
    chunks, at = [], len(HEAD)
    while at < len(picture):
        (size,) = struct.unpack_from(">I", picture, at)
        chunks.append((picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]))
        at += size + 12
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", dict(chunks)[b"IHDR"])
    if depth != 8 or kind not in (2, 6):
        raise ValueError(f"not a picture of a screen: depth {depth}, kind {kind}")
    step = 3 if kind == 2 else 4
    raw = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    lines = _unfiltered(raw, width * step, height, step)
    return width, height, [[line[at : at + 3] for at in range(0, len(line), step)] for line in lines]


def _unfiltered(raw: bytes, length: int, height: int, step: int) -> list[bytes]:
    """Each line as it was before PNG foretold its bytes from their neighbours (PNG specification, section 9)."""
    before, lines = bytearray(length), []
    for start, end in pairwise(range(0, (height + 1) * (length + 1), length + 1)):
        rule, line = raw[start], bytearray(raw[start + 1 : end])
        for at in range(length):
            left, above = (line[at - step], before[at - step]) if at >= step else (0, 0)
            line[at] = (line[at] + _foretold(rule, left, before[at], above)) & 255
        lines.append(bytes(line))
        before = line
    return lines


def _foretold(rule: int, left: int, up: int, corner: int) -> int:
    if rule < 4:
        return (0, left, up, (left + up) // 2)[rule]
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
