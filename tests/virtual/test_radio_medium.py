"""Radio between virtual boards: who receives whom, collisions, and runs that repeat exactly."""

from collections import Counter

import pytest

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.radio_medium import RadioMedium

PROGRAM = """
import radio
from microbit import running_time, sleep
radio.on()
radio.config(group={group}, channel={channel}, queue=12)
print('on')
due = 500 + {offset_ms}
count = 0
while True:
    text = radio.receive()
    while text:
        print('received', text)
        text = radio.receive()
    if running_time() >= due:
        radio.send('{number}:%d' % count)
        count += 1
        due += {period_ms}
    sleep(10)
"""


def room(groups, channels=None, period_ms=400):
    """A radio medium with a board per group, V1 and V2 in turn, each sending at its own time."""
    medium = RadioMedium()
    for number, group in enumerate(groups):
        program = PROGRAM.format(
            number=number,
            group=group,
            channel=channels[number] if channels else 7,
            offset_ms=number * period_ms // len(groups),
            period_ms=period_ms,
        )
        VirtualBoard(("v1", "v2")[number % 2], {"main.py": program}, medium=medium, seed=number)
    return medium


def received(board):
    """The number of messages that the board has received, by the number of their sender."""
    lines = board.serial.splitlines()
    return Counter(int(line.split()[1].split(":")[0]) for line in lines if line[:8] == "received")


def assert_groups_receive_each_other(medium, groups):
    """Each received all that the others sent, except the last message and a rare collision."""
    all_sent = all_received = 0
    for number, board in enumerate(medium.boards):
        counts = received(board)
        others = {i for i, group in enumerate(groups) if group == groups[number]} - {number}
        assert set(counts) == others, board.serial
        for other in others:
            sent = len(medium.boards[other].radio_sent)
            assert sent >= 3
            assert sent - 2 <= counts[other] <= sent
            all_sent += sent - 1
            all_received += min(counts[other], sent - 1)
    assert all_received >= 0.99 * all_sent


@pytest.mark.slow
def test_boards_of_a_group_receive_each_other_and_the_run_repeats():
    groups = (1, 1, 1, 2)

    def run():
        medium = room(groups)
        medium.run(2)
        return [(b.serial, b.instructions, b.time_us, b.radio_sent) for b in medium.boards], medium

    first, medium = run()
    assert received(medium.boards[3]) == {}
    assert [received(board).keys() for board in medium.boards[:3]] == [{1, 2}, {0, 2}, {0, 1}]
    for board in medium.boards[:3]:
        assert all(count >= 2 for count in received(board).values())
    assert medium.time_us == 2_000_000
    assert {board.time_us for board in medium.boards} == {2_000_000}
    assert run()[0] == first


def test_channels_are_separate():
    medium = room((1, 1, 1), channels=(7, 8, 7))
    medium.run(1.5)
    assert [set(received(board)) for board in medium.boards] == [{2}, set(), {0}]


@pytest.mark.slow
def test_thirty_boards_exchange_messages_for_ten_seconds():
    groups = [number // 2 % 2 + 1 for number in range(30)]
    medium = room(groups, period_ms=1200)
    medium.run(10)
    assert_groups_receive_each_other(medium, groups)


LISTEN = """
import radio
radio.on()
print('on')
while True:
    full = radio.receive_full()
    if full:
        print('got', full[0], full[1])
"""
SEND = "import radio\nradio.on()\nwhile True:\n    radio.send('hello')\n"


def test_what_a_receiver_gets(kind):
    medium = RadioMedium()
    listener = VirtualBoard(kind, {"main.py": LISTEN}, medium=medium)
    assert medium.run_until(lambda: "on" in listener.serial, 2)
    sender = VirtualBoard(
        "v1", {"main.py": "import radio\nradio.on()\nradio.send('hi')"}, medium=medium
    )
    assert medium.run_until(lambda: "hi" in listener.serial, 1)
    listener.run(0.01)
    assert "got b'\\x01\\x00\\x01hi' -50" in listener.serial
    assert sender.radio_sent == [(7, b"\x05\x01\x00\x01hi")]


@pytest.mark.slow
def test_a_board_alone_and_a_closed_board():
    medium = RadioMedium()
    with VirtualBoard("v1", {"main.py": SEND}, medium=medium) as sender:
        listener = VirtualBoard("v1", {"main.py": LISTEN}, medium=medium)
        medium.run(0.6)
        assert sender.radio_sent
        assert "got" in listener.serial
    sent, time_us = len(sender.radio_sent), sender.time_us
    medium.run(0.2)
    assert (len(sender.radio_sent), sender.time_us) == (sent, time_us)
    assert listener.time_us == medium.time_us == 800_000


@pytest.mark.slow
def test_of_two_packets_that_overlap_the_first_is_received():
    """Both senders are identical: they send at exactly the same times, without a pause."""
    medium = RadioMedium()
    listener = VirtualBoard("v1", {"main.py": LISTEN}, medium=medium)
    senders = [VirtualBoard("v1", {"main.py": SEND}, medium=medium) for _ in range(2)]
    medium.run(0.4)
    sent = [len(sender.radio_sent) for sender in senders]
    assert sent[0] == sent[1] > 10
    assert 1 <= listener.serial.count("got") <= sent[0]


def test_a_board_that_runs_ahead_is_caught_up():
    medium = RadioMedium()
    boards = [VirtualBoard("v1", {"main.py": LISTEN}, medium=medium) for _ in range(2)]
    boards[0].run(0.5)
    assert [board.time_us for board in boards] == [500_000, 0]
    medium.run(0.3)
    assert boards[0].time_us == 500_000
    assert boards[1].time_us == pytest.approx(300_000, abs=2)
    medium.run(0.3)
    for board in boards:
        assert board.time_us == pytest.approx(600_000, abs=2)


def test_wall_limit_stops_the_medium():
    medium = RadioMedium()
    VirtualBoard("v1", {"main.py": "while True:\n    pass"}, medium=medium)
    with pytest.raises(VirtualBoardError, match="real time"):
        medium.run(3600, wall_limit_s=0.3)
