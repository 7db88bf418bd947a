"""Check: which motion sensor the board has, its step, and its own rate.

V1's sensors are on the I2C bus that programs can use, so they can be asked who they are. V2's are
on a bus of their own, which MicroPython does not open: there the step of the readings must do.
"""

from __future__ import annotations

from collections.abc import Iterator

from microbit_ml.board.answers import INT32, Number, Question, Row
from microbit_ml.deploy.check.bench import Bench
from microbit_ml.deploy.check.result import Findings, Result
from microbit_ml.recordings.simulation.sensor import SENSORS
from microbit_ml.targets import V1, Target

NAME, TITLE = "sensor", "the motion sensor"
_find = Findings(NAME)

# By its I2C address, the register WHO_AM_I and its value, as the micro:bit DAL has them: name, and
# the step of get_values().
CHIPS = {
    (0x1D, 0x0D, 0x5A): ("MMA8653", 16),
    (0x19, 0x0F, 0x33): ("LSM303AGR", 4),
    (0x1E, 0x0D, 0xC7): ("FXOS8700", 0),  # its step is not known
}
RATE_HZ, MOST_OFF_HZ = 50.0, 5.0
LEAST_CHANGES = 16  # with fewer different readings, all may be multiples of a larger step by chance
TWI_BYTE = 0x40003138  # V1's event "a byte has come over the I2C bus": a new sample was read
_WHO = """from microbit import i2c
def w(a,b):
 try:
  i2c.write(a,bytes([b]),True)
  return i2c.read(a,1)[0]
 except OSError:
  return -1"""
_READ = """from microbit import accelerometer
from utime import ticks_us,ticks_diff
from machine import mem32
def q(ms,v1):
 g=accelerometer.get_values
 l=g()
 e=ticks_us()
 d=n=o=k=f=0
 if v1:mem32[{twi}]=0
 while d<ms:
  v=g()
  d=ticks_diff(ticks_us(),e)//1000
  if v1 and mem32[{twi}]:
   mem32[{twi}]=0
   n+=1
   f=f or d
   t=d
  if v!=l:
   k+=1
   l=v
   for i in v:o|=i
 print((n,f,t if n else 0,o&4095,k))""".replace("{twi}", str(TWI_BYTE))
_BYTE = Question("the name of its motion sensor", Number(-1, 255))
_MS = Number(0, 60_000)
_READINGS = Question(
    "how its readings are", Row((Number(0, INT32), _MS, _MS, Number(0, 4095), Number(0, INT32)))
)


def run(bench: Bench) -> Iterator[Result]:
    """The chip, the step of its readings, and how many samples a second it has."""
    bench.fresh()
    has_bus = bench.target.like == V1.name
    step = SENSORS[bench.target.sensor].step
    if has_bus:
        result, step = _chip(bench)
        yield result
    else:
        yield _find.not_done("sensor chip", "MicroPython on this board cannot ask its sensor.")
    seconds = bench.effort.sensor_s
    bench.progress("reading the motion sensor: turn the board in your hand")
    bench.repl.exec(_READ)
    command = f"q({round(1000 * seconds)},{int(has_bus)})"
    bench.repl.timeout_s += seconds
    try:
        n, first, last, ored, changes = bench.repl.ask(_READINGS, command)
    finally:
        bench.repl.timeout_s -= seconds
    yield _step(bench.target, ored, changes, step)
    if has_bus:
        result = _rate(n, last - first)
        bench.sensor_hz = float(result.value or 0) if n > 1 else 0.0
        yield result
    else:
        yield _find.not_done(
            "samples a second", "MicroPython on this board does not tell when a sample is new."
        )


def _chip(bench: Bench) -> tuple[Result, int]:
    """Which chip answers, and the step that its readings should have (0: not known)."""
    bench.repl.exec(_WHO)
    for (address, register, identity), (name, step) in CHIPS.items():
        if bench.repl.ask(_BYTE, f"print(w({address},{register}))") == identity:
            return _find.compared("sensor chip", name, "", "one that the kit knows", True, ""), step
    return _find.failed("sensor chip", "No motion sensor that the kit knows answers."), 0


def _step(target: Target, ored: int, changes: int, expected: int) -> Result:
    """The step: the largest power of two that divides every reading."""
    step = ored & -ored
    what = "step of the readings"
    if step == 0 or (changes < LEAST_CHANGES and (not expected or step % expected == 0)):
        return _find.not_done(
            what, f"It lay too still: {changes} different readings. Move it meanwhile."
        )
    if not expected:
        return _find.measured(what, step, "counts")
    return _find.compared(
        what, step, "counts", f"{expected} (1/1024 g)", step == expected,
        f"This sensor reads in steps of {expected}, and these are steps of {step}.",
        changes=changes,
    )  # fmt: skip


def _rate(n: int, ms: int) -> Result:
    what = "samples a second"
    if n < 2 or ms <= 0:
        return _find.failed(what, f"The sensor gave {n} samples.")
    rate = round(1000 * (n - 1) / ms, 2)
    return _find.compared(
        what, rate, "Hz", f"{RATE_HZ:g}, 10 % more or less", abs(rate - RATE_HZ) <= MOST_OFF_HZ,
        f"The sensor measures {rate:g} times a second, and the kit reads {RATE_HZ:g} times.",
    )  # fmt: skip
