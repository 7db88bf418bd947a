"""Names of outputs, the next step of every verb, and hints that name the right remedy."""

import argparse
import shlex
import shutil
from pathlib import Path

import pytest

import microbit_ml as mb
from microbit_ml.board import AttachedBoard, BoardPort
from microbit_ml.cli import app, commands
from microbit_ml.cli.arguments import flash_that_mends
from microbit_ml.cli.collect import command as collect
from microbit_ml.common.wording import command, quoted
from microbit_ml.errors import BoardError

NO_BOARD = "No micro:bit found. Plug one in with a data cable"


@pytest.fixture
def no_board(monkeypatch):
    """No micro:bit is plugged in, whatever is plugged in."""
    monkeypatch.setattr("microbit_ml.board.boards.find_boards", list)
    monkeypatch.setattr("microbit_ml.board.ports.find_ports", list)
    for name in ("collect.command", "flash", "boards", "run"):
        monkeypatch.setattr(f"microbit_ml.cli.{name}.find_boards", list)


@pytest.fixture
def spaces(gestures):
    """The data set and the model in files whose names have a space."""
    (gestures / "gestures").rename(gestures / "my wand")
    (gestures / "gestures.mbml").rename(gestures / "my wand.mbml")
    return gestures


def hint(outcome):
    """The command that the last line of a message suggests, as its words."""
    words = outcome.err.strip().splitlines()[-1].rpartition("microbit-ml ")[2]
    return shlex.split(words.removesuffix("."))


# Names of outputs


def test_train_build_and_report_name_their_outputs(cli, gestures):
    assert cli("train", "gestures", "--steps", "5").code == 0
    assert cli("report", "gestures.mbml").code == 0
    assert cli("build", "gestures.mbml").code == 0
    assert cli("show", "gestures", "--plot").code == 0
    names = {path.name for path in gestures.iterdir()}
    assert names == {
        "gestures", "gestures.mbml", "gestures-report.html", "gestures.hex", "gestures.html"
    }  # fmt: skip


def test_a_name_with_dots_keeps_them(cli, gestures):
    (gestures / "gestures").rename(gestures / "wand v1.2")
    assert cli("train", "wand v1.2", "--steps", "5").code == 0
    assert (gestures / "wand v1.2.mbml").is_file()


def test_train_inside_the_data_set_writes_beside_it(cli, gestures, monkeypatch):
    (gestures / "gestures.mbml").unlink()
    monkeypatch.chdir(gestures / "gestures")
    outcome = cli("train", ".", "--steps", "5")
    assert outcome.code == 0
    assert (gestures / "gestures.mbml").is_file()
    assert hint(outcome)[0] == "build"


def test_an_output_by_default_never_takes_the_place_of_an_input(cli, gestures):
    before = (gestures / "gestures.mbml").read_bytes()
    outcome = cli("train", "gestures", "--from", "gestures.mbml", "--steps", "5")
    assert outcome.code == 1
    assert "would write over gestures.mbml, which is the input" in outcome.err
    assert (gestures / "gestures.mbml").read_bytes() == before


def test_a_hex_with_a_program_is_named_after_it(cli, gestures):
    (gestures / "game.py").write_text("print('hello')\n", encoding="utf-8")
    outcome = cli("build", "gestures.mbml", "--program", "game.py")
    assert (outcome.code, (gestures / "game.hex").is_file()) == (0, True)
    assert hint(outcome) == ["flash", "gestures.mbml", "--program", "game.py"]


def test_build_asks_for_the_ending_of_a_hex(cli, gestures, snapshot):
    before = snapshot()
    outcome = cli("build", "gestures.mbml", "-o", "x.txt")
    assert outcome.code == 2
    assert "ends in .hex, not x.txt. Write x.hex after -o." in outcome.err
    assert snapshot() == before


