"""The files that go onto a board: the kit's firmware, the model, and a program."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.errors import FileMissingError
from microbit_ml.firmware_files import firmware_folder

RECOGNIZER_FILES = (
    "answer.py",
    "gesture.py",
    "loader.py",
    "network_kernels.py",
    "features.py",
    "network.py",
    "recognizer.py",
)
LAUNCHER = "main.py"


def board_files(model: bytes, program: Path | str | None = None) -> dict[str, bytes]:
    """Names and contents for a board of either kind.

    model: the content of model.bin; program: a file to use as main.py instead of the launcher.
    Raises FileMissingError when the program does not exist.
    """
    folder = firmware_folder()
    main = folder / LAUNCHER if program is None else Path(program)
    try:
        files = {"main.py": main.read_bytes()}
    except OSError as error:
        raise FileMissingError(f"The program {main} cannot be read: {error.strerror}.") from error
    for name in RECOGNIZER_FILES:
        files[name] = (folder / name).read_bytes()
    files["model.bin"] = model
    return files
