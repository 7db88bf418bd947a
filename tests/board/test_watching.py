"""Watching boards: every sample arrives once, and every decision is equal to the twin's."""

import sys
import threading
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from faulty_port import BYTE_FAULTS, Fault, FaultyPort
from random_models import random_windows
from tiers import tiers

from microbit_ml import simulate, train
from microbit_ml.board import watching as watching_module
from microbit_ml.board.link import Link, open_link
from microbit_ml.board.repl import MAX_COMMAND_BYTES
from microbit_ml.board.watch_program import DETECT, SEND, WATCH
from microbit_ml.board.watch_twin import Twin
from microbit_ml.board.watching import Decision, Detection, Sample, Watch, watching
from microbit_ml.errors import BoardError
from microbit_ml.image import build_hex
from microbit_ml.targets import V1
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board
from microbit_ml.virtual.pty_port import PtyPort

GESTURES = simulate(people=3, repeats=1, seed=77)


@pytest.fixture(scope="module")
def model():
    return train(simulate(people=4, repeats=3, seed=2), steps=80)  # nine labels


@pytest.fixture(scope="module")
def hop_1():
    data = simulate(["shake", "still", "twist"], people=3, repeats=2, seed=4)
    return train(data, steps=40, hop=1)


@contextmanager
def switched_on(kind, program):
    """A board that has started, and the line to it: (board, link)."""
    name = f"watched-{kind}"
    with VirtualBoard(kind, program) as board:
        board.run(2.5 if kind == "v1" else 1)
        share_board(name, board)
        try:
            with open_link(f"virtual://{kind}?name={name}") as link:
                yield board, link
        finally:
            unshare_board(name)


def follow(watch, link, seconds, twin=None, board=None):
    """The events of ``seconds``, while the board is moved through gestures."""
    path = np.concatenate([recording.samples for recording in GESTURES.recordings[::2]])
    began, events = link.clock(), []
    while link.clock() < began + seconds:
        if board is not None:
            index = int((link.clock() - began) * 50) % len(path)
            board.tilt(*path[index].tolist())
        for event in watch.read():
            events.append(event)
            if isinstance(event, Sample) and twin:
                twin.add(event)
            elif isinstance(event, Decision) and twin:
                twin.check(event)
    return events


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def watched_for(kind, model, seconds):
    """Watch and compare the numbers; returns the twin and the detections."""
    with switched_on(kind, model.hex()) as (board, link), watching(link) as watch:
        twin = Twin(model.network, model.window)
        follow(watch, link, 0.5, twin, board)
        before = board.sensor_count
        events = follow(watch, link, seconds, twin, board)
        count = board.sensor_count
        assert watch.model.names == tuple(model.labels)
        assert (watch.model.window, watch.model.hop) == (model.window, model.hop)
        assert (watch.lost, watch.missed, watch.damaged) == (0, 0, 0)
        assert count.unread == before.unread
        samples, decisions = of(Sample, events), of(Decision, events)
        assert 49 * seconds < len(samples) < 51 * seconds
        numbers = [sample.number for sample in samples]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        read = {counts for _, counts in board.samples_read}
        assert {sample[1:] for sample in samples} <= read
        assert set(np.diff([decision.number for decision in decisions])) == {model.hop}
        assert 48 < watch.rate_hz < 52
        assert 49 < watch.mean_hz < 51
    assert twin.same >= len(decisions) > 0
    assert (twin.different, twin.unchecked) == (0, 0)
    return decisions, of(Detection, events)


@pytest.mark.parametrize("kind", ["v1", "v2"])
@pytest.mark.parametrize("seconds", tiers([4], slow=[10], full=[60]))
def test_no_sample_is_lost_and_every_decision_is_the_twins(kind, seconds, model):
    decisions, detections = watched_for(kind, model, seconds)
    labels = {decision.label_index for decision in decisions}
    assert len(labels) >= 4  # many gestures
    assert detections
    assert {event.label for event in detections} <= labels


@pytest.mark.slow
def test_a_hop_of_one_predicts_with_each_sample(hop_1):
    decisions, _ = watched_for("v1", hop_1, 2)
    assert len(decisions) >= 75  # the first window takes a second to fill


@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "length", "window", "arch"),
    [(9, 9, 50, "17"), (8, 12, 150, "12"), (8, 40, 50, "11"), (16, 12, 50, "6")],
)
def test_the_largest_models_that_are_promised_can_be_watched_on_v1(labels, length, window, arch):
    windows = random_windows(np.random.default_rng(0), 2 * labels, window)
    names = [f"{i:02d}" + "x" * (length - 2) for i in range(labels)] * 2
    model = train(
        list(windows), labels=names, arch=arch, window=window, steps=2, copies=0, negatives=10
    )
    assert V1.heap_bytes - 110 < model.heap_bytes() <= V1.heap_bytes
    watched_for("v1", model, window / 50 + 0.3)


