"""The command line: ``microbit-ml VERB``."""

from microbit_ml.cli.app import main

__all__ = ["main"]
