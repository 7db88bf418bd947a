"""What the kit's launcher shows and plays: letters or icons, then one LED; sounds on V2."""

from dataclasses import replace

import pytest
from boards_memory import free_heap, large_model
from tiers import tiers

from microbit_ml import simulate, train
from microbit_ml.image.launcher import SPEAKER_FILES, n_letters
from microbit_ml.kinds import OPEN
from microbit_ml.recordings.faces import Face
from microbit_ml.recordings.pictures import IMAGES, SOUNDS
from microbit_ml.targets import V1
from microbit_ml.virtual import VirtualBoard

REST = [".....", ".....", ".....", ".9...", "....."]
LETTERS = {
    (".....", "..99.", ".9...", "..9..", "99..."): "s",
    ("9....", "9....", "999..", "9..9.", "9..9."): "h",
    (".....", ".999.", "9..9.", "9..9.", ".9999"): "a",
    (".9...", ".9.9.", ".99..", ".9.9.", ".9..9"): "k",
    tuple(REST): ".",
}
HALF = "12345:00000:00000:00000:98765"
FACES = {"shake": Face("HEART", "TWINKLE"), "tap": Face(HALF), "wave": Face("", "HELLO")}
KINDS = tiers(["v1", "v2"])


@pytest.fixture(scope="module")
def model():
    return train(simulate(people=4, repeats=3, seed=2))  # nine labels


@pytest.mark.parametrize(
    ("labels", "n"),
    [
        ([], 1),
        (["shake"], 1),
        (["circle", "shake"], 1),
        (["circle", "shake", "still"], 2),
        (["walking", "wave"], 3),
        (["up", "upside"], 3),
        (["gesture 1", "gesture 2"], 9),
    ],
)
def test_as_many_letters_as_tell_the_labels_apart(labels, n):
    assert n_letters(labels) == n


def frames_of(board, label, name, seconds=3.0):
    """The display, every 40 ms, from when a board with this model detects a gesture."""
    samples = next(one for one in simulate([label], people=3, repeats=2, seed=50)).samples
    frames = []
    for _ in range(3):
        board.tilt(0, 0, -1024)
        board.run(1.5, wall_limit_s=60)
        before = len(board.serial)
        for start in range(0, len(samples), 2):  # 40 ms each
            detected = name in board.serial[before:]
            board.play(samples[start : start + 2], wall_limit_s=60)
            if detected:
                frames.append(board.show().split())
        if frames:
            break
    for _ in range(round(seconds / 0.04)):
        board.run(0.04, wall_limit_s=60)
        frames.append(board.show().split())
    assert "Traceback" not in board.serial
    assert name in board.serial, board.serial
    return frames


@pytest.mark.parametrize("kind", KINDS)
def test_letters_and_then_one_led(kind, model):
    with VirtualBoard(kind, model.hex()) as board:
        board.run_until(lambda: bool(board.samples_read), 5, wall_limit_s=60)
        board.run(0.2)
        assert board.show().split() == REST  # it runs, and nothing was detected yet
        frames = frames_of(board, "shake", "shake")
    assert frames[-1] == REST
    letters = [LETTERS[tuple(frame)] for frame in frames if tuple(frame) in LETTERS]
    assert "".join(dict.fromkeys(letters)) in "sha."  # "shake" is not spelt to its end
    assert letters.count(".") >= 10


