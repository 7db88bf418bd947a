"""Universal hex files for both boards: the runtimes, and files beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from microbit_ml.errors import HexError
from microbit_ml.image.filesystem import build_file_system
from microbit_ml.image.intel_hex import MemoryImage, write_universal
from microbit_ml.image.runtime import Runtime, bundled_runtimes, read_runtimes
from microbit_ml.targets import TARGETS


def build_hex(files: Mapping[str, Mapping[str, bytes]], runtime: str | None = None) -> str:
    """Universal hex text that puts MicroPython and ``files`` on a micro:bit.

    ``files`` is ``{"v1": {name: content}, "v2": {name: content}}``, or one of them; the hex gets
    a section for each board that is named. ``runtime`` is the text of another MicroPython hex
    than those that uflash carries; files that it holds already are left out.
    Raises HexError when a file does not fit, or when ``runtime`` has no MicroPython for a board.
    """
    runtimes = bundled_runtimes() if runtime is None else read_runtimes(runtime)
    images = {}
    for board, board_files in files.items():
        like = TARGETS[board].like if board in TARGETS else board
        if like not in runtimes:
            raise HexError(
                f"There is no MicroPython for {board!r} here, only for "
                f"{' and '.join(sorted(runtimes))}. Use a universal MicroPython hex."
            )
        images[board] = add_files(_for_target(runtimes[like], board), board_files)
    return write_universal(images)


def _for_target(runtime: Runtime, board: str) -> Runtime:
    """The runtime with the room for files that a target has, where that is less."""
    room = TARGETS[board].file_system_bytes
    layout = replace(runtime.layout, board=board)
    if room is not None:
        layout = replace(layout, start=max(layout.start, layout.end - room))
    return replace(runtime, board=board, layout=layout)


def add_files(runtime: Runtime, files: Mapping[str, bytes]) -> MemoryImage:
    """The flash contents of a board that runs ``runtime`` and has ``files`` and no others."""
    layout = runtime.layout
    image = runtime.image.copy()
    image.erase(layout.start, layout.end - layout.start)
    for address, data in build_file_system(files, layout).segments:
        image.write(address, data)
    return image
