"""Boards that are as they should be: every check passes, and the board stays as it was."""

import json
import platform
import random
from pathlib import Path

import pytest
from checked_boards import TINY, checked, kit_on, shared
from tiers import tiers

import microbit_ml as mb
from microbit_ml.board.away import header
from microbit_ml.deploy.check import (
    CHECKS,
    FAILED,
    FULL,
    MEASURED,
    NOT_DONE,
    PASSED,
    golden,
    identity,
    memory,
    practice_model,
    sampling,
    storage,
    timing,
    touch,
)
from microbit_ml.deploy.check import bench as benches
from microbit_ml.deploy.check.page import check_html
from microbit_ml.deploy.check.reference import reference_of
from microbit_ml.errors import BoardError
from microbit_ml.image import stock
from microbit_ml.image.board_files import board_files
from microbit_ml.targets import TARGETS

BOARDS = tiers(
    [],
    slow=[("v1", "1.3", TINY), ("v1", "1.5", TINY), ("v2", "2.0", TINY)],
    full=[("v1", "1.3", FULL), ("v1", "1.5", FULL), ("v2", "2.0", FULL)],
)
CHIPS = {"1.3": "MMA8653", "1.5": "LSM303AGR", "2.0": None}
STEPS = {"1.3": 16, "1.5": 4, "2.0": 4}


@pytest.mark.parametrize(("kind", "revision", "effort"), BOARDS)
def test_a_whole_board_passes_every_check(kind, revision, effort):
    with shared(kind, revision=revision) as (url, board):
        before = board.files
        results = checked(url, effort=effort)
        assert board.files == before
        reads = len(board.samples_read)
        board.run(3)
        assert len(board.samples_read) > reads + 40  # its program runs again
    assert not [one for one in results if one.status == FAILED], results
    not_done = [one.what for one in results if one.status == NOT_DONE]
    assert not_done == ([] if kind == "v1" else ["sensor chip", "samples a second"])
    assert {one.check for one in results} == {one.NAME for one in CHECKS}
    by_what = {one.what: one for one in results}
    assert by_what["step of the readings"].value == STEPS[revision]
    assert by_what["sensor chip"].value == CHIPS[revision]
    assert by_what["windows with equal integers"].value == effort.windows
    assert all(one.status == PASSED or one.reason == "" for one in results if not not_done)
    assert by_what["sampling"].status == MEASURED


RUNTIMES = [(kind, name) for kind in ("v1", "v2") for name in stock.STOCK]


@pytest.mark.parametrize(("kind", "name"), tiers([], full=RUNTIMES))
def test_every_micropython_of_the_kit_passes(kind, name):
    with shared(kind, runtime=stock.text_of(name)) as (url, _):
        results = checked(url)
    assert not [one for one in results if one.status == FAILED], results
    free = next(one for one in results if one.what == "heap free, with the model")
    assert free.value == free.data["virtual"]  # the reference has the same MicroPython


@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_the_cycles_an_instruction_are_those_of_the_virtual_clock_by_construction(kind):
    """A virtual board's clock makes its time from instructions, 1.75 cycles each. So measuring its
    microseconds, and dividing by the instructions that another virtual board counts, must give
    1.75 again, whatever the statement; only whole microseconds round it."""
    with shared(kind) as (url, _):
        results = checked(url, [timing])
    cycles = {one.what: one.value for one in results if "cycles" in one.what}
    assert len(cycles) == 2
    for value in cycles.values():
        assert value == pytest.approx(TARGETS[kind].cycles, abs=0.03)
    times = [one for one in results if "estimate_us" in one.data]
    assert len(times) == 5
    for one in times:
        assert one.value == pytest.approx(one.data["estimate_us"], rel=0.25)


def test_golden_windows_are_the_same_everywhere_and_of_all_kinds():
    model = practice_model().device_model()
    windows = golden.golden_windows(model, 200)
    assert windows.shape == (200, model.window, 3)
    assert (windows[:24] == golden.golden_windows(model, 200)[:24]).all()
    assert windows.min() == -2048 and windows.max() == 2047
    assert (windows[3] == windows[3, 0]).all()
    expected = golden.expected_integers(model, windows)
    assert len({tuple(row) for row in expected.tolist()}) > 100
    *pieces, last = golden.commands(windows[0], 56)
    assert not pieces and len(last) < 400 and not set(last) & set(range(1, 32))


def test_a_long_window_is_sent_in_pieces():
    window = golden.golden_windows(practice_model().device_model(), 1)[0].repeat(3, axis=0)
    sent = list(golden.commands(window, 56))
    assert len(sent) == 3 and all(len(one) < 450 for one in sent)
    assert sent[2].endswith(b",150,356)")


OWN = b"from microbit import sleep\nn = 0\nwhile True:\n    n += 1\n    sleep(100)\n"


@pytest.mark.slow
def test_a_model_of_usual_size_leaves_v1_enough_memory_for_the_checks():
    """Nine gestures, default settings: 3.2 KB of heap, in which V1 has no large block left."""
    names = [f"movement {i}" for i in range(9)]
    data = mb.simulate(["shake", "tap", "twist"], people=3, repeats=3, seed=1)
    model = mb.train(
        list(data), labels=[names[i % 9] for i in range(len(data))], seed=1, steps=2, negatives=20
    )
    assert model.heap_bytes() > 3200
    content = model.device_bytes()
    with shared("v1", dict(model.board_files(board="v1"))) as (url, _):
        results = checked(url, [golden, timing, sampling], model=content)
    assert {one.status for one in results} == {PASSED, MEASURED}


