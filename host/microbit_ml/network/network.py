"""A network: layers in a row, with all their weights in one long vector.

An optimizer need not know about layers: to it, a network is a point in a space of about a thousand
dimensions, and the gradient is an arrow there. So all parameters are in one vector, and each
layer's weights and bias are views of a part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from microbit_ml.network.architecture import build_layers
from microbit_ml.network.layers import Dense, Dropout, Layer, ReLU

EVALUATED_AT_ONCE = 8192  # rows: bounds the memory


class Network:
    """Layers from the inputs to one score (logit) per class.

    architecture: see ``microbit_ml.network.architecture``, such as "16" (one hidden layer of 16
    units) or "" (none); n_inputs: numbers in a row; n_outputs: scores; models: the number of
    networks to train together (None: one, without an axis for it); dropout: the fraction of each
    hidden layer's outputs that training leaves out; dtype: float32 is twice as fast.
    """

    def __init__(
        self,
        architecture: str,
        n_inputs: int,
        n_outputs: int,
        rng: np.random.Generator,
        *,
        models: int | None = None,
        dropout: float = 0.0,
        dtype: Any = np.float64,
    ):
        self.architecture, self.n_inputs, self.n_outputs = architecture, n_inputs, n_outputs
        self.layers: list[Layer] = build_layers(architecture, n_inputs, n_outputs, rng, dropout)
        size = sum(layer.weights.size + layer.bias.size for layer in self.trainable_layers)
        shape = (size,) if models is None else (models, size)
        self._bind_parameters(np.zeros(shape, dtype=dtype))
        for layer in self.trainable_layers:
            layer.start(rng)

    def _bind_parameters(self, parameters: np.ndarray) -> None:
        """Make each layer's arrays views of a part of the vector."""
        self.parameters, self.gradient = parameters, np.zeros_like(parameters)
        self.is_weight = np.zeros(parameters.shape[-1], dtype=parameters.dtype)
        models, start = parameters.shape[:-1], 0
        for layer in self.trainable_layers:
            inputs, outputs = layer.weights.shape[-2:]
            middle = start + inputs * outputs
            end = middle + outputs
            self.is_weight[start:middle] = 1.0
            layer.weights = parameters[..., start:middle].reshape(*models, inputs, outputs)
            layer.bias = parameters[..., middle:end].reshape(*models, 1, outputs)
            layer.weight_gradient = self.gradient[..., start:middle].reshape(layer.weights.shape)
            layer.bias_gradient = self.gradient[..., middle:end].reshape(layer.bias.shape)
            start = end

    @property
    def trainable_layers(self) -> list[Dense]:
        """The layers that have weights (dense and convolution), in order."""
        return [layer for layer in self.layers if isinstance(layer, Dense)]

    def set_training(self, training: bool) -> None:
        """Switch dropout on or off."""
        for layer in self.layers:
            if isinstance(layer, Dropout):
                layer.training = training

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Scores of each class. x: (batch, n_inputs) -> (batch, n_outputs)."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, gradient: np.ndarray) -> None:
        """Backpropagation: from the scores back to the first layer.

        gradient: the slopes of the scores. Each layer but the first
        passes the slopes of its inputs back to the layer before it.
        """
        first, *rest = self.layers
        for layer in reversed(rest):
            gradient = layer.backward(gradient)
        if isinstance(first, Dense):
            first.keep_gradients(gradient)

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """The inputs of the last layer: (batch, n_hidden). Without a hidden layer, x itself."""
        for layer in self.layers[:-1]:
            x = layer.forward(x)
        return x

    def evaluate(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores, as of :meth:`forward`, and the inputs of the last layer, as of :meth:`hidden`.

        For any number of rows x, (n, n_inputs), of one network: EVALUATED_AT_ONCE at a time, and
        the layers remember none of them.
        """
        scores = np.empty((len(x), self.n_outputs))
        hidden = np.empty((len(x), self.layers[-1].n_inputs))
        for start in range(0, len(x), EVALUATED_AT_ONCE):
            block = slice(start, start + EVALUATED_AT_ONCE)
            hidden[block] = self.hidden(x[block])
            scores[block] = self.layers[-1].forward(hidden[block])
        self.forget()
        return scores, hidden

    def forget(self) -> None:
        """Let go of what the layers remember of the last batch."""
        for layer in self.layers:
            layer.forget()

    def one(self, model: int) -> Network:
        """One of the networks that were trained together, on its own, in float64."""
        single = Network(self.architecture, self.n_inputs, self.n_outputs, np.random.default_rng(0))
        single.parameters[:] = self.parameters[model]
        return single

    @property
    def stages(self) -> Sequence[Layer]:
        """The layers that the board computes; a ReLU is the lower limit of the layer before it."""
        return [layer for layer in self.layers if not isinstance(layer, (ReLU, Dropout))]
