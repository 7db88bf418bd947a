"""Lesson 8, How good is it really?: metrics, thresholds, luck, out-of-distribution movements,
new people, and data bias.

The sums that are done by hand here are what the kit's ``evaluate`` does for every model.
"""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

import numpy as np

from microbit_ml.charts import Chart, Grid, Series
from microbit_ml.evaluate import (
    cross_validate,
    leave_one_subject_out,
)
from microbit_ml.evaluate.classical import DecisionTree
from microbit_ml.evaluate.comparison import cross_predict, features_of_recordings
from microbit_ml.evaluate.preference import choose, precision_recall_curve
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import named
from microbit_ml.metrics import (
    Evaluation,
    bootstrap,
    confusion_matrix,
    mcnemar,
    score,
)
from microbit_ml.metrics.significance import CONFIDENCE_LEVEL, REPEATS, SIGNIFICANT, mcnemar_exact
from microbit_ml.recordings.recording import COUNTS_PER_G

from .example import (
    CROWD,
    LEFT_TEACHERS,
    QUICK,
    TEACHERS,
    Alarm,
    Answers,
    crowd,
    first_exam,
    folds_of,
    label_to_count,
    many_draws,
    middle_range,
    most_mixed_up,
    people_to_test,
    result_with_left_handers,
    unseen_movements,
)
from .maths import (
    FALLS,
    MOVEMENTS,
    could_be_wrong,
    count_by_hand,
    draw_again,
    never_rings,
    strongest_g,
)

DRAWS_BY_HAND, MOST_TOSSES, NARROWER = 4, 24, 2


def lesson(s: Session) -> None:
    """From ten answers to the people whom nobody asked."""
    few = first_exam(s.data)
    an_exam(s, few)
    sort_the_answers(s, few)
    one_number_for_all(s, few)
    two_questions(s, few)
    one_number_for_both(s, few)
    rare_case(s)
    alarm = Alarm.of(s.data)
    a_threshold(s, alarm)
    two_devices(s, alarm)
    draw_from_a_hat(s, few)
    validated = cross_validate(s.data, folds_of(s.data), **QUICK)
    less_luck(s, few, validated)
    which_is_better(s, validated)
    ood_movement(s)
    new_person(s)
    other_hand(s)


# --- ten answers, and the metrics they give


def an_exam(s: Session, few: Answers) -> None:
    """The answers, one by one."""
    s.step("An exam")
    n, right = len(few.truth), int(few.right.sum())
    s.read(
        f"Now a trained model takes an exam. Here are {n} recordings that it has never seen. We "
        "know the label of each one, so we can mark the answers.\n\n"
        "It is a simple model: it finds the nearest centroid, and only knows how jerky each axis "
        "is. We show recordings of the labels that it mixes up most. "
        + (
            "They were drawn at random."
            if s.own
            else "We picked them so that there are several kinds of mistakes to learn from."
        )
    )
    s.table(
        ["no.", "true label", "predicted label"],
        [[i + 1, *pair] for i, pair in enumerate(zip(few.truth, few.predicted, strict=True))],
        caption="The exam",
    )
    s.predict(
        "Don't add them up yet. How many do you think are right?",
        right,
        then=f"{right} of {n} answers are right.",
    )


def sort_the_answers(s: Session, few: Answers) -> None:
    """The confusion matrix by hand, and the kit's."""
    s.step("Sort the answers")
    n, right = len(few.truth), int(few.right.sum())
    s.read(
        "Which labels does it mix up? Draw a table. Put one tick in it for each answer. The row is "
        "the true label, and the column is the label that the model predicted."
    )
    s.word("confusion matrix")
    s.code(count_by_hand)
    table = count_by_hand(few.truth, few.predicted, few.labels)
    s.picture(
        Grid(
            title=f"Confusion matrix of {n} answers",
            x_label="predicted",
            y_label="true",
            columns=few.labels,
            rows=few.labels,
            values=table,
            alt=f"{right} of {n} answers are on the diagonal: they are right.",
        )
    )
    kit = confusion_matrix(few.truth, few.predicted, few.labels)[:, : len(few.labels)]
    same = "the same numbers" if np.array_equal(kit, table) else "other numbers"
    s.read(f"The kit's `confusion_matrix` gives {same}.")
    row, column = most_mixed_up(table)
    true, predicted = named(few.labels[row]), named(few.labels[column])
    s.check(
        f"How often was the true label {true}, but the model predicted {predicted}?",
        int(table[row, column]),
        why=f"Row {true}, column {predicted}: {table[row, column]}.",
        hint="First find the row, then the column.",
    )


