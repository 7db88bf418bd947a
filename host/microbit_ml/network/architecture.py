"""Architectures by name: the layers between the inputs and the scores (logits).

- ``auto``: one hidden layer; its width depends on the number of labels.
- ``16``: one hidden dense layer of 16 units; ``32-16``: two; an empty text: none.
- ``cnn``: convolutions on the raw window instead of features, short for
  ``conv8x5s2-conv12x5s2-pool2-16``.
- ``conv8x5s2``: a convolution with 8 filters, a kernel of 5 time steps and a stride of 2;
  ``pool2``: max pooling over 2 time steps; then dense layers. A ReLU follows each convolution and
  each hidden dense layer.
"""

from __future__ import annotations

import re

import numpy as np

from microbit_ml.errors import SettingError
from microbit_ml.network.convolution import Conv1D, MaxPool
from microbit_ml.network.layers import Dense, Dropout, Layer, ReLU

CNN = "conv8x5s2-conv12x5s2-pool2-16"
AUTO = "auto"
# (labels at most, hidden units): model.bin stays below 2,300 bytes with up to nine labels, since a
# micro:bit V1 has little memory. The last entry is for any number of labels.
AUTO_UNITS = ((7, 16), (9, 14), (None, 12))
AXES = 3
MAX_UNITS = 255  # of a layer; the proof that nothing overflows on the board depends on it
MAX_LAYERS = 6
_N = "([0-9]{1,9})"
_LAYER = re.compile(f"(?:conv{_N}x{_N}(?:s{_N})?|pool{_N}|{_N})")


def check_architecture(text: str) -> str:
    """The architecture in full. Raises SettingError, with examples, for an invalid text."""
    if text == AUTO:
        return text
    full = CNN if text == "cnn" else text
    layers = full.split("-") if full else []
    matches = [_LAYER.fullmatch(layer) for layer in layers]
    if len(layers) > MAX_LAYERS or not all(matches):
        raise SettingError(
            f"{text!r} is not an architecture. Write for example 16 (one hidden layer), 32-16 "
            f"(two), cnn or conv8x5s2-pool2-16, with at most {MAX_LAYERS} layers.",
            "arch",
        )
    dense_began = False
    for match in filter(None, matches):
        filters, kernel, stride, pool, units = (int(g) if g else None for g in match.groups())
        outputs = units if filters is None else filters
        if outputs is not None and not 1 <= outputs <= MAX_UNITS:
            raise SettingError(
                f"A layer needs 1 to {MAX_UNITS} units, not {outputs} as in {text!r}.", "arch"
            )
        if any(number == 0 for number in (kernel, stride, pool)):
            raise SettingError(f"{text!r} has a 0 in {match.group()!r}. Use 1 or more.", "arch")
        if dense_began and not units:
            raise SettingError(
                f"{text!r} has {match.group()!r} after a dense layer. Put it before that layer.",
                "arch",
            )
        dense_began = dense_began or units is not None
    if full and not dense_began:
        raise SettingError(
            f"{text!r} does not end with a dense layer. Add one, as in {text}-16.", "arch"
        )
    return full


def chosen_architecture(architecture: str, n_labels: int) -> str:
    """The architecture itself or, for "auto", the default for this number of labels."""
    if architecture != AUTO:
        return architecture
    fitting = [units for most, units in AUTO_UNITS if most is None or n_labels <= most]
    return str(fitting[0])


def sees_raw_window(architecture: str) -> bool:
    """Whether the network's inputs are the raw window, not features."""
    return architecture == "cnn" or architecture.startswith(("conv", "pool"))


def build_layers(
    architecture: str,
    n_inputs: int,
    n_outputs: int,
    rng: np.random.Generator,
    dropout: float = 0.0,
) -> list[Layer]:
    """The layers, not yet initialised. Raises SettingError when the window is too short."""
    layers: list[Layer] = []
    length, channels = n_inputs // AXES, AXES
    full = check_architecture(architecture)
    for text in full.split("-") if full else []:
        match = _LAYER.fullmatch(text)
        assert match is not None
        filters, kernel, stride, pool, units = (int(g) if g else 0 for g in match.groups())
        if units:
            layers.append(Dense(layers[-1].n_outputs if layers else n_inputs, units))
        elif pool:
            layers.append(MaxPool(length, channels, pool))
            length //= pool
        else:
            step = stride or 1
            if kernel * channels > MAX_UNITS:
                raise SettingError(
                    f"{text} in {architecture!r} has {kernel * channels} inputs, more than "
                    f"{MAX_UNITS}. Choose a shorter kernel, or fewer filters before it.",
                    "arch",
                )
            if kernel > length:
                raise SettingError(
                    f"{text} in {architecture!r} needs {kernel} time steps, but gets {length}. "
                    "Choose a longer window, or fewer layers.",
                    "arch",
                )
            layers.append(Conv1D(length, channels, filters, kernel, step))
            length, channels = (length - kernel) // step + 1, filters
        if length < 1 and not units:
            raise SettingError(
                f"{text} in {architecture!r} leaves no time step. Choose a longer window, or fewer "
                "layers.",
                "arch",
            )
        if not pool:
            layers.append(ReLU(layers[-1].n_outputs))
        if units:
            layers.append(Dropout(units, dropout, rng))
    layers.append(Dense(layers[-1].n_outputs if layers else n_inputs, n_outputs))
    return layers
