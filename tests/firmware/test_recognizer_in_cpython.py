"""The firmware, run by CPython: the same integers as the NumPy twin, and its sampling."""

import json
from dataclasses import replace
from itertools import repeat

import numpy as np
import pytest
from cpython_board import TICKS, fill_window, firmware_in_cpython, integers_of, window_of
from random_models import random_model
from real_data import WAND, shared_data
from tiers import tiers

from microbit_ml import read_createai, train
from microbit_ml.image.kernels import kernels
from microbit_ml.kinds import OPEN
from microbit_ml.quantize import WorkLayout, to_bytes


def assert_agrees(recognizer, network, windows):
    twin = network.run(windows)
    for i, window in enumerate(windows):
        fill_window(recognizer, window)
        assert recognizer.predict() == twin.label_index[i]
        label, confidence, scores, features = integers_of(recognizer)
        assert recognizer.confidence == confidence
        assert features == twin.features[i].tolist()
        assert scores == twin.scores[i].tolist()
        assert (label, confidence) == (twin.label_index[i], twin.confidence[i])


@pytest.mark.parametrize("seed", tiers(range(40), slow=range(40, 100), full=range(100, 400)))
def test_it_agrees_with_the_twin_on_random_models(seed):
    device, windows = random_model(np.random.default_rng(seed))
    with firmware_in_cpython(to_bytes(device)) as gesture:
        recognizer = gesture.Recognizer()
        assert recognizer.names == device.labels
        assert_agrees(recognizer, device.network, windows)


def test_it_agrees_with_the_twin_on_real_recordings():
    data = read_createai(shared_data(WAND))
    model = train(data, seed=0, steps=60)
    with firmware_in_cpython(model.device_bytes()) as gesture:
        assert_agrees(gesture.Recognizer(), model.network, model.windows(data))


@pytest.fixture(scope="module")
def device():
    return random_model(np.random.default_rng(3))[0]


def test_next_slides_the_window_over_the_samples(device):
    samples = np.random.default_rng(0).integers(-2048, 2048, (device.window + 3 * device.hop, 3))
    with firmware_in_cpython(to_bytes(device), map(tuple, samples.tolist())) as gesture:
        recognizer = gesture.Recognizer()
        labels = []
        recognizer.debounce = labels.append  # instead of the rule that debounces
        for _ in samples:
            recognizer.next()
        assert window_of(recognizer) == samples[-device.window :].reshape(-1).tolist()
    windows = np.stack([samples[i * device.hop : i * device.hop + device.window] for i in range(4)])
    assert labels == device.network.run(windows).label_index.tolist()


STILL = (0, 0, -1024)


def test_samples_are_read_by_deadlines_and_late_ones_are_counted(device):
    with firmware_in_cpython(to_bytes(device), repeat(STILL)) as gesture:
        import microbit

        recognizer = gesture.Recognizer()
        recognizer.predict = lambda: -1
        start = microbit.clock.us
        recognizer.next()  # the first sample is read at once
        assert microbit.clock.us - start < 100
        recognizer.next()  # the second soon, all others 20 ms later
        assert abs(microbit.clock.us - start - 8_000) < 100
        start = microbit.clock.us
        for _ in range(10):
            microbit.clock.us += 12_000  # the pupil's own loop
            recognizer.next()
        assert abs(microbit.clock.us - start - 200_000) < 100
        assert recognizer.missed == 0
        microbit.clock.us += 65_000  # three deadlines pass: 20, 40 and 60
        recognizer.next()
        assert recognizer.missed == 2
        recognizer.next()
        assert 0 <= microbit.clock.us - start - 280_000 < 100


def test_a_clock_that_jumps_briefly_costs_no_sample(device):
    with firmware_in_cpython(to_bytes(device), repeat(STILL)) as gesture:
        import loader
        import microbit

        recognizer = gesture.Recognizer()
        recognizer.predict = lambda: -1
        recognizer.next()
        due, right = recognizer.due, loader.ticks_us
        jumps = iter([65_500])
        loader.ticks_us = lambda: right() + next(jumps, 0)  # as V1's does
        microbit.clock.us += 2_000
        recognizer.next()
        assert recognizer.due == due  # it is not time yet
        jumps = iter([65_500])
        recognizer.poll()
        assert recognizer.due == due + 20_000
        assert recognizer.missed == 0


def test_poll_reads_a_sample_only_when_one_is_due(device):
    with firmware_in_cpython(to_bytes(device), repeat(STILL)) as gesture:
        import microbit

        recognizer = gesture.Recognizer()
        read = []
        recognizer.predict = lambda: -1
        microbit.accelerometer.get_values = lambda: read.append(microbit.clock.us) or STILL
        start = microbit.clock.us
        while microbit.clock.us < start + 205_000:
            before = microbit.clock.us
            recognizer.poll()
            assert microbit.clock.us - before < 100  # it never waits
        assert len(read) == 11
        planned = [0, *range(8_000, 200_000, 20_000)]
        assert max(abs(when - start - due) for when, due in zip(read, planned, strict=True)) < 100


