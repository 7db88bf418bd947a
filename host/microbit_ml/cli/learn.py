"""``train``: a data set in, a model file out."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from microbit_ml.board import build_hex
from microbit_ml.cli.screen import progress_bar, say
from microbit_ml.errors import DataError, FileMissingError, HexError
from microbit_ml.model import V1_HEAP_BYTES, Model
from microbit_ml.network import OPTIMIZERS
from microbit_ml.recordings import Dataset
from microbit_ml.settings import Settings
from microbit_ml.training import train

DEFAULTS = Settings()
UNSEEN = {
    "person": "the person who made it",
    "recording": "it; it may have seen the same person, so new people may do worse",
}


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the settings of training, for ``train`` and for whatever trains to evaluate."""
    group = parser.add_argument_group("settings of training")
    for name, what in (
        ("seed", "the start of all random choices; the same seed gives the same model"),
        ("window", "samples that the model looks at, 25 to 150"),
        ("hop", "samples from one look to the next on the board"),
        ("steps", "steps of gradient descent"),
        ("copies", "altered copies of each recording that training also learns from"),
    ):
        default = getattr(DEFAULTS, name)
        group.add_argument(
            f"--{name}", type=int, default=default, metavar="N", help=f"{what} (default {default})"
        )
    group.add_argument(
        "--hidden",
        type=_layer_sizes,
        default=DEFAULTS.hidden,
        metavar="N[,N]",
        help=f"units of each hidden layer (default {_comma(DEFAULTS.hidden)})",
    )
    group.add_argument(
        "--optimizer",
        choices=sorted(OPTIMIZERS),
        default=DEFAULTS.optimizer,
        help=f"how a step is taken (default {DEFAULTS.optimizer})",
    )


def training_settings(args: argparse.Namespace) -> dict[str, Any]:
    """What :func:`add_training_arguments` parsed, as keywords for ``train``; without the seed."""
    names = ("hidden", "window", "hop", "optimizer", "steps", "copies")
    return {name: getattr(args, name) for name in names}


def differs_from_defaults(args: argparse.Namespace) -> bool:
    """Whether a setting of training was asked for."""
    given = {**training_settings(args), "seed": args.seed}
    return any(value != getattr(DEFAULTS, name) for name, value in given.items())


def _layer_sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of units, such as 16, or several, such as 24,16"
        ) from None


def _comma(sizes: tuple[int, ...]) -> str:
    return ",".join(map(str, sizes))


def add_train_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``train``."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="the data set's folder")
    parser.add_argument(
        "-o",
        dest="output",
        required=True,
        type=Path,
        metavar="MODEL",
        help="the .mbml file to write",
    )
    add_training_arguments(parser)


def train_model(args: argparse.Namespace) -> None:
    """Train, save, and say how well the model does on recordings that it had not seen."""
    check_can_write(args.output, args.dataset)
    data = Dataset.load(args.dataset)
    with progress_bar("Training", args.steps) as update:

        def progress(step: int, steps: int, loss: float, validation: float | None) -> None:
            unseen = "" if validation is None else f"  held out {validation:.3f}"
            update(step, f"loss: training {loss:.3f}{unseen}")

        model = train(data, seed=args.seed, progress=progress, **training_settings(args))
    model.save(args.output)
    metrics = model.metrics
    counts = model.provenance["counts"]
    print(f"Trained on {len(data)} recordings:")
    for label, count in counts.items():
        print(f"  {label}: {count}")
    print(
        f"Recognised {metrics['held_out_accuracy']:.1%} of held-out recordings, each by a model "
        f"that had not seen {UNSEEN[metrics['held_out_by']]}."
    )
    print(f"Saved {args.output}, {args.output.stat().st_size} bytes.")
    warn_if_too_large(model)
    say(f"Next: microbit-ml build {args.output} -o {args.output.with_suffix('.hex')}")


def warn_if_too_large(model: Model) -> None:
    """Say so when a model will run on V2 only, or on no board."""
    try:
        build_hex({"v2": model.board_files()})
    except HexError as error:
        say(f"This model fits no board. {error}")
        return
    if model.heap_bytes() > V1_HEAP_BYTES:
        say(
            f"This model takes {model.heap_bytes()} bytes of a board's memory, and a V1 has "
            f"{V1_HEAP_BYTES} for it: it will run on V2 only. For V1, train with fewer hidden "
            "units or a shorter window."
        )


def check_can_write(path: Path, *sources: Path) -> None:
    """Raise before the long work, not after it, when the output cannot or must not be written.

    sources: what is read; the output must not take the place of any of it, or lie inside it.
    """
    if not path.parent.is_dir():
        raise FileMissingError(f"There is no folder {path.parent} for {path.name}. Make it first.")
    if not path.name or path.is_dir():
        raise DataError(f"{str(path)!r} is a folder. Give the name of a file after -o.")
    if not os.access(path.parent, os.W_OK):
        raise DataError(f"The folder {path.parent} may not be written. Choose another after -o.")
    for source in sources:
        if source.resolve() in (path.resolve(), *path.resolve().parents):
            raise DataError(
                f"-o {path} would write over {source}, which is read. Choose another name after -o."
            )
