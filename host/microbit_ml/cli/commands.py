"""The one table of commands. Help, spelling suggestions and dispatch are all made from it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Command:
    """One verb: a line of help, and where its arguments and its handler are.

    ``arguments`` and ``handler`` read "module:function" inside this package and are imported when
    the verb is used, so that ``microbit-ml --help`` does not wait for NumPy.
    """

    name: str
    help: str
    arguments: str
    handler: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Let the command describe its arguments to ``parser``."""
        _function(self.arguments)(parser)

    def run(self, args: argparse.Namespace) -> None:
        """Do what the verb says, with the arguments that were parsed."""
        _function(self.handler)(args)


def _function(place: str) -> Callable[[Any], None]:
    module, name = place.split(":")
    found: Callable[[Any], None] = getattr(import_module(f"microbit_ml.cli.{module}"), name)
    return found


COMMANDS = (
    Command(
        "demo",
        "the whole way without hardware: simulate, train, boot virtual boards, recognise",
        "demo:add_arguments",
        "demo:run",
    ),
    Command(
        "collect",
        "record movements from a board, or fetch what it recorded by itself",
        "collect:add_arguments",
        "collect:run",
    ),
    Command(
        "import",
        "add recordings to a data set: another one's, other programs', a data log's",
        "data:add_import_arguments",
        "data:import_files",
    ),
    Command(
        "export",
        "write a data set, or a part of it, into one file to hand on",
        "export:add_arguments",
        "export:run",
    ),
    Command(
        "show",
        "what is in a data set, and what may be wrong with it",
        "data:add_show_arguments",
        "data:show",
    ),
    Command(
        "train",
        "train a model on a data set, integers for the board included",
        "learn:add_train_arguments",
        "learn:train_model",
    ),
    Command(
        "evaluate",
        "how often a model is right: confusion matrix, accuracy, precision, recall, F1",
        "judge:add_evaluate_arguments",
        "judge:evaluate",
    ),
    Command(
        "compare",
        "the network beside simpler methods: accuracy, size, cost, and which to choose",
        "compare:add_arguments",
        "compare:run",
    ),
    Command(
        "report",
        "one page about a model: how good it is, on what evidence, and what to do next",
        "report:add_arguments",
        "report:run",
    ),
    Command(
        "predict",
        "what a model says about recordings, computed here or on a board",
        "judge:add_predict_arguments",
        "judge:predict",
    ),
    Command(
        "build",
        "write a hex file for V1 and V2 with the model in it",
        "device:add_build_arguments",
        "device:build",
    ),
    Command(
        "flash",
        "put the model on the micro:bit that is plugged in",
        "flash:add_arguments",
        "flash:run",
    ),
    Command(
        "boards",
        "the boards that are plugged in, and the virtual ones",
        "boards:add_arguments",
        "boards:run",
    ),
    Command(
        "watch",
        "what a board sees and decides, live",
        "watch:add_arguments",
        "watch:run",
    ),
    Command(
        "benchmark",
        "instructions, time, memory and files of a model on each virtual board",
        "benchmark:add_arguments",
        "benchmark:run",
    ),
    Command(
        "virtual",
        "run a virtual micro:bit in the terminal, or as a port for other programs",
        "virtual:add_arguments",
        "virtual:run",
    ),
    Command(
        "lesson",
        "ten lessons: the mathematics of deep learning, step by step",
        "lesson:add_arguments",
        "lesson:run",
    ),
)
