"""A micro:bit that lies: a fake serial port with a small MicroPython behind it, in CPython.

The board is honest about everything (its files, its raw REPL, the kit's launcher, the recorder, the
program of ``watch``) until a :class:`Lie` changes what it sends. Time passes only in :meth:`read`,
as on a real line of 115200 baud, so that deadlines of seconds end at once.
"""

from __future__ import annotations

import io
import re
import types
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import numpy as np
from peer_check import ECHO, KIND, Restart, modules

from microbit_ml.board.frames import Frame, format_frame
from microbit_ml.model import Model
from microbit_ml.quantize import WorkLayout
from microbit_ml.quantize.device_file import HEADER

BANNER = b'MicroPython v1.13 on 2021-03-16; micro:bit v2.0.0\r\nType "help()"\r\n>>> '
RAW = b"raw REPL; CTRL-B to exit\r\n>"
BYTES_A_SECOND = 11_520
Stream = Iterator[tuple[float, bytes]]  # seconds before it, and what is sent

# What a command asks for, by what stands in it.
KINDS = (
    ("run:recorder", r"recorder\.stream\(\)"),
    ("run:watch", r"^watch\("),
    ("run:echo", r"^e\("),
    ("contents", r"u=os\.uname"),
    ("labels", r"open\('model\.bin'"),
    ("names", r"print\(os\.listdir\(\)\)"),
    ("machine", r"uname\(\)\.machine"),
    ("sum", r"print\(_sum"),
    ("write", r"print\(f\.write"),
    ("ask:list", r"\[-4:\]=="),
    ("ask:read", r"f\.read\(64\)"),
    ("ask:main", r"f\.read\(24\)"),
    ("ask", r"^def k\(b\)"),
    KIND,
    ("command", r""),
)


@dataclass(frozen=True)
class Lie:
    """What a peer does instead of telling the truth.

    on: a pattern of the kinds of what it sends; value: changes what a command printed; whole:
    changes all that is sent, perhaps into a stream; first: how many it tells truly before; times:
    how often it lies; deaf: it does not react to Ctrl-C either.
    """

    name: str
    on: str = ""
    value: Callable[[bytes], bytes] | None = None
    whole: Callable[[bytes, Peer], bytes | Stream] | None = None
    first: int = 0
    times: int = 10**9
    deaf: bool = False


HONEST = Lie("the truth", on="(?!)")


