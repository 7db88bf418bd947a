"""Commands are printed as the program was called."""

import os
import shutil
import sys

import pytest

from microbit_ml.common.wording import command, typed_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an executable file is a .exe")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A program microbit-ml in .venv/bin of the current folder."""
    program = tmp_path / ".venv" / "bin" / "microbit-ml"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    return program


def test_a_program_that_is_not_on_the_path_is_called_by_its_own_path(installed, monkeypatch):
    for called in (".venv/bin/microbit-ml", str(installed)):
        monkeypatch.setattr(sys, "argv", [called])
        assert typed_program() == ".venv/bin/microbit-ml"


def test_hints_begin_with_it(installed, monkeypatch):
    monkeypatch.setattr(sys, "argv", [".venv/bin/microbit-ml"])
    assert command("show", "my set") == '.venv/bin/microbit-ml show "my set"'


def test_on_windows_its_name_has_no_exe(installed, monkeypatch):
    installed.rename(installed.with_name("microbit-ml.exe"))  # pip's start cuts .exe off argv[0]
    monkeypatch.setattr(sys, "argv", [".venv/bin/microbit-ml"])
    assert typed_program() == ".venv/bin/microbit-ml"


def test_one_on_the_path_is_called_by_its_name(installed, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(installed)])
    monkeypatch.setenv("PATH", str(installed.parent))
    assert shutil.which("microbit-ml") and typed_program() == "microbit-ml"


def test_another_one_on_the_path_is_not_meant(installed, monkeypatch, tmp_path):
    other = tmp_path / "other" / "microbit-ml"
    other.parent.mkdir()
    shutil.copy(installed, other)
    monkeypatch.setenv("PATH", os.pathsep.join([str(other.parent)]))
    monkeypatch.setattr(sys, "argv", [".venv/bin/microbit-ml"])
    assert typed_program() == ".venv/bin/microbit-ml"


def test_anything_else_is_called_by_the_usual_name(installed, monkeypatch):
    for called in ("pytest", "-m", ""):
        monkeypatch.setattr(sys, "argv", [called])
        assert typed_program() == "microbit-ml"
