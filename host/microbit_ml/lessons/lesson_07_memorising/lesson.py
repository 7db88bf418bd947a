"""Lesson 7, Learning, not memorising: what a network does with recordings it has never seen."""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

from collections.abc import Callable
from typing import Any

import numpy as np

from microbit_ml.charts import Chart, Series
from microbit_ml.evaluate import cross_validate, learning_curve, leave_one_subject_out
from microbit_ml.evaluate.classical import NearestNeighbours
from microbit_ml.lessons.material import energy, simulated_gestures
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import named
from microbit_ml.network import Dropout, Network, fit
from microbit_ml.recordings import Dataset, make_window
from microbit_ml.recordings.augment import KINDS, augment
from microbit_ml.training import Settings, train

from .example import (
    LEAST,
    MEMORISER,
    MOST,
    NETWORKS,
    Lab,
    Outcome,
    by_person_possible,
    recordings_of,
    usable,
)
from .maths import fraction_right

DECAY, DROPOUT, COPIES = 0.1, 0.5, 8
QUICK: dict[str, Any] = {"arch": "12", "steps": 60, "copies": 2, "negatives": 60}
QUICK_RAW: dict[str, Any] = {
    "arch": MEMORISER["arch"],
    "steps": 120,
    "copies": 4,
    "negatives": 60,
}
FEW = 3  # recordings of the gesture that is added


def lesson(s: Session) -> None:
    """The lesson from top to bottom."""
    mine = usable(s.data)
    data = mine if len(mine) else usable(simulated_gestures())
    lab = Lab(data)
    s.step("A perfect memory")
    perfect_memory(s, lab)
    s.step("Three piles")
    three_piles(s, lab)
    s.step("A network that memorises")
    memoriser(s, lab)
    s.step("What two curves show")
    two_curves(s, lab)
    s.step("Stop in time")
    stop_in_time(s, lab)
    s.step("Cure: weight decay")
    weight_decay(s, lab)
    s.step("Cure: dropout")
    dropout(s, lab)
    s.step("Cure: augmentation")
    augmentation(s, data, lab)
    s.step("Which cure is best?")
    best, helped = compare_cures(s, lab)
    s.step("How many recordings are enough?")
    how_many(s, lab.known)
    s.step("A new person")
    new_person(s, data)
    s.step("A new gesture from a few recordings")
    new_gesture(s, data)
    s.step("Opening the test set")
    open_test_set(s, best, helped)


def perfect_memory(s: Session, lab: Lab) -> None:
    """One nearest neighbour on its own training set, and on unseen recordings."""
    used = usable(s.data)
    if s.own and not len(used):
        s.read(
            f"This lesson needs at least two labels with {LEAST} recordings each. Your data has "
            "fewer, so here are the kit's simulated gestures instead."
        )
    elif len(used) < len(s.data):
        s.read(
            f"This lesson uses {len(used)} of the {len(s.data)} recordings. It takes only labels "
            f"with at least {LEAST} recordings, and at most {MOST} of each."
        )
    learn = ~lab.held_out[0]
    rows = lab.windows.reshape(len(lab.windows), -1).astype(float)
    memory = NearestNeighbours(k=1).fit(rows[learn], lab.targets[learn])
    known, unseen = rows[learn], rows[~learn]
    right = int((memory.predict(known) == lab.targets[learn]).sum())
    s.read(
        "Two pupils study for a test. One learns all the answers of the old tests by heart. The "
        "other one learns how it works. On the old tests both are perfect. A new test shows who is "
        "who.\n\n"
        "Can a computer learn by heart? Nothing is easier. Keep all the recordings. When a new "
        "movement comes, find the recording nearest to it, and give the same label. That is "
        "nearest neighbours, with just one neighbour."
    )
    s.word("training set")
    s.predict(
        f"It has learned {len(known)} recordings. Now we ask it about the same {len(known)} again. "
        "How many will it get right?",
        right,
        "The nearest recording to each one is the recording itself, at a distance of zero."
        if right == len(known)
        else "Nearly all: the nearest recording to each one is the recording itself. But some of "
        "your recordings are the same and have different labels. Have a look at them.",
    )
    predicted, truth = memory.predict(unseen), lab.targets[~learn]
    fraction = fraction_right(predicted, truth)
    s.read(f"Now it gets {len(unseen)} recordings that it has never seen.")
    s.formula(
        "fraction right = right / all",
        symbols={
            "fraction right": "from zero (none right) to one (all right)",
            "right": "the number of right answers",
            "all": "the number of all answers",
        },
        code=fraction_right,
        line="right / len(truth)",
        worked=f"{int((predicted == truth).sum())} / {len(truth)} = {fraction:.2f}",
    )
    s.word("generalise")
    before, after = f"{right / len(known):.0%}", f"{fraction:.0%}"
    what_came = f"From {before} down to {after}. "
    if fraction < 0.8:
        what_came += "This perfect memory does not generalise well. So getting"
    elif after != before:
        what_came += "This perfect memory did quite well here. But getting"
    else:
        what_came = (
            f"It is {after} again: the new recordings are much like the known ones. But getting"
        )
    s.read(f"{what_came} the known recordings right proves nothing.")


