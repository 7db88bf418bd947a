"""From a listing to machine code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from microbit_ml.thumb import cortex_m0, cortex_m4
from microbit_ml.thumb.cortex_m0 import REGISTERS, AssemblyError, Encoder


def assemble(listing: str, name: str = "listing", *, m4: bool = False) -> bytes:
    """The machine code of a listing, little endian. Raises AssemblyError naming the line.

    m4: with the instructions that a Cortex-M4 (V2) has beyond those of a Cortex-M0.
    """
    return assemble_parts({name: listing}, m4=m4)


def assemble_parts(listings: Mapping[str, str], *, m4: bool = False) -> bytes:
    """The machine code of listings, by file name, one behind the other; labels are known in all."""
    names = _Names(m4)
    for name, listing in listings.items():
        names.part = name
        try:
            exec(compile(listing, name, "exec"), {"__builtins__": {}}, names)
        except Exception as error:
            line = _line_of(error, name)
            raise AssemblyError(f"{name}, line {line}: {error}") from error
    code = bytearray()
    for name, line, encoder in names.instructions:
        try:
            halfwords = encoder(names.labels, len(code))
        except AssemblyError as error:
            raise AssemblyError(f"{name}, line {line}: {error}") from error
        for halfword in halfwords:
            code += halfword.to_bytes(2, "little")
    return bytes(code)


def _line_of(error: BaseException, name: str) -> int:
    line = getattr(error, "lineno", None) or 0
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == name:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


class _Names(dict):
    """What a listing's names mean: registers, instructions, and labels for all else."""

    def __init__(self, m4: bool) -> None:
        super().__init__(REGISTERS)
        self.labels: dict[str, int] = {}
        self.part = ""  # the listing that is being read
        self.instructions: list[tuple[str, int, Encoder]] = []
        self._size = 0
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
            raise AssemblyError(f"there is no instruction or register {name!r}")
        return name

    def _label(self, name: str) -> None:
        if name in self.labels:
            raise AssemblyError(f"the label {name} stands twice")
        self.labels[name] = self._size

    def _data(self, size: int, *numbers: int) -> None:
        content = b"".join((n % (1 << 8 * size)).to_bytes(size, "little") for n in numbers)
        if any(not -(1 << 8 * size - 1) <= n < 1 << 8 * size for n in numbers):
            raise AssemblyError(f"a number does not fit {size} bytes")
        if len(content) % 2:
            raise AssemblyError("data must be an even number of bytes")
        self._append(content)

    def _align(self, step: int) -> None:
        self._append(bytes(-self._size % step))

    def _append(self, content: bytes) -> None:
        """Numbers between the instructions."""
        halfwords = [
            int.from_bytes(content[i : i + 2], "little") for i in range(0, len(content), 2)
        ]
        line = sys._getframe(2).f_lineno
        self.instructions.append((self.part, line, lambda labels, place: halfwords))
        self._size += len(content)

    def _recorder(
        self, mnemonic: str, encode: Callable[..., Encoder], n_bytes: int
    ) -> Callable[..., None]:
        def record(*operands: Any) -> None:
            try:
                encoder = encode(*operands)
            except (TypeError, ValueError, KeyError) as error:
                shown = ", ".join(map(str, operands))
                raise AssemblyError(f"{mnemonic}({shown}) is no instruction: {error}") from error
            self.instructions.append((self.part, sys._getframe(1).f_lineno, encoder))
            self._size += n_bytes

        return record
