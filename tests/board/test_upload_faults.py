"""Model uploads and serial flashes with faults at points that a seed chooses.

Whatever happens: the board starts with the old model or the new one, and the next upload works.
"""

import random
from contextlib import contextmanager, suppress

import pytest
import serial
from faulty_port import KINDS, FaultyPort, faults
from tiers import tiers

import microbit_ml as mb
from microbit_ml.board import AttachedBoard, BoardPort, RawRepl
from microbit_ml.board.installed import COPY, NEW, READY, install
from microbit_ml.board.link import Link
from microbit_ml.board.remote import RemoteRecognizer
from microbit_ml.board.upload import BoardFullError, put_file, restart
from microbit_ml.deploy import flash as flash_board
from microbit_ml.deploy.flash import Job, flash_one
from microbit_ml.deploy.predict import work_layout
from microbit_ml.errors import BoardError
from microbit_ml.image.intel_hex import MemoryImage, write_universal
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.memory import PAGE_OF_REGISTERS, UICR
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board


@pytest.fixture(scope="module")
def models():
    """Two small models of the same layout."""
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=4)
    return [mb.train(data, arch="4", window=25, steps=5, copies=0, seed=seed) for seed in (0, 1)]


class QuickRepl(RawRepl):
    """Waits for 2 s instead of 10: no command here takes longer, and much runs in vain."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.timeout_s = 2.0


class Desk:
    """A virtual board on a desk, and the models that it has in turn."""

    def __init__(self, kind, models):
        self.kind = kind
        self.models = models
        self.board = None
        self.tried = 0
        self.switch_on(VirtualBoard(kind, models[0].hex()))

    def switch_on(self, board):
        self.switch_off()
        self.board = board
        share_board("desk", board)
        self.wait_for_start()

    def switch_off(self):
        unshare_board("desk")
        if self.board is not None:
            self.board.close()

    def wait_for_start(self):
        before = len(self.board.samples_read)
        text = len(self.board.serial)
        running = self.board.run_until(lambda: len(self.board.samples_read) > before + 2, 6)
        assert running, self.board.serial[text:]

    def clock(self):
        return self.board.time_us / 1e6

    @contextmanager
    def port(self, plan=None):
        with serial.serial_for_url(f"virtual://{self.kind}?name=desk", timeout=1) as port:
            yield FaultyPort(port, plan, reset=self.board.reset)

    def upload(self, model, plan=None):
        """Use this link, which fails as planned; returns the port, which counts bytes."""
        with self.port(plan) as port:
            repl = QuickRepl(port, self.clock)
            restart(repl)
            install(repl, {"model.bin": model.device_bytes()})
        return port

    def flash(self, model, plan=None):
        """As ``microbit-ml flash`` does it."""

        @contextmanager
        def open_link(address):
            with self.port(plan) as port:
                self.last_port = port
                yield Link(port, self.clock, address)

        board = AttachedBoard("", BoardPort("desk", ""), None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(flash_board, "open_link", open_link)
            patch.setattr(flash_board, "RawRepl", QuickRepl)
            flash_one(Job(model, how="serial"), board, lambda step: None)
        return self.last_port

    def model_that_runs(self):
        """The model that the board has after a restart; nothing else may run."""
        with self.port() as port:
            remote = RemoteRecognizer(port, work_layout(self.models[0]), self.clock)
            checksum = remote.predict().to_bytes(4, "little")
        return [model.device_bytes()[4:8] for model in self.models].index(checksum)

    def disturbed(self, action, plan):
        """Do it with the fault, and again without, like a person who follows the message."""
        old = self.models.index(self.now)
        with suppress(BoardError, KeyboardInterrupt):
            action(self.models[1 - old], plan)
        self.board.reset()
        self.wait_for_start()
        self.model_that_runs()
        action(self.models[1 - old])
        self.check_files(self.models[1 - old])
        self.tried += 1

    def check_files(self, model):
        files = dict(self.board.files)
        assert files["model.bin"] == model.device_bytes()
        assert READY not in files
        assert not [name for name in files if name.endswith(NEW)]

    @property
    def now(self):
        """The model that the board should have."""
        return next(m for m in self.models if m.device_bytes() == self.board.files["model.bin"])


@pytest.fixture
def desk(request, models):
    desk = Desk(request.param, models)
    yield desk
    desk.switch_off()


@pytest.mark.parametrize(
    ("desk", "how", "n", "seed"),
    tiers(
        [("v1", "upload", 6, 1), ("v1", "flash", 2, 1), ("v2", "upload", 2, 1)],
        slow=[
            ("v1", "upload", 26, 7),
            ("v1", "upload", 26, 8),
            ("v1", "upload", 25, 9),
            ("v1", "flash", 15, 7),
            ("v2", "upload", 6, 7),
        ],
        full=[
            (kind, how, 60, seed)
            for kind in ("v1", "v2")
            for how in ("upload", "flash")
            for seed in range(20, 25)
        ],
    ),
    indirect=["desk"],
)
def test_a_fault_leaves_the_old_model_or_the_new_one(desk, how, n, seed):
    action = getattr(desk, how)
    clean = action(desk.models[1])
    desk.check_files(desk.models[1])
    for i, plan in enumerate(plans_for(seed, n, clean)):
        try:
            desk.disturbed(action, plan)
        except BaseException as error:
            print(f"point {i}: {plan}: {error!r}")
            raise
    assert desk.tried == n
    print(f"{how} on {desk.kind}: {desk.tried} points tried")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_faults_on_each_runtime(kind, models, runtime):
    desk = Desk(kind, models)
    try:
        clean = desk.flash(models[1])
        for plan in plans_for(3, 3, clean):
            desk.disturbed(desk.flash, plan)
        assert desk.tried == 3
    finally:
        desk.switch_off()


def plans_for(seed, n, clean):
    """A handful of faults is spread over the whole run; many are placed by the seed."""
    return faults(seed, n, read=clean.n_read, written=clean.n_written, evenly=n <= len(KINDS))


class PowerLossError(Exception):
    """The board is without power."""


def flash_of(board):
    """The current content of a board's flash, as a hex for another board to start with."""
    pages = ((0, board._chip.model.flash_size), (UICR, PAGE_OF_REGISTERS))
    image = MemoryImage(
        (address, board._chip.memory.read(address, size)) for address, size in pages
    )
    return write_universal({board.kind: image})


