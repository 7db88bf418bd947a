"""The folder of the board's programs on this computer.

The files of ``firmware/`` are not Python modules of this package: they run on the board. A wheel
carries them in ``microbit_ml/firmware/``; in a checkout, an unpacked source distribution and an
editable install they stay in ``firmware/`` beside ``host/``. Which files are shipped is listed in
``pyproject.toml``.
"""

from __future__ import annotations

from pathlib import Path

from microbit_ml.errors import FileMissingError

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = (_PACKAGE / "firmware", _PACKAGE.parents[1] / "firmware")


def firmware_folder() -> Path:
    """Return the folder that holds ``gesture.py`` and the board's other files.

    Raises FileMissingError when neither the installed package nor a checkout has it.
    """
    for folder in _FOLDERS:
        if (folder / "gesture.py").is_file():
            return folder
    raise FileMissingError(
        "The board's programs (gesture.py and others) are missing from this installation. "
        f"Looked in {' and '.join(str(folder) for folder in _FOLDERS)}. "
        "Install microbit-ml again: python -m pip install --force-reinstall microbit-ml"
    )
