"""Merging data sets into a folder: new and existing recordings, and decisions to make."""

import numpy as np
import pytest

from microbit_ml.errors import DataError
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.merging import merge


def tap(number, subject="", label="tap"):
    samples = np.random.default_rng(number).integers(-900, 900, (50, 3))
    return Recording(samples, label, subject=subject, name=f"{label}-{number}")


def test_new_and_existing_recordings(tmp_path):
    folder, ann, ben = tmp_path / "class", tmp_path / "ann.zip", tmp_path / "ben.zip"
    first = merge(folder, [(ann, Dataset([tap(1), tap(2)], empty_labels=["clap"]))])
    assert (first.added, first.present) == ({"tap": 2}, {})
    assert (first.empty_labels, first.n_named) == (["clap"], 0)
    saved = []
    parts = [
        (ann, Dataset([tap(1, "Ann"), tap(3, "Ann")])),
        (ben, Dataset([tap(3, "Ann"), tap(2, "Ben", label="hit")])),
    ]
    second = merge(folder, parts, lambda done, total: saved.append((done, total)))
    assert second.added == {"tap": 1, "hit": 1}
    assert second.present == {"tap": 2}  # one in the folder before, one in both files
    assert second.n_named == 1
    assert "The same measurement has 2 labels" in second.notes[0]
    assert saved[-1] == (4, 4)
    data = Dataset.load(folder)
    assert sorted(one.label for one in data) == ["hit", "tap", "tap", "tap"]
    assert data.subjects == ["Ann", "Ben"]


def test_labels_that_clash_with_the_folder_are_not_merged(tmp_path):
    Dataset([tap(1)]).save(tmp_path)
    with pytest.raises(DataError, match="differ only in upper and lower case"):
        merge(tmp_path, [(tmp_path / "x.zip", Dataset([tap(2, label="Tap"), tap(3)]))])
    assert len(Dataset.load(tmp_path)) == 1