def picture(rows):
    return [row.replace("0", ".") for row in rows.split(":")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("label", ["shake", "tap", "circle"])
def test_icons_sounds_and_letters_where_there_is_no_icon(kind, label, model):
    faced = replace(model, faces=FACES)
    with VirtualBoard(kind, faced.hex()) as board:
        board.run_until(lambda: bool(board.samples_read), 5, wall_limit_s=60)
        frames = frames_of(board, label, label)
        heard = bool(board.sounds)
    assert frames[-1] == REST
    shown = {tuple(frame) for frame in frames}
    if label == "circle":
        assert LETTERS.keys() & shown >= {tuple(REST)}
    else:
        icon = IMAGES.get(FACES[label].icon, FACES[label].icon)
        assert tuple(picture(icon)) in shown
    assert heard == (kind == "v2" and label == "shake")


@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_a_hundred_icons_lose_no_memory(kind, model):
    files = replace(model, faces=FACES).board_files(board=kind)
    files["main.py"] = (
        b"from gesture import Recognizer\nfrom answer import show\nimport gc\n"
        b"recognizer = Recognizer()\n"
        b"def free():\n    gc.collect()\n    return gc.mem_free()\n"
        b"def some():\n    for i in range(50):\n        show(i % 9)\n"
        b"    show(3)\n    return free()\n"
        b"some()\nprint('lost', some() - some(), 'end')\n"
    )
    with VirtualBoard(kind, files) as board:
        assert board.run_until("end", 20, wall_limit_s=120), board.serial
        assert "lost 0 end" in board.serial


@pytest.mark.parametrize(
    ("labels", "length", "window", "arch"),
    tiers(
        [(4, 2, 100, "26-7")],
        slow=[(16, 12, 50, "6"), (8, 12, 150, "12"), (12, 2, 50, "13-12"), (9, 9, 50, "17"),
              (8, 40, 50, "11"), (5, 20, 100, "12-20-9")],
    ),
)  # fmt: skip
def test_the_largest_models_that_are_promised_show_icons_on_v1(labels, length, window, arch):
    model, _ = large_model(labels, length, window, arch)
    assert V1.heap_bytes - 110 < model.heap_bytes() <= V1.heap_bytes
    model.faces = {label: Face(HALF, "TWINKLE") for label in model.labels}
    with VirtualBoard("v1", model.hex()) as board:
        assert board.run_until("\r\n", 8, wall_limit_s=60), board.serial
        board.run(0.3, wall_limit_s=60)
        assert board.serial.split("\r\n")[0] in model.labels
        assert board.show().split() == picture(HALF)
        board.run(2, wall_limit_s=60)
        assert "Traceback" not in board.serial


def test_sounds_take_no_memory_on_v1(model):
    silent = {label: Face(face.icon) for label, face in FACES.items()}
    names = "from answer import listen, show\n"
    loud, quiet = (free_heap(replace(model, faces=faces), names) for faces in (FACES, silent))
    assert loud == quiet


def test_the_launcher_is_the_same_on_all_boards(model):
    faced = replace(model, faces=FACES)
    for_all = faced.board_files()
    v1, v2 = (faced.board_files(board=board) for board in ("v1", "v2"))
    assert set(for_all) == set(v1) | set(v2)
    assert set(v1) == set(for_all) - {"kernel_v2.bin", *SPEAKER_FILES}
    assert set(v2) == set(for_all) - {"kernel_v1.bin"}
    assert all(for_all[name] == files[name] for files in (v1, v2) for name in files)


def test_icons_take_no_memory_from_a_program_of_ones_own(model):
    faced = replace(model, faces={label: Face("HEART", "SAD") for label in model.labels})
    assert free_heap(faced) >= 4000


def test_names_that_the_display_cannot_show():
    data = simulate(["shake", "tap"], people=2, repeats=3, seed=1)
    names = ["Übung" if one.label == "shake" else "a:b\u00e9" for one in data]
    model = train(list(data), labels=names, steps=2, copies=0)
    model.faces = {"Übung": Face("", "SAD")}
    model = replace(model, network=model.network.with_threshold(OPEN))
    for kind in ("v1", "v2"):
        assert len(model.board_files(board="v2")["icons"]) == 50
        with VirtualBoard(kind, model.hex()) as board:
            assert board.run_until("\r\n", 8, wall_limit_s=60), board.serial
            board.run(1.5, wall_limit_s=60)
            assert "Traceback" not in board.serial
            assert board.show().split() == REST


def test_a_sound_is_over_in_its_time_and_a_second_one_does_not_stop_the_program(model):
    """With MicroPython 2.0.0-beta.5, play() waits for the end of the sound before."""
    files = replace(model, faces={"shake": Face("", "HELLO"), "tap": Face("", "SAD")}).board_files(
        board="v2"
    )
    files["main.py"] = (
        b"from gesture import Recognizer\nfrom answer import show\nimport play\n"
        b"from microbit import running_time, sleep\nrecognizer = Recognizer()\n"
        b"shake, tap = [recognizer.names.index(name) for name in ('shake', 'tap')]\n"
        b"def timed(label):\n    began = running_time()\n    show(label)\n"
        b"    print(running_time() - began < 20, play.quiet - began)\n"
        b"timed(shake)\ntimed(tap)\nsleep(800)\ntimed(tap)\ntimed(shake)\nprint('end')\n"
    )
    with VirtualBoard("v2", files) as board:
        assert board.run_until("end\r\n", 20, wall_limit_s=120), board.serial
        lines = [line.split() for line in board.serial.split("\r\n")[:4]]
    assert [line[0] for line in lines] == ["True"] * 4
    first, second, third, fourth = (int(line[1]) for line in lines)
    assert abs(first - 700) < 20 > abs(second - 700)
    assert abs(third - 2000) < 20 > abs(fourth - 2000)


@pytest.mark.default_runtime  # 2.0.0-beta.5 does not know whether it plays
@pytest.mark.slow
def test_each_sound_is_over_in_its_time():
    program = (
        "from microbit import Sound, audio, running_time\n"
        f"for name in {tuple(SOUNDS)!r}:\n"
        "    began = running_time()\n"
        "    audio.play(getattr(Sound, name), wait=False)\n"
        "    while audio.is_playing():\n"
        "        pass\n"
        "    print(name, running_time() - began)\n"
        "print('end')\n"
    )
    with VirtualBoard("v2", {"main.py": program}) as board:
        assert board.run_until("end\r\n", 60, wall_limit_s=200), board.serial
        lines = [line.split() for line in board.serial.split("\r\n")]
    lasted = {line[0]: int(line[1]) for line in lines if len(line) == 2}
    assert lasted.keys() == SOUNDS.keys()
    assert {name for name, ms in lasted.items() if not 300 < ms <= SOUNDS[name]} == set()
