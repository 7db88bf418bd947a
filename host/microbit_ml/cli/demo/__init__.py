"""``demo``: the five stages of a model's life, without any hardware."""

from microbit_ml.cli.demo.command import add_arguments, run

__all__ = ["add_arguments", "run"]
