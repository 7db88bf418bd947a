"""How often `show` names what is no mistake, and how often it finds one that was made on purpose.

By hand: ``python tests/benchmarks/problems.py``, where the real recordings are beside the checkout.

For each set of real recordings: how far apart the two recordings are that are most alike (a share
of their movement; below 0.08 a pair is named), and how many labels seem odd with several limits.
Then one recording in fifty gets another label, ten times, and the share that is named is counted.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from real_data import SHARED_DATA

from microbit_ml.evaluate import near_duplicates, odd_labels
from microbit_ml.evaluate.principal_components import standardized
from microbit_ml.evaluate.problems import windows_of
from microbit_ml.features import compute_features
from microbit_ml.recordings import read_npz

LIMITS = (1.0, 1.4, 1.6)  # of odd_labels.FURTHER
ONE_IN, TIMES = 50, 10


def most_alike(windows: np.ndarray) -> float:
    """The least difference of two windows that move, as a share of their movement."""
    floats = windows.astype(np.float64)
    moving = floats[floats.std(axis=1).max(axis=1) >= near_duplicates.LEAST_MOTION]
    pairs = near_duplicates._candidates(moving)
    return float(
        np.sqrt(near_duplicates._least_difference(moving[pairs[:, 0]], moving[pairs[:, 1]]).min())
    )


def named(rows: np.ndarray, labels: np.ndarray, limit: float) -> set[int]:
    """The recordings whose label seems odd with this limit."""
    odd_labels.FURTHER = limit
    return {odd.number for odd in odd_labels.odd_labels(rows, labels.tolist())}


def relabelled(labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, set[int]]:
    """The labels with one in fifty changed to another of them, and which were changed."""
    wrong = rng.choice(len(labels), max(1, len(labels) // ONE_IN), replace=False)
    changed = labels.copy()
    for i in wrong:
        changed[i] = rng.choice([one for one in np.unique(labels) if one != labels[i]])
    return changed, set(wrong.tolist())


def main() -> None:
    """Print a line for each set, and the sums."""
    paths = sorted(SHARED_DATA.glob("*.npz"))
    if not paths:
        sys.exit(f"There are no real recordings in {SHARED_DATA}.")
    rng = np.random.default_rng(0)
    total = 0
    alarms, found, made = dict.fromkeys(LIMITS, 0), dict.fromkeys(LIMITS, 0), 0
    for path in paths:
        recordings, windows = windows_of(read_npz(path))
        rows = standardized(compute_features(windows))
        labels = np.array([one.label for one in recordings])
        odd = {limit: len(named(rows, labels, limit)) for limit in LIMITS}
        total += len(labels)
        for _ in range(TIMES):
            changed, wrong = relabelled(labels, rng)
            made += len(wrong)
            for limit in LIMITS:
                found[limit] += len(wrong & named(rows, changed, limit))
        for limit in LIMITS:
            alarms[limit] += odd[limit]
        print(f"{path.stem:28} {len(labels):5} recordings, most alike {most_alike(windows):.2f}, "
              f"odd labels {odd}", flush=True)  # fmt: skip
    shares = {limit: round(n / made, 2) for limit, n in found.items()}
    print(
        f"all: {total} recordings; odd labels {alarms}; of {made} wrong on purpose named {shares}"
    )


if __name__ == "__main__":
    main()
