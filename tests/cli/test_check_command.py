"""``microbit-ml check``: its table, JSON, page, exit code and questions."""

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from checked_boards import TINY, kit_on, shared
from tiers import tiers

import microbit_ml
from microbit_ml.cli import check as command
from microbit_ml.deploy.check import NOT_DONE, run_checks, sampling, timing, touch
from microbit_ml.deploy.check.result import Findings

FIND = Findings("memory")


def results(right=True):
    yield FIND.compared("heap free", 9792, "bytes", "9,792 on a virtual board", True, "")
    yield FIND.measured("network", 569, "us", estimate_us=569, instructions=5198)
    yield FIND.not_done("button A", "Nobody was asked.")
    if not right:
        yield FIND.compared("windows with equal integers", 199, "", "200", False, "One differs.")
        yield FIND.failed("motion sensor", "The board did not answer as it should.", "At /dev/x.")


@pytest.fixture
def canned(monkeypatch):
    """canned(right): the checks give these results, without a board."""

    def use(right):
        @contextmanager
        def opened(address, **settings):
            yield SimpleNamespace(target=SimpleNamespace(title="V1"))

        monkeypatch.setattr(command, "practice_model", lambda: SimpleNamespace(
            device_bytes=lambda: b"", hex=lambda: ""))  # fmt: skip
        monkeypatch.setattr(command, "open_bench", opened)
        monkeypatch.setattr(command, "run_checks", lambda one, begun: results(right))

    return use


def test_help(cli, golden):
    golden("help-check", cli("check", "--help").transcript)


@pytest.mark.parametrize("right", [True, False])
def test_the_table_and_the_exit_code(cli, golden, canned, right):
    canned(right)
    outcome = cli("check", "--board", "virtual:v1")
    assert outcome.code == (0 if right else 1)
    golden(f"check-{'right' if right else 'wrong'}", outcome.transcript)


@pytest.mark.parametrize("right", [True, False])
def test_json_and_page(cli, canned, tmp_path, right):
    canned(right)
    outcome = cli("check", "--board", "virtual:v1", "--json", "-o", "page.html")
    assert outcome.code == (0 if right else 1)
    answer = json.loads(outcome.out)
    assert answer["board"] == "V1" and answer["virtual"] is True
    assert answer["failed"] == (0 if right else 2)
    assert [one["what"] for one in answer["results"]][:2] == ["heap free", "network"]
    assert answer["results"][1]["data"] == {"estimate_us": 569, "instructions": 5198}
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "9,792 bytes" in page and "/dev/x" not in page + outcome.out
    assert ("send us its page page.html." in outcome.err) == (not right)


@pytest.mark.parametrize(
    ("words", "what"),
    [("-o page.txt", "page.txt"), ("--board virtual:v9", "v9"), ("a.mbml b", "b")],
)
def test_wrong_usage(cli, words, what):
    outcome = cli("check", *words.split())
    assert outcome.code == 2 and what in outcome.err


def test_without_a_board_it_says_how_to_go_on(cli, monkeypatch):
    monkeypatch.setattr("microbit_ml.board.boards.find_ports", lambda: [])
    monkeypatch.setattr("microbit_ml.board.boards.find_drives", lambda: [])
    outcome = cli("check", "--quick")
    assert outcome.code == 1
    assert outcome.err.endswith("use a virtual one: microbit-ml check --quick --board virtual:v2\n")


@pytest.mark.slow
def test_a_virtual_board_that_starts_here(cli, monkeypatch, tmp_path):
    monkeypatch.setattr(command, "QUICK", TINY)
    monkeypatch.setattr(
        command, "run_checks", lambda one, begun: run_checks(one, [timing, sampling], begun)
    )
    outcome = cli("check", "--board", "virtual:v1", "--quick", "-o", "page.html")
    assert outcome.code == 0, outcome.transcript
    assert "cycles an instruction, machine code" in outcome.out
    assert "V1 (virtual): " in outcome.out and "wrong" not in outcome.out
    assert "How long a prediction takes ..." in outcome.err
    assert outcome.err.endswith("microbit-ml check -o page.html\n")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("Time between two samples") >= 2


@pytest.mark.slow
def test_no_questions_and_no_kit(cli, monkeypatch):
    monkeypatch.setattr(command, "QUICK", TINY)
    monkeypatch.setattr(command, "run_checks", lambda one, begun: touch.run(one))
    with shared("v1", kit_on("v1")) as (url, _):
        outcome = cli("check", "--board", url, "--quick", "--no-questions", "--json")
    statuses = {one["status"] for one in json.loads(outcome.out)["results"]}
    assert (outcome.code, statuses) == (0, {NOT_DONE})
    with shared("v1", {"main.py": b"pass\n"}) as (url, _):
        outcome = cli("check", "--board", url)
    assert outcome.code == 1
    assert "Put a model on it, or add --flash" in outcome.err


@pytest.mark.slow
def test_flash_puts_the_model_on_a_board_with_another_one(cli, monkeypatch):
    monkeypatch.setattr(command, "run_checks", lambda one, begun: iter(()))
    files = kit_on("v1")
    with shared("v1", files | {"main.py": b"print('my own')\n"}) as (url, board):
        outcome = cli("check", "--board", url, "--flash")
        assert outcome.code == 0, outcome.transcript
        assert board.files == files
    assert "The board has the model, over serial" in outcome.err


@pytest.mark.parametrize(
    ("typed", "seen", "lit"),
    [("2\n", "a square", None), ("0\n", "", None), ("y\n", None, True), ("n\n", None, False),
     ("9\n", None, None), ("", None, None)],
)  # fmt: skip
def test_a_person_at_the_terminal(monkeypatch, capsys, typed, seen, lit):
    with command._Screen() as screen:
        person = command._PersonAtTerminal(screen)
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert person.which_picture(["a cross", "a square"]) == seen
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert person.all_lit() is lit
        with person.pressing("button A", 20):
            pass
    err = capsys.readouterr().err
    assert "What does the display show? 1 a cross, 2 a square, 0 another picture:" in err
    assert "Hold button A for a moment, within 20 s." in err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("number", "code"), tiers([], slow=[(signal.SIGINT, 130)], full=[(signal.SIGTERM, 143)])
)
def test_ctrl_c_and_sigterm_end_it(tmp_path, number, code):
    """What becomes of the board: tests/deploy/check/test_whole_boards.py."""
    environment = {**os.environ, "PYTHONPATH": str(Path(microbit_ml.__file__).parents[1])}
    words = [sys.executable, "-m", "microbit_ml", "check", "--board", "virtual:v1", "-o", "c.html"]
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert any("golden windows" in line for line in running.stderr)
        running.send_signal(number)
        rest = running.stderr.read()
        assert running.wait(60) == code
    assert "Traceback" not in rest
    assert not list(tmp_path.iterdir())
