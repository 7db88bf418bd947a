"""The expected behaviours of a micro:bit, read from the text files beside this module.

A file is a group; all its behaviours run on one board, one after the other. Its lines::

    # prose, until the first "##"
    code before the first "##" runs before every behaviour of the file
    ## what is expected, in words
    code for the board: MicroPython, sent through the raw REPL; an empty line ends a command
    ! tilt 0 0 1024        an action on the board, or a question to it; see machines.py
    = what all boards print, a line; for an error, the last line of the traceback
    =v1 what V1 prints there
    =v2-2.1.2 what V2 prints there with MicroPython 2.1.2; see MACHINES
    !v1 xfail why          V1's model is known to be wrong
    ! only v2              V1 has nothing like it
    ! not on QEMU: why     QEMU does not model what is needed

Before the first "##", the last three apply to all behaviours of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

FOLDER = Path(__file__).parent
MACHINES = ("v1-1.0.1", "v1-1.1.1", "v2-2.0.0", "v2-2.1.2")  # board and MicroPython
ON_QEMU_TOO = MACHINES[0]  # QEMU's V1 runs the same hex
ON_QEMU = ("main", "friendly", "send")  # actions that need only a serial line


@dataclass
class Behaviour:
    """One behaviour: its steps, in order, and the expected output.

    ``steps`` are ("code", a command) and ("action", a line after the "!").
    """

    group: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    expected: dict[str, list[str]] = field(default_factory=lambda: {m: [] for m in MACHINES})
    machines: tuple[str, ...] = MACHINES
    xfail: dict[str, str] = field(default_factory=dict)
    not_on_qemu: str = ""

    @property
    def runs_on_qemu(self) -> bool:
        """Whether QEMU can run V1's lines: nothing is done to the board by hand."""
        by_hand = [
            text for kind, text in self.steps if kind == "action" and text.split()[0] not in ON_QEMU
        ]
        return ON_QEMU_TOO in self.machines and not self.not_on_qemu and not by_hand

    def __str__(self) -> str:
        return f"{self.group}: {self.name}"


def read_all() -> list[Behaviour]:
    """The behaviours of all files, group by group. Raises ValueError for a line it cannot read."""
    return [
        behaviour
        for path in sorted(FOLDER.glob("*.txt"))
        for behaviour in read(path.read_text(encoding="utf-8"), path.stem)
    ]


def read(text: str, group: str) -> list[Behaviour]:
    """The behaviours of one file's text."""
    common = Behaviour(group, "")
    found: list[Behaviour] = []
    begins_command = True
    for line in text.splitlines():
        present = found[-1] if found else common
        if line.startswith("## "):
            start = replace(
                common,
                name=line[3:],
                steps=list(common.steps),
                expected={m: [] for m in MACHINES},
                xfail=dict(common.xfail),
            )
            found.append(start)
        elif line.startswith(("!", "=")):
            _read_mark(present, line)
        elif not found and (line.startswith("# ") or line == "#"):
            continue
        elif line and not begins_command:
            present.steps[-1] = ("code", f"{present.steps[-1][1]}\n{line}")
            continue
        elif line:
            present.steps.append(("code", line))
            begins_command = False
            continue
        begins_command = True
    return found


def named(board: str) -> tuple[str, ...]:
    """The machines of a board ("v1") or that machine ("v1-1.1.1"); all for ""."""
    return tuple(m for m in MACHINES if not board or m == board or m.startswith(f"{board}-"))


def _read_mark(behaviour: Behaviour, line: str) -> None:
    """A line that begins with "!" or "="."""
    mark, _, rest = line.partition(" ")
    machines = named(mark[1:])
    if not machines:
        raise ValueError(
            f"{behaviour}: {line!r} does not name a board. Write v1 or v2 after {mark[0]!r}."
        )
    if mark[0] == "=":
        for machine in machines:
            behaviour.expected[machine].append(rest.rstrip())
    elif rest.startswith("xfail "):
        behaviour.xfail.update(dict.fromkeys(machines, rest.removeprefix("xfail ")))
    elif rest.startswith("only "):
        behaviour.machines = named(rest.removeprefix("only "))
    elif rest.startswith("not on QEMU: "):
        behaviour.not_on_qemu = rest.removeprefix("not on QEMU: ")
    else:
        behaviour.steps.append(("action", rest))
