"""A kind of model that this file alone defines: it trains, packs, runs, and is compared.

The label whose mean tilt is nearest wins. It has a record of its own, with a kernel and a reference
in plain Python; nothing else in the kit knows about it.
"""

import struct
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np
import pytest
from bare_kernels import PREDICT, BareKernels, integers_in, work_for
from board_runs import BoardJob, run_board
from cpython_board import reference_in_cpython

import microbit_ml as mb
from microbit_ml import kinds
from microbit_ml.cli import main
from microbit_ml.errors import DataError
from microbit_ml.kinds import RECORDS, SCORE_LIMIT, Stage
from microbit_ml.network import History
from microbit_ml.quantize import (
    FORMS,
    FittedModel,
    IntegerNetwork,
    Normaliser,
    NoveltyDetector,
    form,
)
from microbit_ml.quantize.float_model import INPUT_STEP
from microbit_ml.quantize.quantizer import quantize_gate, quantize_scale, round_half_up
from microbit_ml.training.kinds import ModelKind, register, unregister

OTHER = 12.0  # a movement further than this from every label is unknown; in scales

KERNEL = """
# r0 scaled inputs, r1 the record, then a label's means, r3 scores; r2, r5 a number; r4 bytes of a
# row, r6 the score, r7 offset, r8 labels left
label(NEAREST)
ldrh(r4, [r1, 4])
lsl(r4, r4, 1)
ldrh(r5, [r1, 6])
mov(r8, r5)
add(r1, 8)
label(NEAREST_LABEL)
mov(r6, 0)
mov(r7, 0)
label(NEAREST_INPUT)
ldrsh(r2, [r0, r7])
ldrsh(r5, [r1, r7])
sub(r2, r2, r5)
asr(r5, r2, 31)
eor(r2, r5)
sub(r2, r2, r5)
sub(r6, r6, r2)
add(r7, 2)
cmp(r7, r4)
bne(NEAREST_INPUT)
strh(r6, [r3, 0])
add(r3, 2)
add(r1, r1, r4)
mov(r5, r8)
sub(r5, 1)
mov(r8, r5)
cmp(r5, 0)
bne(NEAREST_LABEL)
ldrh(r5, [r1, 0])
strh(r5, [r3, 0])
b(RECORD_DONE)
"""


def nearest(numbers, model, offset):
    """The kernel in plain Python."""
    n_inputs, n_labels = struct.unpack_from("<HH", model, offset + 4)
    *means, other = struct.unpack_from(f"<{n_labels * n_inputs + 1}h", model, offset + 8)
    rows = [means[i * n_inputs : (i + 1) * n_inputs] for i in range(n_labels)]
    return [*(-sum(abs(a - b) for a, b in zip(numbers, row)) for row in rows), other]


@dataclass(frozen=True, eq=False)
class IntegerNearest(Stage):
    """``u16 n_inputs, u16 n_labels, n_labels x n_inputs x i16 mean, i16 score of "other"``."""

    NUMBER, NAME, ENTRY, LISTINGS = 200, "nearest", "NEAREST", ("nearest.py",)
    SOURCES: ClassVar = {"nearest.py": KERNEL}
    reference = staticmethod(nearest)
    means: np.ndarray
    other: int

    n_inputs = property(lambda self: self.means.shape[1])
    n_outputs = property(lambda self: len(self.means) + 1)

    def apply(self, x):
        distance = np.abs(x[:, None, :].astype(np.int64) - self.means).sum(axis=2)
        return np.append(-distance, np.full((len(x), 1), self.other), axis=1)

    def instructions(self, target):
        return len(self.means) * (12 + 11 * self.n_inputs)

    def content(self):
        numbers = [*self.means.ravel().tolist(), self.other]
        head = struct.pack("<HH", self.n_inputs, len(self.means))
        return head + struct.pack(f"<{len(numbers)}h", *numbers)

    @classmethod
    def read(cls, content, n_labels):
        n_inputs, n_labels = struct.unpack_from("<HH", content)
        *means, other = struct.unpack_from(f"<{n_labels * n_inputs + 1}h", content, 4)
        return cls(np.reshape(means, (n_labels, n_inputs)), other)


@dataclass(frozen=True, eq=False)
class NearestTilt(FittedModel):
    """means: (n_labels, n_inputs), of scaled features."""

    FORM = "nearest tilt"
    groups: tuple[str, ...]
    normaliser: Normaliser
    means: np.ndarray
    gate: NoveltyDetector

    n_inputs = property(lambda self: self.means.shape[1])
    n_parameters = property(lambda self: self.means.size)
    in_words = "the mean tilt of each label"

    def scaled(self, rows):
        return self.normaliser.apply(rows)

    def classify(self, rows):
        x = self.scaled(rows)
        distance = np.abs(x[:, None] - self.means).sum(axis=2)
        scores = np.append(-distance, np.full((len(x), 1), -OTHER), axis=1)
        best = scores[:, :-1].argmax(axis=1)
        return scores, best, self.gate.confidence(x, x[:, :0], scores, best)

    def with_threshold(self, threshold):
        return replace(self, gate=replace(self.gate, threshold=float(threshold)))

    def with_shift(self, shift):
        return replace(self, gate=replace(self.gate, class_offsets=self.gate.class_offsets + shift))

    def parts(self):
        arrays = {"mean": self.normaliser.mean, "scale": self.normaliser.scale}
        arrays |= {"means": self.means, "class_offsets": self.gate.class_offsets}
        return {"threshold": self.gate.threshold}, arrays

    @classmethod
    def of_parts(cls, facts, arrays, groups, n_labels):
        means, normaliser = arrays["means"], Normaliser(arrays["mean"], arrays["scale"])
        return cls(
            groups, normaliser, means, gate_of(means, arrays["class_offsets"], facts["threshold"])
        )


