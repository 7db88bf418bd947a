"""From the float model to the integer network.

A real number r becomes the integer q with r = q * step, as in a ruler: the step is chosen so that
the largest number just fits. Weights have one step for each output, the inputs and outputs of a
layer one step each, chosen from what the training recordings produce (calibration).
"""

from __future__ import annotations

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.quantize.fixed_point import (
    BIAS_LIMIT,
    MAX_MULTIPLIER,
    choose_multipliers,
)
from microbit_ml.quantize.float_model import PROJECTION_STEP, FloatModel, Normaliser
from microbit_ml.quantize.integer_network import (
    ACTIVATION_LIMIT,
    HIDDEN_LIMIT,
    PROJECTION_LIMIT,
    SCORE_LIMIT,
    IntegerDense,
    IntegerGate,
    IntegerNetwork,
    Scale,
)

INPUT_STEP = 1 / 20  # of a normalised feature: 127 steps reach 6.35 spreads
SCORE_STEP = 1 / 64  # of a score: 64 steps more make a label e = 2.7 times as probable;
# coarser only where training scores would come near the limits of 16 bits
WEIGHT_LIMIT = 127


def quantize(model: FloatModel, features: np.ndarray) -> IntegerNetwork:
    """The integer network that computes what ``model`` computes, as nearly as int8 can.

    features: int (n, n_features) of the training recordings, for calibration. The limit of the
    gate is not set here (it is the largest possible: nothing is unknown); training sets it from
    recordings that were held out. Raises ModelError when a weight is not finite.
    """
    x = model.normaliser.apply(features)
    scale = quantize_scale(model.normaliser)
    layers: list[IntegerDense] = []
    step, low_in, high_in = INPUT_STEP, -ACTIVATION_LIMIT, ACTIVATION_LIMIT
    *hidden_layers, last = model.network.dense
    for layer in hidden_layers:
        x = np.maximum(layer.forward(x), 0.0)
        out_step = max(float(x.max(initial=0.0)), 1e-3) / HIDDEN_LIMIT
        layers.append(
            quantize_dense(
                layer.weights, layer.bias, step, out_step, (low_in, high_in), (0, HIDDEN_LIMIT)
            )
        )
        step, low_in, high_in = out_step, 0, HIDDEN_LIMIT
    score_step = max(
        SCORE_STEP, float(np.abs(last.forward(x)).max(initial=0.0)) / (SCORE_LIMIT / 2)
    )
    score_range = (-SCORE_LIMIT, SCORE_LIMIT)
    inputs = (low_in, high_in)
    layers.append(quantize_dense(last.weights, last.bias, step, score_step, inputs, score_range))
    projection = quantize_dense(
        model.gate.projection,
        np.zeros(model.gate.projection.shape[1]),
        step,
        PROJECTION_STEP,
        inputs,
        (-PROJECTION_LIMIT, PROJECTION_LIMIT),
    )
    centers = np.clip(
        _round_half_up(model.gate.centers / PROJECTION_STEP), -PROJECTION_LIMIT, PROJECTION_LIMIT
    )
    return IntegerNetwork(scale, layers, IntegerGate(projection, centers, limit=OPEN_GATE))


OPEN_GATE = 16 * 30
"""A limit that no distance reaches: below 2**30, ``log_scale`` stays below this."""


def quantize_scale(normaliser: Normaliser) -> Scale:
    """Centers in whole units, and multipliers for ``1 / (spread * INPUT_STEP)``.

    The shift is the largest that keeps every multiplier within 15 bits. A feature is at most 2**12
    from zero and so at most 2**13 from its center: the product stays below 2**28.
    """
    factor = 1.0 / (normaliser.spread * INPUT_STEP)
    if not np.isfinite(factor).all() or not np.isfinite(normaliser.mean).all():
        raise ModelError("A feature's spread is not a number: train the model again.")
    shift = min(int(np.floor(np.log2(MAX_MULTIPLIER / factor.max()))), 24)
    if shift < 1:
        raise ModelError("A feature's spread is far too small: train the model again.")
    center = np.clip(_round_half_up(normaliser.mean), -4096, 4096)
    return Scale(center, _round_half_up(factor * 2.0**shift), shift)


def quantize_dense(
    weights: np.ndarray,
    bias: np.ndarray,
    step_in: float,
    step_out: float,
    inputs: tuple[int, int],
    outputs: tuple[int, int],
) -> IntegerDense:
    """One dense layer in integers.

    weights: float (n_inputs, n_outputs); bias: float (n_outputs,); step_in and step_out: what one
    step of an input and of an output is worth; inputs: the least and the greatest input integer;
    outputs: low and high of the result. Each output's weights get the step ``max|w| / 127``, or a
    coarser one where the bias would not fit. The largest sum that the weights and the input range
    allow is computed, and the multiplier chosen so that it cannot overflow.
    """
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        raise ModelError("The network holds numbers that are not finite: train it again.")
    step_w = np.maximum(np.abs(weights).max(axis=0) / WEIGHT_LIMIT, 1e-12)
    step_w = np.maximum(step_w, np.abs(bias) / (step_in * BIAS_LIMIT))
    w = _round_half_up(weights / step_w).T  # (n_outputs, n_inputs)
    b = _round_half_up(bias / (step_w * step_in))
    bound = np.abs(b) + np.abs(w).sum(axis=1) * max(abs(inputs[0]), abs(inputs[1]))
    multiplier, shift = choose_multipliers(step_w * step_in / step_out, bound)
    return IntegerDense(w.astype(np.int8), b, multiplier, shift, *outputs)


def _round_half_up(values: np.ndarray) -> np.ndarray:
    return np.floor(np.asarray(values, dtype=np.float64) + 0.5).astype(np.int64)
