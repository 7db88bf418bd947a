"""Wrong usage is 2, whatever the verb and wherever it is noticed; an explained failure is 1.

Wrong usage is what the command line alone shows to be wrong. What needs a look at files, data or
boards to be found is a failure.
"""

import shlex

import pytest

from microbit_ml.cli.commands import COMMANDS

VERBS = {command.name for command in COMMANDS}

# A command line, and what its message names.
WRONG_USAGE = [
    ("simulate set --labels jump", "jump"),
    ("demo --seed -1", "--seed"),
    ("demo --seed one", "--seed"),
    ("demo now", "now"),
    ("collect gestures", "LABEL"),
    ("collect gestures shake --fetch", "--fetch"),
    ("collect gestures --fetch --subject Ann", "--subject"),
    ("collect gestures --fetch --away", "--away"),
    ("collect gestures shake --away --auto", "--auto"),
    ("collect gestures shake --away --count 3", "--count"),
    ("collect gestures shake --away --board virtual:v1", "--away"),
    ("collect gestures shake --away --seconds 11 --board virtual://v1", "--seconds"),
    ("collect gestures shake --count 0", "--count"),
    ("collect gestures shake --seconds 0", "--seconds"),
    ("collect gestures shake --subjects Ann,Ben", "--subjects"),
    ("collect gestures shake --all --subjects Ann,Ann", "--subjects"),
    ("collect gestures shake --all --subject Ann", "--subject"),
    ("collect gestures shake --all --board COM3", "--board"),
    ("collect gestures shake --board virtual:v9", "--board"),
    ("collect gestures shake --subject 'A\nB'", "--subject"),
    ("collect gestures 'sha\nke'", "LABEL"),
    (f"collect gestures {'long' * 99}", "LABEL"),
    ("import walk.csv", "--into"),
    ("import walk.csv --into gestures --unit ounces", "--unit"),
    ("import walk.csv --into gestures --columns x,y,up", "--columns"),
    ("import walk.csv --into gestures --columns x,y", "--columns"),
    ("import walk.csv --into gestures --label 'wa\nlk'", "--label"),
    ("import walk.csv --into gestures --subject 'A\tB'", "--subject"),
    ("export gestures", "-o"),
    ("export gestures -o page.pdf", "page.pdf"),
    ("export gestures -o all.json", "--format"),
    ("export gestures -o all.zip --format rar", "--format"),
    ("export gestures -o all.zip --subject 'A\nB'", "--subject"),
    ("show", "DATASET"),
    ("show gestures --plt", "--plt"),
    ("train", "DATASET"),
    ("train gestures -o new.mbml --steps 0", "--steps"),
    ("train gestures -o new.mbml --steps many", "--steps"),
    ("train gestures -o new.mbml --arch foo", "--arch"),
    ("train gestures -o new.mbml --arch conv8x5", "--arch"),
    ("train gestures -o new.mbml --arch conv4x60-4", "--arch"),
    ("train gestures -o new.mbml --arch cnn --features tilt", "--features"),
    ("train gestures -o new.mbml --features nonsense", "--features"),
    ("label", "DATASET|MODEL"),
    ("label gestures --icon HEART", "gestures"),
    ("label gestures shake --icon hart", "HEART"),
    ("label gestures shake --sound bang", "TWINKLE"),
    ("train gestures -o new.mbml --features ,", "--features"),
    ("train gestures -o new.mbml --features tilt,-turn", "--features"),
    ("train gestures -o new.mbml --features=-nonsense", "--features"),
    ("train gestures -o new.mbml --augment mirror", "--augment"),
    ("train gestures -o new.mbml --augment=-mirror", "--augment"),
    ("train gestures -o new.mbml --optimizer magic", "--optimizer"),
    ("train gestures -o new.mbml --accept-known 7", "--accept-known"),
    ("train gestures -o new.mbml --accept-known 0", "--accept-known"),
    ("train gestures -o new.mbml --hop 1000", "--hop"),
    ("train gestures -o new.mbml --window 10", "--window"),
    ("train gestures -o new.mbml --copies -1", "--copies"),
    ("train gestures -o new.mbml --negatives 0", "--negatives"),
    ("train gestures -o new.mbml --weight-decay 2", "--weight-decay"),
    ("train gestures -o new.mbml --dropout nan", "--dropout"),
    ("train gestures -o new.mbml --seed -1", "--seed"),
    ("train nowhere -o new.mbml --steps 0", "--steps"),
    ("evaluate gestures.mbml", "MODEL and DATASET"),
    ("evaluate gestures.mbml gestures --folds 3", "--folds"),
    ("evaluate gestures.mbml gestures --arch 8", "--protocol"),
    ("evaluate gestures.mbml gestures --shots 2", "--shots"),
    ("evaluate gestures.mbml gestures --minutes 2", "--minutes"),
    ("evaluate gestures.mbml gestures -o new.mbml", "-o"),
    ("evaluate gestures.mbml gestures --prefer speed:shake", "--prefer"),
    ("evaluate gestures.mbml gestures --prefer recall:shake --at-least 2", "--at-least"),
    ("evaluate gestures.mbml gestures --prefer recall:shake --importance", "--importance"),
    ("evaluate gestures.mbml gestures --streams --against gestures.mbml", "--against"),
    ("evaluate gestures.mbml --streams --minutes 0", "--minutes"),
    ("evaluate gestures --streams --protocol k-fold", "--streams"),
    ("evaluate gestures --protocol magic", "--protocol"),
    ("evaluate gestures --protocol k-fold --folds 1", "--folds"),
    ("evaluate gestures --protocol unknown --folds 1", "--folds"),
    ("evaluate gestures --protocol streams --folds 1", "--folds"),
    ("evaluate gestures --protocol streams --seed -1", "--seed"),
    ("evaluate gestures --protocol few-shot --folds 3", "--folds"),
    ("evaluate gestures --protocol few-shot --shots 1", "--shots"),
    ("evaluate gestures --protocol k-fold --hop 1000", "--hop"),
    ("compare gestures --folds 1", "--folds"),
    ("compare gestures --folds some", "--folds"),
    ("compare gestures --seed -1", "--seed"),
    ("report", "MODEL"),
    ("report gestures gestures.mbml", "gestures.mbml gestures"),
    ("report gestures.mbml gestures more -o page.html", "more"),
    ("predict gestures.mbml", "FILE-or-DATASET"),
    ("predict gestures.mbml gestures --board virtual:v3", "--board"),
    ("predict gestures.mbml gestures --board virtual://v9", "--board"),
    ("build", "MODEL"),
    ("build gestures.mbml -o new.txt", ".hex"),
    ("build gestures.mbml -o new.hex --fast", "--fast"),
    ("flash gestures.mbml --board virtual:v1", "--board"),
    ("flash gestures.mbml --board virtual:v3", "--board"),
    ("flash gestures.mbml --board COM3 --all", "--all"),
    ("flash gestures.mbml --how magic", "--how"),
    ("flash gestures.mbml --how serial --runtime micropython.hex", "--runtime"),
    ("boards --fast", "--fast"),
    ("boards COM3", "COM3"),
    ("check --board virtual:v3", "--board"),
    ("check -o page.txt", ".html"),
    ("check gestures.mbml more", "more"),
    ("watch --board virtual:v1", "--board"),
    ("watch gestures.mbml --board virtual", "--board"),
    ("watch --board virtual://v1?pace=slow", "--board"),
    ("watch --seconds 0", "--seconds"),
    ("benchmark", "--layers"),
    ("benchmark gestures.mbml --layers 24-16-4", "--layers"),
    ("benchmark --layers 24", "--layers"),
    ("benchmark gestures.mbml --seconds 0", "--seconds"),
    ("benchmark gestures.mbml --board v3", "--board"),
    ("virtual v3", "v3"),
    ("virtual v1 photo.jpg", "photo.jpg"),
    ("virtual v1 --gesture moonwalk", "--gesture"),
    ("virtual v1 --gesture shake --play walk.csv", "--play"),
    ("virtual v1 --pty --gesture shake", "--pty"),
    ("virtual v1 --pty --fast", "--pty"),
    ("virtual v1 --miniterm --seconds 3", "--seconds"),
    ("virtual v1 --seconds -1", "--seconds"),
    ("run", "FILE.py"),
    ("run game.py --board virtual:v3", "--board"),
    ("run game.py --seconds 0", "--seconds"),
    ("completion", "shell"),
    ("completion cmd", "cmd"),
    ("lesson two", "two"),
    ("lesson 11", "lesson 11"),
    ("lesson 1 -o page.html", "-o"),
    ("lesson --again", "--again"),
    ("lesson 1 --glossary", "glossary"),
    ("lesson --teacher", "lesson 1"),
    ("lesson 1 --board virtual:v3", "--board"),
]

