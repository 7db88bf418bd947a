"""What there is to tell about a model: its own file, and its recordings where they are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from microbit_ml.errors import DataError, KitError
from microbit_ml.evaluate.problems import find_problems
from microbit_ml.metrics import Evaluation, Scores, score
from microbit_ml.metrics import evaluation_file as held_out_file
from microbit_ml.model import Model
from microbit_ml.quantize import input_rows
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.names import file_name
from microbit_ml.recordings.notes import FILE_NAME
from microbit_ml.training.unknown_threshold import validation_negatives

LEAST_FOUND = 0.5  # of a model's recordings: then a folder is taken for its data set


@dataclass(frozen=True, eq=False)
class Evidence:
    """A model, what its judges said, and its recordings.

    name: of the model's file; learned: the recordings that it learned from, as far as they are
    there, or None; new: recordings of labels that it knows, which it did not learn from; strange:
    recordings of other labels, or of none; folder: the name of the data set's folder, or "".
    """

    name: str
    model: Model
    learned: Dataset | None = None
    new: list[Recording] = field(default_factory=list)
    ood: list[Recording] = field(default_factory=list)
    folder: str = ""

    @classmethod
    def of(cls, path: Path, model: Model, data: Dataset | None, folder: str = "") -> Evidence:
        """Sort the data into what the model learned from, and what is new to it.

        Raises DataError when the data have nothing to do with the model: no recording of any of
        its labels.
        """
        if data is None:
            return cls(path.name, model)
        seen = model.trained_on
        learned = data.subset(lambda one: one.digest in seen and one.label in model.labels)
        others = [one for one in data if one.digest not in seen]
        new = [one for one in others if one.label in model.labels]
        ood = [one for one in others if one.label not in model.labels]
        if not learned.recordings and not new:
            raise DataError(
                f"{folder} has no recording of what the model knows: {', '.join(model.labels)}. "
                f"Its labels: {', '.join(data.labels) or 'none'}. Give the data set that the model "
                "was trained on, or none."
            )
        return cls(path.name, model, learned if len(learned) else None, new, ood, folder)

    @cached_property
    def held_out(self) -> Evaluation | None:
        """What the judges said of held-out recordings; None of an older model.

        With the limits that the model has now: ``evaluate --prefer`` may have moved some.
        """
        model = self.model
        held = held_out_file.unpack(model.metrics, model.provenance, model.labels)
        if held is None or not self.shifts:
            return held
        shift = np.array([self.shifts.get(label, 0) for label in model.labels])
        return replace(held, confidence=held.confidence + shift[held.best_index])

    @property
    def shifts(self) -> dict[str, int]:
        """How far the limits of some labels were moved after training."""
        return dict(self.model.provenance.get("shifts", {}))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many recordings of each label the model learned from; empty when nobody knows."""
        counts = self.model.provenance.get("counts", {})
        return {label: counts[label] for label in self.model.labels if label in counts}

    @property
    def n_learned(self) -> int:
        """How many recordings the model learned from, by its own file."""
        return sum(self.counts.values())

    @cached_property
    def n_missing(self) -> int:
        """How many of the recordings that the model learned from were not found."""
        found = {one.digest for one in self.learned or ()}
        return len(self.model.trained_on - found)

    @property
    def people(self) -> list[str]:
        """Who made the recordings, as far as it was noted."""
        return list(self.model.provenance.get("subjects", ()))

    @property
    def not_noted(self) -> int | None:
        """Of how many held-out recordings nobody noted who made them; None when that is lost."""
        return None if self.held_out is None else self.held_out.subjects.count("")

    @cached_property
    def best(self) -> Scores | None:
        """The judges' scores by the best known label, whether or not it would be unknown."""
        return self.held_out.scores if self.held_out else None

    @cached_property
    def best_float(self) -> Scores | None:
        """The same of the float network."""
        return self.held_out.scores_float if self.held_out else None

    @cached_property
    def with_unknown_scores(self) -> Scores | None:
        """The judges' scores as on the board, where an answer may be unknown."""
        return self.held_out.scores_with_unknown if self.held_out else None

    @cached_property
    def new_scores(self) -> Scores:
        """The model's own on the new recordings, as on the board. There must be one or more."""
        says = self.model.predict(self.new).labels
        return score([one.label for one in self.new], says, self.model.labels)

    @cached_property
    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """What the network is given of recordings that it learned from: (n, n_inputs), and their
        labels' numbers (n,). From the data set, else from the model's memory; n may be 0.
        """
        labels = self.model.labels
        if self.learned:
            rows = input_rows(self.model.windows(self.learned), self.model.network.groups)
            return rows, np.array([labels.index(one.label) for one in self.learned])
        replay = self.model.replay
        firsts = np.unique(replay.recording, return_index=True)[1]
        return replay.rows[firsts].astype(np.int64), replay.targets[firsts].astype(np.int64)

    @cached_property
    def scaled(self) -> np.ndarray:
        """The same rows as the network hears them, without unit: (n, n_inputs)."""
        rows = self.rows[0]
        return self.model.fitted.scaled(rows) if len(rows) else rows.astype(float)

    @cached_property
    def typical(self) -> dict[str, Recording]:
        """For each label the recording that is nearest to the label's mean, where one is found."""
        if not self.learned:
            return {}
        targets = self.rows[1]
        nearest = {}
        for i, label in enumerate(self.model.labels):
            own = np.flatnonzero(targets == i)
            if len(own):
                apart = ((self.scaled[own] - self.scaled[own].mean(axis=0)) ** 2).sum(axis=1)
                nearest[label] = self.learned.recordings[own[apart.argmin()]]
        return nearest

    @cached_property
    def by_digest(self) -> dict[str, Recording]:
        """The recordings that the model learned from, as far as they are found."""
        return {one.digest: one for one in self.learned or ()}

    @cached_property
    def problems(self) -> list[str]:
        """What may be wrong with the recordings that it learned from, a sentence each."""
        return find_problems(self.learned) if self.learned else []

    @cached_property
    def n_relabelled(self) -> int:
        """How many recordings have another label now than when the model learned from them."""
        held = self.held_out
        if held is None:
            return 0
        was: dict[str, set[str]] = {}
        for digest, label in zip(held.digests, held.truth, strict=True):
            was.setdefault(digest, set()).add(label)
        return sum(one.label not in was.get(one.digest, {one.label}) for one in self.learned or ())

    @cached_property
    def others(self) -> list[str | None]:
        """What the model calls each of a thousand made-up movements; None is unknown, as it should.

        They are those that training counted, not those that it learned from.
        """
        model = self.model
        movements = validation_negatives(model.seed, model.window, model.rate_hz)
        return replace(model.network.run(movements), names=model.labels).labels

    @property
    def false_accept_rate(self) -> float:
        """The share of made-up movements that the model takes for gestures."""
        return sum(name is not None for name in self.others) / len(self.others)


