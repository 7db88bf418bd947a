"""How long large data takes, and how much memory: ``python tests/benchmarks/large_data.py``.

Each command runs as a process of its own; its time and its largest memory are printed beside what
they may be on two idle cores. ``--small`` takes a twentieth of everything, to try it out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import microbit_ml as mb
from microbit_ml.recordings import Dataset, Recording

SEED = 1
N_AXES = 997  # different rows of numbers
COMMAND = [sys.executable, "-m", "microbit_ml"]


def large_data(n: int) -> Dataset:
    """n simulated recordings of 9 labels and 30 people, each with a little noise of its own."""
    some = mb.simulate(people=30, repeats=2, seed=SEED)
    rng = np.random.default_rng(SEED)
    recordings = []
    for i in range(n):
        one = some.recordings[i % len(some)]
        samples = one.samples + rng.integers(-20, 21, one.samples.shape)
        name = f"{one.label}-{i:06d}"
        recordings.append(Recording(samples, one.label, one.time_ms, one.subject, name, "V2"))
    return Dataset(recordings)


def measured(folder: Path, *arguments: str) -> tuple[float, float]:
    """Seconds, and MB at most, of a command."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {errors.decode()[-500:]}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def createai_file(path: Path, n_bytes: int) -> None:
    """Data samples as CreateAI saves them, at least so large; no two recordings are the same."""
    axes = [
        json.dumps([round(0.001 * ((7 * j + i) % N_AXES) - 0.5, 3) for j in range(100)])
        for i in range(N_AXES)
    ]
    written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('[{"ID": 1, "name": "shake", "recordings": [')
        for i in range(N_AXES**2):
            x, y = axes[i % N_AXES], axes[i // N_AXES]
            one = f'{{"ID": {i}, "data": {{"x": {x}, "y": {y}, "z": {x}}}}}'
            file.write(("," if i else "") + one)
            written += len(one)
            if written > n_bytes:
                break
        file.write("]}]")


def main() -> None:
    """Make the data, run the commands, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a twentieth of everything")
    parser.add_argument("--only", default="", help="part of a row's name: that row alone")
    args = parser.parse_args()
    scale = 20 if args.small else 1
    folder = Path(tempfile.mkdtemp(prefix="large-data-"))
    try:
        n_show, n_train = 50_000 // scale, 10_000 // scale
        rows = {
            f"show {n_show:,} recordings": ("large", ("show", "large"), 60, 700),
            f"show --plot {n_show:,}": ("large", ("show", "large", "--plot", "-o", "p.html"), 0, 0),
            f"add 12 recordings to {n_show:,}": (
                "large", ("import", "few", "--into", "large"), 3, 0),
            f"export {n_show:,} as npz": ("large", ("export", "large", "-o", "large.npz"), 0, 0),
            f"train on {n_train:,}": ("medium", ("train", "medium", "-o", "m.mbml"), 0, 700),
            f"import JSON of {200 // scale} MB": (
                "json", ("import", "large.json", "--into", "new"), 60, 1024),
        }  # fmt: skip
        chosen = {name: row for name, row in rows.items() if args.only in name}
        needed = {needs for needs, *_ in chosen.values()}
        if "large" in needed:
            large_data(n_show).save(folder / "large")
            mb.simulate(["shake", "tap"], people=3, repeats=2, seed=99).save(folder / "few")
        if "medium" in needed:
            large_data(n_train).save(folder / "medium")
        if "json" in needed:
            createai_file(folder / "large.json", 200 * 10**6 // scale)
        print(f"{'command':34} {'seconds':>8} {'at most':>8} {'MB':>6} {'at most':>8}")
        for name, (_, command, most_s, most_mb) in chosen.items():
            seconds, megabytes = measured(folder, *command)
            limits = (f"{most_s or '-':>8}", f"{most_mb or '-':>8}")
            print(f"{name:34} {seconds:8.1f} {limits[0]} {megabytes:6.0f} {limits[1]}", flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if not hasattr(resource, "RUSAGE_CHILDREN") or not hasattr(os, "wait4"):
        raise SystemExit("Memory is measured as Linux and macOS do.")
    main()
