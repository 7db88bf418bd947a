"""One recording: the accelerometer's readings during one movement."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from microbit_ml.common.printable import shown
from microbit_ml.errors import DataError
from microbit_ml.recordings.names import MOST_MARKS, file_name, has_piled_marks

# A board's range: the chip measures -2048..2047 (12 bits, +-2 g), and where the runtime inverts an
# axis, -2048 becomes 2048.
LOWEST_COUNT, HIGHEST_COUNT = -2048, 2048
COUNTS_PER_G = 1024
AXES = "xyz"
# Samples a second: slower is no movement, faster no accelerometer. The same limits everywhere.
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 0.01, 100_000
_BREAKS = ("Cc", "Zl", "Zp")  # Unicode: control characters, separators of lines and paragraphs
SIMULATED = "simulated"  # the source of recordings that no real person made
LONGEST_MS = 1e9  # eleven days; a larger time stamp is in another unit


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Recording:
    """The accelerometer's samples of one movement, with a label and who made it.

    >>> Recording([[0, 0, -1024], [12, 4, -1020]], label="still", name="still-01")
    Recording('still/still-01.csv', 2 samples)

    The samples are *counts*: what ``accelerometer.get_values()`` returns on the board,
    1/1024 g each. Lying still with the face up it reads about (0, 0, -1024). Fractions are rounded
    (half up); numbers beyond -2048..2048 are clipped, as the sensor itself does at its +-2 g.

    samples: (n_samples, 3) numbers, kept as int16 counts.
    label: what the movement is; "" when unknown. Unicode, kept in its composed form (NFC).
    time_ms: (n_samples,) when each sample was taken, in milliseconds; must increase. Kept to a
        thousandth of a millisecond, from the first sample on. Default: every 1000 / rate_hz ms.
    subject: who moved the board; board: "V1" or "V2"; source: the file or program that it came
        from, or "simulated": no real person moved it; name: its file's name without ".csv".
        Each is "" when unknown.

    Both arrays are read-only. Raises DataError for no samples, a wrong shape, NaN, infinity, or
    time stamps that do not increase, and names the sample.
    """

    samples: np.ndarray
    label: str
    time_ms: np.ndarray
    subject: str
    name: str
    board: str
    source: str

    def __init__(
        self,
        samples: object,
        label: str = "",
        time_ms: object = None,
        subject: str = "",
        name: str = "",
        board: str = "",
        source: str = "",
        *,
        rate_hz: float = 50.0,
    ) -> None:
        set_field = object.__setattr__  # a frozen dataclass is filled only here
        texts = {"label": label, "subject": subject, "name": name, "board": board, "source": source}
        for field, text in texts.items():
            set_field(self, field, composed(text, field))
        where = f"Recording {self.path!r}" if name else "The recording"
        counts = _as_counts(samples, where)
        if time_ms is None:
            time_ms = np.arange(len(counts)) * _period_ms(rate_hz)
        set_field(self, "samples", counts)
        set_field(self, "time_ms", _as_time_stamps(time_ms, len(counts), where))

    @property
    def path(self) -> str:
        """``label/name.csv``, its path in a data set's folder; without a label only the name."""
        return f"{file_name(self.label)}/{file_name(self.name)}.csv" if self.label else self.name

    @cached_property
    def digest(self) -> str:
        """A fingerprint of samples and time stamps, 16 hexadecimal digits.

        It does not change when the file is renamed, moved or saved with other line ends.
        """
        microseconds = np.rint(self.time_ms * 1000).astype("<i8")
        return hashlib.sha256(
            self.samples.astype("<i2").tobytes() + microseconds.tobytes()
        ).hexdigest()[:16]

    def noted(self, subject: str, board: str, source: str) -> Recording:
        """The same samples with these facts; both recordings share their arrays.

        Raises DataError for a text that no file can store.
        """
        facts = {"subject": subject, "board": board, "source": source}
        other = object.__new__(Recording)
        other.__dict__.update(
            self.__dict__, **{field: composed(text, field) for field, text in facts.items()}
        )
        return other

    @property
    def is_simulated(self) -> bool:
        """Whether a simulated person made it, not a real one."""
        return self.source == SIMULATED

    def __len__(self) -> int:
        return len(self.samples)

    def __repr__(self) -> str:
        return f"Recording({self.path!r}, {len(self)} samples)"


