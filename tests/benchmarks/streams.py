"""How well the kit does on streams, and the constants of the board's debouncing rule.

By hand: ``python tests/benchmarks/streams.py [--minutes M]`` prints the scores of the rule; with
``--tune`` it tries many constants on streams of other people, and prints the best.

Models are trained on simulated people and tested on other people's gestures and background; the
logs of real walking, running, cycling and resting are in the folder ``shared/data`` beside the
checkout. Constants are chosen for three training sets together: gestures alone, gestures and
holding still, gestures and all background.
"""

from __future__ import annotations

import argparse
import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL"):  # small matrices: more threads only wait for each other
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402

from microbit_ml import Model, Prediction, read_npz, simulate, train  # noqa: E402
from microbit_ml.evaluate.streams import (  # noqa: E402
    StreamScores,
    detect,
    match,
    predict_stream,
    rule_of,
)
from microbit_ml.recordings import BACKGROUND, GESTURES, Recording  # noqa: E402
from microbit_ml.recordings.simulation.joined_streams import join_logs  # noqa: E402
from microbit_ml.recordings.simulation.streams import (  # noqa: E402
    BACKGROUND_KINDS,
    Stream,
    simulate_streams,
)

LOGS = "st_pamap2_wrist"
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
TRAINED_PEOPLE, REPEATS = 20, 3
TUNING_SEED, TESTING_SEED = 505, 1212  # people of streams; training has those of seed 0

PLAYED = tuple(name for name in GESTURES if name != "lift")
"""The gestures. Picking up the board is a lift, so "lift" cannot be separated from fidgeting."""

# The labels that a model is trained on besides the gestures.
BACKGROUND_LABELS = {"gestures": (), "and still": ("still",), "and all": BACKGROUND}

GRID = {
    "enough": (3_000, 4_500, 6_000, 8_000, 10_000, 12_000, 15_000, 20_000),
    "away_ms": (200, 300, 400, 500, 700, 1000),
}


@dataclass(frozen=True)
class Played:
    """A stream and one model's predictions in it."""

    stream: Stream
    prediction: Prediction
    time_ms: np.ndarray


Plays = Mapping[str, Sequence[Played]]
"""By kind of stream: "gestures", kinds of background, kinds of logs."""


def real_logs(path: Path = DATA / f"{LOGS}.npz") -> dict[str, list[Stream]]:
    """The logs by activity; empty if the file does not exist."""
    if not path.exists():
        return {}
    logs: dict[tuple[str, str], list[Recording]] = {}
    for recording in read_npz(path):
        logs.setdefault((recording.label, recording.subject), []).append(recording)
    streams: dict[str, list[Stream]] = {}
    for (label, subject), parts in sorted(logs.items()):
        streams.setdefault(f"real {label}", []).append(join_logs(f"{label} {subject}", parts))
    return streams


def make_streams(seed: int, minutes: float = 10.0, people: int = 30) -> dict[str, list[Stream]]:
    """Gestures among background, and each kind of background alone; ``minutes`` of each."""
    each = minutes / people
    streams = {"gestures": simulate_streams(PLAYED, people=people, minutes=3 * each, seed=seed)}
    for i, kind in enumerate(BACKGROUND_KINDS):
        streams[kind] = simulate_streams((), (kind,), people, each, seed + 1 + i)
    return streams


def trained_models(
    people: int = TRAINED_PEOPLE, names: Iterable[str] = BACKGROUND_LABELS
) -> dict[str, Model]:
    """A model for each training set, or for some of them."""
    return {
        name: train(
            simulate([*PLAYED, *BACKGROUND_LABELS[name]], people=people, repeats=REPEATS, seed=0),
            seed=0,
        )
        for name in names
    }


def play(model: Model, streams: Mapping[str, Sequence[Stream]]) -> dict[str, list[Played]]:
    """The model's predictions in each stream, so that rules can be tried without repeating them."""
    return {
        kind: [Played(one, *predict_stream(model, one)) for one in some]
        for kind, some in streams.items()
    }


def score(model: Model, played: Iterable[Played], **constants: int) -> StreamScores:
    """The scores of the board's rule on these predictions, with other constants if given."""
    scores = StreamScores()
    for one in played:
        detected = detect(one.prediction, one.time_ms, rule_of(model, **constants))
        scores = scores + match(detected, one.stream)
    return scores


def alarms_in_ten_minutes(
    model: Model, plays: Plays, kinds: Iterable[str], **constants: int
) -> float:
    """False alarms in ten minutes with equal amounts of each kind."""
    rates = [10 * score(model, plays[kind], **constants).false_alarms_per_minute for kind in kinds]
    return sum(rates) / len(rates)


def measure(models: Mapping[str, Model], plays: Mapping[str, Plays], **constants: int) -> None:
    """Print a table: a row for each model."""
    kinds = [kind for kind in next(iter(plays.values())) if kind != "gestures"]
    print(
        "model         found  repeated wrong  delay ms (90 %)   false alarms in 10 min: gestures, "
        + ", ".join(kinds)
    )
    for name, model in models.items():
        scores = score(model, plays[name]["gestures"], **constants)
        alarms = [alarms_in_ten_minutes(model, plays[name], [kind], **constants) for kind in kinds]
        delay, slow = scores.median_delay_ms or 0, scores.percentile_90_delay_ms or 0
        print(
            f"{name:13} {scores.recall:.3f}  {scores.repeated:7}  {len(scores.wrong_names):5}  "
            f"{delay:8.0f} ({slow:4.0f})   {10 * scores.false_alarms_per_minute:30.1f}  "
            + "  ".join(f"{rate:.1f}" for rate in alarms)
        )


def tune(models: Mapping[str, Model], plays: Mapping[str, Plays], shown: int = 25) -> None:
    """Print the constants with the lowest cost over all models, from misses and false alarms.

    Missing one gesture in a hundred costs as much as one false alarm in ten minutes of walking and
    fidgeting, or one gesture in a hundred detected twice or under a wrong name.
    """
    results = []
    for values in itertools.product(*GRID.values()):
        constants = dict(zip(GRID, values, strict=True))
        cost, found, alarms, delays = 0.0, [], [], []
        for name, model in models.items():
            scores = score(model, plays[name]["gestures"], **constants)
            kinds = [kind for kind in plays[name] if kind != "gestures"]
            alarms.append(alarms_in_ten_minutes(model, plays[name], kinds, **constants))
            found.append(scores.recall)
            delays.append(scores.median_delay_ms or 0)
            bad = scores.repeated + len(scores.wrong_names) + len(scores.missed)
            cost += 100 * bad / scores.gestures + alarms[-1]
        results.append((cost, constants, found, alarms, delays))
    for cost, constants, found, alarms, delays in sorted(results, key=lambda one: one[0])[:shown]:
        print(
            f"{cost:6.1f}  {constants}  found {[f'{x:.3f}' for x in found]}  "
            f"alarms {[f'{x:.1f}' for x in alarms]}  delay {[f'{x:.0f}' for x in delays]}"
        )


def main() -> None:
    """Print the scores, or tune the constants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tune", action="store_true", help="try many constants")
    parser.add_argument("--minutes", type=float, default=10.0, help="of each kind (default 10)")
    arguments = parser.parse_args()
    models = trained_models()
    seed = TUNING_SEED if arguments.tune else TESTING_SEED
    streams = {**make_streams(seed, arguments.minutes), **real_logs()}
    plays = {name: play(model, streams) for name, model in models.items()}
    (tune if arguments.tune else measure)(models, plays)


if __name__ == "__main__":
    main()
