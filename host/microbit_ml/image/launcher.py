"""The kit's launcher for a model: what it shows on the board for each label, and how it rests.

Without icons, ``main.py`` shows as many letters of a name as tell the labels apart, which costs V1
no memory. With icons or sounds, it calls ``show()`` of ``firmware/icons.py``, which reads

- ``icons``: 25 bytes for each label. LEDs from 0 to 9 row by row; or letters, filled up with the
  dot on which the display rests;

and with sounds, on boards that have a speaker, ``firmware/play.py`` reads

- ``sounds``: 12 bytes for each label, the name of a sound, filled up with spaces to 10, and how
  long it lasts, in tenths of a second.

The files are the same on all boards, or else the Python Editor could not open a hex of the kit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from microbit_ml.recordings.faces import SIDE, Face, Faces
from microbit_ml.recordings.pictures import SOUNDS

MAIN, ANSWER, ICONS_FILE = "main.py", "answer.py", "icons"
SPEAKER_FILES = (PLAY, SOUNDS_FILE) = "play.py", "sounds"  # of no use without a speaker
LAUNCHER_FILES = (MAIN, ANSWER, ICONS_FILE, *SPEAKER_FILES)
ICON_BYTES = SIDE * SIDE
REST = "."  # the display rests on this letter: one LED
SOUND = b"# sound"  # marks the lines of icons.py that are for sounds
_SHOW = b'display.show(name + ".", delay=400, wait=False)'
_IMPORT = b"from microbit import display\n"
_FROM = b"from microbit import "
_FIRST_REST = b'display.show(".")\n'


def launcher(folder: Path, labels: Sequence[str], faces: Faces) -> dict[str, bytes]:
    """The launcher's files, with comments. A board without a speaker does without SPEAKER_FILES.

    folder: of the firmware; labels: of the model, [] for the launcher as it is in the repository;
    faces: the icon and sound of each label that has one.
    """
    main, answer, icons, play = (
        (folder / name).read_bytes() for name in (MAIN, ANSWER, "icons.py", PLAY)
    )
    if not labels:
        return {MAIN: main, ANSWER: answer}
    own = [faces.get(label, Face()) for label in labels]
    if not any(face.icon or face.sound for face in own):
        return {MAIN: _shortened(main, n_letters(labels)), ANSWER: answer}
    has_sounds = any(face.sound for face in own)
    files = {
        MAIN: _with_icons(main),
        ANSWER: _joined(answer, icons if has_sounds else _without_sound(icons)),
        ICONS_FILE: b"".join(
            _picture(face, label[: n_letters(labels)])
            for face, label in zip(own, labels, strict=True)
        ),
    }
    if has_sounds:
        files[PLAY] = play
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


def _without_sound(icons: bytes) -> bytes:
    return b"".join(row for row in icons.splitlines(keepends=True) if SOUND not in row)


def _joined(answer: bytes, icons: bytes) -> bytes:
    """Both as one module; one statement imports what both need, to save V1's memory.

    With show() first, V1 has a larger block left for the model than with listen() first.
    """
    for part in (answer, icons):
        if part.count(b"\n" + _FROM) != 1:
            raise AssertionError("answer.py and icons.py import from microbit once")
    begin, _, rest = icons.partition(_FROM)
    names, _, show = rest.partition(b"\n")
    head, _, rest = answer.partition(_FROM)
    own_names, _, listen = rest.partition(b"\n")
    return begin + head + _FROM + names + b", " + own_names + b"\n" + show + listen


def _sound(name: str) -> bytes:
    return f"{name:<10}{SOUNDS.get(name, 0) // 100:02d}".encode("ascii")


def _picture(face: Face, letters: str) -> bytes:
    if face.icon:
        return bytes(int(led) for row in face.rows for led in row)
    shown = "".join(one if one.isascii() and one.isprintable() else "?" for one in letters)
    return shown[: ICON_BYTES - 1].encode("ascii").ljust(ICON_BYTES, REST.encode("ascii"))
