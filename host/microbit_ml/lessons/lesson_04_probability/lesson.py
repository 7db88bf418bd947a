"""Lesson 4: scores (logits), softmax, logarithm, cross-entropy, calibration, two kinds of doubt."""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

from fractions import Fraction

import numpy as np

from microbit_ml.charts.chart import Chart, Series
from microbit_ml.lessons.material import few_of_each
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import number_text
from microbit_ml.metrics import Calibration, calibration
from microbit_ml.network import cross_entropy, softmax
from microbit_ml.network.losses import mean_loss
from microbit_ml.pages import as_is

from .example import N_OOD, HeldOut, least_confident, ood_movements, predict_held_out, targets_of
from .maths import by_hand, loss_of, tempered

CONFIDENT = 0.9


def exp_table(steps: np.ndarray) -> list[tuple[str, str]]:
    """Numbers, and exp of each."""
    return [(f"{step:g}", number_text(np.exp(step))) for step in steps]


def listed_probabilities(labels: list[str], probabilities: np.ndarray) -> str:
    """Labels with their probabilities, a line each."""
    return "\n".join(f"{name}: {p:.4f}" for name, p in zip(labels, probabilities, strict=True))


def lesson(s: Session) -> None:
    """The steps, in order."""
    rounded = np.round(s.model.predict_float(s.data).scores, 2)
    doubtful = least_confident(rounded)
    scores, truth = rounded[doubtful], s.data.recordings[doubtful].label
    a_number_each(s, scores, truth)
    always_positive(s)
    to_probabilities(s, scores)
    only_differences(s, scores)
    the_way_back(s)
    how_wrong(s, scores, truth)
    confident_and_wrong(s)
    over_all(s)
    an_unknown_movement(s)
    two_doubts(s)
    tested = is_it_calibrated(s)
    one_number_for_it(s, tested)
    temperature(s, tested)
    what_you_know(s)


def a_number_each(s: Session, scores: np.ndarray, truth: str) -> None:
    s.step("A number for each label")
    chosen = s.model.labels[int(scores.argmax())]
    s.word("score")
    s.read(
        f"Here are the model's scores, or **logits**, for one recording. Its true label is "
        f"**{as_is(truth)}**. Of all {len(s.data)} recordings, this is the one that the model is "
        "least certain about. The last layer has one more output, for any other movement. We leave "
        "that out until later."
    )
    s.table(
        ("label", "score"),
        [(name, f"{score:.2f}") for name, score in zip(s.model.labels, scores, strict=True)],
        "the outputs of the last layer",
    )
    s.check(
        "Which label does the model choose?",
        chosen,
        f"The highest score wins: {scores.max():.2f}. "
        + ("That is the true label." if chosen == truth else f"But it was {as_is(truth)}."),
        choices=tuple(sorted(s.model.labels[i] for i in scores.argsort()[-4:])),
        hint="The highest score wins. Mind the minus signs.",
    )
    s.read(
        "But how certain is it? A score has no upper limit. We would like fractions: none below "
        "zero, and all adding up to one. Could we divide each score by the sum of all "
        "the scores? No: " + why_not(scores)
    )


def why_not(scores: np.ndarray) -> str:
    """Why scores divided by their sum are not proper fractions of one."""
    if scores.sum() == 0:
        return "their sum is zero, and nothing can be divided by zero."
    divided = scores / scores.sum()
    if divided.min() < 0:
        return f"one of them would be {divided.min():.2f}, and nothing happens less than never."
    if scores.max() < 0:
        return "then the lowest score would get the largest fraction."
    return (
        f"here we get {divided.min():.2f} to {divided.max():.2f}. But as soon as one score is "
        "below zero and another is not, one fraction is below zero, too."
    )


