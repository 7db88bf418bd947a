"""Simulated people are marked, and the mark goes wherever their recordings go."""

from dataclasses import replace

import pytest

import microbit_ml as mb
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.formats.writing import FORMATS, write_file
from microbit_ml.recordings.keeping import Keeper
from microbit_ml.recordings.simulated_people import (
    REAL_PEOPLE,
    about_recordings,
    about_test,
    about_training,
)


@pytest.fixture
def mixed():
    """Four recordings, of which one is of a simulated person."""
    data = mb.simulate(["shake", "still"], people=2, repeats=1, seed=3)
    real = [replace(one, source="") for one in data.recordings[1:]]
    return Dataset([data.recordings[0], *real])


def test_sentences():
    assert about_recordings(0, 40) == about_training(0, 40) == about_test((0, 4), (0, 3)) == ""
    assert about_recordings(40, 40) == "All recordings are of simulated people, not real ones."
    assert about_recordings(12, 40) == (
        "12 of 40 recordings are of simulated people, not real ones."
    )
    assert about_recordings(1, 40).startswith("1 of 40 recordings is of simulated people")
    assert about_training(9, 9) == "The model was trained on simulated people, not real ones."
    assert about_training(2, 9) == (
        "2 of the 9 recordings that the model was trained on are of simulated people, not real "
        "ones."
    )


@pytest.mark.parametrize(
    ("trained", "tested", "begins"),
    [
        ((9, 9), (4, 4), "Trained and tested on simulated people, not real ones."),
        ((9, 9), (0, 4), "The model was trained on simulated people, not real ones."),
        ((9, 9), (0, 0), "The model was trained on simulated people, not real ones."),
        ((0, 9), (4, 4), "The model was tested on simulated people, not real ones."),
        ((0, 0), (4, 4), "The model was tested on simulated people, not real ones."),
        ((0, 9), (1, 4), "1 of the 4 recordings that the model was tested on is of"),
    ],
)
def test_sentences_about_a_test(trained, tested, begins):
    text = about_test(trained, tested)
    assert text.startswith(begins) and text.endswith(REAL_PEOPLE)


def test_simulate_marks_recordings_and_the_data_set(tmp_path):
    data = mb.simulate(["shake", "still"], people=2, repeats=1)
    assert all(one.is_simulated for one in data) and data.n_simulated == len(data) == 4
    assert data.provenance[0]["kind"] == "simulated"
    data.save(tmp_path / "set")
    loaded = Dataset.load(tmp_path / "set")
    assert loaded.n_simulated == 4 and loaded.provenance == data.provenance


def test_the_mark_survives_saving_moving_and_renaming(mixed, tmp_path):
    mixed.save(tmp_path / "set")
    assert Dataset.load(tmp_path / "set").n_simulated == 1
    (moved,) = [one for one in mixed if one.is_simulated]
    (tmp_path / "set" / "twist").mkdir()
    (tmp_path / "set" / moved.path).rename(tmp_path / "set" / "twist" / "mine.csv")
    (again,) = [one for one in Dataset.load(tmp_path / "set") if one.is_simulated]
    assert again.path == "twist/mine.csv"


@pytest.mark.parametrize("name", FORMATS)
def test_the_mark_survives_every_format_that_says_so(mixed, tmp_path, name):
    ending = {"npz": ".npz", "csv": ".csv", "createai": ".json", "ml-machine": ".json"}
    path = tmp_path / f"file{ending.get(name, '.zip')}"
    write_file(mixed, path, name)
    assert read_source(path).n_simulated == (1 if FORMATS[name].has_sources else 0)


def test_collected_recordings_of_simulated_people_mark_the_data_set(mixed, tmp_path):
    keeper = Keeper(tmp_path / "set")
    for one in mixed:
        keeper.keep(one)
    data = Dataset.load(tmp_path / "set")
    assert data.n_simulated == 1
    assert data.provenance == [{"kind": "simulated", "with": "collect"}]


def test_a_model_counts_them_and_fine_tuning_adds_to_them(tmp_path):
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=1)
    real = Dataset([replace(one, source="") for one in data])
    assert mb.train(real, steps=20).n_simulated == 0
    assert "simulated" not in mb.train(real, steps=20).provenance
    model = mb.train(data, steps=20)
    assert model.n_simulated == model.provenance["simulated"] == 12
    model.save(tmp_path / "m.mbml")
    assert mb.Model.load(tmp_path / "m.mbml").n_simulated == 12
    more = mb.simulate(["twist"], people=3, repeats=1, seed=2)
    both = Dataset([*data.recordings[:2], *more])
    assert mb.train(both, start=model, steps=20).n_simulated == 15


def test_the_mark_changes_nothing_that_is_learned():
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=1)
    real = Dataset([replace(one, source="") for one in data])
    assert mb.train(data, steps=20).device_bytes() == mb.train(real, steps=20).device_bytes()