# A command line, and what its message names. What fails for want of a board: test_watch_command.py
# and others.
EXPLAINED = [
    ("collect gestures shake", "micro:bit"),
    ("collect walk.csv shake", "walk.csv"),
    ("label nowhere", "nowhere"),
    ("label gestures jump", "jump"),
    ("collect gestures Shake --board virtual:v1", "'Shake'"),
    ("import none.json --into gestures", "none.json"),
    ("import bad.json --into gestures", "bad.json"),
    ("import gestures --into gestures", "gestures"),
    ("import walk.csv --into gestures --columns x,y,z,time --unit g", "walk.csv"),
    ("export nowhere -o all.zip", "nowhere"),
    ("export gestures -o all.zip --labels jump", "'jump'"),
    ("export gestures -o all.zip --subject Zoe", "'Zoe'"),
    ("show nowhere", "nowhere"),
    ("show gestures.mbml", "gestures.mbml"),
    ("simulate gestures.mbml", "gestures.mbml"),
    ("demo --into gestures", "gestures"),
    ("train nowhere -o new.mbml", "nowhere"),
    ("train gestures -o nowhere/new.mbml", "nowhere"),
    ("train gestures -o gestures/new.mbml", "gestures"),
    ("train gestures --from bad.mbml -o new.mbml", "bad.mbml"),
    ("train gestures --from gestures.mbml --arch 8 -o new.mbml", "arch"),
    ("evaluate none.mbml gestures", "none.mbml"),
    ("evaluate gestures.mbml gestures --prefer recall:jump", '"jump"'),
    ("evaluate gestures --protocol k-fold --folds 99", "99 folds"),
    ("evaluate gestures --protocol few-shot --shots 99", "99 shots"),
    ("compare gestures --folds 99", "99 folds"),
    ("report gestures -o page.html", "gestures"),
    ("predict bad.mbml gestures", "bad.mbml"),
    ("predict gestures.mbml none.csv", "none.csv"),
    ("predict gestures.mbml gestures --board no-such-port", "no-such-port"),
    ("build gestures.mbml -o gestures.mbml", "gestures.mbml"),
    ("build gestures.mbml -o new.hex --program none.py", "none.py"),
    ("flash gestures.mbml", "micro:bit"),
    ("flash gestures.mbml --runtime none.hex", "none.hex"),
    ("flash gestures.mbml --runtime bad.hex", "bad.hex: Line 1 of the hex"),
    ("check", "micro:bit"),
    ("check none.mbml --board virtual:v1", "none.mbml"),
    ("check gestures.mbml --board virtual:v1 -o nowhere/page.html", "nowhere"),
    ("watch", "micro:bit"),
    ("watch none.mbml --board virtual:v1", "none.mbml"),
    ("benchmark none.mbml", "none.mbml"),
    ("virtual v1 none.py", "none.py"),
    ("virtual v1 bad.hex", "bad.hex: Line 1 of the hex"),
    ("virtual v1 --miniterm", "--miniterm"),
    ("run none.py", "none.py"),
    ("lesson 1 --data nowhere", "nowhere"),
    ("lesson 1 --board no-such-port", "micro:bit"),
]


