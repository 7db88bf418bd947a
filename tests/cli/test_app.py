"""The edge of the command line: verbs, help, exit codes, errors, pipes."""

import json
import os
import subprocess
import sys

import pytest

import microbit_ml as mb
from microbit_ml.cli import app
from microbit_ml.cli.commands import COMMANDS, Command
from microbit_ml.errors import DataError, SettingError, UsageError

VERBS = [command.name for command in COMMANDS]


def use_command(monkeypatch, run):
    """Let the verb ``try`` do what ``run`` does."""

    class Trial(Command):
        def add_arguments(self, parser):
            pass

        def run(self, args):
            run()

    monkeypatch.setattr(app, "COMMANDS", (Trial("try", "try it"),))


def fail(error):
    def run():
        raise error

    return run


def test_help(cli, golden):
    golden("help", cli("--help").transcript)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb(cli, golden, verb):
    golden(f"help-{verb}", cli(verb, "--help").transcript)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("usage-nothing", []),
        ("usage-spelling", ["trian"]),
        ("usage-unknown-verb", ["xyzzy"]),
        ("usage-missing", ["train"]),
        ("usage-number", ["train", "gestures", "-o", "m.mbml", "--steps", "many"]),
        ("usage-evaluate", ["evaluate", "gestures.mbml"]),
        ("usage-evaluate-protocol", ["evaluate", "--protocol", "k-fold", "m.mbml", "gestures"]),
    ],
)
def test_wrong_usage_exits_with_2_and_explains(cli, golden, name, arguments):
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    golden(name, outcome.transcript)


def test_version(cli):
    outcome = cli("--version")
    assert outcome.code == 0
    assert outcome.out.startswith("microbit-ml")


def test_verbs_are_unique_and_sentences_fit_a_line():
    assert len(set(VERBS)) == len(VERBS)
    assert all(len(command.help) <= 80 for command in COMMANDS)


def test_an_explained_error_is_one_line_and_1(cli, monkeypatch):
    use_command(monkeypatch, fail(DataError("No recordings. Record some.")))
    outcome = cli("try")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "microbit-ml: No recordings. Record some.\n"


def test_wrong_usage_that_a_command_finds_is_worded_like_argparse(cli, monkeypatch):
    use_command(monkeypatch, fail(UsageError("--here goes with --there.")))
    outcome = cli("try")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "usage: microbit-ml try [-h] [--debug]\nmicrobit-ml try: error: --here goes with --there.\n"
    )
    use_command(monkeypatch, fail(SettingError("debug is 3, but must be 0 to 2.", "debug")))
    assert "error: argument --debug: debug is 3, but must" in cli("try").err
    outcome = cli("try", "--debug")
    assert outcome.code == 2
    assert "Traceback" in outcome.err


def test_a_wrong_setting_is_wrong_usage_and_still_an_error_of_data():
    with pytest.raises(SettingError, match="steps is 0") as caught:
        mb.train(mb.simulate(["tap", "still"], people=1, repeats=2), steps=0)
    assert isinstance(caught.value, DataError)
    assert isinstance(caught.value, UsageError)
    assert caught.value.parameter == "steps"


def test_an_error_of_the_system_names_its_file(cli, monkeypatch):
    use_command(monkeypatch, fail(PermissionError(13, "Permission denied", "gestures/a.csv")))
    outcome = cli("try")
    assert outcome.code == 1
    assert outcome.err == "microbit-ml: gestures/a.csv: Permission denied.\n"


@pytest.mark.parametrize("arguments", [("--debug", "try"), ("try", "--debug")])
def test_debug_shows_the_traceback_and_still_the_message(cli, monkeypatch, arguments):
    use_command(monkeypatch, fail(DataError("No recordings.")))
    outcome = cli(*arguments)
    assert outcome.code == 1
    assert "Traceback" in outcome.err
    assert outcome.err.endswith("microbit-ml: No recordings.\n")


def test_a_bug_is_not_hidden(cli, monkeypatch):
    use_command(monkeypatch, fail(ZeroDivisionError("a bug")))
    with pytest.raises(ZeroDivisionError):
        cli("try")


def test_ctrl_c_is_130(cli, monkeypatch):
    use_command(monkeypatch, fail(KeyboardInterrupt()))
    outcome = cli("try")
    assert (outcome.code, outcome.err) == (130, "microbit-ml: stopped.\n")


def python_m(*arguments, **options):
    environment = {**os.environ, "PYTHONIOENCODING": options.pop("encoding", "utf-8")}
    return subprocess.Popen(
        [sys.executable, "-m", "microbit_ml", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        **options,
    )


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (("predict", "gestures.mbml", "gestures", "--json"), {141}),
        (("train", "--help"), {0, 141}),  # unbuffered, argparse itself ignores the closed pipe
    ],
)
def test_a_closed_pipe_is_quiet(gestures, arguments, codes):
    program = python_m(*arguments, cwd=gestures)
    program.stdout.close()  # as `head` does when it has seen enough
    with program.stderr:
        assert program.stderr.read() == b""
    assert program.wait() in codes


def test_python_m_and_a_terminal_without_unicode(gestures):
    (gestures / "gestures" / "still").rename(gestures / "gestures" / "静か")
    program = python_m("show", gestures / "gestures", encoding="ascii")
    out, err = program.communicate()
    assert program.returncode == 0
    assert err.startswith(b"Next: ")
    assert b"\n??  " in out
    program = python_m("show", gestures / "gestures", "--json", encoding="ascii")
    out, err = program.communicate()
    assert "静か" in json.loads(out)["labels"]


def test_help_loads_no_board_code():
    code = (
        "import sys; from microbit_ml.cli import main; main(['--help']); "
        "bad = {'serial', 'uflash', 'unicorn', 'matplotlib'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(bad)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("line", ["--help", "help run", "trian wand", "train", "show nowhere"])
def test_python_m_microbit_ml_is_the_same(cli, tmp_path, line):
    words = line.split()
    done = subprocess.run(
        [sys.executable, "-m", "microbit_ml", *words], cwd=tmp_path, capture_output=True, text=True
    )
    outcome = cli(*words)
    assert (done.returncode, done.stdout, done.stderr) == (outcome.code, outcome.out, outcome.err)
