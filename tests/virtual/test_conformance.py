"""Conformance: the behaviour of a micro:bit, on virtual V1 and V2, and on QEMU's V1.

The behaviours are text files in ``conformance/``; each is a test on each board, with each of the
MicroPythons that the kit brings along. Where qemu-system-arm is installed, an independent V1 runs
the same lines and must print the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from behaviours import MACHINES as ALL
from behaviours import ON_QEMU_TOO, Behaviour, named, read, read_all
from machines import Machine, QemuMachine, VirtualMachine
from qemu import NS_PER_INSTRUCTION, why_not

from microbit_ml.image.stock import CURRENT
from microbit_ml.virtual.wiring import BOARDS, V1_3

MACHINES: dict[str, Callable[[], Machine]] = {
    "v1-1.0.1": lambda: VirtualMachine("v1"),
    "v2-2.0.0": lambda: VirtualMachine("v2"),
    "v1-1.1.1": lambda: VirtualMachine("v1", stock=CURRENT),
    "v2-2.1.2": lambda: VirtualMachine("v2", stock=CURRENT),
    "qemu": QemuMachine,
}
OFTEN = ("v1-1.0.1", "v2-2.0.0")  # some of the behaviours run by default
BEHAVIOURS = read_all()


def cases() -> Iterator[object]:
    """A test for each behaviour on each machine; a machine's groups stay together.

    By default, the boards of OFTEN run every fourth; everything else is marked slow.
    """
    for name in MACHINES:
        machine = expected_of(name)
        for number, behaviour in enumerate(BEHAVIOURS):
            if machine not in behaviour.machines or (name == "qemu" and not behaviour.runs_on_qemu):
                continue
            marks = []
            if name not in OFTEN or number % 4:
                marks.append(pytest.mark.slow)
            if name in behaviour.xfail:
                marks.append(pytest.mark.xfail(strict=True, reason=behaviour.xfail[name]))
            if name == "qemu":
                marks.append(pytest.mark.skipif(bool(why_not()), reason=why_not() or "installed"))
            yield pytest.param(name, behaviour, id=f"{name}-{behaviour}", marks=marks)


def expected_of(name: str) -> str:
    """The machine whose answers a machine must give."""
    return ON_QEMU_TOO if name == "qemu" else name


class Bench:
    """Keeps one machine switched on for the behaviours of its group."""

    def __init__(self) -> None:
        self._present: tuple[str, str] | None = None
        self._machine: Machine | None = None

    def machine(self, name: str, group: str) -> Machine:
        if self._present != (name, group):
            self.switch_off()
            self._machine = MACHINES[name]()
            self._present = (name, group)
        return self._machine

    def switch_off(self) -> None:
        if self._machine is not None:
            self._machine.close()
        self._machine = self._present = None


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.switch_off()


@pytest.mark.parametrize(("name", "behaviour"), list(cases()))
def test_behaviour(bench: Bench, name: str, behaviour: Behaviour) -> None:
    expected = behaviour.expected[expected_of(name)]
    machine = bench.machine(name, behaviour.group)
    output: list[str] = []
    try:
        output = machine.show(behaviour)
        assert output == expected
    finally:
        # After a crash, a hang or an unexpected answer the board may be in any state.
        if output != expected or "HardFault" in output[0]:
            bench.switch_off()


def test_there_are_sixty_behaviours_on_every_board() -> None:
    for machine in ALL:
        assert sum(machine in behaviour.machines for behaviour in BEHAVIOURS) >= 60
    assert sum(behaviour.runs_on_qemu for behaviour in BEHAVIOURS) >= 60
    assert all(behaviour.expected[m] for behaviour in BEHAVIOURS for m in behaviour.machines)


def test_behaviours_are_read_from_text() -> None:
    text = """# prose
from microbit import *
! not on QEMU: no reason

## one
if 1:
    print(1)

print(2)
! run 1
= 1
=v1 two
=v2 zwei
=v2-2.1.2 drei
## two
!v2 xfail it is wrong
! only v2
"""
    one, two = read(text, "group")
    start = ("code", "from microbit import *")
    code = [("code", "if 1:\n    print(1)"), ("code", "print(2)")]
    assert one.steps == [start, *code, ("action", "run 1")]
    v1, v2 = ["1", "two"], ["1", "zwei"]
    assert one.expected == dict(zip(ALL, (v1, v1, v2, [*v2, "drei"]), strict=True))
    assert (one.not_on_qemu, one.runs_on_qemu, str(one)) == ("no reason", False, "group: one")
    assert (two.machines, two.steps) == (named("v2"), [start])
    assert two.xfail == dict.fromkeys(named("v2"), "it is wrong")
    with pytest.raises(ValueError, match="does not name a board"):
        read("## one\n=v3 three", "group")


# A loop, floats and strings; utime.ticks_us() before and after, which is exact on both machines.
MEASURED = """import gc
from utime import ticks_us as t
def loop():
    u = t()
    for i in range(20000):
        pass
    return t() - u
def floats():
    u = t()
    x = 1.5
    for i in range(300):
        x = x * 1.01 + i / 7
    return t() - u
def strings():
    u = t()
    x = ''
    for i in range(60):
        x = '%d,%s' % (i, x[:20])
    return t() - u
"""

# On a very busy computer one boot of QEMU in six lacks one of the timer interrupts: every count of
# that boot is 0.53 % lower. The boot with the largest count of a few has them all.
QEMU_BOOTS = 3


@pytest.mark.slow
@pytest.mark.skipif(bool(why_not()), reason=why_not() or "installed")
@pytest.mark.parametrize("work", ["loop", "floats", "strings"])
def test_virtual_v1_and_qemu_run_the_same_instructions(
    work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instructions between two points are time / time per instruction, on each machine.

    Timer interrupts come by time and take instructions, so both clocks must run alike: the virtual
    board is one whose chip takes 33 ticks of 1/512 us an instruction, 0.7 % beside QEMU's 64 ns.
    The remaining difference is 0.7 % of the interrupts' fraction.
    """
    ticks = 33
    chip = replace(V1_3.chip, ticks_per_instruction=ticks)
    monkeypatch.setitem(BOARDS["v1"], "paced as QEMU", replace(V1_3, chip=chip))
    ours = _instructions(VirtualMachine("v1", "paced as QEMU"), work, ticks * 1000 / 512)
    theirs = max(_instructions(QemuMachine(), work, NS_PER_INSTRUCTION) for _ in range(QEMU_BOOTS))
    assert ours == pytest.approx(theirs, rel=0.005)


def _instructions(machine: Machine, work: str, ns: float) -> float:
    try:
        for step in MEASURED.split("def "):
            machine.run_command(("def " if "u = t()" in step else "") + step)
        return int(machine.run_command(f"gc.collect(); print({work}())")) * 1000 / ns
    finally:
        machine.close()
