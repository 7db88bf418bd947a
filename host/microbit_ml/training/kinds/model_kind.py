"""Model kind: how to fit models of one kind, and what the rest of the kit needs to know of them.

A kind is a class with :func:`register`. Its models are a :class:`FittedModel` in real numbers and,
on the board, a sequence of records (:mod:`microbit_ml.kinds`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.model import Model
from microbit_ml.network import History, Progress
from microbit_ml.quantize import FittedModel, IntegerNetwork
from microbit_ml.training.rows import TrainingRows
from microbit_ml.training.settings import KIND_SETTINGS, Settings


class ModelKind(ABC):
    """A kind of model.

    NAME: in commands and settings, such as "one_layer"; TITLE: in tables and texts; SETTINGS: the
    settings that it fixes; COMPARED: whether ``compare`` has a row for it.
    """

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    SETTINGS: ClassVar[Mapping[str, Any]] = {}
    COMPARED: ClassVar[bool] = True

    def completed(self, options: Settings, n_inputs: int, n_labels: int) -> Settings:
        """The settings with a value for everything that this kind reads.

        Raises ModelError for a model that would be too large for a board's file.
        """
        return options

    def variants(self, options: Settings, *, from_scratch: bool) -> tuple[str, ...]:
        """The names of variants to fit; the held-out loss decides which one is kept.

        from_scratch: False when a model is fine-tuned.
        """
        return ("",)

    @abstractmethod
    def fit(
        self,
        data: TrainingRows,
        held_out: np.ndarray,
        options: Settings,
        rng: np.random.Generator,
        *,
        start: FittedModel | None = None,
        variant: str = "",
        progress: Progress | None = None,
    ) -> tuple[Sequence[FittedModel], History]:
        """A model for each row of held_out, bool (models, n_recordings): what it must not train
        on; and the losses of all models together, empty where training has no steps.

        start: a model to fine-tune, from :meth:`beginning`. Random numbers for several models have
        the models as their first axis.
        """

    @abstractmethod
    def integers(self, model: Any, rows: np.ndarray) -> IntegerNetwork:
        """A fitted model in integers, calibrated by the rows of its training recordings.

        Raises ModelError when it holds a number that is not finite.
        """

    def beginning(
        self, start: Model, options: Settings, n_inputs: int, names: list[str]
    ) -> FittedModel:
        """The model to fine-tune, with outputs for the labels in names.

        Raises DataError where a kind cannot be fine-tuned.
        """
        raise DataError(
            f"A model of kind {self.NAME!r} cannot learn new gestures later. "
            "Train a new model with all recordings."
        )


class OneByOneKind(ModelKind):
    """A kind that learns without steps of gradient descent: its models are fitted one by one."""

    def fit(
        self,
        data: TrainingRows,
        held_out: np.ndarray,
        options: Settings,
        rng: np.random.Generator,
        *,
        start: FittedModel | None = None,
        variant: str = "",
        progress: Progress | None = None,
    ) -> tuple[Sequence[FittedModel], History]:
        """Each model has a random generator of its own. No history: there are no steps."""
        seeds = (rng.random((len(held_out), 1)) * 2**32).astype(np.int64)[:, 0]
        models: list[FittedModel] = []
        for held, seed in zip(held_out, seeds.tolist(), strict=True):
            models.append(self.model(data, held, options, np.random.default_rng(seed)))
            if progress:
                trained = data.originals(~held)
                loss = models[-1].loss(data.rows[trained], data.targets[trained])
                progress(len(models), len(held_out), loss, None)
        return models, History()

    @abstractmethod
    def model(
        self, data: TrainingRows, held: np.ndarray, options: Settings, rng: np.random.Generator
    ) -> FittedModel:
        """The model that is not trained on the recordings ``held``, bool (n_recordings,)."""

    def integers(self, model: Any, rows: np.ndarray) -> IntegerNetwork:
        """As the model itself makes them: it needs no rows to calibrate."""
        integers: IntegerNetwork = model.integers()
        return integers


KINDS: dict[str, ModelKind] = {}
"""The kinds by name, in the order of lists."""

_K = TypeVar("_K", bound=type[ModelKind])


def register(kind: _K) -> _K:
    """Register a kind of model for the whole kit; a decorator.

    Raises ValueError when another kind has its name or its title.
    """
    if kind.NAME in KINDS or any(one.TITLE == kind.TITLE for one in KINDS.values()):
        raise ValueError(f"There is another kind of model called {kind.NAME!r} or {kind.TITLE!r}.")
    KINDS[kind.NAME] = kind()
    KIND_SETTINGS[kind.NAME] = kind.SETTINGS
    return kind


def unregister(name: str) -> None:
    """Remove a kind, such as one that only a test needs."""
    del KINDS[name], KIND_SETTINGS[name]
