"""The evidence about a model: its own file, and its recordings if they are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from microbit_ml.errors import DataError, KitError
from microbit_ml.evaluate.feature_points import FeaturePoints
from microbit_ml.evaluate.problems import find_problems
from microbit_ml.metrics import Evaluation, Scores, score
from microbit_ml.metrics import evaluation_file as held_out_file
from microbit_ml.model import Model
from microbit_ml.quantize import input_rows
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.names import file_name
from microbit_ml.recordings.notes import FILE_NAME
from microbit_ml.training.unknown_threshold import validation_negatives

LEAST_FOUND = 0.5  # of a model's recordings, for a folder to be taken as its data set


@dataclass(frozen=True, eq=False)
class Evidence:
    """A model, its cross-validated evaluation, and its recordings.

    name: of the model's file; training_data: the recordings that it was trained on, as far as they
    were found, or None; new: recordings of its labels that it was not trained on; ood: recordings
    of other labels, or without one (out-of-distribution); folder: the name of the data set's
    folder, or "".
    """

    name: str
    model: Model
    training_data: Dataset | None = None
    new: list[Recording] = field(default_factory=list)
    ood: list[Recording] = field(default_factory=list)
    folder: str = ""

    @classmethod
    def of(cls, path: Path, model: Model, data: Dataset | None, folder: str = "") -> Evidence:
        """Sort the data into what the model was trained on and what is new to it.

        Raises DataError when the data have no recording of any of the model's labels.
        """
        if data is None:
            return cls(path.name, model)
        seen = model.trained_on
        training_data = data.subset(lambda one: one.digest in seen and one.label in model.labels)
        others = [one for one in data if one.digest not in seen]
        new = [one for one in others if one.label in model.labels]
        ood = [one for one in others if one.label not in model.labels]
        if not training_data.recordings and not new:
            raise DataError(
                f"{folder} has no recording of a gesture that the model knows "
                f"({', '.join(model.labels)}). Its labels are: {', '.join(data.labels) or 'none'}. "
                "Give the data set that the model was trained on, or no data set at all."
            )
        found = training_data if len(training_data) else None
        return cls(path.name, model, found, new, ood, folder)

    @cached_property
    def held_out(self) -> Evaluation | None:
        """The fold models' predictions of held-out recordings; None for an older model.

        With the model's present thresholds: ``evaluate --prefer`` may have moved some.
        """
        model = self.model
        held = held_out_file.unpack(model.metrics, model.provenance, model.labels)
        if held is None or not self.shifts:
            return held
        shift = np.array([self.shifts.get(label, 0) for label in model.labels])
        return replace(held, confidence=held.confidence + shift[held.best_index])

    @property
    def shifts(self) -> dict[str, int]:
        """How far the thresholds of some labels were moved after training."""
        return dict(self.model.provenance.get("shifts", {}))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many recordings of each label the model was trained on; empty if not known."""
        counts = self.model.provenance.get("counts", {})
        return {label: counts[label] for label in self.model.labels if label in counts}

    @property
    def n_training(self) -> int:
        """How many recordings the model was trained on, according to its file."""
        return sum(self.counts.values())

    @cached_property
    def n_missing(self) -> int:
        """How many of the recordings that the model was trained on were not found."""
        found = {one.digest for one in self.training_data or ()}
        return len(self.model.trained_on - found)

    @property
    def trained_simulated(self) -> tuple[int, int]:
        """How many training recordings are of simulated people, and of how many."""
        n_simulated = self.model.n_simulated
        if not n_simulated and self.training_data:  # the file of an older model does not say
            n_simulated = self.training_data.n_simulated
        return n_simulated, len(self.model.trained_on)

    @property
    def tested_simulated(self) -> tuple[int, int]:
        """The same of the new recordings."""
        return sum(one.is_simulated for one in self.new), len(self.new)

    @property
    def people(self) -> list[str]:
        """Who made the recordings, as far as they were noted."""
        return list(self.model.provenance.get("subjects", ()))

    @property
    def n_without_subject(self) -> int | None:
        """The number of held-out recordings without a subject; None without an evaluation."""
        return None if self.held_out is None else self.held_out.subjects.count("")

    @cached_property
    def top1_scores(self) -> Scores | None:
        """Cross-validated scores of the top-1 class, whether or not it would be unknown."""
        return self.held_out.scores if self.held_out else None

    @cached_property
    def top1_scores_float(self) -> Scores | None:
        """The same of the float network."""
        return self.held_out.scores_float if self.held_out else None

    @cached_property
    def scores_with_unknown(self) -> Scores | None:
        """Cross-validated scores as on the board, where a prediction may be unknown."""
        return self.held_out.scores_with_unknown if self.held_out else None

    @cached_property
    def new_scores(self) -> Scores:
        """The model's scores on the new recordings, as on the board. There must be at least one."""
        predicted = self.model.predict(self.new).labels
        return score([one.label for one in self.new], predicted, self.model.labels)

    @cached_property
    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """The network's inputs for the training recordings (n, n_inputs), and their labels' numbers
        (n,). From the data set, else from the model's replay buffer; n may be 0.
        """
        labels = self.model.labels
        if self.training_data:
            rows = input_rows(self.model.windows(self.training_data), self.model.network.groups)
            return rows, np.array([labels.index(one.label) for one in self.training_data])
        replay = self.model.replay
        firsts = np.unique(replay.recording, return_index=True)[1]
        return replay.rows[firsts].astype(np.int64), replay.targets[firsts].astype(np.int64)

    @cached_property
    def scaled(self) -> np.ndarray:
        """The same rows after normalisation, without unit: (n, n_inputs)."""
        rows = self.rows[0]
        return self.model.fitted.scaled(rows) if len(rows) else rows.astype(float)

    @cached_property
    def typical(self) -> dict[str, Recording]:
        """For each label, the recording that is most like its others, if any was found.

        The same ones as on the page of ``show``, whatever the model looks at.
        """
        if not self.training_data:
            return {}
        points = FeaturePoints.of(self.training_data)
        return {
            label: points.recordings[points.typical(label)]
            for label in self.model.labels
            if len(points.of_label(label))
        }

    @cached_property
    def by_digest(self) -> dict[str, Recording]:
        """The recordings that the model was trained on, as far as they were found."""
        return {one.digest: one for one in self.training_data or ()}

    @cached_property
    def problems(self) -> list[str]:
        """What may be wrong with the training recordings, a sentence each."""
        return find_problems(self.training_data) if self.training_data else []

    @cached_property
    def n_relabelled(self) -> int:
        """How many recordings have another label now than when the model was trained on them."""
        held = self.held_out
        if held is None:
            return 0
        was: dict[str, set[str]] = {}
        for digest, label in zip(held.digests, held.truth, strict=True):
            was.setdefault(digest, set()).add(label)
        return sum(
            one.label not in was.get(one.digest, {one.label}) for one in self.training_data or ()
        )

    @cached_property
    def negative_predictions(self) -> list[str | None]:
        """The model's predictions for a thousand synthetic negatives; None is unknown, and correct.

        These are the ones that training validated with, not the ones that it trained on.
        """
        model = self.model
        movements = validation_negatives(model.seed, model.window, model.rate_hz)
        return replace(model.network.run(movements), names=model.labels).labels

    @property
    def false_accept_rate(self) -> float:
        """The fraction of synthetic negatives that the model takes for gestures."""
        return sum(name is not None for name in self.negative_predictions) / len(
            self.negative_predictions
        )


