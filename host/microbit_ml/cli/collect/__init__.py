"""``collect``: recordings from boards into a data set."""

from microbit_ml.cli.collect.command import add_arguments, run

__all__ = ["add_arguments", "run"]