def always_positive(s: Session) -> None:
    s.step("Always above zero")
    steps = np.array([-2, -1, 0, 1, 2, 3])
    e = np.exp(1)
    s.read(
        "One function turns any number into a positive number: `exp`. Its button on a calculator "
        f"is eˣ. It turns zero into {np.exp(0):g}. Each step up multiplies the result by {e:.3f}, "
        "and each step down divides it by that. Higher scores stay higher, and no result is "
        "negative."
    )
    s.table(("number", "exp(number)"), exp_table(steps), "exp of six numbers")
    x = np.linspace(-3, 3, 61)
    s.picture(
        Chart(
            "exp",
            "number",
            "exp(number)",
            [Series("exp", x, np.exp(x))],
            f"A curve that is never negative and rises ever faster, up to {np.exp(x[-1]):.1f}.",
        )
    )
    top = steps[-1]
    s.check(
        f"exp of {top} is {np.exp(top):.2f}. What is exp of {top + 1}?",
        float(np.exp(top + 1)),
        f"{np.exp(top):.2f} · {e:.3f} = {np.exp(top + 1):.1f}.",
        tolerance=0.6,
        hint=f"One step up multiplies by {e:.3f}.",
    )


def to_probabilities(s: Session, scores: np.ndarray) -> None:
    s.step("From scores to probabilities")
    s.word("probability")
    s.word("softmax")
    powers, probabilities = np.exp(scores), softmax(scores)
    hidden = int(scores.argmax())
    shown = 0 if hidden else 1  # not the one that is asked for
    s.formula(
        "p₁ = exp(s₁) / (exp(s₁) + exp(s₂) + …)",
        symbols={
            "s₁": "the score of one label",
            "s₂": "the score of another, and so on for all labels",
            "p₁": "the probability of the first one",
        },
        code=softmax,
        line="exponentials / sums",
        worked=f"{s.model.labels[shown]}: {number_text(powers[shown])} / "
        f"{number_text(powers.sum())} = {number_text(probabilities[shown])}",
    )
    rows = [
        (name, f"{score:.2f}", number_text(power), f"{p:.4f}")
        for name, score, power, p in zip(s.model.labels, scores, powers, probabilities, strict=True)
    ]
    rows[hidden] = (*rows[hidden][:-1], "?")
    s.table(("label", "score", "exp(score)", "probability"), rows, "softmax by hand")
    s.check(
        "Which number, from zero to one, belongs at the question mark?",
        float(probabilities[hidden]),
        f"{number_text(powers[hidden])} / {number_text(powers.sum())} = "
        f"{probabilities[hidden]:.3f}. All the probabilities add up to one.",
        tolerance=0.01,
        hint=f"The column of exp(score) adds up to {number_text(powers.sum())}. Divide by that.",
    )
    s.run(softmax, scores)
    apart = np.abs(by_hand(scores) - probabilities).max()
    s.read(
        "That was the kit's own softmax, for the same scores. "
        + (
            "It matches what we worked out by hand."
            if apart < 1e-9
            else f"What we worked out by hand is off by {apart:.1g}."
        )
    )


def only_differences(s: Session, scores: np.ndarray) -> None:
    s.step("Only differences count")
    added = 5.0
    same = np.allclose(softmax(scores), softmax(scores + added))
    s.predict(
        f"We add {added:g} to every score. What happens to the probabilities?",
        "nothing" if same else "all change",
        f"Each exp grows by the same factor, {np.exp(added):.1f}, and so does their sum. The "
        "factor cancels out.",
        choices=("all grow", "nothing", "all change", "only the highest grows"),
    )
    high = float(scores.max())
    s.formula(
        "exp(s₁ − c) / (exp(s₁ − c) + exp(s₂ − c) + …) = p₁",
        symbols={
            "s₁": "the score of the first label",
            "s₂": "the score of the second, and so on",
            "c": "any number; the kit takes the highest score",
            "p₁": "the probability of the first label, as before",
        },
        code=softmax,
        line="np.exp(scores - highest)",
        worked=f"with c = {high:.2f}: {number_text(np.exp(scores[0] - high))} / "
        f"{number_text(np.exp(scores - high).sum())} = {number_text(softmax(scores)[0])}",
    )
    huge = 800.0
    with np.errstate(over="ignore"):
        too_large = float(np.exp(huge))
    s.read(
        f"Why does the kit subtract the highest score first? exp of {huge:g} is more than this "
        f"computer can hold: it gives {too_large}. After subtracting, no score is above zero, and "
        "no exp is above one."
    )
    s.change(
        "the number added to all scores",
        0.0,
        (-3.0, added, huge),
        lambda number: listed_probabilities(s.model.labels, softmax(scores + number)),
        low=-1e6,
        high=1e6,
    )


