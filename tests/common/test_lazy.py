"""Names that are imported on first use."""

import subprocess
import sys

import pytest

import microbit_ml as mb
from microbit_ml.recordings.simulation import simulate


def test_a_name_is_the_one_of_its_module():
    assert mb.simulate is simulate.simulate is mb.recordings.simulate
    for name in mb.__all__:
        assert getattr(mb, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'microbit_ml' has no attribute 'simulat'"):
        mb.simulat  # noqa: B018


def test_unused_names_are_not_imported():
    program = "import sys, microbit_ml; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    for name in ("unicorn", "zipfile", "microbit_ml.recordings.simulation.people", "serial"):
        assert name not in said.stdout.split()
