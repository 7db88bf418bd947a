"""``--runtime``: which MicroPython build, flash, run and virtual put on a board."""

import pytest
from tiers import tiers

from microbit_ml.image import read_runtimes
from microbit_ml.image.intel_hex import write_plain
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.image.stock import CURRENT, STOCK, UFLASH, text_of

VERSIONS = {
    UFLASH: {"v1": "1.0.1", "v2": "2.0.0-beta.5"},
    CURRENT: {"v1": "1.1.1", "v2": "2.1.2"},
}
SAYS = "import os\nprint(os.uname().release)\n"


def versions_in(text):
    return {board: runtime.version for board, runtime in read_runtimes(text).items()}


@pytest.mark.parametrize("name", STOCK)
def test_the_pairs_that_the_kit_brings_along(name):
    found = {board: runtime.version for board, runtime in bundled_runtimes(name).items()}
    assert found == versions_in(text_of(name)) == VERSIONS[name]


def test_build_takes_a_pair_by_name(cli, gestures):
    outcome = cli("build", "gestures.mbml", "--runtime", "current", "-o", "new.hex")
    assert "Saved new.hex" in outcome.out and "for V1 and V2." in outcome.out
    assert "--runtime current" in outcome.err  # the next step keeps it
    assert versions_in((gestures / "new.hex").read_text()) == VERSIONS[CURRENT]
    cli("build", "gestures.mbml", "-o", "default.hex")
    assert (gestures / "new.hex").read_bytes() == (gestures / "default.hex").read_bytes()
    outcome = cli("build", "gestures.mbml", "--runtime", "uflash", "-o", "old.hex")
    assert "--runtime uflash" in outcome.err
    assert versions_in((gestures / "old.hex").read_text()) == VERSIONS[UFLASH]


def test_build_takes_a_file_and_makes_a_hex_for_its_boards(cli, gestures):
    (gestures / "python.hex").write_text(write_plain(bundled_runtimes(CURRENT)["v1"].image))
    outcome = cli("build", "gestures.mbml", "--runtime", "python.hex", "-o", "v1.hex")
    assert outcome.code == 0 and "for V1." in outcome.out
    assert versions_in((gestures / "v1.hex").read_text()) == {"v1": "1.1.1"}
    outcome = cli("virtual", "v2", "gestures.mbml", "--runtime", "python.hex", "--fast")
    assert outcome.code == 1 and "There is no MicroPython for 'v2', only for v1." in outcome.err


@pytest.mark.parametrize("verb", ["build", "flash", "run", "virtual"])
def test_a_runtime_that_is_not_there_is_a_missing_file(cli, gestures, verb):
    (gestures / "says.py").write_text(SAYS)
    arguments = {
        "run": ("says.py", "--board", "virtual:v1"),
        "virtual": ("v1", "says.py", "--fast"),
    }.get(verb, ("gestures.mbml",))
    outcome = cli(verb, *arguments, "--runtime", "newest")
    assert outcome.code == 1 and "newest" in outcome.err


@pytest.mark.parametrize(
    ("board", "name"), tiers([("v1", "uflash")], slow=[("v2", "current"), ("v2", "uflash")])
)
def test_virtual_and_run_use_that_micropython(cli, gestures, board, name):
    (gestures / "says.py").write_text(SAYS)
    outcome = cli("virtual", board, "--runtime", name, "--fast", "--seconds", "1")
    assert f"micro:bit v{VERSIONS[name][board]} with" in outcome.out
    options = ("--runtime", name, "--seconds", "2")
    outcome = cli("run", "says.py", "--board", f"virtual:{board}", *options)
    assert VERSIONS[name][board] in outcome.out
    outcome = cli("virtual", board, "says.py", "--fast", *options)
    assert VERSIONS[name][board] in outcome.out
    moved = ("--gesture", "shake", "--fast", "--seconds", "4")
    assert "shake" in cli("virtual", board, "gestures.mbml", "--runtime", name, *moved).out


def test_a_hex_brings_its_own_micropython(cli, gestures):
    (gestures / "own.hex").write_text(text_of(UFLASH))
    outcome = cli("virtual", "v1", "own.hex", "--runtime", "current", "--fast")
    assert outcome.code == 2
    assert "own.hex brings its own MicroPython. Leave out --runtime." in outcome.err
