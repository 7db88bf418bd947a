"""A serial port with one injected fault, at a byte chosen by a seed.

    plan = faults(seed=1, n=20, kinds=KINDS, read=900, written=2400)[0]
    port = FaultyPort(link.port, plan, reset=board.reset)

A run with ``FaultyPort(port)``, without a plan, counts the bytes: :func:`faults` needs ``n_read``
and ``n_written`` to spread the faults over the whole run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import serial

BYTE_FAULTS = ("drop", "double", "garble")
KINDS = ("cut", *BYTE_FAULTS, "reset", "interrupt")
LONGEST = 8  # bytes that one fault drops, doubles or garbles, at most


@dataclass(frozen=True)
class Fault:
    """A fault, and the number of bytes read or written before it.

    cut: the cable is pulled out; drop, double, garble: ``size`` bytes are lost, duplicated or
    XORed with ``mask``; reset: the board restarts; interrupt: Ctrl-C.
    """

    kind: str
    after: int
    reading: bool = True
    size: int = 1
    mask: int = 0x55

    def __str__(self) -> str:
        way = "read" if self.reading else "written"
        size = f" {self.size} bytes" if self.kind in BYTE_FAULTS else ""
        return f"{self.kind}{size} after {self.after} bytes {way}"


def faults(
    seed: int,
    n: int,
    kinds: Sequence[str] = KINDS,
    read: int = 2000,
    written: int = 2000,
    *,
    evenly: bool = False,
) -> list[Fault]:
    """n plans, the same for the same seed, with about equally many of each kind.

    read, written: the range of bytes for faults in each direction; 0 for none.
    evenly: one fault in each n-th of these bytes (stratified), so some are early and some late.
    """
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"There is no fault {unknown}. There are: {', '.join(KINDS)}.")
    choose = random.Random(seed)
    strata = choose.sample(range(n), n) if evenly else []
    plans = []
    for i in range(n):
        position = choose.randrange(read + written)
        if evenly:
            position = (position + strata[i] * (read + written)) // n
        plans.append(
            Fault(
                kinds[i % len(kinds)],
                position if position < read else position - read,
                position < read,
                choose.randint(1, LONGEST),
                choose.randint(1, 255),
            )
        )
    choose.shuffle(plans)
    return plans


class FaultyPort:
    """A port of pyserial, or one like it, with one fault in what is read or written.

    ``reset`` is called for the fault of that name. ``fired``: whether the fault has occurred.
    After a cut every use raises serial.SerialException (an OSError), as pyserial's own ports do.
    Other attributes are the wrapped port's, except for methods that would read past the fault.
    """

    def __init__(
        self, port: Any, plan: Fault | None = None, reset: Callable[[], object] | None = None
    ) -> None:
        if plan and plan.kind == "reset" and reset is None:
            raise ValueError("A plan to reset the board needs reset=, a function to call.")
        self._port = port
        self._plan = plan
        self._reset = reset
        self._ahead = b""  # read from the port but not yet returned: duplicated bytes
        self._is_cut = False
        self.fired = False
        self.n_read = 0
        self.n_written = 0

    def __enter__(self) -> FaultyPort:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("read", "_")):
            raise AttributeError(f"FaultyPort has no {name}: it would read past the fault.")
        return getattr(self._port, name)

    @property
    def timeout(self) -> float | None:
        """The maximum wait of a read in seconds; None: for ever."""
        return self._port.timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        self._port.timeout = seconds

    @property
    def in_waiting(self) -> int:
        """How many bytes can be read at once."""
        self._check()
        return len(self._ahead) + self._port.in_waiting

    def read(self, size: int = 1) -> bytes:
        """At most ``size`` bytes; fewer before a fault."""
        self._check()
        if not self._ahead:
            size_before = self._before_fault(self.n_read, reading=True)
            if size_before == 0:
                self._fire()
                size_before = None
            data = self._port.read(size if size_before is None else min(size, size_before))
            self._ahead = self._changed(data, self.n_read, reading=True)
            self.n_read += len(data)
        taken, self._ahead = self._ahead[:size], self._ahead[size:]
        return taken

    def write(self, data: bytes) -> int:
        """Send the bytes, with the fault among them if it is due; return len(data)."""
        self._check()
        data = bytes(data)
        size_before = self._before_fault(self.n_written, reading=False)
        if size_before is not None and size_before < len(data):
            self._send(data[:size_before])
            self._fire()
            self._send(data[size_before:])
        else:
            self._send(data)
        return len(data)

    def flush(self) -> None:
        """Wait until all bytes are sent."""
        self._check()
        self._port.flush()

    def reset_input_buffer(self) -> None:
        """Discard received bytes that were not read."""
        self._check()
        self._ahead = b""
        self._port.reset_input_buffer()

    def close(self) -> None:
        """Close the wrapped port."""
        self._port.close()

    def _check(self) -> None:
        if self._is_cut:
            raise serial.SerialException("device disconnected (a fault of the test)")

    def _before_fault(self, n_done: int, *, reading: bool) -> int | None:
        """The number of bytes left before the cut, reset or Ctrl-C; None for no such fault."""
        plan = self._plan
        if not plan or self.fired or plan.kind in BYTE_FAULTS or plan.reading != reading:
            return None
        return plan.after - n_done

    def _fire(self) -> None:
        assert self._plan is not None
        self.fired = True
        if self._plan.kind == "interrupt":
            raise KeyboardInterrupt
        if self._plan.kind == "cut":
            self._is_cut = True
            self._check()
        assert self._reset is not None
        self._reset()

    def _send(self, data: bytes) -> None:
        self._port.write(self._changed(data, self.n_written, reading=False))
        self.n_written += len(data)

    def _changed(self, data: bytes, n_before: int, *, reading: bool) -> bytes:
        """The bytes as they arrive: those of the fault dropped, doubled or garbled."""
        plan = self._plan
        if not plan or plan.kind not in BYTE_FAULTS or plan.reading != reading:
            return data
        start = min(max(plan.after - n_before, 0), len(data))
        end = min(max(plan.after + plan.size - n_before, 0), len(data))
        hit = data[start:end]
        if not hit:
            return data
        self.fired = True
        if plan.kind == "drop":
            hit = b""
        elif plan.kind == "double":
            hit += hit
        else:
            hit = bytes(byte ^ plan.mask for byte in hit)
        return data[:start] + hit + data[end:]
