"""Check: does the board read a sample each 20 ms, each once, whatever else it does?

The recognizer samples as always, and the times of its samples are noted. V1 notices when its sensor
has no new sample yet, and reads again 4 ms later. V2 does not: there only equal readings can be
counted, which a board that lies still has anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from microbit_ml.board.answers import INT32, Many, Number, Question, Row
from microbit_ml.deploy.check.bench import Bench
from microbit_ml.deploy.check.result import Findings, Result
from microbit_ml.deploy.check.timed import LOAD
from microbit_ml.quantize import WorkLayout
from microbit_ml.targets import V1

NAME, TITLE = "sampling", "samples, one each 20 ms"
WORK_MS = (0, 12)  # of other work beside each sample
FIRST = 3  # samples that are not counted: a sensor starts with the first
PERIOD_MS, NEAR_MS = 20, 4  # V1 reads 4 ms later when a sample is not there yet
BINS = 48  # of a millisecond: the last holds all longer intervals
LEAST_NEAR = 98.0  # percent of the intervals
MOST_AGAIN, MOST_UNREAD = 5.0, 5.0  # percent of the samples
JITTER_S = 0.03  # of a real line, at both ends of a run together
ALWAYS_FINE = 3  # reads or intervals: V1 needs some until it is in step with its sensor
MOST_DRIFT = 1.0  # percent between the clocks of the board and of the computer
_find = Findings(NAME)

NO_TIME = 9_999_999  # as long as the number of microseconds that a run takes
# next() itself predicts and collects garbage now and then; here that happens after the time of a
# sample is noted.
_SAMPLE = f"""def s(n,p):
 e=ticks_us()
 r.due=r.missed=l=f=c=k=o=0
 r.countdown=30000
 z=n
 n+={FIRST}
 while n:
  b=r.due
  r.next()
  d=ticks_diff(r.due,b)
  if b and d<10000:c+=d>0
  else:
   t=ticks_us()
   if n<z:add(ticks_diff(t,l))
   if n==z:f=t
   l=t
   v=later(n)
   k+=v==o
   o=v
   n-=1
  t=ticks_us()
  while ticks_diff(ticks_us(),t)<p:pass
 print((ticks_diff(ticks_us(),e),ticks_diff(l,f),c,r.missed,k))"""
_LATER = f"""def add(d):
 d=(d+500)//1000
 h[d if 0<d<{BINS} else {BINS - 1}]+=1
def later(n):
 if n%hop==1:gc.collect()
 if n%hop==0:r.debounce(r.predict())
 return w[at],w[at+1],w[at+2]
