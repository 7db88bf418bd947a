"""The recorder on virtual boards: 50 samples a second, buttons, the display, and its own files."""

import itertools

import numpy as np
import pytest
from tiers import tiers

from microbit_ml.board import away as stored
from microbit_ml.board.frames import Frame, FrameReader, format_frame, lost_between
from microbit_ml.board.link import Link
from microbit_ml.board.recorder import (
    KEPT,
    Press,
    Recorder,
    RecorderStoppedError,
    Sample,
    at_prompt,
)
from microbit_ml.board.upload import BoardFullError
from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.errors import BoardError, DataError
from microbit_ml.image.board_files import board_files, without_comments
from microbit_ml.image.filesystem import DATA_BYTES
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.virtual import VirtualBoard, VirtualSerial

MINE = b"print('my own program')\n"
SOURCE = without_comments((firmware_folder() / "recorder.py").read_bytes())
STREAM = b"import recorder\nrecorder.stream()\n"
SECONDS = pytest.mark.parametrize("seconds", tiers([2], slow=[10], full=[60]))


def board_with(kind, files, revision=None):
    return VirtualBoard(kind, files, revision=revision)


def link_to(board, port=None):
    return Link(port or VirtualSerial(board), lambda: board.time_us / 1e6, "desk", board)


def frames_of(board):
    reader = FrameReader()
    frames = list(reader.feed(bytes(board.serial_line.sent)))
    assert reader.damaged == 0
    return frames


@pytest.mark.parametrize(
    ("kind", "revision"), tiers([("v1", "1.3"), ("v2", None)], slow=[("v1", "1.5")])
)
@SECONDS
def test_every_sample_is_sent_once(kind, revision, seconds):
    samples = np.random.default_rng(1).integers(-2000, 2000, (50 * seconds, 3))
    with board_with(kind, {"main.py": STREAM, "recorder.py": SOURCE}, revision) as board:
        assert board.run_until("\x02s", 3), board.serial
        board.run(0.3)
        before = board.sensor_count
        board.play(samples)
        counted = [b - a for a, b in zip(before, board.sensor_count)]
        assert counted == [50 * seconds, 0, 0]
        board.run(0.1)
        frames = frames_of(board)
        numbers = [frame.numbers[0] for frame in frames]
        assert {lost_between(a, b) for a, b in itertools.pairwise(numbers)} == {0}
        sent = [frame.numbers[1:] for frame in frames]
        read = [counts for _, counts in board.samples_read]
        assert len(sent) > 50 * seconds
        # (V2 repeats its first sample until the sensor, just switched on, has the next. And the
        # last samples may still be on their way.)
        n = 50 * seconds
        ends = [len(read) - k for k in range(3)]
        assert sent[-n:] in [read[end - n : end] for end in ends]


@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_buttons_display_and_the_program_that_was_there(kind):
    with board_with(kind, {"main.py": MINE}) as board:
        assert board.run_until("my own program", 2)
        with Recorder(link_to(board)) as recorder:
            assert recorder.board == kind.upper()
            assert collected(recorder, 5) == [Sample] * 5
            board.hold("a")
            assert Press("a") in until_press(recorder)
            board.release("a")
            board.hold("b")
            assert Press("b") in until_press(recorder)
            recorder.show("3")
            collected(recorder, 10)
            three = board.show()
            recorder.show(KEPT)
            collected(recorder, 10)
            assert board.show() != three
            assert board.show().splitlines()[4] == ".9..."  # a tick
        board.run(1)
        assert "my own program" in board.serial.rpartition("soft reboot")[2]
        assert board.files == {"main.py": MINE, "recorder.py": SOURCE}


def collected(recorder, n):
    """The kinds of the next n events; all samples must follow one another."""
    events = []
    while len(events) < n:
        events += recorder.events()
    assert not any(isinstance(event, Sample) and event.lost for event in events)
    return [type(event) for event in events[:n]]


