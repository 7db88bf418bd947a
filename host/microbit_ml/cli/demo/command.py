"""``microbit-ml demo``: simulate, train, validate, deploy, and leave all of it in a folder."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from microbit_ml.cli.demo.boards import Moved, print_moved
from microbit_ml.cli.demo.folder import NAME, DemoFolder
from microbit_ml.common.wording import command, quoted
from microbit_ml.console.screen import progress_bar, say, write
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Dataset, simulate
from microbit_ml.recordings.faces import Face
from microbit_ml.training import Settings, train

PEOPLE, REPEATS = 12, 5  # for training
UNSEEN_SUBJECTS, UNSEEN_REPEATS = 4, 4  # for testing
ICONS = {
    "circle": "TARGET",
    "fidgeting": "CONFUSED",
    "lift": "ARROW_N",
    "shake": "HEART",
    "still": "ASLEEP",
    "tap": "MUSIC_QUAVER",
    "twist": "BUTTERFLY",
    "walking": "STICKFIGURE",
    "wave": "HAPPY",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options: where to leave everything, and the seed for other people."""
    parser.add_argument(
        "--into",
        type=Path,
        default=Path(NAME),
        metavar="FOLDER",
        help=f"where to leave the data set, the model and the hex (default {NAME})",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="another number simulates other people (default 0)"
    )


def run(args: argparse.Namespace) -> None:
    """Simulate, train, validate, deploy, and move two virtual boards."""
    folder = DemoFolder(args.into)
    folder.check()
    data = simulate(people=PEOPLE, repeats=REPEATS, seed=args.seed)
    data.faces = {label: Face(icon) for label, icon in ICONS.items()}
    unseen = simulate(people=UNSEEN_SUBJECTS, repeats=UNSEEN_REPEATS, seed=args.seed + 1_000_003)
    _prepare_data(data, folder)
    model = _train(data, args.seed)
    prediction = _validate(model, unseen)
    _deploy(model, unseen, prediction, _one_of_each(unseen, args.seed), folder)
    _say_what_next(folder)


def _print_stage(stage: str, *lines: str) -> None:
    """Print a stage's name and, beside it, what happened, for a terminal of 80 columns."""
    for name, line in zip([stage] + [""] * (len(lines) - 1), lines, strict=True):
        write(f"{name:<20}{line}")


def _prepare_data(data: Dataset, folder: DemoFolder) -> None:
    folder.save_data(data)
    _print_stage(
        "1 Data preparation",
        f"{PEOPLE} simulated people make {len(data.labels)} movements {REPEATS} times each:",
        f"{len(data)} recordings of 50 x 3 numbers, one second each.",
    )


def _train(data: Dataset, seed: int) -> Model:
    with progress_bar("Training", 1) as update:

        def progress(step: int, steps: int, loss: float, unseen: float | None) -> None:
            update(step, f"loss {loss:.2f}", steps)

        update(0, "making augmented samples")
        began = time.perf_counter()
        model = train(data, seed=seed, progress=progress)
        seconds = time.perf_counter() - began
    layers = [layer.n_outputs for layer in model.float_model.network.trainable_layers]
    _print_stage(
        "2 Model design",
        f"{len(model.feature_names)} features -> {' -> '.join(map(str, layers[:-1]))} hidden units "
        f"-> {layers[-1]} scores, all integers.",
        "One of the scores is for movements that are not a gesture.",
    )
    losses = model.history["training"]
    _print_stage(
        "3 Training",
        f"{len(data)} recordings and {Settings.copies} augmented samples of each:",
        f"loss {losses[0]:.2f} -> {losses[-1]:.2f}, in {seconds:.1f} s with cross-validation.",
    )
    return model


def _validate(model: Model, unseen: Dataset) -> Prediction:
    truth = [recording.label for recording in unseen]
    integer, real = model.predict(unseen), model.predict_float(unseen)
    unknown = sum(label is None for label in integer.labels)
    _print_stage(
        "4 Validation",
        f"{len(truth)} recordings by {UNSEEN_SUBJECTS} new people:",
        f"{_accuracy(integer.best, truth):.1%} right in integers "
        f"({_accuracy(real.best, truth):.1%} in floats), {unknown} unknown.",
        "They are simulated people too: real ones move differently.",
    )
    return integer


def _accuracy(predicted: list[str], truth: list[str]) -> float:
    return float(np.mean([a == b for a, b in zip(predicted, truth, strict=True)]))


def _one_of_each(unseen: Dataset, seed: int) -> list[int]:
    """One recording of each movement, drawn at random."""
    rng = np.random.default_rng(seed)
    rows = {label: [i for i, r in enumerate(unseen) if r.label == label] for label in unseen.labels}
    return [int(rng.choice(indices)) for indices in rows.values()]


def _deploy(
    model: Model, unseen: Dataset, prediction: Prediction, chosen: list[int], folder: DemoFolder
) -> None:
    hex_text = model.hex()
    folder.save_model(model, hex_text)
    _print_stage(
        "5 Deployment",
        f"One hex file, with the model in {len(model.device_bytes()):,} bytes, boots on a",
        "virtual V1 and V2. They run the MicroPython of real boards,",
        f"and their accelerometers feel {len(chosen)} movements.",
    )
    write()
    movements = [unseen.recordings[i] for i in chosen]
    moved = Moved.of(model, hex_text, movements, [prediction.labels[i] for i in chosen])
    print_moved(moved, prediction, [one.label for one in unseen])


def _say_what_next(folder: DemoFolder) -> None:
    """Name what was left, and three commands that work as they stand."""
    say(
        f"\nLeft in {quoted(folder.path)}: the recordings ({folder.data.name}), the model "
        f"({folder.model.name})\nand a hex file for a real board ({folder.hex.name}).\n\n"
        "Next, read all about the model, move a virtual board by hand, or train one\n"
        "yourself, on practice data:\n"
        f"  {command('report', folder.model, '-o', 'demo-report.html')}\n"
        f"  {command('virtual', 'v2', '--model', folder.model)}\n"
        f"  {command('simulate', 'practice')}"
    )
