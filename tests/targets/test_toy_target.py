"""A new kind of board is one file of targets/: a toy that the rest of the kit has never heard of.

It has V2's circuit and MicroPython, but a name, ids and a smaller file system of its own.
"""

import shutil
from dataclasses import replace

import micropython_microbit_fs as microbit_fs
import pytest
from board_runs import BoardJob, run_board
from random_models import usual_model

from microbit_ml.board.drives import drives_among
from microbit_ml.board.link import VIRTUAL, is_virtual, open_link
from microbit_ml.board.ports import board_of_unique_id
from microbit_ml.errors import HexError, VirtualBoardError
from microbit_ml.image import build_hex, bundled_runtimes, read_runtimes
from microbit_ml.image.board_files import board_files
from microbit_ml.image.filesystem import read_files
from microbit_ml.image.hex import boards_of, build_hex_for_one
from microbit_ml.image.intel_hex import parse, parse_sections
from microbit_ml.image.kernels import listings_of
from microbit_ml.quantize import to_bytes
from microbit_ml.targets import TARGETS, V2, register
from microbit_ml.thumb import AssemblyError
from microbit_ml.virtual import VirtualBoard, VirtualDrive
from microbit_ml.virtual.protocol_virtual import parse_url

TOY = replace(
    V2,
    name="toy",
    title="Toy",
    usb_ids=(0x9A10, 0x9A11),
    block_id=0x9A10,
    circuit="v2",
    file_system_bytes=0x5000,  # V2's MicroPython has 0x6000
    search_from=0x6D000,
)
TOY_START, V2_START, END = 0x6E000, 0x6D000, 0x73000


@pytest.fixture
def registered():
    """registered(target) adds a target for this test alone."""
    before = dict(TARGETS)
    yield register
    TARGETS.clear()
    TARGETS.update(before)


@pytest.fixture
def toy(registered):
    registered(TOY)
    return TOY


@pytest.fixture(scope="module")
def model():
    return usual_model()


def hex_for_all(device):
    return build_hex({name: board_files(to_bytes(device), board=name) for name in TARGETS})


def block_ids(text):
    return [line[9:13] for line in text.splitlines() if line[7:9] == "0A"]


def types_of_data(text):
    """The types of the data records, by block id: a V1's interface takes 00 for its own."""
    types, block = {}, ""
    for line in text.splitlines():
        if line[7:9] == "0A":
            block = line[9:13]
        elif line[7:9] in ("00", "0D"):
            types.setdefault(block, set()).add(line[7:9])
    return types


def test_it_predicts_what_the_twin_predicts(toy, model):
    device, windows = model
    windows = windows[:4]
    twin = device.network.run(windows)
    expected = [
        [
            [int(twin.label_index[i]), int(twin.confidence[i])],
            twin.scores[i].tolist(),
            twin.features[i].tolist(),
        ]
        for i in range(len(windows))
    ]
    assert run_board(BoardJob("toy", to_bytes(device), windows)) == expected


def test_its_hex_has_a_block_of_its_own(toy, model):
    files = board_files(to_bytes(model[0]), board="toy")
    text = build_hex({"toy": files})
    assert block_ids(text) == ["9A10"]
    assert list(parse_sections(text)) == ["toy"]
    with pytest.raises(HexError, match="no section for micro:bit V2, only for toy"):
        parse(text, "v2")


