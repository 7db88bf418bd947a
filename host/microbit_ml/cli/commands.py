"""The table of commands, the only source of help, spelling suggestions and dispatch."""

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
        """Run the command with its parsed arguments."""
        self._module().run(args)

    def _module(self) -> ModuleType:
        # A Python keyword such as import cannot name a module, so that one is import_.py.
        name = f"{self.name}_" if keyword.iskeyword(self.name) else self.name
        return import_module(f"microbit_ml.cli.{name}")


COMMANDS = (
    Command(
        "demo", "try everything without hardware: simulate, train, boot virtual boards, recognise"
    ),
    Command("collect", "record movements with a board, or fetch what it recorded on its own"),
    Command("simulate", "make practice data: a data set of simulated people, no board needed"),
    Command("import", "add recordings from other data sets, other programs or a data log"),
    Command("export", "write a data set, or part of it, to one file to share"),
    Command("show", "show what is in a data set, and what may be wrong with it"),
    Command("label", "choose the icon and the sound that a board has for a label"),
    Command("train", "train a model on a data set, and make its integer version for the board"),
    Command(
        "evaluate", "measure how good a model is: confusion matrix, accuracy, precision, recall, F1"
    ),
    Command(
        "compare",
        "compare a network with simpler methods: accuracy, footprint, and which to choose",
    ),
    Command(
        "report", "write a page about a model: how good it is, how we know, and what to do next"
    ),
    Command("predict", "predict the labels of recordings with a model, here or on a board"),
    Command("run", "run your own program on the micro:bit, or on a virtual one"),
    Command("build", "write a hex file for V1 and V2 with the model in it"),
    Command("flash", "put a model on the micro:bit that is plugged in, or on several"),
    Command("boards", "list the boards that are plugged in, and the virtual ones"),
    Command("check", "check a board: sensor, memory, integers, times, samples, files, serial line"),
    Command("watch", "show live what a board measures and decides"),
    Command(
        "benchmark", "measure a model's instructions, time, memory and files on virtual boards"
    ),
    Command("virtual", "run a virtual micro:bit in the terminal, or as a port for other programs"),
    Command("lesson", "learn the mathematics of deep learning in ten lessons, step by step"),
    Command("completion", "let your shell complete verbs, options and files with the Tab key"),
)

_SYNONYMS = {
    "collect": "record capture sample",
    "simulate": "new generate create init make",
    "show": "view inspect plot list",
    "train": "fit teach learn",
    "label": "icon sound face",
    "evaluate": "test score validate measure",
    "check": "verify diagnose selftest prove",
    "predict": "recognise recognize classify",
    "build": "hex compile",
    "flash": "upload install deploy write send",
    "boards": "ports devices scan",
    "watch": "monitor live",
    "virtual": "play emulate emulator simulator",
    "run": "start execute exec launch",
    "lesson": "tutorial course teach",
}
SYNONYMS: dict[str, list[str]] = {}
"""Other words that people try, each with the verbs that it may mean."""
for _verb, _words in _SYNONYMS.items():
    for _word in _words.split():
        SYNONYMS.setdefault(_word, []).append(_verb)