def test_commands_are_short_enough_for_v1():
    for command in (SEND, DETECT, WATCH):
        assert len(command.encode()) <= MAX_COMMAND_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_afterwards_the_boards_own_program_runs(kind, model):
    with switched_on(kind, model.hex()) as (board, link):
        with watching(link) as watch:
            follow(watch, link, 0.5)
            n_read = len(board.samples_read)
        board.run(3)
        assert len(board.samples_read) > n_read + 25
        assert board.serial.count("\x02s") >= 20
        assert "\x02" not in board.serial[-20:]  # and the frames have ended
        with watching(link) as watch:  # again, as often as you like
            assert of(Sample, follow(watch, link, 0.5))


@pytest.mark.parametrize("error", tiers([KeyboardInterrupt], slow=[ValueError]))
def test_also_after_ctrl_c_and_an_error(error, model):
    with switched_on("v1", model.hex()) as (board, link):
        with pytest.raises(error), watching(link) as watch:
            follow(watch, link, 0.2)
            raise error
        n_read = len(board.samples_read)
        board.run(3)
        assert len(board.samples_read) > n_read + 25


@pytest.mark.slow
@pytest.mark.parametrize("reading", [True, False])
def test_ctrl_c_while_it_starts(reading, model):
    with switched_on("v1", model.hex()) as (board, link):
        for after in (3, 100, 300):
            port = FaultyPort(link.port, Fault("interrupt", after, reading))
            faulty = replace(link, port=port)
            with pytest.raises(KeyboardInterrupt), watching(faulty) as watch:
                follow(watch, faulty, 5)
            n_read = len(board.samples_read)
            board.run(3.5)
            assert len(board.samples_read) > n_read + 25, after


@pytest.mark.slow  # by default, the command "watch" shows it
def test_a_twin_that_is_made_to_differ_is_noticed(model):
    other = replace(model.network, gate=model.network.gate.widened(-3000))
    with switched_on("v1", model.hex()) as (board, link), watching(link) as watch:
        twin = Twin(other, model.window)
        follow(watch, link, 2.5, twin, board)
        assert twin.different > 0
        assert twin.unchecked == 0


@pytest.mark.parametrize("offsets", tiers([[151]], slow=[[40, 151, 310]]))
def test_lost_doubled_and_garbled_bytes_are_counted_and_never_taken_for_a_difference(
    model, offsets
):
    with switched_on("v1", model.hex()) as (board, link), watching(link) as watch:
        twin = Twin(model.network, model.window)
        real, n_tried = link.port, 0
        for kind in BYTE_FAULTS:
            for after in offsets:
                faulty = FaultyPort(real, Fault(kind, after, size=3))
                watch._link = replace(link, port=faulty)
                before = watch.damaged + watch.lost
                follow(watch, link, 0.4, twin, board)
                assert faulty.fired
                assert watch.damaged + watch.lost > before, (kind, after)
                n_tried += 1
        watch._link = link
        assert watch.damaged > 0
        assert watch.lost > 0
        assert twin.unchecked > 0
        assert twin.different == 0
        same = twin.same
        follow(watch, link, 2, twin, board)
        assert twin.same > same  # checked again when a window is complete
        print(f"{n_tried} faults tried")


class Frames:
    """A port that holds lines of a board, and a clock that advances with each read."""

    timeout = None
    in_waiting = 0

    def __init__(self, *parts):
        self.parts = list(parts)
        self.time_s = 0.0

    def read(self, size=1):
        self.time_s += 0.02
        return self.parts.pop(0) if self.parts else b""

    def write(self, data):
        return len(data)


def watch_of(port, model):
    from microbit_ml.board.frames import FrameReader
    from microbit_ml.board.watching import BoardModel

    carried = BoardModel(1, model.window, model.hop, 20, tuple(model.labels))
    return Watch(Link(port, lambda: port.time_s, "desk"), carried, FrameReader(), [])


def test_sample_numbers_are_unwrapped_beyond_9999(model):
    from microbit_ml.board.frames import Frame, format_frame

    lines = [format_frame(Frame("s", (n % 10_000, n, 0, 0))) for n in (0, 4998, 9996, 9999)]
    lines += [format_frame(Frame("s", (n % 10_000, n, 0, 0))) for n in (10_000, 10_002, 10_002)]
    scores = (0,) * len(model.labels)
    lines += [format_frame(Frame("d", (2, -1, -5, *scores))), format_frame(Frame("m", (7,)))]
    watch = watch_of(Frames(*lines), model)
    events = [event for _ in range(len(lines)) for event in watch.read()]
    assert [event.number for event in events] == [0, 4998, 9996, 9999, 10_000, 10_002, 10_002]
    assert (watch.samples, watch.lost, watch.missed) == (6, 10_003 - 6, 7)
    assert events[-1] == Decision(10_002, -1, -5, scores)


