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
from .maths import share_right

DECAY, DROPOUT, COPIES = 0.1, 0.5, 8
QUICK: dict[str, Any] = {"arch": "12", "steps": 60, "copies": 2, "others": 60}
QUICK_RAW: dict[str, Any] = {"arch": MEMORISER["arch"], "steps": 120, "copies": 4, "others": 60}
FEW = 3  # recordings of a gesture that is added


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
    s.step("Two curves tell")
    two_curves(s, lab)
    s.step("Stop in time")
    stop_in_time(s, lab)
    s.step("Cure: weight decay")
    weight_decay(s, lab)
    s.step("Cure: dropout")
    dropout(s, lab)
    s.step("Cure: altered copies")
    altered_copies(s, data, lab)
    s.step("Which cure is best?")
    best, helped = all_cures(s, lab)
    s.step("How many recordings are enough?")
    how_many(s, lab.known)
    s.step("A new person")
    new_person(s, data)
    s.step("A new gesture from a few recordings")
    new_gesture(s, data)
    s.step("The test set is opened")
    open_test_set(s, best, helped)


def perfect_memory(s: Session, lab: Lab) -> None:
    """One nearest neighbour on its own training set, and on others."""
    used = usable(s.data)
    if s.own and not len(used):
        s.read(
            f"This lesson needs {LEAST} recordings of two labels at least. Your data has fewer, so "
            "here are the kit's simulated gestures."
        )
    elif len(used) < len(s.data):
        s.read(
            f"This lesson uses {len(used)} of the {len(s.data)} recordings: labels with {LEAST} at "
            f"least, and at most {MOST} of each."
        )
    learn = ~lab.held_out[0]
    rows = lab.windows.reshape(len(lab.windows), -1).astype(float)
    memory = NearestNeighbours(k=1).fit(rows[learn], lab.targets[learn])
    known, others = rows[learn], rows[~learn]
    right = int((memory.predict(known) == lab.targets[learn]).sum())
    s.read(
        "Two pupils learn for a test. One learns all answers of the old tests by heart. The other "
        "one learns how it works. On the old tests both are perfect. On a new test you see who is "
        "who.\n\n"
        "Can a computer learn by heart? Nothing is easier. Keep all recordings. For a movement, "
        "find the one that is nearest, and say its label. That is nearest neighbours, with one "
        "neighbour."
    )
    s.word("training set")
    s.predict(
        f"It has learned {len(known)} recordings. Then it is asked about the same {len(known)} "
        "again. How many will be right?",
        right,
        "The nearest recording to each is the recording itself, at the distance zero."
        if right == len(known)
        else "Nearly all: the nearest recording to each is itself. But some of your recordings are "
        "the same and have different labels. Have a look at them.",
    )
    said, truth = memory.predict(others), lab.targets[~learn]
    s.read(f"Now {len(others)} recordings come that it has never seen.")
    s.formula(
        "share right = right / all",
        symbols={
            "share right": "how good the answers are, from none to all",
            "right": "the number of right answers",
            "all": "the number of all answers",
        },
        code=share_right,
        line="right / len(truth)",
        worked=f"{int((said == truth).sum())} / {len(truth)} = {share_right(said, truth):.2f}",
    )
    s.word("generalise")
    before, after = f"{right / len(known):.0%}", f"{share_right(said, truth):.0%}"
    what_came = f"From {before} down to {after}. "
    if share_right(said, truth) < 0.8:
        what_came += "A perfect memory did not generalise well. So being"
    elif after != before:
        what_came += "A perfect memory did quite well here. But being"
    else:
        what_came = (
            f"It is {after} again: the new recordings are much like the known ones. But being"
        )
    s.read(f"{what_came} right about what one knows proves nothing.")


def three_piles(s: Session, lab: Lab) -> None:
    """Training, validation and test set."""
    learn = (~lab.held_out[0]).sum()
    held = lab.held_out[0].sum()
    s.read("So recordings are dealt into three piles before anything is learned.")
    s.word("validation set")
    s.word("test set")
    s.table(
        ["pile", "recordings", "what it is for"],
        [
            ["training set", f"{learn}", "to learn from: the weights"],
            ["validation set", f"{held}", "to choose among networks and settings"],
            ["test set", f"{len(lab.test_targets)}", "to judge, once, at the end"],
        ],
        f"Three piles, each with all {len(lab.labels)} labels",
    )
    s.read(
        "Why is one pile held out not enough? Try many networks and keep the one that does best on "
        "some pile. Part of its success is luck with this very pile. So the last number needs a "
        "pile that had no say in the choice."
    )
    s.check(
        "You wonder whether to train for longer. Which pile do you ask?",
        "validation set",
        "The training set always says yes. And the test set must stay closed until the end.",
        choices=("training set", "validation set", "test set"),
        hint="It is a choice between models.",
    )
    s.read(
        f"One pile is small, and luck plays a part. So from here on we always train {NETWORKS} "
        "networks side by side, each with another part as its validation set, and show their mean. "
        "The test set stays closed."
    )


