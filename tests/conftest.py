"""Settings of all tests: one thread per process, a frozen heap, and no deadlines by the clock."""

import gc
import os
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

for _library in ("OPENBLAS", "OMP", "MKL"):  # small matrices: more threads only wait for each other
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")  # before a test loads NumPy

# A busy machine may be slow to generate and run an example; that is not a failure.
settings.register_profile("kit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kit")


def pytest_addoption(parser):
    """``pytest --runtime uflash``: boards boot another of the MicroPythons of the kit."""
    parser.addoption("--runtime", help="a name of microbit_ml.image.stock.STOCK; default: its own")


def pytest_configure(config):
    if config.getoption("--runtime"):
        from microbit_ml.image import stock

        stock.DEFAULT = config.getoption("--runtime")


def pytest_collection_modifyitems(config, items):
    """Tests that state a version of MicroPython, or what only it has, hold for the default."""
    if config.getoption("--runtime"):
        wrong = pytest.mark.skip(reason="it is about the default MicroPython")
        for item in items:
            if item.get_closest_marker("default_runtime"):
                item.add_marker(wrong)


def pytest_collection_finish():
    """Thousands of tests stay in memory: exclude them from garbage collection.

    Otherwise every ``gc.collect()`` of the firmware in CPython takes a third of a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def board_time(monkeypatch):
    """Timeouts of a system port count seconds of the virtual board's own time.

    A busy machine may need long for a second of a virtual board, which is not a failure.
    """
    from microbit_ml.board import link
    from microbit_ml.virtual.pty_port import PtyPort

    ports = []
    make = PtyPort.__init__

    def make_and_record(port, board):
        make(port, board)
        ports.append(port)

    monkeypatch.setattr(PtyPort, "__init__", make_and_record)
    monkeypatch.setattr(link, "time", SimpleNamespace(monotonic=lambda: ports[-1].time_us / 1e6))


@pytest.fixture(params=["current", "uflash"])
def runtime(request, monkeypatch):
    """The test runs with each pair of MicroPythons that the kit brings along; this is its name."""
    from microbit_ml.image import stock

    assert set(stock.STOCK) == {"current", "uflash"}
    monkeypatch.setattr(stock, "DEFAULT", request.param)
    return request.param
