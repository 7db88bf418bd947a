"""Lessons 2 to 4: what is computed by hand there is what the kit computes, and sentences are true
whichever way the data turns out.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from microbit_ml.evaluate.classical import NearestCentroid
from microbit_ml.features import FEATURE_NAMES, compute_features, log_scale
from microbit_ml.lessons import pieces
from microbit_ml.lessons.course import load_lesson
from microbit_ml.lessons.lesson_02_distance import example as example_2
from microbit_ml.lessons.lesson_02_distance import lesson as lesson_2
from microbit_ml.lessons.lesson_02_distance import maths as maths_2
from microbit_ml.lessons.lesson_03_layer import example as example_3
from microbit_ml.lessons.lesson_03_layer import maths as maths_3
from microbit_ml.lessons.lesson_04_probability import example as example_4
from microbit_ml.lessons.lesson_04_probability import lesson as lesson_4
from microbit_ml.lessons.lesson_04_probability import maths as maths_4
from microbit_ml.lessons.material import simulated_gestures
from microbit_ml.lessons.straight import Silent
from microbit_ml.network import Dense, Network, softmax
from microbit_ml.recordings import Dataset, make_window, simulate

# Lesson 2


@pytest.fixture(scope="module")
def plane():
    return example_2.choose_plane(simulated_gestures())


def test_features_by_hand_are_those_of_the_kit():
    for recording in simulated_gestures().recordings[::7]:
        window = make_window(recording)
        kit = dict(zip(FEATURE_NAMES, compute_features(window[None])[0], strict=True))
        for axis, counts in zip("xyz", window.T, strict=True):
            assert np.floor(maths_2.mean_of(counts) + 0.5) == kit[f"{axis}_mean"]
            change = np.array(int(maths_2.mean_change(counts)))
            assert log_scale(change) == kit[f"{axis}_jerk"]


def test_dot_norm_and_distance():
    a, b = np.array([3.0, 4.0]), np.array([6.0, 0.0])
    assert maths_2.dot(a, b) == 18
    assert maths_2.norm(a) == 5
    assert maths_2.distance(a, b) == 5


def test_the_standard_deviation_by_hand_is_numpys(plane):
    for feature in plane.points.T:
        assert maths_2.standard_deviation(feature) == pytest.approx(feature.std())
    assert maths_2.standard_deviation([1, 1, 7, 7]) == 3


def test_numbers_on_paper_are_the_nearest_whole_numbers(plane):
    numbers = np.array([-3.6, -3.5, -3.4, -0.4, 0.4, 3.4, 3.5])
    assert maths_2.whole(numbers).tolist() == [-4, -3, -3, 0, 0, 3, 4]
    points = np.array([[61, 83], [100, 100]])  # -3.9 and -1.7 tenths of 100
    center, spread = np.array([100, 100]), np.array([100, 100])
    assert maths_2.on_paper(points, center, spread).tolist() == [[-4, -2], [0, 0]]
    exact = maths_2.TENTHS * (plane.points - plane.center) / plane.scale
    assert np.abs(plane.paper - exact).max() <= 0.5


def test_the_boards_program_rounds_every_number_as_paper_does(plane):
    board = {}
    exec(example_2.learned_part(plane), board)
    for far in range(-300, 301):
        point = plane.center + far
        paper = maths_2.on_paper(point, plane.center, plane.scale)
        assert board["scaled"](*point.tolist()) == tuple(paper.tolist())


def test_the_lesson_shows_the_standard_deviation_before_it_uses_it():
    record = load_lesson(2).run(Silent()).record
    formulas = [piece for piece in record if isinstance(piece, pieces.Formula)]
    lines = [piece.line for piece in formulas]
    own = next(piece for piece in formulas if "sum(squares) / len(squares)" in piece.line)
    assert "√((25 + 1 + 1 + 9) / 4) = √9 = 3" in own.worked
    scaled = next(i for i, line in enumerate(lines) if "rows - self.mean" in line)
    assert lines.index(own.line) < scaled
    texts = " ".join(piece.text for piece in record if isinstance(piece, pieces.Reading))
    assert "take the nearest whole number: -3.4 becomes -3." in texts


def test_nearest_on_paper_is_the_nearest_centroid_of_the_kit(plane):
    kit = NearestCentroid().fit(plane.paper[plane.learn], plane.truth[plane.learn])
    kit.centroids_ = plane.centroids.astype(float)  # in whole numbers, as on paper
    predicted = [plane.labels[maths_2.nearest(p, plane.centroids)] for p in plane.paper]
    assert predicted == kit.predict(plane.paper.astype(float)).tolist()


def test_the_boards_program_computes_what_the_lesson_computes(plane, capsys):
    program = example_2.RULES + example_2.learned_part(plane)
    for i in plane.held_out:
        exec(program + example_2.question_part(plane, i), {})
        first, *others = capsys.readouterr().out.splitlines()
        predicted = maths_2.nearest(plane.paper[i], plane.centroids)
        assert [int(number) for number in first.split()] == [*plane.paper[i], predicted]
        assert [int(one) for one in others] == [
            maths_2.nearest(plane.paper[k], plane.centroids) for k in plane.held_out
        ]


def test_held_out_recordings_take_no_part_in_what_is_learned(plane):
    changed = plane.points.copy()
    changed[plane.held_out] += 1000
    other = example_2.Plane(
        plane.recordings, plane.labels, plane.axes, changed, plane.truth, plane.learn
    )
    assert np.array_equal(other.center, plane.center)
    assert np.array_equal(other.scale, plane.scale)
    assert np.array_equal(other.centroids, plane.centroids)


def test_three_labels_from_the_calmest_to_the_liveliest():
    data = simulate(["shake", "still", "lift", "twist"], people=2, repeats=2, seed=1)
    assert {"shake", "still"} < set(example_2.three_labels(data))
    assert len(example_2.three_labels(data)) == 3
    two = Dataset([one for one in data if one.label in ("shake", "still")])
    assert example_2.three_labels(two) == ["shake", "still"]


def test_after_scaling_both_features_contribute_equally():
    points = np.array([[0.0, 0.0], [100.0, 1.0], [50.0, 3.0]])
    assert example_2.fraction_of_first(points) > 0.99
    assert example_2.fraction_of_first(points / points.std(axis=0)) == pytest.approx(0.5)


def comparison(network, centroid, significant=False):
    def method(name, right, instructions):
        return SimpleNamespace(
            name=name,
            scores=SimpleNamespace(right=right),
            footprint=SimpleNamespace(instructions={"v1": instructions}),
        )

    methods = (method("network", network, 5000), method("nearest centroid", centroid, 1000))
    return SimpleNamespace(
        network=methods[0],
        methods=methods,
        truth=["a"] * 40,
        test=lambda a, b: SimpleNamespace(significant=significant),
    )


@pytest.mark.parametrize(
    ("right", "significant", "choice", "parts"),
    [
        ((38, 37), False, 0, ("network wins, by 1 of 40", "may be luck")),
        ((38, 20), True, 0, ("network wins, by 18 of 40",)),
        ((36, 37), False, 1, ("loses to a simpler method, by 1 of 40 recordings: nearest", "luck")),
        ((37, 37), False, 2, ("right just as often: nearest centroid",)),
    ],
)
def test_the_verdict_is_true_whichever_wins(right, significant, choice, parts):
    made = comparison(*right, significant)
    winners = [one.name for one in made.methods if one.scores.right == max(right)]
    assert lesson_2.who_won(winners) == lesson_2.WINNERS[choice]
    text = lesson_2.verdict(made, winners)
    assert all(part in text for part in parts)
    assert ("luck" in text) == (choice != 2 and not significant)


def right_of(n):
    """The first n of 12 recordings are right."""
    return np.arange(12) < n


def test_the_verdict_on_scaling():
    texts = [lesson_2.scaling_verdict(right_of(n), right_of(5)) for n in (11, 6, 5, 4)]
    assert "helps" in texts[0] and "A difference of 1 in 12 may be luck" in texts[1]
    assert "no difference" in texts[2] and "luck" in texts[3]
    assert "better without" in lesson_2.scaling_verdict(right_of(4), right_of(12))


# Lesson 3


def test_a_board_in_four_positions_reads_what_the_table_shows():
    assert maths_3.position(0) == pytest.approx([0, -1])
    assert maths_3.position(90) == pytest.approx([1, 0])
    assert maths_3.position(180) == pytest.approx([0, 1], abs=1e-12)
    assert maths_3.position(-90) == pytest.approx([-1, 0], abs=1e-12)


def test_a_layer_one_by_one_is_the_kits_layer():
    rng = np.random.default_rng(3)
    x, layer = rng.normal(size=4), Dense(4, 3)
    layer.weights[:], layer.bias[:] = rng.normal(size=(4, 3)), rng.normal(size=(1, 3))
    by_hand = maths_3.layer_one_by_one(x, layer.weights, layer.bias[0])
    assert by_hand == pytest.approx(layer.forward(x[None])[0])
    one = maths_3.neuron(x, layer.weights[:, 0], layer.bias[0, 0])
    assert one == max(by_hand[0], 0)


def test_two_layers_without_relu_are_one():
    rng = np.random.default_rng(4)
    x, first, second = rng.normal(size=(5, 2)), rng.normal(size=(2, 4)), rng.normal(size=(4, 3))
    apart = maths_3.two_without_relu(x, first, second)
    assert apart == pytest.approx(maths_3.as_one(x, first, second))


def test_the_door_is_xor():
    right, up = example_3.POSITIONS[:, 0] > 0, example_3.POSITIONS[:, 1] < 0
    assert np.array_equal(example_3.OPENS == 1, right != up)


def test_no_single_neuron_opens_the_door():
    assert example_3.random_neurons(2000).max() == 3
    assert example_3.door_right(example_3.trained_door("")) <= 3


def test_four_hidden_neurons_by_hand_open_it_wherever_the_signs_are_the_same():
    points = np.random.default_rng(5).uniform(-1, 1, (200, 2))
    opens = maths_3.door_by_hand().forward(points)[:, 0] > 0
    assert np.array_equal(opens, points.prod(axis=1) > 0)


def test_two_hidden_neurons_are_enough_with_well_chosen_weights():
    network = Network("2", 2, 1, np.random.default_rng(0))
    first, second = network.trainable_layers
    first.weights[:], first.bias[:] = [[1, -1], [1, -1]], 0
    second.weights[:], second.bias[:] = 1, -0.5
    opens = network.forward(example_3.POSITIONS)[:, 0] > 0
    assert np.array_equal(opens, example_3.OPENS == 1)


def test_training_finds_weights_with_neurons_to_spare():
    assert max(example_3.door_right(example_3.trained_door("8", start)) for start in (0, 1)) == 4


# Lesson 4


def test_softmax_by_hand_is_the_kits():
    scores = np.array([2.0, -1.0, 0.5])
    assert maths_4.by_hand(scores) == pytest.approx(softmax(scores))
    assert maths_4.tempered(scores, 1.0) == pytest.approx(softmax(scores))
    assert maths_4.tempered(scores, 2.0).max() < softmax(scores).max()


def test_why_scores_are_no_fractions():
    assert "less than never" in lesson_4.why_not(np.array([3.0, -1.0]))
    assert "divided by zero" in lesson_4.why_not(np.array([1.0, -1.0]))
    assert "0.25 to 0.75" in lesson_4.why_not(np.array([3.0, 1.0]))


def test_the_verdict_on_calibration():
    texts = [lesson_4.modest_or_bold(p, 0.9, 20) for p in (0.8, 0.9, 0.97)]
    assert "too modest" in texts[0] and "keeps its word" in texts[1] and "too bold" in texts[2]


def test_a_temperature_changes_the_probability_and_not_which_label_wins():
    scores = np.random.default_rng(6).normal(size=(20, 3))
    assert lesson_4.changed_by_temperature(scores) == "its probability"


def test_held_out_scores_are_of_models_that_did_not_learn_from_the_recording():
    data = simulate(["shake", "still"], people=2, repeats=3, seed=2)
    folds = np.arange(len(data)) % 2
    before = example_4.held_out_scores(data, folds)
    truth = np.array([data.labels.index(one.label) for one in data])
    assert (before.argmax(axis=1) == truth).mean() > 0.8
    # Let one half carry the wrong labels: who learned from it says the other half wrongly.
    lied = [
        type(one)(one.samples, data.labels[1 - truth[i]] if folds[i] else one.label, one.time_ms)
        for i, one in enumerate(data)
    ]
    after = example_4.held_out_scores(Dataset(lied), folds)
    assert (after[folds == 0].argmax(axis=1) != truth[folds == 0]).mean() > 0.8
    assert (after[folds == 1].argmax(axis=1) == truth[folds == 1]).mean() > 0.8


def test_random_movements_move():
    made = example_4.ood_movements(50, 50.0)
    assert len(made) == example_4.N_OOD
    assert min(np.ptp(one, axis=0).max() for one in made) > example_4.MOVING_COUNTS
