"""``watch``: what a board measures and decides, live."""

from microbit_ml.cli.watch.command import add_arguments, run

__all__ = ["add_arguments", "run"]
