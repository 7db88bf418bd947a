"""``microbit-ml benchmark``: the footprint of a model or a network on each board."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from microbit_ml.cli.nearby import model_here, steps_to_model
from microbit_ml.common.numbers import whole_number_in
from microbit_ml.common.wording import command
from microbit_ml.console.screen import print_json, print_table, progress_bar, say, write
from microbit_ml.console.stopping import end_by_signal, noted_signals
from microbit_ml.deploy.benchmark import (
    RUNNING_S,
    BoardFootprint,
    board_footprint,
    network_footprint,
)
from microbit_ml.errors import BoardError, UsageError
from microbit_ml.model import Model
from microbit_ml.quantize import to_bytes
from microbit_ml.quantize.random_network import dense_model
from microbit_ml.targets import TARGETS

MAX_LAYERS, MAX_UNITS = 6, 255
STAGES = {
    "sample": "one sample read",
    "features": "features of a window",
    "network": "network",
    "network_python": "network in plain Python",
    "decision": "decision",
    "prediction": "whole prediction",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``benchmark``."""
    parser.add_argument("model", nargs="?", type=Path, metavar="MODEL", help="a model (.mbml)")
    parser.add_argument(
        "--layers",
        type=_shape,
        metavar="SHAPE",
        help="instead of a model: a random network such as 24-16-4 (inputs and layers)",
    )
    parser.add_argument(
        "--board",
        type=lambda name: name.lower().removeprefix("virtual:"),
        choices=tuple(TARGETS),
        help="only this virtual board (default: both)",
    )
    parser.add_argument(
        "--seconds",
        type=int,
        default=round(RUNNING_S),
        metavar="N",
        help="how long to run the board for memory and missed samples, in its own time "
        f"(default {RUNNING_S:g})",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> None:
    """Measure on virtual boards and print a table, or JSON."""
    if (args.model is None) == (args.layers is None):
        raise UsageError("Give a model, or --layers with a shape such as 24-16-4.")
    if args.seconds < 1:
        raise UsageError(f"--seconds is {args.seconds}, but must be at least 1.")
    kinds = (args.board,) if args.board else tuple(TARGETS)
    if args.layers:
        model = to_bytes(dense_model(args.layers)[0])
        footprints, failed = _each(kinds, lambda kind: network_footprint(kind, model))
    else:
        model = Model.load(args.model).device_bytes()
        bar = progress_bar("Benchmark", len(kinds) * args.seconds)
        with noted_signals() as noted, bar as update:

            def measure(kind: str) -> BoardFootprint:
                before = kinds.index(kind) * args.seconds

                def progress(seconds: float) -> None:
                    end_by_signal(noted)
                    update(before + round(seconds), "s of the boards' time")

                end_by_signal(noted)
                return board_footprint(kind, model, args.seconds, progress)

            footprints, failed = _each(kinds, measure)
            update(len(kinds) * args.seconds, "s of the boards' time")
    for error in failed.values():
        say(str(error))
    if not footprints:
        raise next(iter(failed.values()))
    if args.json:
        answers: dict[str, object] = {f"virtual:{one.kind}": one.as_json() for one in footprints}
        answers |= {f"virtual:{kind}": {"error": str(e)} for kind, e in failed.items()}
        print_json(answers)
    else:
        _print(footprints)
        if args.model:
            say(f"Next: {command('flash', args.model)}")
        else:
            here = model_here()
            own = command("benchmark", here) if here else steps_to_model()[0]
            say(f"Next: {'measure' if here else 'train'} your own model: {own}")


def _each(
    kinds: Sequence[str], measure: Callable[[str], BoardFootprint]
) -> tuple[list[BoardFootprint], dict[str, BoardError]]:
    """The footprint on each board, and the error of each kind that failed: too small a heap."""
    footprints, failed = [], {}
    for kind in kinds:
        try:
            footprints.append(measure(kind))
        except BoardError as error:
            failed[kind] = error
    return footprints, failed


def _shape(text: str) -> tuple[int, ...]:
    """``24-16-4`` -> (24, 16, 4)."""
    parts = text.split("-")
    shape = tuple(number for number in map(whole_number_in, parts) if number is not None)
    if not 2 <= len(parts) <= MAX_LAYERS or len(shape) < len(parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not a shape such as 24-16-4")
    if not all(1 <= size <= MAX_UNITS for size in shape) or shape[-1] < 2:
        raise argparse.ArgumentTypeError(
            f"{text!r}: sizes are 1 to {MAX_UNITS}, and the last at least 2"
        )
    return shape


def _print(footprints: list[BoardFootprint]) -> None:
    heads = [TARGETS[footprint.kind].title for footprint in footprints]
    answers = [footprint.as_json() for footprint in footprints]
    print_table(
        ["instructions (estimated time)", *heads],
        [
            [what, *(_instructions(footprint, name) for footprint in footprints)]
            for name, what in STAGES.items()
            if any(getattr(footprint.instructions, name) is not None for footprint in footprints)
        ],
    )
    write()
    names = list(dict.fromkeys(name for footprint in footprints for name in footprint.n_bytes))
    rows = [
        [
            name,
            *(
                f"{footprint.n_bytes[name]:,}" if name in footprint.n_bytes else "-"
                for footprint in footprints
            ),
        ]
        for name in names
    ]
    rows.append(
        ["all files", *(f"{sum(footprint.n_bytes.values()):,}" for footprint in footprints)]
    )
    print_table(["bytes of files", *heads], rows)
    if footprints[0].heap_free is None:
        return
    write()
    print_table(
        ["while it runs", *heads],
        [
            [what, *(f"{answer[name]:,}" for answer in answers)]
            for name, what in (
                ("heap_free", "bytes free after loading"),
                ("heap_free_min", "least bytes free"),
                ("missed_samples", "samples missed"),
            )
        ],
    )
    speeds = [f"{one.clock_mhz} MHz ({one.title})" for one in TARGETS.values()]
    cycles = " or ".join({f"{one.cycles:g}" for one in TARGETS.values()})
    write(f"Times are estimated: {cycles} cycles per instruction, {' and '.join(speeds)}.")


def _instructions(footprint: BoardFootprint, name: str) -> str:
    value = getattr(footprint.instructions, name)
    if value is None:
        return "too little memory"
    return f"{value:,.0f} ({(footprint.estimated_us(value) or 0) / 1000:,.2f} ms)"
