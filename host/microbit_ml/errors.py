"""The kit's exceptions. Each message says what happened, the value, and what to do next.

Every class inherits :class:`KitError`, which the command line prints without a traceback,
and a builtin, so that a program may catch the one it already knows.
"""


class KitError(Exception):
    """Anything that the kit explains instead of showing a traceback."""


class UsageError(KitError, ValueError):
    """What was asked for cannot be: an option, its value, or options that do not go together.

    parameter: whose value is wrong, by the name that the function gives it, or "" for no single
    one; the command line says which option that is, and exits with 2.
    """

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


class DataError(KitError, ValueError):
    """A recording, a data set or an imported file cannot be used."""


class SettingError(UsageError, DataError):
    """A setting has a value that it can never have, whatever the data."""


class ModelError(KitError, ValueError):
    """A model file is damaged, or a model does not fit what is asked of it."""


class HexError(KitError, ValueError):
    """A hex image cannot be read or built."""


class BoardError(KitError, OSError):
    """A board or its drive cannot be found, written or talked to."""


class FileMissingError(KitError, FileNotFoundError):
    """A file or a folder that was named does not exist."""


class VirtualBoardError(KitError, RuntimeError):
    """The program on a virtual board crashed, or did not do what was waited for."""