class Peer:
    """pyserial's interface to the board; ``files`` is what really is on it."""

    port = "/dev/peer"

    def __init__(self, files: dict[str, bytes], model: Model, lie: Lie = HONEST) -> None:
        self.files = dict(files)
        self.lie = lie
        self.timeout: float | None = None
        self.time_s = 0.0
        self.lies = 0
        self.before = b""  # the last honest piece that was sent
        self.model = model
        self.booted_s = 0.0
        self._echo_left = 0
        self._seen = 0
        self._out = bytearray()
        self._stream: Stream | None = None
        self._next: tuple[float, bytes] | None = None
        self._line = b""
        self._raw = False
        self._start_main()

    # the port

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None: ...

    def clock(self) -> float:
        return self.time_s

    @property
    def in_waiting(self) -> int:
        self._advance(0, 1)
        return len(self._out)

    def read(self, size: int = 1) -> bytes:
        self._advance(self.timeout or 0, size)
        taken = bytes(self._out[:size])
        del self._out[:size]
        self.time_s += len(taken) / BYTES_A_SECOND
        return taken

    def write(self, data: bytes) -> int:
        for byte in data:
            self._key(bytes([byte]))
        return len(data)

    def close(self) -> None: ...

    def _advance(self, seconds: float, size: int) -> None:
        """Let at most this time pass, until ``size`` bytes are there."""
        end = self.time_s + seconds
        while len(self._out) < size:
            if self._next is None and self._stream is not None:
                one = next(self._stream, None)
                if one is None:
                    self._stream = None
                else:
                    self._next = (self.time_s + one[0], one[1])
            if self._next is None or self._next[0] > end:
                self.time_s = end
                return
            self.time_s = max(self.time_s, self._next[0])
            self._out += self._next[1]
            self._next = None

    # what it sends

    def _send(self, data: bytes, kind: str) -> None:
        told = self._told(data, kind)
        if isinstance(told, bytes):
            self._out += told
        else:
            self._stream, self._next = told, None

    def _told(self, data: bytes, kind: str) -> bytes | Stream:
        if self.lie.whole is None or not self._lies_about(kind):
            self.before = data
            return data
        self.lies += 1
        return self.lie.whole(data, self)

    def _lies_about(self, kind: str) -> bool:
        if not re.match(self.lie.on, kind):
            return False
        self._seen += 1
        return self.lie.first < self._seen <= self.lie.first + self.lie.times

    def _key(self, key: bytes) -> None:
        if key == b"\x03":
            self._interrupted()
        elif key == b"\x01":
            self._raw, self._line, self.running = True, b"", ""
            self._send(RAW, "prompt")
        elif key == b"\x02":
            self._raw, self._line = False, b""
            self._send(b"\r\n" + BANNER, "prompt")
        elif key == b"\x04" and not self.running:
            line, self._line = self._line, b""
            if line:
                self._run(line)
            else:
                self._reset()
        elif self.running == "launcher":
            self._line += key
            if key == b"\n":
                line, self._line = self._line, b""
                self._send(b"\x01 " + self._launcher(line) + b"\r\n", "launcher")
        elif self.running == "echo":
            self._echo_left -= 1
            self._out += key
            if not self._echo_left:
                self.running = ""
                self._out += b"\x04\x04>"
        elif not self.running:
            self._line += key

    def _interrupted(self) -> None:
        if self.lie.deaf and self.lies:
            return
        was, self.running, self._line = self.running, "", b""
        self._stream = self._next = None
        self._out.clear()  # a board that is stopped prints no more
        if was and self._raw:
            self._out += b"\x04Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n\x04>"
        elif not self._raw:
            self._send(b"\r\n>>> ", "prompt")

    def _reset(self) -> None:
        self._stream = self._next = None
        if self._raw:
            self._space = self._names()
            self._send(b"OK\r\nsoft reboot\r\n" + RAW, "reset")
        else:
            self._send(b"soft reboot\r\n", "reset")
            self._start_main()

    def _start_main(self) -> None:
        self._space = self._names()
        self.running = "launcher" if b"Recognizer" in self.files.get("main.py", b"") else ""

    def _run(self, command: bytes) -> None:
        text = command.decode("latin-1")
        kind = next(kind for kind, pattern in KINDS if re.search(pattern, text))
        if kind.startswith("run:"):
            self._send(b"OK", kind)
            if kind == "run:echo":
                self.running = "echo"
                self._echo_left = int(re.fullmatch(ECHO, command)[1])  # type: ignore[index]
            elif self._stream is None:
                self.running = kind
                self._stream = self._changed(self._frames(kind))
            return
        try:
            output, failure = self._executed(command)
        except Restart:
            self.booted_s, self._raw = self.time_s, False
            self._reset()
            return
        if self.lie.value is not None and not failure and self._lies_about(kind):
            self.lies += 1
            output = self._wrapped(output) if kind.startswith("ask") else self.lie.value(output)
        self._send(b"OK" + output + b"\x04" + failure + b"\x04>", kind)

    def _wrapped(self, output: bytes) -> bytes:
        """A lie with a right checksum."""
        assert self.lie.value is not None
        value = self.lie.value(output.strip().partition(b" ")[2])
        total = 0
        for byte in value:
            total = (total * 251 + byte) % 4000037
        return b"%d %b\r\n" % (total, value)

    # the honest board

    def _executed(self, command: bytes) -> tuple[bytes, bytes]:
        source: Any = command
        if command.startswith(b"print(f.write("):  # CPython takes no such bytes in a literal
            source = "".join(
                c if " " <= c < "\x7f" else f"\\x{ord(c):02x}" for c in command.decode("latin-1")
            )
        elif any(byte > 127 for byte in command):
            source = "".join(
                c if c < "\x80" else f"\\x{ord(c):02x}" for c in command.decode("latin-1")
            )
        printed = io.StringIO()
        try:
            with redirect_stdout(printed):
                exec(compile(source, "<stdin>", "exec"), self._space)
        except Exception as error:
            lines = ["Traceback (most recent call last):", '  File "<stdin>", line 1, in <module>',
                     f"{type(error).__name__}: {error}"]  # fmt: skip
            return printed.getvalue().encode(), "\r\n".join(lines).encode() + b"\r\n"
        return printed.getvalue().replace("\n", "\r\n").encode(), b""

    def _names(self) -> dict[str, Any]:
        files = self.files

        def remove(name: str) -> None:
            if name not in files:
                raise OSError(2, "ENOENT")
            del files[name]

        uname = types.SimpleNamespace(machine="micro:bit with nRF51822", release="1.0.1")
        fake = types.SimpleNamespace(
            listdir=lambda: list(files),
            size=lambda name: len(files[name]),
            remove=remove,
            uname=lambda: uname,
        )
        known = {**modules(self), "os": fake}
        import builtins

        own = {**vars(builtins), "open": lambda name, mode="r": _File(files, name, mode)}
        own["bytes"] = lambda *a: a[0].encode() if isinstance(a[0], str) else bytes(*a)
        own["__import__"] = lambda name, *_: known[name]
        return {"__builtins__": own}

    def _frames(self, kind: str) -> Iterator[Frame | None]:
        """The frames of the recorder or of the program of ``watch``; None: 20 ms pass."""
        model = self.model
        if kind == "run:watch":
            yield Frame("i", tuple(self.files["model.bin"][4:17]))
            for label, name in enumerate(model.labels):
                for byte in name.encode():
                    yield Frame("n", (label, byte))
        number = 0
        while True:
            yield Frame("s", (number % 10_000, 12, number % 50 * 20, -1000))
            if kind == "run:watch" and number >= model.window - 1 and number % model.hop == 0:
                scores = tuple(range(len(model.labels)))
                yield Frame("d", (number % 10_000, -1, -5, *scores))
            elif kind == "run:recorder" and number % 100 == 10:
                yield Frame("a", ())
            number += 1
            yield None

    def _changed(self, frames: Iterator[Frame | None]) -> Stream:
        for frame in frames:
            if frame is None:
                yield 0.02, b""
                continue
            told = self._told(format_frame(frame), f"frame:{frame.letter}")
            if isinstance(told, bytes):
                yield 0, told
            else:
                yield from told

    def _launcher(self, line: bytes) -> bytes:
        layout = WorkLayout.of(self.model.device_model())
        if not hasattr(self, "_work"):
            self._work = [0] * layout.n_numbers
        work, words = self._work, line.split()
        if line[:1] == b"?":
            flat = work[layout.WINDOW : layout.WINDOW + 3 * layout.n_samples]
            one = self.model.network.run(np.array(flat).reshape(1, -1, 3))
            label = int(one.label_index[0])
            work[:2] = [label, int(one.confidence[0])]
            features = one.features[0].tolist()
            work[2 : 2 + len(features)] = features
            scores = one.scores[0].tolist()
            work[layout.scores : layout.scores + len(scores)] = scores
            return str(list(self.files["model.bin"][4:8])).encode()
        index = int(words[0])
        if len(words) == 1:
            return str([index, *work[index : index + 8]]).encode()
        for word in words[1:]:
            work[index] = int(word)
            index += 1
        return str(index).encode()


class _File:
    """MicroPython's file: it is there when it is opened, and has its content when it is closed."""

    def __init__(self, files: dict[str, bytes], name: str, mode: str) -> None:
        if "w" not in mode and name not in files:
            raise OSError(2, "ENOENT")
        self._files, self._name, self._mode, self._at = files, name, mode, 0
        self._content = b"" if "w" in mode else files[name]
        if "w" in mode:
            files[name] = b""

    def read(self, size: int = -1) -> bytes:
        end = len(self._content) if size < 0 else self._at + size
        taken, self._at = self._content[self._at : end], min(end, len(self._content))
        return taken

    def write(self, data: bytes) -> int:
        self._content += bytes(data)
        return len(data)

    def close(self) -> None:
        if "w" in self._mode:
            self._files[self._name] = self._content

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


assert HEADER.size == 20  # the bytes 4 to 16 are what ``watch`` sends
