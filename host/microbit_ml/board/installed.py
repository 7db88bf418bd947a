"""Installed files: what is on a board that runs MicroPython, and replacing old files by new ones.

MicroPython on the micro:bit cannot rename a file, so :func:`install` takes these steps:

1. write each new file beside the old one (``model.bin.new``) and check it there; make sure that
   there is room for the copies;
2. write an empty file ``.new``, which means that everything is ready;
3. let the board copy each new file over the old one by itself, with no need for the laptop;
4. check the copies, then remove ``.new``, then the new files.

If anything fails before step 2, the old files are complete and stay in use. After it the new ones
are: when a board with ``.new`` starts, its ``loader.py`` does steps 3 and 4.

Two gaps remain. Without ``main.py`` a board never gets to ``loader.py``, and for about a tenth of a
second in step 3 there is no complete copy of it; if the power fails just then, the next flash
finishes the job. And MicroPython sometimes tidies up its file system, moving whole pages of flash;
a power failure during that can lose files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from microbit_ml.board.answers import (
    DISTURBED,
    MOST_FILES,
    NAME_BYTES,
    AnswerError,
    Bytes,
    Map,
    Number,
    Question,
    Row,
    Text,
)
from microbit_ml.board.repl import BoardGoneError, BoardProgramError, RawRepl
from microbit_ml.board.upload import (
    ATTEMPTS,
    CHUNK_BYTES,
    MOST_FILE_BYTES,
    RETRY_S,
    WHOLE,
    BoardFullError,
    checksum_of,
    file_names,
    file_state,
    is_full,
    put_file,
    restart,
)
from microbit_ml.errors import BoardError
from microbit_ml.quantize import MAX_LABELS

NEW = ".new"
READY = ".new"  # the same text: each further text takes some of V1's memory
# loader.py does the same when the board starts.
COPY = """from os import listdir
for n in listdir():
 if n[-4:]=='.new'!=n:
  a=open(n,'rb')
  b=open(n[:-4],'wb')
  while b.write(a.read(126)):pass
  b.close()"""
# Lists the names on the board itself: one that came over the line may be garbled.
_CLEAR = """import os
if '.new' in os.listdir():os.remove('.new')
for n in os.listdir():
 if n[-4:]=='.new':
  try:os.remove(n)
  except OSError:pass"""
State = dict[str, tuple[int, int]]
CONTENTS = Question(
    "what it is and which files it has",
    Row((Text(64), Text(64), Map(Text(NAME_BYTES), Number(0, MOST_FILE_BYTES), MOST_FILES))),
)
LABELS = Question("the labels of its model", Row((Number(1, MAX_LABELS), Bytes(2**14))))


@dataclass(frozen=True)
class Contents:
    """What a board reports about itself over serial.

    machine: such as "micro:bit with nRF51822"; version: of MicroPython; files: the size of each in
    bytes; labels: those of the kit's model on it, empty when it carries none.
    """

    machine: str
    version: str
    files: dict[str, int]
    labels: tuple[str, ...]


def ask_contents(repl: RawRepl) -> Contents:
    """Ask a board what is on it. repl: has been entered. Raises BoardError."""
    machine, version, files = repl.ask(
        CONTENTS,
        "import os\nu=os.uname()\n"
        "print((u.machine,u.release,{n:os.size(n) for n in os.listdir()}))",
    )
    return Contents(machine, version, files, _labels(repl) if "model.bin" in files else ())


def _labels(repl: RawRepl) -> tuple[str, ...]:
    """The labels in a model.bin, in its last record."""
    try:
        count, names = repl.ask(
            LABELS,
            "d=open('model.bin','rb').read()\nif d[:4]!=b'mbml':raise ValueError\np=20\n"
            "while p<len(d):\n l=p\n p+=d[p+2]|d[p+3]<<8\n if p<l+4:raise ValueError\n"
            "print((d[16],d[l+4:]))\ndel d",
        )
    except BoardProgramError:
        return ()  # not a model of this kit, or one that was cut short
    labels = tuple(names.decode("utf-8", "replace").split("\0")[:count])
    if len(labels) != count or not all(labels):
        raise AnswerError(
            f"{repl.board} says that its model has {count} labels, but sent other ones. {DISTURBED}"
        )
    return labels


def install(
    repl: RawRepl,
    files: Mapping[str, bytes],
    progress: Callable[[str], None] = lambda step: None,
    state: State | None = None,
) -> list[str]:
    """Put files on a board, which always has the old or the new ones; return those that changed.

    repl: has been entered; progress: called with each step; state: a fresh result of file_state().
    After a disturbance it makes a soft reset and tries again, up to three times. Raises
    BoardFullError when the files do not fit (then nothing has changed), and BoardError when the
    board went away or does not answer as it should.
    """
    changed: list[str] = []
    end = repl.clock() + RETRY_S
    for attempt in range(ATTEMPTS):
        try:
            if attempt:
                progress("the line was disturbed, trying again")
                restart(repl)
                state = None
            if _finish_earlier(repl):
                state = None
            _install_once(repl, files, changed, progress, state)
            break
        except (BoardGoneError, BoardFullError):
            raise
        except BoardError:
            if attempt == ATTEMPTS - 1 or repl.clock() > end:
                raise
    return changed


def differing(state: State, files: Mapping[str, bytes]) -> list[str]:
    """The files that are missing on the board, or differ there."""
    return [
        name
        for name, content in files.items()
        if state.get(name) != (len(content), checksum_of(content))
    ]


def _finish_earlier(repl: RawRepl) -> bool:
    """Finish an earlier upload, or discard it; return whether files have changed."""
    names = file_names(repl)
    if READY in names:
        repl.exec(COPY)
    _clear(repl)
    return READY in names


def _clear(repl: RawRepl) -> None:
    """Remove READY first: without it the new files mean nothing."""
    repl.exec(_CLEAR)


def _install_once(
    repl: RawRepl,
    files: Mapping[str, bytes],
    changed: list[str],
    progress: Callable[[str], None],
    state: State | None,
) -> None:
    state = state or file_state(repl, files)
    outdated = differing(state, files)
    changed += [name for name in outdated if name not in changed]
    if not outdated:
        return
    try:
        for name in outdated:
            progress(f"sending {name}, {len(files[name]):,} bytes")
            put_file(repl, name + NEW, files[name])
        _make_sure_of_room(repl, state, {name: files[name] for name in outdated})
    except BoardFullError:
        restart(repl)
        _clear(repl)
        raise
    repl.exec(f"open({READY!r},'wb').close()")
    repl.exec(COPY)
    progress("checking")
    wrong = differing(file_state(repl, outdated), {name: files[name] for name in outdated})
    if wrong:
        raise BoardError(
            f"The micro:bit stored {' and '.join(wrong)} incorrectly. Unplug it, plug it in and "
            "try again. If that does not help, write everything again."
        ).mended_by_flash(*WHOLE)
    _clear(repl)


def _make_sure_of_room(repl: RawRepl, state: State, files: Mapping[str, bytes]) -> None:
    """Check that there is room for the copies, which may be larger than the old files."""
    missing = 0
    for name, content in files.items():
        old = state[name][0] // CHUNK_BYTES if name in state else -1
        missing += max(0, len(content) // CHUNK_BYTES + 1 - old)
    if not missing:
        return
    try:
        repl.exec(
            f"f=open('room{NEW}','wb')\nfor i in range({missing}):f.write(bytes({CHUNK_BYTES}))\n"
            "f.close()"
        )
    except BoardProgramError as error:
        if not is_full(error):
            raise
        raise BoardFullError(
            "The file system of the micro:bit has no room for the new files beside the old ones. "
            "Everything on the board is still there. Delete files that you do not need, or write "
            "everything again."
        ).mended_by_flash(*WHOLE) from error
    repl.exec(f"import os\nos.remove('room{NEW}')")