def test_an_output_inside_the_data_set_says_where_to_write_it(cli, gestures):
    outcome = cli("train", "gestures", "-o", "gestures/x.mbml")
    assert outcome.code == 1
    assert "would write over gestures, which is the input" in outcome.err
    assert outcome.err.endswith("for example beside that folder: x.mbml\n")


# A pupil's own program


@pytest.mark.parametrize("verb", ["build", "flash"])
def test_a_program_with_a_syntax_error_is_never_written(cli, gestures, snapshot, verb):
    (gestures / "game.py").write_text("while True\n    pass\n", encoding="utf-8")
    before = snapshot()
    outcome = cli(verb, "gestures.mbml", "--program", "game.py")
    assert outcome.code == 1
    assert "game.py, line 1: " in outcome.err
    assert "\n    while True\n" in outcome.err
    assert snapshot() == before
    with pytest.raises(mb.KitError, match="line 1"):
        mb.Model.load(gestures / "gestures.mbml").hex(gestures / "game.py")


def test_build_warns_of_the_board_that_cannot_run_the_program(cli, gestures):
    (gestures / "game.py").write_text("points: int = 0\n", encoding="utf-8")
    outcome = cli("build", "gestures.mbml", "--program", "game.py")
    assert outcome.code == 0
    assert "Careful: a V1 cannot run game.py. Line 1: MicroPython on V1 has no" in outcome.err
    assert "V2" not in outcome.err


# Warnings


def test_a_window_longer_than_the_recordings_warns(cli, gestures):
    outcome = cli("train", "gestures", "--window", "100", "--steps", "5")
    assert outcome.code == 0
    assert "Careful: --window 100 takes 2.0 s, and 18 of 18 recordings are shorter" in outcome.err
    for window in ("50", "40"):
        outcome = cli("train", "gestures", "--window", window, "--steps", "5")
        assert "Careful" not in outcome.err


# Remedies


def test_the_folder_of_a_label_or_of_several_data_sets(cli, gestures):
    outcome = cli("train", "gestures/shake")
    assert outcome.code == 1
    assert "it may be the folder of one label (shake)" in outcome.err
    assert hint(outcome) == ["train", "gestures"]
    outcome = cli("train", ".", "-o", "x.mbml")
    assert outcome.code == 1
    assert ". is no data set, but holds some: gestures" in outcome.err
    assert hint(outcome) == ["train", "gestures"]
    assert "gestures is a data set of its own" in cli("show", ".").err


@pytest.mark.parametrize("verb", ["predict", "evaluate", "report"])
def test_swapped_arguments(cli, spaces, verb):
    outcome = cli(verb, "my wand", "my wand.mbml")
    assert outcome.code == 2
    assert "The model comes first" in outcome.err
    assert hint(outcome) == [verb, "my wand.mbml", "my wand"]


def test_a_model_that_is_missing_or_a_folder(cli, spaces):
    (spaces / "other").mkdir()
    outcome = cli("predict", "other", "my wand")
    assert "other is a folder, not a model file" in outcome.err
    assert hint(outcome) == ["train", "other"]
    (spaces / "my wand.mbml").rename(spaces / "new wand.mbml")
    assert "Did you mean new wand.mbml?" in cli("build", "new wand").err
    assert hint(cli("build", "old wand.mbml")) == ["train", "DATASET", "-o", "old wand.mbml"]


def test_paths_with_spaces_are_quoted_in_every_hint(cli, spaces):
    (spaces / "my game.py").write_text("print('hello')\n", encoding="utf-8")
    both = ["my wand.mbml", "my wand"]
    for arguments, expected in (
        (["show", "my wand"], ["train", "my wand"]),
        (["train", "my wand", "--steps", "5"], ["build", "my wand.mbml"]),
        (["build", "my wand.mbml", "--program", "my game.py"],
         ["flash", "my wand.mbml", "--program", "my game.py"]),
        (["predict", *both], ["evaluate", *both]),
        (["evaluate", *both], ["report", *both]),
        (["report", *both], ["build", "my wand.mbml"]),
        (["import", "my wand", "--into", "our wand"], ["show", "our wand"]),
        (["export", "our wand", "-o", "our wand.zip"],
         ["import", "our wand.zip", "--into", "our wand-copy"]),
    ):  # fmt: skip
        outcome = cli(*arguments)
        assert outcome.code == 0, outcome.err
        assert hint(outcome) == expected