def round_half_up(values: np.ndarray) -> np.ndarray:
    """The nearest whole numbers; ties go up (-0.5 becomes 0)."""
    return np.floor(np.asarray(values, dtype=np.float64) + 0.5)


def to_counts(values: np.ndarray) -> np.ndarray:
    """Finite numbers in counts -> int16, rounded half up and clipped to -2048..2048."""
    if values.dtype.kind == "f":
        values = round_half_up(values)
    return np.clip(values, LOWEST_COUNT, HIGHEST_COUNT).astype(np.int16)


def composed(text: str, field: str) -> str:
    """The text in composed form (NFC), so that an ``ï`` is one character on every computer."""
    if not isinstance(text, str):
        raise DataError(f"A recording's {field} must be text, but {shown(text)} was given.")
    if text.isascii() and text.isprintable():  # nearly every text
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(
            f"The {field} {shown(text)} contains half a character (a lone surrogate), which no "
            "file can store. Type it again."
        ) from error
    if has_piled_marks(text):
        raise DataError(
            f"The {field} {shown(text)} has more than {MOST_MARKS} accents on one letter. Type it "
            "again."
        )
    if any(unicodedata.category(character) in _BREAKS for character in text):
        raise DataError(
            f"The {field} {shown(text)} contains a control character, such as a line break or a "
            "tab, which would break tables and the board's serial line. Remove it."
        )
    return unicodedata.normalize("NFC", text)


def _period_ms(rate_hz: float) -> float:
    if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:  # not for NaN either
        raise DataError(
            f"rate_hz is {rate_hz}: it must be samples a second, 50 on a micro:bit, from "
            f"{LOWEST_RATE_HZ:g} to {HIGHEST_RATE_HZ:,}."
        )
    return 1000.0 / rate_hz


def _as_counts(samples: object, where: str) -> np.ndarray:
    """The samples as a read-only int16 array (n_samples, 3), or a DataError."""
    values = _numbers(samples, f"{where}: the samples")
    if values.size == 0:
        raise DataError(f"{where} has no samples. Delete it, or record it again.")
    if values.ndim != 2 or values.shape[1] != 3:
        raise DataError(
            f"{where} has samples of shape {values.shape}, but they must be (n_samples, 3): "
            "one row of x, y, z for each sample."
        )
    is_finite = np.isfinite(values)
    if not is_finite.all():
        row, axis = np.argwhere(~is_finite)[0]
        raise DataError(
            f"{where}: sample {row + 1}, axis {AXES[axis]} is {values[row, axis]}, which is not a "
            "number. Delete the recording, or record it again."
        )
    counts = to_counts(values)
    counts.flags.writeable = False
    return counts


def _as_time_stamps(time_ms: object, n_samples: int, where: str) -> np.ndarray:
    """The time stamps as a read-only float64 array (n_samples,) from 0, or a DataError."""
    stamps = _numbers(time_ms, f"{where}: the time stamps").astype(np.float64)
    if stamps.shape != (n_samples,):
        raise DataError(
            f"{where} has {n_samples} samples but time stamps of shape {stamps.shape}: "
            "there must be one time stamp for each sample."
        )
    if not np.all(np.abs(stamps) <= LONGEST_MS):
        bad = stamps[~(np.abs(stamps) <= LONGEST_MS)][0]
        raise DataError(f"{where} has the time stamp {bad}, which is not a time in milliseconds.")
    stamps = np.round(stamps - stamps[0], 3)
    is_later = stamps[1:] > stamps[:-1]
    if not is_later.all():
        row = int(is_later.argmin())
        raise DataError(
            f"{where}: sample {row + 2} at {stamps[row + 1]:g} ms is not later than the one before "
            f"it at {stamps[row]:g} ms. Time stamps must increase; record it again."
        )
    stamps.flags.writeable = False
    return stamps


def _numbers(values: object, what: str) -> np.ndarray:
    try:
        array = np.array(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise DataError(f"{what} are not rows of equal length: {error}") from error
    if array.size and array.dtype.kind not in "iuf":
        raise DataError(f"{what} must be numbers, but are of type {array.dtype}.")
    return array
