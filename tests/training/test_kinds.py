"""Kinds of models: what each fixes, and what is refused."""

import pytest

import microbit_ml as mb
from microbit_ml.errors import SettingError
from microbit_ml.training import Settings
from microbit_ml.training.kinds import KINDS, ModelKind, NetworkKind, register, unregister
from microbit_ml.training.settings import KIND_SETTINGS


@pytest.fixture(scope="module")
def data():
    return mb.simulate(["shake", "tap"], people=3, repeats=2, seed=1)


def test_the_kinds_and_the_default():
    assert list(KINDS) == list(KIND_SETTINGS) == [
        "network", "one_layer", "centroid", "knn", "cnn", "tree", "forest",
    ]  # fmt: skip
    assert Settings.kind == "network"
    assert [one.TITLE for one in KINDS.values() if one.COMPARED] == [
        "network", "one-layer network", "nearest centroid", "nearest neighbour", "decision tree",
        "random forest",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "arch"), [("one_layer", ""), ("cnn", "cnn")])
def test_a_kind_is_the_network_of_its_architecture(data, kind, arch):
    options = {"steps": 30, "copies": 1, "negatives": 50, "seed": 3}
    model = mb.train(data, kind=kind, **options)
    assert model.device_bytes() == mb.train(data, arch=arch, **options).device_bytes()
    assert model.kind == kind
    assert mb.Model.from_bytes(model.to_bytes()).kind == kind


def test_fine_tuning_keeps_the_kind(data):
    model = mb.train(data, kind="one_layer", steps=30, copies=1, negatives=50)
    more = mb.simulate(["wave"], people=2, repeats=2, seed=2)
    again = mb.train(more, start=model, steps=30, copies=1, negatives=50)
    assert (again.kind, again.labels) == ("one_layer", ["shake", "tap", "wave"])


def test_a_setting_that_a_kind_fixes_cannot_be_changed():
    assert Settings.of({"kind": "one_layer", "arch": ""}).arch == ""
    with pytest.raises(SettingError, match=r"one_layer' has arch '', not '16'. Leave arch out"):
        Settings.of({"kind": "one_layer", "arch": "16"})
    with pytest.raises(SettingError, match=r"no kind 'shrub'. Choose one of network, one_layer"):
        Settings.of({"kind": "shrub"})
    with pytest.raises(SettingError, match=r"tree' has arch 'auto', not '24'. Leave arch out"):
        Settings.of({"kind": "tree", "arch": "24"})
    with pytest.raises(SettingError, match="uses the raw window"):
        Settings.of({"kind": "cnn", "features": ("tilt",)})


def test_a_name_or_a_title_is_taken_once():
    class Again(NetworkKind):
        NAME, TITLE = "again", "network"

    class Other(NetworkKind):
        NAME, TITLE = "other", "another network"

    with pytest.raises(ValueError, match="another kind of model"):
        register(Again)
    register(Other)
    try:
        assert isinstance(KINDS["other"], ModelKind)
        assert Settings.of({"kind": "other"}).kind == "other"
    finally:
        unregister("other")
    with pytest.raises(SettingError):
        Settings.of({"kind": "other"})
