"""Recordings that a board makes and stores on its own, away from the laptop.

:func:`send_away` makes ``firmware/recorder.py`` the program that starts at power-on; the board's
own main.py is kept beside it, as ``main.py.away``, until :func:`bring_back`.

A micro:bit cannot rename a file, so main.py cannot be replaced in one step. But at every moment the
old program is complete in main.py or in main.py.away: main.py is not touched before its copy has
been read back, and main.py.away is not removed before main.py has been. (A file that was not closed
reads back empty, so one that is not empty is complete.) One gap remains: if the cable is pulled out
in the second in which main.py itself is written, the board starts without a program. The next
``collect --away`` or ``--fetch`` repairs that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np

from microbit_ml.board.answers import (
    MOST_FILES,
    NAME_BYTES,
    AnswerError,
    Bytes,
    Many,
    Number,
    Question,
    Text,
    shown,
)
from microbit_ml.board.recorder import install
from microbit_ml.board.repl import BoardGoneError, BoardProgramError, RawRepl
from microbit_ml.board.upload import (
    DEFINE_SUM,
    RETRY_S,
    BoardFullError,
    checksum_of,
    file_state,
    is_full,
    put_file,
    restart,
)
from microbit_ml.errors import BoardError, DataError, SettingError
from microbit_ml.recordings.recording import Recording

MAIN, OLD_MAIN = "main.py", "main.py.away"
SUFFIX = ".rec"
LAUNCH = "import recorder\nrecorder.away("  # the start of the recorder's main.py
MARK = b"mbr1"  # starts a stored recording; label and subject follow, each after its length
LONGEST_TEXT = 60  # bytes of label and subject together: they go into one line of main.py
LONGEST_SECONDS = 10  # all that V1 has memory for
MOST_FILE_BYTES = 2**14  # all the memory of a V1; a recording of 10 s has 3 KB
FETCH_S = 60.0  # for one file; 3 KB take V1 5 s
_CHUNK_BYTES = 64  # fetched at a time
_PLAIN = re.compile(r"[ !#-&(-\[\]-~]{1,60}")  # a name that is safe in a command, and fits into it
_LIST = Question("the names of its recordings", Many(Text(NAME_BYTES), MOST_FILES))
_CHUNK = Question("the next bytes of a recording", Bytes(_CHUNK_BYTES))
_MAIN_BEGIN = Question("the beginning of its program", Bytes(len(LAUNCH)))
_DONE = Question("a sign that it is done", Number(0, 1))
# What a board checks by itself before it removes or replaces a file: no answer can talk the laptop
# into losing one. A file that was not closed reads back empty.
_OWN_MAIN = f"open({MAIN!r},'rb').read({len(LAUNCH)})not in(b'',{LAUNCH.encode()!r})"
_NO_OLD_MAIN = f"{OLD_MAIN!r} not in os.listdir()or not open({OLD_MAIN!r},'rb').read(1)"
_NO_OWN_MAIN = f"{MAIN!r} not in os.listdir()or not {_OWN_MAIN}"
_REPLACEABLE_MAIN = f"{_NO_OWN_MAIN} or not({_NO_OLD_MAIN})"
_REMOVE = """import os
n={name!r}
r=1
if n in os.listdir():
 r=0
 if {condition}:
  os.remove(n)
  r=1"""
_COPY = """import os
if not({condition}):raise ValueError
a=open({source!r},'rb')
b=open({copy!r},'wb')
while 1:
 c=a.read(126)
 if not c:break
 b.write(c)
b.close()
r=1"""
_ASK = """def k(b):
 s=0
 for x in b:s=(s*251+x)%4000037
 return s
