"""Cross-validation: who is tested by whom."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.evaluate import cross_validate, deal, protocols

LABELS = ["shake"] * 7 + ["tap"] * 5 + ["wave"] * 6


def test_every_fold_has_its_share_of_every_label():
    fold = deal(LABELS, 5, seed=1)
    for label in set(LABELS):
        sizes = np.bincount(fold[[i for i, x in enumerate(LABELS) if x == label]], minlength=5)
        assert sizes.max() - sizes.min() <= 1
    assert np.bincount(fold, minlength=5).max() <= 4  # 18 in 5 folds: 3 or 4


def test_the_seed_deals():
    assert (deal(LABELS, 5, seed=1) == deal(LABELS, 5, seed=1)).all()
    assert (deal(LABELS, 5, seed=1) != deal(LABELS, 5, seed=2)).any()


@pytest.mark.parametrize(
    ("labels", "folds", "says"),
    [
        (LABELS, 1, "at least 2 folds, not 1"),
        (LABELS, 6, 'too few recordings of "tap" for 6 folds: 5'),
        (["tap"] * 9, 3, 'All 9 recordings have the label "tap"'),
        (["tap", "", "wave"], 2, "Recordings without a label: 1"),
    ],
)
def test_what_cannot_be_dealt_is_explained(labels, folds, says):
    with pytest.raises(DataError, match=says):
        deal(labels, folds)


def test_each_recording_is_tested_once_by_a_model_that_did_not_see_it(monkeypatch):
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=2)
    order = {recording.digest: i for i, recording in enumerate(data)}
    trained_on = []
    tested = []

    def spy(recordings, **options):
        assert options == {"seed": 7, "steps": 25}
        trained_on.append({order[recording.digest] for recording in recordings})
        model = mb.train(recordings, **options)
        predict = model.predict
        model.predict = lambda rest: tested.append([order[r.digest] for r in rest]) or predict(rest)
        return model

    monkeypatch.setattr(protocols, "train", spy)
    progress = []
    result = cross_validate(
        data, 3, 7, lambda done, folds: progress.append((done, folds)), steps=25
    )
    assert progress == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert sorted(i for some in tested for i in some) == list(range(len(data)))
    for seen, some in zip(trained_on, tested, strict=True):
        assert not seen & set(some)
        assert seen | set(some) == set(range(len(data)))
    assert result.truth == [recording.label for recording in data]
    assert result.scores.accuracy >= 0.75
    assert result.scores.accuracy == pytest.approx(np.mean(np.array(result.truth) == result.best))
    sizes = np.bincount(result.fold)
    assert np.average(result.fold_accuracies, weights=sizes) == pytest.approx(
        result.scores.accuracy
    )


def test_results_are_in_the_order_of_the_data(monkeypatch):
    """A model that knows each recording by heart is right everywhere, whatever the order."""
    data = mb.simulate(["shake", "still"], people=2, repeats=3, seed=2)
    label_of = {recording.digest: recording.label for recording in data}

    class Oracle:
        def predict(self, recordings):
            self.best = [label_of[recording.digest] for recording in recordings]
            self.labels = [None if label == "still" else label for label in self.best]
            return self

        predict_float = predict

    monkeypatch.setattr(protocols, "train", lambda recordings, **_: Oracle())
    result = cross_validate(data, 3)
    assert result.best == result.best_float == result.truth
    assert result.called == [None if label == "still" else label for label in result.truth]
    assert result.scores_called.unknown == 6
