"""Model: the result of training, kept in a ``.mbml`` file and run by the board."""

from microbit_ml.model.model import Model, ReplayBuffer
from microbit_ml.quantize import Prediction

__all__ = ["Model", "Prediction", "ReplayBuffer"]