c={code}
if k(c)=={checksum}:
 exec(c)
 r=repr(r)
 print(k(bytes(r,'ascii')),r)"""

_Result = TypeVar("_Result")


def send_away(repl: RawRepl, label: str, subject: str, length: int) -> None:
    """Let the board record by itself: ``length`` samples whenever button A is pressed.

    repl: has been entered. Recordings already on the board stay. Raises BoardFullError when the
    recorder, or a copy of the board's program, does not fit; the board then keeps its own program.
    """
    head = header(label, subject)
    again(repl, lambda: install(repl))
    try:
        again(repl, lambda: _keep_main(repl))
        program = f"{LAUNCH}{length}, {head!r})\n".encode("ascii")
        put_file(repl, MAIN, program, _REPLACEABLE_MAIN)
    except BoardGoneError:
        raise
    except BaseException:  # also Ctrl-C: the copy of the board's program is complete
        with suppress(BoardError):
            restart(repl)
            bring_back(repl)
        raise


def bring_back(repl: RawRepl) -> None:
    """Give the board its own program back, unless it has it already.

    repl: has been entered. Raises BoardError when the serial line is disturbed.
    """
    again(repl, lambda: _restore_main(repl))


def stored_names(repl: RawRepl) -> list[str]:
    """The files of the recordings that the board holds, the oldest first."""
    code = f"import os\nr=[n for n in os.listdir() if n[-4:]=={SUFFIX!r}]"
    return sorted(set(again(repl, lambda: ask(repl, _LIST, code))))


def read(repl: RawRepl, name: str) -> bytes:
    """The content of a recording's file, each chunk with a checksum that the board computes.

    Raises DataError for a file that no recorder has named or that is too large, and BoardError when
    the board does not answer in time.
    """
    if not _PLAIN.fullmatch(name):
        raise DataError(
            f"The file {name!r} on the micro:bit was left there: the recorder gives no such names. "
            "Rename or delete it in a MicroPython editor."
        )
    return again(repl, lambda: _read(repl, name))


def fetch(repl: RawRepl, name: str, board: str) -> Recording | None:
    """Read a recording from the board, each chunk with a checksum that the board computes.

    None for an empty file: the board was switched off while it wrote it.
    Raises DataError for a file that the recorder did not write.
    """
    content = read(repl, name)
    return parse(content, name, board) if content else None


def remove(repl: RawRepl, name: str) -> None:
    """Remove a file from the board, if it is there."""
    again(repl, lambda: _remove(repl, name))


def remove_same(repl: RawRepl, name: str, content: bytes) -> bool:
    """Remove a file from the board if it has this content there; whether it is gone."""
    same = f"_sum(n)=={(len(content), checksum_of(content))}"

    def removed() -> bool:
        repl.exec(DEFINE_SUM)
        return bool(ask(repl, _DONE, _REMOVE.format(name=name, condition=same)))

    return again(repl, removed)


def header(label: str, subject: str) -> bytes:
    """The first bytes of a recording's file, with its label and subject.

    Raises SettingError when they are too long for the board.
    """
    texts = [text.encode("utf-8") for text in (label, subject)]
    if sum(map(len, texts)) > LONGEST_TEXT:
        raise SettingError(
            f"The label {label!r} and the name {subject!r} are too long for a board: "
            f"{sum(map(len, texts))} bytes together, and {LONGEST_TEXT} at most. Shorten them."
        )
    return MARK + b"".join(bytes([len(text)]) + text for text in texts)


def parse(content: bytes, name: str, board: str) -> Recording:
    """The recording in a file's content: the header, then x, y, z as int16, lowest byte first.

    Raises DataError for any other content.
    """
    try:
        if not content.startswith(MARK):
            raise ValueError("wrong first bytes")
        texts = []
        offset = len(MARK)
        for _ in range(2):
            size = content[offset]
            texts.append(content[offset + 1 : offset + 1 + size].decode("utf-8"))
            offset += 1 + size
        samples = np.frombuffer(content[offset:], dtype="<i2").reshape(-1, 3)
    except (ValueError, IndexError) as error:
        raise DataError(
            f"The file {name} on the micro:bit is not a recording of this kit ({error}), so it "
            "was left there. Look at it in a MicroPython editor, or delete it there."
        ) from error
    label, subject = texts
    try:
        return Recording(
            samples,
            label,
            subject=subject,
            name=f"{label}-01",
            board=board,
            source="collect --away",
        )
    except DataError as error:
        raise DataError(f"The file {name} on the micro:bit was left there. {error}") from error


def _keep_main(repl: RawRepl) -> None:
    """Copy main.py to main.py.away, unless main.py is the recorder or was left half written."""
    if _whose_main(repl) == "own":
        _copy(repl, MAIN, OLD_MAIN, _OWN_MAIN)


def _restore_main(repl: RawRepl) -> None:
    if _whose_main(repl) == "own":
        _remove(repl, OLD_MAIN, _OWN_MAIN)
    elif _is_empty(repl, OLD_MAIN):
        _remove(repl, MAIN, f"({_NO_OWN_MAIN})and({_NO_OLD_MAIN})")  # it had no program before
        _remove(repl, OLD_MAIN, _NO_OLD_MAIN)
    else:
        _copy(repl, OLD_MAIN, MAIN, _NO_OWN_MAIN)
        _remove(repl, OLD_MAIN, f"_sum({MAIN!r})==_sum({OLD_MAIN!r})")


def _whose_main(repl: RawRepl) -> str:
    """ "own": the board's own; "away": the recorder; "none": absent, or incomplete."""
    if _is_empty(repl, MAIN):
        return "none"
    begin = ask(repl, _MAIN_BEGIN, f"f=open({MAIN!r},'rb')\nr=f.read({len(LAUNCH)})")
    return "away" if begin == LAUNCH.encode("ascii") else "own"


