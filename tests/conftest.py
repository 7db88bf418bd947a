"""Settings of all tests: quick on small matrices and in a large memory, and never by the clock."""

import gc
import os
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

for _library in ("OPENBLAS", "OMP", "MKL"):  # small matrices: more threads only wait for each other
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")  # before a test loads NumPy

# A busy machine takes its time to draw and to run an example, and that is no failure.
settings.register_profile("kit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kit")


def pytest_collection_finish():
    """Thousands of tests stay in memory: what collects garbage need not look at them each time.

    Otherwise every ``gc.collect()`` of the firmware in CPython takes a third of a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def board_time(monkeypatch):
    """Who opens a port of the system waits for so many seconds of the board's own time.

    A busy machine may need long for a second of a virtual board, and nothing is wrong then.
    """
    from microbit_ml.board import link
    from microbit_ml.virtual.pty_port import PtyPort

    boards = []
    make = PtyPort.__init__

    def make_and_remember(port, board):
        make(port, board)
        boards.append(board)

    monkeypatch.setattr(PtyPort, "__init__", make_and_remember)
    monkeypatch.setattr(link, "time", SimpleNamespace(monotonic=lambda: boards[-1].time_us / 1e6))
