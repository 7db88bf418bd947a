"""Training: settings, fitting, cross-fitting, and going on from a model."""

from microbit_ml.training.settings import Settings
from microbit_ml.training.trainer import train

__all__ = ["Settings", "train"]