def find_dataset(model: Model, places: Sequence[Path]) -> tuple[Path, Dataset] | None:
    """The data set folder with the most of the model's recordings, if it has half of them or more.

    places: folders that may be one, or may have one in them: they hold a data set's notes, or a
    folder with the name of one of the model's labels. Folders that cannot be read are passed over.
    """
    wanted = model.trained_on
    found: tuple[int, Path, Dataset] | None = None
    for folder in _candidates(places, model.labels):
        try:
            data = Dataset.load(folder)
        except (KitError, OSError):
            continue
        n = len(wanted & {one.digest for one in data})
        if n >= max(LEAST_FOUND * len(wanted), 1) and (found is None or n > found[0]):
            found = n, folder, data
        if n == len(wanted) and n:
            break
    return found[1:] if found else None


def _candidates(places: Sequence[Path], labels: Sequence[str]) -> list[Path]:
    """The places, and the folders in them, that look like a data set; each once."""
    telling = {FILE_NAME, *map(file_name, labels)}
    folders: dict[Path, Path] = {}
    for place in places:
        for folder in (place, *filter(Path.is_dir, _inside(place))):
            if telling & {one.name for one in _inside(folder)}:
                folders.setdefault(folder.resolve(), folder)
    return list(folders.values())


def _inside(folder: Path) -> list[Path]:
    """What lies in a folder; nothing when it may not be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def clearly_wrong(held: Evaluation) -> list[int]:
    """The numbers of the held-out recordings that were taken for another label, most_confident first."""
    wrong = np.flatnonzero(~held.is_right)
    return [int(i) for i in wrong[np.argsort(-held.probability[wrong], kind="stable")]]