def the_way_back(s: Session) -> None:
    s.step("The way back")
    s.word("logarithm")
    halves = 0.5 ** np.arange(5)
    s.read(
        "exp turns steps into factors. The logarithm goes the other way: it turns factors into "
        "steps. Its button is `ln`, and in Python it is `np.log`."
    )
    s.table(
        ("number", *(number_text(half) for half in halves)),
        [("logarithm", *(f"{np.log(half):.3f}" for half in halves))],
        "each number is half of the one before",
    )
    step = np.log(halves[0]) - np.log(halves[1])
    s.read(
        f"Each halving is the same step down: {step:.3f}. The logarithm of one is zero. Towards "
        "zero the steps never end, so the logarithm has no lowest value."
    )
    next_half = halves[-1] / 2
    s.check(
        f"The logarithm of {number_text(halves[-1])} is {np.log(halves[-1]):.3f}. What is the "
        f"logarithm of half of that, {number_text(next_half)}?",
        float(np.log(next_half)),
        f"One more step down: {np.log(halves[-1]):.3f} − {step:.3f} = {np.log(next_half):.3f}.",
        tolerance=0.05,
        hint=f"Each halving is a step of {step:.3f} down.",
    )


def how_wrong(s: Session, scores: np.ndarray, truth: str) -> None:
    s.step("How wrong is it?")
    s.word("loss")
    s.word("cross-entropy")
    right = float(f"{softmax(scores)[s.model.labels.index(truth)]:.4g}")
    s.formula(
        "L = −ln(p)",
        symbols={"p": "the probability of the true label", "L": "the loss: cross-entropy"},
        code=mean_loss,
        line="-np.log",
        worked=f"our recording, {truth}: −ln({right:g}) = {loss_of(right) + 0.0:.3f}",
    )
    s.read("In the code, p is called `right`. The code takes many recordings at once.")
    some = np.array([1.0, 0.99, 0.5, 0.1, 0.01])
    s.table(
        ("probability of the true label", *(f"{p:g}" for p in some)),
        [("loss", *(f"{loss_of(p) + 0.0:.2f}" for p in some))],
        "the loss of one answer",
    )


def confident_and_wrong(s: Session) -> None:
    s.step("Certain and wrong")
    x = np.linspace(0.01, 1, 100)
    s.read("Here is the loss of one answer, for every probability of the true label.")
    s.picture(
        Chart(
            "The loss of one answer",
            "probability of the true label",
            "loss",
            [Series("loss", x, -np.log(x))],
            f"Zero at a probability of one, and steeply up to {loss_of(x[0]):.1f} near zero.",
        )
    )
    s.read(
        "Being certain and right costs next to nothing. Being in doubt costs a little. Being "
        "certain and wrong costs a lot. So a network that is trained to make its loss small "
        "learns to be right, and not to boast."
    )
    s.change(
        "the probability of the true label",
        0.5,
        (0.9, 0.3, 0.001),
        lambda p: f"loss: {loss_of(p):.3f}",
        low=1e-4,
        high=1.0,
    )


def over_all(s: Session) -> None:
    s.step("One number for a model")
    scores = s.model.predict_float(s.data).scores
    targets = targets_of(s.model.labels, [one.label for one in s.data])
    loss, _ = cross_entropy(scores, targets)
    every = [loss_of(p) for p in softmax(scores)[np.arange(len(targets)), targets]]
    n = len(s.model.labels)
    s.read(
        f"Take the mean of the losses of all {len(targets)} recordings. By hand it is "
        f"{np.mean(every):.4f}. The kit's `cross_entropy` gives {float(loss):.4f}. This one number "
        "shows how wrong a model is. In the next lesson, we make it small."
    )
    p = Fraction(1, n)
    guess = loss_of(float(p))
    s.check(
        f"A model knows nothing. It always gives each of the {n} labels the same probability. "
        "What is its loss? Use the formula and a calculator.",
        guess,
        f"Each gets {p}, and −ln({p}) = {guess:.2f}. " + loss_verdict(float(loss), guess),
        tolerance=0.05,
        hint=f"Divide one by {n}. Take the logarithm of that, and change its sign.",
    )


