"""Writing the file of ml-machine, CreateAI's predecessor at Aarhus University.

::

    [{"ID": 1704067200000, "name": "Shake", "output": {}, "color": "#a6cee3",
      "confidence": {"currentConfidence": 0, "requiredConfidence": 0.8, "isConfident": false},
      "recordings": [{"ID": 1704067200001, "labels": ["X", "Y", "Z"],
                      "samples": [{"vector": [-0.844, -0.408, -0.276]}, ...]}]}]

The numbers are counts / 1000, 50 samples a second. The file cannot store people, boards, names of
recordings or time stamps. ``createai.read_createai`` reads it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from microbit_ml.common.files import write_whole
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.formats.createai import BEGIN_MS, REQUIRED_CONFIDENCE, by_action

_COLOURS = ("#a6cee3", "#b2df8a", "#fdbf6f", "#cab2d6", "#1f78b4", "#33a02c", "#ff7f00", "#6a3d9a")


def write_ml_machine(data: Dataset, path: str | Path) -> int:
    """Write the data set in the format above, atomically; return its number of recordings.

    A recording at another rate is resampled to 50 samples a second. Raises DataError when there is
    no recording, or one without a label; OSError when the disk is full or may not be written.
    """
    number = BEGIN_MS  # ml-machine numbers by the clock; here the same data gives the same file
    actions = []
    for index, (label, recordings) in enumerate(by_action(data, "ml-machine").items()):
        number += 1
        action: dict[str, Any] = {
            "ID": number,
            "name": label,
            "recordings": [],
            "output": {},
            "color": _COLOURS[index % len(_COLOURS)],
            "confidence": {
                "currentConfidence": 0,
                "requiredConfidence": REQUIRED_CONFIDENCE,
                "isConfident": False,
            },
        }
        for rows in recordings:
            number += 1
            samples = [{"vector": row} for row in rows]
            action["recordings"].append(
                {"ID": number, "samples": samples, "labels": ["X", "Y", "Z"]}
            )
        actions.append(action)
    write_whole(Path(path), (json.dumps(actions, ensure_ascii=False) + "\n").encode("utf-8"))
    return len(data)
