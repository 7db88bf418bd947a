"""Importing many recordings from a NumPy file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import read_npz

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"

GOOD = {
    "samples": np.array([[0, 0, -1000], [0.5, 4, 3000], [1, 2, 3]], dtype=np.float32),
    "offsets": np.array([0, 2, 3]),
    "labels": np.array([1, 0], dtype=np.int16),
    "label_names": np.array(["tap", "naïve", "clap"]),
    "subjects": np.array([3, -1], dtype=np.int16),
    "rate_hz": np.float64(100),
    "unit": np.array("counts"),
}


def written(tmp_path, **changes):
    path = tmp_path / "set.npz"
    np.savez(
        path, **{key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    )
    return path


def test_counts(tmp_path):
    data = read_npz(written(tmp_path))
    assert [r.samples.tolist() for r in data] == [[[0, 0, -1000], [1, 4, 2048]], [[1, 2, 3]]]
    assert [(r.path, r.subject) for r in data] == [
        ("naïve/naïve-001.csv", "set-03"), ("tap/tap-001.csv", "")]  # fmt: skip
    assert data.recordings[0].time_ms.tolist() == [0, 10]
    assert (data.rate_hz, data.empty_labels) == (100, ["clap"])
    assert data.provenance == [{"kind": "npz", "file": "set.npz", "recordings": 2}]


def test_milli_g_become_counts(tmp_path):
    data = read_npz(written(tmp_path, unit=np.array("mg")))
    assert data.recordings[0].samples.tolist() == [[0, 0, -1024], [1, 4, 2048]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": np.array("g")}, "unit is 'g'"),
        ({"unit": None}, "no array unit"),
        ({"samples": None, "labels": None}, "no array samples, labels"),
        ({"samples": np.zeros((3, 2))}, r"samples are float64 \(3, 2\)"),
        ({"samples": np.full((3, 3), np.nan)}, "recording 0: .*sample 1, axis x is nan"),
        ({"samples": np.full((3, 3), "a")}, "samples are <U1"),
        ({"offsets": np.array([0, 2, 4])}, "offsets must rise"),
        ({"offsets": np.array([0, 3, 3])}, "offsets must rise"),
        ({"offsets": np.array([0, 3])}, "2 offsets, 2 labels and 2 subjects do not fit"),
        ({"offsets": np.array([0.0, 2.0, 3.0])}, "instead of a list of whole numbers"),
        ({"labels": np.array([0, 3])}, r"labels must be in 0\.\.2"),
        ({"labels": np.array([0, -1])}, "labels must be in"),
        ({"label_names": np.array("tap")}, "instead of a list of texts"),
        ({"label_names": np.array(["a", "\ud800"])}, "half a character"),
        ({"rate_hz": np.float64("nan")}, "rate_hz is nan"),
        ({"rate_hz": np.array([50.0])}, "rate_hz"),
        (
            {"label_names": np.array([object(), None], dtype=object)},
            "object .* instead of a list",
        ),
    ],
)
def test_bad_files_are_explained(tmp_path, changes, message):
    path = written(tmp_path, **changes)
    with pytest.raises(DataError, match=message) as caught:
        read_npz(path)
    assert "set.npz" in str(caught.value)


def test_not_an_npz(tmp_path):
    with pytest.raises(FileMissingError):
        read_npz(tmp_path / "gone.npz")
    path = tmp_path / "x.npz"
    for junk in (b"", b"PK\x03\x04", b"hello world", b"\x93NUMPY"):
        path.write_bytes(junk)
        with pytest.raises(DataError, match=r"x\.npz cannot be read"):
            read_npz(path)
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(DataError, match="single array"):
        read_npz(path)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(at=st.integers(0, 10**6), what=st.binary(max_size=3), cut=st.booleans())
def test_any_damage_is_harmless_or_a_data_error(tmp_path, at, what, cut):
    path = written(tmp_path)
    whole = path.read_bytes()
    at %= len(whole)
    path.write_bytes(whole[:at] + what + (b"" if cut else whole[at + len(what) :]))
    try:
        assert len(read_npz(path)) == 2
    except DataError as error:
        assert "set.npz" in str(error)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with real recordings is not there")
def test_real_sets():
    wand = read_npz(SHARED / "createai_wand.npz")
    assert (len(wand), len(wand.labels), wand.rate_hz) == (111, 5, 50)
    assert wand.subjects == ["createai_wand-00", "createai_wand-01"]
    nano = read_npz(SHARED / "nano_gestures.npz")  # in mg, and beyond 2 g
    assert (len(nano), nano.rate_hz, nano.subjects) == (265, 119, [])
    assert max(int(r.samples.max()) for r in nano) == 2048