def loss_verdict(loss: float, guess: float) -> str:
    """A loss compared with that of a blind guess, in words."""
    if loss < guess / 2:
        return "Our model is far below that: it has learned something."
    if loss < guess:
        return "Our model is below that: it has learned a little."
    return "Our model is no better than that."


def an_unknown_movement(s: Session) -> None:
    s.step("A movement that it was never taught")
    movements = ood_movements(s.model.window, s.model.rate_hz)
    predicted = s.model.predict_float(movements)
    p = predicted.probability
    i = int(np.where(predicted.confidence < 0, p, p - 1).argmax())  # rejected, yet most confident
    s.word("out-of-distribution")
    s.read(
        f"Now take {N_OOD} random swings that the kit has made up. None of the "
        f"{len(s.model.labels)} labels fits them, so they are out-of-distribution. What will "
        "softmax make of them?"
    )
    s.predict(
        f"For how many of the {N_OOD} will one of the labels get a probability above "
        f"{CONFIDENT:.2f}?",
        str(int((p > CONFIDENT).sum())),
        f"For {(p > CONFIDENT).sum()} of {N_OOD}. Look at one of the {N_OOD}: the model's answer "
        f"is {as_is(predicted.best[i])}, with a probability of {p[i]:.4f}.",
    )
    seconds = np.arange(s.model.window) / s.model.rate_hz
    s.picture(
        Chart(
            f"A random movement, yet the model predicts {predicted.best[i]}: {p[i]:.4f}",
            "time in s",
            "acceleration in counts",
            [Series(axis, seconds, movements[i][:, k]) for k, axis in enumerate("xyz")],
            "Random swings of all three axes.",
        )
    )
    s.read(
        "Why? Softmax divides one whole among the labels that it knows, and keeps nothing back. It "
        "asks: which of my labels fits best? It never asks: does any of them fit?"
    )
    first = 0.97
    s.check(
        f"A model knows two labels. For a falling board, it gives the first label a probability of "
        f"{first}. What probability does the second label get?",
        1 - first,
        f"They add up to one, so {1 - first:.2f} is left. Nothing is left for a fall.",
        tolerance=0.001,
        hint="What do all the probabilities add up to?",
    )


def two_doubts(s: Session) -> None:
    s.step("Two kinds of doubt")
    movements = ood_movements(s.model.window, s.model.rate_hz)
    known, ood = s.model.predict_float(s.data), s.model.predict_float(movements)
    kept, accepted = int((known.confidence >= 0).sum()), int((ood.confidence >= 0).sum())
    s.read(
        "So the kit asks a second question: does the movement fit the predicted label at all? How "
        "far is it from that label's centroid? That is a distance, as in lesson 2. And how high is "
        "the last output, the one for other movements? In training, the kit makes up random "
        "movements to teach that output.\n\n"
        "From both it computes one number, called `confidence`. If that is below zero, the kit "
        "decides that the movement is something else, and gives it no label."
    )
    s.picture(
        Chart(
            "High probability, low confidence",
            "probability of the predicted label",
            "confidence of the kit",
            [
                Series("recordings", known.probability, known.confidence, "points"),
                Series("random movements", ood.probability, ood.confidence, "points"),
            ],
            f"{kept} of {len(s.data)} recordings lie at zero or above, and {accepted} of {N_OOD} "
            "random movements.",
        )
    )
    s.read(
        f"Of the {len(s.data)} recordings that it learned from, {kept} lie at zero or above. Of "
        f"the {N_OOD} random movements, {accepted} do. "
        + ("The second question does not catch them all. " if accepted else "")
        + "The picture shows two kinds of doubt. Far to the left, the model wavers between labels "
        "that it knows. Far down, it has never seen anything like this. A low probability shows "
        "only the first kind."
    )
    s.check(
        "A model has learned left and right. You hold the board halfway between. Which kind of "
        "doubt is that?",
        "it wavers between labels",
        "Both labels fit a little, so their scores are close. More recordings of such movements "
        "will help.",
        choices=("it wavers between labels", "it has seen nothing like it"),
        hint="Does it know movements that are nearly like this one?",
    )


