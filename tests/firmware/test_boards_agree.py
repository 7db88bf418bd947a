"""THE test: twin, V1 and V2 give the same integers, bit for bit."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from board_runs import BoardJob, run_board
from random_models import random_model, small_random_model
from real_data import WAND, shared_data
from tiers import tiers

from microbit_ml import read_createai, simulate, train
from microbit_ml.deploy.predict import predict_on_board
from microbit_ml.quantize import to_bytes


def assert_boards_agree(seeds):
    """Random models with random windows, small enough for V1, on both boards."""
    models = [small_random_model(np.random.default_rng(seed)) for seed in seeds]
    jobs = [
        BoardJob(kind, to_bytes(device), windows[:2])
        for device, windows in models
        for kind in ("v1", "v2")
    ]
    with ProcessPoolExecutor(max_workers=2) as pool:
        answers = pool.map(run_board, jobs)
        for job, (device, _), answer in zip(jobs, [m for m in models for _ in "12"], answers):
            twin = device.network.run(job.windows)
            expected = [
                [
                    [int(twin.label_index[i]), int(twin.confidence[i])],
                    twin.scores[i].tolist(),
                    twin.features[i].tolist(),
                ]
                for i in range(len(job.windows))
            ]
            assert answer == expected, job.kind


@pytest.mark.parametrize("seeds", tiers([range(5)], slow=[range(50)], full=[range(1000, 1200)]))
def test_random_models_agree_on_both_boards(seeds):
    assert_boards_agree(seeds)


@pytest.mark.parametrize(
    "seeds", tiers([range(2000, 2002)], slow=[range(2002, 2004)], full=[range(2004, 2204)])
)
def test_large_models_agree_on_v2(seeds):
    for seed in seeds:
        device, windows = random_model(np.random.default_rng(seed))
        windows = windows[:3]
        twin = device.network.run(windows)
        answers = run_board(BoardJob("v2", to_bytes(device), windows))
        assert [answer[1] for answer in answers] == twin.scores.tolist()
        assert [answer[0][1] for answer in answers] == twin.confidence.tolist()


@pytest.fixture(scope="module")
def wand():
    """Real recordings, and a model of them."""
    data = read_createai(shared_data(WAND))
    return train(data, seed=0), list(data)


@pytest.mark.parametrize("board", ["virtual:v1", "virtual:v2"])
@pytest.mark.parametrize("every", tiers([20], slow=[1]))
def test_every_real_recording_agrees_over_serial(wand, board, every):
    model, data = wand
    assert_same_prediction(model, data[::every], board)


@pytest.fixture(scope="module")
def odd_labels():
    """Simulated recordings, and a model of them with other labels."""
    data = simulate(labels=["shake", "tap", "still"], people=3, repeats=2, seed=5)
    names = {"shake": "一", "tap": "naïve", "still": "Not a spell"}
    return train(list(data), labels=[names[r.label] for r in data], steps=60), list(data)


@pytest.mark.parametrize("board", ["virtual:v1", "virtual:v2"])
@pytest.mark.parametrize("every", tiers([6], slow=[1]))
def test_simulated_recordings_and_odd_labels_agree_over_serial(odd_labels, board, every):
    model, data = odd_labels
    assert_same_prediction(model, data[::every], board)


def assert_same_prediction(model, data, board):
    twin = model.predict(data)
    there = predict_on_board(model, model.windows(data), board)
    assert (there.features == twin.features).all()
    assert (there.scores == twin.scores).all()
    assert (there.confidence == twin.confidence).all()
    assert there.labels == twin.labels
