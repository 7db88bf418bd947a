"""micro:bit CreateAI's machine learning pipeline, rewritten in NumPy for comparison.

24 features of the readings in its "g" (counts / 1000); batch normalisation, 16 ReLU units, softmax;
plain gradient descent with learning rate 0.1, batches of 16, 160 epochs. An action is known when
its probability is at least 0.8. The defaults of its library TensorFlow.js are used here too:
uniform random weights within +-sqrt(6 / (inputs + outputs)) (Glorot), and normalisation by a
running mean and variance that start at 0 and 1 and move by a hundredth per batch, which is why it
learns so little from few recordings.
"""

from __future__ import annotations

import numpy as np

COUNTS_PER_CREATEAI_G = 1000.0
THRESHOLD = 0.8

LAG = 5  # samples that a peak is compared with
PEAK_DEVIATIONS = 3.5
PEAK_INFLUENCE = 0.5  # weight of a peak in the values that the next samples are compared with
PEAK_MINIMUM = 0.1  # g

HIDDEN, EPOCHS, BATCH, LEARNING_RATE = 16, 160, 16, 0.1
MOMENTUM, EPSILON = 0.99, 1e-3  # of the running mean and variance


def createai_features(windows: np.ndarray) -> np.ndarray:
    """windows: int (n, samples, 3) in counts -> (n, 24): eight numbers for each of x, y, z."""
    x = windows / COUNTS_PER_CREATEAI_G
    crossings = (np.diff(np.signbit(x), axis=1)).mean(axis=1)
    columns = [
        x.max(axis=1),
        x.mean(axis=1),
        x.min(axis=1),
        x.std(axis=1),
        peaks(x),
        np.abs(np.diff(x, axis=1)).mean(axis=1) * 50,
        crossings,
        np.sqrt((x**2).mean(axis=1)),
    ]
    return np.concatenate(columns, axis=1)


def peaks(x: np.ndarray) -> np.ndarray:
    """The number of peaks in each signal: (n, samples, 3) -> (n, 3).

    A sample stands out when it differs from the mean of the previous ``LAG`` smoothed samples by
    more than 3.5 of their standard deviations and 0.1 g. It is then smoothed before the next ones
    are compared with it. A peak is the first of a run of samples that stand out upwards.
    """
    smooth = x.copy()
    mean, deviation = x[:, :LAG].mean(axis=1), x[:, :LAG].std(axis=1)
    stood_out = np.zeros((len(x), x.shape[2]), dtype=bool)
    count = np.zeros((len(x), x.shape[2]))
    for i in range(LAG, x.shape[1]):
        jump = x[:, i] - mean
        out = (np.abs(jump) > PEAK_MINIMUM) & (np.abs(jump) > PEAK_DEVIATIONS * deviation)
        count += out & (jump > 0) & ~stood_out
        halved = PEAK_INFLUENCE * x[:, i] + (1 - PEAK_INFLUENCE) * smooth[:, i - 1]
        smooth[:, i] = np.where(out, halved, x[:, i])
        recent = smooth[:, i - LAG : i]
        mean, deviation = recent.mean(axis=1), recent.std(axis=1)
        stood_out = out
    return count


class CreateAINetwork:
    """Batch normalisation - Dense 16 - ReLU - Dense - softmax, on (n, 24) features."""

    def __init__(self, n_features: int, n_classes: int, rng: np.random.Generator):
        self.scale, self.offset = np.ones(n_features), np.zeros(n_features)
        self.w1, self.b1 = _glorot(n_features, HIDDEN, rng), np.zeros(HIDDEN)
        self.w2, self.b2 = _glorot(HIDDEN, n_classes, rng), np.zeros(n_classes)
        self.running_mean, self.running_variance = np.zeros(n_features), np.ones(n_features)

    def fit(self, x: np.ndarray, targets: np.ndarray, rng: np.random.Generator) -> CreateAINetwork:
        """x: (n, n_features), targets: (n,) class numbers. The last batch of an epoch is short."""
        one_hot = np.eye(len(self.b2))[targets]
        for _ in range(EPOCHS):
            order = rng.permutation(len(x))
            for start in range(0, len(x), BATCH):
                rows = order[start : start + BATCH]
                self._step(x[rows], one_hot[rows])
        return self

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """(n, n_features) -> (n, n_classes), normalised by the running mean and variance."""
        z = (x - self.running_mean) / np.sqrt(self.running_variance + EPSILON)
        hidden = np.maximum((z * self.scale + self.offset) @ self.w1 + self.b1, 0.0)
        return _softmax(hidden @ self.w2 + self.b2)

    def _step(self, x: np.ndarray, one_hot: np.ndarray) -> None:
        """One batch forward and backward, and a step of gradient descent."""
        mean, variance = x.mean(axis=0), x.var(axis=0)
        z = (x - mean) / np.sqrt(variance + EPSILON)
        inputs = z * self.scale + self.offset
        hidden = np.maximum(inputs @ self.w1 + self.b1, 0.0)
        d_logits = (_softmax(hidden @ self.w2 + self.b2) - one_hot) / len(x)
        d_hidden = (d_logits @ self.w2.T) * (hidden > 0)
        d_inputs = d_hidden @ self.w1.T

        self.w2 -= LEARNING_RATE * (hidden.T @ d_logits)
        self.b2 -= LEARNING_RATE * d_logits.sum(axis=0)
        self.w1 -= LEARNING_RATE * (inputs.T @ d_hidden)
        self.b1 -= LEARNING_RATE * d_hidden.sum(axis=0)
        self.scale -= LEARNING_RATE * (d_inputs * z).sum(axis=0)
        self.offset -= LEARNING_RATE * d_inputs.sum(axis=0)
        self.running_mean = MOMENTUM * self.running_mean + (1 - MOMENTUM) * mean
        self.running_variance = MOMENTUM * self.running_variance + (1 - MOMENTUM) * variance


def _glorot(n_inputs: int, n_outputs: int, rng: np.random.Generator) -> np.ndarray:
    limit = np.sqrt(6.0 / (n_inputs + n_outputs))
    return rng.uniform(-limit, limit, (n_inputs, n_outputs))


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
