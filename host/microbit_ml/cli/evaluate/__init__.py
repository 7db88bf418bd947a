"""``evaluate``: how often a model, or a way of training, is right."""

from microbit_ml.cli.evaluate.command import add_arguments, run

__all__ = ["add_arguments", "run"]