def find_dataset(model: Model, folders: Sequence[Path]) -> tuple[Path, Dataset] | None:
    """The data set folder with the most of the model's recordings, if it has half of them or more.

    folders: each may be a data set or contain one. A data set is recognised by its notes, or by a
    folder with the name of one of the model's labels. Folders that cannot be read are skipped.
    """
    trained_on = model.trained_on
    found: tuple[int, Path, Dataset] | None = None
    for folder in _candidates(folders, model.labels):
        try:
            data = Dataset.load(folder)
        except (KitError, OSError):
            continue
        n = len(trained_on & {one.digest for one in data})
        if n >= max(LEAST_FOUND * len(trained_on), 1) and (found is None or n > found[0]):
            found = n, folder, data
        if n == len(trained_on) and n:
            break
    return found[1:] if found else None


def _candidates(folders: Sequence[Path], labels: Sequence[str]) -> list[Path]:
    """The folders, and those in them, that look like a data set; each once."""
    names = {FILE_NAME, *map(file_name, labels)}
    candidates: dict[Path, Path] = {}
    for outer in folders:
        for folder in (outer, *filter(Path.is_dir, _inside(outer))):
            if names & {one.name for one in _inside(folder)}:
                candidates.setdefault(folder.resolve(), folder)
    return list(candidates.values())


def _inside(folder: Path) -> list[Path]:
    """The contents of a folder; nothing if it may not be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def clearly_wrong(held: Evaluation) -> list[int]:
    """The numbers of the misclassified held-out recordings, the most confident first."""
    wrong = np.flatnonzero(~held.is_right)
    return [int(i) for i in wrong[np.argsort(-held.probability[wrong], kind="stable")]]
