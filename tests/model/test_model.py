"""Model files: everything comes back, damage is noticed, loading runs nothing."""

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microbit_ml as mb
from microbit_ml.errors import DataError, FileMissingError, ModelError
from microbit_ml.model import file as model_file


@pytest.fixture(scope="module")
def data():
    return mb.simulate(labels=["shake", "still"], people=3, repeats=2, seed=1)


@pytest.fixture(scope="module")
def model(data):
    renamed = [{"shake": "naïve 一", "still": "still"}[r.label] for r in data]
    return mb.train(list(data), labels=renamed, steps=30)


def test_a_saved_model_comes_back_whole(model, data, tmp_path):
    path = tmp_path / "gestures.mbml"
    model.save(path)
    again = mb.Model.load(path)
    assert again.labels == ["naïve 一", "still"]
    assert again.to_bytes() == model.to_bytes()
    for a, b in (
        (model.predict(data), again.predict(data)),
        (model.predict_float(data), again.predict_float(data)),
    ):
        assert a.labels == b.labels
        assert (a.scores == b.scores).all()
        assert (a.confidence == b.confidence).all()
    assert (again.history, again.metrics) == (model.history, model.metrics)
    assert again.provenance == model.provenance
    assert (again.window, again.hop, again.rate_hz, again.seed) == (50, 5, 50.0, 0)


def test_a_prediction_has_a_row_for_each_recording(model, data):
    p = model.predict(data)
    assert p.scores.shape == (len(data), 2)
    assert p.features.shape == (len(data), 54)
    assert len(p.labels) == len(p.best) == len(p.confidence) == len(data)
    for label, best, confidence in zip(p.labels, p.best, p.confidence):
        assert label == (best if confidence >= 0 else None)
    assert model.predict([]).labels == []


def test_the_twin_accepts_every_count_that_a_board_can_send(model):
    window = np.zeros((50, 3), dtype=int)
    window[::2], window[1::2] = 2048, -2048
    there = model.network.run(window[None])
    assert (model.predict([window]).features == there.features).all()


def test_one_recording_is_not_taken_for_a_list_of_samples(model, data):
    with pytest.raises(DataError, match="list"):
        model.predict(data.recordings[0])


def test_labels_that_would_break_the_boards_file_or_line_are_refused(data):
    for label in ("a\0b", "two\nlines", "tab\t"):
        with pytest.raises(DataError, match="control character"):
            mb.train(list(data), labels=[label, "still"] * (len(data) // 2), steps=2)


def test_any_damage_is_noticed(model, tmp_path):
    content = model.to_bytes()
    path = tmp_path / "m.mbml"
    rng = np.random.default_rng(0)
    for offset in rng.integers(0, len(content), 60):
        damaged = bytearray(content)
        damaged[offset] ^= 1 << rng.integers(0, 8)
        path.write_bytes(damaged)
        with pytest.raises(ModelError, match=r"m\.mbml is (damaged|not a model file)"):
            mb.Model.load(path)
    for length in [0, 3, 12, 43, 44, *rng.integers(0, len(content), 20)]:
        path.write_bytes(content[:length])
        with pytest.raises(ModelError, match="m.mbml"):
            mb.Model.load(path)


def test_an_error_is_a_sentence_about_the_file_or_this_model(tmp_path):
    path = tmp_path / "wand.mbml"
    path.write_bytes(b"x")
    with pytest.raises(ModelError) as caught:
        mb.Model.load(path)
    assert str(caught.value) == (
        f"{path} is not a model file: it does not start with MBML. "
        f"Make one with: microbit-ml train DATASET -o {path}"
    )
    for content, words in (
        (b"x", "This model is not a model file: it does not start with MBML."),
        (model_file.MAGIC + b"x", "This model is damaged or incomplete: its 5 bytes do"),
        (
            sealed(b"", version=9),
            "This model has version 9 of the file format, but this kit reads versions 2 to 3. Up",
        ),
        (
            sealed(b"[]"),
            "This model is not valid (ValueError('the description is not an object')).",
        ),
        (
            sealed(b'{"arrays": []}'),
            "This model is not valid (KeyError('model.bin')).",
        ),
    ):
        with pytest.raises(ModelError) as caught:
            mb.Model.from_bytes(content)
        assert str(caught.value).startswith(words)


def sealed(text, version=model_file.VERSION):
    """A file with this description, no arrays, and a checksum that is right."""
    body = model_file.START.pack(model_file.MAGIC, version, len(text)) + text
    return body + hashlib.sha256(body).digest()


@given(st.binary(max_size=300))
def test_no_bytes_surprise_the_loader(data):
    for content in (data, model_file.MAGIC + data):
        with pytest.raises(ModelError):
            mb.Model.from_bytes(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(json_values, st.binary(max_size=40))
def test_a_sound_checksum_around_nonsense_is_a_model_error(value, tail):
    text = json.dumps(value).encode()
    body = model_file.START.pack(model_file.MAGIC, 1, len(text)) + text + tail
    with pytest.raises(ModelError):
        mb.Model.from_bytes(body + hashlib.sha256(body).digest())


def test_the_error_for_a_missing_model_explains_how_to_make_one(tmp_path):
    with pytest.raises(FileMissingError, match="microbit-ml train"):
        mb.Model.load(tmp_path / "none.mbml")


def test_saving_on_a_full_disk_keeps_the_old_model(model, tmp_path, monkeypatch):
    path = tmp_path / "m.mbml"
    path.write_bytes(b"the old one")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        model.save(path)
    assert path.read_bytes() == b"the old one"
    assert [p.name for p in tmp_path.iterdir()] == ["m.mbml"]


def test_the_boards_files(model, tmp_path):
    files = model.board_files()
    assert set(files) >= {"main.py", "gesture.py", "model.bin"}
    program = tmp_path / "mine.py"
    program.write_text("print('mine')")
    assert model.board_files(program)["main.py"] == b"print('mine')"
    with pytest.raises(FileMissingError, match="none.py"):
        model.board_files(tmp_path / "none.py")
    assert not [name for name, content in files.items() if b'"""' in content]
