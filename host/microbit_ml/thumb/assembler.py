"""From a listing to machine code: the items of the listing and their offsets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from microbit_ml.thumb import cortex_m0, cortex_m4
from microbit_ml.thumb.cortex_m0 import REGISTERS, AssemblyError, Encoder, never_goes_on


@dataclass(frozen=True)
class Item:
    """One line of a listing: an instruction, numbers (``data``), or an ``align``.

    file and line: the listing and its line; encode: returns its halfwords, none for align; n_bytes:
    its length; step: the multiple to which align goes up, else 1; is_data: not an instruction;
    is_jump: the next item can only be reached by a branch.
    """

    file: str
    line: int
    encode: Encoder
    n_bytes: int
    step: int = 1
    is_data: bool = False
    is_jump: bool = False


@dataclass(frozen=True)
class Listing:
    """Listings that were read: their items in order, and the index of each label's item."""

    items: Sequence[Item]
    labels: Mapping[str, int]

    def encode(self, code: bytearray, offsets: Sequence[int]) -> None:
        """Write the items into code. offsets: of each item, and of the end."""
        labels = {name: offsets[i] for name, i in self.labels.items()}
        for item, offset in zip(self.items, offsets, strict=False):
            try:
                halfwords = item.encode(labels, offset)
            except AssemblyError as error:
                raise AssemblyError(f"{item.file}, line {item.line}: {error}") from error
            content = b"".join(halfword.to_bytes(2, "little") for halfword in halfwords)
            code[offset : offset + len(content)] = content


def assemble(listing: str, name: str = "listing", *, m4: bool = False) -> bytes:
    """The machine code of a listing, little endian. Raises AssemblyError naming the line.

    m4: allow the additional instructions of a Cortex-M4 (V2).
    """
    return assemble_listings({name: listing}, m4=m4)


def assemble_listings(listings: Mapping[str, str], *, m4: bool = False) -> bytes:
    """The machine code of listings by file name, concatenated; they share their labels."""
    listing = read_listings(listings, m4=m4)
    offsets = [0]
    for item in listing.items:
        offsets.append(end_of(item, offsets[-1]))
    code = bytearray(offsets[-1])
    listing.encode(code, offsets)
    return bytes(code)


def end_of(item: Item, offset: int) -> int:
    """The offset of the end of an item that starts at ``offset``."""
    return offset + item.n_bytes + -offset % item.step


def read_listings(listings: Mapping[str, str], *, m4: bool = False) -> Listing:
    """The items of listings by file name, concatenated. Raises AssemblyError."""
    names = _Names(m4)
    for name, listing in listings.items():
        names.file = name
        try:
            exec(compile(listing, name, "exec"), {"__builtins__": {}}, names)
        except Exception as error:
            line = _line_of(error, name)
            raise AssemblyError(f"{name}, line {line}: {error}") from error
    return Listing(names.items_read, names.labels)


def _line_of(error: BaseException, name: str) -> int:
    line = getattr(error, "lineno", None) or 0
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == name:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


class _Names(dict):
    """The names in a listing: registers, instructions, and labels for everything else."""

    def __init__(self, m4: bool) -> None:
        super().__init__(REGISTERS)
        self.labels: dict[str, int] = {}
        self.file = ""  # the listing being read
        self.items_read: list[Item] = []
        self["label"] = self._label
        self["data"] = self._data
        self["align"] = self._align
        for mnemonic, encode in cortex_m0.encoders():
            self[mnemonic] = self._recorder(mnemonic, encode, 4 if mnemonic == "bl" else 2)
        if m4:
            for mnemonic, encode in cortex_m4.encoders():
                self[mnemonic] = self._recorder(mnemonic, encode, 4)

    def __missing__(self, name: str) -> str:
        if not name.isupper():
            raise AssemblyError(f"There is no instruction or register {name!r}.")
        return name

    def _label(self, name: str) -> None:
        if name in self.labels:
            raise AssemblyError(f"The label {name} is defined twice.")
        self.labels[name] = len(self.items_read)

    def _data(self, size: int, *numbers: int) -> None:
        content = b"".join((n % (1 << 8 * size)).to_bytes(size, "little") for n in numbers)
        low, high = -(1 << 8 * size - 1), (1 << 8 * size) - 1
        for n in numbers:
            if not low <= n <= high:
                raise AssemblyError(f"A number in data({size}, ...) is {low} to {high}, not {n}.")
        if len(content) % 2:
            raise AssemblyError(f"Data must be an even number of bytes, not {len(content)}.")
        halfwords = [
            int.from_bytes(content[i : i + 2], "little") for i in range(0, len(content), 2)
        ]
        self._append(lambda labels, offset: halfwords, len(content), is_data=True)

    def _align(self, step: int) -> None:
        self._append(lambda labels, offset: [], 0, step=step, is_data=True)

    def _append(self, encode: Encoder, n_bytes: int, **properties: Any) -> None:
        line = sys._getframe(2).f_lineno  # of the listing
        self.items_read.append(Item(self.file, line, encode, n_bytes, **properties))

    def _recorder(
        self, mnemonic: str, encode: Callable[..., Encoder], n_bytes: int
    ) -> Callable[..., None]:
        def record(*operands: Any) -> None:
            try:
                encoder = encode(*operands)
            except (TypeError, ValueError, KeyError) as error:
                shown = ", ".join(map(str, operands))
                raise AssemblyError(f"{mnemonic}({shown}) is invalid: {error}.") from error
            self._append(encoder, n_bytes, is_jump=never_goes_on(mnemonic, operands))

        return record
