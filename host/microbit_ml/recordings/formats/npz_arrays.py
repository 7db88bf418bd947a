"""The arrays of an ``.npz`` file: what each must be, checked before memory is taken for it.

An npz is a zip of ``NAME.npy`` files. Each begins with a header that declares the array's type and
shape: a few bytes may declare, and unpack to, many gigabytes of zeros. So all headers are read
first, and compared with TABLE and with the limits.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from tokenize import TokenError
from typing import IO, Any

import numpy as np

from microbit_ml.recordings.formats.zip_members import BROKEN, MOST_ENTRIES

MB = 2**20
LARGEST_SUM = 256 * MB  # bytes of all arrays: 50,000 recordings of one second have 40 MB
LONGEST_TEXT = 4096  # characters; shorter ones take as much room as the longest of their array
HIGHEST_CHARACTER = 0x10FFFF  # of Unicode

# What a symbol in a shape stands for; the most that it may be.
SYMBOLS = {
    "N": ("samples", 20_000_000),
    "n": ("recordings", MOST_ENTRIES),
    "n + 1": ("recordings and one", MOST_ENTRIES + 1),
    "L": ("labels", MOST_ENTRIES),
    "P": ("people", MOST_ENTRIES),
}
KINDS = {"iuf": "numbers", "iu": "whole numbers", "U": "texts"}  # NumPy's kinds of types


@dataclass(frozen=True)
class Declared:
    """What an array must be: the kinds of its type, and its shape in numbers and SYMBOLS."""

    kinds: str
    shape: tuple[str | int, ...]
    is_required: bool = True

    @property
    def in_words(self) -> str:
        """Such as "a list of texts" or "numbers (N, 3)"."""
        if not self.shape:
            return "one text" if self.kinds == "U" else "one number"
        if len(self.shape) == 1:
            return f"a list of {KINDS[self.kinds]}"
        return f"{KINDS[self.kinds]} ({', '.join(map(str, self.shape))})"


TABLE: Mapping[str, Declared] = {
    "samples": Declared("iuf", ("N", 3)),
    "offsets": Declared("iu", ("n + 1",)),
    "labels": Declared("iu", ("n",)),
    "label_names": Declared("U", ("L",)),
    "subjects": Declared("iu", ("n",)),
    "rate_hz": Declared("iuf", ()),
    "unit": Declared("U", ()),
    "time_ms": Declared("iuf", ("N",), is_required=False),
    "subject_names": Declared("U", ("P",), is_required=False),
    "names": Declared("U", ("n",), is_required=False),
    "boards": Declared("U", ("n",), is_required=False),
    "sources": Declared("U", ("n",), is_required=False),
    "icons": Declared("U", ("L",), is_required=False),
    "sounds": Declared("U", ("L",), is_required=False),
}

Problem = Callable[[str], Exception]


def read_arrays(content: bytes, problem: Problem) -> dict[str, np.ndarray]:
    """The arrays of TABLE in the bytes of an npz, with right types and shapes that fit each other.

    ``problem(sentence)`` makes the error that is raised for anything else.
    """
    if content.startswith(b"\x93NUMPY"):
        raise problem("it holds a single array")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            inside = {info.filename.removesuffix(".npy"): info for info in file.infolist()}
            missing = [n for n, one in TABLE.items() if one.is_required and n not in inside]
            if missing:
                raise problem(f"it has no array {', '.join(missing)}")
            names = [name for name in TABLE if name in inside]
            sizes: dict[str, tuple[int, str]] = {}
            total = 0
            for name in names:
                with _opened(file, inside[name]) as entry:
                    shape, dtype = _header(entry, name, problem)
                _check(name, shape, dtype, sizes, problem)
                total += math.prod(shape) * dtype.itemsize
            if total > LARGEST_SUM:
                raise problem(
                    f"its arrays would take {total / MB:,.0f} MB, and recordings have at most "
                    f"{LARGEST_SUM / MB:,.0f} MB"
                )
            return {name: _array(file, inside[name], name, problem) for name in names}
    except BROKEN as error:
        raise error if isinstance(error, type(problem(""))) else _damaged(error, problem) from error


def _damaged(error: Exception, problem: Problem) -> Exception:
    return problem(f"it is damaged ({' '.join(str(error).split())[:200]})")


def _opened(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if not info.filename.endswith(".npy"):
        raise ValueError(f"{info.filename} is no array")
    return file.open(info)


def _header(entry: IO[bytes], name: str, problem: Problem) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """The shape and type that an entry declares, read up to where its numbers begin."""
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    try:
        version = np.lib.format.read_magic(entry)
        if version not in readers:
            raise ValueError(f"version {version} of the header")
        shape, _, dtype = readers[version](entry)
    except (*BROKEN, SyntaxError, TypeError, KeyError, RecursionError, TokenError) as error:
        reason = " ".join(str(error).split())[:200]
        raise problem(f"its entry {name} is damaged, or is no array ({reason})") from error
    if not all(type(size) is int and size >= 0 for size in shape):
        raise problem(f"its entry {name} has the shape {str(shape)[:60]}")
    return shape, dtype


def _check(
    name: str,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    sizes: dict[str, tuple[int, str]],
    problem: Problem,
) -> None:
    """Compare with TABLE; sizes: what each symbol is so far, and in which array."""
    declared = TABLE[name]
    if (
        dtype.kind not in declared.kinds
        or len(shape) != len(declared.shape)
        or any(
            type(want) is int and want != n for want, n in zip(declared.shape, shape, strict=True)
        )
    ):
        verb = "are" if declared.shape else "is"
        raise problem(f"{name} {verb} {dtype} {shape} instead of {declared.in_words}")
    if dtype.kind == "U" and dtype.itemsize > 4 * LONGEST_TEXT:
        raise problem(f"{name} has texts of {dtype.itemsize // 4:,} characters")
    for want, n in zip(declared.shape, shape, strict=True):
        if not isinstance(want, str):
            continue
        what, most = SYMBOLS[want]
        if n > most:
            raise problem(f"{name} has {n:,} {what}, and at most {most:,} can be read")
        before, where = sizes.setdefault(want, (n, name))
        if before != n:
            kind = KINDS[declared.kinds]
            raise problem(
                f"{name} must be a list of {before} {kind}, for {where} has as many {what}, but it "
                f"has {n}"
            )


def _array(file: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, problem: Problem) -> np.ndarray:
    """One array, whose header was checked; never pickled objects, which could run code."""
    with file.open(info) as entry:
        array = np.lib.format.read_array(entry, allow_pickle=False)
    if array.dtype.kind == "U" and array.size:
        plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        codes = np.frombuffer(plain.tobytes(), dtype="<u4")
        if codes.size and codes.max() > HIGHEST_CHARACTER:
            raise problem(f"{name} holds a character that does not exist")
    return array
