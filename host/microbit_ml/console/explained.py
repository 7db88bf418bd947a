"""Errors at the edge of a program: a sentence for the user, and an exit code.

Exit codes: 0 success, 1 an error that was explained, 2 wrong usage (the command line alone is
wrong, whatever the files, data or boards), 130 stopped with Ctrl-C, 141 when the reader of the
output closed the pipe (``microbit-ml ... | head``), as other programs do.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Callable

from microbit_ml.common.wording import PROGRAM
from microbit_ml.console.screen import say
from microbit_ml.errors import KitError, UsageError

DONE, EXPLAINED, USAGE, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


def explained(run: Callable[[], None], debug: bool = False) -> int:
    """Call ``run`` and explain its errors, with a traceback if ``debug``. Returns the exit code."""
    try:
        code = _explained(run, debug)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return PIPE_CLOSED
    return code


def _explained(run: Callable[[], None], debug: bool) -> int:
    try:
        run()
    except SystemExit as stop:  # argparse has printed help, the version or what is wrong
        return stop.code if isinstance(stop.code, int) else USAGE
    except KeyboardInterrupt:
        say(f"{PROGRAM}: stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except (KitError, OSError) as error:
        if debug:
            say(traceback.format_exc().rstrip())
        say(f"{PROGRAM}: {explain(error)}")
        return USAGE if isinstance(error, UsageError) else EXPLAINED
    return DONE


def explain(error: Exception) -> str:
    """One sentence for ``error``; the operating system's own errors name their file."""
    if isinstance(error, OSError) and not isinstance(error, KitError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return str(error) or type(error).__name__


def _forget_stdout() -> None:
    """Discard buffered output, so that Python does not complain when it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