def test_a_board_that_falls_silent(model):
    watch = watch_of(Frames(b"\x02s 0 1 2 3 8\r\nMicroPython v1\r\n"), model)
    with pytest.raises(BoardError, match=r"sent nothing for 3 s.*'MicroPython v1'"):
        for _ in range(200):
            watch.read()
    watch = watch_of(Frames(b"Traceback\r\nMemoryError: \r\n"), model)
    with pytest.raises(BoardError, match="too little memory"):
        for _ in range(200):
            watch.read()


def test_a_cable_that_is_pulled_out(model):
    with switched_on("v1", model.hex()) as (_, link):
        for after in (30, 700):
            faulty = replace(link, port=FaultyPort(link.port, Fault("cut", after)))
            with pytest.raises(BoardError, match="was disconnected"), watching(faulty) as watch:
                follow(watch, faulty, 5)


@pytest.mark.slow
def test_a_reset_button_that_is_pressed(model):
    with switched_on("v1", model.hex()) as (board, link):
        with pytest.raises(BoardError, match="Was it reset"), watching(link) as watch:
            follow(watch, link, 0.3)
            board.reset()
            follow(watch, link, 10)
        with watching(link) as watch:
            assert of(Sample, follow(watch, link, 0.3))


def refused(kind, files):
    with switched_on(kind, build_hex({kind: files})) as (_, link):
        with pytest.raises(BoardError) as error, watching(link):
            pass
        return str(error.value)


@pytest.mark.slow  # by default, the command "watch" explains most of them
def test_boards_that_cannot_be_watched(model):
    files = model.board_files(board="v1")
    assert "runs MicroPython, but not the kit" in refused("v1", {"main.py": b"print(1)"})
    without = {name: files[name] for name in files if name != "model.bin"}
    assert "stopped (ValueError: no model.bin)" in refused("v1", without)
    damaged = files | {"model.bin": files["model.bin"][:-1] + b"\xff"}
    assert "model.bin is damaged" in refused("v1", damaged)
    large = files | {"model.bin": files["model.bin"] + bytes(2500)}
    assert "too little memory" in refused("v1", large)
    full = files | {"gesture.py": files["gesture.py"] + b"\nkeep = bytearray(4800)\n"}
    assert "too little memory" in refused("v1", full)


@pytest.mark.slow
def test_two_boards_at_the_same_time(model):
    with (
        switched_on("v1", model.hex()) as (one, link_1),
        switched_on("v2", model.hex()) as (two, link_2),
        watching(link_1) as watch_1,
        watching(link_2) as watch_2,
    ):
        twins = [Twin(model.network, model.window) for _ in range(2)]
        for _ in range(15):
            follow(watch_1, link_1, 0.1, twins[0], one)
            follow(watch_2, link_2, 0.1, twins[1], two)
        for watch, twin in zip((watch_1, watch_2), twins, strict=True):
            assert watch.lost == watch.damaged == twin.different == 0
            assert twin.same >= 4


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a pseudo-terminal of Linux")
@pytest.mark.usefixtures("board_time")
def test_over_a_pty(model):
    with VirtualBoard("v1", model.hex()) as board, PtyPort(board) as pty:
        board.run(2.5)
        over = threading.Event()
        server = threading.Thread(target=pty.serve, args=(over.is_set,))
        server.start()
        try:
            with open_link(pty.path) as link, watching(link) as watch:
                twin = Twin(model.network, model.window)
                events = follow(watch, link, 2.5, twin)
                assert len(of(Sample, events)) > 60
                assert (watch.lost, watch.damaged, twin.different) == (0, 0, 0)
                assert twin.same > 0
            n_read = len(board.samples_read)
        finally:
            over.set()
            server.join()
        board.run(3)
        assert len(board.samples_read) > n_read + 25


def test_a_second_ctrl_c_does_not_leave_the_board_without_its_program():
    calls = []

    class Repl:
        def soft_reset(self):
            calls.append("reset")
            if len(calls) == 1:
                raise KeyboardInterrupt

        def enter(self):
            calls.append("enter")

    with pytest.raises(KeyboardInterrupt):
        watching_module._let_go(Repl())
    assert calls == ["reset", "enter", "reset"]
