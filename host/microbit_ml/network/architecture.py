"""Architectures by name: which layers stand between the inputs and the scores.

- ``auto``: one hidden layer, as wide as is good for the number of labels.
- ``16``: one hidden dense layer of 16 units; ``32-16``: two; an empty text: none.
- ``cnn``: convolutions on the raw window instead of features, short for
  ``conv8x5s2-conv12x5s2-pool2-16``.
- ``conv8x5s2``: a convolution with 8 filters over 5 moments, moving on by 2; ``pool2``: the largest
  of 2 moments in a row; then dense layers. Each convolution and dense layer has a ReLU behind it.
"""

from __future__ import annotations

import re

import numpy as np

from microbit_ml.errors import SettingError
from microbit_ml.network.convolution import Conv1D, MaxPool
from microbit_ml.network.layers import Dense, Dropout, Layer, ReLU

CNN = "conv8x5s2-conv12x5s2-pool2-16"
AUTO = "auto"
# Hidden units for up to so many labels: model.bin stays below 2,300 bytes with up to nine, since a
# micro:bit V1 has little room. The last is for any number.
AUTO_UNITS = ((7, 16), (9, 14), (None, 12))
AXES = 3
MAX_UNITS = 255  # of a layer; the proof that nothing overflows on the board rests on it
MAX_LAYERS = 6
_PART = re.compile(r"(?:conv(\d+)x(\d+)(?:s(\d+))?|pool(\d+)|(\d+))")


def check_architecture(text: str) -> str:
    """The architecture in full. Raises SettingError, with examples, for what is none."""
    if text == AUTO:
        return text
    full = CNN if text == "cnn" else text
    parts = full.split("-") if full else []
    matches = [_PART.fullmatch(part) for part in parts]
    if len(parts) > MAX_LAYERS or not all(matches):
        raise SettingError(
            f"{text!r} is not an architecture. Examples: 16 (one hidden layer), 32-16 (two), cnn, "
            f"conv8x5s2-pool2-16; at most {MAX_LAYERS} layers.",
            "arch",
        )
    dense_began = False
    for match in filter(None, matches):
        filters, kernel, stride, pool, units = (int(g) if g else None for g in match.groups())
        outputs = units if filters is None else filters
        if outputs is not None and not 1 <= outputs <= MAX_UNITS:
            raise SettingError(
                f"A layer has 1 to {MAX_UNITS} units, not {outputs} as in {text!r}.", "arch"
            )
        if any(number == 0 for number in (kernel, stride, pool)):
            raise SettingError(
                f"{text!r} has a 0 where at least 1 is needed: {match.group()!r}.", "arch"
            )
        if dense_began and not units:
            raise SettingError(
                f"{text!r} has {match.group()!r} behind a dense layer: put it before.", "arch"
            )
        dense_began = dense_began or units is not None
    if full and not dense_began:
        raise SettingError(f"{text!r} has no dense layer at its end, such as in {text}-16.", "arch")
    return full


def chosen_architecture(architecture: str, n_labels: int) -> str:
    """The architecture itself, or for "auto" what is good for this number of labels."""
    if architecture != AUTO:
        return architecture
    fitting = [units for most, units in AUTO_UNITS if most is None or n_labels <= most]
    return str(fitting[0])


def sees_raw_window(architecture: str) -> bool:
    """Whether the network looks at the window itself, not at features."""
    return architecture == "cnn" or architecture.startswith(("conv", "pool"))


def build_layers(
    architecture: str,
    n_inputs: int,
    n_outputs: int,
    rng: np.random.Generator,
    dropout: float = 0.0,
) -> list[Layer]:
    """The layers, without weights yet. Raises SettingError when the window is too short."""
    layers: list[Layer] = []
    length, channels = n_inputs // AXES, AXES
    full = check_architecture(architecture)
    for part in full.split("-") if full else []:
        match = _PART.fullmatch(part)
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
                    f"{part} in {architecture!r} weighs {kernel * channels} numbers, over "
                    f"{MAX_UNITS}. Choose a shorter kernel, or fewer filters before it.",
                    "arch",
                )
            if kernel > length:
                raise SettingError(
                    f"{part} in {architecture!r} needs {kernel} time steps and gets {length}. "
                    "Choose a longer window, or fewer layers.",
                    "arch",
                )
            layers.append(Conv1D(length, channels, filters, kernel, step))
            length, channels = (length - kernel) // step + 1, filters
        if length < 1 and not units:
            raise SettingError(
                f"{part} in {architecture!r} leaves no time step. Choose a longer window, or fewer "
                "layers.",
                "arch",
            )
        if not pool:
            layers.append(ReLU(layers[-1].n_outputs))
        if units:
            layers.append(Dropout(units, dropout, rng))
    layers.append(Dense(layers[-1].n_outputs if layers else n_inputs, n_outputs))
    return layers
