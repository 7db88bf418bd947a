"""Lesson 4: scores, softmax, logarithm, cross-entropy, calibration, and what is left of doubt."""

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

from .example import STRANGE, HeldBack, held_back, most_doubtful, strange_movements, targets_of
from .maths import by_hand, loss_of, tempered

SURE = 0.9


def exp_table(steps: np.ndarray) -> list[tuple[str, str]]:
    """Numbers, and exp of each."""
    return [(f"{step:g}", number_text(np.exp(step))) for step in steps]


def listed_shares(labels: list[str], shares: np.ndarray) -> str:
    """Labels with their probabilities, a line each."""
    return "\n".join(f"{name}: {share:.4f}" for name, share in zip(labels, shares, strict=True))


def lesson(s: Session) -> None:
    """The steps, in order."""
    rounded = np.round(s.model.predict_float(s.data).scores, 2)
    doubtful = most_doubtful(rounded)
    scores, truth = rounded[doubtful], s.data.recordings[doubtful].label
    a_number_each(s, scores, truth)
    always_positive(s)
    shares(s, scores)
    only_differences(s, scores)
    the_way_back(s)
    how_wrong(s, scores, truth)
    sure_and_wrong(s)
    over_all(s)
    never_taught(s)
    two_doubts(s)
    tested = said_and_done(s)
    one_number_for_it(s, tested)
    temperature(s, tested)
    what_you_know(s)


def a_number_each(s: Session, scores: np.ndarray, truth: str) -> None:
    s.step("A number for each label")
    chosen = s.model.labels[int(scores.argmax())]
    s.word("score")
    s.read(
        f"The last layer of a network gives a score for each label. Here are the scores of the "
        f"model for one recording. Its true label is **{as_is(truth)}**. We took the recording "
        f"about which the model is least sure, of all {len(s.data)}. The last output, that for "
        "other movements, waits until later."
    )
    s.table(
        ("label", "score"),
        [(name, f"{score:.2f}") for name, score in zip(s.model.labels, scores, strict=True)],
        "what comes out of the last layer",
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
        "But how sure is it? A score has no fixed top. We would like shares: none below zero, all "
        "together one. To divide each score by their sum will not do: " + why_not(scores)
    )


def why_not(scores: np.ndarray) -> str:
    """Why scores divided by their sum are no shares."""
    if scores.sum() == 0:
        return "their sum is zero, and nothing can be divided by zero."
    divided = scores / scores.sum()
    if divided.min() < 0:
        return f"one share would be {divided.min():.2f}, and nothing can happen less than never."
    if scores.max() < 0:
        return "then the lowest score would get the largest share."
    return (
        f"here we get {divided.min():.2f} to {divided.max():.2f}. But as soon as one score is "
        "below zero and another one is not, one share is below zero, too."
    )


