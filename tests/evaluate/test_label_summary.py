"""The summary of each label, counted by hand."""

import numpy as np

from microbit_ml.evaluate.label_summary import summarize
from microbit_ml.recordings import Dataset, Recording


def test_a_small_data_set_by_hand():
    still = np.tile([0, 0, -1024], (50, 1))
    hit = still.copy()
    hit[:5, 0] = 2047  # 5 of 50 samples at the end of the range
    data = Dataset(
        [
            Recording(hit, "tap", subject="Ann"),
            Recording(still[:25], "tap", subject="Ben"),
            Recording(still[:30], "tap"),
            Recording(still[:10], ""),
        ]
    )
    summary = summarize(data)
    assert list(summary) == ["", "tap"]
    assert summary["tap"].as_json() == {
        "recordings": 3,
        "subjects": 2,
        "seconds": {"min": 0.5, "median": 0.6, "max": 1.0},
        "samples": 105,
        "clipped": 0.0476,  # 5 of 105
    }
    assert (summary[""].recordings, summary[""].subjects) == (1, 0)
