"""``evaluate``: test a model on recordings, or a way of training by a protocol."""

from microbit_ml.cli.evaluate.command import add_arguments, run

__all__ = ["add_arguments", "run"]
