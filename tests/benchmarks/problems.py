"""How often `show` flags correct labels, and how often it finds wrong ones made on purpose.

By hand: ``python tests/benchmarks/problems.py``, with the real recordings beside the checkout.

For each set of real recordings: the difference of the two most similar recordings (as a fraction of
their movement; below 0.08 a pair is flagged), and the number of suspected label errors at several
thresholds. Then one recording in fifty gets another label, ten times, to count how many are found.
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

THRESHOLDS = (1.0, 1.4, 1.6)  # of odd_labels.FURTHER
ONE_IN, TIMES = 50, 10


def most_alike(windows: np.ndarray) -> float:
    """The smallest difference of two moving windows, as a fraction of their movement."""
    floats = windows.astype(np.float64)
    moving = floats[floats.std(axis=1).max(axis=1) >= near_duplicates.LEAST_MOTION]
    pairs = near_duplicates._candidates(moving)
    return float(
        np.sqrt(near_duplicates._least_difference(moving[pairs[:, 0]], moving[pairs[:, 1]]).min())
    )


def flagged(rows: np.ndarray, labels: np.ndarray, threshold: float) -> set[int]:
    """The suspected label errors at this threshold, by number."""
    odd_labels.FURTHER = threshold
    return {odd.number for odd in odd_labels.odd_labels(rows, labels.tolist())}


def relabelled(labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, set[int]]:
    """The labels with one in fifty changed to another, and the indices of those changed."""
    wrong = rng.choice(len(labels), max(1, len(labels) // ONE_IN), replace=False)
    changed = labels.copy()
    for i in wrong:
        changed[i] = rng.choice([one for one in np.unique(labels) if one != labels[i]])
    return changed, set(wrong.tolist())


def main() -> None:
    """Print a line for each set, and the totals."""
    paths = sorted(SHARED_DATA.glob("*.npz"))
    if not paths:
        sys.exit(f"{SHARED_DATA} has no real recordings. Put the .npz files there.")
    rng = np.random.default_rng(0)
    total = 0
    alarms, found, made = dict.fromkeys(THRESHOLDS, 0), dict.fromkeys(THRESHOLDS, 0), 0
    for path in paths:
        recordings, windows = windows_of(read_npz(path))
        rows = standardized(compute_features(windows))
        labels = np.array([one.label for one in recordings])
        odd = {threshold: len(flagged(rows, labels, threshold)) for threshold in THRESHOLDS}
        total += len(labels)
        for _ in range(TIMES):
            changed, wrong = relabelled(labels, rng)
            made += len(wrong)
            for threshold in THRESHOLDS:
                found[threshold] += len(wrong & flagged(rows, changed, threshold))
        for threshold in THRESHOLDS:
            alarms[threshold] += odd[threshold]
        print(f"{path.stem:28} {len(labels):5} recordings, most alike {most_alike(windows):.2f}, "
              f"flagged {odd}", flush=True)  # fmt: skip
    rates = {threshold: round(n / made, 2) for threshold, n in found.items()}
    print(f"all: {total} recordings, flagged {alarms}; of {made} wrong labels found {rates}")


if __name__ == "__main__":
    main()
