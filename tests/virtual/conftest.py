"""Virtual boards for the tests: today's MicroPython or uflash's, with a main.py or without."""

from collections.abc import Callable, Iterator

import pytest
from tiers import tiers

from microbit_ml.image import build_hex
from microbit_ml.image.stock import text_of
from microbit_ml.virtual import VirtualBoard, VirtualSerial

PROMPT = "\r\n>>> "


@pytest.fixture(params=tiers(["v1"], slow=["v2"]))
def kind(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it runs on both boards, on V2 when it is slow."""
    return request.param


@pytest.fixture
def boot() -> Iterator[Callable[..., VirtualBoard]]:
    """boot(kind, program) starts a board with that main.py and runs it to the prompt."""
    boards = []

    def start(
        kind: str, program: str = "", *, to_prompt: bool = True, stock: str | None = None
    ) -> VirtualBoard:
        text = text_of(stock)
        if program:
            text = build_hex({kind: {"main.py": program.encode()}}, text)
        board = VirtualBoard(kind, text)
        boards.append(board)
        if to_prompt:
            assert board.run_until(PROMPT, 3), board.serial
        return board

    yield start
    for board in boards:
        board.close()


@pytest.fixture
def ask() -> Callable[..., str]:
    """ask(board, statements) runs lines at the prompt; returns what the last one printed."""

    def run(board: VirtualBoard, *lines: str, seconds: float = 5) -> str:
        reply = ""
        for line in lines:
            port = VirtualSerial(board, timeout=seconds)
            port.write(line.encode() + b"\r")
            received = port.read_until(PROMPT.encode()).decode()
            assert received.endswith(PROMPT), received
            reply = received[len(line) : -len(PROMPT)].strip("\r\n")
        return reply

    return run