def is_it_calibrated(s: Session) -> HeldOut:
    s.step("Does it keep its word?")
    s.word("calibration")
    tested = predict_held_out(few_of_each(s.data, s.data.labels))
    p, right = tested.probability, tested.right
    above = next(one for one in (CONFIDENT, 0.7, 0.5, 0.0) if (p > one).any())
    n = int((p > above).sum())
    s.read(
        "When the model is nearly certain, is it nearly always right? We must test it on "
        f"recordings that it did not learn from. So we split the {len(p)} recordings into "
        f"{tested.n_folds} parts, called folds. Then we train {tested.n_folds} models. Each learns "
        "from all folds but one, and is tested on the one that was **held out**. This is called "
        "**cross-validation**."
    )
    s.predict(
        f"For {n} of the {len(p)} recordings, the predicted label has a probability above "
        f"{above}. How many of these {n} are right?",
        str(int(right[p > above].sum())),
        f"{right[p > above].sum()} of {n}.",
    )
    reliability(s, tested.table)
    s.read(modest_or_bold(float(p.mean()), float(right.mean()), len(p)))
    return tested


def one_number_for_it(s: Session, tested: HeldOut) -> None:
    s.step("How far off?")
    table = tested.table
    last = [one for one in table.bins if one.n][-1]
    s.read(
        "Each row of the table has a mean probability and the fraction that was right. They should "
        "be equal. How far apart they are, on average, is one number: the calibration error. A row "
        "with many recordings counts more."
    )
    s.formula(
        "E = Σ (n / N) · |r − c|",
        symbols={
            "Σ": "add this up over all rows of the table",
            "n": "how many recordings are in a row",
            "N": "how many there are in all",
            "r": "the fraction of the row that was right",
            "c": "the mean probability in this row",
            "E": "the calibration error: the mean distance from the line",
        },
        code=calibration,
        line="np.abs(accuracy - mean_probability)",
        worked=f"last row: {last.n} / {len(tested.probability)} · |{last.accuracy:.4f} − "
        f"{last.confidence:.4f}| = "
        f"{last.n / len(tested.probability) * abs(last.accuracy - last.confidence):.3f}; all rows "
        f"together: {table.error:.3f}",
    )
    p, right, many = 0.7, 4, 8
    s.check(
        f"A table has only one row. Of its {many} recordings, {right} were right. The model gave "
        f"its answer a probability of {p} each time. What is E?",
        abs(right / many - p),
        f"{right} of {many} is {right / many:g}. That is {abs(right / many - p):.1f} away from "
        f"{p}. The model was too bold.",
        tolerance=0.001,
        hint="What fraction was right? How far is it from the model's probability?",
    )
    rainy = 10 * CONFIDENT
    s.check(
        f"On each of ten days, the weather forecast gives a {CONFIDENT:.0%} chance of rain. It is "
        "well calibrated. On about how many of the ten days will it rain?",
        rainy,
        f"{CONFIDENT:.0%} of ten days is {rainy:g} days. On a dry day the forecast was not wrong: "
        "it never said that rain was certain.",
        tolerance=0,
        hint="A well calibrated forecast comes true as often as it claims.",
    )


def reliability(s: Session, table: Calibration) -> None:
    """The table and the diagram of predicted probabilities and the fraction that was right."""
    full = [one for one in table.bins if one.n]
    s.table(
        ("probability", "recordings", "mean probability", "fraction right"),
        [
            (f"{one.low:.1f} to {one.high:.1f}", one.n, f"{one.confidence:.2f}",
             f"{one.accuracy:.2f}")
            for one in full
        ],
        "held-out recordings, grouped by the probability of the predicted label",
    )  # fmt: skip
    s.picture(
        Chart(
            "Reliability",
            "mean probability of the predicted label",
            "fraction that was right",
            [
                Series("perfect calibration", [0, 1], [0, 1]),
                Series(
                    "held-out recordings, and how many",
                    [one.confidence for one in full],
                    [one.accuracy for one in full],
                    "points",
                    [str(one.n) for one in full],
                ),
            ],
            f"The points are {table.error:.2f} away from the line on average.",
            x_range=(-0.05, 1.05),
            y_range=(-0.05, 1.05),
        )
    )  # fmt: skip