def until_press(recorder):
    events = []
    for _ in range(200):
        events += recorder.events()
        if any(isinstance(event, Press) for event in events):
            break
    return events


def test_the_recorder_is_written_only_when_it_differs():
    with board_with("v1", {"recorder.py": b"# an old one\n", "main.py": MINE}) as board:
        written = []
        port = VirtualSerial(board)
        write = port.write
        port.write = lambda data: written.append(data) or write(data)
        for expected in (True, False):
            written.clear()
            with Recorder(link_to(board, port)) as recorder:
                collected(recorder, 2)
            assert (b"def stream" in b"".join(written)) == expected
        assert board.files["recorder.py"] == SOURCE


def test_a_board_that_is_reset_is_noticed_and_started_again():
    files = {"recorder.py": SOURCE, "main.py": MINE}
    with board_with("v1", files) as board, Recorder(link_to(board)) as recorder:
        collected(recorder, 3)
        board.reset()
        with pytest.raises(RecorderStoppedError, match="has stopped sending samples"):
            for _ in range(10_000):
                recorder.events()
        recorder.start()
        collected(recorder, 3)


def fed(*lines):
    """Recorder events for lines that a board sends."""

    class Port:
        timeout = None
        in_waiting = 0

        def read(self, size=1):
            return lines.pop(0) if lines else b""

    lines = list(lines)
    recorder = Recorder(Link(Port(), lambda: 0.0, "desk"))
    recorder._reader, recorder._number, recorder._received_at = FrameReader(), None, 0.0
    return [event for _ in range(len(lines)) for event in recorder.events()]


def test_lost_doubled_and_damaged_lines():
    one, two, three, five = (
        format_frame(Frame("s", (number, 1, 2, 3))) for number in (9999, 0, 1, 3)
    )
    sample = Sample((1, 2, 3))
    assert fed(one, two, three) == [sample, sample, sample]
    assert fed(one, two, two, three) == [sample, sample, sample]
    assert fed(one, two.replace(b"2 3", b"7 3"), three) == [sample, Sample((1, 2, 3), 1)]
    assert fed(three, five) == [sample, Sample((1, 2, 3), 1)]
    assert fed(one, format_frame(Frame("a", ()))) == [sample, Press("a")]
    assert fed(b"hello\r\n", one) == [sample]


def test_another_program_than_micropython_gets_advice():
    class Silent:
        timeout = None
        in_waiting = 0

        def read(self, size=1):
            now[0] += 0.05
            return b""

        def write(self, data):
            return len(data)

    now = [0.0]
    with (
        pytest.raises(BoardError, match="a model that you flash.*python.microbit.org"),
        Recorder(Link(Silent(), lambda: now[0], "desk")),
    ):
        pass


@pytest.mark.slow  # by default, the command "collect" sends a board away
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_away_the_board_records_into_its_own_files(kind):
    with board_with(kind, {"main.py": MINE}) as board:
        link = link_to(board)
        with at_prompt(link) as repl:
            stored.send_away(repl, "schütteln", "Änn", 10)
        board.run(1)
        n_read = []
        for _ in range(3):
            board.press("a")
            board.run(4.5)
            n_read.append(len(board.samples_read))
        board.press("b")  # removes the last one
        board.run(1)
        assert board.show() == "999..\n...9.\n.99..\n9....\n9999."  # two are left
        with at_prompt(link) as repl:
            names = stored.stored_names(repl)
            assert len(names) == 2
            for name, end in zip(names, n_read):
                recording = stored.fetch(repl, name, kind.upper())
                assert (recording.label, recording.subject) == ("schütteln", "Änn")
                read = [list(counts) for _, counts in board.samples_read[end - 10 : end]]
                assert recording.samples.tolist() == read
                stored.remove(repl, name)
            stored.bring_back(repl)
        assert board.files == {"main.py": MINE, "recorder.py": SOURCE}
        board.run(1)
        assert "my own program" in board.serial.rpartition("soft reboot")[2]


