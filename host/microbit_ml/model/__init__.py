"""Model: what training makes, what a ``.mbml`` file holds and what the board runs."""

from microbit_ml.model.model import Model, ReplayBuffer
from microbit_ml.quantize import Prediction

__all__ = ["Model", "Prediction", "ReplayBuffer"]
