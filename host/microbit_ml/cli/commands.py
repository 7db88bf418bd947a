"""The one table of commands. Help, spelling suggestions and dispatch are all made from it."""

from __future__ import annotations

import argparse
import keyword
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Command:
    """One verb and a line of help.

    The module of its name (``cli/train.py`` or ``cli/collect/``) has ``add_arguments(parser)`` and
    ``run(args)``. It is imported when the verb is used, so that ``microbit-ml --help`` does not
    wait for NumPy.
    """

    name: str
    help: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Let the command describe its arguments to ``parser``."""
        self._module().add_arguments(parser)

    def run(self, args: argparse.Namespace) -> None:
        """Do what the verb says, with the arguments that were parsed."""
        self._module().run(args)

    def _module(self) -> ModuleType:
        # A word of Python's own, such as import, cannot be imported as it is: import_.py.
        name = f"{self.name}_" if keyword.iskeyword(self.name) else self.name
        return import_module(f"microbit_ml.cli.{name}")


COMMANDS = (
    Command(
        "demo", "the whole way without hardware: simulate, train, boot virtual boards, recognise"
    ),
    Command("collect", "record movements from a board, or fetch what it recorded by itself"),
    Command("import", "add recordings to a data set: another one's, other programs', a data log's"),
    Command("export", "write a data set, or a part of it, into one file to hand on"),
    Command("show", "what is in a data set, and what may be wrong with it"),
    Command("train", "train a model on a data set, integers for the board included"),
    Command(
        "evaluate", "how often a model is right: confusion matrix, accuracy, precision, recall, F1"
    ),
    Command("compare", "compare the network with simpler methods: accuracy, size, speed"),
    Command(
        "report", "one page about a model: how good it is, on what evidence, and what to do next"
    ),
    Command("predict", "what a model says about recordings, computed here or on a board"),
    Command("build", "write a hex file for V1 and V2 with the model in it"),
    Command("flash", "put the model on the micro:bit that is plugged in"),
    Command("boards", "the boards that are plugged in, and the virtual ones"),
    Command("watch", "what a board sees and decides, live"),
    Command("benchmark", "instructions, time, memory and files of a model on each virtual board"),
    Command("virtual", "run a virtual micro:bit in the terminal, or as a port for other programs"),
    Command("lesson", "ten lessons: the mathematics of deep learning, step by step"),
)
