"""What a board shows and plays for each label: an icon, and on V2 a sound."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from microbit_ml.common.printable import shown
from microbit_ml.errors import DataError
from microbit_ml.recordings.pictures import IMAGES, SOUNDS

SIDE = 5  # LEDs in a row, and rows
NONE = "none"  # typed to take an icon or a sound away
_OTHER_SEPARATORS = str.maketrans("\n/, ", "::::")


@dataclass(frozen=True)
class Face:
    """A label's icon and sound.

    icon: the name of a built-in picture such as "HEART", or five rows "09090:99999:..." of LEDs
    from 0 (off) to 9; sound: the name of one of V2's sounds, such as "TWINKLE"; "" for none.
    """

    icon: str = ""
    sound: str = ""

    @classmethod
    def of(cls, icon: str = "", sound: str = "") -> Face:
        """A face from texts as people type them. Raises DataError for what no board has."""
        return cls(icon and icon_of(icon), sound and sound_of(sound))

    @property
    def rows(self) -> list[str]:
        """The icon's five rows of LEDs, [] without an icon."""
        return IMAGES.get(self.icon, self.icon).split(":") if self.icon else []

    def completed(self, other: Face) -> Face:
        """This face, with the other one's icon or sound where it has none."""
        return replace(self, icon=self.icon or other.icon, sound=self.sound or other.sound)


Faces = Mapping[str, Face]  # of labels


def icon_of(text: str) -> str:
    """The icon that was typed: a picture's name, or a pattern; "" for "none".

    A pattern may have its rows separated by ":", "/", "," or spaces, LEDs from 0 to 9, and "." for
    0. Raises DataError for anything else.
    """
    name = text.strip().upper().replace(" ", "_").replace("-", "_")
    if name.lower() == NONE:
        return ""
    if name in IMAGES:
        return name
    pattern = text.strip().strip(":").translate(_OTHER_SEPARATORS).replace(".", "0")
    if is_pattern(pattern):
        return next((name for name, rows in IMAGES.items() if rows == pattern), pattern)
    raise DataError(
        f"There is no icon {shown(text)}. {_names(name, tuple(IMAGES))} Or draw your own, such as "
        "90009:09090:00900:09090:90009, five rows of five LEDs from 0 (off) to 9."
    )


def sound_of(text: str) -> str:
    """The sound that was typed, "" for "none". Raises DataError for one that no board has."""
    name = text.strip().upper()
    if name.lower() == NONE:
        return ""
    if name not in SOUNDS:
        raise DataError(f"There is no sound {shown(text)}. {_names(name, tuple(SOUNDS))}")
    return name


def is_pattern(text: str) -> bool:
    """Whether a text is five rows of five LEDs."""
    rows = text.split(":")
    digits = "".join(rows)
    return (
        len(rows) == SIDE and {*map(len, rows)} == {SIDE} and digits.isascii() and digits.isdigit()
    )


def _names(name: str, known: Sequence[str]) -> str:
    """A sentence with those of the names that are meant, or with all of them."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    close += [one for one in known if name and name in one and one not in close]
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"There are: {', '.join(known)}."


def to_json(faces: Faces) -> list[dict[str, str]]:
    """Faces as a list for a JSON file, in their order."""
    return [
        {"name": label}
        | ({"icon": face.icon} if face.icon else {})
        | ({"sound": face.sound} if face.sound else {})
        for label, face in faces.items()
    ]


def from_json(content: object) -> dict[str, Face]:
    """The faces in a list of :func:`to_json`. Raises DataError for anything else."""
    if not isinstance(content, list):
        raise DataError(f"Labels are {shown(content)} instead of a list [...].")
    faces: dict[str, Face] = {}
    for entry in content:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise DataError(f"A label is {shown(entry)} instead of an object with a name.")
        texts = {field: entry.get(field, "") for field in ("icon", "sound")}
        for field, text in texts.items():
            if not isinstance(text, str):
                raise DataError(
                    f"The {field} of {shown(entry['name'])} is {shown(text)} instead of a text."
                )
        faces[entry["name"]] = Face.of(**texts)
    return faces


def merged(first: Faces, second: Faces) -> dict[str, Face]:
    """The first ones, completed by the second ones; new labels follow."""
    both = {**second, **first}
    ordered = [*first, *(label for label in second if label not in first)]
    return {label: both[label].completed(second.get(label, Face())) for label in ordered}


def with_icons(faces: Faces) -> dict[str, Face]:
    """Only those that have an icon or a sound."""
    return {label: face for label, face in faces.items() if face != Face()}
