"""``collect`` and ``--fetch`` while cables are pulled out, bytes garbled, boards reset, disks full.

Afterwards every earlier recording is whole, the board starts its own program, and the next command
works. All runs use one board of V1 and one data set, in the state that the last fault left.
"""

import dataclasses
import errno
import random
from contextlib import contextmanager

import numpy as np
import pytest
from faulty_port import KINDS, FaultyPort, faults
from tiers import tiers

from microbit_ml.board import away as stored
from microbit_ml.board.link import open_link
from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.deploy.collect import away, record, simulated_hand
from microbit_ml.image import build_hex
from microbit_ml.image.board_files import without_comments
from microbit_ml.recordings import Dataset, Recording, store
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

MINE = b"print('my own program')\n"
RECORDER = without_comments((firmware_folder() / "recorder.py").read_bytes())
PLACE = "virtual://v1?name=faults"
# Seeds, and points that they choose: one of each kind by default.
COLLECT_POINTS = tiers([(2, 7)], slow=[(5, 60)], full=[(seed, 120) for seed in range(20, 25)])
FETCH_POINTS = tiers([(7, 7)], slow=[(7, 30)], full=[(seed, 60) for seed in range(20, 25)])
COLLECT = ("shake", "--count", "1", "--seconds", "0.2", "--no-countdown")
STORED = {
    f"000{i}.rec": np.random.default_rng(i).integers(-999, 999, (6, 3)).astype("<i2")
    for i in (1, 2)
}


@contextmanager
def running(files):
    with VirtualBoard("v1", files) as board:
        share_board("faults", board)
        try:
            assert board.run_until("\n", 2)
            yield board
        finally:
            unshare_board("faults")


@pytest.fixture
def faulty(monkeypatch):
    """faulty(board, plan): from now on the link to the board has this fault. Gives the ports."""
    ports = []

    def use(board, plan):
        @contextmanager
        def link_with_fault(address, hex_text=None, *, real_pace=False):
            with open_link(address) as link:
                ports.append(FaultyPort(link.port, plan, reset=board.reset))
                yield dataclasses.replace(link, port=ports[-1])

        for module in (record, away):
            monkeypatch.setattr(module, "open_link", link_with_fault)
        return ports

    return use


@pytest.fixture
def full_disk(monkeypatch):
    """full_disk(n): the n-th file that is written from now on does not fit; None: all fit."""
    whole = store.create_whole

    def use(n):
        left = [n]

        def write(path, content):
            if left[0] is not None:
                left[0] -= 1
                if left[0] < 0:
                    raise OSError(errno.ENOSPC, "No space left on device", str(path))
            whole(path, content)

        monkeypatch.setattr(store, "create_whole", write)

    return use