def three_piles(s: Session, lab: Lab) -> None:
    """The training, validation and test sets."""
    learn = (~lab.held_out[0]).sum()
    held = lab.held_out[0].sum()
    s.read("So we sort the recordings into three piles before we train anything.")
    s.word("validation set")
    s.word("test set")
    s.table(
        ["pile", "recordings", "what it is for"],
        [
            ["training set", f"{learn}", "to learn the weights from"],
            ["validation set", f"{held}", "to choose between networks and settings"],
            ["test set", f"{len(lab.test_targets)}", "to see how good it is, once, at the end"],
        ],
        f"Three piles, each with all {len(lab.labels)} labels",
    )
    s.read(
        "Why is it not enough to hold out one pile? Say you try many networks and keep the one "
        "that does best on that pile. Part of its success is luck with that very pile. So for the "
        "last number you need a pile that played no part in the choice."
    )
    s.check(
        "Should you train for longer? Which pile can tell you?",
        "validation set",
        "The training set always says yes. And the test set stays closed until the end.",
        choices=("training set", "validation set", "test set"),
        hint="It is a choice between models.",
    )
    s.read(
        f"One pile is small, and luck plays a part. So from now on we always train {NETWORKS} "
        "networks side by side. Each has a different part of the recordings as its validation set. "
        "We show their mean. The test set stays closed."
    )


def memoriser(s: Session, lab: Lab) -> None:
    """A network without any help."""
    outcome = lab.train()
    n_inputs, n_outputs = lab.windows[0].size, len(lab.labels) + 1
    network = Network(MEMORISER["arch"], n_inputs, n_outputs, np.random.default_rng(0))
    learn = int((~lab.held_out[0]).sum())
    s.read(
        "Now for a network with a good memory. It gets no features, only the window itself: all "
        f"{n_inputs} numbers. It has {network.trainable_layers[0].n_outputs} hidden neurons, and "
        f"{network.parameters.size} weights and biases in all. And it has {learn} recordings to "
        "learn from. That is a lot of weights for so few recordings. (It also sees "
        f"{MEMORISER['negatives']} random movements, called synthetic negatives. For these it "
        "must answer “none of my labels”.)"
    )
    s.predict(
        "It gets all of its own training set right, or nearly. What percentage of the validation "
        "set will it get right?",
        f"{outcome.validation:.0%}",
        f"It gets {outcome.training:.0%} of the training set right, but only "
        f"{outcome.validation:.0%} of the validation set. Pure guessing would give about "
        f"{1 / len(lab.labels):.0%}."
        if outcome.validation < outcome.training
        else f"It gets {outcome.training:.0%} of the training set right, and "
        f"{outcome.validation:.0%} of the validation set. Pure guessing would give about "
        f"{1 / len(lab.labels):.0%}.",
    )
    s.word("overfitting")
    gap = outcome.training - outcome.validation
    s.read(
        "That is overfitting. The network has found something special about every single "
        "recording: a wobble here, a late start there. But that is not the gesture."
        if gap > 0.1
        else "That is a small gap: these gestures are easy, even for such a network. Look at the "
        "losses in the next step."
    )


