"""Record: one step of a model on the board, in integers; a model is a sequence of records.

In ``model.bin`` each is ``u16 kind, u16 length`` and its content (quantize/device_file.py); kind is
the NUMBER of its class. The class holds everything about a record: its twin, its bytes in the file,
the kernels that a board needs for it. A new one is a class with :func:`register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

import numpy as np

from microbit_ml.targets import Target

LABELS = 4
"""The number of the record that holds the labels' names; it computes nothing."""


class Record(ABC):
    """One step of a model, as the board computes it.

    NUMBER: that of its records in model.bin, 1 to 255; NAME: in texts; ENTRY: the label of the
    kernel that runs it (``firmware/kernels/records.py`` lists its registers); LISTINGS: the files
    of that kernel; SOURCES: listings by file name that are not in the kit's folder.
    """

    NUMBER: ClassVar[int]
    NAME: ClassVar[str]
    ENTRY: ClassVar[str]
    LISTINGS: ClassVar[tuple[str, ...]] = ()
    SOURCES: ClassVar[dict[str, str]] = {}

    @property
    @abstractmethod
    def widest(self) -> int:
        """The most numbers that go in or come out, for one window."""

    @abstractmethod
    def content(self) -> bytes:
        """Its bytes in model.bin, after kind and length."""

    @classmethod
    @abstractmethod
    def read(cls, content: bytes, n_labels: int) -> Record:
        """The record with this content. Raises ValueError or struct.error for invalid content."""


class Stage(Record):
    """A record that turns numbers into numbers; the last stage of a model makes the scores.

    reference: the same in plain Python, ``(numbers, model, offset) -> numbers``, for a record at
    an offset in model.bin; None where ``firmware/reference.py`` has it. HIDDEN: whether it can be a
    hidden layer, between the first stage and the scores; then :meth:`random` makes one. SCORE_STEP:
    the value of one step of the scores that it makes; None where the gate's margin determines it.
    """

    HIDDEN: ClassVar[bool] = False
    SCORE_STEP: ClassVar[float | None] = None
    reference: ClassVar[Callable[[Sequence[int], bytes, int], list[int]] | None] = None

    @property
    @abstractmethod
    def n_inputs(self) -> int:
        """The number of inputs."""

    @property
    @abstractmethod
    def n_outputs(self) -> int:
        """The number of outputs."""

    @property
    def widest(self) -> int:
        """The most numbers that go in or come out, for one window."""
        return max(self.n_inputs, self.n_outputs)

    @property
    def room(self) -> int:
        """The buffer size that it needs, in numbers: one more than ``widest``, for an odd number of
        inputs is read with one more."""
        return 1 + self.widest

    @property
    def products(self) -> int:
        """About how many multiplications it takes for one window."""
        return self.n_inputs

    @abstractmethod
    def apply(self, x: np.ndarray) -> np.ndarray:
        """int (n, n_inputs) -> int64 (n, n_outputs): the integers that the board computes."""

    @classmethod
    def random(cls, rng: np.random.Generator, width: int) -> Stage:
        """A stage with random numbers and at most ``width`` inputs, for measurements and tests.
        Raises TypeError for a stage that is not hidden.
        """
        raise TypeError(f"There are no random stages of the kind {cls.NAME!r}.")

    def instructions(self, target: Target) -> float | None:
        """About how many instructions it takes on a board; None where that was not measured."""
        return None


RECORDS: dict[int, type[Record]] = {}
"""The classes of records by their number."""

_R = TypeVar("_R", bound=type[Record])


def register(record: _R) -> _R:
    """Register a class of records for the whole kit; a decorator.

    Raises ValueError when its number is taken or invalid.
    """
    taken = RECORDS.get(record.NUMBER)
    if not 1 <= record.NUMBER <= 255 or record.NUMBER == LABELS or (taken and taken is not record):
        raise ValueError(f"A record cannot have the number {record.NUMBER} of {record.NAME!r}.")
    RECORDS[record.NUMBER] = record
    return record


def padded(content: bytes) -> bytes:
    """The content, padded with zeros to a multiple of 4: a Cortex-M0 loads words only there."""
    return content + bytes(-len(content) % 4)


def even(number: int) -> int:
    """The number, or the even one above it."""
    return number + number % 2
