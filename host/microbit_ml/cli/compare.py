"""``compare``: the network beside simpler methods, and which of them to choose."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from microbit_ml.cli.evaluate.protocols import warn_of_copies
from microbit_ml.console.screen import plural, print_json, print_table, progress_bar
from microbit_ml.deploy.costs import KINDS, Cost
from microbit_ml.evaluate.comparison import ONE_LAYER, Comparison, Method, compare
from microbit_ml.model import Model
from microbit_ml.quantize.device_file import MAX_SIZE
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.any_file import read_source

FOLDS = 5
TEXT_WIDTH = 88


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``compare``."""
    parser.add_argument(
        "dataset", type=Path, metavar="DATASET", help="the data set's folder, or a file"
    )
    parser.add_argument(
        "--folds",
        type=int,
        default=FOLDS,
        metavar="N",
        help=f"parts of the data set for cross-validation (default {FOLDS})",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="deals the parts (default 0)"
    )
    parser.add_argument(
        "--measure",
        action="store_true",
        help="count the instructions of layers on virtual boards instead of estimating them",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for a program")


def run(args: argparse.Namespace) -> None:
    """Cross-validate all methods; print a table and what to choose, or JSON."""
    data = read_source(args.dataset)
    warn_of_copies(data)
    with progress_bar("Comparing", 100) as update:
        comparison, models = compare(
            data, args.folds, args.seed, lambda done, of, next_: update(done, next_, of)
        )
    if args.measure:
        comparison = _measured(comparison, models)
    if args.json:
        print_json(_as_json(args, comparison))
        return
    _print_table(args, comparison, data)
    print()
    for line in advice(comparison):
        print(textwrap.fill(line, TEXT_WIDTH, break_on_hyphens=False))


def _measured(comparison: Comparison, models: Mapping[str, Model]) -> Comparison:
    """The same, with the instructions of dense layers counted on virtual boards."""
    from microbit_ml.deploy.benchmark import network_cost  # loads what virtual boards need
    from microbit_ml.quantize import to_bytes
    from microbit_ml.quantize.random_network import dense_model

    # What a layer takes depends on its size, not on its weights: methods of one size share it.
    sizes = {one.cost.layers: one for one in comparison.methods if one.cost.layers}
    files = {
        size: models[one.name].device_bytes()
        if one.name in models
        else to_bytes(dense_model(size)[0])
        for size, one in sizes.items()
    }
    counted: dict[tuple[int, ...], dict[str, int]] = {size: {} for size in files}
    with progress_bar("Measuring", len(files) * len(KINDS)) as update:
        for i, (size, kind) in enumerate((size, kind) for size in files for kind in KINDS):
            update(i, f"{'-'.join(map(str, size))} on virtual:{kind}")
            instructions = network_cost(kind, files[size]).instructions.network
            counted[size][kind] = round(instructions or 0)
        update(len(files) * len(KINDS), "")
    costs: dict[str, Cost] = {
        one.name: replace(one.cost, instructions=counted[one.cost.layers], measured=True)
        for one in comparison.methods
        if one.cost.layers
    }
    return comparison.with_costs(costs)


def _as_json(args: argparse.Namespace, comparison: Comparison) -> dict[str, object]:
    label, right = comparison.guess
    return {
        "dataset": str(args.dataset),
        "recordings": len(comparison.truth),
        "folds": args.folds,
        "seed": args.seed,
        "most_frequent": {"label": label, "accuracy": right / len(comparison.truth)},
        "methods": {
            one.name: {
                "accuracy": one.scores.accuracy,
                "right": one.scores.right,
                "macro_f1": one.scores.macro_f1,
                "bytes": one.cost.n_bytes,
                "fits_v1": one.fits_v1,
                "instructions": dict(one.cost.instructions),
                "measured": one.cost.measured,
                "against_best": comparison.test(comparison.best, one).as_json(),
                "significantly_worse": comparison.worse(one),
            }
            for one in comparison.methods
        },
        "best": comparison.best.name,
        "choice": comparison.choice.name,
        "others_accepted": dict(comparison.taken_in),
        "choice_for_board": comparison.choice_for_board.name,
        "advice": advice(comparison),
    }


def _print_table(args: argparse.Namespace, comparison: Comparison, data: Dataset) -> None:
    n = len(comparison.truth)
    label, right = comparison.guess
    print(
        f"{args.folds}-fold cross-validation of {args.dataset}: {plural(n, 'recording')}, "
        f'{len(set(comparison.truth))} labels.\nAlways saying "{label}" would be right '
        f"{right / n:.3f} of the time."
    )
    if len(data.subjects) > 1:
        print("The same people were in training and test; new people may be recognised less often.")
    print()
    print_table(
        [
            "method",
            "accuracy",
            "right",
            "p",
            "bytes",
            *(f"on {kind.upper()}" for kind in KINDS),
        ],
        [_row(comparison, one) for one in _ordered(comparison)],
    )
    estimated = not all(one.cost.measured for one in comparison.methods)
    print(
        "\np: how often chance alone would part two equally good methods this far from the best\n"
        "   (McNemar's exact test; below 0.05: hardly chance)\n"
        'right: of networks the best known label, whether or not it also says "unknown"\n'
        'bytes: of model.bin, for networks with what tells "unknown"'
        + ("" if all(one.fits_v1 for one in comparison.methods) else "; (!) too many for V1")
        + "\non V1, V2: instructions from features to scores"
        + (", ~ estimated; " if estimated else "; ")
        + "computing the features\n   takes about 16,000 more on V1 and 11,000 on V2"
    )


def _ordered(comparison: Comparison) -> list[Method]:
    """The most accurate first; of equals the one with the fewest instructions."""
    return sorted(
        comparison.methods, key=lambda one: (-one.scores.right, one.cost.instructions["v1"])
    )


def _row(comparison: Comparison, one: Method) -> list[object]:
    is_best = one is comparison.best
    sign = "" if one.cost.measured else "~"
    return [
        one.name,
        f"{one.scores.accuracy:.3f}",
        f"{one.scores.right}/{one.scores.recordings}",
        "best" if is_best else _p(comparison.test(comparison.best, one).p),
        f"{'' if one.fits_v1 else '(!) '}{one.cost.n_bytes:,}",
        *(f"{sign}{one.cost.instructions[kind]:,}" for kind in KINDS),
    ]


def advice(comparison: Comparison) -> list[str]:
    """In plain words: whether the network is worth it here, and which method to choose."""
    return [
        _about_the_network(comparison),
        *_about_chance(comparison),
        _about_the_choice(comparison),
        *_about_the_board(comparison),
    ]


def _about_the_network(comparison: Comparison) -> str:
    """Who wins: the network, or something simpler."""
    network, best = comparison.network, comparison.best
    simpler = max(comparison.simpler, key=lambda one: one.scores.right, default=None)
    if simpler is not None and simpler.scores.right >= network.scores.right:
        gap = simpler.scores.right - network.scores.right
        more = f"{plural(gap, 'recording')} more" if gap else "as many recordings"
        return (
            f"A simpler method does as well or better: {simpler.name} got {more} right"
            f"{' than' if gap else ' as'} the network{_chance(comparison, simpler, network)}."
        )
    if best is network:
        gap = network.scores.right - (simpler.scores.right if simpler else 0)
        behind = (
            f" The best simpler method, {simpler.name}, got {plural(gap, 'recording')} fewer right"
            f"{_chance(comparison, network, simpler)}."
            if simpler
            else ""
        )
        return f"The network is the most accurate.{behind}"
    gap = best.scores.right - network.scores.right
    return (
        f"{_capital(best.name)} got {plural(gap, 'recording')} more right than the network"
        f"{_chance(comparison, best, network)}, but takes more of a board."
    )


def _chance(comparison: Comparison, first: Method, second: Method) -> str:
    test = comparison.test(first, second)
    if test.significant:
        return f" (p {_p(test.p, '= ')}: hardly by chance)"
    if first.scores.right == second.scores.right:
        return ""
    return f" (p = {test.p:.2f}: this may be chance)"


def _about_chance(comparison: Comparison) -> list[str]:
    """Which methods cannot be told from the best, and which are surely worse."""
    others = [one for one in _ordered(comparison) if one is not comparison.best]
    level = [one.name for one in others if not comparison.worse(one)]
    worse = [one.name for one in others if comparison.worse(one)]
    lines = []
    if level:
        lines.append(
            f"Not significantly worse than the best, {comparison.best.name}: {', '.join(level)}. "
            "That is no proof that they are as good; more recordings would tell."
        )
    if worse:
        lines.append(f"Significantly worse: {', '.join(worse)}.")
    return lines


def _about_the_choice(comparison: Comparison) -> str:
    choice, best = comparison.choice, comparison.best
    if choice is best:
        simplest = min(comparison.methods, key=lambda one: one.cost.instructions["v1"])
        why = (
            "It is the most accurate, and nothing is simpler"
            if choice is simplest
            else "It is the most accurate, and no simpler one comes close enough"
        )
    else:
        why = (
            f"Of those that come close to the best ({choice.scores.accuracy:.3f} beside "
            f"{best.scores.accuracy:.3f}) it takes the fewest instructions"
        )
    if not choice.fits_v1:
        too_large = choice.cost.n_bytes > MAX_SIZE
        why += f"; but it {'is too large for any micro:bit' if too_large else 'does not fit V1'}"
    return f"Choose: {choice.name}. {why}."


def _about_the_board(comparison: Comparison) -> list[str]:
    """What the kit can put on a board, and who can say "unknown"."""
    choice = comparison.choice_for_board
    option = '--arch "" ' if choice.name == ONE_LAYER else ""
    shares = ", ".join(f"the {name} {share:.0%}" for name, share in comparison.taken_in.items())
    same = comparison.choice is choice
    return [
        ("Only networks " if same else "The kit puts only networks on a board, and only they ")
        + 'can call a movement "unknown" that they never learned. Of made-up movements that are no '
        f"gesture these are taken for one: by {shares}.",
        ("" if same else f"So for a board choose: {choice.name}. ") + "Train it with",
        f"    microbit-ml train DATASET {option}-o MODEL",
    ]


def _p(value: float, equals: str = "") -> str:
    """Three digits of a p, or that it is less."""
    return "< 0.001" if value < 0.001 else f"{equals}{value:.3f}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
