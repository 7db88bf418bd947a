"""``train``: from recordings to a model, in all its stages.

Prepare the data; split it into folds (by person where people are known); fit a model for each fold,
and the final one on everything; quantize each fold's model, let it predict its held-out recordings,
and set the threshold of "unknown" from these predictions. The steps themselves are in ``recipe.py``
and ``unknown_threshold.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from microbit_ml.metrics import evaluation_file as held_out_file
from microbit_ml.metrics.evaluation import Evaluation
from microbit_ml.model import Model
from microbit_ml.network import Progress
from microbit_ml.quantize import FittedModel, IntegerNetwork
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.faces import Face, merged, with_icons
from microbit_ml.recordings.folds import assign_folds
from microbit_ml.training.fine_tune import (
    replay_buffer_of,
    settings_of,
    with_replay,
    without,
)
from microbit_ml.training.kinds import KINDS
from microbit_ml.training.prepare import Prepared, as_recordings, learnable_labels
from microbit_ml.training.recipe import UnseenPrediction, choose, predict_unseen
from microbit_ml.training.rows import TrainingRows
from microbit_ml.training.settings import Settings, takes_settings
from microbit_ml.training.unknown_threshold import false_accept_rates, threshold_offset

# Whole people are held out only when the rest still resembles the whole: a model trained on one of
# two people says little about a model trained on both.
LEAST_PEOPLE, LEAST_OF_LABEL = 3, 8


@takes_settings
def train(
    data: Dataset | Sequence[Recording] | Sequence[np.ndarray],
    labels: Sequence[str] | None = None,
    subjects: Sequence[str] | None = None,
    *,
    start: Model | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Model:
    """Train a model.

    data: a Dataset, Recordings, or arrays (n_samples, 3) in counts with ``labels`` (and
    ``subjects``, who made each; "" for unknown). start: a model to fine-tune: it keeps its
    gestures and learns those of data as well; its architecture, features, window and rate cannot
    be changed. progress is called as (step, steps, training loss, validation loss or None); at the
    end, with the losses of the model that is returned, the last ones of its history.

    Settings, each by its name, such as ``arch="24"``::

    {settings}

    The same data and seed give the same model, byte for byte. Raises DataError when there is
    nothing to learn: fewer than two labels, or a label with fewer than two recordings; and
    SettingError for an invalid setting.
    """
    options = Settings.of({**(settings_of(start, settings) if start else {}), **settings})
    recordings = as_recordings(data, labels, subjects)
    names = learnable_labels(data, recordings, start.labels if start else ())
    prepared = Prepared.of(recordings, names, options, keep_features=start is not None)
    options = prepared.options
    rng = np.random.default_rng(options.seed)
    rows = TrainingRows.prepare(prepared.windows, prepared.targets, len(names), options, rng)
    people = [one.subject for one in recordings]
    digests = [one.digest for one in recordings]
    begin = None
    if start is not None:
        replay = without(start.replay, digests)
        rows = with_replay(rows, replay, start, names)
        people, digests = people + replay.people, digests + replay.digests
        begin = KINDS[options.kind].beginning(start, options, prepared.n_inputs, names)
    cross_validated = _cross_validate_and_fit(
        rows, names, people, digests, options, rng, begin, progress
    )
    simulated = {one.digest for one in recordings if one.is_simulated}
    provenance = _provenance(options, digests, simulated, rows, people, names, start)
    held_out = held_out_file.pack(
        cross_validated.held_out, provenance["recordings"], provenance["subjects"]
    )
    return Model(
        labels=names,
        window=options.window,
        hop=options.hop,
        rate_hz=options.rate_hz,
        seed=options.seed,
        fitted=cross_validated.final,
        network=cross_validated.network,
        history=cross_validated.history,
        metrics={**cross_validated.metrics, "held_out": held_out},
        provenance=provenance,
        replay=replay_buffer_of(rows, people, digests),
        faces=_faces(data, start, names),
    )


def _faces(data: object, start: Model | None, names: list[str]) -> dict[str, Face]:
    """The icon and sound of each label that has any: from the data set, then from the model."""
    own = data.faces if isinstance(data, Dataset) else {}
    return {
        label: face
        for label, face in with_icons(merged(own, start.faces if start else {})).items()
        if label in names
    }


def _provenance(
    options: Settings,
    digests: list[str],
    simulated: set[str],
    rows: TrainingRows,
    people: list[str],
    names: list[str],
    start: Model | None,
) -> dict[str, Any]:
    """Where a model comes from: settings, recordings, people, and the recordings per label.

    simulated: the digests of recordings of simulated people, which are counted if there are any.
    """
    before = start.provenance.get("recordings", []) if start else []
    counts = np.bincount(rows.targets[rows.original], minlength=len(names))
    n_simulated = len(simulated.difference(before)) + (start.n_simulated if start else 0)
    return {
        **({"simulated": n_simulated} if n_simulated else {}),
        "settings": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(options).items()
        },
        "recordings": sorted({*before, *digests}),
        "subjects": sorted(set(people) - {""}),
        "counts": dict(zip(names, counts.tolist(), strict=True)),
    }


@dataclass(frozen=True, eq=False)
class _CrossValidated:
    """The final model, trained on everything, and the fold models' held-out predictions."""

    final: FittedModel
    network: IntegerNetwork
    held_out: Evaluation
    metrics: dict[str, Any]
    history: dict[str, Any]


