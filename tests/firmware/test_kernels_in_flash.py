"""Machine code in the file system of a board: found, run in place, and copied if it must be."""

import json

import numpy as np
import pytest
from cpython_board import firmware_in_cpython
from random_models import random_model, usual_model

from microbit_ml.image.board_files import board_files
from microbit_ml.image.filesystem import FileSystemLayout, build_file_system
from microbit_ml.image.kernels import HEADER_BYTES, Needs, kernel_file, kernels, kernels_in_flash
from microbit_ml.quantize import to_bytes
from microbit_ml.virtual import VirtualBoard

PLACES = {"v1": range(0x38000, 0x40000), "v2": range(0x6C000, 0x74000)}
DEVICE, WINDOWS = random_model(np.random.default_rng(9), window=50)
# As short as possible, for V1: prints the kernels' address, and all their results.
PREDICT = b"""from gesture import Recognizer
import loader
from array import array
recognizer = Recognizer()
print('code', loader.code if type(loader.code) is int else 'copied')
work = recognizer.work
window = array('h', range(150))
with open('windows.bin', 'rb') as file:
    while file.readinto(window):
        for i in range(150):
            work[56 + i] = window[i]
        recognizer.predict()
        print(list(work[:56]), list(work[206 : 206 + recognizer.model[16]]))
"""

# Fills the file system with small files, removes every other one and writes the kernels again.
SCATTER = """import os
with open('{name}', 'rb') as file:
    content = file.read()
os.remove('{name}')
def put(name, content):
    with open(name, 'wb') as file:
        file.write(content)
count = 0
try:
    while True:
        put(str(count), b'x')
        count += 1
except OSError:
    pass
for i in range(0, count, 2):
    os.remove(str(i))
put('{name}', content)
for i in range(1, count, 2):
    if str(i) in os.listdir():
        os.remove(str(i))
content = None
"""
# The sample that SHIFT stores.
SHIFT = """from gesture import Recognizer
import loader
recognizer = Recognizer()
work = recognizer.work
loader.call(loader.code, work, (100, -2000, 7), recognizer.model[12] << 8 | 6)
end = 56 + 3 * recognizer.model[12]
print(list(work[end - 3 : end]))
"""
# Writes the kernels so often that every page of flash is erased meanwhile.
REWRITE = """def copy(source, target):
    with open(source, 'rb') as old:
        with open(target, 'wb') as new:
            part = old.read(100)
            while part:
                new.write(part)
                part = old.read(100)
for i in range(12):
    copy('new.bin', '{name}')
"""
END = b"print('end')\n"
# The end of a program: the next one replaces it. V1 has no room for two at once.
NEXT = b"""
with open('{next}') as source:
    text = source.read()
with open('main.py', 'w') as file:
    file.write(text)
print('end')
"""


def board_with(kind, *programs, **more):
    """A board that runs one program after the other, each after a reset."""
    files = board_files(to_bytes(DEVICE), board=kind)
    del files["answer.py"]
    for i, program in enumerate(programs):
        name = f"{i}.py" if i else "main.py"
        files[name] = program
        if i + 1 < len(programs):
            files[name] += NEXT.replace(b"{next}", b"%d.py" % (i + 1))
    files |= more
    files["windows.bin"] = WINDOWS.astype("<i2").tobytes()
    return VirtualBoard(kind, files)


def run_to_end(board):
    """The lines that a board sends until it is done; then it is reset."""
    before = len(board.serial)
    assert board.run_until("end", 60, wall_limit_s=200), board.serial
    assert board.run_until(">>> ", 5, wall_limit_s=60), board.serial  # main.py is written by now
    board.reset()
    return board.serial[before:].splitlines()


def answers(board):
    """The code's address, and label, confidence, features and scores of each window."""
    lines = run_to_end(board)
    code = next(line for line in lines if line.startswith("code"))
    printed = lines[lines.index(code) + 1 :][: len(WINDOWS)]
    return code.split()[1], [json.loads(line.replace("] [", ", ")) for line in printed]


def expected():
    twin = DEVICE.network.run(WINDOWS)
    return [
        [twin.label_index[i], twin.confidence[i], *twin.features[i], *twin.scores[i]]
        for i in range(len(WINDOWS))
    ]


def without_unused_features(printed):
    """The board's ``work`` has room for 54 features; a model uses some of them."""
    unused = 54 - len(DEVICE.network.run(WINDOWS[:1]).features[0])
    return [row[: 56 - unused] + row[56:] for row in printed]


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_they_run_in_place(kind):
    with board_with(kind, PREDICT + END) as board:
        code, printed = answers(board)
    assert int(code) in PLACES[kind]
    assert without_unused_features(printed) == expected()


def test_v2_copies_them_when_their_chunks_are_scattered():
    scatter = SCATTER.format(name=kernel_file("v2")).encode()
    with board_with("v2", scatter, PREDICT + END) as board:
        run_to_end(board)
        code, printed = answers(board)
        assert board.files[kernel_file("v2")] == kernels("v2", Needs.of(DEVICE))
    assert code == "copied"
    assert without_unused_features(printed) == expected()


def test_v1_says_so_when_there_is_no_memory_for_a_copy():
    scatter = SCATTER.format(name=kernel_file("v1")).encode()
    large = {"model.bin": to_bytes(usual_model(labels=9)[0])}
    with board_with("v1", scatter, PREDICT + END, **large) as board:
        run_to_end(board)
        words = "ValueError: kernels in pieces: write the .hex again"
        assert board.run_until(words, 10, wall_limit_s=60), board.serial


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_written_again_they_run_in_their_new_version(kind):
    halve, quarter = (0x1040).to_bytes(2, "little"), (0x1080).to_bytes(2, "little")
    new = kernels(kind).replace(halve, quarter, 3)  # asr(r0, r0, 1) in SHIFT
    rewrite = REWRITE.format(name=kernel_file(kind)).encode()
    shift = SHIFT.encode() + END
    with board_with(kind, shift, rewrite, shift, **{"new.bin": new}) as board:
        assert "[100, -2000, 7]" in run_to_end(board)
        run_to_end(board)
        assert board.files[kernel_file(kind)] == new
        assert "[50, -1000, 3]" in run_to_end(board)


@pytest.mark.parametrize("start", [0x38800, 0x38C00])
@pytest.mark.parametrize("first", [{}, {"main.py": bytes(3000)}])
def test_they_are_found_wherever_the_file_system_starts(start, first):
    layout = FileSystemLayout("v1", start, 0x3F800, 1024)
    files = {**first, "kernel_v9.bin": b"1\3", kernel_file("v1"): kernels("v1")}
    flash = build_file_system(files, layout).read(start, 0x3F800 - start)
    with firmware_in_cpython(to_bytes(DEVICE), flash=(start, flash)) as gesture:
        gesture.Recognizer()
        import loader

        code = loader.code
    image, entry = kernels_in_flash("v1")
    chunk = code - start - (entry - HEADER_BYTES)
    assert chunk % 128 == 0
    assert flash[chunk + entry : chunk + 126] == image[entry:126]
    assert flash[chunk + 129 : chunk + 254] == image[129:254]
