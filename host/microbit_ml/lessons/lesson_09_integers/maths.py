"""The maths of lesson 9: change a line here, and run the lesson again."""

from __future__ import annotations

import numpy as np

from microbit_ml.arithmetic.fixed_point import SMALL_INT_LIMIT
from microbit_ml.kinds import ACTIVATION_LIMIT, HIDDEN_LIMIT, IntegerDense
from microbit_ml.model import Model

BYTE_BITS = 8


def bits_of(number: int, n_bits: int = BYTE_BITS) -> str:
    """A whole number in bits; a negative one in two's complement."""
    return format(number % 2**n_bits, "b").zfill(n_bits)


def value_of(bits: str) -> int:
    """The value of bits as an unsigned number."""
    return sum(int(bit) * 2**position for position, bit in enumerate(reversed(bits)))


def int8_of(bits: str) -> int:
    """The value of eight bits as an int8: the first position is worth a negative number."""
    return value_of(bits) - int(bits[0]) * 2**BYTE_BITS


def add_int8(a: int, b: int) -> int:
    """Add as a processor with eight bits does."""
    return int8_of(bits_of(a + b))


def to_bits(weights: np.ndarray, bits: int) -> np.ndarray:
    """Weights rounded to so many bits; each neuron has its own scale."""
    if bits == 1:  # only the sign is left
        return np.where(weights < 0, -1, 1) * np.abs(weights).mean(axis=0)
    most = 2 ** (bits - 1) - 1
    step = np.abs(weights).max(axis=0) / most
    return np.round(weights / step) * step


def to_ternary(weights: np.ndarray) -> np.ndarray:
    """Weights rounded to minus one, zero or one, times a scale for each neuron."""
    step = np.abs(weights).mean(axis=0)
    return np.clip(np.round(weights / step), -1, 1) * step


def bytes_for(n_weights: int, bits: int) -> int:
    """The number of bytes that hold so many weights; the last one may not be full."""
    return -(-n_weights * bits // BYTE_BITS)


def fractions_of_limit(model: Model) -> list[float]:
    """The most that each neuron can reach, as a fraction of the integer limit."""
    fractions, largest_input = [], ACTIVATION_LIMIT
    for layer in dense_layers(model):
        sizes = np.abs(layer.weights.astype(int)).sum(axis=1)
        bound = np.abs(layer.bias) + sizes * largest_input
        most = bound * layer.multiplier + (1 << (layer.shift - 1))
        fractions += (most / SMALL_INT_LIMIT).tolist()
        largest_input = HIDDEN_LIMIT
    return fractions


def dense_layers(model: Model) -> list[IntegerDense]:
    """The dense layers, hidden ones first; the last one gives the scores (logits)."""
    return [layer for layer in model.network.stages if isinstance(layer, IntegerDense)]