def memoriser(s: Session, lab: Lab) -> None:
    """A network without any help."""
    outcome = lab.train()
    n_inputs, n_outputs = lab.windows[0].size, len(lab.labels) + 1
    network = Network(MEMORISER["arch"], n_inputs, n_outputs, np.random.default_rng(0))
    learn = int((~lab.held_out[0]).sum())
    s.read(
        f"Now a network with a good memory. It sees the window itself, all {n_inputs} numbers of "
        f"it, and no features. It has {network.trainable_layers[0].n_outputs} hidden neurons, with "
        f"{network.parameters.size} weights and biases in all. And it has {learn} recordings to "
        "learn from. That is a lot of weights for so few recordings. (It also sees "
        f"{MEMORISER['others']} made-up movements, which it must call none of these.)"
    )
    s.predict(
        "Of its own training set it gets nearly all right, or all. What share of the validation "
        "set, would you say?",
        f"{outcome.validation:.0%}",
        f"Of the training set it gets {outcome.training:.0%} right, of the validation set "
        f"{outcome.validation:.0%}. Pure guessing would give about {1 / len(lab.labels):.0%}.",
    )
    s.word("overfitting")
    gap = outcome.training - outcome.validation
    s.read(
        "That is overfitting: the network has found something in each single recording that tells "
        "it apart. A tremble here, a late start there. But that is not the gesture."
        if gap > 0.1
        else "That is a small gap: these gestures are easy, even for such a network. Look at the "
        "losses in the next step."
    )


def curve_chart(title: str, outcome: Outcome) -> Chart:
    """Both losses over the steps of a training."""
    best = int(np.argmin(outcome.validation_loss))
    return Chart(
        title=title,
        x_label="step",
        y_label="loss",
        series=[
            Series("training set", outcome.step, outcome.training_loss),
            Series("validation set", outcome.step, outcome.validation_loss),
        ],
        alt=f"The loss of the training set goes from {outcome.training_loss[0]:.1f} to "
        f"{outcome.training_loss[-1]:.2f}. That of the validation set is lowest at step "
        f"{outcome.step[best]} with {outcome.validation_loss[best]:.2f}, and ends at "
        f"{outcome.validation_loss[-1]:.2f}.",
    )


