"""Check: does the serial line lose anything under load, both ways at once?

The board sends back whatever comes. Each byte is compared on the computer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from microbit_ml.deploy.check.bench import Bench
from microbit_ml.deploy.check.result import Findings, Result

NAME, TITLE = "line", "the serial line under load"
SLICE_BYTES = 24
MOST_WAITING = 24  # bytes on their way when the next slice follows: V1's receiver holds 63
BLOCK_BYTES = 2048
SILENCE_S = 2.0
SEED = 8
_find = Findings(NAME)
# None of them has a meaning for the board: they are not control characters.
BYTES = bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))
_ECHO = """from microbit import uart
def e(n):
 while n:
  b=uart.read({size})
  if b:
   n-=len(b)
   uart.write(b)""".replace("{size}", str(SLICE_BYTES))


def run(bench: Bench) -> Iterator[Result]:
    """Bytes there and back, and how fast."""
    bench.fresh()
    bench.repl.exec(_ECHO)
    seconds = bench.effort.line_s
    clock = bench.link.clock
    choose = random.Random(SEED)
    begin, n_sent, fault = clock(), 0, ""
    while not fault and clock() - begin < seconds:
        bench.progress(f"serial line: {n_sent // 1024} KB there and back")
        block = bytes(choose.choices(BYTES, k=BLOCK_BYTES))
        fault = _echo(bench, block)
        n_sent += BLOCK_BYTES
    duration = max(clock() - begin, 1e-6)
    rate = round(n_sent / duration)
    yield _find.compared(
        "bytes sent and back unchanged", n_sent - (BLOCK_BYTES if fault else 0), "",
        "all of them", not fault, fault, each_way_per_second=rate,
    )  # fmt: skip
    if not fault:
        yield _find.measured("bytes a second, each way", rate)


def _echo(bench: Bench, block: bytes) -> str:
    """Send a block and read it back; what went wrong, or ""."""
    clock = bench.link.clock
    bench.send(f"e({len(block)})")
    received, sent = b"", 0
    latest = clock()
    while not received.startswith(b"OK"):
        received += bench.read(1)
        if len(received) >= 2 and not received.startswith(b"OK"):
            return "The board did not take a command."
        if clock() - latest > SILENCE_S:
            return "The board did not take a command."
    received = received[2:]
    while len(received) < len(block):
        if sent < len(block) and sent - len(received) <= MOST_WAITING:
            piece = block[sent : sent + SLICE_BYTES]
            bench.write(piece)
            sent += len(piece)
        came = bench.read(SLICE_BYTES)
        if came:
            received += came
            latest = clock()
            if not block.startswith(received[: len(block)]):
                return f"A byte was lost or changed after {_equal(block, received):,} of a block."
        elif clock() - latest > SILENCE_S:
            return f"Of {sent:,} bytes of a block, only {len(received):,} came back."
    return _ended(bench, received[len(block) :])


def _ended(bench: Bench, received: bytes) -> str:
    """The echo ends by itself after so many bytes: then nothing was doubled."""
    clock = bench.link.clock
    end = clock() + SILENCE_S
    while not received.endswith(b"\x04\x04>") and clock() < end and len(received) < BLOCK_BYTES:
        received += bench.read(1)
    return "" if received == b"\x04\x04>" else "The board sent more than it had received."


def _equal(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
