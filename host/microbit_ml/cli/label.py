"""``label``: the icon and the sound that a board has for each label."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from microbit_ml.cli.arguments import label_text
from microbit_ml.common.wording import command
from microbit_ml.console.screen import say, write
from microbit_ml.errors import DataError, UsageError
from microbit_ml.image.launcher import n_letters
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.faces import NONE, SIDE, Face, Faces, icon_of, sound_of, with_icons
from microbit_ml.recordings.pictures import IMAGES, SOUNDS
from microbit_ml.recordings.store import Store

SCREEN = 80  # characters in a line
LONGEST = 20  # characters of a label; a longer one is cut


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``label``."""
    parser.add_argument(
        "of", type=Path, metavar="DATASET|MODEL", help="a data set's folder, or a .mbml model"
    )
    parser.add_argument(
        "label",
        nargs="?",
        type=label_text,
        metavar="LABEL",
        help="the label to change; without it, all labels are shown as a board shows them",
    )
    parser.add_argument(
        "--icon",
        type=_icon,
        metavar="ICON",
        help="a built-in picture such as HEART, or your own: five rows of five LEDs from 0 (off) "
        f"to 9, such as 90009:09090:00900:09090:90009; {NONE} takes it away",
    )
    parser.add_argument(
        "--sound",
        type=_sound,
        metavar="SOUND",
        help=f"V2 plays it: {', '.join(SOUNDS)}; {NONE} takes it away",
    )
    parser.add_argument(
        "--icons", action="store_true", help="show all built-in pictures and their names"
    )


def _icon(text: str) -> str:
    try:
        return icon_of(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _sound(text: str) -> str:
    try:
        return sound_of(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run(args: argparse.Namespace) -> None:
    """Change a label's icon and sound, or show those of all labels."""
    icon, sound = args.icon, args.sound
    model = None if args.of.is_dir() else _model(args.of)
    data = model or Dataset.load(args.of)
    labels = data.labels if isinstance(data, Model) else data.ordered_labels
    if not labels:
        raise DataError(
            f"The recordings in {args.of} have no labels. Give the whole data set's folder, which "
            "has a folder for each label."
        )
    if args.icons:
        _draw(list(IMAGES), {name: Face(name) for name in IMAGES}, n_letters(labels))
        return
    if args.label is None and (icon is not None or sound is not None):
        raise UsageError(f"Which label is it for? Name it after {args.of}: {', '.join(labels)}.")
    if args.label is None:
        _show_all(args.of, labels, data.faces)
        return
    if args.label not in labels:
        raise DataError(f"{args.of} has no label {args.label!r}. It has: {', '.join(labels)}.")
    old = data.faces.get(args.label, Face())
    face = replace(
        old, icon=old.icon if icon is None else icon, sound=old.sound if sound is None else sound
    )
    if face != old:
        _keep(args.of, data, args.label, face)
    _draw([args.label], {args.label: face}, n_letters(labels))
    _say_what_next(args.of, model is not None, changed=face != old)


def _model(path: Path) -> Model:
    """The model in a file. Raises DataError where there is neither a model nor a data set."""
    if not path.exists() and path.suffix.lower() != ".mbml":
        raise DataError(
            f"There is no data set {path}, and no model. Give a data set's folder or a .mbml file."
        )
    return Model.load(path)


def _keep(path: Path, data: Model | Dataset, label: str, face: Face) -> None:
    if isinstance(data, Model):
        replace(data, faces=with_icons({**data.faces, label: face})).save(path)
        return
    store = Store(path)
    with store.locked():
        store.set_face(label, face, data.rate_hz, data.ordered_labels)


def _show_all(path: Path, labels: Sequence[str], faces: Faces) -> None:
    _draw(labels, faces, n_letters(labels))
    first = next((label for label in labels if not faces.get(label, Face()).icon), None)
    if first is None:
        is_model = path.suffix.lower() == ".mbml"
        say(f"Every label has an icon. Next: {command('flash' if is_model else 'train', path)}")
        return
    say(
        f"Next: choose an icon: {command('label', path, first, '--icon', 'heart')}\n"
        f"All of them: {command('label', path, '--icons')}"
    )


def _draw(labels: Sequence[str], faces: Faces, letters: int) -> None:
    """Draw what a board shows for each label, as many side by side as fit."""
    cells = [_cell(label, faces.get(label, Face()), letters) for label in labels]
    width = max(len(text) for cell in cells for text in cell) + 2
    per_row = max(1, SCREEN // width)
    for begin in range(0, len(cells), per_row):
        for line in zip(*cells[begin : begin + per_row], strict=True):
            if row := "".join(f"{text:<{width}}" for text in line).rstrip():
                write(row)
        write()


def _cell(label: str, face: Face, letters: int) -> list[str]:
    """A label, its picture in five lines, and the names of its icon and sound."""
    rows = face.rows or [f"shows {label[:letters]!r}", *[""] * (SIDE - 1)]
    icon = face.icon if face.icon in IMAGES and face.icon != label else ""
    names = " ".join(filter(None, (icon, face.sound and f"plays {face.sound}")))
    title = label if len(label) <= LONGEST else f"{label[: LONGEST - 3]}..."
    return [title, *(row.replace("0", ".") for row in rows), names]


def _say_what_next(path: Path, is_model: bool, changed: bool) -> None:
    if is_model:
        say(
            f"{'Saved' if changed else 'Nothing changed in'} {path}. "
            f"Next: {command('flash', path)}, or {command('virtual', 'v2', '--model', path)}"
        )
        return
    say(
        f"{'Noted' if changed else 'Nothing changed'} in {path}. Models that are trained from now "
        f"on have it: {command('train', path)}"
    )
