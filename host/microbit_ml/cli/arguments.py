"""Arguments that several verbs share, checks of arguments, and a warning about large models."""

from __future__ import annotations

import argparse
import os
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from microbit_ml.cli.nearby import model_here, steps_to_model
from microbit_ml.common.numbers import number_in
from microbit_ml.common.wording import command, quoted
from microbit_ml.console.screen import say
from microbit_ml.deploy.board_limits import limits_of
from microbit_ml.errors import (
    BoardError,
    DataError,
    FileMissingError,
    NoBoardError,
    ProgramError,
    UsageError,
)
from microbit_ml.image.program import RECOGNIZER, Program
from microbit_ml.image.stock import DEFAULT, STOCK
from microbit_ml.model import Model
from microbit_ml.recordings.folders import folder_for, label_folder_names
from microbit_ml.recordings.recording import composed

MODEL_ENDING = ".mbml"


def add_model_and_program(parser: argparse.ArgumentParser) -> None:
    """The model and the program that ``build`` and ``flash`` put on a board."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .mbml file")
    parser.add_argument(
        "--program",
        type=Path,
        metavar="FILE",
        help="your own main.py; without it, the board shows and prints what it recognises",
    )


def add_runtime(parser: argparse.ArgumentParser) -> None:
    """Which MicroPython is put on the board."""
    named = " or ".join(f"{name!r} ({versions})" for name, versions in STOCK.items())
    parser.add_argument(
        "--runtime",
        metavar="WHICH",
        help=f"the MicroPython to put on the board: {named}, or a .hex file (default: {DEFAULT})",
    )


def seconds_of(text: str) -> float:
    """A positive number of seconds."""
    seconds = number_in(text)
    if not seconds > 0:  # NaN neither
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return seconds


def label_text(text: str) -> str:
    """A label that a data set can hold, in composed form, or "" for none."""
    try:
        label = composed(text, "label").strip()
        label_folder_names([label])
    except DataError as error:
        raise ArgumentTypeError(str(error)) from error
    return label


def subject_text(text: str) -> str:
    """A person's name in composed form, or "" for none."""
    try:
        return composed(text, "subject")
    except DataError as error:
        raise ArgumentTypeError(str(error)) from error


def board_name(text: str) -> str:
    """The value of --board: any name, except that of a virtual board that does not exist."""
    if not text.lower().startswith("virtual"):
        return text
    from microbit_ml.board.link import VIRTUAL, is_virtual  # slow to import

    if not is_virtual(text):
        raise ArgumentTypeError(
            f"There is no virtual board {text!r}. There are: {', '.join(VIRTUAL)}."
        )
    if text.lower() not in VIRTUAL:
        from microbit_ml.virtual.protocol_virtual import parse_url

        try:
            parse_url(text)
        except OSError as error:  # pyserial's SerialException
            raise ArgumentTypeError(str(error)) from error
    return text


def again(args: argparse.Namespace, *more: object, without: str = "") -> str:
    """The command as it was given, with more words; without: an option to leave out, and its value.

    For hints: they repeat what was given.
    """
    words = list(args.words)
    while without and without in words:
        at = words.index(without)
        del words[at : at + 2]
    return command(*(word for word in words if not word.startswith(f"{without}=")), *more)


def check_has_model(args: argparse.Namespace, program: Program) -> None:
    """Raise ProgramError where a program needs a model, and ``--model`` was not given."""
    if not program.imports_recognizer or args.model is not None:
        return
    how = way_to_model(lambda path: again(args, "--model", path))
    raise ProgramError(f"{program.path} imports {RECOGNIZER}, so it needs a model. {how}")


def way_to_model(with_model: Callable[[Path], str]) -> str:
    """How to add a model to a command: the newest one here, or how to make one first."""
    if model := model_here():
        return f"Add it: {with_model(model)}"
    steps, model = steps_to_model()
    return f"Train one first: {steps}. Then add it: {with_model(model)}"


