"""What reads files, and a sound file for each: the corpus that mutations start from.

Each reader is a command of the kit, run in the process that calls :func:`attack`, with what it
prints kept: a traceback, an escape for the terminal, a hang or too much memory is a finding.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import resource
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import makecode
import numpy as np
from mutations import mutated

import microbit_ml as mb
from microbit_ml.board.drives import BoardDrive, drives_among
from microbit_ml.board.flash import FlashError, read_failure
from microbit_ml.cli import main
from microbit_ml.console.explained import explained
from microbit_ml.console.screen import say
from microbit_ml.lessons.progress import Progress
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.archive import write_zip
from microbit_ml.recordings.formats.npz import write_npz
from microbit_ml.recordings.formats.writing import FORMATS, write_file

HANG_S = 10  # of the processor
WAITS_S = 120  # on the clock
MOST_BYTES = 500 * 2**20
# What a terminal obeys or what turns a line round: never printed raw. Line feeds are the kit's own.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True)
class Reader:
    """name: of the input; file: where it is written, inside a fresh folder; kinds: of damage;
    commands: what reads it.
    """

    name: str
    file: str
    kinds: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]


_IMPORT = (("import", "INPUT", "--into", "new"),)
_SHOW = (("show", "data"),)
_MODEL = (("predict", "m.mbml", "data"), ("build", "m.mbml", "-o", "m.hex"),
          ("evaluate", "m.mbml", "data"), ("report", "m.mbml", "data", "-o", "page.html"),
          ("train", "data", "--from", "m.mbml", "-o", "new.mbml", "--steps", "5", "--copies", "0",
           "--negatives", "20"))  # fmt: skip
READERS = (
    Reader("recording", "one.csv", ("bytes", "text"), _IMPORT),
    Reader("table", "table.csv", ("bytes", "text"), _IMPORT),
    Reader("log", "MY_DATA.HTM", ("bytes", "text"), _IMPORT),
    Reader("createai", "createai.json", ("json", "bytes", "text"), _IMPORT),
    Reader("project-hex", "project.hex", ("text", "bytes"), _IMPORT),
    Reader("ml-machine", "ml.json", ("json", "text"), _IMPORT),
    Reader("edge-impulse", "edge.json", ("json", "text"), _IMPORT),
    Reader("edge-impulse-zip", "edge.zip", ("zip",), _IMPORT),
    Reader("zip", "data.zip", ("zip", "bytes"), _IMPORT),
    Reader("npz", "data.npz", ("arrays", "bytes"), _IMPORT),
    Reader("notes", "data/dataset.json", ("json", "text", "bytes"), _SHOW),
    Reader("journal", "data/recordings.jsonl", ("text", "bytes"), _SHOW),
    Reader("csv-in-folder", "data/shake/shake-01.csv", ("text", "bytes"), _SHOW),
    Reader("model", "m.mbml", ("model", "bytes"), _MODEL),
    Reader("prototypes", "knn.mbml", ("model", "bytes"),
           tuple(tuple(one.replace("m.mbml", "knn.mbml") for one in c) for c in _MODEL[:-1])),
    Reader("tree", "tree.mbml", ("model", "bytes"),
           tuple(tuple(one.replace("m.mbml", "tree.mbml") for one in c) for c in _MODEL[:-1])),
    Reader("hex", "m.hex", ("text", "bytes"), (("virtual", "v1", "m.hex", "--seconds", "0.01"),)),
    Reader("program", "game.py", ("text", "bytes"),
           (("build", "m.mbml", "--program", "game.py", "-o", "new.hex"),)),
    Reader("fail", "FAIL.TXT", ("text", "bytes"), (("CALL", "read_failure"),)),
    Reader("details", "DETAILS.TXT", ("text", "bytes"), (("CALL", "find_drives"),)),
    Reader("progress", "lessons.json", ("json", "text", "bytes"), (("CALL", "read_progress"),)),
)  # fmt: skip


def find_drives() -> None:
    """What is in DETAILS.TXT of a board's drive, which is the current folder."""
    for one in drives_among([(Path(), "MICROBIT")]):
        say(f"{one.unique_id} {one.interface_version} {one.board}")


def refused() -> None:
    """What is in FAIL.TXT, as ``flash`` says it."""
    if failure := read_failure(Path()):
        raise FlashError(BoardDrive(Path()), failure)


def read_progress() -> None:
    """How far a pupil is, as ``lesson`` reads it."""
    progress = Progress(Path("lessons.json"), say)
    progress.note(1, progress.of(1))


CALLS = {"read_failure": refused, "find_drives": find_drives, "read_progress": read_progress}


