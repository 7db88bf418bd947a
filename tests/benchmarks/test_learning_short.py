"""The benchmark's short form: the scores that the kit must keep on two small sets of real data."""

import learning
import pytest
from learning_pipelines import CREATEAI, FLOAT, INTEGER, createai, this_kit
from learning_protocol import Effort
from real_data import shared_data
from tiers import tiers

SHORT = Effort(few=4, folds=1, unknown_all=6, unknown_few=1, groups=6)
SMALL = Effort(few=2, folds=1, unknown_all=2, unknown_few=1, groups=3)
SETS = ("createai_wand", "emlearn_gestures")
LARGEST_MODEL_BYTES = 2300  # V1 has room for this much

# The kit's scores, minus a margin for few seeds and small sets.
AT_LEAST = {
    "createai_wand": {
        "3 per class": 0.88,
        "5 per class": 0.89,
        "grouped": 0.90,
        "5-fold": 0.94,
        "unknown, all data: AUROC": 0.87,
        "unknown, all data: known accepted": 0.90,
        "unknown, 5 per class: AUROC": 0.89,
    },
    "emlearn_gestures": {
        "3 per class": 0.84,
        "5 per class": 0.85,
        "grouped": 0.87,
        "5-fold": 0.87,
        "unknown, all data: AUROC": 0.88,
        "unknown, all data: known accepted": 0.91,
        "unknown, 5 per class: AUROC": 0.86,
    },
}


@pytest.fixture(scope="module", params=tiers(["fewer draws"], slow=SETS))
def measured(request):
    """The name of a small set, and its benchmark result."""
    name, effort = request.param, SHORT
    if name not in SETS:
        name, effort = "emlearn_gestures", SMALL
    shared_data(f"{name}.npz")
    pipelines = {INTEGER: this_kit, CREATEAI: createai}
    return name, learning.measure_set(name, effort, pipelines)


def test_the_kit_learns_from_few_recordings_and_for_new_people(measured):
    name, result = measured
    values = result.rows[INTEGER]
    missed = {
        measure: (values[measure], floor)
        for measure, floor in AT_LEAST[name].items()
        if values[measure] < floor
    }
    assert missed == {}
    assert 0 < result.model_bytes <= LARGEST_MODEL_BYTES


def test_integers_lose_next_to_no_accuracy(measured):
    _, result = measured
    lost = learning.lost_as_integers(result.rows)
    assert set(lost) == set(learning.ACCURACIES)
    assert sum(lost.values()) / len(lost) >= -0.01
    kit, real = result.rows[INTEGER], result.rows[FLOAT]
    auroc = "unknown, all data: AUROC"
    assert kit[auroc] == pytest.approx(real[auroc], abs=0.02)


def test_it_rejects_the_unknown_better_than_createai(measured):
    _, result = measured
    kit, peer = result.rows[INTEGER], result.rows[CREATEAI]
    for protocol in ("unknown, all data", "unknown, 5 per class"):
        assert kit[f"{protocol}: AUROC"] > peer[f"{protocol}: AUROC"] + 0.1
        at_95 = f"{protocol}: unknown accepted at 95 %"
        assert kit[at_95] < peer[at_95]


def test_createai_is_as_accurate_here_as_elsewhere(measured):
    # Another implementation of the same pipeline scored .964 and .855 in 5-fold cross-validation:
    # the peer must not look worse here than it is.
    name, result = measured
    elsewhere = {"createai_wand": 0.964, "emlearn_gestures": 0.855}
    assert result.rows[CREATEAI]["5-fold"] == pytest.approx(elsewhere[name], abs=0.05)


def test_the_tables_hold_every_number_once(measured):
    name, result = measured
    text = learning.report(name, result)
    head = text.splitlines()[0].split("|")[1:-1]
    assert [cell.strip() for cell in head] == [name, *learning.MEASURES.values()]
    assert f"| {INTEGER} |" in text and f"| {CREATEAI} |" in text
    assert learning.means({name: result, "again": result}) == pytest.approx(
        {row: pytest.approx(values) for row, values in result.rows.items()}
    )
