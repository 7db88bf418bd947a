"""Model: the result of training, kept in a ``.mbml`` file and run by the board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from microbit_ml.common.files import write_whole
from microbit_ml.common.inputs import read_input
from microbit_ml.common.short_repr import short_repr
from microbit_ml.common.wording import command, plural
from microbit_ml.errors import DataError, FileMissingError, ModelError
from microbit_ml.features import FEATURE_SET, features_of
from microbit_ml.model import file as model_file
from microbit_ml.model import validation
from microbit_ml.quantize import (
    FORMS,
    DeviceModel,
    FittedModel,
    FloatModel,
    IntegerNetwork,
    Prediction,
    WorkLayout,
    from_bytes,
    input_rows,
    to_bytes,
)
from microbit_ml.quantize.work import ITEM_BYTES
from microbit_ml.recordings import Dataset, Recording, make_window
from microbit_ml.recordings import faces as faces_file
from microbit_ml.recordings.faces import Face


@dataclass(frozen=True, eq=False)
class ReplayBuffer:
    """A sample of a model's training rows, for fine-tuning without forgetting.

    It holds network inputs, and features cannot be turned back into recordings.
    rows: int16 (n, n_inputs), recordings and some augmented samples; targets: int16 (n,), their
    labels; recording: int16 (n,), the index of each row's recording, 0, 1, ...; the first row of
    each is the recording itself; people: who made each recording, "" for unknown; digests: of each.
    """

    rows: np.ndarray
    targets: np.ndarray
    recording: np.ndarray
    people: list[str]
    digests: list[str]

    __repr__ = short_repr

    @classmethod
    def none(cls) -> ReplayBuffer:
        """An empty buffer: the model cannot be fine-tuned."""
        empty = np.zeros(0, dtype=np.int16)
        return cls(np.zeros((0, 0), dtype=np.int16), empty, empty, [], [])


@dataclass(eq=False)
class Model:
    """A trained model in real numbers and in integers, with its training history.

    labels: the gestures' names, sorted; window: length in samples; hop: samples between two
    predictions on the board; rate_hz: samples per second; fitted: the model in real numbers;
    network: its integer form, as on the board; history: the losses during training; metrics:
    scores on held-out recordings; provenance: settings, recordings and subjects; replay: the
    replay buffer, for fine-tuning; faces: the icon and sound of each label that has any.
    """

    labels: list[str]
    window: int
    hop: int
    rate_hz: float
    seed: int
    fitted: FittedModel
    network: IntegerNetwork
    history: dict[str, list] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    replay: ReplayBuffer = field(default_factory=ReplayBuffer.none)
    faces: dict[str, Face] = field(default_factory=dict)

    def __repr__(self) -> str:
        labels = ", ".join(self.labels)
        labels = f" ({labels})" if len(labels) <= 50 else ""
        n = plural(len(self.labels), "gesture")
        return f"Model({self.kind!r}, {n}{labels}, window of {self.window})"

    def score(self, recordings: Dataset | Sequence[Recording]) -> float:
        """The accuracy on labelled recordings, from 0 to 1: the integers' label is the right one.

        "Unknown" counts as wrong, as in ``microbit-ml evaluate``: the board would show nothing.
        Recordings of labels that the model does not know are left out. Raises DataError when none
        is left. With recordings that it was trained on, the result is too good to be true.
        """
        known = [one for one in recordings if one.label in self.labels]
        if not known:
            raise DataError(
                f"No recording has a label that the model knows: {', '.join(self.labels)}. Give "
                "recordings of these."
            )
        truth = [one.label for one in known]
        predicted = self.predict(known).labels
        return sum(a == b for a, b in zip(predicted, truth, strict=True)) / len(known)

    @property
    def float_model(self) -> FloatModel:
        """The neural network in real numbers. Raises ModelError for a model of another kind."""
        if not isinstance(self.fitted, FloatModel):
            raise ModelError(
                f"This model is of kind {self.kind!r}, not a neural network. "
                "Train one without --kind."
            )
        return self.fitted

    @property
    def kind(self) -> str:
        """The name of its kind, such as "network"."""
        return str(self.provenance.get("settings", {}).get("kind", "network"))

    @property
    def feature_names(self) -> list[str]:
        """The features that it computes; none when its network uses the raw window."""
        return [f.name for f in features_of(self.network.groups)] if self.network.groups else []

    @property
    def n_simulated(self) -> int:
        """How many of its training recordings are of simulated people; 0 for an older model."""
        return int(self.provenance.get("simulated", 0))

    @property
    def trained_on(self) -> set[str]:
        """The digests of its training recordings."""
        return set(self.provenance.get("recordings", ()))

    def count_trained_on(self, recordings: Iterable[Recording]) -> int:
        """How many of the recordings it was trained on: scores on these are too good to be true."""
        trained_on = self.trained_on
        return sum(one.digest in trained_on for one in recordings)

    def windows(
        self, recordings: Dataset | Sequence[Recording] | Sequence[np.ndarray]
    ) -> np.ndarray:
        """Each recording as this model's window: int16 (n, window, 3) in counts."""
        items = recordings.recordings if isinstance(recordings, Dataset) else recordings
        if isinstance(items, Recording):
            raise DataError("One recording was given where a list is expected: put it in [ ].")
        cut = [make_window(item, self.window, self.rate_hz) for item in items]
        return np.stack(cut) if cut else np.zeros((0, self.window, 3), dtype=np.int16)

    def predict(
        self, recordings: Dataset | Sequence[Recording] | Sequence[np.ndarray]
    ) -> Prediction:
        """The integer model's prediction, the same as the board's.

        recordings: (n_samples, 3) in counts.
        """
        return replace(self.network.run(self.windows(recordings)), names=self.labels)

    def predict_float(
        self, recordings: Dataset | Sequence[Recording] | Sequence[np.ndarray]
    ) -> Prediction:
        """The prediction of the float model, before quantization; scores and confidence are floats.

        The confidence is on a log scale, 16 steps to an octave (a factor of two), like that of
        :meth:`predict`. Below 0 means "unknown".
        """
        rows = input_rows(self.windows(recordings), self.network.groups)
        return replace(self.fitted.run_rows(rows), names=self.labels)

    def device_model(self) -> DeviceModel:
        """The content of ``model.bin``."""
        period_ms = round(1000 / self.rate_hz)
        return DeviceModel(self.network, self.labels, self.window, self.hop, period_ms)

    def device_bytes(self) -> bytes:
        """The bytes of ``model.bin``, which the board reads."""
        return to_bytes(self.device_model())

    def heap_bytes(self) -> int:
        """About how much of a board's heap the model takes while it is loaded.

        That is ``model.bin``, the work array, and the labels.
        """
        work = ITEM_BYTES * WorkLayout.of(self.device_model()).n_numbers
        names = [len(label.encode("utf-8")) for label in self.labels]
        # Each label is an object of its own; while they are read, all of them exist twice.
        return len(self.device_bytes()) + work + sum(32 + 2 * length for length in names)

    def board_files(
        self, program: Path | str | bytes | None = None, board: str | None = None
    ) -> dict[str, bytes]:
        """The files for a board: main.py, the recognizer and the model.

        program: a file to use as main.py instead of the kit's launcher, or its content; board: the
        name of a target, to leave out files that only other targets need. Raises FileMissingError,
        or ProgramError when a program's file is one that no target can run.
        """
        from microbit_ml.image.board_files import board_files

        return board_files(self.device_bytes(), program, board, self.faces)

    def hex(
        self,
        program: Path | str | bytes | None = None,
        board: str | None = None,
        *,
        runtime: str | None = None,
    ) -> str:
        """The text of a hex with MicroPython and :meth:`board_files`.

        board: the name of a target, for a plain hex; otherwise it is a universal hex for all
        targets, or for those that the runtime has. The official Python Editor opens both. All
        sections of the universal hex hold the same files. Only where these do not fit, each has its
        own (:meth:`opens_in_editor`). runtime: the text of a hex with another MicroPython.
        """
        from microbit_ml.image.hex import boards_of, build_hex, build_hex_for_one

        if board is not None:
            return build_hex_for_one(board, self.board_files(program, board), runtime)
        boards = boards_of(runtime)
        if self.opens_in_editor(program, runtime=runtime):
            return build_hex(dict.fromkeys(boards, self.board_files(program)), runtime)
        return build_hex({name: self.board_files(program, name) for name in boards}, runtime)

    def opens_in_editor(
        self, program: Path | str | bytes | None = None, *, runtime: str | None = None
    ) -> bool:
        """Whether the files for all boards fit on each of them, as the Python Editor demands."""
        from microbit_ml.image.hex import boards_of, fits_all

        return fits_all(self.board_files(program), boards_of(runtime), runtime)

    def save(self, path: Path | str) -> None:
        """Write the model as one file, completely or not at all. By convention NAME.mbml."""
        write_whole(Path(path), self.to_bytes())

    def to_bytes(self) -> bytes:
        """The content of the model's file."""
        facts, arrays = self.fitted.parts()
        arrays = {
            **arrays,
            "replay_rows": self.replay.rows,
            "replay_targets": self.replay.targets,
            "replay_recording": self.replay.recording,
            "model.bin": np.frombuffer(self.device_bytes(), np.uint8),
        }
        description = {
            **facts,
            **({"labels": faces_file.to_json(self.faces)} if self.faces else {}),
            "form": self.fitted.FORM,
            "feature_set": FEATURE_SET,
            "rate_hz": self.rate_hz,
            "seed": self.seed,
            "history": self.history,
            "metrics": self.metrics,
            "provenance": self.provenance,
            "people": self.replay.people,
            "digests": self.replay.digests,
        }
        return model_file.pack(description, arrays)

    @classmethod
    def load(cls, path: Path | str) -> Model:
        """The model in a file. Raises FileMissingError, or ModelError when it is damaged."""
        path = Path(path)
        try:
            data = read_input(path, model_file.LARGEST, "model")
        except IsADirectoryError as error:
            raise ModelError(
                f"{path} is a folder, not a model file. Train a model on it with: "
                f"{command('train', path)}"
            ) from error
        except FileNotFoundError as error:
            raise FileMissingError(f"There is no model file {path}. {_instead_of(path)}") from error
        return cls.from_bytes(data, path)

    @classmethod
    def from_bytes(cls, data: bytes, path: Path | None = None) -> Model:
        """The model from the content of a file; path: of that file, if any. Raises ModelError when
        it is damaged.
        """
        description, arrays = model_file.unpack(data, path)
        try:
            device = from_bytes(arrays["model.bin"].tobytes())
            form = FORMS[description.get("form", FloatModel.FORM)]
            validation.check_device(device)
            validation.check_facts(description, device)
            validation.check_arrays(arrays, form.SHAPES, device)
            validation.check_replay(arrays, description, len(device.labels))
            fitted = form.of_parts(description, arrays, device.network.groups, len(device.labels))
            replay = ReplayBuffer(
                arrays["replay_rows"],
                arrays["replay_targets"],
                arrays["replay_recording"],
                description["people"],
                description["digests"],
            )
            return cls(
                labels=device.labels,
                window=device.window,
                hop=device.hop,
                rate_hz=description["rate_hz"],
                seed=description["seed"],
                fitted=fitted,
                network=device.network,
                history=description["history"],
                metrics=description["metrics"],
                provenance=description["provenance"],
                replay=replay,
                faces=faces_file.from_json(description.get("labels", [])),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise model_file.nonsense(error, path) from error


def _instead_of(path: Path) -> str:
    """What to do about a model file that is missing."""
    longer = path.with_name(f"{path.name}.mbml")
    if longer.is_file():
        return f"Did you mean {longer}?"
    if path.suffix.lower() != ".mbml":
        path = longer
    return f"Make one with: {command('train', 'DATASET', '-o', path)}"