@lru_cache(maxsize=1)
def sound() -> Path:
    """A folder with a sound file of every kind; made once, and left for the process's life."""
    folder = Path(tempfile.mkdtemp(prefix="attack-sound-"))
    data = mb.simulate(["shake", "still"], people=2, repeats=2, seed=1)
    data.save(folder / "data")
    min((folder / "data" / "shake").iterdir()).rename(folder / "data" / "shake" / "shake-01.csv")
    model = mb.train(data, steps=20, copies=1, negatives=30)
    model.save(folder / "m.mbml")
    mb.train(data, kind="knn", copies=1, negatives=30).save(folder / "knn.mbml")
    mb.train(data, kind="tree", copies=1, negatives=30).save(folder / "tree.mbml")
    (folder / "m.hex").write_text(model.hex(), encoding="ascii")
    (folder / "game.py").write_text("from gesture import Recognizer\nprint('a')\n")
    first = data.recordings[0]
    shutil.copy(folder / "data" / "shake" / "shake-01.csv", folder / "one.csv")
    rows = [f"{t:g};{x};{y};{z};shake" for t, (x, y, z) in zip(first.time_ms, first.samples)]
    (folder / "table.csv").write_text("time_ms;x;y;z;label\n" + "\n".join(rows) + "\n")
    lines = ["Time (seconds),x,y,z", *(f"{i * 0.02:.2f},1,2,{i}" for i in range(60))]
    (folder / "MY_DATA.HTM").write_text("\n".join(lines) + "\n")
    write_zip(data, folder / "data.zip")
    write_npz(data, folder / "data.npz")
    for name, file in (("createai", "createai.json"), ("ml-machine", "ml.json"),
                       ("edge-impulse", "edge.zip")):  # fmt: skip
        if name in FORMATS:
            write_file(data, folder / file, name)
    project = {"dataset.json": (folder / "createai.json").read_text(encoding="utf-8")}
    project_hex = makecode.in_flash(makecode.source(project))
    (folder / "project.hex").write_text(project_hex, encoding="ascii")
    (folder / "FAIL.TXT").write_text(
        "# DAPLink Firmware\r\nerror: The transfer timed out.\r\ntype: user, transient\r\n"
    )
    (folder / "DETAILS.TXT").write_text(
        "Unique ID: 9904360258994e45003c201e0000003c000000009796990b\r\n"
        "Interface Version: 0257\r\nDAPLink Mode: Interface\r\n"
    )
    (folder / "lessons.json").write_text(
        '{"version": 1, "lessons": {"3": {"step": 5, "done": false, "attempts": [1, null, 2]}}}'
    )
    (folder / "edge.json").write_text(json.dumps(_edge_impulse(first.samples)))
    return folder


def _edge_impulse(samples: np.ndarray) -> dict:
    return {
        "protected": {"ver": "v1", "alg": "none"},
        "signature": "0" * 64,
        "payload": {
            "device_type": "MICROBIT",
            "interval_ms": 20,
            "sensors": [{"name": name, "units": "m/s2"} for name in ("accX", "accY", "accZ")],
            "values": (samples * 9.80665 / 1024).tolist(),
        },
    }


class Hang(BaseException):
    """A command took longer than it may."""


@dataclass
class Finding:
    """What went wrong, and how to do it again."""

    reader: str
    kind: str
    seed: int
    command: str
    what: str

    def __str__(self) -> str:
        return f"{self.reader} {self.kind} {self.seed}: {self.command}: {self.what[-600:]}"


def attack(reader: Reader, kind: str, seed: int) -> list[Finding]:
    """Damage the reader's file and run its commands; what is wrong with how they end."""
    content = mutated(kind, (sound() / reader.file).read_bytes(), seed)
    with tempfile.TemporaryDirectory(prefix="attack-") as name:
        folder = Path(name)
        if reader.file.startswith("data/") or reader.file.endswith(".mbml"):
            shutil.copytree(sound() / "data", folder / "data")
        if reader.name == "program":
            shutil.copy(sound() / "m.mbml", folder)
        (folder / reader.file).write_bytes(content)
        found = []
        for command in reader.commands:
            arguments = [reader.file if one == "INPUT" else one for one in command]
            what = run(arguments, folder)
            if not what and command[0] == "import" and (folder / "new" / "dataset.json").exists():
                what = _not_sound(folder / "new")
            if what:
                found.append(Finding(reader.name, kind, seed, " ".join(arguments), what))
        return found


def _not_sound(folder: Path) -> str:
    """What is wrong with a data set that an import said it has made."""
    try:
        data = Dataset.load(folder)
    except Exception as error:
        return f"the import made a data set that cannot be read: {error}"
    if not data.rate_hz > 0 or not all(np.isfinite(one.time_ms).all() for one in data):
        return "the import made numbers that are none"
    return ""


def run(arguments: Sequence[str], folder: Path) -> str:
    """Run a command in the folder; what is wrong with how it ended, or ""."""
    out, err = io.StringIO(), io.StringIO()
    before, began = _peak(), time.monotonic()
    where = Path.cwd()
    os.chdir(folder)
    try:
        with _alarm(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            called = CALLS[arguments[1]] if arguments[0] == "CALL" else None
            code = explained(called) if called else main([*arguments])
    except Hang:
        return f"it hangs: more than {HANG_S} s"
    except BaseException:
        return f"it does not catch: {traceback.format_exc()}"
    finally:
        os.chdir(where)
    printed = out.getvalue() + err.getvalue()
    if code not in (0, 1, 2):
        return f"exit code {code}"
    if "Traceback (most" in printed:
        return f"a traceback: {printed}"
    if found := FORBIDDEN.search(printed):
        return f"{found[0]!r} is printed raw: {printed[:300]!r}"
    if code and not err.getvalue().strip():
        return "it fails without a word"
    if len(printed) > 60_000:
        return f"{len(printed)} characters are printed"
    if _peak() - before > MOST_BYTES:
        return f"it takes {(_peak() - before) / 2**20:.0f} MB in {time.monotonic() - began:.1f} s"
    return ""


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    """Raise Hang after so much of the processor's time, or much more of the clock's.

    The processor's time counts, for a busy machine must stay green; the clock's is for what waits.
    """

    def ring(*_: object) -> None:
        raise Hang

    before = [signal.signal(one, ring) for one in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, HANG_S)
    signal.alarm(WAITS_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for one, handler in zip((signal.SIGPROF, signal.SIGALRM), before):
            signal.signal(one, handler)