@pytest.mark.parametrize(
    "word", ["wand", "my wand", "a'b", 'a"b', "$HOME", "静か", "a&b", "v1.2/x-y.mbml", "", "wow!"]
)
def test_quoting(word):
    words = command("show", Path(word) if word else word)
    assert shlex.split(words) == ["microbit-ml", "show", word]
    assert quoted("my wand") == '"my wand"'  # as every shell knows it


# Without a board


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["collect", "new wand", "shake", "--count", "3"],
         ["collect", "new wand", "shake", "--count", "3", "--board", "virtual:v2"]),
        (["collect", "new wand", "shake", "--board", "COM9", "--auto"],
         ["collect", "new wand", "shake", "--auto", "--board", "virtual:v2"]),
        (["watch", "my wand.mbml", "--seconds", "3"],
         ["watch", "my wand.mbml", "--seconds", "3", "--board", "virtual:v2"]),
        (["watch", "--json"], ["watch", "--json", "my wand.mbml", "--board", "virtual:v2"]),
        (["flash", "my wand.mbml"], ["virtual", "v2", "my wand.mbml"]),
        (["predict", "my wand.mbml", "my wand", "--board", "/dev/none9"],
         ["predict", "my wand.mbml", "my wand", "--board", "virtual:v2"]),
        (["run", "game.py", "--board", "COM9", "--seconds", "1"],
         ["run", "game.py", "--seconds", "1", "--board", "virtual:v2"]),
        (["flash", "my wand.mbml", "--program", "game.py"],
         ["run", "game.py", "--model", "my wand.mbml", "--board", "virtual:v2"]),
    ],
)  # fmt: skip
def test_without_a_board_the_same_command_with_a_virtual_one(
    cli, spaces, no_board, arguments, expected
):
    (spaces / "game.py").write_text("print('hello')\n", encoding="utf-8")
    outcome = cli(*arguments)
    assert outcome.code == 1
    if "predict" in arguments:
        assert "There is no serial port /dev/none9." in outcome.err
    else:
        assert ("no other" if "COM9" in arguments else NO_BOARD) in outcome.err
    assert hint(outcome) == expected


def test_what_needs_a_real_board_offers_no_virtual_one(cli, no_board):
    outcome = cli("collect", "wand", "--fetch")
    assert outcome.code == 1
    assert "virtual" not in outcome.err


def test_virtual_boards_that_there_are(cli, gestures):
    for verb in (["predict", "gestures.mbml", "gestures"], ["collect", "new", "shake"]):
        outcome = cli(*verb, "--board", "virtual")
        assert outcome.code == 2
        assert "There are: virtual:v1, virtual:v2." in outcome.err


def test_a_port_that_is_not_there_lists_those_that_are(cli, gestures, monkeypatch):
    port = BoardPort("/dev/ttyACM7", "9904")
    monkeypatch.setattr("microbit_ml.board.ports.find_ports", lambda: [port])
    outcome = cli("predict", "gestures.mbml", "gestures", "--board", "/dev/none9")
    assert outcome.code == 1
    assert "There is no serial port /dev/none9. Plugged in: /dev/ttyACM7." in outcome.err
    monkeypatch.setattr(collect, "find_boards", lambda: [AttachedBoard("9904", port, None)])
    outcome = cli("collect", "new", "shake", "--board", "COM9")
    assert "There is no micro:bit 'COM9'. Plugged in: /dev/ttyACM7" in outcome.err


