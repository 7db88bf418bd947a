"""The remote recognizer: answers are distinguished from names, and wrong ones are noticed."""

import numpy as np
import pytest

from microbit_ml import simulate, train
from microbit_ml.board.remote import RemoteRecognizer
from microbit_ml.deploy.predict import predict_on_board, recognizer_on, work_layout
from microbit_ml.errors import BoardError
from microbit_ml.quantize import WorkLayout
from microbit_ml.virtual import VirtualBoard, VirtualSerial


class ScriptedPort:
    """A port that gives the next of its answers to each line, and lets a little time pass."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.waiting = b""
        self.timeout = 1.0
        self.seconds = 0.0
        self.written = []

    @property
    def in_waiting(self):
        return len(self.waiting)

    def write(self, data):
        self.written.append(data)
        if self.answers:
            self.waiting += self.answers.pop(0)
        return len(data)

    def read(self, size=1):
        self.seconds += 0.01
        data, self.waiting = self.waiting[:size], self.waiting[size:]
        return data


LAYOUT = WorkLayout(n_samples=4, n_features=3, n_labels=2)
READY = b"\x01 [0, 0, 0, 0, 0, 0, 0, 0, 0]\r\n"


def recognizer_with(*answers):
    port = ScriptedPort(READY, *answers)
    return RemoteRecognizer(port, LAYOUT, clock=lambda: port.seconds)


def test_names_that_look_like_answers_are_skipped():
    remote = recognizer_with(b"[1, 2]\r\n7\r\n\x01 61\r\n", b"7\r\n\x01 66\r\n", b"\x01 68\r\n")
    remote.put_window(np.arange(12).reshape(4, 3))


@pytest.mark.parametrize(
    "answer", [b"\x01 what?\r\n", b"\x01 62\r\n", b"\x01 [1.5]\r\n", b"\x01 \r\n"]
)
def test_wrong_answers_are_noticed(answer):
    remote = recognizer_with(answer)
    with pytest.raises(BoardError, match="does not fit the question"):
        remote.put_window(np.zeros((3, 3), dtype=int))


def test_a_window_in_the_wrong_order_is_noticed():
    remote = recognizer_with(b"\x01 [8, 1, 2]\r\n")
    with pytest.raises(BoardError, match="does not fit"):
        remote.get_window()


def test_a_label_that_contradicts_the_boards_scores_is_noticed():
    checksum, label = b"\x01 [1, 2, 3, 4]\r\n", b"\x01 [0, 1, 5, 0]\r\n"
    features, scores = b"\x01 [2, 7, 8, 9]\r\n", b"\x01 [68, 90, 10]\r\n"
    remote = recognizer_with(checksum, label, features, scores)
    with pytest.raises(BoardError, match="decided on label 1, but its own scores mean label 0"):
        remote.decide()


def test_silence_and_a_pulled_cable_are_explained():
    port = ScriptedPort()
    with pytest.raises(BoardError, match="kit's own launcher"):
        RemoteRecognizer(port, LAYOUT, clock=lambda: port.seconds)

    def gone(data):
        raise OSError(5, "Input/output error")

    port.write = gone
    with pytest.raises(BoardError, match="was disconnected"):
        RemoteRecognizer(port, LAYOUT, clock=lambda: port.seconds)


@pytest.fixture(scope="module")
def models():
    people = list(simulate(labels=["shake", "tap"], people=3, repeats=2, seed=3))
    names = {"shake": "[1, 2]", "tap": "7"}
    return [
        train(people, labels=[names[r.label] for r in people], window=n, steps=20) for n in (25, 50)
    ]


def test_labels_that_are_numbers_and_lists_do_not_confuse(models):
    model = models[0]
    with VirtualBoard("v2", model.hex()) as board:
        board.run_until(lambda: bool(board.samples_read), 5, wall_limit_s=60)
        shake = simulate(labels=["shake"], people=1, repeats=1, seed=8).recordings[0].samples
        board.play(shake, wall_limit_s=60)
        remote = RemoteRecognizer(
            VirtualSerial(board), work_layout(model), lambda: board.time_us / 1e6
        )
        window = np.arange(-37, 38).reshape(25, 3)
        remote.put_window(window)
        assert (remote.get_window() == window).all()
        assert remote.decide().scores.tolist() == model.network.run(window[None]).scores.tolist()


def test_a_board_with_another_model_is_not_taken_for_a_silent_one(models, monkeypatch):
    small, large = models
    with recognizer_on(small, "virtual:V2") as recognizer:
        from contextlib import nullcontext

        monkeypatch.setattr(
            "microbit_ml.deploy.predict.recognizer_on", lambda *_: nullcontext(recognizer)
        )
        with pytest.raises(BoardError, match="a different model"):
            predict_on_board(large, np.zeros((1, 50, 3), dtype=int), "virtual:V2")


def test_a_model_too_large_for_v1_is_explained():
    people = simulate(labels=["shake", "tap"], people=3, repeats=2, seed=3)
    model = train(people, arch="60", steps=2)
    with pytest.raises(BoardError, match="fewer hidden units"):
        predict_on_board(model, np.zeros((1, 50, 3), dtype=int), "virtual:v1")