@pytest.fixture
def folder(gestures, monkeypatch):
    """A folder with a good data set and model, and with bad files; no board."""
    monkeypatch.setattr("microbit_ml.board.boards.find_ports", list)
    monkeypatch.setattr("microbit_ml.board.boards.find_drives", list)
    (gestures / "walk.csv").write_text("x_g,y_g,z_g\n0,0,1\n0,0,1\n", encoding="utf-8")
    for name in ("bad.json", "bad.hex", "bad.mbml"):
        (gestures / name).write_text("This is something else.\n", encoding="utf-8")
    return gestures


def test_the_tables_have_all_verbs():
    assert {line.split()[0] for line, _ in WRONG_USAGE} == VERBS
    cannot_fail = {"boards", "completion"}
    assert {line.split()[0] for line, _ in EXPLAINED} == VERBS - cannot_fail


@pytest.mark.parametrize(("line", "names"), WRONG_USAGE)
def test_wrong_usage_is_2_and_names_the_option(cli, folder, snapshot, line, names):
    before = snapshot()
    outcome = cli(*shlex.split(line))
    assert (outcome.code, outcome.out) == (2, "")
    verb = line.split()[0]
    usage, _, sentence = outcome.err.rstrip("\n").rpartition("\n")
    assert usage.startswith(f"usage: microbit-ml {verb} ")
    assert sentence.startswith(f"microbit-ml {verb}: error: ")
    assert names in sentence
    assert "Traceback" not in outcome.err
    assert snapshot() == before


@pytest.mark.parametrize(("line", "names"), EXPLAINED)
def test_an_explained_failure_is_1_and_names_the_thing(cli, folder, snapshot, line, names):
    before = snapshot()
    outcome = cli(*shlex.split(line))
    assert (outcome.code, outcome.out) == (1, "")
    sentence = outcome.err.splitlines()[-1]
    assert sentence.startswith("microbit-ml: ")
    assert names in sentence
    assert "Traceback" not in outcome.err
    assert snapshot() == before
