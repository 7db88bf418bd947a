"""``completion``: scripts for shells, tried in bash; and ``python -m microbit_ml``."""

import shutil
import subprocess
import sys

import pytest

from microbit_ml.cli.commands import COMMANDS


def test_bash_completes_verbs_and_options(cli, tmp_path):
    pytest.importorskip("shtab")
    outcome = cli("completion", "bash")
    assert outcome.code == 0
    assert all(command.name in outcome.out for command in COMMANDS)
    if not shutil.which("bash") or sys.platform == "win32":
        pytest.skip("no bash")
    (tmp_path / "script").write_text(outcome.out, encoding="utf-8")
    (tmp_path / "wand.mbml").touch()

    def completed(*words):
        listed = " ".join(f"'{word}'" for word in ("microbit-ml", *words))
        code = (
            f"source ./script; COMP_WORDS=({listed}); COMP_CWORD={len(words)}; "
            "_shtab_microbit_ml; echo ${COMPREPLY[@]}"
        )
        done = subprocess.run(["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True)
        return done.stdout.split()

    assert completed("tr") == ["train"]
    assert completed("help", "bu") == ["build"]
    assert "--program" in completed("build", "--p")
    assert "wand.mbml" in completed("build", "wa")


def test_every_shell_that_is_named_is_known(cli):
    shtab = pytest.importorskip("shtab")
    for shell in shtab.SUPPORTED_SHELLS:
        assert cli("completion", shell).code == 0
    assert cli("completion", "cmd").code == 2


def test_without_shtab_it_says_what_to_install(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "shtab", None)
    outcome = cli("completion", "bash")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.endswith("Install it with: python -m pip install shtab\n")


def test_python_m_has_the_same_name():
    done = subprocess.run(
        [sys.executable, "-m", "microbit_ml", "train", "--help"], capture_output=True, text=True
    )
    assert done.stdout.startswith("usage: microbit-ml train ")