@contextmanager
def or_virtual(command_on_virtual: str) -> Iterator[None]:
    """Where no micro:bit is plugged in, offer a command that needs none."""
    try:
        yield
    except NoBoardError as error:
        raise NoBoardError(
            f"{error} Without a board, use a virtual one: {command_on_virtual}"
        ) from error


def flash_that_mends(error: BoardError, args: argparse.Namespace) -> str | None:
    """The command that flashes a model, where that mends an error and the model is known."""
    model, program = getattr(args, "model", None), getattr(args, "program", None)
    if error.flash is None or (model is None and program is not None):
        return None
    if args.words[0] == "flash":
        return again(args, *error.flash, without="--how")
    model = model or model_here()
    if model is None:
        return None
    board = getattr(args, "board", None)
    more = ["--program", program] if program else []
    more += ["--board", board] if isinstance(board, str) and board else []
    return command("flash", model, *more, *error.flash)


def to_train(data: Path, *options: str) -> str:
    """The command that trains on recordings; those of a file are imported first."""
    if data.is_dir():
        return command("train", data, *options)
    return command("import", data, "--into", folder_for(data))


def default_output(source: Path, ending: str) -> Path:
    """``NAME`` and the ending, in this folder: what a verb writes when -o is not given.

    source: the input. Inside a data set's folder, the file goes beside that folder.
    """
    whole = source.resolve()
    name = whole.name if whole.is_dir() else whole.stem
    inside = whole.is_dir() and whole in (Path.cwd(), *Path.cwd().parents)
    folder = Path(os.path.relpath(whole.parent)) if inside else Path()
    return folder / f"{name}{ending}"


def check_ending(path: Path, ending: str, what: str) -> None:
    """Raise UsageError when a file to write does not have the ending that its content needs."""
    if path.suffix.lower() != ending and not path.is_dir():
        raise UsageError(
            f"{what} needs a file whose name ends in {ending}, not {path.name}. Write "
            f"{path.with_suffix(ending).name} after -o."
        )


def check_order(args: argparse.Namespace, model: Path, source: Path) -> None:
    """Raise UsageError when the model and the recordings were given in the wrong order."""
    if source.suffix.lower() == MODEL_ENDING and model.suffix.lower() != MODEL_ENDING:
        swap = {str(model): str(source), str(source): str(model)}
        swapped = command(*(swap.get(word, word) for word in args.words))
        raise UsageError(f"The model comes first, then the recordings: {swapped}")


def check_can_write(path: Path, *sources: Path) -> None:
    """Raise an error before the long work when the output cannot or must not be written.

    sources: the input; the output must not overwrite any of it, or lie inside it.
    """
    if not path.parent.is_dir():
        raise FileMissingError(f"There is no folder {path.parent} for {path.name}. Make it first.")
    if not path.name or path.is_dir():
        raise DataError(f"{str(path)!r} is a folder. Give the name of a file after -o.")
    for source in sources:
        if is_same(source, path):
            raise DataError(
                f"-o {path} would write over {source}, which is the input. Choose another name "
                "after -o."
            )
        if any(is_same(source, one) for one in _folders_of(path)):
            beside = Path(os.path.relpath(resolved(source).parent)) / path.name
            raise DataError(
                f"-o {path} would write over {source}, which is the input. Choose another name "
                f"after -o, for example beside that folder: {quoted(beside)}"
            )
    if path.exists() and not path.is_file():
        raise DataError(f"{path} is a device or a pipe. Give the name of a file after -o.")
    if not os.access(path.parent, os.W_OK):
        raise DataError(
            f"You may not write to the folder {path.parent}. Choose another one after -o."
        )


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file or folder: by links, ``..``, or upper and lower case on a
    disk that ignores it.
    """
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there yet
        return resolved(one) == resolved(other)


def resolved(path: Path) -> Path:
    """The path without links and ``..``; for links that lead in a circle, as it is."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _folders_of(path: Path) -> Sequence[Path]:
    """The folders that a file lies in, without links."""
    return resolved(path).parents


def warn_if_too_large(model: Model) -> None:
    """Print a warning when a model will not run on all boards."""
    if reason := limits_of(model).reason:
        say(reason)
