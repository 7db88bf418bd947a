"""Each verb that talks to a board, run against one that lies; what is wrong with how it ends."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
from attacked_readers import FORBIDDEN, HANG_S, MOST_BYTES, Hang, _alarm
from hostile_peer import HONEST, Lie, Peer

import microbit_ml as mb
from microbit_ml.board import boards, link
from microbit_ml.board.away import LAUNCH, header
from microbit_ml.board.ports import BoardPort
from microbit_ml.cli import main
from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.image.board_files import without_comments
from microbit_ml.recordings import Dataset

BOARD_S = 300.0  # of the board's time: no command may take longer, whatever the board does
OWN = b"print('my own program')\n"
PORT = "/dev/peer"
ODD_NAMES = ("ü.rec", "it's.rec", '""".rec', "\x1b[2J.rec", "a\\.rec", "x" * 90 + ".rec")


@dataclass(frozen=True)
class Verb:
    """A command line; files: what the board holds, by a name in :func:`board_with`."""

    name: str
    arguments: tuple[str, ...]
    files: str
    asks: tuple[str, ...]  # the kinds of questions that a lie can be about


_REPL = ("answers", "later answers", "one answer", "prompt", "restart", "value")
VERBS = (
    Verb("boards", ("boards",), "kit", (*_REPL, "contents", "labels")),
    Verb("boards --json", ("boards", "--json"), "kit", ("contents", "labels")),
    Verb("collect", ("collect", "data", "tap", "--count", "1", "--seconds", "0.2",
                     "--no-countdown"), "own",
         (*_REPL, "start", "machine", "names", "sum", "frames")),
    Verb("collect, new", ("collect", "data", "tap", "--count", "1", "--seconds", "0.2",
                          "--no-countdown"), "bare", ("write", "names", "one answer")),
    Verb("collect --away", ("collect", "data", "tap", "--away"), "own",
         (*_REPL, "sum", "write", "names", "ask:list", "ask:main", "ask")),
    Verb("collect --fetch", ("collect", "data", "--fetch"), "away",
         (*_REPL, "machine", "sum", "ask:list", "ask:read", "ask:main", "ask")),
    Verb("fetch odd names", ("collect", "data", "--fetch"), "odd", ("ask:read",)),
    Verb("watch", ("watch", "m.mbml", "--seconds", "2"), "kit", (*_REPL, "start", "frames")),
    Verb("watch --json", ("watch", "--json", "--seconds", "2"), "kit", ("start", "frames")),
    Verb("flash", ("flash", "m.mbml", "--how", "serial"), "kit",
         (*_REPL, "names", "sum", "machine", "launcher")),
    Verb("upload", ("flash", "m.mbml", "--how", "serial"), "old",
         (*_REPL, "names", "sum", "machine", "write", "launcher")),
    Verb("predict --board", ("predict", "m.mbml", "data", "--board", PORT), "kit", ("launcher",)),
    Verb("check", ("check", "--quick", "--no-questions", "-o", "page.html"), "kit",
         ("check", "value", "one answer", "start", "names")),
    Verb("check a model", ("check", "m.mbml", "--quick", "--no-questions", "--json"), "kit",
         ("later answers", "restart", "prompt", "sum", "contents")),
)  # fmt: skip


@lru_cache(maxsize=1)
def sound() -> Path:
    """A folder with a data set and two models of it."""
    folder = Path(tempfile.mkdtemp(prefix="peers-"))
    data = mb.simulate(["shake", "still", "tap"], people=2, repeats=1, seed=1)
    data.save(folder / "data")
    for name, seed in (("m", 1), ("old", 2)):
        mb.train(data, steps=10, copies=1, negatives=20, seed=seed).save(folder / f"{name}.mbml")
    return folder


@lru_cache(maxsize=1)
def model() -> mb.Model:
    return mb.Model.load(sound() / "m.mbml")


@lru_cache(maxsize=8)
def board_with(kind: str) -> dict[str, bytes]:
    """The files of a board."""
    recorder = without_comments((firmware_folder() / "recorder.py").read_bytes())
    recordings = {
        f"000{i}.rec": header("tap", "Ann") + np.arange(i, i + 30, dtype="<i2").tobytes()
        for i in (1, 2, 3)
    }
    away = {"main.py": f"{LAUNCH}50, {header('tap', 'Ann')!r})\n".encode(), "main.py.away": OWN,
            "recorder.py": recorder, **recordings}  # fmt: skip
    kit = model().board_files(board="v1")
    old = mb.Model.load(sound() / "old.mbml").device_bytes()
    return {
        "kit": kit,
        "old": kit | {"model.bin": old},
        "own": {"main.py": OWN, "recorder.py": recorder},
        "bare": {"main.py": OWN},
        "away": away,
        "odd": dict.fromkeys(ODD_NAMES, recordings["0001.rec"]) | away,
    }[kind]  # fmt: skip


