"""Universal hex files for all targets: the runtimes with files added.

``micropython_microbit_fs.add_files`` does this for one board. It cannot take this module's place:
it keeps the files that a runtime's hex holds already, and it knows no targets that share a runtime.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from microbit_ml.errors import HexError
from microbit_ml.image.filesystem import build_file_system
from microbit_ml.image.intel_hex import MemoryImage, write_plain, write_universal
from microbit_ml.image.runtime import Runtime, bundled_runtimes, read_runtimes
from microbit_ml.targets import TARGETS, Target


def build_hex(files: Mapping[str, Mapping[str, bytes]], runtime: str | None = None) -> str:
    """Universal hex text that puts MicroPython and ``files`` on a micro:bit.

    ``files`` is ``{target: {name: content}}``; the hex gets a section for each of these targets.
    ``runtime`` is the text of a MicroPython hex to use instead of the kit's own; files that it
    holds already are left out.
    Raises HexError when a file does not fit, or when ``runtime`` has no MicroPython for a board.
    """
    return write_universal(_images(files, runtime))


def build_hex_for_one(board: str, files: Mapping[str, bytes], runtime: str | None = None) -> str:
    """The text of a plain hex, for boards of one target. Raises HexError as build_hex() does."""
    return write_plain(image_for_one(board, files, runtime))


def image_for_one(
    board: str, files: Mapping[str, bytes], runtime: str | None = None
) -> MemoryImage:
    """What that hex puts into the flash. Raises HexError as build_hex() does."""
    return _images({board: files}, runtime)[board]


def fits_all(files: Mapping[str, bytes], boards: Iterable[str], runtime: str | None = None) -> bool:
    """Whether the same files fit the file system of each of these targets.

    The Python Editor opens a universal hex only if all its sections hold the same files.
    """
    try:
        _images(dict.fromkeys(boards, files), runtime)
    except HexError:
        return False
    return True


def _images(
    files: Mapping[str, Mapping[str, bytes]], runtime: str | None
) -> dict[str, MemoryImage]:
    runtimes = bundled_runtimes() if runtime is None else read_runtimes(runtime)
    images = {}
    for board, board_files in files.items():
        target = TARGETS.get(board)
        if target is None or target.like not in runtimes:
            raise HexError(
                f"There is no MicroPython for {board!r}, only for "
                f"{' and '.join(sorted(runtimes))}. Use a universal MicroPython hex."
            )
        images[board] = add_files(_for_target(runtimes[target.like], target), board_files)
    return images


def boards_of(runtime: str | None) -> list[str]:
    """The names of the targets that the MicroPython in a hex supports; all for None."""
    if runtime is None:
        return list(TARGETS)
    runtimes = read_runtimes(runtime)
    return [target.name for target in TARGETS.values() if target.like in runtimes]


def _for_target(runtime: Runtime, target: Target) -> Runtime:
    """The runtime with a target's file system, if that is smaller."""
    layout = replace(runtime.layout, board=target.name)
    if target.file_system_bytes is not None:
        layout = layout.smaller(target.file_system_bytes)
    return replace(runtime, board=target.name, layout=layout)


def add_files(runtime: Runtime, files: Mapping[str, bytes]) -> MemoryImage:
    """The flash contents of a board with ``runtime`` and exactly these ``files``."""
    layout = runtime.layout
    image = runtime.image.copy()
    image.erase(layout.area_start, layout.end - layout.area_start)
    for address, data in build_file_system(files, layout).segments:
        image.write(address, data)
    return image
