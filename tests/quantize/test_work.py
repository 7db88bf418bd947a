"""The layout of the board's ``work``, and that the firmware uses the same indices."""

import re

import numpy as np
from random_models import random_model

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.quantize import WorkLayout
from microbit_ml.quantize.device_file import scratch_numbers


def test_indices_by_hand():
    layout = WorkLayout(n_samples=50, n_features=54, n_labels=3, scratch=62)
    assert (layout.LABEL, layout.CONFIDENCE, layout.FEATURES, layout.WINDOW) == (0, 1, 2, 56)
    assert layout.scores == 56 + 150
    assert layout.inputs == 56 + 150 + 4  # one more score, that of "other"
    assert layout.n_numbers == 56 + 150 + 4 + 2 * 62


def test_the_layout_of_a_model():
    for seed in range(20):
        device, windows = random_model(np.random.default_rng(seed))
        layout = WorkLayout.of(device)
        prediction = device.network.run(windows)
        assert layout.n_features == prediction.features.shape[1]
        assert layout.n_labels == prediction.scores.shape[1] == len(device.labels)
        assert layout.scratch == scratch_numbers(device.network)


def test_the_firmware_has_the_same_numbers():
    """Other tests run the firmware; this one checks that both use the same indices."""
    loader = (firmware_folder() / "loader.py").read_text("utf-8")
    (window,) = re.findall(r'"h", range\((\d+) \+ 3 \* found\[12\] \+ found\[16\] \+ 1', loader)
    entries = (firmware_folder() / "kernels" / "entries.py").read_text("utf-8")
    assert int(window) == WorkLayout.WINDOW
    assert f"{2 * WorkLayout.FEATURES} features (54)    {2 * WorkLayout.WINDOW} window" in entries
