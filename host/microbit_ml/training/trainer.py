"""``train``: from recordings to a model, through all stages of its life.

Prepare the data; hold recordings out (whole people where people are known); fit a model for each
fold, and one on everything; ask the integer form of each fold's model about what was held out, and
set the limit of "unknown" from its answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.model import Model
from microbit_ml.model.held_out import HeldOut
from microbit_ml.network import History, Network, Progress
from microbit_ml.network.architecture import chosen_architecture
from microbit_ml.quantize import FloatModel, IntegerNetwork, check_size, input_rows, quantize
from microbit_ml.recordings import Dataset, Recording, make_window
from microbit_ml.recordings.folds import assign_folds
from microbit_ml.recordings.negatives import other_movements
from microbit_ml.training.fine_tune import forget, remember, settings_of, with_memory, with_outputs
from microbit_ml.training.fitting import TrainingRows, fit_models
from microbit_ml.training.settings import Settings

MIN_PER_LABEL = 2
# Whole people are held out only when what they leave behind is much like everything: what a model
# learns from one of two people says little of the model that learns from both.
LEAST_PEOPLE, LEAST_OF_LABEL = 3, 8
CLEARLY_BETTER = 0.8  # of the held-out loss, for models that hear the timing loudly
JUDGING_OTHERS = 1000  # made-up movements, not those of training, that tell what a limit costs


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
    ``subjects``, who made each; "" for unknown). start: a model to learn on from: its gestures
    are kept, and those of data are added. Settings are those of
    :class:`~microbit_ml.training.Settings`, by name, such as ``arch="24"``. progress is called
    as (step, steps, training loss, validation loss or None).

    The same data and seed give the same model, byte for byte. Raises DataError when there is
    nothing to learn: fewer than two labels, a label with one recording or none.
    """
    options = Settings.of({**(settings_of(start, settings) if start else {}), **settings})
    recordings = as_recordings(data, labels, subjects)
    names = learnable_labels(data, recordings, start.labels if start else ())
    windows = np.stack([make_window(r, options.window, options.rate_hz) for r in recordings])
    if start is None:
        options = without_useless_features(options, windows)
    options = replace(options, arch=chosen_architecture(options.arch, len(names)))
    rng = np.random.default_rng(options.seed)
    n_inputs = input_rows(windows[:1], options.features).shape[1]
    untrained = Network(options.arch, n_inputs, len(names) + 1, np.random.default_rng(0))
    check_size(untrained, len(names))
    targets = np.array([names.index(r.label) for r in recordings])
    people = [r.subject for r in recordings]
    rows = TrainingRows.prepare(windows, targets, len(names), options, rng)
    digests = [r.digest for r in recordings]
    begin = None
    if start is not None:
        memory = forget(start.memory, digests)
        rows = with_memory(rows, memory, start, names)
        people, digests = people + memory.people, digests + memory.digests
        begin = with_outputs(start.float_model, untrained, start.labels, names)
    judged = _fit_and_judge(rows, people, digests, options, rng, start=begin, progress=progress)
    provenance = _provenance(options, digests, rows, people, names, start)
    held_out = judged.held_out.packed(provenance["recordings"], provenance["subjects"])
    return Model(
        labels=names,
        window=options.window,
        hop=options.hop,
        rate_hz=options.rate_hz,
        seed=options.seed,
        float_model=judged.final,
        network=judged.network,
        history=judged.history,
        metrics={**judged.metrics, "held_out": held_out},
        provenance=provenance,
        memory=remember(rows, people, digests),
    )


def _provenance(
    options: Settings,
    digests: list[str],
    rows: TrainingRows,
    people: list[str],
    names: list[str],
    start: Model | None,
) -> dict[str, Any]:
    """Where a model comes from: settings, recordings, people, recordings of each label."""
    before = start.provenance.get("recordings", []) if start else []
    counts = np.bincount(rows.targets[rows.original], minlength=len(names))
    return {
        "settings": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(options).items()
        },
        "recordings": sorted({*before, *digests}),
        "subjects": sorted(set(people) - {""}),
        "counts": dict(zip(names, counts.tolist(), strict=True)),
    }