def _cross_validate_and_fit(
    rows: TrainingRows,
    names: list[str],
    people: list[str],
    digests: list[str],
    options: Settings,
    rng: np.random.Generator,
    start: FittedModel | None,
    progress: Progress | None,
) -> _CrossValidated:
    targets = rows.targets[rows.original]
    folds, held_out_by = assign_folds(
        targets,
        np.array(people),
        rng,
        least_people=LEAST_PEOPLE,
        least_of_label=LEAST_OF_LABEL,
    )
    held_out = folds == np.arange(folds.max() + 1)[:, None]
    held_out = held_out[held_out.any(axis=1)]
    nothing = np.zeros((1, len(folds)), dtype=bool)
    kind = KINDS[options.kind]
    names_of_variants = kind.variants(options, from_scratch=start is None)
    variants = [
        (*kind.fit(rows, np.append(held_out, nothing, axis=0), options, rng, start=start,
                   variant=variant, progress=_part(progress, i, len(names_of_variants))), variant)
        for i, variant in enumerate(names_of_variants)
    ]  # fmt: skip
    losses = [min(history.validation, default=0.0) for _, history, _ in variants]
    (*fold_models, final), history, variant = choose(variants, losses)
    if progress and history.training:
        steps = len(names_of_variants) * (history.step[-1] + 1)
        validation = history.validation[-1] if history.validation else None
        progress(steps, steps, history.training[-1], validation)
    predicted = [
        predict_unseen(
            kind, model, rows.rows[rows.originals(~held)], rows.rows[rows.originals(held)]
        )
        for model, held in zip(fold_models, held_out, strict=True)
    ]
    confidence = _in_order([one.integer.confidence for one in predicted], held_out)
    offset = threshold_offset(confidence, options.accept_known)
    final = final.with_threshold(offset)
    network = kind.integers(final, rows.rows[rows.original])
    result = _evaluation(predicted, held_out, names, targets, confidence + offset, people, digests)
    metrics = {
        "held_out_by": held_out_by,
        "held_out_accuracy": float(result.is_right.mean()),
        "held_out_known": float(result.is_known.mean()),
        "false_accept_rates": false_accept_rates(network, offset, confidence, options),
        "timing": variant,
    }
    return _CrossValidated(final, network, result, metrics, asdict(history))


def _part(progress: Progress | None, part: int, n_parts: int) -> Progress | None:
    """Progress of one of several fittings, counted in the steps of all of them."""
    if progress is None:
        return None

    def of_all(step: int, steps: int, loss: float, validation: float | None) -> None:
        progress(part * steps + step, n_parts * steps, loss, validation)

    return of_all


def _evaluation(
    predicted: Sequence[UnseenPrediction],
    held_out: np.ndarray,
    names: list[str],
    targets: np.ndarray,
    confidence: np.ndarray,
    people: list[str],
    digests: list[str],
) -> Evaluation:
    """The folds' predictions in the order of the recordings; confidence: (n,), with the offset."""
    return Evaluation(
        names=tuple(names),
        truth_index=targets,
        best_index=_in_order([one.integer.best_index for one in predicted], held_out),
        best_float_index=_in_order([one.real.best_index for one in predicted], held_out),
        confidence=confidence,
        probability=_in_order([one.integer.probability for one in predicted], held_out),
        probability_float=_in_order([one.real.probability for one in predicted], held_out),
        fold=held_out.argmax(axis=0),
        n_models=len(predicted),
        subjects=people,
        digests=digests,
    )


def _in_order(per_fold: Sequence[np.ndarray], held_out: np.ndarray) -> np.ndarray:
    """The values of each fold's held-out recordings, bool (folds, n), in their order: (n,)."""
    result = np.zeros(held_out.shape[1], dtype=per_fold[0].dtype)
    for values, held in zip(per_fold, held_out, strict=True):
        result[held] = values
    return result
