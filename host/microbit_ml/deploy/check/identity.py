"""Check: is the board what it says it is, and which MicroPython and which kit are on it?"""

from __future__ import annotations

from collections.abc import Iterator

from microbit_ml.board.installed import differing
from microbit_ml.board.upload import file_state
from microbit_ml.deploy.check.bench import KIT_FILES, Bench
from microbit_ml.deploy.check.result import Findings, Result
from microbit_ml.image.board_files import board_files
from microbit_ml.image.kernels import kernel_file

NAME, TITLE = "identity", "which board it is"
_find = Findings(NAME)


def run(bench: Bench) -> Iterator[Result]:
    """The board, its USB id, its MicroPython, and whether its files are those of this kit."""
    bench.fresh()
    expected = bench.expected
    if expected is None:
        yield _find.measured("board, by its chip", bench.target.title)
    else:
        source = "USB id" if bench.usb_id else "address"
        yield _find.compared(
            "board, by its chip", bench.target.title, "", f"{expected.title}, by its {source}",
            expected.chip == bench.target.chip,
            f"Its {source} is that of a {expected.title}, but the chip that answers is a "
            f"{bench.target.chip}.",
        )  # fmt: skip
    if bench.usb_id:
        yield _find.measured("USB id, first four digits", bench.usb_id)
    yield _find.measured("MicroPython", bench.contents.version[:20])
    yield _files(bench)


def _files(bench: Bench) -> Result:
    name = bench.target.name
    kit = board_files(bench.model_bytes, board=name)
    files = {one: kit[one] for one in (*KIT_FILES, kernel_file(name))}
    wrong = differing(file_state(bench.repl, files), files)
    right = len(files) - len(wrong)
    return _find.compared(
        "files of this kit", right, "", f"{len(files)} unchanged", not wrong,
        f"Not as this version of the kit makes them: {', '.join(wrong)}. Flash the board again.",
    )  # fmt: skip
