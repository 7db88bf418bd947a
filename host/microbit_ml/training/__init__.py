"""Training: settings, fitting, cross-fitting and fine-tuning."""

from microbit_ml.training.settings import Settings
from microbit_ml.training.trainer import train

__all__ = ["Settings", "train"]