def one_number_for_all(s: Session, few: Answers) -> None:
    """Accuracy."""
    s.step("One number for all")
    n, right = len(few.truth), int(few.right.sum())
    s.word("accuracy")
    s.formula(
        "accuracy = right / all",
        symbols={
            "accuracy": "the fraction of answers that are right",
            "right": "the right answers, on the diagonal",
            "all": "all answers",
        },
        code=score,
        line="accuracy=float(",
        worked=f"{right} / {n} = {right / n:.2f}",
    )
    s.read(
        "It is just one number, and easy to say. But it hides which labels the mistakes are about."
    )


def two_questions(s: Session, few: Answers) -> None:
    """Precision and recall."""
    s.step("Two questions about one label")
    scores = score(few.truth, few.predicted, few.labels)
    one = label_to_count(few)
    kit, label = scores.classes[few.labels.index(one.label)], named(one.label)
    s.read(
        f"Take one label: {label}. Three numbers matter. **TP**, true positives: it was {label}, "
        f"and the model predicted {label}. Here {one.tp}. **FN**, false negatives: it was {label}, "
        f"but the model predicted something else. Here {one.fn}. **FP**, false positives: the "
        f"model predicted {label}, but it was something else. Here {one.fp}."
    )
    s.word("precision")
    s.formula(
        "P = TP / (TP + FP)",
        symbols={"P": "precision", "TP": "true positives", "FP": "false positives"},
        code=score,
        line="precision = _ratio",
        worked=f"{one.tp} / ({one.tp} + {one.fp}) = {kit.precision:.2f}",
    )
    s.read(f"So, of everything it called {label}, {kit.precision:.0%} really was {label}.")
    s.word("recall")
    s.formula(
        "R = TP / (TP + FN)",
        symbols={"R": "recall", "TP": "found", "FN": "missed"},
        code=score,
        line="recall = _ratio",
        worked=f"{one.tp} / ({one.tp} + {one.fn}) = {kit.recall:.2f}",
    )
    s.read(f"So, of everything that really was {label}, it found {kit.recall:.0%}.")
    asked = min(
        (other for other in scores.classes if other.support and other.label != one.label),
        key=lambda other: (not 0 < other.recall < 1, other.recall),
        default=kit,
    )
    found = round(asked.recall * asked.support)
    s.check(
        f"What is the recall of {named(asked.label)}?",
        asked.recall,
        tolerance=0.01,
        why=f"It found {found} of {asked.support}: {asked.recall:.2f}.",
        hint=f"Find {named(asked.label)} in the column of true labels. How many of them are right?",
    )


def one_number_for_both(s: Session, few: Answers) -> None:
    """F1, and why it is not just the mean."""
    s.step("One number for both")
    one = label_to_count(few)
    index = few.labels.index(one.label)
    kit = score(few.truth, few.predicted, few.labels).classes[index]
    always = score(few.truth, [one.label] * len(few.truth), few.labels).classes[index]
    mean = (always.precision + always.recall) / 2
    s.read(
        f"It is easy to make one of the two high. Call **everything** {named(one.label)}, and you "
        f"miss nothing: the recall is {always.recall:.2f}. But the precision is only "
        f"{always.precision:.2f}."
    )
    s.predict(
        "We want one number for both, and this trick should do badly. The mean of the two is "
        f"{mean:.2f}. Where should a fair number lie?",
        "nearer to the smaller one",
        then=f"It is {always.f1:.2f}. The smaller number pulls it down.",
        choices=("nearer to the smaller one", "in the middle", "nearer to the larger one"),
    )
    s.word("F1")
    on_paper = f"{round(always.precision, 2) * round(always.recall, 2) / round(mean, 2):.2f}"
    s.formula(
        "F1 = P · R / M",
        symbols={"F1": "the number for both", "P": "precision", "R": "recall",
                 "M": "the mean of P and R"},
        code=score,
        line="f1 = _ratio",
        worked=f"{always.precision:.2f} · {always.recall:.2f} / {mean:.2f} = {always.f1:.2f}"
        + ("" if on_paper == f"{always.f1:.2f}" else f" (with all digits; on paper {on_paper})"),
    )  # fmt: skip
    s.read(
        "The line of code gets the same number in another way. Take twice TP. Divide by the number "
        f"of true ones plus the number of predicted ones. For {named(one.label)} in our exam, "
        f"that is {2 * one.tp} / ({one.tp + one.fn} + {one.tp + one.fp}) = {kit.f1:.2f}."
    )


