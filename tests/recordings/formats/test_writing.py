"""All formats by their names: files can be read back, and lose only the documented facts."""

import numpy as np
import pytest

from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.formats.writing import FORMATS, write_file

SAMPLES = np.random.default_rng(0).integers(-900, 900, (3, 40, 3))


@pytest.fixture
def data():
    times = np.cumsum(np.full(40, 20.0)) - 20
    uneven = 1.25 * times + np.where(np.arange(40) == 5, 9.0, 0)
    return Dataset(
        [
            Recording(SAMPLES[0], "tap", times, "Ann", "tap-1"),
            Recording(SAMPLES[1], "tap", uneven, "Ann", "tap-2"),
            Recording(SAMPLES[2], "wave", times, "Ben", "wave-1"),
        ]
    )


@pytest.mark.parametrize("name", FORMATS)
def test_each_format(data, tmp_path, name):
    form = FORMATS[name]
    path = tmp_path / ("file.json" if name in ("createai", "ml-machine") else "file.zip")
    assert write_file(data, path, name) == 3
    back = read_source(path)
    assert back.labels == ["tap", "wave"]
    assert ({"Ann", "Ben"} == set(back.subjects)) == form.has_people
    assert form.n_changed(data) == int(form.even)