def curve_chart(title: str, outcome: Outcome) -> Chart:
    """Both losses over the steps of one training."""
    best = int(np.argmin(outcome.validation_loss))
    return Chart(
        title=title,
        x_label="step",
        y_label="loss",
        series=[
            Series("training set", outcome.step, outcome.training_loss),
            Series("validation set", outcome.step, outcome.validation_loss),
        ],
        alt=f"The training loss goes from {outcome.training_loss[0]:.1f} to "
        f"{outcome.training_loss[-1]:.2f}. The validation loss is lowest at step "
        f"{outcome.step[best]} with {outcome.validation_loss[best]:.2f}, and ends at "
        f"{outcome.validation_loss[-1]:.2f}.",
    )


def two_curves(s: Session, lab: Lab) -> None:
    """Training and validation loss over the steps."""
    outcome = lab.train()
    best = int(np.argmin(outcome.validation_loss))
    lowest, last = outcome.validation_loss[best], outcome.validation_loss[-1]
    s.read(
        "The loss tells you more than how many answers are right. It also takes into account how "
        "confident the network was. Here it is, step by step, for the training set and for the "
        "validation set."
    )
    s.picture(curve_chart("The same network, two losses", outcome))
    s.read(
        f"The training loss ends at {outcome.training_loss[-1]:.2f}. The validation loss is "
        f"{lowest:.2f} at its lowest, and ends at {last:.2f}. "
        + (
            "So the network keeps on learning each recording by heart. On new recordings it gets "
            "more and more confident, even when it is wrong."
            if last > 1.2 * lowest
            else "So on new recordings it did not get much worse."
        )
    )
    marked = sorted({0, best, len(outcome.step) // 2, len(outcome.step) - 1})
    steps = [str(outcome.step[index]) for index in marked]
    s.table(
        ["step", "training set", "validation set"],
        [
            [
                str(outcome.step[index]),
                f"{outcome.training_loss[index]:.2f}",
                f"{outcome.validation_loss[index]:.2f}",
            ]
            for index in marked
        ],
        "The two losses at some steps",
    )
    s.check(
        "You want a low loss on new recordings. After which of these steps would you stop?",
        str(outcome.step[best]),
        f"The validation loss is lowest there: {lowest:.2f}.",
        choices=steps,
        hint="Look for the smallest number in the last column.",
    )


def stop_in_time(s: Session, lab: Lab) -> None:
    """Early stopping with the kit's fit."""
    plain, early = lab.train(), lab.train(early_stopping=True)
    s.word("early stopping")
    s.read(
        "Ask the kit's `fit` for it, and it keeps the weights from the step where the validation "
        "loss was lowest."
    )
    s.table(
        ["", "steps", "training set", "validation set", "validation loss"],
        [
            row("to the end", plain, f"{MEMORISER['steps']}"),
            row("early stopping", early, f"{early.stopped_at}"),
        ],
        "Percent right, and the validation loss",
    )
    s.read(
        f"The validation loss is {early.kept_loss:.2f} instead of {plain.kept_loss:.2f}. "
        + (
            f"But fewer answers are right: {early.validation:.0%} instead of "
            f"{plain.validation:.0%}. How can that be? The loss also depends on how confident the "
            "network was in each mistake. The network that stopped early is less confident in its "
            "mistakes, but it has also learned less. That is more honest, but it is no cure."
            if early.validation < plain.validation and early.kept_loss < 0.8 * plain.kept_loss
            else "And no fewer answers are right."
            if early.validation >= plain.validation
            else "And fewer answers are right."
        )
    )
    s.read(
        "Time is only half of the problem. The other half is that the network has too much freedom "
        "for so few recordings. The next cures take some of that freedom away."
    )


def row(name: str, outcome: Outcome, *more: str) -> list[str]:
    """A row of a table of trainings."""
    percents = [f"{outcome.training:.0%}", f"{outcome.validation:.0%}"]
    return [name, *more, *percents, f"{outcome.kept_loss:.2f}"]


def result_of(lab: Lab, setting: str, kind: type = float) -> Callable[[float], str]:
    """A function that trains with a value of this setting and describes the outcome."""

    def result(value: float) -> str:
        outcome = lab.train(**{setting: kind(value)})
        return (
            f"right: {outcome.training:.0%} of the training set, {outcome.validation:.0%} of the "
            f"validation set; validation loss {outcome.kept_loss:.2f}"
        )

    return result


def compared(plain: Outcome, cured: Outcome) -> str:
    """The effect of a cure on the validation set, in words."""
    if abs(cured.kept_loss - plain.kept_loss) < 0.05 * plain.kept_loss:
        loss = "about the same"
    else:
        loss = "lower" if cured.kept_loss < plain.kept_loss else "higher"
    before, after = f"{plain.validation:.0%}", f"{cured.validation:.0%}"
    return (
        f"Now it gets {after} of the validation set right, "
        f"{'the same as before' if after == before else f'instead of {before}'}. The validation "
        f"loss is {loss}: {cured.kept_loss:.2f} instead of {plain.kept_loss:.2f}."
    )


def weight_decay(s: Session, lab: Lab) -> None:
    """Weight decay: the formula in the kit's fit, and what it does."""
    s.read("These cures have a name.")
    s.word("regularization")
    s.word("weight decay")
    s.read(
        "If the weights are large, a tiny wobble can change the answer. So make large weights "
        "costly. In each step, add a small part of the weight to its slope. Then the step against "
        "the slope also pulls the weight toward zero."
    )
    weight, slope = 2.0, 0.5
    decayed = slope + DECAY * weight
    s.formula(
        "new slope = slope + d · w",
        symbols={
            "new slope": "the slope that the optimizer gets",
            "slope": "the slope of the loss for this weight",
            "d": "the weight decay",
            "w": "the weight itself",
        },
        code=fit,
        line="network.gradient += decay * network.parameters",
        worked=f"with the slope {slope:g}, d = {DECAY:g} and w = {weight:g}: "
        f"{slope:g} + {DECAY:g} · {weight:g} = {decayed:g}",
    )
    pull = 0.5
    s.check(
        f"A weight is {-weight:g}, its slope is zero, and d = {pull:g}. What is the new slope?",
        -weight * pull,
        f"{pull:g} · ({-weight:g}) = {-weight * pull:g}. It is negative, so the step goes up, "
        "toward zero.",
        tolerance=0.001,
        hint="Only the second part is left: d times w. Mind the sign.",
    )
    s.change(
        "weight decay",
        DECAY,
        (0.0, DECAY, 0.3),
        result_of(lab, "weight_decay"),
        low=0.0,
        high=1.0,
    )
    plain, cured = lab.train(), lab.train(weight_decay=DECAY)
    s.read(
        f"How large is a typical weight now? Without weight decay it was {plain.weight:.2f}. "
        f"With a weight decay of {DECAY:g} it is {cured.weight:.2f}. {compared(plain, cured)}"
    )


def dropout(s: Session, lab: Lab) -> None:
    """Dropout: the kit's layer at work, and what it does."""
    s.word("dropout")
    layer = Dropout(10, DROPOUT, np.random.default_rng(1))
    layer.training = True
    before = np.ones((1, 10))
    after = layer.forward(before)
    whole, other = 1.0, 0.2
    s.read(
        "If any player may be missing, a team cannot rely on one star. So in each step, some "
        "hidden neurons are switched off at random. The next layer must learn to listen to "
        "several."
    )
    s.show("before", before[0])
    s.show("after", after[0])
    s.formula(
        "y = x · k / (1 - q)",
        symbols={
            "y": "what the next layer gets",
            "x": "the output of the hidden neuron",
            "k": "chosen at random: zero for off, one for on",
            "q": "the fraction that is switched off",
        },
        code=Dropout.forward,
        line="(1.0 / (1.0 - self.rate))",
        worked=f"q = {DROPOUT:g}, and the neuron is on: {before[0, 0]:g} · {whole:g} / "
        f"({whole:g} - {DROPOUT:g}) = {after.max():g}",
    )
    s.read(
        "The neurons that are on count for more, so the sum stays the same on average. When "
        "training is over, all neurons are on, and nothing is changed."
    )
    s.check(
        f"If a fraction of {other:g} is switched off, by what number are the others multiplied?",
        whole / (whole - other),
        f"{whole:g} / ({whole:g} - {other:g}) = {whole / (whole - other):g}.",
        tolerance=0.001,
        hint="Put the fraction into the formula as q.",
    )
    s.change("dropout", DROPOUT, (DROPOUT, 0.8), result_of(lab, "dropout"), low=0.0, high=0.9)
    s.read(compared(lab.train(), lab.train(dropout=DROPOUT)))


def augmentation(s: Session, data: Dataset, lab: Lab) -> None:
    """An augmented sample, and the effect of augmentation."""
    s.word("augmentation")
    s.read(
        "The best cure for too few recordings is more recordings. If you can't get any, make some. "
        "You never move in exactly the same way twice. So take a recording and change it a little: "
        "you might just as well have recorded that."
    )
    s.table(
        ["change", "the augmented sample is"],
        [[name, what] for name, what in KINDS.items()],
        "How the kit makes augmented samples",
    )
    shown = max(data.recordings, key=energy)
    window = make_window(shown)
    copy = augment(window[None], 1, np.random.default_rng(4))[0, 0]
    axis = int(window.std(axis=0).argmax())
    time_s = np.arange(len(window)) / Settings().rate_hz
    apart = float(np.abs(copy[:, axis].astype(float) - window[:, axis]).mean())
    s.picture(
        Chart(
            title=f"A recording ({shown.label}) and an augmented sample",
            x_label="time in s",
            y_label=f"{'xyz'[axis]} in counts",
            series=[
                Series("recording", time_s, window[:, axis]),
                Series("augmented sample", time_s, copy[:, axis]),
            ],
            alt="Two curves of a similar shape. The augmented sample is a little earlier or later, "
            f"higher or lower. On average it is {apart:.0f} counts away from the recording.",
        )
    )
    s.change(
        "augmented samples of each recording",
        COPIES,
        (0, COPIES),
        result_of(lab, "copies", int),
        low=0,
        high=30,
    )
    s.read(compared(lab.train(), lab.train(copies=COPIES)))


def compare_cures(s: Session, lab: Lab) -> tuple[Outcome, list[str]]:
    """All cures in one table. Returns the best outcome on the validation set, and the names of
    the cures that raised the fraction right.
    """
    cures: dict[str, dict[str, Any]] = {
        "no help": {},
        "early stopping": {"early_stopping": True},
        "weight decay": {"weight_decay": DECAY},
        "dropout": {"dropout": DROPOUT},
        "augmentation": {"copies": COPIES},
        "all three of these": {
            "copies": COPIES,
            "weight_decay": DECAY,
            "dropout": DROPOUT,
        },
        "features": {"arch": "16"},
        "features and all three": {
            "arch": "16",
            "copies": COPIES,
            "weight_decay": DECAY,
            "dropout": DROPOUT,
        },
    }
    outcomes = {name: lab.train(**changes) for name, changes in cures.items()}
    alone = ["early stopping", "weight decay", "dropout", "augmentation"]
    ranked = sorted(
        outcomes, key=lambda name: (-outcomes[name].validation, outcomes[name].kept_loss)
    )
    best_alone = next(name for name in ranked if name in alone)
    s.predict(
        "Which single cure gives the most right answers on the validation set?",
        best_alone,
        f"With it, {outcomes[best_alone].validation:.0%} are right. Without any help it was "
        f"{outcomes['no help'].validation:.0%}. "
        + (
            "Now look at all of them."
            if outcomes[best_alone].validation > outcomes["no help"].validation
            else "So no single cure helped here. Is there anything to learn in this data?"
        ),
        choices=alone,
    )
    s.table(
        ["", "training set", "validation set", "validation loss"],
        [row(name, outcome) for name, outcome in outcomes.items()],
        "Percent right, and the validation loss",
    )
    raw, features = outcomes["no help"].validation, outcomes["features"].validation
    best_cure = max(one.validation for name, one in outcomes.items() if "features" not in name)
    best, second = (outcomes[name].validation for name in ranked[:2])
    s.read(
        "The last two rows use another kind of help: the features of lesson 2 instead of the "
        f"window itself. That gives {features:.0%}, and the window without help gives {raw:.0%}. "
        + (
            "Features tell the network what people know about movements: it does not matter when a "
            "movement starts, but it does matter how strong it is. "
            + (
                "Good features beat every cure here."
                if features > best_cure
                else "No cure did better than that."
            )
            if features >= best_cure
            else "Here one of the cures did better than features."
        )
        + (
            " And more is not always better: all three cures together did worse than augmentation "
            "alone."
            if outcomes["all three of these"].validation < outcomes["augmentation"].validation
            else ""
        )
        + f"\n\nThe best on the validation set is **{ranked[0]}**. "
        + ("Others get just as many right, but have a higher loss. " if best == second else "")
        + "We keep it for the end."
    )
    plain = outcomes["no help"].validation
    helped = [name for name in (*alone, "features") if outcomes[name].validation > plain + 0.02]
    return outcomes[ranked[0]], helped


def how_many(s: Session, data: Dataset) -> None:
    """The kit's learning curve."""
    few = Dataset(
        [one for label in data.labels for one in [r for r in data if r.label == label][:8]]
    )
    curve = learning_curve(few, **QUICK)
    shots = list(curve)
    fractions = [curve[n].scores.accuracy for n in shots]
    s.read(
        f"Would more recordings help? Ask the data. Pick {shots[0]} recordings of each label at "
        "random, and train with them. Test with all the others, and write down what fraction is "
        "right. Do that a few more times, and take the mean. Then do the same with more "
        "recordings. What you get is a learning curve. The network sees features here."
    )
    s.picture(
        Chart(
            title="Learning curve",
            x_label="recordings of each label to learn from",
            y_label="fraction right of the others",
            series=[Series("fraction right", shots, fractions)],
            y_range=(0.0, 1.05),
            x_ticks={float(n): str(n) for n in shots},
            alt=", ".join(
                f"{fraction:.0%} right with {n} recordings"
                for n, fraction in zip(shots, fractions, strict=True)
            ),
        )
    )
    s.table(
        ["recordings of each label", "right"],
        [[str(n), f"{fraction:.1%}"] for n, fraction in zip(shots, fractions, strict=True)],
        "The learning curve in numbers",
    )
    if len(shots) < 2:
        s.read("Your data is too small for more points on the curve. So record more first.")
    else:
        s.read(
            f"From {shots[-2]} to {shots[-1]} recordings of each label, it goes from "
            f"{fractions[-2]:.1%} to {fractions[-1]:.1%} right. "
            + end_of_curve(fractions[-1], fractions[-1] - fractions[-2])
        )
    s.check(
        "A friend's curve has gone flat, and it is low. What will help least?",
        "more recordings of the same kind",
        "A flat curve means that more of the same will not help. Other features may help, or "
        "gestures that are less alike, or recordings of other people.",
        choices=("more recordings of the same kind", "other features", "gestures less alike"),
        hint="The end of the curve is flat. What does more of the same do then?",
    )


def end_of_curve(fraction: float, gain: float) -> str:
    """A comment on the end of a learning curve: the last fraction right, and its last gain."""
    if fraction > 0.98:
        return "It has reached the top: for these people and gestures that is enough."
    if gain > 0.02:
        return "The curve is still rising: record more."
    return (
        "The curve has gone flat: more recordings of the same people and gestures would hardly "
        "help."
    )


def new_person(s: Session, data: Dataset) -> None:
    """Held out by recording against held out by person."""
    if not by_person_possible(data):
        s.read(
            "Your data does not say who made which recording, or some label comes from one person "
            "only. So this step uses the kit's simulated people."
        )
        data = simulated_gestures()
    people = data.subjects
    fractions = {}
    for name, settings in (("features", QUICK), ("window itself", QUICK_RAW)):
        rarest = min(sum(one.label == label for one in data) for label in data.labels)
        mixed = cross_validate(data, folds=min(LEAST, rarest), **settings)
        apart = leave_one_subject_out(data, **settings)
        fractions[name] = (mixed.scores.accuracy, apart.scores.accuracy)
    s.read(
        f"{len(people)} people made these {len(data)} recordings. (We use all of them here, since "
        "we don't choose anything.) You can hold some out in two ways. **By recording**: the "
        "network may have learned from other recordings of the same person. **By person**: you "
        "hold out all recordings of one person, so the network meets a new person."
    )
    raw = fractions["window itself"]
    s.predict(
        "Take the network that sees the window itself. Which way gets fewer answers right?",
        "by person" if raw[1] < raw[0] else "by recording" if raw[0] < raw[1] else "the same",
        f"By recording {raw[0]:.0%} are right, by person {raw[1]:.0%}.",
        choices=("by recording", "by person", "the same"),
    )
    s.table(
        ["the network sees", "by recording", "by person"],
        [[name, f"{mixed:.0%}", f"{apart:.0%}"] for name, (mixed, apart) in fractions.items()],
        "Percent right of the recordings that were held out",
    )
    s.read(
        "If new people are going to use your model, only the second number matters. It is often "
        "the lower one: people have habits, and a network learns those habits too. The cure is "
        "many people, with a few recordings each."
    )


def new_gesture(s: Session, data: Dataset) -> None:
    """Transfer learning: fine-tune a model on a few recordings of a new gesture."""
    new = data.labels[0]
    if len(data.labels) < 3 or sum(one.label == new for one in data) < FEW + 2:
        s.read(
            "This step needs three labels, and a few more recordings of the first one. So it uses "
            "the kit's simulated gestures."
        )
        data = simulated_gestures()
        new = data.labels[0]
    old = [one for one in data if one.label != new]
    learned, exam = old[::2], old[1::2]
    of_new = [one for one in data if one.label == new]
    few = of_new[:: len(of_new) // FEW][:FEW]  # spread out: the first may all be of one person
    rest = [one for one in of_new if one not in few]
    copies = COPIES
    first = train(learned, arch="12", steps=150, copies=copies, negatives=120)
    second = train(few, start=first, steps=150, copies=copies, negatives=120)
    before, after = first.predict(exam).best, second.predict(exam).best
    truth = np.array([one.label for one in exam])
    predicted = second.predict(rest).best
    n_right = sum(label == new for label in predicted)
    s.read(
        "People say that deep learning needs huge amounts of labelled data. Let's see. Here is a "
        f"model that knows {', '.join(map(named, first.labels))}. It has never seen {named(new)}. "
        f"Now we go on training it with {FEW} recordings of {named(new)}."
    )
    s.word("transfer learning")
    s.word("fine-tune")
    s.read("Here are the recordings that it has learned from so far, label by label:")
    s.run(recordings_of, second)
    s.predict(
        f"There are {len(predicted)} other recordings of {named(new)}. After {FEW} examples, how "
        "many of them does it get right?",
        n_right,
        f"It gets {n_right} of {len(predicted)}. And what about the gestures it knew before? Of "
        f"new recordings of those, it now gets {fraction_right(np.array(after), truth):.0%} right. "
        f"Before, it was {fraction_right(np.array(before), truth):.0%}.",
    )
    s.read(
        f"Three things help. The features hold what people know. Augmentation turns the {FEW} "
        f"recordings into {FEW * (1 + copies)}. And the network starts with weights that already "
        "know how movements differ. That is transfer learning. (While we fine-tune it, the old "
        "gestures come back from a replay buffer, so it does not forget them.) "
        + (
            "So a few recordings can go a long way."
            if n_right > len(predicted) / 2
            else f"Here it was not enough. More recordings of {named(new)} would help."
        )
    )
    s.read(
        "Very large networks, for pictures or for language, did see huge amounts of data. But you "
        "don't have to start from scratch to use them. You fine-tune them: you start where "
        "somebody else stopped."
    )


def open_test_set(s: Session, best: Outcome, helped: list[str]) -> None:
    """The one look at the test set, and a summary."""
    what_helped = "No cure gave more right answers here: the data itself must get better."
    if helped:
        what_helped = f"Here is what gave more right answers: {', '.join(helped)}."
    s.read(
        "Now we open the third pile, once. We chose by the validation set, where "
        f"{best.validation:.0%} were right. On the test set, which played no part in the choice, "
        f"it is **{best.test:.0%}**."
    )
    s.read(
        (
            "It is lower, as it often is: if you pick the best of many, you also pick some luck. "
            "That is why one pile stays closed."
            if round(best.test, 2) < round(best.validation, 2)
            else "It is not lower this time. But you cannot know that before you look."
        )
        + " If you now went back and chose again by this number, the pile would be spoilt.\n\n"
        "**Looking back.** A network that knows its recordings by heart is worth nothing. Test it "
        "on new ones, and best of all on new people. A network overfits when it has too much "
        f"freedom for too few recordings. {what_helped} But is it enough to count how many answers "
        "are right? Missing a fall is not the same as ringing for no reason. That is lesson 8."
    )
