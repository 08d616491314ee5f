"""Tiles as one actor may see them: of places outside the scope nothing but an outline."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping

import numpy as np

from geodata.atlas.scoped import ScopedAtlas

# Fields of a Mapbox vector tile (version 2.1): a layer; its name, features and values; a feature's id
# and tags; a value that is a whole number.
_LAYER = 3
_NAME, _FEATURE, _VALUE = 1, 2, 4
_ID, _TAGS = 1, 2
_INTEGERS, _ZIGZAG = (4, 5), 6
_BYTES = 2


def known_positions(atlas: ScopedAtlas) -> dict[str, np.ndarray]:
    """Return by level which positions an actor may see the figures of."""
    return {
        level: atlas.seen(atlas.places_in(None, level)).to_numpy(dtype=bool)
        for level in atlas.levels
    }


def within(tile: bytes, known: Mapping[str, np.ndarray]) -> bytes | None:
    """Return a tile (gzip of MVT) in which a place that is not known has an outline alone.

    None where no place in it is known. A feature has one property, the position of its place; what
    else stands in a tile is not passed on.
    """
    layers = [
        _layer(data, known)
        for number, _, data in _fields(gzip.decompress(tile))
        if number == _LAYER
    ]
    if not any(inside for _, inside in layers):
        return None
    return gzip.compress(b"".join(_field(_LAYER, data) for data, _ in layers), 6, mtime=0)


def _layer(layer: bytes, known: Mapping[str, np.ndarray]) -> tuple[bytes, int]:
    """Return a layer without what tells of unknown places, and how many known ones it has."""
    fields = list(_fields(layer))
    name = next(data for number, _, data in fields if number == _NAME).decode()
    mine = known.get(name, np.zeros(0, dtype=bool))
    values = [_integer(data) for number, _, data in fields if number == _VALUE]
    kept: dict[int, int] = {}
    out = bytearray()
    for number, raw, data in fields:
        if number == _FEATURE:
            out += _field(_FEATURE, _feature(data, values, mine, kept))
        elif number != _VALUE:
            out += raw
    for at in kept:
        out += _field(_VALUE, bytes([_INTEGERS[1] << 3]) + _varint(values[at]))
    return bytes(out), len(kept)


def _feature(feature: bytes, values: list[int], mine: np.ndarray, kept: dict[int, int]) -> bytes:
    """Return a feature with its position where it is one of `mine`; `kept` are the values used so far."""
    told = bytearray()
    for number, raw, data in _fields(feature):
        if number == _TAGS:
            key, at = _read(data, 0)
            value, _ = _read(data, at)
            if 0 <= values[value] < len(mine) and mine[values[value]]:
                told += _field(_TAGS, _varint(key) + _varint(kept.setdefault(value, len(kept))))
        elif number != _ID:
            told += raw
    return bytes(told)


def _integer(value: bytes) -> int:
    """Return the whole number of a value; -1 for anything else."""
    tag, at = _read(value, 0)
    number, _ = _read(value, at)
    if tag >> 3 == _ZIGZAG:
        return (number >> 1) ^ -(number & 1)
    return number if tag >> 3 in _INTEGERS else -1


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield of each field its number, all its bytes, and what it holds (of a number: nothing)."""
    at = 0
    while at < len(message):
        begin = at
        tag, at = _read(message, at)
        size, at = _read(message, at)
        if tag & 7 != _BYTES:
            yield tag >> 3, message[begin:at], b""
            continue
        yield tag >> 3, message[begin : at + size], message[at : at + size]
        at += size


def _read(message: bytes, at: int) -> tuple[int, int]:
    """Return a number of variable length and where the next begins."""
    number, shift = 0, 0
    while True:
        byte = message[at]
        number |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return number, at
        shift += 7


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | _BYTES]) + _varint(len(data)) + data
