"""The official Python Editor and its author's libraries open the kit's hexes, and save them again.

The Editor demands the same files in every section of a universal hex.
"""

from dataclasses import replace

import micropython_microbit_fs as microbit_fs
import pytest
import universal_hex
from python_editor import open_in_editor
from random_models import usual_model
from tiers import tiers

from microbit_ml import simulate, train
from microbit_ml.image import build_hex
from microbit_ml.image.board_files import board_files
from microbit_ml.image.hex import build_hex_for_one, fits_all
from microbit_ml.image.intel_hex import write_plain
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.kinds import OPEN
from microbit_ml.quantize import to_bytes
from microbit_ml.recordings.faces import Face
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard

NAMES = {"shake": "👋 größer", "tap": "👆"}
OWN_PROGRAM = """# My own program. ☺
from microbit import display
from gesture import Recognizer

recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name:
        display.show(name[0])
        print('I saw', name)
"""
BOARD_IDS = {"v1": 0x9900, "v2": 0x9903}
KINDS = ["launcher", "emoji", "icons and sounds", "own program"]


@pytest.fixture(scope="module")
def models():
    """The four kinds of hex: a model that accepts each movement, and a program."""
    data = simulate(["shake", "tap"], people=2, repeats=3, seed=1)
    plain = train(data, steps=20, copies=0)
    emoji = train(list(data), labels=[NAMES[one.label] for one in data], steps=20, copies=0)
    faces = {"👋 größer": Face("HEART", "GIGGLE"), "👆": Face("", "SAD")}
    opened = [
        replace(one, network=one.network.with_threshold(OPEN))
        for one in (plain, emoji, replace(emoji, faces=faces), plain)
    ]
    programs = [None, None, None, OWN_PROGRAM.encode()]
    return dict(zip(KINDS, zip(opened, programs)))


@pytest.fixture(scope="module")
def hexes(models):
    """The twelve hexes: of each kind the universal one, and those for one board."""
    return {
        (kind, board): model.hex(program, board)
        for kind, (model, program) in models.items()
        for board in (None, "v1", "v2")
    }


def expected(models, kind, board):
    model, program = models[kind]
    return model.board_files(program, board)


def empty_runtimes():
    """MicroPython for V1 and V2 as plain hexes: the newest, as in the Editor."""
    return [microbit_fs.get_bundled_hex(version).content for version in (1, 2)]


def recognises(board, hex_text):
    with VirtualBoard(board, hex_text) as running:
        assert running.run_until("\r\n", 8, wall_limit_s=120), running.serial
        running.run(0.5, wall_limit_s=60)
        assert "Traceback" not in running.serial
        lines = running.serial.removesuffix("\r\n").split("\r\n")
        return {line.removeprefix("I saw ") for line in lines if line}


@pytest.fixture(scope="module")
def opened(hexes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor")
    return dict(zip(hexes, open_in_editor(list(hexes.values()), *empty_runtimes(), folder)))


def test_the_editor_opens_twelve_hexes(hexes, opened, models):
    assert len(opened) == 12
    for (kind, board), one in opened.items():
        assert one.files == expected(models, kind, board)
        assert one.sections == ([] if board else [BOARD_IDS["v1"], BOARD_IDS["v2"]])
        assert one.left_bytes >= 4000


@pytest.mark.parametrize("kind", tiers(KINDS[2:3], slow=[*KINDS[:2], *KINDS[3:]]))
@pytest.mark.parametrize("board", tiers(["v1"], slow=["v2"]))
def test_what_the_editor_saves_recognises(kind, board, opened, models):
    labels = set(models[kind][0].labels)
    for made_for in (None, board):
        assert recognises(board, opened[kind, made_for].saved) <= labels


def test_the_authors_python_libraries_list_the_files(hexes, models):
    for (kind, board), text in hexes.items():
        assert universal_hex.is_uhex(text) == (board is None)
        sections = [text] if board else [one.hex for one in universal_hex.separate_uhex(text)]
        for section in sections:
            files = {one.name: one.content for one in microbit_fs.get_files(section)}
            assert files == expected(models, kind, board)


@pytest.mark.parametrize("kind", tiers(KINDS[2:3], slow=[*KINDS[:2], *KINDS[3:]]))
@pytest.mark.parametrize("board", tiers(["v1"], slow=["v2"]))
def test_what_the_python_libraries_save_recognises(kind, board, hexes, models):
    sections = universal_hex.separate_uhex(hexes[kind, None])
    files = microbit_fs.get_files(sections[0].hex)
    saved = universal_hex.create_uhex(
        [
            universal_hex.IndividualHex(microbit_fs.add_files(empty, files), section.board_id)
            for empty, section in zip(empty_runtimes(), sections)
        ]
    )
    assert recognises(board, saved) <= set(models[kind][0].labels)


def test_files_of_a_bundled_runtime_are_found_by_both(models):
    """The kit reads what the library writes: the same chunks at the same addresses."""
    files = expected(models, "launcher", None)
    added = [microbit_fs.File(name, content) for name, content in files.items()]
    for board, runtime in bundled_runtimes().items():
        text = microbit_fs.add_files(write_plain(runtime.image), added)
        with VirtualBoard(board, text) as running:
            assert running.files == files


def test_files_that_do_not_fit_together_are_left_to_each_board():
    model = train(simulate(["shake", "tap"], people=2, repeats=3, seed=1), steps=20, copies=0)
    program = OWN_PROGRAM.encode() + b"#" * 8000
    assert model.opens_in_editor(OWN_PROGRAM.encode())
    assert not model.opens_in_editor(program)
    sections = universal_hex.separate_uhex(model.hex(program))
    names = [{one.name for one in microbit_fs.get_files(section.hex)} for section in sections]
    assert names[0] ^ names[1] == {"kernel_v1.bin", "kernel_v2.bin"}


@pytest.mark.parametrize("with_launcher", [False, True])
def test_4000_bytes_stay_free_on_all_boards_with_both_kernels(with_launcher):
    files = board_files(
        to_bytes(usual_model(labels=9)[0]), None if with_launcher else OWN_PROGRAM.encode()
    )
    assert {"kernel_v1.bin", "kernel_v2.bin"} <= set(files)
    assert fits_all(files | {"room.txt": b"." * 4000}, TARGETS)


def test_a_hex_for_one_board_is_plain():
    files = {"main.py": b"print(1)\n"}
    text = build_hex_for_one("v2", files)
    assert not universal_hex.is_uhex(text)
    assert [one.name for one in microbit_fs.get_files(text)] == ["main.py"]
    assert build_hex({"v2": files}, text) == build_hex({"v2": files})