@pytest.mark.slow
def test_a_full_board_reports_it_and_keeps_its_recordings():
    head = stored.header("tap", "")
    files = {"recorder.py": SOURCE, "main.py": f"{stored.LAUNCH}500, {head!r})\n".encode()}
    files |= {f"{i:04}.rec": head + bytes(3000) for i in range(1, 8)}
    used = sum((len(name) + len(content) + 2) // DATA_BYTES + 1 for name, content in files.items())
    left = bundled_runtimes()["v1"].layout.chunks - used - 10  # 1,260 bytes: too few for another
    files["notes"] = bytes((left - 1) * DATA_BYTES)
    with board_with("v1", files) as board:
        board.run(1)
        board.press("a")
        board.run(2.5 + 10 + 4)  # 3-2-1, recording, and writing the file
        texts = set()
        for _ in range(20):
            texts.add(board.show())
            board.run(0.15)
        assert len(texts) > 5  # a text that scrolls
        assert {name: board.files[name] for name in files} == files
        assert len(board.files) == len(files)
        board.press("b")
        board.run(1)
        assert "0007.rec" not in board.files


@pytest.mark.slow
def test_a_board_without_a_program_gets_none_back():
    with board_with("v1", {"other.txt": b"stays"}) as board:
        link = link_to(board)
        with at_prompt(link) as repl:
            stored.send_away(repl, "tap", "", 50)
            assert "main.py" in board.files
            stored.bring_back(repl)
            assert board.files == {"other.txt": b"stays", "recorder.py": SOURCE}


# What a fault in any step may leave -> what the board's program must be afterwards.
AWAY = f"{stored.LAUNCH}50, b'mbr1')\n".encode()
LEFT_BEHIND = {
    "before": {"main.py": MINE},
    "the copy is there": {"main.py": MINE, "main.py.away": MINE},
    "main.py is lost": {"main.py.away": MINE},
    "main.py is empty": {"main.py": b"", "main.py.away": MINE},
    "away": {"main.py": AWAY, "main.py.away": MINE},
    "a copy that is empty": {"main.py": MINE, "main.py.away": b""},
}
USUAL = ("away", "main.py is lost")
LEFT = tiers(USUAL, slow=[left for left in LEFT_BEHIND if left not in USUAL])


@pytest.mark.parametrize("left", LEFT)
def test_the_old_program_comes_back_from_every_step(left):
    files = LEFT_BEHIND[left]
    with board_with("v1", files) as board, at_prompt(link_to(board)) as repl:
        stored.bring_back(repl)
        assert board.files == {"main.py": MINE}


@pytest.mark.parametrize("left", LEFT)
def test_sending_away_again_keeps_the_old_program(left):
    files = {**LEFT_BEHIND[left], "recorder.py": SOURCE}
    with board_with("v1", files) as board, at_prompt(link_to(board)) as repl:
        stored.send_away(repl, "tap", "", 50)
        assert board.files["main.py.away"] == MINE
        assert board.files["main.py"].startswith(stored.LAUNCH.encode())


def test_no_room_for_a_copy_of_the_old_program():
    large = b"# my own program\n" * 900
    files = {"main.py": large, "recorder.py": SOURCE}
    with board_with("v1", files) as board, at_prompt(link_to(board)) as repl:
        with pytest.raises(BoardFullError, match=r"no room for a copy of its main\.py"):
            stored.send_away(repl, "tap", "", 50)
        assert board.files == files


def test_texts_that_are_too_long_for_a_board():
    with pytest.raises(DataError, match="62 bytes together, and 60 at most"):
        stored.header("ü" * 31, "")


def test_a_file_that_is_not_a_recording():
    with pytest.raises(DataError, match=r"0001\.rec on the micro:bit is not a recording"):
        stored.parse(b"something else", "0001.rec", "V1")
    with pytest.raises(DataError, match="is not a recording"):
        stored.parse(stored.header("tap", "") + b"1234567", "0001.rec", "V1")


def test_models_do_not_carry_the_recorder():
    assert "recorder.py" not in board_files(b"")
