"""The list of all checks, in the order in which they are done. A new one is a file and a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from microbit_ml.board.repl import BoardGoneError
from microbit_ml.deploy.check import (
    golden,
    identity,
    line,
    memory,
    sampling,
    sensor,
    storage,
    timing,
    touch,
)
from microbit_ml.deploy.check.bench import Bench, is_memory
from microbit_ml.deploy.check.result import FAILED, Findings, Result
from microbit_ml.errors import BoardError


class Check(Protocol):
    """A module of this folder. NAME: in results; TITLE: what it looks at, in words."""

    @property
    def NAME(self) -> str: ...
    @property
    def TITLE(self) -> str: ...

    def run(self, bench: Bench) -> Iterator[Result]:
        """Yields the results one by one. Raises BoardError when the board does not answer."""


CHECKS: tuple[Check, ...] = (
    identity,
    sensor,
    memory,
    golden,
    timing,
    sampling,
    storage,
    touch,
    line,
)


def run_checks(
    bench: Bench,
    checks: Sequence[Check] = CHECKS,
    begun: Callable[[str], None] = lambda title: None,
) -> Iterator[Result]:
    """The results of all checks, one by one. begun: is called with the title of each check.

    A check that the board does not take part in has failed; when the board no longer answers at
    all, the others are not done. Raises BoardGoneError when it is unplugged.
    """
    for check in checks:
        find = Findings(check.NAME)
        if not bench.answers:
            yield find.not_done(check.TITLE, "The board no longer answers.")
            continue
        begun(check.TITLE)
        try:
            yield from check.run(bench)
        except BoardGoneError:
            raise
        except BoardError as error:
            if is_memory(error):
                yield find.not_done(
                    check.TITLE,
                    "The board has too little memory for this check beside the model.",
                    str(error),
                )
                continue
            yield find.failed(check.TITLE, "The board did not answer as it should.", str(error))
            bench.answers = _answers(bench)


def _answers(bench: Bench) -> bool:
    try:
        bench.fresh()
    except BoardGoneError:
        raise
    except BoardError:
        return False
    return True


def is_right(results: Sequence[Result]) -> bool:
    """Whether none of the checks failed."""
    return all(one.status != FAILED for one in results)