def two_curves(s: Session, lab: Lab) -> None:
    """The loss on both sets over the steps."""
    outcome = lab.train()
    best = int(np.argmin(outcome.validation_loss))
    lowest, last = outcome.validation_loss[best], outcome.validation_loss[-1]
    s.read(
        "The loss tells more than the share right: it also tells how sure the network was. Here "
        "it is, step by step, for what the network learns from and for what it does not see."
    )
    s.picture(curve_chart("The same network, two losses", outcome))
    s.read(
        f"The loss of the training set ends at {outcome.training_loss[-1]:.2f}. That of the "
        f"validation set is {lowest:.2f} at its lowest, and ends at {last:.2f}. "
        + (
            "So the network goes on to learn each recording by heart. On new recordings it gets "
            "surer and surer, also where it is wrong."
            if last > 1.2 * lowest
            else "So on new recordings it did not get much worse."
        )
    )
    places = sorted({0, best, len(outcome.step) // 2, len(outcome.step) - 1})
    steps = [str(outcome.step[place]) for place in places]
    s.table(
        ["step", "training set", "validation set"],
        [
            [
                str(outcome.step[place]),
                f"{outcome.training_loss[place]:.2f}",
                f"{outcome.validation_loss[place]:.2f}",
            ]
            for place in places
        ],
        "The two losses at some steps",
    )
    s.check(
        "After which of these steps would you have stopped, for a low loss on new recordings?",
        str(outcome.step[best]),
        f"There the loss of the validation set is lowest: {lowest:.2f}.",
        choices=steps,
        hint="Look for the smallest number in the last column.",
    )


def stop_in_time(s: Session, lab: Lab) -> None:
    """Early stopping with the kit's fit."""
    plain, early = lab.train(), lab.train(early_stopping=True)
    s.word("early stopping")
    s.read(
        "The kit's `fit` does that when it is asked to: it keeps the weights of the step at which "
        "the loss of the validation set was lowest."
    )
    s.table(
        ["", "steps", "training set", "validation set", "loss there"],
        [
            row("to the end", plain, f"{MEMORISER['steps']}"),
            row("early stopping", early, f"{early.stopped_at}"),
        ],
        "Share right, and the loss on the validation set",
    )
    s.read(
        f"The loss on the validation set is {early.kept_loss:.2f} in place of "
        f"{plain.kept_loss:.2f}. "
        + (
            f"But fewer answers are right: {early.validation:.0%} in place of "
            f"{plain.validation:.0%}. How can both be? The loss also asks how sure each mistake "
            "was. The network that stopped is less sure of its mistakes, but it has learned less, "
            "too. That is more honest, but it is no cure."
            if early.validation < plain.validation and early.kept_loss < 0.8 * plain.kept_loss
            else "And no fewer answers are right."
            if early.validation >= plain.validation
            else "And fewer answers are right."
        )
    )
    s.read(
        "Time is only half of the trouble. The other half: the network has too much freedom for so "
        "few recordings. The next cures take some of that freedom away."
    )


def row(name: str, outcome: Outcome, *more: str) -> list[str]:
    """A line of a table of trainings."""
    shares = [f"{outcome.training:.0%}", f"{outcome.validation:.0%}"]
    return [name, *more, *shares, f"{outcome.kept_loss:.2f}"]


def told(lab: Lab, setting: str, kind: type = float) -> Callable[[float], str]:
    """A function that trains with a setting and tells what came of it."""

    def tell(value: float) -> str:
        outcome = lab.train(**{setting: kind(value)})
        return (
            f"{outcome.training:.0%} of the training set right, {outcome.validation:.0%} of the "
            f"validation set; the loss there is {outcome.kept_loss:.2f}"
        )

    return tell


def compared(plain: Outcome, cured: Outcome) -> str:
    """What a cure did on the validation set, in words."""
    if abs(cured.kept_loss - plain.kept_loss) < 0.05 * plain.kept_loss:
        loss = "about the same"
    else:
        loss = "lower" if cured.kept_loss < plain.kept_loss else "higher"
    before, after = f"{plain.validation:.0%}", f"{cured.validation:.0%}"
    return (
        f"On the validation set {after} of the answers are right, "
        f"{'as before' if after == before else f'in place of {before}'}. The loss there is "
        f"{loss}: {cured.kept_loss:.2f} in place of {plain.kept_loss:.2f}."
    )


def weight_decay(s: Session, lab: Lab) -> None:
    """Weight decay: the formula in the kit's fit, and what it does."""
    s.word("regularization")
    s.word("weight decay")
    s.read(
        "Large weights let a tiny tremble turn the answer. So make large weights costly. In each "
        "step a small part of the weight is added to its slope. Then the step against the slope "
        "also goes toward zero."
    )
    weight, slope = 2.0, 0.5
    decayed = slope + DECAY * weight
    s.formula(
        "new slope = slope + d · w",
        symbols={
            "new slope": "what the optimizer is given",
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
        hint="Only the second part is left: d times w, with its sign.",
    )
    s.change(
        "weight decay",
        DECAY,
        (0.0, DECAY, 0.3),
        told(lab, "weight_decay"),
        low=0.0,
        high=1.0,
    )
    plain, cured = lab.train(), lab.train(weight_decay=DECAY)
    s.read(
        f"How large is a weight now, as a rule? Without weight decay it was {plain.weight:.2f}, "
        f"with {DECAY:g} it is {cured.weight:.2f}. {compared(plain, cured)}"
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
        "A team in which any player may be missing cannot lean on one star. So in each step some "
        "hidden neurons are switched off by chance. The next layer must learn to ask several."
    )
    s.show("before", before[0])
    s.show("after", after[0])
    s.formula(
        "y = x · k / (1 - q)",
        symbols={
            "y": "what the next layer gets",
            "x": "what the hidden neuron gives",
            "k": "by chance: zero for off, one for on",
            "q": "the share that is switched off",
        },
        code=Dropout.forward,
        line="(1.0 / (1.0 - self.rate))",
        worked=f"q = {DROPOUT:g}, and the neuron is on: {before[0, 0]:g} · {whole:g} / "
        f"({whole:g} - {DROPOUT:g}) = {after.max():g}",
    )
    s.read(
        "Those that are on speak up, so that the sum stays as large on average. When training is "
        "over, all are on and nothing is changed."
    )
    s.check(
        f"If a share of {other:g} is switched off, by what number are the others multiplied?",
        whole / (whole - other),
        f"{whole:g} / ({whole:g} - {other:g}) = {whole / (whole - other):g}.",
        tolerance=0.001,
        hint="Put the share into the formula as q.",
    )
    s.change("dropout", DROPOUT, (DROPOUT, 0.8), told(lab, "dropout"), low=0.0, high=0.9)
    s.read(compared(lab.train(), lab.train(dropout=DROPOUT)))


def altered_copies(s: Session, data: Dataset, lab: Lab) -> None:
    """Augmentation: what a copy looks like, and what copies do."""
    s.word("augmentation")
    s.read(
        "The best cure for too few recordings is more recordings. If there are none, make some: "
        "nobody moves twice alike, so a copy that is a little altered could have been recorded "
        "just as well."
    )
    s.table(
        ["alteration", "a copy is"],
        [[name, what] for name, what in KINDS.items()],
        "How the kit alters a copy",
    )
    shown = max(data.recordings, key=energy)
    window = make_window(shown)
    copy = augment(window[None], 1, np.random.default_rng(4))[0, 0]
    axis = int(window.std(axis=0).argmax())
    time_s = np.arange(len(window)) / Settings().rate_hz
    apart = float(np.abs(copy[:, axis].astype(float) - window[:, axis]).mean())
    s.picture(
        Chart(
            title=f"A recording ({shown.label}) and an altered copy",
            x_label="time in s",
            y_label=f"{'xyz'[axis]} in counts",
            series=[
                Series("recording", time_s, window[:, axis]),
                Series("copy", time_s, copy[:, axis]),
            ],
            alt="Two curves of like shape. The copy is a little earlier or later, higher or lower, "
            f"and {apart:.0f} counts away from the recording on average.",
        )
    )
    s.change(
        "copies of each recording",
        COPIES,
        (0, COPIES),
        told(lab, "copies", int),
        low=0,
        high=30,
    )
    s.read(compared(lab.train(), lab.train(copies=COPIES)))


def all_cures(s: Session, lab: Lab) -> tuple[Outcome, list[str]]:
    """Every cure beside the others. Returns what is best on the validation set, and the names of
    all that brought more right answers than no help.
    """
    cures: dict[str, dict[str, Any]] = {
        "no help": {},
        "early stopping": {"early_stopping": True},
        "weight decay": {"weight_decay": DECAY},
        "dropout": {"dropout": DROPOUT},
        "altered copies": {"copies": COPIES},
        "copies, decay, dropout": {
            "copies": COPIES,
            "weight_decay": DECAY,
            "dropout": DROPOUT,
        },
        "features": {"arch": "16"},
        "features and all cures": {
            "arch": "16",
            "copies": COPIES,
            "weight_decay": DECAY,
            "dropout": DROPOUT,
        },
    }
    outcomes = {name: lab.train(**changes) for name, changes in cures.items()}
    alone = ["early stopping", "weight decay", "dropout", "altered copies"]
    ranked = sorted(
        outcomes, key=lambda name: (-outcomes[name].validation, outcomes[name].kept_loss)
    )
    best_alone = next(name for name in ranked if name in alone)
    s.predict(
        "Which cure alone brought most right answers on the validation set?",
        best_alone,
        f"It brought {outcomes[best_alone].validation:.0%}; without any help it was "
        f"{outcomes['no help'].validation:.0%}. "
        + (
            "Now see them all."
            if outcomes[best_alone].validation > outcomes["no help"].validation
            else "So no cure alone was of use here. Is there anything to learn in this data?"
        ),
        choices=alone,
    )
    s.table(
        ["", "training set", "validation set", "loss there"],
        [row(name, outcome) for name, outcome in outcomes.items()],
        "Share right, and the loss on the validation set",
    )
    raw, features = outcomes["no help"].validation, outcomes["features"].validation
    best_cure = max(one.validation for name, one in outcomes.items() if "features" not in name)
    best, second = (outcomes[name].validation for name in ranked[:2])
    s.read(
        "The last two lines are another kind of help: the features of lesson 2 in place of the "
        f"window itself. {features:.0%} against {raw:.0%}. "
        + (
            "Features tell the network what people know about movements: when it starts does not "
            "matter, how strongly it swings does. "
            + (
                "Good features beat every cure here."
                if features > best_cure
                else "No cure did better than they did."
            )
            if features >= best_cure
            else "Here a cure did better than features."
        )
        + (
            " And more is not always better: all cures together did worse than copies alone."
            if outcomes["copies, decay, dropout"].validation < outcomes["altered copies"].validation
            else ""
        )
        + f"\n\nBest on the validation set is: **{ranked[0]}**. "
        + ("Others have as many right answers, but a higher loss. " if best == second else "")
        + "We keep that for the end."
    )
    plain = outcomes["no help"].validation
    helped = [name for name in (*alone, "features") if outcomes[name].validation > plain + 0.02]
    return outcomes[ranked[0]], helped


def how_many(s: Session, data: Dataset) -> None:
    """A learning curve of the kit."""
    few = Dataset(
        [one for label in data.labels for one in [r for r in data if r.label == label][:8]]
    )
    curve = learning_curve(few, **QUICK)
    shots = list(curve)
    shares = [curve[n].scores.accuracy for n in shots]
    s.read(
        f"Would more recordings help? Ask the data. Draw {shots[0]} recordings of each label by "
        "chance, and train with them. Test with all the others, and write down the share right. Do "
        "that some more times, and take the mean. Then the same with more recordings. That is a "
        "learning curve. The network sees features here."
    )
    s.picture(
        Chart(
            title="Learning curve",
            x_label="recordings of each label to learn from",
            y_label="share right of the others",
            series=[Series("share right", shots, shares)],
            y_range=(0.0, 1.05),
            x_ticks={float(n): str(n) for n in shots},
            alt=", ".join(
                f"{share:.0%} with {n} recordings" for n, share in zip(shots, shares, strict=True)
            ),
        )
    )
    s.table(
        ["recordings of each label", "share right"],
        [[str(n), f"{share:.1%}"] for n, share in zip(shots, shares, strict=True)],
        "The learning curve in numbers",
    )
    if len(shots) < 2:
        s.read("Your data is too small for more points of the curve. So: more recordings first.")
    else:
        s.read(
            f"From {shots[-2]} to {shots[-1]} recordings of each label, the share goes from "
            f"{shares[-2]:.1%} to {shares[-1]:.1%}. "
            + what_the_end_says(shares[-1], shares[-1] - shares[-2])
        )
    s.check(
        "A friend's curve is flat at a low share. What will help least?",
        "more recordings of the same kind",
        "A flat curve says that more of the same brings nothing. Other features may, or gestures "
        "that are less alike, or recordings of other people.",
        choices=("more recordings of the same kind", "other features", "gestures less alike"),
        hint="What does the flat end of a curve tell about more of the same?",
    )


def what_the_end_says(share: float, gain: float) -> str:
    """What the end of a learning curve tells: the last share right, and what it gained."""
    if share > 0.98:
        return "It has come to the top: for these people and gestures that is enough."
    if gain > 0.02:
        return "The curve still rises: record more."
    return (
        "The curve has become flat: more recordings of the same people and gestures would hardly "
        "help."
    )


def new_person(s: Session, data: Dataset) -> None:
    """Held out by recording against held out by person."""
    if not by_person_possible(data):
        s.read(
            "Your data does not say who made which recording, or some label is from one person "
            "only. So this step uses the kit's simulated people."
        )
        data = simulated_gestures()
    people = data.subjects
    shares = {}
    for name, settings in (("features", QUICK), ("window itself", QUICK_RAW)):
        rarest = min(sum(one.label == label for one in data) for label in data.labels)
        mixed = cross_validate(data, folds=min(LEAST, rarest), **settings)
        apart = leave_one_subject_out(data, **settings)
        shares[name] = (mixed.scores.accuracy, apart.scores.accuracy)
    s.read(
        f"{len(people)} people made these {len(data)} recordings. (All take part here, since "
        "nothing is chosen.) There are two ways to hold some out. **By recording**: the network "
        "may have learned from other recordings of the same person. **By person**: all recordings "
        "of one person are held out, so the network meets somebody new."
    )
    raw = shares["window itself"]
    s.predict(
        "Which way gives the lower share right for the network that sees the window itself?",
        "by person" if raw[1] < raw[0] else "by recording" if raw[0] < raw[1] else "the same",
        f"By recording {raw[0]:.0%}, by person {raw[1]:.0%}.",
        choices=("by recording", "by person", "the same"),
    )
    s.table(
        ["the network sees", "by recording", "by person"],
        [[name, f"{mixed:.0%}", f"{apart:.0%}"] for name, (mixed, apart) in shares.items()],
        "Share right of what was held out",
    )
    s.read(
        "If others are to use your model, only the second number matters. It often is the lower "
        "one, for people have habits, and a network learns habits too. The cure: many people, a "
        "few recordings each."
    )


def new_gesture(s: Session, data: Dataset) -> None:
    """Transfer: a model learns a further gesture from a few recordings."""
    new = data.labels[0]
    if len(data.labels) < 3 or sum(one.label == new for one in data) < FEW + 2:
        s.read(
            "This step needs three labels, and a few more recordings of the first one. So it uses "
            "the kit's simulated gestures."
        )
        data = simulated_gestures()
        new = data.labels[0]
    old = [one for one in data if one.label != new]
    learned, asked = old[::2], old[1::2]
    of_new = [one for one in data if one.label == new]
    few = of_new[:: len(of_new) // FEW][:FEW]  # the first ones may all be of one person
    rest = [one for one in of_new if one not in few]
    copies = COPIES
    first = train(learned, arch="12", steps=150, copies=copies, others=120)
    second = train(few, start=first, steps=150, copies=copies, others=120)
    before, after = first.predict(asked).best, second.predict(asked).best
    truth = np.array([one.label for one in asked])
    found = second.predict(rest).best
    n_found = sum(said == new for said in found)
    s.read(
        "People say that deep learning needs huge heaps of labelled data. Let us see. Here is a "
        f"model that knows {', '.join(map(named, first.labels))}. It has never seen {named(new)}. "
        f"Now it gets {FEW} recordings of {named(new)}."
    )
    s.word("transfer")
    s.read("These are the recordings that it has learned from by now, label by label:")
    s.run(recordings_of, second)
    s.predict(
        f"There are {len(found)} other recordings of {named(new)}. How many does it name right, "
        f"after {FEW} examples?",
        n_found,
        f"{n_found} of {len(found)}. And of new recordings of the gestures that it knew before, it "
        f"now names {share_right(np.array(after), truth):.0%} right; before it was "
        f"{share_right(np.array(before), truth):.0%}.",
    )
    s.read(
        f"Three things help. The features hold what people know. The {FEW} recordings became "
        f"{FEW * (1 + copies)} by altered copies. And the network began with weights that already "
        "know how movements differ: that is transfer. (It also goes on with the old gestures, so "
        "that it does not forget them.) "
        + (
            "So a few recordings can go a long way."
            if n_found > len(found) / 2
            else f"Here it was not enough. Some more recordings of {named(new)} would be better."
        )
    )
    s.read(
        "Very large networks, for pictures or for language, did see huge heaps of data. But those "
        "who use them need not start anew: they, too, begin where others stopped."
    )


def open_test_set(s: Session, best: Outcome, helped: list[str]) -> None:
    """The one look at the test set, and what was learned."""
    what_helped = "No cure brought more right answers here: the data itself must get better."
    if helped:
        what_helped = f"Here this brought more right answers: {', '.join(helped)}."
    s.read(
        "Now, once, the third pile. We chose by the validation set, where the share right was "
        f"{best.validation:.0%}. On the test set, which had no say, it is **{best.test:.0%}**."
    )
    s.read(
        (
            "It is lower, as it often is: who picks the best of many also picks some luck. That is "
            "why one pile stays closed."
            if round(best.test, 2) < round(best.validation, 2)
            else "It is not lower this time. You cannot know that before you look."
        )
        + " If you now went back and chose again by this number, the pile would be spoilt.\n\n"
        "**Looking back.** A network that knows its recordings by heart is worth nothing. Ask it "
        "about new ones, best from new people. Too much freedom for too few recordings is the "
        f"cause. {what_helped} But is a share right all that matters? A missed fall and a false "
        "cry are not the same. That is lesson 8."
    )