@pytest.mark.slow
def test_the_programs_and_recordings_of_a_board_stay():
    files = kit_on("v1", main_py=OWN)
    files["0001.rec"] = header("tap", "Ann") + bytes(range(60))
    files[storage.FILE] = storage.CONTENT  # an earlier check was unplugged
    with shared("v1", files) as (url, board):
        results = checked(url, [identity, storage])
        del files[storage.FILE]
        assert board.files == files
    assert all(one.status in (PASSED, MEASURED) for one in results)


@pytest.mark.slow
def test_a_file_of_that_name_that_is_not_ours_stays():
    files = kit_on("v1") | {storage.FILE: b"my own"}
    with shared("v1", files) as (url, board):
        (result,) = checked(url, [storage])
        assert board.files == files
    assert (result.status, result.reason) == (
        NOT_DONE,
        "The board has a file check.tmp of its own.",
    )


@pytest.mark.slow
def test_another_model_than_the_one_that_was_named():
    with shared("v1") as (url, _), pytest.raises(BoardError, match="a different model") as raised:
        checked(url, [], model=practice_model().device_bytes()[:-1])
    assert raised.value.flash == ()


def _bench(url, person):
    model = practice_model().device_bytes()
    return benches.open_bench(url, model=model, person=lambda link: person)


class Stop(Exception):
    """Comes as a signal would: from within a read of the port."""


@pytest.mark.parametrize("n", tiers([], slow=[1, 400, 900], full=range(50, 1500, 50)))
def test_a_check_that_is_stopped_leaves_the_board_as_it_was(n):
    """n: after how many reads of the port."""
    left = [n]

    def stop():
        left[0] -= 1
        if left[0] == 0:
            raise Stop

    with shared("v1") as (url, board):
        before = board.files
        with (
            pytest.raises(Stop),
            benches.open_bench(url, effort=TINY, after_read=stop) as bench,
        ):
            for _ in benches_checks(bench):
                pass
        assert board.files == before
        reads = len(board.samples_read)
        board.run(3)
        assert len(board.samples_read) > reads + 40


def benches_checks(bench):
    from microbit_ml.deploy.check import line, run_checks, sampling

    yield from run_checks(bench, [storage, line, sampling, storage])
    raise AssertionError("there were too few reads")


def test_nobody_to_ask_is_not_done_and_never_passed():
    with shared("v1") as (url, _):
        results = checked(url, [touch], person=lambda link: None)
    assert len(results) == 5
    assert {(one.status, one.reason) for one in results} == {(NOT_DONE, "Nobody was asked.")}


@pytest.mark.slow
def test_nobody_who_answers_is_not_done_either():
    class Asleep:
        def which_picture(self, names):
            return None

        def all_lit(self):
            return None

    with shared("v1") as (url, _), _bench(url, Asleep()) as bench:
        bench.fresh()
        results = list(touch._display(bench, bench.person))
    assert {(one.status, one.reason) for one in results} == {(NOT_DONE, "Nobody answered.")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "why"),
    [
        (
            {"main.py": b"print('hello')\n"},
            "but not the kit with a model: it has no gesture.py and",
        ),
        (kit_on("v1", **{"model.bin": b"mbml" + bytes(60)}), "The model.bin on the board"),
    ],
)
def test_a_board_without_the_kit_or_with_a_damaged_model_is_explained(files, why):
    with shared("v1", files) as (url, board):
        with pytest.raises(BoardError, match=why) as raised:
            checked(url, model=b"")
        assert board.files == files
    assert raised.value.flash == ()


@pytest.mark.slow
def test_the_page_and_the_json_hold_nothing_personal():
    """Neither the labels, files and program of the board, nor where it is and whose computer."""
    data = mb.simulate(["shake", "still", "tap"], people=2, repeats=2, seed=1)
    labels = {"shake": "Ann Smith waves", "still": "Bens Ruhe", "tap": "Cleo"}
    renamed = [one for one in data]
    model = mb.train(renamed, labels=[labels[one.label] for one in renamed], seed=1, steps=5)
    files = board_files(model.device_bytes(), board="v1")
    files["my-diary.txt"] = b"dear diary"
    files["gesture.py"] = files["gesture.py"] + b"print('hello Ann Smith')\n"  # an older kit
    with shared("v1", files) as (url, _):
        results = checked(url, [identity, memory, golden, timing], model=b"")
    assert any(one.status == FAILED for one in results)
    html = check_html("V1", results)
    text = html + json.dumps([one.as_json() for one in results])
    personal = [*labels.values(), "Ann", "Bens", "Cleo", "diary", "virtual://", "checked-board",
                "/dev/", "COM3", "Traceback", str(Path.home()), str(Path.cwd()),
                platform.node(), "hello"]  # fmt: skip
    assert not [one for one in personal if one and one in text]


def test_the_page_shows_every_figure_and_every_reason():
    results = [
        *_made_up(),
    ]
    html = check_html("V2", results)
    for one in results:
        assert one.what in html and one.reason in html
    assert "Time between two samples" in html and "1.75" in html
    assert "Nobody has confirmed these figures on a real board yet" in html
    assert "its times are estimates" in check_html("V2", results, is_virtual=True)


def _made_up():
    find = timing._find
    yield find.measured("network", 72, "us", estimate_us=69, instructions=2521)
    yield find.compared("cycles", 1.75, "", "1 to 2.6", True, "")
    yield find.compared(
        "intervals", 97.5, "%", "98 %", False, "Only some.", histogram_ms={"20": 700, "24": 40}
    )
    yield find.not_done("sensor chip", "It cannot be asked.")


@pytest.mark.slow
def test_an_unknown_micropython_is_compared_with_the_kits_own():
    reference = reference_of("v1", practice_model().device_bytes(), "9.9.9")
    assert not reference.is_same_version
    assert reference.heap_free > reference.heap_with_model > 1000
    assert random.Random(6).randbytes(600) == storage.CONTENT
