"""The default kind: a neural network, usually with one hidden layer, and its novelty detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from microbit_ml.model import Model
from microbit_ml.network import History, Network, Progress
from microbit_ml.network.architecture import chosen_architecture
from microbit_ml.quantize import FittedModel, FloatModel, IntegerNetwork, check_size, quantize
from microbit_ml.training.fine_tune import with_outputs
from microbit_ml.training.fitting import fit_models
from microbit_ml.training.kinds.model_kind import ModelKind, register
from microbit_ml.training.rows import TrainingRows
from microbit_ml.training.settings import Settings

TIMING_GROUPS = {"order", "turn"}  # features that depend on when in the window something happens


@register
class NetworkKind(ModelKind):
    """A neural network of any architecture, with a novelty detector."""

    NAME, TITLE = "network", "network"

    def completed(self, options: Settings, n_inputs: int, n_labels: int) -> Settings:
        """With an architecture instead of "auto"."""
        options = replace(options, arch=chosen_architecture(options.arch, n_labels))
        check_size(_untrained(options, n_inputs, n_labels), n_labels)
        return options

    def variants(self, options: Settings, *, from_scratch: bool) -> tuple[str, ...]:
        """A low or a high weight of the timing features: both are tried where there are any.

        A gesture hardly ever starts at the same time in its window, so they are mostly noise; but
        only they tell left-then-right from right-then-left. Fine-tuning keeps the model's choice.
        """
        both = from_scratch and TIMING_GROUPS & set(options.features)
        return ("low", "high") if both else ("low",)

    def fit(
        self,
        data: TrainingRows,
        held_out: np.ndarray,
        options: Settings,
        rng: np.random.Generator,
        *,
        start: FittedModel | None = None,
        variant: str = "low",
        progress: Progress | None = None,
    ) -> tuple[Sequence[FloatModel], History]:
        """By gradient descent, all models together (training/fitting.py)."""
        assert start is None or isinstance(start, FloatModel)
        return fit_models(
            data, held_out, options, rng, start=start, timing=variant, progress=progress
        )

    def integers(self, model: FloatModel, rows: np.ndarray) -> IntegerNetwork:
        """Quantized layer by layer (quantize/quantizer.py)."""
        return quantize(model, rows)

    def beginning(
        self, start: Model, options: Settings, n_inputs: int, names: list[str]
    ) -> FloatModel:
        """The model with an output for each name; new ones have weights of 0."""
        larger = _untrained(options, n_inputs, len(names))
        return with_outputs(start.float_model, larger, start.labels, names)


def _untrained(options: Settings, n_inputs: int, n_labels: int) -> Network:
    """A network of this shape, with one output for each label and one for "other"."""
    return Network(options.arch, n_inputs, n_labels + 1, np.random.default_rng(0))