def gate_of(means, class_offsets, threshold=np.inf):
    """It measures the features alone: there is no hidden layer."""
    return NoveltyDetector(means[:, :0], np.zeros((0, 0)), means, class_offsets, threshold)


class NearestTiltKind(ModelKind):
    """The label whose mean tilt is nearest."""

    NAME, TITLE, SETTINGS = "tilt", "nearest tilt", {"features": ("tilt",)}

    def fit(self, data, held_out, options, rng, *, start=None, variant="", progress=None):
        return [self._one(data, ~held, options) for held in held_out], History()

    def _one(self, data, training, options):
        chosen = data.recording < 0
        chosen |= np.append(training, False)[data.recording]
        rows, targets = data.rows[chosen], data.targets[chosen]
        normaliser = Normaliser.fit(rows, targets, options.features)
        x = normaliser.apply(rows)
        means = np.stack([x[targets == i].mean(axis=0) for i in range(data.n_labels)])
        return NearestTilt(
            options.features, normaliser, means, gate_of(means, np.zeros(data.n_labels))
        )

    def integers(self, model, rows):
        scale = quantize_scale(model.normaliser)
        means = np.clip(round_half_up(model.means / INPUT_STEP), -127, 127)
        nearest = IntegerNearest(means, max(-round(OTHER / INPUT_STEP), -SCORE_LIMIT))
        gate = quantize_gate(model.gate, 1.0, INPUT_STEP)
        return IntegerNetwork(model.groups, [scale, nearest], gate)


def held_at_angles():
    """Three people who hold the board flat, to the left and to the front, three times each."""
    rng = np.random.default_rng(0)
    angles = {"flat": (0, 0, -1024), "left": (-900, 0, -450), "front": (0, 900, -450)}
    return mb.Dataset(
        [
            mb.Recording(
                np.array(counts) + rng.normal(0, 60, 3) + rng.normal(0, 20, (60, 3)),
                label=label,
                subject=person,
                name=f"{label} {person} {i}",
            )
            for label, counts in angles.items()
            for person in ("ann", "ben", "cleo")
            for i in range(3)
        ]
    )


@pytest.fixture(scope="module")
def tilt():
    """The kind, while this file is tested, and a model of it."""
    kinds.register(IntegerNearest)
    form(NearestTilt)
    register(NearestTiltKind)
    try:
        data = held_at_angles()
        yield data, mb.train(data, kind="tilt", seed=0)
    finally:
        unregister("tilt")
        del RECORDS[IntegerNearest.NUMBER], FORMS[NearestTilt.FORM]


def test_it_trains_and_recognises_its_training_data(tilt):
    data, model = tilt
    integer, real = model.predict(data), model.predict_float(data)
    right = [model.labels[i] == one.label for i, one in zip(integer.best_index, data, strict=True)]
    assert np.mean(right) == 1.0
    assert (real.best_index == integer.best_index).mean() >= 0.9
    assert (model.kind, len(model.feature_names)) == ("tilt", 3)
    with pytest.raises(DataError, match="cannot learn new gestures"):
        mb.train(data, start=model)


def test_it_is_saved_and_loaded(tilt, tmp_path):
    data, model = tilt
    model.save(tmp_path / "tilt.mbml")
    again = mb.Model.load(tmp_path / "tilt.mbml")
    assert again.to_bytes() == model.to_bytes()
    assert (again.predict_float(data).scores == model.predict_float(data).scores).all()


def test_twin_reference_and_boards_give_equal_integers(tilt):
    _, model = tilt
    binary = model.device_bytes()
    windows = np.random.default_rng(0).integers(-2048, 2048, (20, 50, 3)).astype(np.int16)
    twin = model.network.run(windows)
    on_boards = [run_board(BoardJob(kind, binary, windows)) for kind in ("v1", "v2")]
    with reference_in_cpython() as reference:
        calls = [
            partial(reference.call, None),
            BareKernels(board="v1").call,
            BareKernels(board="v2").call,
        ]
        for i, window in enumerate(windows):
            label, confidence = int(twin.label_index[i]), int(twin.confidence[i])
            scores, features = twin.scores[i].tolist(), twin.features[i].tolist()
            for call in calls:
                work = work_for(binary, window)
                call(work, binary, PREDICT)
                assert integers_in(work, binary) == (label, confidence, scores, features)
            for answers in on_boards:
                assert answers[i] == [[label, confidence], scores, features]
    assert len({tuple(row) for row in twin.scores.tolist()}) > 10


def test_compare_report_and_benchmark_have_a_row_of_it(tilt, tmp_path, capsys, monkeypatch):
    data, _ = tilt
    monkeypatch.chdir(tmp_path)
    data.save("moves")
    assert main(["train", "moves", "--kind", "tilt", "-o", "tilt.mbml"]) == 0
    capsys.readouterr()
    assert main(["compare", "moves", "--folds", "3"]) == 0
    assert "nearest tilt" in capsys.readouterr().out
    assert main(["report", "tilt.mbml", "moves", "-o", "page.html"]) == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "the mean tilt of each label" in page
    assert "tilt" in page.split("All training settings")[1]
    capsys.readouterr()
    assert main(["benchmark", "tilt.mbml", "--seconds", "1"]) == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if line.startswith("network "))
    assert all(int(word.replace(",", "")) > 30 for word in row.split()[1::3])
