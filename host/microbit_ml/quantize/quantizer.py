"""Quantization: from the float model to the integer network.

A real number r becomes the integer q with r = q * step, as on a ruler; the step (the quantization
scale) is just large enough for the largest number. Weights have one step for each output; the
inputs and outputs of a layer have one step each, which the training recordings determine
(calibration).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from microbit_ml.arithmetic.fixed_point import BIAS_LIMIT, choose_multipliers, multiplier_codes
from microbit_ml.errors import ModelError
from microbit_ml.kinds import (
    ACTIVATION_LIMIT,
    HIDDEN_LIMIT,
    OPEN,
    PROJECTION_LIMIT,
    SCORE_LIMIT,
    IntegerConv,
    IntegerDense,
    IntegerNoveltyDetector,
    IntegerPool,
    RawScale,
    Scale,
    Stage,
)
from microbit_ml.network import Conv1D, Dense, Layer, MaxPool, Network
from microbit_ml.quantize.float_model import (
    INPUT_STEP,
    MARGIN_LIMIT,
    MARGIN_WEIGHT,
    PROJECTION_STEP,
    RAW_SCALE,
    FloatModel,
    Normaliser,
    NoveltyDetector,
)
from microbit_ml.quantize.integer_network import IntegerNetwork

SCORE_STEP = 1 / 64  # of a score (logit): 64 more steps make a label e = 2.7 times as probable;
# coarser only where training scores would come near the limits of 16 bits
WEIGHT_LIMIT = 127
CENTER_LIMIT = 1 << 14
MARGIN_SHIFT = 7


def quantize(model: FloatModel, rows: np.ndarray) -> IntegerNetwork:
    """The integer network that computes what ``model`` computes, as nearly as int8 can.

    rows: int (n, n_inputs) of the training recordings, for calibration. Each label's acceptance
    radius is ``model.gate.threshold`` plus its class offset; with an infinite threshold nothing is
    unknown. Raises ModelError when a weight is not finite.
    """
    first: Stage = quantize_raw(len(model.normaliser.mean))
    if model.groups:
        first = quantize_scale(model.normaliser)
    x = model.normaliser.apply(rows)
    layers, step, inputs = _quantize_hidden(model.network, x)
    last = model.network.trainable_layers[-1]
    largest = float(np.abs(model.network.forward(x)).max(initial=0.0))
    score_step = max(SCORE_STEP, largest / (SCORE_LIMIT / 2))
    limits = (-SCORE_LIMIT, SCORE_LIMIT)
    scores = quantize_dense(last.weights, last.bias[0], step, score_step, inputs, limits)
    gate = quantize_gate(model.gate, step, score_step)
    return IntegerNetwork(model.groups, [first, *layers, scores], gate)


def _quantize_hidden(network: Network, x: np.ndarray) -> tuple[list[Stage], float, tuple[int, int]]:
    """The layers before the scores; the step of the inputs of the scores, and their range."""
    layers: list[Stage] = []
    step, inputs = INPUT_STEP, (-ACTIVATION_LIMIT, ACTIVATION_LIMIT)
    for layer in network.stages[:-1]:
        x = layer.forward(x)
        if isinstance(layer, Dense):  # the others change neither the step nor the range
            x = np.maximum(x, 0.0)
            out_step = max(float(x.max(initial=0.0)), 1e-3) / HIDDEN_LIMIT
        else:
            out_step = step
        layers.append(QUANTIZERS[type(layer)](layer, step, out_step, inputs))
        if isinstance(layer, Dense):
            step, inputs = out_step, (0, HIDDEN_LIMIT)
    return layers, step, inputs


def _hidden(layer: Layer, step: float, out_step: float, inputs: tuple[int, int]) -> IntegerDense:
    assert isinstance(layer, Dense)
    outputs = (0, HIDDEN_LIMIT)
    return quantize_dense(layer.weights, layer.bias[0], step, out_step, inputs, outputs)


def _conv(layer: Layer, step: float, out_step: float, inputs: tuple[int, int]) -> IntegerConv:
    assert isinstance(layer, Conv1D)
    dense = _hidden(layer, step, out_step, inputs)
    return IntegerConv(dense, layer.steps, layer.stride * layer.channels)


def _pool(layer: Layer, step: float, out_step: float, inputs: tuple[int, int]) -> IntegerPool:
    assert isinstance(layer, MaxPool)
    return IntegerPool(layer.steps, layer.channels, layer.size)


QUANTIZERS: dict[type[Layer], Callable[[Layer, float, float, tuple[int, int]], Stage]] = {
    Dense: _hidden,
    Conv1D: _conv,
    MaxPool: _pool,
}
"""How to quantize each type of layer: called with the layer, the step of its inputs, the step of
its outputs, and the lowest and the highest input."""


def quantize_raw(n_inputs: int) -> RawScale:
    """Counts, shifted such that one step is RAW_SCALE * INPUT_STEP, a power of two."""
    step = RAW_SCALE * INPUT_STEP
    return RawScale(n_inputs, round(math.log2(step)))


def quantize_scale(normaliser: Normaliser) -> Scale:
    """Centers in whole units, and multipliers for ``1 / (scale * INPUT_STEP)``.

    An input is at most 2**14 from zero, so at most 2**15 from its center; a multiplier is below
    2**12: the product stays below 2**27.
    """
    if not np.isfinite(normaliser.mean).all():
        raise ModelError("A feature's mean is not a number: train the model again.")
    codes, shift = multiplier_codes(1.0 / (normaliser.scale * INPUT_STEP))
    center = np.clip(round_half_up(normaliser.mean), -CENTER_LIMIT, CENTER_LIMIT)
    return Scale(center, codes, shift)


def quantize_dense(
    weights: np.ndarray,
    bias: np.ndarray,
    step_in: float,
    step_out: float,
    inputs: tuple[int, int],
    outputs: tuple[int, int],
) -> IntegerDense:
    """One dense layer in integers.

    weights: float (n_inputs, n_outputs); bias: float (n_outputs,); step_in and step_out: the steps
    of the inputs and of the outputs; inputs: the lowest and the highest input integer; outputs: low
    and high of the result. Each output's weights get the step ``max|w| / 127``, or a coarser one
    where the bias would not fit. The multiplier is chosen such that even the largest sum that the
    weights and the input range allow cannot overflow.
    """
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        raise ModelError("The network holds numbers that are not finite: train it again.")
    step_w = np.maximum(np.abs(weights).max(axis=0, initial=0.0) / WEIGHT_LIMIT, 1e-12)
    step_w = np.maximum(step_w, np.abs(bias) / (step_in * BIAS_LIMIT))
    w = round_half_up(weights / step_w).T  # (n_outputs, n_inputs)
    b = round_half_up(bias / (step_w * step_in))
    bound = np.abs(b) + np.abs(w).sum(axis=1) * max(abs(inputs[0]), abs(inputs[1]))
    multiplier, shift = choose_multipliers(step_w * step_in / step_out, bound)
    return IntegerDense(w.astype(np.int8), b, multiplier, shift, *outputs)


def quantize_gate(
    gate: NoveltyDetector, hidden_step: float, score_step: float
) -> IntegerNoveltyDetector:
    """The novelty detector in integers; its projection is a dense layer without a bias."""
    projection = quantize_dense(
        gate.projection,
        np.zeros(gate.projection.shape[1]),
        hidden_step,
        PROJECTION_STEP,
        (-HIDDEN_LIMIT, HIDDEN_LIMIT),
        (-PROJECTION_LIMIT, PROJECTION_LIMIT),
    )
    means = np.clip(round_half_up(gate.hidden_means / hidden_step), 0, HIDDEN_LIMIT)
    centers = round_half_up(gate.feature_centers / INPUT_STEP)
    radius = round_half_up(gate.class_offsets) + (
        round_half_up(np.array(gate.threshold)) if np.isfinite(gate.threshold) else OPEN
    )
    return IntegerNoveltyDetector(
        radius=np.clip(radius, -OPEN, OPEN),
        hidden_means=means.astype(np.uint8),
        weights=projection.weights,
        multiplier=projection.multiplier,
        shift=projection.shift,
        feature_centers=np.clip(centers, -ACTIVATION_LIMIT, ACTIVATION_LIMIT).astype(np.int8),
        margin_limit=int(MARGIN_LIMIT / score_step),
        margin_factor=min(round(MARGIN_WEIGHT * score_step * (1 << MARGIN_SHIFT)), 65535),
    )


def round_half_up(values: np.ndarray) -> np.ndarray:
    """The nearest whole numbers, int64; a half is rounded up."""
    return np.floor(np.asarray(values, dtype=np.float64) + 0.5).astype(np.int64)
