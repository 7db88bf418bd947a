"""How well the kit learns, compared with its peers, on real recordings.

By hand: ``python tests/benchmarks/learning.py [--sets NAME ...] [--quick] [--json]``

Prints a table for each set, and the means over the sets. The recordings are in the folder
``shared/data`` beside the checkout. For the random forest: ``pip install -e .[benchmarks]``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

for _library in ("OPENBLAS", "OMP", "MKL"):  # small matrices: more threads only wait for each other
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402
from learning_measures import accuracy, unknown  # noqa: E402
from learning_pipelines import (  # noqa: E402
    FLOAT,
    FOREST,
    INTEGER,
    Pipeline,
    available_pipelines,
)
from learning_protocol import (  # noqa: E402
    FULL,
    PROTOCOLS,
    QUICK,
    SETS,
    Effort,
    find_data,
    load_set,
)

MEASURES = {
    "3 per class": "3",
    "5 per class": "5",
    "grouped": "grouped",
    "5-fold": "5-fold",
    "grouped, known accepted": "gr. known",
    "unknown, all data: AUROC": "AUROC",
    "unknown, all data: unknown accepted": "unk. acc",
    "unknown, all data: known accepted": "known acc",
    "unknown, all data: unknown accepted at 95 %": "unk. @95",
    "unknown, 5 per class: AUROC": "AUROC 5",
    "unknown, 5 per class: unknown accepted": "unk. acc 5",
    "unknown, 5 per class: known accepted": "known acc 5",
    "unknown, 5 per class: unknown accepted at 95 %": "unk. @95 5",
}
"""Each number's full name, for ``--json``, and its column header."""

ACCURACIES = ("3 per class", "5 per class", "grouped", "5-fold")

Rows = dict[str, dict[str, float]]
"""For each row of the table: the value of each measure."""


@dataclass
class Result:
    """The result of one set: the table, the largest ``model.bin`` and the time in seconds."""

    rows: Rows = field(default_factory=dict)
    model_bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def measure_set(
    name: str,
    effort: Effort,
    pipelines: Mapping[str, Pipeline] | None = None,
    use_subjects: bool = True,
) -> Result:
    """Run all protocols for all pipelines on one set."""
    data = load_set(name, use_subjects)
    result = Result()
    for protocol, split in PROTOCOLS.items():
        splits = split(data, effort)
        if not splits:
            continue
        for pipeline, answer in (pipelines or available_pipelines()).items():
            began = time.perf_counter()
            for row, answers in answer(data, splits).items():
                values = result.rows.setdefault(row, {})
                if protocol.startswith("unknown"):
                    found = unknown(data, splits, answers)
                    values[f"{protocol}: AUROC"] = found.auroc
                    values[f"{protocol}: unknown accepted at 95 %"] = found.at_95
                    if found.false_accept_rate is not None and found.known_accept_rate is not None:
                        values[f"{protocol}: unknown accepted"] = found.false_accept_rate
                        values[f"{protocol}: known accepted"] = found.known_accept_rate
                else:
                    values[protocol], known = accuracy(data, splits, answers)
                    if protocol == "grouped" and known is not None:
                        values["grouped, known accepted"] = known
                sizes = [a.n_bytes for a in answers if a.n_bytes is not None]
                result.model_bytes = max([result.model_bytes, *sizes])
            spent = time.perf_counter() - began
            result.seconds[pipeline] = result.seconds.get(pipeline, 0.0) + spent
            print(f"{name}: {protocol}: {pipeline}: {spent:.1f} s", file=sys.stderr, flush=True)
    return result


def means(results: Mapping[str, Result]) -> Rows:
    """The mean of each number over the sets that have it."""
    rows: Rows = {}
    for row in dict.fromkeys(row for result in results.values() for row in result.rows):
        for measure in MEASURES:
            values = [
                result.rows[row][measure]
                for result in results.values()
                if measure in result.rows.get(row, {})
            ]
            if values:
                rows.setdefault(row, {})[measure] = float(np.mean(values))
    return rows


def lost_as_integers(rows: Rows) -> dict[str, float]:
    """Accuracy of the integer model minus that of the float model, for each protocol."""
    return {
        name: rows[INTEGER][name] - rows[FLOAT][name] for name in ACCURACIES if name in rows[FLOAT]
    }


def table(title: str, rows: Rows) -> str:
    """A Markdown table: a row for each pipeline, a column for each measure."""
    shown = [name for name in MEASURES if any(name in values for values in rows.values())]
    lines = [
        f"| {title} | " + " | ".join(MEASURES[name] for name in shown) + " |",
        "|---" * (len(shown) + 1) + "|",
    ]
    for row, values in rows.items():
        cells = [f"{values[name]:.3f}" if name in values else "-" for name in shown]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def report(name: str, result: Result) -> str:
    """A set's table and the text below it."""
    text = table(name, result.rows) + "\n\n"
    if INTEGER in result.rows:
        lost = lost_as_integers(result.rows)
        text += (
            f"Integer minus float model: {', '.join(f'{k} {v:+.4f}' for k, v in lost.items())}. "
            f"Largest model.bin: {result.model_bytes} bytes. "
        )
    return text + f"Time: {', '.join(f'{k} {v:.0f} s' for k, v in result.seconds.items())}.\n"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description="How well the kit learns, compared with its peers."
    )
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS, help="only these sets")
    parser.add_argument("--quick", action="store_true", help="fewer seeds and groups")
    parser.add_argument("--only", nargs="+", choices=list(available_pipelines()),
                        help="only these pipelines")  # fmt: skip
    parser.add_argument("--no-subjects", action="store_true",
                        help="train without knowing who made each recording")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args(arguments)
    find_data()
    pipelines = available_pipelines()
    if FOREST not in pipelines:
        print("scikit-learn is not installed: no random forest.", file=sys.stderr)
    if options.only:
        pipelines = {name: pipelines[name] for name in options.only}
    results = {}
    for name in options.sets:
        effort = QUICK if options.quick else FULL
        results[name] = measure_set(name, effort, pipelines, not options.no_subjects)
        if not options.json:
            print(report(name, results[name]), flush=True)
    if options.json:
        sets = {name: vars(result) for name, result in results.items()}
        print(json.dumps({"sets": sets, "means": means(results)}, indent=1))
    else:
        print(table(f"means over {len(results)} sets", means(results)))


if __name__ == "__main__":
    main()
