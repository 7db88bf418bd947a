"""How the program was called, to print commands that work as they stand."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from microbit_ml.common.wording import quoted
from microbit_ml.console.explained import PROGRAM


def typed_program() -> str:
    """``microbit-ml``, or its path where typing that name would not find this program.

    So somebody who ran ``.venv/bin/microbit-ml`` reads commands with ``.venv/bin/microbit-ml``.
    """
    called = Path(sys.argv[0])
    if called.stem != PROGRAM or not called.exists():
        return PROGRAM
    found = shutil.which(PROGRAM)
    if found is not None and called.samefile(found):
        return PROGRAM
    if called.is_absolute() and called.is_relative_to(Path.cwd()):
        called = called.relative_to(Path.cwd())
    return quoted(called)