def plans_for(seed, n, read, written):
    """Faults of the link, and now and then (a number) a file that does not fit on the disk."""
    choose = random.Random(seed)
    kinds = [kind for kind in KINDS if kind != "interrupt"] + ["interrupt"]
    n_link = n - max(1, n // 8)
    some = faults(seed, n_link, kinds, read, written, evenly=n_link <= len(kinds))
    plans = [*some, *(choose.randrange(4) for _ in range(n - n_link))]
    choose.shuffle(plans)
    return plans


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*/*.csv")}


def was_read(samples, board):
    """Whether the board's accelerometer gave these samples one after the other."""
    read = np.array([counts for _, counts in board.samples_read])
    windows = np.lib.stride_tricks.sliding_window_view(read, (len(samples), 3))[:, 0]
    return bool((windows == samples).all(axis=(1, 2)).any())


def count_bytes(ports):
    return ports[-1].n_read, ports[-1].n_written


@pytest.mark.parametrize(("seed", "n_points"), COLLECT_POINTS)
def test_collect_at_random_points(
    cli, faulty, full_disk, monkeypatch, tmp_path, capsys, seed, n_points
):
    monkeypatch.setattr(simulated_hand, "THINK_US", 20_000)
    with running({"main.py": MINE}) as board:
        ports = faulty(board, None)
        assert cli("collect", "gestures", *COLLECT, "--board", PLACE).code == 0
        n_bytes = count_bytes(ports)  # with the recorder on its way to the board
        assert cli("collect", "gestures", *COLLECT, "--board", PLACE).code == 0
        n_bytes = [(a + 2 * b) // 3 for a, b in zip(n_bytes, count_bytes(ports))]
        codes = {}
        for i, plan in enumerate(plans_for(seed, n_points, *n_bytes)):
            before = files_of(tmp_path / "gestures")
            is_disk = isinstance(plan, int)
            full_disk(plan if is_disk else None)
            faulty(board, None if is_disk else plan)
            outcome = cli("collect", "gestures", *COLLECT, "--board", PLACE)
            full_disk(None)
            codes[outcome.code] = codes.get(outcome.code, 0) + 1
            context = f"{plan}: {outcome.err}"
            after = files_of(tmp_path / "gestures")
            assert before.items() <= after.items(), context
            assert len(after) - len(before) == outcome.out.count("samples"), context
            for recording in Dataset.load(tmp_path / "gestures"):
                if f"{recording.name}.csv" not in before:
                    assert was_read(recording.samples, board), context
            if outcome.code == 0:
                assert len(after) == len(before) + 1, context
                assert board.run_until("my own program", 2), context  # without a reset
            assert board.files["main.py"] == MINE, context
            board.reset()
            assert board.run_until("my own program", 2), context
            if i % 15 == 14:
                faulty(board, None)
                assert cli("collect", "gestures", *COLLECT, "--board", PLACE).code == 0, context
    assert codes.keys() == {0, 1, 130}
    with capsys.disabled():
        print(f"\ncollect: {n_points} points tried, exit codes {codes}")


@pytest.mark.parametrize(("seed", "n_points"), FETCH_POINTS)
def test_fetch_at_random_points(
    cli, faulty, full_disk, monkeypatch, tmp_path, capsys, seed, n_points
):
    main = f"{stored.LAUNCH}6, {stored.header('tap', 'Ann')!r})\n".encode()
    files = {
        "main.py": main,
        stored.OLD_MAIN: MINE,
        "recorder.py": RECORDER,
        **{name: stored.header("tap", "Ann") + rec.tobytes() for name, rec in STORED.items()},
    }
    hex_text = build_hex({"v1": files})
    expected = sorted(Recording(rec).digest for rec in STORED.values())
    n_bytes = None
    codes = {}
    for i, plan in enumerate([None, *plans_for(seed, n_points, 1, 1)]):
        with VirtualBoard("v1", hex_text) as board:
            share_board("faults", board)
            board.run(0.3)
            is_disk = isinstance(plan, int)
            if n_bytes and not is_disk:
                plan = dataclasses.replace(
                    plan, after=random.Random(i).randrange(n_bytes[0 if plan.reading else 1])
                )
            full_disk(plan if is_disk else None)
            ports = faulty(board, None if is_disk else plan)
            folder = tmp_path / f"set-{i}"
            outcome = cli("collect", folder, "--fetch", "--board", PLACE)
            n_bytes = n_bytes or count_bytes(ports)
            full_disk(None)
            codes[outcome.code] = codes.get(outcome.code, 0) + 1
            context = f"{plan}: {outcome.err}"
            if folder.exists() and files_of(folder):
                Dataset.load(folder)
            faulty(board, None)
            again = cli("collect", folder, "--fetch", "--board", PLACE)
            assert again.code == 0, f"{context}\n{again.err}"
            data = Dataset.load(folder)
            assert sorted(recording.digest for recording in data) == expected, context
            assert data.labels == ["tap"] and data.subjects == ["Ann"], context
            assert {k: v for k, v in board.files.items() if k != "recorder.py"} == {
                "main.py": MINE
            }, context
            board.reset()
            assert board.run_until("my own program", 2), context
    unshare_board("faults")
    assert codes.keys() == {0, 1, 130}
    with capsys.disabled():
        print(f"\nfetch: {n_points} points tried, exit codes {codes}")
