"""The kit's launcher for a model: what it shows on the board for each label, and how it rests.

Without icons, ``main.py`` shows as many letters of a name as tell the labels apart, which costs V1
no memory. With icons, it calls ``show()`` of ``firmware/icons.py``, which reads two files:

- ``icons``: 25 bytes for each label. LEDs from 0 to 9 row by row; or letters, filled up with the
  dot on which the display rests;
- ``sounds``, where the board has a speaker: 12 bytes for each label, the name of a sound, filled up
  with spaces to 10, and how long it lasts, in tenths of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from microbit_ml.recordings.faces import SIDE, Face, Faces
from microbit_ml.recordings.pictures import SOUNDS

MAIN, ANSWER, ICONS_FILE, SOUNDS_FILE = "main.py", "answer.py", "icons", "sounds"
LAUNCHER_FILES = (MAIN, ANSWER, ICONS_FILE, SOUNDS_FILE)
ICON_BYTES = SIDE * SIDE
REST = "."  # the display rests on this letter: one LED
SPEAKER = b"# speaker"  # marks the lines of icons.py that need one
_SHOW = b'display.show(name + ".", delay=400, wait=False)'
_IMPORT = b"from microbit import display\n"
_FROM = b"from microbit import "
_SPEAKERS = _FROM + b"Sound, audio"
_FIRST_REST = b'display.show(".")\n'


def launcher(
    folder: Path, labels: Sequence[str], faces: Faces, has_speaker: bool
) -> dict[str, bytes]:
    """The launcher's files, with comments.

    folder: of the firmware; labels: of the model, [] for the launcher as it is in the repository;
    faces: the icon and sound of each label that has one.
    """
    main, answer = ((folder / name).read_bytes() for name in (MAIN, ANSWER))
    if not labels:
        return {MAIN: main, ANSWER: answer}
    own = [faces.get(label, Face()) for label in labels]
    if not any(face.icon or (face.sound and has_speaker) for face in own):
        return {MAIN: _shortened(main, n_letters(labels)), ANSWER: answer}
    has_sounds = has_speaker and any(face.sound for face in own)
    icons = (folder / "icons.py").read_bytes()
    files = {
        MAIN: _with_icons(main),
        ANSWER: _joined(answer, icons if has_sounds else _without_speaker(icons)),
        ICONS_FILE: b"".join(
            _picture(face, label[: n_letters(labels)])
            for face, label in zip(own, labels, strict=True)
        ),
    }
    if has_sounds:
        files[SOUNDS_FILE] = b"".join(_sound(face.sound) for face in own)
    return files


def n_letters(labels: Sequence[str]) -> int:
    """With how many first letters all labels differ; 1 at least."""
    return next(
        (n for n in range(1, 256) if len({label[:n] for label in labels}) == len(labels)), 1
    )


def _shortened(main: bytes, n: int) -> bytes:
    if _SHOW not in main:
        raise AssertionError("firmware/main.py shows names in another way")
    return main.replace(_SHOW, _SHOW.replace(b"name", b"name[:%d]" % n))


def _with_icons(main: bytes) -> bytes:
    for line in (_SHOW, _IMPORT, _FIRST_REST):
        if line not in main:
            raise AssertionError(f"firmware/main.py has no line {line!r}")
    main = main.replace(_IMPORT, b"").replace(_FIRST_REST, b"")
    main = main.replace(b"import listen", b"import listen, show")
    return main.replace(_SHOW, b"show(recognizer.detected)")


def _without_speaker(icons: bytes) -> bytes:
    return b"".join(row for row in icons.splitlines(keepends=True) if SPEAKER not in row)


def _joined(answer: bytes, icons: bytes) -> bytes:
    """Both as one module; one statement imports what both need, to save V1's memory."""
    for part in (answer, icons):
        if part.count(_FROM) - part.count(_SPEAKERS) != 1:
            raise AssertionError("answer.py and icons.py import from microbit once")
    begin, _, rest = icons.partition(_FROM)
    names, _, rest = rest.partition(b"\n")
    return answer.replace(_FROM, _FROM + names + b", ") + begin + rest


def _sound(name: str) -> bytes:
    return f"{name:<10}{SOUNDS.get(name, 0) // 100:02d}".encode("ascii")


def _picture(face: Face, letters: str) -> bytes:
    if face.icon:
        return bytes(int(led) for row in face.rows for led in row)
    shown = "".join(one if one.isascii() and one.isprintable() else "?" for one in letters)
    return shown[: ICON_BYTES - 1].encode("ascii").ljust(ICON_BYTES, REST.encode("ascii"))
