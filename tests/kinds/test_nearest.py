"""The nearest prototype: worked by hand, and the same integers on every computer."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from bare_kernels import NETWORK_ALONE, PREDICT, BareKernels, integers_in, work_for
from board_runs import BoardJob, run_board
from cpython_board import reference_in_cpython
from random_models import extreme_windows
from random_nearest import random_nearest
from real_data import WAND, shared_data
from tiers import tiers

from microbit_ml import read_createai, read_npz, simulate, train
from microbit_ml.cli import main
from microbit_ml.features import log_scale
from microbit_ml.kinds import RECORDS, IntegerNearest
from microbit_ml.quantize import WorkLayout, from_bytes, to_bytes

BY_HAND = IntegerNearest(
    np.array([[0, 0], [30, 40], [-127, 127]], dtype=np.int8), np.array([0, 1, 1])
)


def test_scores_by_hand():
    # (16, 0): 16^2 = 256 from (0, 0). 256 + 256 = 512 is halved once, to 256: 256 + 256 - 256.
    # From (30, 40): 14^2 + 40^2 = 1796. 2052 is halved three times, to 256: 768 + 256 - 256.
    assert BY_HAND.apply(np.array([[16, 0]])).tolist() == [[-256, -768, 0]]
    # (0, 0) is 2500 from (30, 40): 2756 -> 344, three times: 768 + 344 - 256 = 856.
    assert BY_HAND.apply(np.array([[0, 0]])).tolist() == [[0, -856, 0]]
    # (-127, 127) is 2 * 127^2 = 32258 from (0, 0): 32514 -> 254 after 7, so 6 times: 508.
    assert BY_HAND.apply(np.array([[-127, 127]])).tolist() == [[-(6 * 256 + 508 - 256), 0, 0]]


def test_the_logarithm_by_hand():
    assert log_scale(np.array([0, 256, 768, 1792]), 256).tolist() == [0, 256, 512, 768]
    # 54 features, each 254 away: 3,483,864 + 256 is halved 13 times, to 425.
    assert log_scale(np.array([54 * 254**2]), 256).tolist() == [13 * 256 + 425 - 256]
    assert log_scale(np.array([0, 16, 100])).tolist() == [0, 16, 45]


def test_bytes_by_hand():
    content = BY_HAND.content()
    assert content == bytes([2, 0, 2, 0, 3, 0, 0, 1, 1, 0, 0, 30, 40, 129, 127])
    again = IntegerNearest.read(content + b"\0", 2)
    assert (again.prototypes == BY_HAND.prototypes).all()
    assert again.labels.tolist() == [0, 1, 1]
    for labels, n in (([0, 0, 0], 2), ([0, 1, 2], 2), ([0, 1, 1], 3)):
        wrong = content[:6] + bytes(labels) + content[9:]
        with pytest.raises(ValueError):
            IntegerNearest.read(wrong, n)
    with pytest.raises(ValueError):
        IntegerNearest.read(content[:-1], 2)
    assert RECORDS[8] is IntegerNearest


@pytest.fixture(scope="module")
def computers():
    """The reference, and the machine code on a Cortex-M0 and M4."""
    with reference_in_cpython() as reference:
        yield (
            lambda work, model, entry: reference.call(None, work, model, entry),
            BareKernels(board="v1").call,
            BareKernels(board="v2").call,
        )


def assert_same_decisions(computers, device, windows):
    """All integers of each window, features included, and the scores alone."""
    model = to_bytes(device)
    twin = device.network.run(windows)
    for i, window in enumerate(windows):
        scores, features = twin.scores[i].tolist(), twin.features[i].tolist()
        expected = (int(twin.label_index[i]), int(twin.confidence[i]), scores, features)
        scaled = device.network.stages[0].apply(twin.features[i : i + 1])[0]
        for call in computers:
            work = work_for(model, window)
            call(work, model, PREDICT)
            assert integers_in(work, model) == expected
            work = work_for(model, window)
            layout = WorkLayout.of(device)
            for j, number in enumerate(scaled.tolist()):
                work[layout.inputs + j] = number
            call(work, model, NETWORK_ALONE)
            assert work[layout.scores : layout.inputs].tolist() == [*scores, 0]


@pytest.mark.parametrize("start", tiers([0], slow=[50, 100, 150], full=range(1000, 3000, 50)))
def test_random_models_decide_alike(computers, start):
    for seed in range(start, start + 50):
        device, windows = random_nearest(np.random.default_rng(seed))
        assert_same_decisions(computers, device, windows[:4])


def test_random_models_are_of_every_kind():
    sizes, alone, scores = set(), set(), []
    for seed in range(100):
        device, windows = random_nearest(np.random.default_rng(seed))
        nearest = device.network.stages[1]
        sizes.add((nearest.n_inputs % 4, len(nearest.labels) % 2))
        alone.add(len(nearest.labels) == nearest.n_outputs - 1)
        scores += device.network.run(windows).scores.ravel().tolist()
    assert sizes == {(inputs, odd) for inputs in range(4) for odd in (0, 1)}
    assert alone == {True, False}
    assert max(scores) == 0 and min(scores) < -3000


@pytest.mark.parametrize("seeds", tiers([range(2)], slow=[range(2, 20)], full=[range(20, 220)]))
def test_random_models_agree_on_both_boards(seeds):
    models = [random_nearest(np.random.default_rng(seed)) for seed in seeds]
    jobs = [
        (BoardJob(kind, to_bytes(device), windows[:2]), device)
        for device, windows in models
        for kind in ("v1", "v2")
    ]
    with ProcessPoolExecutor(max_workers=2) as pool:
        answers = pool.map(run_board, [job for job, _ in jobs])
        for (job, device), answer in zip(jobs, answers, strict=True):
            twin = device.network.run(job.windows)
            assert answer == [
                [
                    [int(twin.label_index[i]), int(twin.confidence[i])],
                    twin.scores[i].tolist(),
                    twin.features[i].tolist(),
                ]
                for i in range(len(job.windows))
            ], job.kind


@pytest.mark.parametrize("kind", ["centroid", "knn"])
@pytest.mark.parametrize("name", [WAND, "nano_gestures.npz"])
def test_every_real_recording_is_decided_alike(computers, name, kind):
    path = shared_data(name)
    data = read_createai(path) if path.suffix == ".json" else read_npz(path)
    model = train(data, kind=kind, copies=1)
    device = from_bytes(model.device_bytes())
    assert_same_decisions(computers, device, model.windows(data))
    assert_same_decisions(computers, device, extreme_windows(50))


def test_other_stages_may_come_before_and_a_gate_may_compare_features(computers):
    """The inputs are still there for the gate, whatever the scores are made of."""
    for seed in range(10):
        device, windows = random_nearest(np.random.default_rng(seed))
        network = device.network
        n = network.stages[0].n_outputs
        centers = np.random.default_rng(seed).integers(-127, 128, (len(device.labels), n))
        gate = replace(network.gate, feature_centers=centers.astype(np.int8))
        device = replace(device, network=replace(network, gate=gate))
        assert_same_decisions(computers, device, windows[:3])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "words"),
    [("centroid", "the mean recording of each gesture"), ("knn", "prototypes, typical recordings")],
)
def test_train_report_and_benchmark_from_the_command_line(
    kind, words, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    simulate(["shake", "tap", "wave"], people=3, repeats=3, seed=1).save("moves")
    assert main(["train", "moves", "--kind", kind, "-o", "m.mbml"]) == 0
    assert main(["report", "m.mbml", "moves", "-o", "page.html"]) == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert words in page
    decides = page.split("How it decides</h2>")[1]
    assert "nearest other gesture" in decides
    assert "How it learned" not in page
    capsys.readouterr()
    assert main(["benchmark", "m.mbml", "--seconds", "1"]) == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if line.startswith("network "))
    assert all(int(word.replace(",", "")) > 1000 for word in row.split()[1::3])
