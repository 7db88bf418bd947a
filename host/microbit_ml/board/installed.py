"""Installed: what is on a board that runs MicroPython, and new files in the place of old ones.

MicroPython on the micro:bit cannot rename a file, so :func:`install` goes these steps:

1. each new file is written beside the old one (``model.bin.new``) and checked there; there is room
   for the copies;
2. an empty file ``.new`` says that everything is ready;
3. the board copies each new file to its place by itself: no laptop and no cable is needed;
4. the copies are checked, then ``.new`` goes, then the new files.

Whatever happens before step 2, the old files count and are whole. From then on the new ones do:
when a board with ``.new`` starts, its ``loader.py`` does steps 3 and 4.

What that cannot guarantee: ``main.py`` itself, without which a board does not come to
``loader.py``. It is without a whole copy for about a tenth of a second in step 3, and only if the
power fails within it; the next flash then finishes what was begun. And MicroPython tidies up its
file system now and then, which moves whole pages of flash: nobody knows what remains when the
power fails within that.
"""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from microbit_ml.board.repl import BoardGoneError, BoardProgramError, RawRepl
from microbit_ml.board.upload import (
    ATTEMPTS,
    CHUNK_BYTES,
    BoardFullError,
    checksum_of,
    file_names,
    file_state,
    is_full,
    put_file,
    restart,
)
from microbit_ml.errors import BoardError

NEW = ".new"
READY = ".new"  # the same text: each one takes V1's memory
# What loader.py does too, when the board starts.
COPY = """from os import listdir
for n in listdir():
 if n[-4:]=='.new'!=n:
  a=open(n,'rb')
  b=open(n[:-4],'wb')
  while b.write(a.read(126)):pass
  b.close()"""
# On the board, where a name that arrived garbled is still the same text.
_CLEAR = """import os
if '.new' in os.listdir():os.remove('.new')
for n in os.listdir():
 if n[-4:]=='.new':
  try:os.remove(n)
  except OSError:pass"""
State = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Contents:
    """What a board says of itself over serial.

    machine: such as "micro:bit with nRF51822"; version: of MicroPython; files: size in bytes of
    each; labels: of the kit's model on it, none when there is no such model.
    """

    machine: str
    version: str
    files: dict[str, int]
    labels: tuple[str, ...]


def ask_contents(repl: RawRepl) -> Contents:
    """Ask a board what is on it. repl: has been entered. Raises BoardError."""
    answer = repl.exec(
        "import os\nu=os.uname()\nprint((u.machine,u.release,{n:os.size(n) for n in os.listdir()}))"
    )
    try:
        machine, version, files = literal_eval(answer.strip())
        labels = _labels(repl) if "model.bin" in files else ()
    except (ValueError, SyntaxError, TypeError) as error:
        raise BoardError(
            f"The micro:bit told something else than what is on it ({answer.strip()[:60]!r}). "
            "Close other programs that use its serial port, then try again."
        ) from error
    return Contents(machine, version, files, labels)


def _labels(repl: RawRepl) -> tuple[str, ...]:
    """The names in a model.bin, whose last record they are."""
    try:
        answer = repl.exec(
            "d=open('model.bin','rb').read()\nif d[:4]!=b'mbml':raise ValueError\np=20\n"
            "while p<len(d):\n l=p\n p+=d[p+2]|d[p+3]<<8\nprint((d[16],d[l+4:]))\ndel d"
        )
    except BoardProgramError:
        return ()  # not a model of this kit, or one that was cut short
    count, names = literal_eval(answer.strip())
    return tuple(names.decode("utf-8", "replace").split("\0")[:count])


def install(
    repl: RawRepl,
    files: Mapping[str, bytes],
    tell: Callable[[str], None] = lambda text: None,
    state: State | None = None,
) -> list[str]:
    """Put files on a board so that it always has the old or the new ones; those that changed.

    repl: has been entered; tell: is told each step; state: what file_state() said just now. What
    disturbs it is met by a soft reset and another try, three in all. Raises BoardFullError when
    they do not fit (nothing has changed then), and BoardError when the board went away or does not
    answer as it should.
    """
    changed: list[str] = []
    for attempt in range(ATTEMPTS):
        try:
            if attempt:
                tell("something disturbed the line: once more")
                restart(repl)
                state = None
            if _finish_earlier(repl):
                state = None
            _install_once(repl, files, changed, tell, state)
            break
        except (BoardGoneError, BoardFullError):
            raise
        except BoardError:
            if attempt == ATTEMPTS - 1:
                raise
    return changed


def differing(state: State, files: Mapping[str, bytes]) -> list[str]:
    """Those of the files that are not on the board, or with another content."""
    return [
        name
        for name, content in files.items()
        if state.get(name) != (len(content), checksum_of(content))
    ]


def _finish_earlier(repl: RawRepl) -> bool:
    """Bring to its end what an earlier upload began, or forget it; whether files have changed."""
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
    tell: Callable[[str], None],
    state: State | None,
) -> None:
    state = state or file_state(repl, files)
    wanted = differing(state, files)
    changed += [name for name in wanted if name not in changed]
    if not wanted:
        return
    try:
        for name in wanted:
            tell(f"sending {name}, {len(files[name]):,} bytes")
            put_file(repl, name + NEW, files[name])
        _make_sure_of_room(repl, state, {name: files[name] for name in wanted})
    except BoardFullError:
        restart(repl)
        _clear(repl)
        raise
    repl.exec(f"open({READY!r},'wb').close()")
    repl.exec(COPY)
    tell("checking")
    wrong = differing(file_state(repl, wanted), files={name: files[name] for name in wanted})
    if wrong:
        raise BoardError(
            f"The micro:bit wrote {' and '.join(wrong)} wrongly. Unplug it, plug it in and try "
            "again; if it happens again, put everything on it anew: microbit-ml flash --how drive"
        )
    _clear(repl)


def _make_sure_of_room(repl: RawRepl, state: State, files: Mapping[str, bytes]) -> None:
    """The copies take the room of the old files: is there enough where they are larger?"""
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
            "What was on the board is still there. Remove files that you do not need, or put "
            "everything on it anew: microbit-ml flash MODEL --how drive"
        ) from error
    repl.exec(f"import os\nos.remove('room{NEW}')")