def z(n,p):print(({NO_TIME},{NO_TIME},0,0,0))"""
_BEGIN = f"""import gc
from array import array
from utime import ticks_us,ticks_diff
w=r.work
h=array('h',bytes({2 * BINS}))
at,hop={{}},{{}}"""
_COUNT = Number(0, INT32)
_US = Number(-INT32, INT32)
_SAMPLES = Question("its samples", Row((_US, _US, _COUNT, _COUNT, _COUNT)))
_HISTOGRAM = Question("its intervals", Many(Number(0, 2**15), BINS, BINS))


class Samples(NamedTuple):
    """What a board reported: its run and the time from the first to the last sample, in us; reads
    without a new sample, samples missed, readings equal to the one before; and for each number of
    milliseconds, how many intervals were so long."""

    run_us: int
    between_us: int
    again: int
    missed: int
    equal: int
    histogram: list[int]


def run(bench: Bench) -> Iterator[Result]:
    """Missed samples, intervals, reads without a new sample, and how the clocks agree."""
    begin = _BEGIN.format(WorkLayout.of(bench.model).scores - 3, bench.model.hop)
    bench.prepare(
        (_SAMPLE, _LATER, LOAD, begin),
        (_SAMPLE, LOAD, _LATER, begin),
        (LOAD, _SAMPLE, _LATER, begin),
        (LOAD, _LATER, _SAMPLE, begin),
    )
    n = bench.effort.samples
    seconds = n * PERIOD_MS / 1000
    drifts: list[float] = []
    for work in WORK_MS:
        beside = f" (+{work} ms work)" if work else ""
        bench.progress(f"sampling for {seconds:g} s{beside}: keep turning the board")
        samples, computer_us = _sample(bench, n, work, seconds)
        drifts.append(100 * (samples.run_us / computer_us - 1))
        yield from _results(bench, samples, n, beside)
    drift = round(sorted(drifts, key=abs)[0], 2) + 0.0  # not -0
    most = MOST_DRIFT
    if bench.link.virtual is None:
        most = round(most + 100 * JITTER_S / seconds, 1)
    yield _find.compared(
        "clock, against the computer's", drift, "%",
        f"{most:g} % more or less", abs(drift) <= most,
        f"A second of the board lasts {1 / (1 + drift / 100):.3f} s of this computer.",
    )  # fmt: skip


def _sample(bench: Bench, n: int, work: int, seconds: float) -> tuple[Samples, float]:
    """Sample n times; also how long that took by the computer's clock, in microseconds."""
    repl = bench.repl
    before = repl.timeout_s
    repl.timeout_s = before + 3 * seconds
    try:
        repl.exec(f"h=array('h',bytes({2 * BINS}))")
        begin = repl.clock()
        repl.exec(f"z({n},{1000 * work})")
        end = repl.clock()
        answer = repl.ask(_SAMPLES, f"s({n},{1000 * work})")
        computer_s = repl.clock() - end - (end - begin)
    finally:
        repl.timeout_s = before
    histogram = repl.ask(_HISTOGRAM, "gc.collect()\nprint(list(h))")
    return Samples(*(*answer, histogram)), 1e6 * max(computer_s, 1e-6)


def _results(bench: Bench, samples: Samples, n: int, beside: str) -> Iterator[Result]:
    yield _find.compared(
        f"samples missed of {n}{beside}", samples.missed, "", "0", samples.missed == 0,
        f"The board was too late for {samples.missed} samples.",
    )  # fmt: skip
    yield _intervals(samples, beside)
    if bench.target.like == V1.name:
        again = round(100 * samples.again / n, 1)
        yield _find.compared(
            f"reads too early{beside}", again, "%",
            f"at most {MOST_AGAIN:g} %", samples.again <= ALWAYS_FINE or again <= MOST_AGAIN,
            f"For {again:g} % of the samples the sensor had no new one in time.",
        )  # fmt: skip
    else:
        equal = round(100 * samples.equal / (n + FIRST), 1)
        yield _find.measured(f"equal readings{beside}", equal, "%")
    if bench.sensor_hz:
        yield _unread(bench.sensor_hz, samples, n, beside)


def _intervals(samples: Samples, beside: str) -> Result:
    counts = samples.histogram
    near = counts[PERIOD_MS - NEAR_MS : PERIOD_MS + NEAR_MS + 1]
    percent = round(100 * sum(near) / max(sum(counts), 1), 1)
    right = sum(counts) - sum(near) <= ALWAYS_FINE or percent >= LEAST_NEAR
    return _find.compared(
        f"intervals near {PERIOD_MS} ms{beside}", percent, "%",
        f"{LEAST_NEAR:g} % within {NEAR_MS} ms", right,
        f"Only {percent:g} % of the intervals between two samples are near {PERIOD_MS} ms.",
        histogram_ms={str(ms): count for ms, count in enumerate(counts) if count},
    )  # fmt: skip


def _unread(sensor_hz: float, samples: Samples, n: int, beside: str) -> Result:
    """Samples that the sensor made, by its own rate, and nobody read."""
    made = sensor_hz * samples.between_us / 1e6
    unread = max(0.0, round(100 * (1 - (n - 1) / made), 1)) if made > 0 else 100.0
    return _find.compared(
        f"sensor samples unread{beside}", unread, "%", f"at most {MOST_UNREAD:g} %",
        unread <= MOST_UNREAD,
        f"The sensor makes {sensor_hz:g} samples a second, and {unread:g} % of them are not read.",
    )  # fmt: skip