def modest_or_bold(probability: float, right: float, n: int) -> str:
    """Whether a model is underconfident or overconfident, in words.

    probability: of the predicted label, on average; right: the fraction that was right.
    """
    text = (
        f"The mean probability is {probability:.2f}. The fraction that was right is {right:.2f}. "
    )
    if right - probability > 0.02:
        text += (
            "So this model is too modest, or **underconfident**: it is right more often than it "
            "claims. "
        )
    elif probability - right > 0.02:
        text += (
            "So this model is too bold, or **overconfident**: it is right less often than it "
            "claims. "
        )
    else:
        text += "So on the whole this model keeps its word. "
    return text + f"With {n} recordings this is a first hint, not a proof."


def temperature(s: Session, tested: HeldOut) -> None:
    s.step("Temperature")
    scores, targets = tested.scores, tested.targets
    some = np.array([0.5, 1.0, 2.0])
    first = scores[0]
    s.read(
        "After training, one number can make a model bolder or more modest. Divide all scores by "
        "it, before softmax. It is called the **temperature**."
    )
    s.formula(
        "p = softmax(s / T)",
        symbols={"s": "the scores", "T": "the temperature", "p": "the probabilities",
                 "softmax": "as before"},
        code=tempered,
        line="softmax(scores / temperature)",
        worked="the predicted label of a held-out recording gets "
        + ", ".join(f"{tempered(first, t).max():.3f} with T = {t:g}" for t in some),
    )  # fmt: skip

    def effect(t: float) -> str:
        probabilities = tempered(scores, t)
        right = probabilities.argmax(axis=1) == targets
        error = calibration(probabilities.max(axis=1), right).error
        loss, _ = cross_entropy(scores / t, targets)
        return (
            f"right: {right.sum()} of {len(right)}; mean probability: "
            f"{probabilities.max(axis=1).mean():.3f}; E: {error:.3f}; mean loss: {float(loss):.3f}"
        )

    s.predict(
        "Which of these changes when the temperature changes?",
        changed_by_temperature(scores),
        "All scores are divided by the same number. So their order stays the same, and the highest "
        "stays the highest. But the differences shrink or grow.",
        choices=("which label wins", "its probability", "both"),
    )
    s.read(f"Try it, on {len(targets)} held-out recordings. Can you make E, or the loss, smaller?")
    tries = (0.25, 0.5, 1.0, 2.0, 5.0)
    s.change("the temperature", 1.0, tries, effect, low=0.05, high=100.0)
    best = min(tries, key=lambda t: float(cross_entropy(scores / t, targets)[0]))
    s.read(
        f"Of {', '.join(f'{t:g}' for t in tries[:-1])} and {tries[-1]:g}, a temperature of "
        f"{best:g} has the lowest loss. But we chose it with these very recordings. To check it, "
        "we would need new ones."
    )


def changed_by_temperature(scores: np.ndarray) -> str:
    """The choice that says what a temperature of two changes."""
    cold, hot = softmax(scores), tempered(scores, 2.0)
    wins = (cold.argmax(axis=1) != hot.argmax(axis=1)).any()
    probability = not np.allclose(cold.max(axis=1), hot.max(axis=1))
    return "both" if wins and probability else "which label wins" if wins else "its probability"


def what_you_know(s: Session) -> None:
    s.step("What you know now")
    s.read(
        "Softmax turns scores into probabilities. The loss is minus the logarithm of the true "
        "label's probability. A probability only compares labels with each other: it cannot show "
        "that none of them fits. And only held-out recordings show whether a model keeps its word."
    )
    pair = np.array([1.0, 1.0])
    s.check(
        f"Two labels have the scores {pair[0]:g} and {pair[1]:g}. What is the "
        "probability of the first?",
        float(softmax(pair)[0]),
        f"Equal scores get equal probabilities: {softmax(pair)[0]:g}.",
        tolerance=0.001,
        hint="You need no calculator. What do the two add up to?",
    )
    good, bad = 0.8, 0.05
    s.check(
        f"Two models were both wrong. The first gave the true label a probability of {good / 4:g}, "
        f"the second {bad:g}. Which has the greater loss?",
        "the second" if loss_of(bad) > loss_of(good / 4) else "the first",
        f"It is {loss_of(good / 4):.2f} for the first and {loss_of(bad):.2f} for the second, which "
        "was further off.",
        choices=("the first", "the second", "both the same"),
        hint="The lower the probability of the true label, the greater the loss.",
    )
