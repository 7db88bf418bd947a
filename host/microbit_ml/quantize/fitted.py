"""Fitted model: a trained model in real numbers, before quantization."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np

from microbit_ml.network import cross_entropy
from microbit_ml.quantize.prediction import Prediction


class FittedModel(ABC):
    """A model in real numbers. FORM names the class in a model's file.

    SHAPES: of its arrays there that are float64, by name, in symbols; "inputs" and "labels" are
    those of model.bin.

    groups: the groups of features that are its input; none when it uses the raw window. ``rows``
    are always its inputs: int (n, n_inputs), features or counts.
    """

    FORM: ClassVar[str]
    SHAPES: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    groups: tuple[str, ...]

    @property
    @abstractmethod
    def n_inputs(self) -> int:
        """The number of inputs."""

    @property
    @abstractmethod
    def n_parameters(self) -> int:
        """The number of learned parameters."""

    @property
    @abstractmethod
    def in_words(self) -> str:
        """Its parts, to complete "This one has the seed 0 and ...", in Markdown."""

    @abstractmethod
    def scaled(self, rows: np.ndarray) -> np.ndarray:
        """The rows, scaled as the model scales its inputs, without unit: float (n, n_inputs)."""

    @abstractmethod
    def classify(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Scores (logits) (n, n_labels + 1), the last that of "other"; best (n,), the top-1 label;
        confidence (n,) in 1/16 octaves, 0 or more is known.
        """

    @abstractmethod
    def with_threshold(self, threshold: int) -> FittedModel:
        """The same with another threshold of "unknown", which is added to every confidence."""

    @abstractmethod
    def with_shift(self, shift: np.ndarray) -> FittedModel:
        """The same with ``shift``, (n_labels,), added to the confidence in each label."""

    @abstractmethod
    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Its content in a model's file: facts for JSON, and arrays, by name."""

    @classmethod
    @abstractmethod
    def of_parts(
        cls,
        facts: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray],
        groups: tuple[str, ...],
        n_labels: int,
    ) -> FittedModel:
        """The model from a file. Raises KeyError, TypeError or ValueError for invalid content."""

    def run_rows(self, rows: np.ndarray) -> Prediction:
        """Its prediction for rows; the confidence is in the unit of the integers."""
        scores, _, confidence = self.classify(rows)
        return Prediction(scores[:, :-1], confidence, rows if self.groups else rows[:, :0])

    def loss(self, rows: np.ndarray, targets: np.ndarray) -> float:
        """The mean cross-entropy of rows with the labels ``targets`` (n,)."""
        return float(cross_entropy(self.classify(rows)[0], targets)[0])


FORMS: dict[str, type[FittedModel]] = {}
"""The classes by their name in a file."""

_F = TypeVar("_F", bound=type[FittedModel])


def form(fitted: _F) -> _F:
    """Register a class of fitted models, to load it from files; a decorator.

    Raises ValueError when another class has its name.
    """
    if FORMS.setdefault(fitted.FORM, fitted) is not fitted:
        raise ValueError(f"There is another form {fitted.FORM!r} of fitted models.")
    return fitted
