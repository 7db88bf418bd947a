"""Frames: lines of numbers with a checksum, mixed with other output of a board."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbit_ml.board.frames import (
    Frame,
    FrameReader,
    checksum,
    format_frame,
    lost_between,
    parse_frame,
)

FRAMES = st.builds(
    Frame,
    st.sampled_from("sbed"),
    st.lists(st.integers(-(2**30), 2**30), max_size=8).map(tuple),
)


def test_a_checksum_worked_by_hand():
    # 115 for "s"; (31 * 115 + 17) % 8191 = 3582; (31 * 3582 - 4) % 8191 = 4555
    assert checksum("s", [17]) == 3582
    assert checksum("s", [17, -4]) == 4555
    assert format_frame(Frame("s", (17, -4))) == b"\x02s 17 -4 4555\r\n"


@given(st.lists(FRAMES), st.integers(1, 7))
def test_frames_come_back_however_they_are_cut(frames, size):
    data = b"printed\r\n" + b"".join(map(format_frame, frames))
    reader = FrameReader()
    found = []
    for begin in range(0, len(data), size):
        found += reader.feed(data[begin : begin + size])
    assert found == frames
    assert reader.text == ["printed"]
    assert reader.damaged == 0


@given(FRAMES, st.data())
def test_a_changed_byte_is_noticed(frame, data):
    line = bytearray(format_frame(frame)[1:-2])
    index = data.draw(st.integers(0, len(line) - 1))
    line[index] = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[index]))
    assert parse_frame(bytes(line)) != frame


@pytest.mark.parametrize(
    "line", [b"", b"s", b"s 1", b"s 1 x", b"s +1 2", b"s 1_0 2", b"ss 1 2", b"s "]
)
def test_invalid_frames(line):
    assert parse_frame(line) is None


def test_lost_doubled_and_garbled_lines_are_counted():
    one, two = (format_frame(Frame("s", (n, 0, 0, -1024))) for n in (1, 2))
    reader = FrameReader()
    assert list(reader.feed(one[:-2] + two)) == [Frame("s", (2, 0, 0, -1024))]
    assert reader.damaged == 1  # the end of the first line was lost
    assert list(reader.feed(one[3:] + two.replace(b"1024", b"1025"))) == []
    assert reader.damaged == 2
    assert list(reader.feed(b"x" * 500)) == []
    assert list(reader.feed(b"Traceback\r\n" + two)) == [Frame("s", (2, 0, 0, -1024))]


def test_sequence_numbers_wrap_around():
    assert lost_between(4, 5) == lost_between(9999, 0) == 0
    assert lost_between(9998, 1) == 2
    assert lost_between(7, 7) == -1
