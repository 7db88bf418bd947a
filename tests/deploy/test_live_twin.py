"""The twin beside a virtual board: the same integers from what the board has read."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.deploy.live_twin import LiveTwin


class Board:
    """A board that has read these samples."""

    def __init__(self):
        self.time_us = 0
        self.read = []

    def read_since(self, count):
        return self.read[count:]

    def reads(self, samples, step_us=20_000):
        for counts in samples:
            self.time_us += step_us
            self.read.append((self.time_us, tuple(counts)))


@pytest.fixture(scope="module")
def model():
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=4)
    return mb.train(data, seed=0, steps=60)


@pytest.fixture
def shake():
    return mb.simulate(["shake"], people=1, repeats=1, seconds=2).recordings[0].samples.tolist()


def test_it_computes_the_integers_of_the_model_every_hop(model, shake):
    board, decided = Board(), []
    twin = LiveTwin(board, model, lambda label, confidence: decided.append(label) or -1)
    board.reads(shake[: model.window - 1])
    twin.follow()
    assert twin.now is None
    for sample in shake[model.window - 1 :]:
        board.reads([sample])
        twin.follow()
    last = len(shake) - (len(shake) - model.window) % model.hop
    expected = model.network.run(np.array(shake[last - model.window : last])[None])
    assert len(decided) == (len(shake) - model.window) // model.hop + 1
    assert twin.now.scores == tuple(expected.scores[0].tolist())
    assert (twin.now.label, twin.now.confidence) == (
        expected.label_index[0],
        expected.confidence[0],
    )
    assert twin.recognised is None


def test_what_the_rule_reports_is_recognised(model, shake):
    board = Board()
    twin = LiveTwin(board, model, lambda label, confidence: 1)
    board.reads(shake[: model.window])
    twin.follow()
    assert (twin.recognised, twin.recognised_us) == (1, board.time_us)
    assert twin.labels == ["shake", "still"]


def test_repeated_reads_count_once_and_a_gap_starts_again(model, shake):
    board, decided = Board(), []
    twin = LiveTwin(board, model, lambda label, confidence: decided.append(label) or -1)
    for sample in shake[: model.window - 1]:
        board.reads([sample])
        board.read.append((board.time_us + 3_000, (0, 0, 0)))
    twin.follow()
    assert not decided
    board.time_us += 500_000
    board.reads(shake[: model.window - 1])
    twin.follow()
    assert not decided
    board.reads(shake[:1])
    twin.follow()
    assert len(decided) == 1


def test_a_program_that_does_not_read_is_noticed(model, shake):
    board = Board()
    twin = LiveTwin(board, model, lambda label, confidence: -1)
    board.time_us = 1_000_000  # it may still be starting
    assert not twin.is_silent
    board.time_us = 4_000_000
    assert twin.is_silent
    board.reads(shake)
    twin.follow()
    assert not twin.is_silent
    board.time_us += 600_000
    assert twin.is_silent