def test_its_file_system_begins_later(toy, model):
    files = board_files(to_bytes(model[0]), board="toy")
    image = parse(build_hex({"toy": files}), "toy")
    assert image.read(V2_START, TOY_START - V2_START) == b"\xff" * 0x1000
    assert image.read(TOY_START, 1) == b"\xfe"
    assert read_files(image, bundled_runtimes()["v2"].layout) == files  # as MicroPython reads it
    others = microbit_fs.get_files(build_hex_for_one("toy", files))
    assert {one.name: one.content for one in others} == files
    large = {"large.bin": b"x" * (4 * 0x1000 * 126 // 128)}
    build_hex({"v2": large})
    with pytest.raises(HexError, match="does not fit on the micro:bit Toy: .* holds only 16,128 "):
        build_hex({"toy": large})


def test_a_hex_for_all_targets(toy, model):
    text = hex_for_all(model[0])
    assert block_ids(text) == ["9900", "9903", "9A10"]
    assert types_of_data(text) == {"9900": {"00"}, "9903": {"0D"}, "9A10": {"0D"}}
    for name in TARGETS:
        files = board_files(to_bytes(model[0]), board=name)
        assert parse(text, name) == parse(build_hex({name: files}), name)
        with VirtualBoard(name, text) as board:
            assert board.files == files


def test_a_hex_for_all_targets_brings_its_micropython_along(toy, model):
    text = hex_for_all(model[0])
    assert list(read_runtimes(text)) == ["v1", "v2"]
    assert boards_of(text) == ["v1", "v2", "toy"]
    files = {"toy": {"main.py": b"print(1)"}}
    assert build_hex(files, text) == build_hex(files)
    assert build_hex(files, build_hex({"toy": {"old.py": b"x" * 5000}})) == build_hex(files)


def test_it_is_found_by_its_id_and_flashed(toy, tmp_path):
    now_s = 0.0
    drive = VirtualDrive(tmp_path / "MICROBIT", "toy", clock=lambda: now_s)
    assert board_of_unique_id(drive.unique_id) == "toy"
    assert [one.board for one in drives_among(drive.volumes())] == ["toy"]
    (tmp_path / "own.hex").write_text(build_hex({"toy": {"main.py": b"print('I run')"}}), "ascii")
    shutil.copyfile(tmp_path / "own.hex", tmp_path / "MICROBIT" / "own.hex")
    while drive.board is None:
        drive.poll()
        now_s += 1.0
        assert now_s < 20
    assert drive.board.run_until("I run", 2)
    drive.close()


def test_it_has_a_name_as_a_virtual_board(toy):
    assert list(VIRTUAL.items()) == [(f"virtual:{name}", name) for name in ("v1", "v2", "toy")]
    assert len(VIRTUAL) == 3
    assert is_virtual("VIRTUAL:Toy")
    assert parse_url("virtual://toy?name=desk") == ("toy", {"name": "desk"})
    with open_link("virtual:toy") as link:
        assert link.virtual.kind == "toy"
    with pytest.raises(VirtualBoardError, match="Choose one of: v1, v2, toy"):
        VirtualBoard("v9", {})


def test_it_is_gone_afterwards():
    assert list(TARGETS) == ["v1", "v2"]
    assert not is_virtual("virtual:toy")
    with pytest.raises(VirtualBoardError, match="called 'toy'. Choose one of: v1, v2"):
        VirtualBoard("toy", {})


def test_targets_of_one_chip_are_searched_from_the_lowest_address(toy):
    assert b'    first = 0x6C000 if name[8] == "2" else 0x38000\n' in board_files(b"")["loader.py"]


def test_a_target_without_a_circuit_has_no_virtual_board(registered):
    registered(replace(TOY, circuit=""))
    with pytest.raises(VirtualBoardError, match="called 'toy'. Choose one of: v1, v2"):
        VirtualBoard("toy", {})
    with pytest.raises(HexError, match="no MicroPython for 'toy', only for v1 and v2"):
        build_hex({"toy": {}})


@pytest.mark.parametrize("same", [{"name": "v2"}, {"block_id": V2.block_id}])
def test_two_targets_are_distinguished(registered, same):
    with pytest.raises(ValueError, match="name or the block id of target .* is already taken"):
        registered(replace(TOY, **same))


def test_listings_that_are_no_longer_neighbours_are_named(registered):
    registered(replace(TOY, kernels=V2.kernels | {"ratio.py": None}))
    message = r"^autocorrelation\.py must be followed by ratio\.py, not by divide\.py\.$"
    with pytest.raises(AssemblyError, match=message):
        listings_of("toy")
