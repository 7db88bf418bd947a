"""Running the command line in tests, and comparing what it prints with golden transcripts.

To write the transcripts anew after an intended change, and then look at the difference:

    MICROBIT_ML_WRITE_GOLDEN=1 python -m pytest tests/cli
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import microbit_ml as mb
from microbit_ml.cli import main

GOLDEN = Path(__file__).parent / "golden"


@dataclass
class Outcome:
    """What a command left behind: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def transcript(self) -> str:
        return f"{self.out}--- stderr\n{self.err}--- exit {self.code}\n"


@pytest.fixture(autouse=True)
def plain_output(monkeypatch):
    """No colours, whatever the terminal or the CI that runs the tests asks for."""
    for name in ("FORCE_COLOR", "PYTHON_COLORS", "CLICOLOR_FORCE", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """``cli("show", "gestures")`` runs a command in a folder of its own, ``tmp_path``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return run


@pytest.fixture
def golden(tmp_path):
    """``golden(name, text)``: the text is what golden/NAME.txt holds, temporary paths aside."""

    def compare(name, text):
        text = text.replace(str(tmp_path), "TMP")
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("MICROBIT_ML_WRITE_GOLDEN"):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A folder with a small data set ``gestures`` and the model ``gestures.mbml`` of it."""
    folder = tmp_path_factory.mktemp("trained")
    data = mb.simulate(["shake", "still", "twist"], people=3, repeats=2, seed=4)
    data.save(folder / "gestures")
    mb.train(data, seed=0, steps=60).save(folder / "gestures.mbml")
    return folder


@pytest.fixture
def gestures(trained, tmp_path):
    """The same, copied to where ``cli`` runs, so that a test may change it."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def snapshot(tmp_path):
    """``snapshot()``: every file and folder where ``cli`` runs, with its content."""

    def take():
        return {
            path.relative_to(tmp_path).as_posix(): path.read_bytes() if path.is_file() else None
            for path in sorted(tmp_path.rglob("*"))
        }

    return take
