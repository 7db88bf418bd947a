"""Flashing several boards as a program does it: the reports, and an error of one."""

import pytest

import microbit_ml as mb
from microbit_ml.board.boards import choose_boards
from microbit_ml.deploy.flash import Job
from microbit_ml.deploy.flash_all import flash_all
from microbit_ml.errors import BoardError, HexError
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board


@pytest.fixture(scope="module")
def models():
    data = mb.simulate(["shake", "still"], people=2, repeats=2, seed=4)
    return [mb.train(data, seed=seed, steps=5) for seed in (0, 1)]


@pytest.fixture
def boards(models):
    """A V1 that runs the kit with another model, and a V1 with only MicroPython."""
    running = {"kit": VirtualBoard("v1", models[1].hex()), "bare": VirtualBoard("v1", {})}
    for name, board in running.items():
        share_board(name, board)
        board.run(1)
    yield running
    for name, board in running.items():
        unshare_board(name)
        board.close()


def test_each_board_has_a_result_of_its_own(models, boards):
    chosen = choose_boards([f"virtual://v1?name={name}" for name in boards])
    steps, ends = [], []
    kit, bare = flash_all(Job(models[0]), chosen, lambda *step: steps.append(step), ends.append)
    assert kit.error is None
    assert kit.done.startswith("over serial in")
    assert boards["kit"].files["model.bin"] == models[0].device_bytes()
    assert isinstance(bare.error, BoardError)
    assert "The kit is not on the board yet." in str(bare.error)
    assert (kit.board, bare.board) == tuple(chosen)
    assert {end.board.name for end in ends} == {kit.board.name, bare.board.name}
    assert (kit.board, "asking the board what is on it") in steps


def test_ctrl_c_while_boards_are_flashed(models, boards):
    chosen = choose_boards([f"virtual://v1?name={name}" for name in boards])

    def interrupted(board, step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        flash_all(Job(models[0]), chosen, interrupted)
    assert boards["kit"].files["model.bin"] == models[1].device_bytes()


def test_a_runtime_that_is_not_micropython(models):
    with pytest.raises(HexError):
        flash_all(Job(models[0], runtime="no hex"), [])
