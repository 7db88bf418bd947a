"""The kit's exceptions. Each message says what happened, the value, and what to do next.

Every class inherits :class:`KitError`, which the command line prints without a traceback,
and a builtin, so that a program may catch the one it already knows.
"""


class KitError(Exception):
    """Anything that the kit explains instead of showing a traceback."""


class DataError(KitError, ValueError):
    """A recording, a data set or an imported file cannot be used."""


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