# --- when accuracy misleads, and what a threshold is for


def rare_case(s: Session) -> None:
    """Accuracy misleads."""
    s.step("The alarm that never rings")
    accuracy = (MOVEMENTS - FALLS) / MOVEMENTS
    s.read(
        "An alarm for elderly people should ring when they fall. Somebody sells one that has no "
        f"battery at all. So its answer is always “no fall”. We test it with {MOVEMENTS} "
        f"movements. {FALLS} of them are falls."
    )
    s.predict(
        "What is its accuracy?",
        f"{accuracy:.0%}",
        then=f"{MOVEMENTS - FALLS} of {MOVEMENTS} answers are right. That is {accuracy:.0%}. Yet "
        "it does not find a single fall.",
    )
    s.code(never_rings)
    s.change(
        f"How many of the {MOVEMENTS} movements are falls?",
        FALLS,
        (1, FALLS, MOVEMENTS // 2),
        never_rings,
        low=1,
        high=MOVEMENTS - 1,
    )
    s.check(
        "Which number shows at once that this alarm is useless?",
        "recall of falls",
        why="Recall asks how many of the falls it found: none.",
        choices=("accuracy", "recall of falls", "recall of “no fall”"),
        hint="Which of them is only about the falls?",
    )


def a_threshold(s: Session, alarm: Alarm) -> None:
    """A threshold to try out."""
    s.step("Where to put the threshold")
    n = alarm.truth.count(alarm.label)
    s.read(
        f"Let's build a real alarm. {named(alarm.label)} is the strongest movement here, so it "
        f"plays the part of the fall: {n} of {len(alarm.truth)} recordings. The alarm rings if the "
        "acceleration gets large enough. How large is it? Take the norm from lesson 2."
    )
    s.code(strongest_g)
    s.word("threshold")
    s.word("false alarm")
    s.predict(
        "We raise the threshold. What can the recall do?",
        "go down or stay the same",
        then="A higher threshold lets less through. So it cannot find anything new.",
        choices=("go up", "go down or stay the same"),
    )
    quantiles = np.quantile(alarm.strength, (0.25, 0.6, 0.9))
    low, middle, high = (float(one) for one in np.floor(10 * quantiles) / 10)
    s.change("The threshold in g", middle, (low, middle, high), alarm.result_at, low=0, high=4)


def two_devices(s: Session, alarm: Alarm) -> None:
    """The precision-recall trade-off, and two thresholds."""
    s.step("A fall alarm and a light switch")
    counts = np.floor(alarm.strength * COUNTS_PER_G).astype(int)
    points = precision_recall_curve(alarm.label, alarm.truth, [alarm.label] * len(counts), counts)
    thresholds = [-point.shift / COUNTS_PER_G for point in points]
    first, last = points[0], points[-1]
    s.picture(
        Chart(
            title="Precision or recall: a trade-off",
            x_label="threshold in g",
            y_label="fraction",
            series=[
                Series("precision", thresholds, [point.precision for point in points]),
                Series("recall", thresholds, [point.recall for point in points]),
            ],
            alt=f"From the lowest to the highest threshold, recall goes from {last.recall:.2f} "
            f"to {first.recall:.2f}, precision from {last.precision:.2f} to "
            f"{first.precision:.2f}.",
            y_range=(0, 1),
        )
    )
    s.read(
        "A fall alarm should not miss a fall. It may ring once too often. For a light switch it is "
        "the other way round. A light that goes on by itself is a nuisance. But it may miss a "
        f"movement: you just move again. Say {named(alarm.label)} sets off both. The kit's "
        "function `choose` finds a threshold for each."
    )
    s.table(
        ["purpose", "threshold in g", "precision", "recall"],
        [
            [name, f"{-point.shift / COUNTS_PER_G:.2f}", f"{point.precision:.2f}",
             f"{point.recall:.2f}"]
            for name, point in (
                ("fall alarm", choose(points, "recall")),
                ("light switch", choose(points, "precision")),
            )
        ],
        caption="Two thresholds for one sensor",
    )  # fmt: skip
    s.check(
        "Which number must be high for the light switch?",
        "precision",
        why="If the light goes on, somebody should really have made that movement. That is "
        "precision.",
        choices=("precision", "recall"),
        hint="What annoys you more: moving twice, or a light that goes on by itself?",
    )


# --- how much of a score is luck


def draw_from_a_hat(s: Session, few: Answers) -> None:
    """A bootstrap by hand."""
    s.step("Draw from a hat")
    right, n = few.right, len(few.right)
    rng = np.random.default_rng(1)
    s.read(
        f"{right.sum()} of {n} were right: {right.mean():.2f}. Other recordings would have given "
        f"another number. How different could it be? We only have these {n}, so they must stand "
        "for all the others. Write each answer on a slip of paper, and put the slips into a hat. "
        "Pick one, note it, and **put it back**. Do that as many times as there are slips. That "
        "makes one draw."
    )
    s.word("bootstrap")
    s.code(draw_again)
    draws = [draw_again(right, rng) for _ in range(DRAWS_BY_HAND)]
    s.table(
        ["answers drawn", "right", "accuracy"],
        [
            [" ".join(f"{i + 1}" for i in np.sort(one)), right[one].sum(),
             f"{right[one].mean():.2f}"]
            for one in draws
        ],
        caption="A few draws by hand",
    )  # fmt: skip
    low, high = middle_range(many_draws(right))
    s.predict(
        f"We make {REPEATS:,} draws, drop the lowest and the highest, and keep the middle "
        f"{CONFIDENCE_LEVEL:.0%}. How far apart are the lowest and the highest accuracy of those?",
        f"{high - low:.2f}",
        then=f"They go from {low:.2f} to {high:.2f}." + no_mistake_seen(right),
    )


def no_mistake_seen(right: np.ndarray) -> str:
    """A warning for an exam in which all answers are right; empty otherwise."""
    if not right.all():
        return ""
    n, often = len(right), 1 / (1 - CONFIDENCE_LEVEL)
    return (
        f" All {n} were right, so every draw is all right, too. That does not mean that the model "
        "never makes mistakes: you cannot draw a mistake that you have not met. Even if it is "
        f"wrong in {could_be_wrong(n):.0%} of all cases, one in {often:.0f} such exams looks like "
        "this."
    )


def less_luck(s: Session, few: Answers, validated: Evaluation) -> None:
    """The kit's confidence interval, and what more answers do to it."""
    s.step("More answers, less luck")
    right, n = few.right, len(few.right)
    many = many_draws(right)
    low, high = middle_range(many)
    s.word("confidence interval")
    accuracies, times = np.unique(many, return_counts=True)
    s.picture(
        Chart(
            title=f"{REPEATS:,} draws of {n} answers",
            x_label="accuracy of a draw",
            y_label="number of draws",
            series=[Series("draws", accuracies, times, style="bars")],
            alt=f"Most draws are near {right.mean():.2f}. The middle {CONFIDENCE_LEVEL:.0%} of "
            f"them go from {low:.2f} to {high:.2f}.",
        )
    )
    found = validated.intervals
    drawn = "whole people" if found.drawn == "person" else "recordings"
    s.read(
        f"Now for the kit's network. It answered {len(validated.truth)} recordings that it had not "
        f"seen. Its accuracy is {validated.scores.accuracy:.2f}. The kit's `bootstrap` draws "
        f"{drawn}, and its interval goes from {found.accuracy.low:.2f} to "
        f"{found.accuracy.high:.2f}." + no_mistake_seen(validated.is_right)
    )

    fraction = float(right.mean()) if 0 < right.mean() < 1 else 0.5

    def interval_for(answers: float) -> str:
        """The interval when about this fraction of so many answers is right."""
        m = round(answers)
        good = round(fraction * m)
        drawn = bootstrap(["it"] * m, ["it"] * good + ["other"] * (m - good)).accuracy
        return (
            f"{good} of {m} right: from {drawn.low:.2f} to {drawn.high:.2f}, so it is "
            f"{drawn.high - drawn.low:.3f} wide"
        )

    s.change(
        f"Say {fraction:.0%} are right. Of how many answers? Try {n} and {NARROWER**2 * n}.",
        len(validated.truth),
        (n, NARROWER**2 * n, 100 * n),
        interval_for,
        low=2,
        high=5000,
    )
    s.check(
        "You want the interval about half as wide. How many times as many answers do you need?",
        NARROWER**2,
        why="Luck fades slowly. For about half the width you need four times the answers.",
        hint=f"How wide is it with {n} answers, and how wide with {NARROWER**2 * n}?",
    )


def which_is_better(s: Session, validated: Evaluation) -> None:
    """McNemar's test of the network and a decision tree."""
    s.step("Is A better than B?")
    truth = validated.truth
    tree = cross_predict(DecisionTree, features_of_recordings(s.data), truth, validated.fold)
    a_right = validated.is_right
    b_right = np.array(truth) == np.array(tree)
    only_a, only_b = int((a_right & ~b_right).sum()), int((b_right & ~a_right).sum())
    tosses, test = only_a + only_b, mcnemar(truth, validated.best, tree)
    s.read(
        "A is the network. B is the decision tree from lesson 2. Both got the same "
        f"{len(truth)} recordings. A is right {a_right.sum()} times, B {b_right.sum()} times."
    )
    s.table(
        ["", "B right", "B wrong"],
        [
            ["A right", (a_right & b_right).sum(), only_a],
            ["A wrong", only_b, (~a_right & ~b_right).sum()],
        ],
        caption="Both on the same recordings",
    )
    s.read(
        "Where both are right, or both are wrong, we learn nothing. The other two cells matter: "
        f"{only_a} and {only_b}. If both models were equally good, each of these recordings would "
        "be like the toss of a coin: A or B."
    )
    s.word("McNemar's test")
    every = 2**tosses

    def written(number: int) -> str:
        """A number with all its digits, unless there are very many."""
        return f"{number:,}" if tosses < MOST_TOSSES else f"{number:.1e}"

    s.formula(
        "p = ways / all",
        symbols={
            "p": "how likely it is that luck alone gives a result at least as uneven",
            "ways": "rows of tosses at least as uneven as this, for A or for B (the code counts "
            "one side, and doubles it)",
            "all": f"all possible rows of {tosses} tosses: {written(every)}",
        },
        code=mcnemar_exact,
        line="return min(1.0, 2 * ways",
        worked=f"{written(round(test.p * every))} / {written(every)} = {test.p:.3f}",
    )
    s.check(
        f"Many people call a difference real only if p is below {SIGNIFICANT}. Is it here?",
        "yes" if test.significant else "no",
        why=f"{test.p:.3f} is below {SIGNIFICANT}. That is hardly luck."
        if test.significant
        else "Both are right equally often. You can see no difference here."
        if only_a == only_b
        else f"{test.p:.3f} is not below {SIGNIFICANT}. The difference may well be luck.",
        choices=("yes", "no"),
        hint=f"Compare {test.p:.3f} with {SIGNIFICANT}.",
    )

    def with_more(times: float) -> str:
        """p if so many times as many recordings had the same outcome."""
        b, c = round(times) * only_a, round(times) * only_b
        return f"{b} and {c}: p = {mcnemar_exact(b, c):.2g}"

    s.change(
        "Say you had more recordings, and the same outcome. How many times as many?",
        2,
        (1, 2, 4),
        with_more,
        low=1,
        high=100,
    )


# --- what the data left out


def ood_movement(s: Session) -> None:
    """Out-of-distribution movements: labels left out, and how many of them get a name."""
    s.step("A movement it does not know")
    s.read(
        "A classifier always picks a label. Play football with the board in your pocket: it "
        "still picks one. But it never learned football."
    )
    s.word("out-of-distribution")
    s.read(
        "So the kit asks a second question. Is this movement like the ones in the training set? If "
        "not, the answer is unknown."
    )
    s.word("unknown")
    result = unseen_movements(s.data)
    worst = max(result, key=lambda label: result[label].false_accept_rate)
    rate, asked = result[worst].false_accept_rate, result[worst].unknown
    s.read(
        "To test that, leave one label out. Train models on the others. Then show them the "
        "movement that they have never met. Now every name they give is wrong. How often they "
        "still give one is called the **false-accept rate**."
    )
    s.table(
        ["left out", "tests", "false-accept rate", "known ones accepted"],
        [
            [label, one.unknown, f"{one.false_accept_rate:.0%}", f"{one.known_accept_rate:.0%}"]
            for label, one in result.items()
        ],
        caption="Movements that were left out of the training set",
    )
    s.read(
        "The last column is about the movements that were not left out: how many still got a name?"
    )
    s.check(
        f"Models that never learned {named(worst)} were tested on it {asked} times. How often did "
        "they give it a name?",
        round(rate * asked),
        tolerance=max(1.0, 0.005 * asked),
        why=f"{rate:.0%} of {asked} is {round(rate * asked)}.",
        hint="Take the rate in the table, times the number of tests.",
    )
    s.read(
        "You can make a model stricter. Then it gives fewer wrong names. But more of the known "
        "movements get no name. It is the threshold once more."
    )


def new_person(s: Session) -> None:
    """Cross-validation by recording against leave-one-subject-out."""
    s.step("A new person")
    used = people_to_test(s.data, s.own)
    known = cross_validate(used, folds_of(used), **QUICK)
    new = leave_one_subject_out(used, **QUICK)
    whose = (
        ""
        if used is s.data
        else "These people are simulated. We picked them because they show it well. "
    )
    s.read(
        f"You know this test from lesson 7. Now look at each person. {whose}There are {len(used)} "
        f"recordings of {len(used.subjects)} people. First, the model learns from some recordings "
        "of each person, and the others are the exam. So it has met each person before. Then we "
        "hold out **all** recordings of one person, and do that for each person in turn."
    )
    before, after = known.scores.accuracy, new.scores.accuracy
    s.predict(
        f"With known people it gets {before:.0%} right. And with new people?",
        f"{after:.0%}",
        then=compared(before, after, mcnemar(known.truth, known.best, new.best).significant),
    )
    right = new.is_right
    each = [100 * right[np.array(new.subjects) == one].mean() for one in used.subjects]
    s.picture(
        Chart(
            title="Each person in turn as a new person",
            x_label="person",
            y_label="right answers in %",
            series=[Series("right answers", list(range(len(each))), each, style="bars")],
            alt=f"From {min(each):.0f}% for one person to {max(each):.0f}% for another.",
            y_range=(0, 100),
            x_ticks=dict(enumerate(used.subjects)),
        )
    )
    s.read(
        f"For one person {min(each):.0f}% are right, for another {max(each):.0f}%. One number for "
        "everyone hides that."
        if min(each) < max(each)
        else f"Here {min(each):.0f}% are right for everyone. That is rare."
    )


def compared(before: float, after: float, significant: bool) -> str:
    """A comment on the accuracy for known and for new people.

    significant: whether the difference is too large for luck, on the same recordings.
    """
    if after < before:
        harder = "New people were harder. Which of the two numbers would you print on the box?"
        return harder if significant else "That is a little less. With few people it may be luck."
    if after > before:
        return "New people were no harder here. With so few people that may be luck."
    return "New people were just as easy here. With so few people that may be luck."


def other_hand(s: Session) -> None:
    """Data bias: who is missing in the data, and the effect."""
    s.step("The other hand")
    _, _, left = crowd()
    of_right, of_left, refused = result_with_left_handers(0)
    s.read(
        f"Who is in the data? Here are {CROWD} more simulated people. We picked them, too. "
        f"{len(left)} of them are left-handed. A model learns from {TEACHERS} people. Then it is "
        "tested on others."
    )
    s.predict(
        f"First, all {TEACHERS} people in the training set are right-handed. For new right-handed "
        f"people, {of_right:.0%} are right. And for left-handed people?",
        f"{of_left:.0%}",
        then="The model never met the way they move. It answers unknown to "
        f"{refused:.0%} of their movements."
        if of_left < of_right
        else "The other hand makes no difference here.",
    )
    s.word("data bias")

    def with_left(number: float) -> str:
        of_right, of_left, _ = result_with_left_handers(round(number))
        return f"right answers: right hand {of_right:.0%}, left hand {of_left:.0%}"

    s.change(
        f"How many of the {TEACHERS} people in the training set are left-handed?",
        LEFT_TEACHERS,
        (0, LEFT_TEACHERS // 2, LEFT_TEACHERS),
        with_left,
        low=0,
        high=LEFT_TEACHERS,
    )
    s.check(
        "A model works well for the people who made it. Who should test it next?",
        "people who are not like them",
        why="Some mistakes only show when the people they affect try the model.",
        choices=("more people like them", "people who are not like them", "nobody"),
        hint="Who is missing in their data?",
    )
    s.read(
        "**Looking back.** When somebody tells you “it is nearly always right”, ask: Right for "
        "whom? Out of how many answers? Which cases are rare? And what was left out?\n\n"
        "So far the laptop has computed everything. But the board is small. How do you fit a "
        "network on it? That is lesson 9."
    )
