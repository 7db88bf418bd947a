"""Which recordings are the model's, where they are found, and what happens to the others."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.evaluate.preference import with_shift
from microbit_ml.evaluate.principal_components import standardized
from microbit_ml.report import Evidence, find_dataset, report_html
from microbit_ml.report.evidence import clearly_wrong
from microbit_ml.training.prepare import as_recordings

PATH = Path("model.mbml")


@pytest.fixture(scope="module")
def data():
    return mb.simulate(["shake", "still", "circle"], people=3, repeats=2)


@pytest.fixture(scope="module")
def model(data):
    return mb.train(data, steps=60, copies=2, negatives=100)


@pytest.fixture
def folders(data, tmp_path):
    """``gestures`` with all of the model's recordings, and others that must not be found."""
    data.save(tmp_path / "gestures")
    mb.simulate(["shake", "still"], people=2, repeats=1, seed=8).save(tmp_path / "another")
    data.subset(lambda one: one.subject == "person-01").save(tmp_path / "a part")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "dataset.json").write_text("{", encoding="utf-8")
    return tmp_path


def test_the_data_set_is_found_beside_other_folders(model, folders):
    folder, found = find_dataset(model, [folders / "nowhere", folders])
    assert folder == folders / "gestures" and len(found) == 18


def test_a_data_set_that_was_made_by_hand_is_found(model, folders):
    """Folders with the names of labels, without the file that the kit writes beside them."""
    (folders / "gestures" / "dataset.json").unlink()
    path, data = find_dataset(model, [folders])
    assert path.name == "gestures" and len(data) == 18


def test_the_folder_itself_may_be_the_data_set(model, folders):
    folder, _ = find_dataset(model, [folders / "gestures"])
    assert folder == folders / "gestures"


def test_a_small_part_of_the_recordings_is_not_taken_for_all(model, folders):
    shutil.rmtree(folders / "gestures")
    assert find_dataset(model, [folders]) is None


def test_half_of_the_recordings_are_enough(model, data, tmp_path):
    data.subset(lambda one: one.subject != "person-01").save(tmp_path / "most")
    folder, _ = find_dataset(model, [tmp_path])
    assert folder.name == "most"
    evidence = Evidence.of(PATH, model, mb.Dataset.load(folder), "most")
    assert evidence.n_missing == 6


def test_recordings_are_sorted_into_training_data_new_and_ood(model, data):
    later = mb.simulate(["shake", "wave"], people=1, repeats=1, seed=3)
    mixed = replace(data, recordings=[*data, *later])
    evidence = Evidence.of(PATH, model, mixed, "mixed")
    assert len(evidence.training_data) == 18 and evidence.n_missing == 0
    assert [one.label for one in evidence.new] == ["shake"]
    assert [one.label for one in evidence.ood] == ["wave"]
    assert evidence.new_scores.recordings == 1


def test_a_recording_that_got_a_label_of_another_kind_is_no_example(model, data):
    moved = replace(
        data, recordings=[*data.recordings[1:], *as_recordings(data.recordings[:1], ["x"])]
    )
    evidence = Evidence.of(PATH, model, moved, "moved")
    assert (len(evidence.training_data), len(evidence.new), len(evidence.ood)) == (17, 0, 0)
    assert evidence.n_missing == 1


def test_data_that_have_nothing_to_do_with_the_model_are_refused(model):
    unrelated = mb.simulate(["wave", "twist"], people=1, repeats=1)
    with pytest.raises(
        DataError, match=r"holiday has no recording of a gesture that the model knows.*wave"
    ):
        Evidence.of(PATH, model, unrelated, "holiday")


def test_the_typical_recording_is_the_one_nearest_to_its_others(model, data):
    evidence = Evidence.of(PATH, model, data, "gestures")
    assert sorted(evidence.typical) == model.labels
    rows = standardized(evidence.rows[0])
    for label, recording in evidence.typical.items():
        own = rows[[one.label == label for one in data]]
        apart = np.linalg.norm(own[:, None] - own, axis=2).sum(axis=1)
        position = [one for one in data if one.label == label].index(recording)
        assert apart[position] == pytest.approx(apart.min())


def test_without_a_data_set_the_replay_buffer_gives_the_features(model, data):
    with_data = Evidence.of(PATH, model, data, "gestures")
    alone = Evidence.of(PATH, model, None)
    assert sorted(map(tuple, alone.rows[0])) == sorted(map(tuple, with_data.rows[0]))
    assert np.bincount(alone.rows[1]).tolist() == [6, 6, 6]


def test_scores_are_those_that_training_reported(model, data):
    evidence = Evidence.of(PATH, model, data, "gestures")
    assert evidence.top1_scores.accuracy == model.metrics["held_out_accuracy"]
    assert evidence.scores_with_unknown.unknown == int((evidence.held_out.confidence < 0).sum())
    rate = next(one for one in model.metrics["false_accept_rates"] if one["accept_known"] == 0.95)
    assert evidence.false_accept_rate == rate["false_accept_rate"]
    assert evidence.counts == {"circle": 6, "shake": 6, "still": 6}
    assert evidence.n_training == 18 and len(evidence.people) == 3


def test_thresholds_that_were_moved_after_training_count(model, data, monkeypatch):
    monkeypatch.setattr("microbit_ml.charts.to_svg", lambda picture, prefix: "")
    before = Evidence.of(PATH, model, data, "g").scores_with_unknown
    shut = Evidence.of(PATH, with_shift(model, "shake", -30_000), data, "g")
    assert not shut.scores_with_unknown.confusion[:, 1].any() and before.confusion[1, 1]
    assert shut.scores_with_unknown.unknown == before.unknown + before.confusion[:, 1].sum()
    assert shut.top1_scores.accuracy == model.metrics["held_out_accuracy"]
    assert "shake" not in shut.negative_predictions and "was moved by -30000" in report_html(shut)


def test_mistakes_are_listed_the_most_confident_first(model, data):
    held = replace(
        Evidence.of(PATH, model, data, "g").held_out,
        best_index=np.array([1] * 18),
        truth_index=np.array([0, 1] * 9),
        probability=np.arange(18) / 18,
    )
    assert clearly_wrong(held) == [16, 14, 12, 10, 8, 6, 4, 2, 0]