def _is_empty(repl: RawRepl, name: str) -> bool:
    """Whether a file is absent, or reads back empty because it was never closed."""
    code = f"import os\nn={name!r}\nr=int(n in os.listdir()and len(open(n,'rb').read(1)))"
    return not ask(repl, _DONE, code)


def _copy(repl: RawRepl, source: str, copy: str, condition: str) -> None:
    """Copy a file on the board if the condition is true there, and check the copy."""
    try:
        ask(repl, _DONE, _COPY.format(source=source, copy=copy, condition=condition))
    except BoardProgramError as error:
        if not is_full(error):
            raise
        restart(repl)
        _remove(repl, copy)
        raise BoardFullError(
            "The file system of the micro:bit is full: there is no room for a copy of its "
            f"{source}, which it needs to get its own program back later. Fetch its recordings "
            "with collect and --fetch, or flash a smaller program."
        ) from error
    state = file_state(repl, [source, copy])
    if len(state) != 2 or state[source] != state[copy]:
        raise BoardError(
            f"The copy of {source} on the micro:bit differs from the original. Try again."
        )


def _read(repl: RawRepl, name: str) -> bytes:
    content = b""
    end = repl.clock() + FETCH_S
    ask(repl, _DONE, f"f=open({name!r},'rb')\nr=1")
    while chunk := ask(repl, _CHUNK, f"r=f.read({_CHUNK_BYTES})"):
        content += chunk
        if repl.clock() > end:
            raise AnswerError(
                f"{repl.board} sent {len(content):,} bytes of {name} in {FETCH_S:g} s and has not "
                "come to the end. Press its reset button, then fetch again.",
                checked=True,
            )
        if len(content) > MOST_FILE_BYTES:
            raise DataError(
                f"The file {name} on the micro:bit was left there: it has more than "
                f"{MOST_FILE_BYTES:,} bytes, so it is not a recording. Look at it in a MicroPython "
                "editor, or delete it there."
            )
    return content


def _remove(repl: RawRepl, name: str, condition: str = "1") -> None:
    if not ask(repl, _DONE, _REMOVE.format(name=name, condition=condition)):
        raise BoardError(
            f"{repl.board} did not remove its {name}, because its program is not what it said "
            "before. Nothing is lost. Try again."
        )


def ask(repl: RawRepl, question: Question, code: str) -> Any:
    """Run ``code``, which sets r, on the board, and return r, the answer to the question.

    Raises AnswerError when r is not what the question declares, BoardError when the line is
    disturbed.

    The board runs nothing unless the code arrived as it was sent, and r comes with a checksum: a
    garbled line must not remove the wrong file, or make a program look absent.
    """
    sent = code.encode("ascii")
    command = _ASK.format(code=sent, checksum=_checksum(sent))
    answer = repl.run(command, most_bytes=question.most_bytes).strip()
    checksum, _, value = answer.partition(b" ")
    if checksum != b"%d" % _checksum(value):
        raise BoardError(
            f"{repl.board} was asked for {question.what}, but its answer was disturbed on the way: "
            f"{shown(answer)}. Close other programs that use its serial port, or change the cable, "
            "then try again."
        )
    return question.read(value.decode("utf-8", "replace"), repl.board, checked=True)


def _checksum(content: bytes) -> int:
    """The same as k() in _ASK: numbers stay below 2**30, which V1 holds in one word. (It sometimes
    divides larger ones wrongly.)"""
    total = 0
    for byte in content:
        total = (total * 251 + byte) % 4000037
    return total


def again(repl: RawRepl, action: Callable[[], _Result], attempts: int = 3) -> _Result:
    """Run ``action``, and retry after a soft reset when the line was disturbed.

    No retry when the board is gone or full, or when a wrong answer came as it was sent.
    """
    end = repl.clock() + RETRY_S
    for _ in range(attempts - 1):
        try:
            return action()
        except (BoardGoneError, BoardFullError):
            raise
        except BoardError as error:
            if (isinstance(error, AnswerError) and error.checked) or repl.clock() > end:
                raise
            restart(repl)
    return action()