def without_useless_features(options: Settings, windows: np.ndarray) -> Settings:
    """The settings without the groups of features that are the same in every recording.

    They could tell nothing; left out, they cost nothing on the board. At least one group stays.
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
    """Recordings from whatever :func:`train` was given, with these labels and subjects if any."""
    items = list(data.recordings if isinstance(data, Dataset) else data)
    for name, values in (("labels", labels), ("subjects", subjects)):
        if values is not None and len(values) != len(items):
            raise DataError(f"There are {len(items)} recordings but {len(values)} {name}.")
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
    """The labels in sorted order, with those that are known already.

    Raises DataError when one of them cannot be learned.
    """
    empty = sorted(getattr(data, "empty_labels", ()))
    if empty:
        raise DataError(
            f"There is no recording of {', '.join(map(repr, empty))}. "
            "Record some, or delete the empty folder."
        )
    if any(not r.label for r in recordings):
        raise DataError("A recording has no label. Give labels=[...], one for each recording.")
    new = {r.label for r in recordings}
    names = sorted({*new, *known})
    if len(names) < 2:
        raise DataError(
            "A model needs at least two different gestures to tell apart; the data has "
            f"{repr(names[0]) + ' only' if names else 'none'}. "
            "Record another one: even holding still will do."
        )
    for name in sorted(new - set(known)):
        if sum(r.label == name for r in recordings) < MIN_PER_LABEL:
            raise DataError(
                f"There is only one recording of {name!r}. Record at least {MIN_PER_LABEL}, better "
                "3 or more: one is always held back to check what the others taught."
            )
    return names


def smallest_limit(confidence: np.ndarray, accept_known: float) -> int:
    """The smallest limit that calls about this share of recordings like these known.

    confidence: (n,) of recordings that training did not see, with a limit of 0. The share need not
    fall onto a recording: between two of them, their confidences are interpolated.
    """
    return -int(np.floor(np.quantile(confidence, 1.0 - accept_known)))


@dataclass(frozen=True, eq=False)
class _Judged:
    """A model trained on everything, and what models like it said of what they never saw."""

    final: FloatModel
    network: IntegerNetwork
    held_out: HeldOut
    metrics: dict[str, Any]
    history: dict[str, Any]


def _fit_and_judge(
    rows: TrainingRows,
    people: list[str],
    digests: list[str],
    options: Settings,
    rng: np.random.Generator,
    *,
    start: FloatModel | None = None,
    progress: Progress | None = None,
) -> _Judged:
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
    models, history, timing = _fit_quiet_or_loud(
        rows, np.append(held_out, nothing, axis=0), options, rng, start=start, progress=progress
    )
    *judges, final = models
    best, best_float, confidence, sure = _ask(judges, held_out, rows)
    limit = smallest_limit(confidence, options.accept_known)
    final = final.with_limit(limit)
    network = quantize(final, rows.rows[rows.original])
    metrics = {
        "held_out_by": held_out_by,
        "held_out_accuracy": float((best == targets).mean()),
        "held_out_known": float((confidence + limit >= 0).mean()),
        "costs": _costs(network, limit, confidence, options),
        "timing": timing,
    }
    answers = HeldOut(
        digests, targets, best, best_float, confidence + limit, sure, people, len(judges)
    )
    return _Judged(final, network, answers, metrics, asdict(history))


def _ask(
    judges: Sequence[FloatModel], held_out: np.ndarray, rows: TrainingRows
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Each judge about what was held out from it, in integers and in floats.

    held_out: bool (judges, n_recordings). Returns the best known label of the integers and of the
    floats, the integers' confidence with a limit of 0, and how sure they are, 0 to 1: (n,) each.
    """
    from microbit_ml.metrics.calibration import score_step, sureness  # which imports this module

    best, best_float, confidence = np.zeros((3, held_out.shape[1]), dtype=np.int64)
    sure = np.zeros(held_out.shape[1])
    for model, held in zip(judges, held_out, strict=True):
        network = quantize(model.with_limit(0), rows.rows[rows.originals(~held)])
        asked = rows.rows[rows.originals(held)]
        scores, best[held], confidence[held] = network.classify(asked)
        sure[held] = sureness(scores[:, :-1], score_step(network))
        best_float[held] = model.classify(asked)[1]
    return best, best_float, confidence, sure


def _fit_quiet_or_loud(
    rows: TrainingRows,
    held_out: np.ndarray,
    options: Settings,
    rng: np.random.Generator,
    *,
    start: FloatModel | None,
    progress: Progress | None,
) -> tuple[list[FloatModel], History, str]:
    """The models, their history, and how loud they hear when in a window something happens.

    Two kinds of models are fitted. The loud ones are kept when the recordings held out say that
    they are clearly better.
    """
    models, history = fit_models(rows, held_out, options, rng, start=start, progress=progress)
    if start is not None or not {"order", "turn"} & set(options.features):
        return models, history, "quiet"
    loud, its_history = fit_models(rows, held_out, options, rng, timing="loud", progress=progress)
    if min(its_history.validation) < CLEARLY_BETTER * min(history.validation):
        return loud, its_history, "loud"
    return models, history, "quiet"


def _costs(
    network: IntegerNetwork, limit: int, confidence: np.ndarray, options: Settings
) -> list[dict[str, float]]:
    """What each share of accepted gestures costs: how many random movements are then accepted."""
    others = judging_movements(options.seed, options.window, options.rate_hz)
    over = network.run(others).confidence - limit
    shares = sorted({0.9, 0.95, 0.99, options.accept_known})
    return [
        {
            "accept_known": share,
            "others_accepted": float((over + smallest_limit(confidence, share) >= 0).mean()),
        }
        for share in shares
    ]


def judging_movements(seed: int, window: int, rate_hz: float) -> np.ndarray:
    """Made-up movements that tell what a limit costs: int16 (1000, window, 3) in counts.

    The same seed gives the same ones, and never those that a model of this seed learned from.
    """
    rng = np.random.default_rng(seed + 1)
    return other_movements(JUDGING_OTHERS, window, rate_hz, rng)
