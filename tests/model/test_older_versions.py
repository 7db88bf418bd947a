"""A model file of version 2 still loads, predicts the same integers, and can be fine-tuned."""

from __future__ import annotations

from pathlib import Path

import pytest

import microbit_ml as mb
from microbit_ml.errors import ModelError, SettingError
from microbit_ml.metrics.evaluation_file import unpack
from microbit_ml.model import file as model_file
from microbit_ml.model.older_versions import OLD_SETTINGS
from microbit_ml.training import Settings

CONFIDENCE = [134, 145, 78, 153, 124, 101, 131, 148, 139, 138, 93, 99, 139, 155, 182, 191, 83, 77]
VERSION_2 = Path(__file__).parent / "fixtures" / "version_2.mbml"


@pytest.fixture(scope="module")
def old():
    return mb.Model.load(VERSION_2)


@pytest.fixture(scope="module")
def data():
    return mb.simulate(["shake", "still", "tap"], people=3, repeats=2, seed=4)


def test_its_predictions_have_not_changed(old, data):
    prediction = old.predict(data)
    assert prediction.confidence.tolist() == CONFIDENCE
    assert prediction.scores[0].tolist() == [148, -63, -177]
    real = old.predict_float(data)
    assert (real.best_index == prediction.best_index).all()


def test_everything_in_it_has_its_current_name(old):
    assert old.network.groups == ("tilt", "magnitude")
    rates = old.metrics["false_accept_rates"]
    assert rates[1] == {"accept_known": 0.95, "false_accept_rate": 0.883}
    assert old.metrics["timing"] == "low"
    settings = old.provenance["settings"]
    assert settings["negatives"] == 50 and "others" not in settings
    assert settings["features"] == ["tilt", "magnitude"]
    held_out = unpack(old.metrics, old.provenance, old.labels)
    assert held_out is not None and held_out.n_models == 10 and len(held_out) == 18


def test_it_can_be_fine_tuned_and_is_saved_in_the_current_version(old, tmp_path):
    more = mb.simulate(["circle"], people=3, repeats=2, seed=5)
    new = mb.train(more, start=old, steps=5, copies=0, negatives=20)
    assert new.labels == ["circle", "shake", "still", "tap"]
    new.save(tmp_path / "new.mbml")
    again = mb.Model.load(tmp_path / "new.mbml")
    assert again.to_bytes() == new.to_bytes()
    assert (tmp_path / "new.mbml").read_bytes()[4] == model_file.VERSION == 3


def test_settings_are_accepted_under_their_old_names():
    assert Settings.of({"others": 60}) == Settings.of({"negatives": 60})
    assert Settings.of({"features": ("force",)}).features == ("magnitude",)
    assert set(OLD_SETTINGS) == {"others"}
    with pytest.raises(SettingError, match="negatives is 0"):
        Settings.of({"others": 0})
    with pytest.raises(SettingError, match="given twice"):
        Settings.of({"others": 60, "negatives": 60})


def test_an_invalid_version_2_is_refused():
    description, arrays = {"metrics": {"false_accept_rates": 3}}, {}
    data = bytearray(model_file.pack(description, arrays)[: -model_file.DIGEST_SIZE])
    data[4] = 2
    whole = bytes(data) + model_file.hashlib.sha256(data).digest()
    with pytest.raises(ModelError, match="is not valid"):
        model_file.unpack(whole)