@dataclass
class Ended:
    """How a run ended: what is wrong ("" when nothing is), and how many lies were told."""

    verb: str
    lie: str
    what: str
    lies: int
    code: int | None
    printed: str

    def __str__(self) -> str:
        return f"{self.verb}: {self.lie}: {self.what[-700:]}"


def attack(verb: Verb, lie: Lie = HONEST) -> Ended:
    """Run a verb against a board that lies."""
    with tempfile.TemporaryDirectory(prefix="peer-") as name:
        folder = Path(name)
        shutil.copytree(sound() / "data", folder / "data")
        shutil.copy(sound() / "m.mbml", folder)
        peer = Peer(board_with(verb.files), model(), lie)
        arguments = [*verb.arguments]
        code, printed, what = _run(arguments, folder, peer)
        what = what or _wrong_output(code, printed) or _lost(verb, peer, folder)
        return Ended(verb.name, lie.name, what, peer.lies, code, printed)


def _run(arguments: list[str], folder: Path, peer: Peer) -> tuple[int | None, str, str]:
    out, err = io.StringIO(), io.StringIO()
    before, began = _peak(), time.process_time()
    where = Path.cwd()
    os.chdir(folder)
    try:
        with (
            _plugged_in(peer),
            _alarm(),
            contextlib.redirect_stderr(err),
            contextlib.redirect_stdout(out),
        ):
            code = main(arguments)
    except Hang:
        return None, "", f"it hangs: more than {HANG_S} s, {peer.time_s:.0f} s of the board"
    except BaseException:
        return None, "", f"it does not catch: {traceback.format_exc()}"
    finally:
        os.chdir(where)
    printed = out.getvalue() + err.getvalue()
    if _peak() - before > MOST_BYTES:
        return code, printed, f"{(_peak() - before) / 2**20:.0f} MB"
    if peer.time_s > BOARD_S:
        return code, printed, f"it takes {peer.time_s:.0f} s of the board's time"
    if time.process_time() - began > HANG_S:
        return code, printed, "it takes too long"
    return code, printed, ""


def _wrong_output(code: int | None, printed: str) -> str:
    if code not in (0, 1):
        return f"exit code {code}: {printed}"
    if "microbit_ml/" in printed and "Traceback" in printed:
        return f"a traceback of ours: {printed}"
    if found := FORBIDDEN.search(printed):
        return f"{found[0]!r} is printed raw: {printed[:300]!r}"
    if code and not printed.strip():
        return "it fails without a word"
    if len(printed) > 60_000:
        return f"{len(printed)} characters are printed"
    return ""


def _lost(verb: Verb, peer: Peer, folder: Path) -> str:
    """What was on the disk or on the board before and is not any more."""
    for path in (sound() / "data").rglob("*.csv"):
        now = folder / path.relative_to(sound())
        if not now.exists() or now.read_bytes() != path.read_bytes():
            return f"{now} is lost"
    samples = {one.samples.tobytes() for one in Dataset.load(folder / "data")}
    before, after = board_with(verb.files), peer.files
    for name, content in before.items():
        if name.endswith(".rec") and after.get(name) != content and content[12:] not in samples:
            return f"{name} is lost on the board"
    if OWN in before.values() and OWN not in (after.get("main.py"), after.get("main.py.away")):
        return "the board's own program is lost"
    if verb.files in ("kit", "old"):
        new, ready = board_with("kit"), ".new" in after
        for name in before:
            right = (before[name], new[name])
            if not (after.get(name) in right or (ready and after.get(f"{name}.new") in right)):
                return f"{name} is lost on the board"
    return ""


@contextlib.contextmanager
def _plugged_in(peer: Peer) -> Iterator[None]:
    """The peer is the only board that is plugged in, and its clock the only one."""
    from microbit_ml.deploy import predict

    def opened(device: str) -> Peer:
        assert device == PORT
        return peer

    with contextlib.ExitStack() as stack:

        def patch(*arguments: object) -> None:
            stack.enter_context(mock.patch.object(*arguments))  # type: ignore[call-overload]

        patch(boards, "find_ports", lambda: [BoardPort(PORT, "9900" + "0" * 44)])
        patch(boards, "find_drives", lambda: [])
        patch(link, "open_port", opened)
        patch(link, "time", SimpleNamespace(monotonic=peer.clock))
        if hasattr(predict, "open_port"):
            patch(predict, "open_port", opened)
            remote = predict.RemoteRecognizer
            patch(
                predict,
                "RemoteRecognizer",
                lambda port, layout, name: remote(port, layout, peer.clock, name),
            )
        yield


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