def always_positive(s: Session) -> None:
    s.step("Always above zero")
    steps = np.array([-2, -1, 0, 1, 2, 3])
    e = np.exp(1)
    s.read(
        "There is a function that makes any number larger than zero: `exp`. On a calculator its "
        f"button says eˣ. Of zero it makes {np.exp(0):g}. Each step up multiplies by {e:.3f}. Each "
        "step down divides by it. Higher scores stay higher, and no result is ever negative."
    )
    s.table(("number", "exp of it"), exp_table(steps), "six steps")
    x = np.linspace(-3, 3, 61)
    s.picture(
        Chart(
            "exp",
            "number",
            "exp of it",
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


def shares(s: Session, scores: np.ndarray) -> None:
    s.step("From scores to shares")
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
        (name, f"{score:.2f}", number_text(power), f"{share:.4f}")
        for name, score, power, share in zip(
            s.model.labels, scores, powers, probabilities, strict=True
        )
    ]
    rows[hidden] = (*rows[hidden][:-1], "?")
    s.table(("label", "score", "exp of it", "probability"), rows, "softmax by hand")
    s.check(
        "What stands in place of the question mark, from zero to one?",
        float(probabilities[hidden]),
        f"{number_text(powers[hidden])} / {number_text(powers.sum())} = "
        f"{probabilities[hidden]:.3f}. All probabilities together are one.",
        tolerance=0.01,
        hint=f"Add up the column of exp: it is {number_text(powers.sum())}. Then divide.",
    )
    s.run(softmax, scores)
    apart = np.abs(by_hand(scores) - probabilities).max()
    s.read(
        "That was the kit's own softmax, for the same scores. "
        + ("By hand it is the same." if apart < 1e-9 else f"By hand it is off by {apart:.1g}.")
    )


def only_differences(s: Session, scores: np.ndarray) -> None:
    s.step("Only differences count")
    added = 5.0
    same = np.allclose(softmax(scores), softmax(scores + added))
    s.predict(
        f"We add {added:g} to each of the scores. What happens to the probabilities?",
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
        f"Why does the kit take the highest score away first? exp of {huge:g} is more than this "
        f"computer can hold: it says {too_large}. After taking away, no number is above zero, and "
        "no exp above one."
    )
    s.change(
        "add this to all scores",
        0.0,
        (-3.0, added, huge),
        lambda number: listed_shares(s.model.labels, softmax(scores + number)),
        low=-1e6,
        high=1e6,
    )


def the_way_back(s: Session) -> None:
    s.step("The way back")
    s.word("logarithm")
    halves = 0.5 ** np.arange(5)
    s.read(
        "exp makes steps into factors. The logarithm goes the way back: it makes factors into "
        "steps. Its button says `ln`; in Python it is `np.log`."
    )
    s.table(
        ("number", *(number_text(half) for half in halves)),
        [("logarithm", *(f"{np.log(half):.3f}" for half in halves))],
        "each number is half of the one before",
    )
    step = np.log(halves[0]) - np.log(halves[1])
    s.read(
        f"Each half is the same step down: {step:.3f}. The logarithm of one is zero. Near zero the "
        "steps never end: the logarithm has no lowest value."
    )
    next_half = halves[-1] / 2
    s.check(
        f"The logarithm of {number_text(halves[-1])} is {np.log(halves[-1]):.3f}. What is that of "
        f"{number_text(next_half)}, half as much?",
        float(np.log(next_half)),
        f"One more step down: {np.log(halves[-1]):.3f} − {step:.3f} = {np.log(next_half):.3f}.",
        tolerance=0.05,
        hint=f"Each half is a step of {step:.3f} down.",
    )


def how_wrong(s: Session, scores: np.ndarray, truth: str) -> None:
    s.step("How wrong is it?")
    s.word("loss")
    s.word("cross-entropy")
    right = float(f"{softmax(scores)[s.model.labels.index(truth)]:.4g}")
    s.formula(
        "L = −ln(p)",
        symbols={"p": "the probability that the true label got", "L": "the loss: cross-entropy"},
        code=mean_loss,
        line="-np.log",
        worked=f"our recording, {truth}: −ln({right:g}) = {loss_of(right) + 0.0:.3f}",
    )
    s.read("In the code, `right` is p. The loss may be taken of many recordings at once.")
    some = np.array([1.0, 0.99, 0.5, 0.1, 0.01])
    s.table(
        ("probability of the true label", *(f"{p:g}" for p in some)),
        [("loss", *(f"{loss_of(p) + 0.0:.2f}" for p in some))],
        "what an answer costs",
    )


def sure_and_wrong(s: Session) -> None:
    s.step("Sure and wrong")
    x = np.linspace(0.01, 1, 100)
    s.read("Here is the loss of one answer for each share that the true label may get.")
    s.picture(
        Chart(
            "What an answer costs",
            "probability of the true label",
            "loss",
            [Series("loss", x, -np.log(x))],
            f"Zero at a probability of one, and steeply up to {loss_of(x[0]):.1f} near zero.",
        )
    )
    s.read(
        "To be sure and right costs next to nothing. To be in doubt costs a little. To be sure and "
        "wrong costs a lot: the less the true label got, the more. So a network that is trained to "
        "make its loss small learns to be right, and not to boast."
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
        f"{np.mean(every):.4f}; the kit's `cross_entropy` says {float(loss):.4f}. It is one "
        "number that says how wrong a model is. The next lesson makes it small."
    )
    share = Fraction(1, n)
    guess = loss_of(float(share))
    s.check(
        f"A model knows nothing. It always gives each of the {n} labels the same share. What is "
        "its loss? Use the formula, with a calculator.",
        guess,
        f"Each gets {share}, and −ln({share}) = {guess:.2f}. " + learned_says(float(loss), guess),
        tolerance=0.05,
        hint=f"Divide one by {n}. Take the logarithm of that, and turn its sign round.",
    )


def learned_says(loss: float, guess: float) -> str:
    """What a loss says beside that of a blind guess."""
    if loss < guess / 2:
        return "Our model is far below that: it has learned something."
    if loss < guess:
        return "Our model is below that: it has learned a little."
    return "Our model is no better than that."


def never_taught(s: Session) -> None:
    s.step("A movement that nobody taught")
    movements = strange_movements(s.model.window, s.model.rate_hz)
    said = s.model.predict_float(movements)
    sure = said.probability
    i = int(np.where(said.confidence < 0, sure, sure - 1).argmax())  # the boldest that is far off
    s.read(
        f"Now {STRANGE} movements that nobody ever made: random swings. The kit made them up. None "
        f"of the {len(s.model.labels)} labels is meant for them. What does softmax say?"
    )
    s.predict(
        f"For how many of the {STRANGE} will the model give some label more than {SURE:.2f}?",
        str(int((sure > SURE).sum())),
        f"For {(sure > SURE).sum()} of {STRANGE}. Look at one of the {STRANGE}: "
        f"the model says {as_is(said.best[i])}, with a probability of {sure[i]:.4f}.",
    )
    seconds = np.arange(s.model.window) / s.model.rate_hz
    s.picture(
        Chart(
            f"Nobody made this, yet the model says: {said.best[i]}, {sure[i]:.4f}",
            "time in s",
            "acceleration in counts",
            [Series(axis, seconds, movements[i][:, k]) for k, axis in enumerate("xyz")],
            "Random swings of all three axes.",
        )
    )
    s.read(
        "Why? Softmax shares out one whole among the labels that it is given, and nothing else may "
        "have a part of it. It asks: which of my labels fits best? It never asks: does any of them "
        "fit?"
    )
    first = 0.97
    s.check(
        f"A model knows two labels. For a board that falls, it gives the first label {first}. What "
        "does the second one get?",
        1 - first,
        f"All together are one, so {1 - first:.2f} is left. Nothing is left for a fall.",
        tolerance=0.001,
        hint="What are all probabilities together?",
    )


def two_doubts(s: Session) -> None:
    s.step("Two kinds of doubt")
    movements = strange_movements(s.model.window, s.model.rate_hz)
    known, strange = s.model.predict_float(s.data), s.model.predict_float(movements)
    kept, let_in = int((known.confidence >= 0).sum()), int((strange.confidence >= 0).sum())
    s.read(
        "The kit therefore asks a second question: does this fit the best label at all? How far is "
        "it from the middle of its recordings? That is a distance, as in lesson 2. And how high "
        "is the last output, that for other movements? In training the kit makes up movements "
        "for it, too.\n\n"
        "What it makes of both is called `confidence`. Below zero it says: this is something else. "
        "Then the kit names no label."
    )
    s.picture(
        Chart(
            "Sure, and yet strange",
            "probability of the best label",
            "confidence of the kit",
            [
                Series("recordings", known.probability, known.confidence, "points"),
                Series("nobody made these", strange.probability, strange.confidence, "points"),
            ],
            f"{kept} of {len(s.data)} recordings lie at zero or above, and {let_in} of {STRANGE} "
            "movements that nobody made.",
        )
    )
    s.read(
        f"At zero or above lie {kept} of the {len(s.data)} recordings that it learned from, and "
        f"{let_in} of {STRANGE} movements that nobody made. "
        + ("The second question does not catch them all. " if let_in else "")
        + "So there are two kinds of doubt. Far to the left: the model "
        "wavers between labels that it knows. Far down: it has seen nothing like this. A low "
        "probability tells only of the first kind."
    )
    s.check(
        "A model has learned left and right. You turn the board halfway between. Which doubt does "
        "it have?",
        "it wavers between labels",
        "Both labels fit a little, so their scores are close. More recordings of such turns help.",
        choices=("it wavers between labels", "it has seen nothing like it"),
        hint="Does it know movements that are nearly like this one?",
    )


def said_and_done(s: Session) -> HeldBack:
    s.step("Said and done")
    s.word("calibration")
    tested = held_back(few_of_each(s.data, s.data.labels))
    sure, right = tested.sure, tested.right
    limit = next(one for one in (SURE, 0.7, 0.5, 0.0) if (sure > one).any())
    n = int((sure > limit).sum())
    s.read(
        "Does the model keep its word? When it says that it is nearly certain, is it nearly always "
        "right? We must ask about recordings that it did not learn from. So we split the "
        f"{len(sure)} recordings into {tested.n_parts} parts. Then {tested.n_parts} models learn: "
        "each from all parts but one, and it is asked about that one."
    )
    s.predict(
        f"For {n} of the {len(sure)} recordings the best label gets more than {limit}. How many of "
        f"these {n} are named rightly?",
        str(int(right[sure > limit].sum())),
        f"{right[sure > limit].sum()} of {n}.",
    )
    reliability(s, tested.table)
    s.read(modest_or_bold(float(sure.mean()), float(right.mean()), len(sure)))
    return tested


def one_number_for_it(s: Session, tested: HeldBack) -> None:
    s.step("How far off?")
    table = tested.table
    last = [one for one in table.bins if one.n][-1]
    s.read(
        "Each row of the table has a mean of what was said, and a share that was right. They "
        "should be equal. How far they are apart, on average, is one number. A row with many "
        "recordings weighs more."
    )
    s.formula(
        "E = Σ (n / N) · |r − c|",
        symbols={
            "Σ": "add this up over all rows of the table",
            "n": "how many recordings are in a row",
            "N": "how many there are in all",
            "r": "the share of the row that was right",
            "c": "the mean of what the model said in this row",
            "E": "the mean distance from the line, over all rows",
        },
        code=calibration,
        line="np.abs(accuracy - mean_probability)",
        worked=f"last row: {last.n} / {len(tested.sure)} · |{last.accuracy:.4f} − "
        f"{last.confidence:.4f}| = "
        f"{last.n / len(tested.sure) * abs(last.accuracy - last.confidence):.3f}; all rows "
        f"together: {table.error:.3f}",
    )
    said, right, many = 0.7, 4, 8
    s.check(
        f"A table has one row only. Of {many} recordings {right} were right, and the model said "
        f"{said} each time. What is E?",
        abs(right / many - said),
        f"{right} of {many} is {right / many:g}. From there to {said} it is "
        f"{abs(right / many - said):.1f}. The model was too bold.",
        tolerance=0.001,
        hint="Which share was right? How far is it from what the model said?",
    )
    chances = 10 * SURE
    s.check(
        f"On each of ten days a weather report says: {SURE:.0%} for rain. It is well calibrated. "
        "On how many of the ten days will it rain, about?",
        chances,
        f"{SURE:.0%} of ten days are {chances:g} days. On a dry day the report was not wrong: it "
        "never said that rain was certain.",
        tolerance=0,
        hint="Well calibrated: as often as it says.",
    )


def reliability(s: Session, table: Calibration) -> None:
    """The table and the diagram of what was said and what was right."""
    full = [one for one in table.bins if one.n]
    s.table(
        ("it said", "recordings", "mean of what it said", "share that was right"),
        [
            (f"{one.low:.1f} to {one.high:.1f}", one.n, f"{one.confidence:.2f}",
             f"{one.accuracy:.2f}")
            for one in full
        ],
        "held-out recordings, sorted by how sure the model was",
    )  # fmt: skip
    s.picture(
        Chart(
            "Reliability",
            "what the model said, on average",
            "share that was right",
            [
                Series("as it should be", [0, 1], [0, 1]),
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


def modest_or_bold(said: float, right: float, n: int) -> str:
    """Which of both is larger, in words."""
    told = f"On average it said {said:.2f}. The share that was right is {right:.2f}. "
    if right - said > 0.02:
        told += "So this model is too modest: it is right more often than it says. "
    elif said - right > 0.02:
        told += "So this model is too bold: it is right less often than it says. "
    else:
        told += "So on the whole this model keeps its word. "
    return told + f"With {n} recordings this is a first hint, not a proof."


def temperature(s: Session, tested: HeldBack) -> None:
    s.step("Temperature")
    scores, targets = tested.scores, tested.targets
    some = np.array([0.5, 1.0, 2.0])
    first = scores[0]
    s.read(
        "A model can be made bolder or more modest after training, with one number. Divide all "
        "scores by it, before softmax. It is called the temperature."
    )
    s.formula(
        "p = softmax(s / T)",
        symbols={"s": "the scores", "T": "the temperature", "p": "the probabilities",
                 "softmax": "as before"},
        code=tempered,
        line="softmax(scores / temperature)",
        worked="the best label of a held-out recording gets "
        + ", ".join(f"{tempered(first, t).max():.3f} with T = {t:g}" for t in some),
    )  # fmt: skip

    def told(t: float) -> str:
        probabilities = tempered(scores, t)
        right = probabilities.argmax(axis=1) == targets
        error = calibration(probabilities.max(axis=1), right).error
        loss, _ = cross_entropy(scores / t, targets)
        return (
            f"right: {right.sum()} of {len(right)}; it says {probabilities.max(axis=1).mean():.3f} "
            f"on average; E: {error:.3f}; mean loss: {float(loss):.3f}"
        )

    s.predict(
        "Which of these changes when the temperature changes?",
        changed_by_heat(scores),
        "All scores are divided by the same number. So their order stays, and the highest stays "
        "the highest. But the differences shrink or grow.",
        choices=("which label wins", "how sure the model is", "both"),
    )
    s.read(f"Try it, on {len(targets)} held-out recordings. Can you make E, or the loss, smaller?")
    tries = (0.25, 0.5, 1.0, 2.0, 5.0)
    s.change("the temperature", 1.0, tries, told, low=0.05, high=100.0)
    best = min(tries, key=lambda t: float(cross_entropy(scores / t, targets)[0]))
    s.read(
        f"Of {', '.join(f'{t:g}' for t in tries[:-1])} and {tries[-1]:g}, a temperature of "
        f"{best:g} has the lowest loss. But we chose it with these very recordings. To know "
        "whether it holds, one would need others."
    )


def changed_by_heat(scores: np.ndarray) -> str:
    """What a temperature of two changes."""
    cold, hot = softmax(scores), tempered(scores, 2.0)
    wins = (cold.argmax(axis=1) != hot.argmax(axis=1)).any()
    says = not np.allclose(cold.max(axis=1), hot.max(axis=1))
    return "both" if wins and says else "which label wins" if wins else "how sure the model is"


def what_you_know(s: Session) -> None:
    s.step("What you know now")
    s.read(
        "Scores become probabilities by softmax. The loss is minus the logarithm of what the true "
        "label got. A probability compares labels with each other: it cannot tell that none of "
        "them fits. And only held-out recordings show whether a model keeps its word."
    )
    pair = np.array([1.0, 1.0])
    s.check(
        f"Two labels have the scores {pair[0]:g} and {pair[1]:g}. What is the "
        "probability of the first?",
        float(softmax(pair)[0]),
        f"Equal scores get equal shares: {softmax(pair)[0]:g}.",
        tolerance=0.001,
        hint="You need no calculator. What are both together?",
    )
    good, bad = 0.8, 0.05
    s.check(
        f"Two models were both wrong. One gave the true label {good / 4:g}, the other {bad:g}. "
        "Which one has the greater loss?",
        "the other" if loss_of(bad) > loss_of(good / 4) else "the first",
        f"{loss_of(good / 4):.2f} for the first, {loss_of(bad):.2f} for the other: it was further "
        "off.",
        choices=("the first", "the other", "both the same"),
        hint="The less the true label got, the greater the loss.",
    )
