"""``train``: a data set in, a model file out."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from microbit_ml.console.screen import progress_bar, say
from microbit_ml.errors import DataError, FileMissingError, HexError, UsageError
from microbit_ml.features import GROUP_NAMES
from microbit_ml.image import build_hex
from microbit_ml.model import V1_HEAP_BYTES, Model
from microbit_ml.network import OPTIMIZERS
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.augment import KINDS
from microbit_ml.training import Settings, train

DEFAULTS = Settings()
UNSEEN = {
    "person": "the person who made it",
    "recording": "it; it may have seen the same person, so new people may do worse",
}


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the settings of training, for ``train`` and for whatever trains to evaluate."""
    group = parser.add_argument_group("settings of training (the defaults choose well)")
    group.add_argument(
        "--arch",
        metavar="NAME",
        help="hidden layers: 16, 24, 32-16 (two layers), cnn (convolutions on the raw window); "
        "default 16 units, 14 with more than 7 labels, 12 with more than 9",
    )
    group.add_argument(
        "--features",
        type=_names,
        metavar="GROUPS",
        help=f"groups of features, with commas, of: {', '.join(GROUP_NAMES)} (default all); "
        "with a minus before each, all but these",
    )
    group.add_argument(
        "--seed",
        type=int,
        default=DEFAULTS.seed,
        metavar="N",
        help="the start of all random choices; the same seed gives the same model "
        f"(default {DEFAULTS.seed})",
    )
    for name, what in _NUMBERS:
        default = getattr(DEFAULTS, name)
        shown = "chosen by the number of recordings" if default is None else default
        kind = float if name in _SHARES else int
        group.add_argument(
            f"--{name.replace('_', '-')}",
            type=kind,
            metavar="X" if kind is float else "N",
            help=f"{what} (default {shown})",
        )
    group.add_argument(
        "--augment",
        type=_names,
        metavar="KINDS",
        help=f"how copies are altered, with commas, of: {', '.join(KINDS)} (default all)",
    )
    group.add_argument(
        "--optimizer",
        choices=sorted(OPTIMIZERS),
        help=f"how a step is taken (default {DEFAULTS.optimizer})",
    )
    group.add_argument(
        "--early-stopping",
        action="store_true",
        default=None,
        help="end as the network was when it did best on held-out recordings",
    )


_NUMBERS = (
    ("window", "samples that the model looks at, 25 to 150"),
    ("hop", "samples from one look to the next on the board"),
    ("steps", "steps of gradient descent"),
    ("copies", "altered copies of each recording that training also learns from"),
    ("others", 'made-up movements from which "unknown" is learned'),
    ("weight_decay", "how strongly weights are pulled toward zero"),
    ("dropout", "the share of hidden outputs left out while training"),
    ("accept_known", 'the share of known gestures that "unknown" must not swallow'),
)
_SHARES = ("weight_decay", "dropout", "accept_known")
_SETTINGS = (*(name for name, _ in _NUMBERS), "arch", "features", "augment", "optimizer")


def training_settings(args: argparse.Namespace) -> dict[str, Any]:
    """What :func:`add_training_arguments` was given, for ``train``; without the seed.

    Raises UsageError for a value that can never be right.
    """
    names = (*_SETTINGS, "early_stopping")
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if "features" in given:
        given["features"] = _without_excluded("features", given["features"], GROUP_NAMES)
    if "augment" in given:
        given["augment"] = _without_excluded("augment", given["augment"], tuple(KINDS))
    Settings.of({"seed": args.seed, **given})  # what can never be right is refused at once
    return given


def differs_from_defaults(args: argparse.Namespace) -> bool:
    """Whether a setting of training was asked for."""
    return bool(training_settings(args)) or args.seed != DEFAULTS.seed


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _without_excluded(
    option: str, given: tuple[str, ...], every: tuple[str, ...]
) -> tuple[str, ...]:
    """The names as they are, or with a minus before each all but these."""
    excluded = [name[1:] for name in given if name.startswith("-")]
    if not excluded:
        return given
    if len(excluded) < len(given):
        raise UsageError(
            f"{','.join(given)!r} names some and excludes others. Do one of them.", option
        )
    for name in excluded:
        if name not in every:
            raise UsageError(
                f"There is no {name!r} to leave out. There are: {', '.join(every)}.", option
            )
    return tuple(name for name in every if name not in excluded)


def add_arguments(parser: argparse.ArgumentParser) -> None:
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
    parser.add_argument(
        "--from",
        dest="start",
        type=Path,
        metavar="MODEL",
        help="learn on from this model: its gestures are kept, those of DATASET are added",
    )
    add_training_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Train, save, and say how well the model does on recordings that it had not seen."""
    settings = training_settings(args)
    check_can_write(args.output, args.dataset, *([args.start] if args.start else []))
    data = Dataset.load(args.dataset)
    start = Model.load(args.start) if args.start else None
    with progress_bar("Training", 1) as update:

        def progress(step: int, steps: int, loss: float, validation: float | None) -> None:
            unseen = "" if validation is None else f"  held out {validation:.3f}"
            update(step, f"loss: training {loss:.3f}{unseen}", steps)

        model = train(data, start=start, seed=args.seed, progress=progress, **settings)
    model.save(args.output)
    _tell_counts(model, start, len(data))
    metrics = model.metrics
    print(
        f"Recognised {metrics['held_out_accuracy']:.1%} of held-out recordings, each by a model "
        f"that had not seen {UNSEEN[metrics['held_out_by']]}."
    )
    _tell_costs(model)
    print(f"Saved {args.output}, {args.output.stat().st_size} bytes.")
    warn_if_too_large(model)
    name = args.output.with_suffix("")
    say(f"Look at it: microbit-ml report {args.output} -o {name}-report.html")
    say(f"Next: microbit-ml build {args.output} -o {name}.hex")


def _tell_counts(model: Model, start: Model | None, n_recordings: int) -> None:
    before = f" and what {len(start.memory.people)} earlier ones left" if start else ""
    print(f"Trained on {n_recordings} recordings{before}:")
    for label, count in model.provenance["counts"].items():
        print(f"  {label}: {count}")


def _tell_costs(model: Model) -> None:
    """What the limit of "unknown" lets through, and what others would."""
    chosen = model.provenance["settings"]["accept_known"]
    *others, accepted = sorted(
        model.metrics["costs"], key=lambda cost: cost["accept_known"] == chosen
    )
    print(
        f'"Unknown" is set to accept {chosen:.0%} of known gestures; it then also accepts '
        f"{accepted['others_accepted']:.0%} of made-up movements "
        + "("
        + ", ".join(
            f"{cost['others_accepted']:.0%} with --accept-known {cost['accept_known']:g}"
            for cost in others
        )
        + ")."
    )


def warn_if_too_large(model: Model) -> None:
    """Say so when a model will run on V2 only, or on no board."""
    try:
        build_hex({"v2": model.board_files(board="v2")})
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
    if path.exists() and not path.is_file():
        raise DataError(f"{path} is a device or a pipe. Give the name of a file after -o.")
    if not os.access(path.parent, os.W_OK):
        raise DataError(f"The folder {path.parent} may not be written. Choose another after -o.")
    for source in sources:
        if source.resolve() in (path.resolve(), *path.resolve().parents):
            raise DataError(
                f"-o {path} would write over {source}, which is read. Choose another name after -o."
            )
