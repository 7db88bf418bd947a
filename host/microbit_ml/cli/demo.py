"""``microbit-ml demo``: the five stages of a model's life, without any hardware."""

from __future__ import annotations

import argparse
import time

import numpy as np

from microbit_ml.console.screen import print_table, progress_bar, working, write
from microbit_ml.deploy.play import Played, twin_agrees
from microbit_ml.deploy.play_both import play_on_all
from microbit_ml.deploy.predict import work_layout
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Dataset, simulate
from microbit_ml.targets import TARGETS
from microbit_ml.training import Settings, train

PEOPLE, REPEATS = 16, 5  # for training
UNSEEN_SUBJECTS, UNSEEN_REPEATS = 4, 4  # for testing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the only option: the seed, for other people and another network."""
    parser.add_argument(
        "--seed", type=int, default=0, help="another number simulates other people (default 0)"
    )


def run(args: argparse.Namespace) -> None:
    """Simulate, train, validate, deploy, and move two virtual boards."""
    data = simulate(people=PEOPLE, repeats=REPEATS, seed=args.seed)
    unseen = simulate(people=UNSEEN_SUBJECTS, repeats=UNSEEN_REPEATS, seed=args.seed + 1_000_003)
    _prepare_data(data)
    model = _train(data, args.seed)
    prediction = _validate(model, unseen)
    chosen = _one_of_each(unseen, args.seed)
    _deploy(model, unseen, prediction, chosen)


def _print_stage(stage: str, *lines: str) -> None:
    """Print a stage's name and, beside it, what happened, for a terminal of 80 columns."""
    for name, line in zip([stage] + [""] * (len(lines) - 1), lines, strict=True):
        write(f"{name:<20}{line}")


def _prepare_data(data: Dataset) -> None:
    _print_stage(
        "1 Data preparation",
        f"{PEOPLE} simulated people make {len(data.labels)} movements {REPEATS} times each:",
        f"{len(data)} recordings of 50 x 3 numbers, one second each.",
    )


def _train(data: Dataset, seed: int) -> Model:
    with progress_bar("training", 1) as update:

        def progress(step: int, steps: int, loss: float, unseen: float | None) -> None:
            update(step, f"loss {loss:.2f}", steps)

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
    )
    return integer


def _accuracy(predicted: list[str], truth: list[str]) -> float:
    return float(np.mean([a == b for a, b in zip(predicted, truth, strict=True)]))


def _one_of_each(unseen: Dataset, seed: int) -> list[int]:
    """One recording of each movement, drawn at random."""
    rng = np.random.default_rng(seed)
    rows = {label: [i for i, r in enumerate(unseen) if r.label == label] for label in unseen.labels}
    return [int(rng.choice(indices)) for indices in rows.values()]


def _deploy(model: Model, unseen: Dataset, prediction: Prediction, chosen: list[int]) -> None:
    hex_text = model.hex()
    _print_stage(
        "5 Deployment",
        f"One hex file, with the model in {len(model.device_bytes()):,} bytes, boots on a",
        "virtual V1 and V2. They run the MicroPython of real boards,",
        f"and their accelerometers feel {len(chosen)} movements.",
    )
    write()
    gestures = [unseen.recordings[i].samples for i in chosen]
    with working(f"Moving the boards: {len(chosen)} movements, about 15 s"):
        played_on = play_on_all(hex_text, gestures, work_layout(model))
    titles = [TARGETS[name].title for name in played_on]
    rows, names_agree, exact = [], 0, 0
    for i, *played in zip(chosen, *played_on.values(), strict=True):
        twin = prediction.labels[i] or "unknown"
        shown = [one.printed or "unknown" for one in played]
        same = [twin_agrees(model.network, one) for one in played]
        names_agree += set(shown) == {twin}
        exact += sum(same)
        rows.append([unseen.recordings[i].label, twin, *shown, "yes" if all(same) else "NO"])
    print_table(["actual gesture", "twin", *titles, "same integers"], rows, left=3 + len(titles))
    write()
    truth = [row[0] for row in rows]
    for title, of_board in zip(titles, played_on.values(), strict=True):
        _print_leds(title, truth, of_board)
    right = [
        sum(one.printed == label for one, label in zip(of_board, truth, strict=True))
        for of_board in played_on.values()
    ]
    n = len(rows)
    others = "".join(
        f", {title} {k} of {n}" for title, k in zip(titles[1:], right[1:], strict=True)
    )
    write(
        f"{titles[0]} recognised {right[0]} of {n} movements{others}.\n"
        "The twin (the same model on this computer) gave the same answer as the boards\n"
        f"for {names_agree} of {n}. From the counts that they read, it computed the same integers\n"
        f"in {exact} of {len(titles) * n} windows."
    )


def _print_leds(board: str, names: list[str], played: list[Played]) -> None:
    """Print the displays side by side, each below the movement that the board felt."""
    write(f"{board} shows the first letter of what it recognises:")
    write("  " + " ".join(f"{name[:7]:<7}" for name in names).rstrip())
    pictures = [one.leds.splitlines() for one in played]
    for row in zip(*pictures, strict=True):
        write("  " + " ".join(f"{line:<7}" for line in row).rstrip())
    write()