@pytest.mark.parametrize(
    ("desk", "n"), tiers([("v1", 3)], slow=[("v1", 14)], full=[("v1", 100)]), indirect=["desk"]
)
def test_without_power_while_the_board_copies(desk, n):
    old, new = desk.models
    choose = random.Random(5)
    took_us = 0
    desk.upload(new)
    desk.upload(old)
    for i in range(n):
        where = (i + choose.random()) / n
        with desk.port() as port:
            repl = QuickRepl(port, desk.clock)
            run = repl.exec

            def stop_while_copying(command, *args, run=run, where=where):
                nonlocal took_us
                if command != COPY:
                    return run(command, *args)
                if not took_us:  # the first run measures how long it takes
                    before = desk.board.time_us
                    answer = run(command, *args)
                    took_us = desk.board.time_us - before
                    return answer
                desk.board.write(command.encode() + b"\x04")
                desk.board.run(where * took_us / 1e6)
                raise PowerLossError

            repl.exec = stop_while_copying
            restart(repl)
            target = new if desk.now is old else old
            if not took_us:
                install(repl, {"model.bin": target.device_bytes()})
                continue
            with pytest.raises(PowerLossError):
                install(repl, {"model.bin": target.device_bytes()})
        assert READY in desk.board.files
        desk.switch_on(VirtualBoard(desk.kind, flash_of(desk.board)))
        # From READY on it is the new one; the board has finished the update on its own.
        assert desk.models[desk.model_that_runs()] is target
        desk.check_files(target)
        desk.tried += 1
    assert desk.tried == n - 1
    print(f"power loss on {desk.kind}: {desk.tried} points tried")


def fill(desk, repl, room):
    """Fill the board's file system until only a given number of chunks is free."""
    used = sum((len(n) + len(c) + 2) // 126 + 1 for n, c in desk.board.files.items())
    chunks = bundled_runtimes()[desk.kind].layout.chunks - used - room
    repl.exec(f"with open('notes','wb') as f:\n for i in range({chunks - 1}):f.write(bytes(126))")


@pytest.mark.slow
@pytest.mark.parametrize("desk", ["v1", "v2"], indirect=True)
def test_a_full_file_system_loses_nothing(desk):
    before = dict(desk.board.files)
    with desk.port() as port:
        repl = QuickRepl(port, desk.clock)
        restart(repl)
        fill(desk, repl, room=2)
        with pytest.raises(BoardFullError, match="What was on the board is still there|is full"):
            install(repl, {"model.bin": desk.models[1].device_bytes()})
        repl.soft_reset()
        desk.wait_for_start()
    assert desk.model_that_runs() == 0
    after = {name: content for name, content in desk.board.files.items() if name in before}
    assert after == before
    assert not [name for name in desk.board.files if name.endswith(NEW)]
    with desk.port() as port:
        repl = QuickRepl(port, desk.clock)
        restart(repl)
        repl.exec("import os\nos.remove('notes')")
        repl.soft_reset()
    desk.flash(desk.models[1])
    assert desk.model_that_runs() == 1


@pytest.mark.parametrize("desk", ["v1"], indirect=True)
def test_room_is_checked_before_anything_is_overwritten(desk):
    """The new model fits beside the old one, but its copy would not fit into its space."""
    with desk.port() as port:
        repl = QuickRepl(port, desk.clock)
        restart(repl)
        small = desk.models[0].device_bytes()
        large = small + bytes(5000)
        fill(desk, repl, room=len(large) // 126 + 4)
        with pytest.raises(BoardFullError, match="still there"):
            install(repl, {"model.bin": large})
    assert desk.board.files["model.bin"] == small
    assert READY not in desk.board.files


@pytest.mark.parametrize("desk", ["v1"], indirect=True)
def test_the_rest_of_an_earlier_upload_is_discarded(desk):
    new = desk.models[1]
    with desk.port() as port:
        repl = QuickRepl(port, desk.clock)
        restart(repl)
        put_file(repl, f"model.bin{NEW}", b"half a model")
        put_file(repl, f"main.py{NEW}", b"half a program")
        repl.exec(b"open('mod\xe5l.bin.new','wb').close()")  # a name that arrived garbled
        install(repl, {"model.bin": new.device_bytes()})
        repl.soft_reset()
    desk.check_files(new)
    assert b"half" not in desk.board.files["main.py"]
    assert desk.model_that_runs() == 1


@pytest.mark.parametrize(("kind", "seconds"), [("v1", 4.0), ("v2", 3.0)])
def test_a_new_model_runs_within_seconds(kind, seconds):
    """From opening the port to the recognizer running again, all checks included."""
    data = mb.simulate(people=3, repeats=2, seed=2)
    old, new = (mb.train(data, steps=5, copies=0, seed=seed) for seed in (0, 1))
    assert len(new.labels) == 9
    desk = Desk(kind, [old, new])
    try:
        start = desk.clock()
        desk.flash(new)
        assert desk.clock() - start <= seconds
        assert desk.model_that_runs() == 1
        print(f"{kind}: {len(new.device_bytes())} bytes in {desk.clock() - start:.2f} s")
    finally:
        desk.switch_off()
