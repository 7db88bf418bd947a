"""The kit's exceptions. Each message says what happened, the value, and what to do next.

Every class inherits :class:`KitError`, which the command line prints without a traceback,
and a builtin, so that a program may catch the one it already knows.
"""

from __future__ import annotations


class KitError(Exception):
    """Any error that the kit explains instead of showing a traceback."""


class UsageError(KitError, ValueError):
    """The request is wrong: an unknown option, a bad value, or options that do not go together.

    parameter: the name of the function's parameter with the bad value, or "" when no single one is
    to blame; the command line names the matching option, and exits with 2.
    """

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


class DataError(KitError, ValueError):
    """A recording, a data set or an imported file cannot be used."""


class SettingError(UsageError, DataError):
    """A setting has a value that is never valid, whatever the data."""


class ModelError(KitError, ValueError):
    """A model file is damaged, or a model does not fit the task."""


class HexError(KitError, ValueError):
    """A hex image cannot be read or built."""


class ProgramError(KitError, ValueError):
    """A program of one's own is not Python, or uses what the board's MicroPython lacks."""


class BoardError(KitError, OSError):
    """A board or its drive cannot be found, does not answer, or cannot be written.

    flash: where flashing a model mends it, the options that ``microbit-ml flash`` needs for that;
    None elsewhere. The command line adds the command to the message.
    """

    flash: tuple[str, ...] | None = None

    def mended_by_flash(self, *options: str) -> BoardError:
        """The same error, which flashing a model with these options mends."""
        self.flash = options
        return self


class NoBoardError(BoardError):
    """No micro:bit is plugged in."""


class FileMissingError(KitError, FileNotFoundError):
    """A file or a folder that was named does not exist."""


class VirtualBoardError(KitError, RuntimeError):
    """The program on a virtual board crashed, or never did what the caller waited for."""