def test_samples_go_on_when_the_clock_wraps_around(device):
    with firmware_in_cpython(to_bytes(device), repeat(STILL)) as gesture:
        import microbit

        recognizer = gesture.Recognizer()
        recognizer.predict = lambda: -1
        microbit.clock.us = TICKS + 1 - 50_000
        recognizer.next()
        recognizer.next()
        start = microbit.clock.us
        for _ in range(10):
            recognizer.next()
        assert abs(microbit.clock.us - start - 200_000) < 100
        assert recognizer.missed == 0


def test_a_hop_of_one_sample_predicts_after_each(device):
    every = replace(device, hop=1)
    with firmware_in_cpython(to_bytes(every), repeat(STILL)) as gesture:
        recognizer = gesture.Recognizer()
        predicted = []
        recognizer.debounce = predicted.append
        for _ in range(device.window + 9):
            recognizer.next()
    assert len(predicted) == 10


def test_it_reports_whether_the_last_prediction_was_unknown(device):
    for limit, unknown in ((OPEN, False), (-OPEN, True)):
        gated = replace(device, network=device.network.with_threshold(limit))
        twin = gated.network.run(np.zeros((1, device.window, 3), dtype=np.int16))
        with firmware_in_cpython(to_bytes(gated)) as gesture:
            recognizer = gesture.Recognizer()
            assert recognizer.unknown is False
            fill_window(recognizer, np.zeros((device.window, 3)))
            recognizer.predict()
            assert recognizer.unknown is unknown is bool(twin.label_index[0] < 0)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: None, "no model.bin"),
        (lambda data: b"", "not for this kit"),
        (lambda data: b"hello, I am a poem" * 9, "not for this kit"),
        (lambda data: data[:8] + b"\x01" + data[9:], "not for this kit"),
        (lambda data: data[:-5], "damaged"),
        (lambda data: data[:99] + bytes([data[99] ^ 1]) + data[100:], "damaged"),
    ],
)
def test_a_bad_model_gives_a_short_error(device, damage, words):
    data = damage(to_bytes(device))
    with firmware_in_cpython(data) as gesture, pytest.raises(ValueError, match=words):
        gesture.Recognizer()


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        (b"", "no kernel_v1.bin"),
        (b"2" + kernels("v1")[1:], "kernel_v1.bin is not for this kit"),
        (b"1\1" + kernels("v1")[2:], "kernel_v1.bin is not for this kit"),
    ],
)
def test_kernels_that_do_not_fit_give_a_short_error(device, kernel, words):
    files = firmware_in_cpython(to_bytes(device), kernel=kernel)
    with files as gesture, pytest.raises(ValueError, match=words):
        gesture.Recognizer()


def test_a_second_recognizer_goes_on_with_what_the_first_loaded(device):
    with firmware_in_cpython(to_bytes(device)) as gesture:
        first, second = gesture.Recognizer(), gesture.Recognizer()
        assert second.names == first.names == device.labels
        assert second.work is first.work


def test_the_launcher_answers_the_laptop(device, capsys):
    with firmware_in_cpython(to_bytes(device)) as gesture:
        import answer
        import microbit

        recognizer = gesture.Recognizer()

        def ask(line):
            microbit.uart.to_board += line
            answer.listen(recognizer)
            return capsys.readouterr().out.splitlines()

        assert ask(b"0 0 0 0\n") == ["\x01 3"]
        assert ask(b"3 17 -2048 2047 0 0 0 0\n") == ["\x01 10"]
        assert ask(b"2\n") == ["\x01 [2, 0, 17, -2048, 2047, 0, 0, 0, 0]"]
        last = len(recognizer.work) - 1
        assert ask(f"{last} 5\n".encode()) == [f"\x01 {last + 1}"]
        assert ask(f"{last}\n".encode()) == [f"\x01 [{last}, 5]"]
        assert ask(b"56 0 0 0\n") == ["\x01 59"]
        assert ask(b"59 17 -2048 2047 0\n") == ["\x01 63"]
        assert window_of(recognizer)[:7] == [0, 0, 0, 17, -2048, 2047, 0]
        recognizer.predict()
        label, confidence, scores, features = integers_of(recognizer)
        recognizer.work[0] = 9  # to see that it predicts again
        assert ask(b"?\n") == [f"\x01 {list(to_bytes(device)[4:8])}"]
        layout = WorkLayout(device.window, len(features), len(device.labels))
        for index, numbers in (
            (layout.LABEL, [label, confidence]),
            (layout.FEATURES, features[:8]),
            (layout.scores, scores[:8]),
        ):
            [line] = ask(f"{index}\n".encode())
            assert line.startswith("\x01 ")
            assert json.loads(line[2:])[: 1 + len(numbers)] == [index, *numbers]
        past_the_end = f"{last} 1 2\n".encode()
        for nonsense in (
            b"hello\n", b"\n", b"9999 1\n", b"1 2 x\n", b"-1 5\n", b"99999999999\n", b"0 99999\n",
            past_the_end,
        ):  # fmt: skip
            assert ask(nonsense) == ["\x01 what?"]
        assert ask(b"half a line") == []
        assert recognizer.due == 0  # sampling starts afresh


def test_the_reference_raises_for_an_overflow_on_v1(device):
    with firmware_in_cpython(to_bytes(device)):
        import reference

        assert reference.requantize(1 << 14, 1 << 15, 20, -32767, 32767) == 512
        with pytest.raises(OverflowError):
            reference.requantize(1 << 15, 1 << 15, 20, -32767, 32767)