def test_a_mistake_that_flashing_mends_names_the_model_and_repeats_the_options(cli, gestures):
    def mend(**given):
        args = argparse.Namespace(**given)
        return flash_that_mends(BoardError("Full.").mended_by_flash("--how", "drive"), args)

    words = ["flash", "my wand.mbml", "--how", "serial", "--program", "game.py"]
    given = {"model": Path("my wand.mbml"), "program": Path("game.py"), "board": ["COM3"]}
    assert mend(words=words, **given) == (
        'microbit-ml flash "my wand.mbml" --program game.py --how drive'
    )
    assert mend(words=["watch"], model=None, board="COM3") == (
        "microbit-ml flash gestures.mbml --board COM3 --how drive"
    )
    assert mend(words=["run", "game.py"], model=None, program=Path("game.py")) is None
    assert flash_that_mends(BoardError("Gone."), argparse.Namespace()) is None
    (gestures / "gestures.mbml").unlink()
    assert mend(words=["collect", "wand", "shake"]) is None


def test_hints_of_collect_show_and_evaluate_work_as_they_stand(cli, gestures):
    shutil.rmtree(gestures / "gestures" / "still")
    shutil.rmtree(gestures / "gestures" / "twist")
    assert hint(cli("show", "gestures")) == ["collect", "gestures", "circle"]
    outcome = cli("collect", "gestures", "--count", "2")
    assert hint(outcome) == ["collect", "gestures", "--count", "2", "shake"]
    prefer = ["evaluate", "--prefer", "recall:shake", "gestures.mbml", "gestures"]
    assert (
        "threshold: microbit-ml evaluate --prefer recall:shake gestures.mbml gestures -o "
        "gestures-recall.mbml\n"
    ) in cli(*prefer).err
    assert hint(cli("show", "nowhere")) == ["collect", "nowhere", "shake"]
    (gestures / "all.csv").write_text("x\n", encoding="utf-8")
    assert hint(cli("show", "all.csv")) == ["import", "all.csv", "--into", "all"]


# Verbs


def test_help_of_a_verb_by_help(cli):
    assert cli("help", "train").transcript == cli("train", "--help").transcript
    assert cli("help").transcript == cli("--help").transcript
    outcome = cli("help", "trian")
    assert outcome.code == 2
    assert 'Did you mean "train"?' in outcome.err


@pytest.mark.parametrize(
    ("word", "verb"),
    [
        ("record", "collect"),
        ("test", "evaluate"),
        ("play", "virtual"),
        ("emulate", "virtual"),
        ("learn", "train"),
        ("upload", "flash"),
        ("Record", "collect"),
    ],
)
def test_synonyms(cli, word, verb):
    outcome = cli(word, "wand")
    assert outcome.code == 2
    assert f'there is no verb "{word}". Did you mean "{verb}"?' in outcome.err


@pytest.mark.parametrize("word", ["new", "generate"])
def test_a_synonym_needs_its_verb(cli, monkeypatch, word):
    simulate = commands.Command("simulate", "make practice data")
    monkeypatch.setattr(app, "COMMANDS", (*app.COMMANDS, simulate))
    assert 'Did you mean "simulate"?' in cli(word).err


def test_synonyms_are_no_verbs():
    names = {command.name for command in commands.COMMANDS}
    assert not names & set(commands.SYNONYMS)


def test_a_file_of_recordings_is_imported_before_it_is_trained_on(cli, gestures):
    assert cli("export", "gestures", "-o", "all.npz").code == 0
    outcome = cli("evaluate", "--protocol", "k-fold", "--folds", "2", "--steps", "5", "all.npz")
    assert outcome.code == 0
    assert hint(outcome) == ["import", "all.npz", "--into", "all"]


def test_what_has_no_labels_is_not_to_be_evaluated(cli, gestures):
    one = next((gestures / "gestures").glob("shake/*.csv"))
    one.rename(gestures / "one.csv")
    assert hint(cli("predict", "gestures.mbml", "one.csv")) == ["build", "gestures.mbml"]
