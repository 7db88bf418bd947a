"""Fitted: a model in real numbers, as training makes it, before it becomes integers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np

from microbit_ml.network import cross_entropy
from microbit_ml.quantize.prediction import Prediction


class FittedModel(ABC):
    """A model in real numbers. A class of them is known by its FORM, which a model's file names.

    groups: the features that it is given; none when it sees the raw window. All numbers of rows
    are what it is given: int (n, n_inputs), features or counts.
    """

    FORM: ClassVar[str]
    groups: tuple[str, ...]

    @property
    @abstractmethod
    def n_inputs(self) -> int:
        """How many numbers it is given."""

    @property
    @abstractmethod
    def n_parameters(self) -> int:
        """How many numbers it has learned."""

    @property
    @abstractmethod
    def in_words(self) -> str:
        """What it consists of, behind "This one has the seed 0 and ...", in Markdown."""

    @abstractmethod
    def scaled(self, rows: np.ndarray) -> np.ndarray:
        """The rows as it hears them, without unit: float (n, n_inputs)."""

    @abstractmethod
    def classify(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Scores (n, n_labels + 1), the last that of "other"; best (n,), the label with the highest
        score; confidence (n,) in 1/16 octaves, 0 or more is known.
        """

    @abstractmethod
    def with_threshold(self, threshold: int) -> FittedModel:
        """The same with another limit of "unknown": so much is added to every confidence."""

    @abstractmethod
    def with_shift(self, shift: np.ndarray) -> FittedModel:
        """The same with these numbers, (n_labels,), added to the confidence in each label."""

    @abstractmethod
    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What a model's file keeps of it: facts for JSON, and arrays, by name."""

    @classmethod
    @abstractmethod
    def of_parts(
        cls,
        facts: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray],
        groups: tuple[str, ...],
        n_labels: int,
    ) -> FittedModel:
        """The model that a file keeps. Raises KeyError, TypeError or ValueError for nonsense."""

    def run_rows(self, rows: np.ndarray) -> Prediction:
        """What it predicts of rows; the confidence is in the unit of the integers."""
        scores, _, confidence = self.classify(rows)
        return Prediction(scores[:, :-1], confidence, rows if self.groups else rows[:, :0])

    def loss(self, rows: np.ndarray, targets: np.ndarray) -> float:
        """The mean cross-entropy of rows whose labels are targets (n,)."""
        return float(cross_entropy(self.classify(rows)[0], targets)[0])


FORMS: dict[str, type[FittedModel]] = {}
"""The classes by the name that a file has for them."""

_F = TypeVar("_F", bound=type[FittedModel])


def form(fitted: _F) -> _F:
    """Make a class of fitted models known to the kit, so that its files can be loaded; a decorator.

    Raises ValueError when another class has its name.
    """
    if FORMS.setdefault(fitted.FORM, fitted) is not fitted:
        raise ValueError(f"There is another form {fitted.FORM!r} of fitted models.")
    return fitted
