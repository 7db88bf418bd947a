"""The first stage of training: cut recordings into windows, and resolve every setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import DataError
from microbit_ml.quantize import input_rows
from microbit_ml.recordings import Dataset, Recording, make_window
from microbit_ml.training.kinds import KINDS
from microbit_ml.training.settings import Settings

MIN_PER_LABEL = 2


@dataclass(frozen=True, eq=False)
class Prepared:
    """Labelled recordings as training needs them.

    names: the labels, sorted; windows: int16 (n, window, 3) in counts; targets: int (n,), the
    index of each window's label; options: the settings, resolved for this data; their features are
    those that differ between recordings.
    """

    names: list[str]
    windows: np.ndarray
    targets: np.ndarray
    options: Settings

    __repr__ = short_repr

    @classmethod
    def of(
        cls,
        recordings: Sequence[Recording],
        names: list[str],
        options: Settings,
        *,
        keep_features: bool = False,
    ) -> Prepared:
        """Cut the windows, and resolve the settings that depend on the data.

        keep_features: also those that are the same in all of these recordings, because the model
        to fine-tune has them. Raises ModelError when the model would be too large for a board's
        file.
        """
        windows = windows_of(recordings, options)
        if not keep_features:
            options = without_useless_features(options, windows)
        targets = np.array([names.index(one.label) for one in recordings])
        prepared = cls(names, windows, targets, options)
        completed = KINDS[options.kind].completed(options, prepared.n_inputs, len(names))
        return replace(prepared, options=completed)

    @property
    def n_inputs(self) -> int:
        """How many numbers go into a model for each window."""
        return input_rows(self.windows[:1], self.options.features).shape[1]


def windows_of(recordings: Sequence[Recording], options: Settings) -> np.ndarray:
    """Each recording as a window, cut as the settings ask: int16 (n, window, 3) in counts."""
    cut = [make_window(one, options.window, options.rate_hz) for one in recordings]
    return np.stack(cut) if cut else np.zeros((0, options.window, 3), dtype=np.int16)


def without_useless_features(options: Settings, windows: np.ndarray) -> Settings:
    """The settings without the groups of features that are constant over all recordings.

    They carry no information; left out, they cost nothing on the board. At least one group stays.
    """
    if not options.features:
        return options
    useful = tuple(
        group for group in options.features if np.ptp(input_rows(windows, (group,)), axis=0).any()
    )
    return replace(options, features=useful or options.features[:1])


def as_recordings(
    data: Dataset | Sequence[Recording] | Sequence[np.ndarray],
    labels: Sequence[str] | None = None,
    subjects: Sequence[str] | None = None,
) -> list[Recording]:
    """Recordings from any data that ``train`` accepts, with these labels and subjects if any."""
    items = list(data.recordings if isinstance(data, Dataset) else data)
    for name, values in (("labels", labels), ("subjects", subjects)):
        if values is not None and len(values) != len(items):
            raise DataError(
                f"There are {len(items)} recordings but {len(values)} {name}. Give one for each."
            )
    recordings = []
    for i, item in enumerate(items):
        recording = item if isinstance(item, Recording) else Recording(item, name=f"{i:04d}")
        if labels is not None:
            recording = replace(recording, label=labels[i])
        if subjects is not None:
            recording = replace(recording, subject=subjects[i])
        recordings.append(recording)
    return recordings


def learnable_labels(
    data: object, recordings: Sequence[Recording], known: Sequence[str] = ()
) -> list[str]:
    """The labels in sorted order, with those that the model knows already.

    Raises DataError when one of them cannot be learned.
    """
    empty = sorted(getattr(data, "empty_labels", ()))
    if empty:
        raise DataError(
            f"There is no recording of {', '.join(map(repr, empty))}. "
            "Record some, or delete the empty folder."
        )
    if unlabelled := [r.name for r in recordings if not r.label]:
        raise DataError(
            f"The recording {unlabelled[0]!r} has no label. Give labels=[...], one for each "
            "recording."
        )
    new = {r.label for r in recordings}
    names = sorted({*new, *known})
    if len(names) < 2:
        raise DataError(
            "A model needs at least two different gestures. The data has "
            f"{'only ' + repr(names[0]) if names else 'none'}. "
            "Record another one: even holding still will do."
        )
    for name in sorted(new - set(known)):
        if sum(r.label == name for r in recordings) < MIN_PER_LABEL:
            raise DataError(
                f"There is only one recording of {name!r}. Record at least {MIN_PER_LABEL}, better "
                "3 or more: one is always kept back to test what the model learned from the rest."
            )
    return names
