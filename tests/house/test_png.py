"""The picture of the README loses bytes, but no colours that a person would miss."""

from __future__ import annotations

import struct
import zlib

import pytest

from docs.png import HEAD, shrink

RED, GREEN, BLUE = bytes([200, 0, 0]), bytes([0, 200, 0]), bytes([0, 0, 200])


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def picture_of(lines: list[bytes], width: int) -> bytes:
    """A PNG of red, green and blue from lines that begin with their filter."""
    head = struct.pack(">IIBBBBB", width, len(lines), 8, 2, 0, 0, 0)
    content = zlib.compress(b"".join(lines))
    return HEAD + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def pixels_of(picture: bytes) -> list[list[bytes]]:
    """The colours of a picture with a palette, whose lines have no filter."""
    chunks, at = {}, len(HEAD)
    while at < len(picture):
        (size,) = struct.unpack_from(">I", picture, at)
        name, data = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        assert picture[at : at + size + 12] == chunk(name, data)
        chunks[name], at = data, at + size + 12
    width, height, *kinds = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert kinds == [8, 3, 0, 0, 0]
    colours, raw = chunks[b"PLTE"], zlib.decompress(chunks[b"IDAT"])
    lines = [raw[row * (width + 1) + 1 : (row + 1) * (width + 1)] for row in range(height)]
    return [[colours[3 * place : 3 * place + 3] for place in line] for line in lines]


@pytest.mark.parametrize(
    ("rule", "second"),
    [
        (0, GREEN + RED + BLUE),
        # Each byte less the one to its left, above it, their mean, or Paeth's guess, modulo 256.
        (1, bytes([0, 200, 0, 200, 56, 0, 56, 0, 200])),
        (2, bytes([56, 200, 0, 200, 56, 0, 0, 0, 0])),
        (3, bytes([156, 200, 0, 200, 56, 0, 156, 0, 100])),
        (4, bytes([56, 200, 0, 200, 56, 0, 56, 0, 0])),
    ],
)
def test_every_filter_is_read(rule: int, second: bytes) -> None:
    shrunk = shrink(picture_of([b"\0" + RED + GREEN + BLUE, bytes([rule]) + second], 3))
    assert pixels_of(shrunk) == [[RED, GREEN, BLUE], [GREEN, RED, BLUE]]


def test_the_rarest_shades_become_their_neighbours() -> None:
    shades = [bytes([place % 256, place // 256 * 100, 0]) for place in range(260)]
    often = b"\0" + b"".join(shades[:256] + shades[252:256])
    once = b"\0" + b"".join(shades)
    _, last = pixels_of(shrink(picture_of([often, once], 260)))
    assert last[:256] == shades[:256]
    assert set(last[256:]) <= set(shades[:256])


def test_other_pictures_are_refused() -> None:
    grey = HEAD + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IEND", b"")
    with pytest.raises(ValueError, match="kind 0"):
        shrink(grey)
