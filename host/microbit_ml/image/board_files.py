"""The files that go onto a board: the kit's firmware, the model, and a program."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.image.kernels import Needs, kernel_file, kernels
from microbit_ml.image.launcher import MAIN, SPEAKER_FILES, launcher
from microbit_ml.image.program import read_program
from microbit_ml.quantize import from_bytes
from microbit_ml.recordings.faces import Faces
from microbit_ml.targets import TARGETS

RECOGNIZER_FILES = ("gesture.py", "loader.py", "recognizer.py")
SEARCH = b"    first = "  # the line of loader.py with the address where it looks for kernels


def board_files(
    model: bytes,
    program: Path | str | bytes | None = None,
    board: str | None = None,
    faces: Faces | None = None,
) -> dict[str, bytes]:
    """Names and contents for a board of any target.

    model: the content of model.bin, or b"" for the kernels of every kind of model; program: a file
    to use as main.py instead of the launcher, or its content, already checked; board: the name of a
    target, to leave out the machine code of the others; faces: what the launcher shows and plays.
    Comments are stripped from the kit's own files: V2 has 20,160 bytes in all.
    Raises FileMissingError when the program does not exist, and ProgramError when no target can run
    it.
    """
    folder = firmware_folder()
    device = from_bytes(model) if model else None
    targets = [one for one in TARGETS.values() if board in (None, one.name)]
    files = {name: (folder / name).read_bytes() for name in RECOGNIZER_FILES}
    if program is None:
        files |= launcher(folder, device.labels if device else [], faces or {})
        if not any(one.has_speaker for one in targets):
            files = {name: files[name] for name in files if name not in SPEAKER_FILES}
    files = {
        name: without_comments(content) if name.endswith(".py") else content
        for name, content in files.items()
    }
    if program is not None:
        files[MAIN] = program if isinstance(program, bytes) else read_program(program)
    files["loader.py"] = with_search(files["loader.py"])
    needs = Needs.of(device) if device else None
    files |= {kernel_file(one.name): kernels(one.name, needs) for one in targets}
    files["model.bin"] = model
    return files


def with_search(loader: bytes) -> bytes:
    """The source of loader.py, with the flash addresses where to look for each target's kernels."""
    lines = loader.split(b"\n")
    (index,) = (i for i, line in enumerate(lines) if line.startswith(SEARCH))
    lines[index] = SEARCH + _search_expression().encode()
    return b"\n".join(lines)


def _search_expression() -> str:
    """A MicroPython expression: the first address to search, by the digit in the file's name."""
    addresses: dict[str, int] = {}
    for one in TARGETS.values():  # targets of one chip share the digit, and the lowest address
        addresses[one.kernel_digit] = min(
            one.search_from, addresses.get(one.kernel_digit, one.search_from)
        )
    first, *others = addresses.items()
    expression = f"0x{first[1]:X}"
    for digit, address in others:
        expression = f'0x{address:X} if name[8] == "{digit}" else {expression}'
    return expression


def without_comments(source: bytes) -> bytes:
    """Python source without its comments; line numbers stay the same."""
    lines = source.decode("utf-8").splitlines()
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return ("\n".join(lines) + "\n").encode("utf-8")
