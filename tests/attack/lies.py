"""The lies of a hostile board, each with what it is about; :mod:`hostile_peer` tells them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from hostile_peer import BANNER, RAW, Lie, Peer, Stream

from microbit_ml.board.frames import Frame, format_frame

ESCAPE = b"\x1b[2J\x1b]0;owned\x07\x9b2J"
MANY = b"[" + b", ".join(b"'n%d'" % i for i in range(100_000)) + b"]"


def _says(data: bytes) -> Callable[[bytes], bytes]:
    return lambda honest: data


def _sends(data: bytes) -> Callable[[bytes, Peer], bytes]:
    return lambda honest, peer: data


def _forever(data: bytes, seconds: float = 0.0, before: bytes = b"") -> Callable:
    def stream() -> Stream:
        yield 0.0, before
        while True:
            yield seconds + len(data) / 11_520, data

    return lambda honest, peer: stream()


def _slowly(honest: bytes, peer: Peer) -> Stream:
    """An answer whose end never comes, a byte a second."""
    yield 0.0, b"OK"
    while True:
        for byte in b"[1, ":
            yield 1.0, bytes([byte])


def _wrong_sum(honest: bytes) -> bytes:
    return bytes(57 - (byte - 48) if 48 <= byte <= 57 else byte for byte in honest)


def _failing(text: bytes) -> Callable[[bytes, Peer], bytes]:
    trace = b'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\n'
    return lambda honest, peer: b"OK\x04" + trace + text + b"\r\n\x04>"


def _unplugged(honest: bytes, peer: Peer) -> bytes:
    raise OSError(5, "Input/output error")


_NOISE = random.Random(5)
# What a command printed is another thing than it should be. Each is told for every question.
VALUES = {
    "None": b"None",
    "a number": b"7",
    "a negative number": b"-1",
    "a fraction": b"1.5",
    "infinity": b"inf",
    "True": b"True",
    "10^40": b"1" + b"0" * 40,
    "5,000 digits": b"9" * 5000,
    "a triple of 5,000 digits": b"('m', '1', {'a': " + b"9" * 5000 + b"})",
    "digits of another script": "(٣, ٣)".encode(),
    "1_0": b"(1_0, 1_0)",
    "brackets without end": b"[" * 100_000,
    "nested brackets": b"[" * 3000 + b"]" * 3000,
    "nested brackets in brackets": b"(" * 90 + b"1" + b",)" * 90,
    "nothing": b"",
    "a text": b"'abc'",
    "bytes": b"b'abc'",
    "a list of numbers": b"[1, 2, 3]",
    "a list of lists": b"[['a'], ['b']]",
    "a pair of numbers": b"(1, 2)",
    "a negative pair": b"(-5, -7)",
    "a pair of huge numbers": b"(1" + b"0" * 40 + b", 7)",
    "a triple": b"('micro:bit', '1', {'a': -1, 'b': 10000000000000000000})",
    "a triple of numbers": b"(1, 2, {3: 4})",
    "a triple without files": b"('a', 'b', None)",
    "labels that are numbers": b"(1, 2)",
    "250 labels of nothing": b"(250, b'')",
    "no labels": b"(0, b'a\\x00')",
    "labels with escapes": b"(2, b'\\x1b[2J\\x00\\xe2\\x80\\xae\\x00')",
    "labels that are not UTF-8": b"(2, b'\\xff\\xfe\\x00\\xc3\\x00')",
    "an empty dict": b"{}",
    "100,000 names": MANY,
    "names with slashes": b"['../../etc/passwd.rec', '/a.rec', 'a\\\\b.rec', 'C:x.rec']",
    "names with escapes": b"['\\x1b[2Jx.rec', '\\u202ecer.rec', 'a\\nb.rec', '\\x00.rec']",
    "names with quotes": b"[\"it's.rec\", '\"\"\".rec', '{}.rec', '%s.rec']",
    "names that are no ASCII": "['ü.rec', '静止.rec', '\\U0001f600.rec']".encode(),
    "half a character in a name": b"['\\ud800.rec', 'a.rec']",
    "an empty name": b"['', '.rec', '.', '..']",
    "a very long name": b"['" + b"n" * 5000 + b".rec']",
    "a name twice": b"['0001.rec', '0001.rec', '0001.rec']",
    "files that are not there": b"['0007.rec', 'no.py']",
    "code": b"__import__('os').system('true')",
    "a power": b"9**9**9",
    "a text that does not end": b"'abc",
    "a wrong escape in a text": b"['\\xzz', '\\N{x}', '\\u12']",
    "not UTF-8": b"\xff\xfe\xc3\x28",
    "raw escapes": ESCAPE,
    "raw escapes in a list": b"['" + ESCAPE + b"']",
    "null bytes": b"\0\0\0",
    "a line more": b"[1]\r\n[2]",
    "64 bytes of a file, without end": repr(b"a" * 64).encode(),
    "more of a file than was asked": repr(b"a" * 2000).encode(),
    "the end of a file, at once": b"b''",
}
# All that is sent after a question is another thing than MicroPython sends.
WHOLES: dict[str, Callable] = {
    "silence": _sends(b""),
    "garbage": _sends(bytes(_NOISE.randrange(256) for _ in range(3000))),
    "garbage without end": _forever(bytes(_NOISE.randrange(5, 256) for _ in range(997))),
    "a line without end": _forever(b"A" * 1000, before=b"OK"),
    "lines without end": _forever(b"hello\r\n" * 100, before=b"OK"),
    "lines without end, and no OK": _forever(b"hello\r\n" * 100),
    "a byte a second": _slowly,
    "OK and no more": _sends(b"OK"),
    "no OK": lambda honest, peer: honest.replace(b"OK", b"KO"),
    "OK twice": lambda honest, peer: b"OK" + honest,
    "everything twice": lambda honest, peer: honest * 2,
    "half of it": lambda honest, peer: honest[: len(honest) // 2],
    "the prompt in the middle": lambda honest, peer: honest[:4] + b"\r\n>>> " + honest[4:],
    "the raw prompt in the middle": lambda honest, peer: honest[:4] + RAW + honest[4:],
    "a restart in the middle": lambda honest, peer: honest[:4] + b"\r\n" + BANNER,
    "an end in the middle": lambda honest, peer: honest[:4] + b"\x04" + honest[4:],
    "the answer of the last question": lambda honest, peer: peer.before,
    "an echo": lambda honest, peer: b"print(1)\r\n" + honest,
    "ends only": _sends(b"OK" + b"\x04" * 5000 + b">"),
    "MemoryError": _failing(b"MemoryError: memory allocation failed, allocating 2000 bytes"),
    "OSError without end": _failing(b"OSError: 28"),
    "an error without a name": lambda honest, peer: b"OK\x04\r\n\x04>",
    "an error with escapes": _failing(b"NameError: " + ESCAPE),
    "an error that is not UTF-8": _failing(b"NameError: \xff\xfe\xc3"),
    "an error of 100 KB": _failing(b"NameError: " + b"x" * 100_000),
    "an error without end": _forever(b"x" * 1000, before=b"OK\x04Traceback"),
    "unplugged": _unplugged,
}


def _frame(letter: str, *numbers: int) -> Callable[[bytes, Peer], bytes]:
    return lambda honest, peer: format_frame(Frame(letter, numbers))


def _text_frame(letter: str, words: bytes) -> Callable[[bytes, Peer], bytes]:
    return lambda honest, peer: b"\x02" + letter.encode() + b" " + words + b"\r\n"


def _header(*numbers: int) -> Lie | Callable:
    return _frame("i", *numbers)


def _jump() -> Callable[[bytes, Peer], bytes]:
    state = [0]

    def jump(honest: bytes, peer: Peer) -> bytes:
        state[0] += 4999
        return format_frame(Frame("s", (state[0] % 10_000, 1, 2, 3)))

    return jump


def _huge(letter: str, n: int) -> Callable[[bytes, Peer], bytes]:
    """A frame with a number of 10^n and a right checksum, as far as Python may write it."""
    number = 10**n
    return lambda honest, peer: format_frame(Frame(letter, (number, 1, 2, 3)))


_CRC = (1, 2, 3, 4)
# (what is replaced, by what)
FRAMES: dict[str, tuple[str, Callable]] = {
    "a counter that stands still": ("s", _frame("s", 7, 1, 2, 3)),
    "a counter that jumps": ("s", _jump()),
    "a counter of 10^40": ("s", _huge("s", 40)),
    "a counter of 10,000": ("s", _frame("s", 10_000, 1, 2, 3)),
    "a negative counter": ("s", _frame("s", -1, 1, 2, 3)),
    "counts of 10^9": ("s", _frame("s", 7, 10**9, -(10**9), 3)),
    "counts that do not fit into 16 bits": ("s", lambda h, p: format_frame(
        Frame("s", (int(h.split()[1]), 40_000, -40_000, 3)))),
    "a sample with two numbers": ("s", _frame("s", 7, 1)),
    "samples without end": ("s", _forever(format_frame(Frame("s", (7, 1, 2, 3))))),
    "only presses": ("s", _forever(format_frame(Frame("a", ())), 0.01)),
    "presses of B without end": ("s", _forever(format_frame(Frame("b", ())), 0.01)),
    "wrong checksums": ("[sdin]", lambda h, p: h.replace(b"\r\n", b"1\r\n")),
    "5,000 digits in a frame": ("[sdi]", _text_frame("s", b"9" * 5000)),
    "a frame without end": ("[sdi]", _forever(b"\x02s" + b" 1" * 500)),
    "a frame that is empty": ("[sdi]", _text_frame("s", b"")),
    "10^8 names": ("i", _header(*_CRC, 0, 3, 0, 100, 50, 5, 20, 1, 10**8)),
    "10^40 names": ("i", _header(*_CRC, 0, 3, 0, 100, 50, 5, 20, 1, 10**40)),
    "no names": ("i", _header(*_CRC, 0, 3, 0, 100, 50, 5, 20, 1, 0)),
    "255 names": ("i", _header(*_CRC, 0, 3, 0, 100, 50, 5, 20, 1, 255)),
    "a negative number of names": ("i", _header(*_CRC, 0, 3, 0, 100, 50, 5, 20, 1, -1)),
    "a window of 0": ("i", _header(*_CRC, 0, 3, 0, 100, 0, 0, 0, 1, 3)),
    "a window of 10^6": ("i", _header(*_CRC, 0, 3, 0, 100, 10**6, 10**6, 10**6, 1, 3)),
    "a period of 0": ("i", _header(*_CRC, 0, 3, 0, 100, 50, 5, 0, 1, 3)),
    "a hop of 0": ("i", _header(*_CRC, 0, 3, 0, 100, 50, 0, 20, 1, 3)),
    "a checksum of 10^9": ("i", _header(10**9, 2, 3, 4, 0, 3, 0, 100, 50, 5, 20, 1, 3)),
    "a short header": ("i", _header(1, 2, 3)),
    "no header": ("i", _sends(b"")),
    "a letter of a name of 300": ("n", _frame("n", 0, 300)),
    "a negative letter": ("n", _frame("n", 0, -1)),
    "a name beyond the last": ("n", _frame("n", 99, 65)),
    "a name before the first": ("n", _frame("n", -1, 65)),
    "a name with three numbers": ("n", _frame("n", 0, 65, 65)),
    "a name of nothing": ("n", _sends(b"")),
    "a name with escapes": ("n", _frame("n", 0, 27)),
    "a name that is not UTF-8": ("n", _frame("n", 0, 255)),
    "a name without end": ("n", _forever(format_frame(Frame("n", (0, 65))))),
    "a decision for label 77": ("d", lambda h, p: format_frame(
        Frame("d", (int(h.split()[1]), 77, -5, 0, 1, 2)))),
    "scores of 10^40": ("d", lambda h, p: format_frame(
        Frame("d", (int(h.split()[1]), 1, 5, 10**40, 1, 2)))),
    "a confidence of 10^30": ("d", lambda h, p: format_frame(
        Frame("d", (int(h.split()[1]), 1, 10**30, 1, 1, 2)))),
    "a missed number of 10^40": ("d", _huge("m", 40)),
    "a negative missed number": ("d", _frame("m", -5)),
    "a detection of label 77": ("d", _frame("t", 7, 77)),
    "an error while it samples": ("s", _sends(b"Traceback:\r\nMemoryError: " + ESCAPE + b"\r\n")),
    "escapes between the frames": ("[sd]", lambda h, p: ESCAPE + b"\r\n" + h),
}  # fmt: skip

LAUNCHER: dict[str, Callable] = {
    "brackets": _sends(b"\x01 " + b"[" * 100_000 + b"\r\n"),
    "nested": _sends(b"\x01 " + b"[" * 3000 + b"]" * 3000 + b"\r\n"),
    "digits": _sends(b"\x01 " + b"9" * 5000 + b"\r\n"),
    "a list of digits": _sends(b"\x01 [0, " + b"9" * 5000 + b"]\r\n"),
    "10^30": _sends(b"\x01 [0, 1" + b"0" * 30 + b", 2, 3]\r\n"),
    "four of 300": _sends(b"\x01 [300, 300, 300, 300]\r\n"),
    "four negative ones": _sends(b"\x01 [-1, -1, -1, -1]\r\n"),
    "a million numbers": _sends(b"\x01 [" + b"1, " * 300_000 + b"1]\r\n"),
    "a text": _sends(b'\x01 "abc"\r\n'),
    "an object": _sends(b'\x01 {"a": 1}\r\n'),
    "true": _sends(b"\x01 [true, true, true, true]\r\n"),
    "fractions": _sends(b"\x01 [1.0, 1e999, NaN]\r\n"),
    "an empty list": _sends(b"\x01 []\r\n"),
    "what?": _sends(b"\x01 what?\r\n"),
    "nothing": _sends(b"\x01\r\n"),
    "silence": _sends(b""),
    "another index": lambda h, p: h.replace(b"[", b"[7"),
    "not UTF-8": _sends(b"\x01 \xff\xfe\r\n"),
    "escapes": _sends(b"\x01 " + ESCAPE + b"\r\n"),
    "an error with escapes": _sends(b"Traceback\r\nNameError: " + ESCAPE + b"\r\n"),
    "names without end": _forever(b"shake\r\n" * 100),
    "a line without end": _forever(b"\x01 [1, " * 100),
    "a byte a second": _forever(b"1", 1.0, b"\x01 ["),
    "the answer before": lambda honest, peer: peer.before,
    "unplugged": _unplugged,
}


ANSWERS = r"(?!reset|prompt|frame|launcher)"  # of the raw REPL


def lies() -> Iterator[Lie]:
    """All lies. Those about values and whole answers come from the first and the second question
    of each kind on; those that a board tells once, or tells when it should stop, are few."""
    for name, data in VALUES.items():
        yield Lie(f"value: {name}", r"(?!command|write|reset|prompt)", value=_says(data))
    for kind in ("contents", "labels", "names", "machine", "sum", "write", "ask:list", "ask:read",
                 "ask:main", "ask", "check"):  # fmt: skip
        for name, data in VALUES.items():
            yield Lie(f"{kind}: {name}", f"{kind}$", value=_says(data))
    yield Lie("value: wrong checksums", r"ask", whole=lambda h, p: _wrong_sum(h))
    for name, whole in WHOLES.items():
        yield Lie(f"answers: {name}", r"(?!reset|prompt|frame|launcher)", whole=whole)
        yield Lie(
            f"later answers: {name}", r"(?!reset|prompt|frame|launcher)", whole=whole, first=3
        )
        yield Lie(f"one answer: {name}", r"(?!reset|prompt|frame|launcher)", whole=whole, first=2,
                  times=1)  # fmt: skip
        yield Lie(f"prompt: {name}", "prompt", whole=whole, deaf=True)
        yield Lie(f"restart: {name}", "reset", whole=whole)
        yield Lie(f"start: {name}", "run:", whole=whole)
    for name, (letters, whole) in FRAMES.items():
        yield Lie(f"frames: {name}", f"frame:{letters}", whole=whole)
    for name, whole in LAUNCHER.items():
        for first in (0, 1, 30):
            yield Lie(f"launcher after {first}: {name}", "launcher", whole=whole, first=first)
