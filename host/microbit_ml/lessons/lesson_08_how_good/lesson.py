"""Lesson 8: how good is it really? Counting answers, limits, luck, new people, strange movements.

What is counted here by hand is what the kit's ``evaluate`` counts for every model.
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
from microbit_ml.evaluate.preference import choose, trade_off
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import named
from microbit_ml.metrics import (
    Evaluation,
    bootstrap,
    confusion_matrix,
    mcnemar,
    score,
)
from microbit_ml.metrics.significance import REPEATS, SHARE, SIGNIFICANT, mcnemar_exact
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
    many_draws,
    middle_of,
    most_mixed_up,
    people_to_test,
    strangers,
    taught_by,
    telling_label,
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
    """From ten answers to the people who were never asked."""
    few = first_exam(s.data)
    an_exam(s, few)
    sort_the_answers(s, few)
    one_number_for_all(s, few)
    two_questions(s, few)
    one_number_for_both(s, few)
    rare_case(s)
    alarm = Alarm.of(s.data)
    a_limit(s, alarm)
    two_devices(s, alarm)
    draw_from_a_hat(s, few)
    judged = cross_validate(s.data, folds_of(s.data), **QUICK)
    less_luck(s, few, judged)
    which_is_better(s, judged)
    strange_movement(s)
    new_person(s)
    other_hand(s)


# --- ten answers, and what can be counted from them


def an_exam(s: Session, few: Answers) -> None:
    """The answers as they came."""
    s.step("An exam")
    n, right = len(few.truth), int(few.right.sum())
    s.read(
        f"A model has learned. Now it sits an exam. Here are {n} recordings that it never saw. "
        "We know the label of each. So we can mark the answers.\n\n"
        "This model is a simple one: a nearest centroid that only knows how jerky each axis moves. "
        "These are some of its answers, about the labels that it mixes up most. "
        + (
            "They were drawn by chance."
            if s.own
            else "We picked a draw with mistakes of several kinds, for there is more to learn."
        )
    )
    s.table(
        ["no.", "it is", "the model says"],
        [[i + 1, *pair] for i, pair in enumerate(zip(few.truth, few.called, strict=True))],
        caption="The exam",
    )
    s.predict(
        "Do not add them up yet. How many are right, do you think?",
        right,
        then=f"{right} of {n} answers are right.",
    )


def sort_the_answers(s: Session, few: Answers) -> None:
    """The confusion matrix by hand, and the kit's."""
    s.step("Sort the answers")
    n, right = len(few.truth), int(few.right.sum())
    s.read(
        "Which labels are mixed up? Draw a table. Each answer is one stroke. The row says what it "
        "is. The column says what it was called."
    )
    s.word("confusion matrix")
    s.code(count_by_hand)
    table = count_by_hand(few.truth, few.called, few.labels)
    s.picture(
        Grid(
            title=f"Confusion matrix of {n} answers",
            x_label="called",
            y_label="is",
            columns=few.labels,
            rows=few.labels,
            values=table,
            alt=f"{right} of {n} answers stand on the diagonal: they are right.",
        )
    )
    kit = confusion_matrix(few.truth, few.called, few.labels)[:, : len(few.labels)]
    same = "the same numbers" if np.array_equal(kit, table) else "other numbers"
    s.read(f"The kit's `confusion_matrix` finds {same}.")
    row, column = most_mixed_up(table)
    is_it, called_so = named(few.labels[row]), named(few.labels[column])
    s.check(
        f"How often was {is_it} called {called_so}?",
        int(table[row, column]),
        why=f"Row {is_it}, column {called_so}: {table[row, column]}.",
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
            "accuracy": "the share of right answers",
            "right": "the right answers, on the diagonal",
            "all": "all answers",
        },
        code=score,
        line="accuracy=float(",
        worked=f"{right} / {n} = {right / n:.2f}",
    )
    s.read(
        "It is one number, and easy to say. But it hides which label the wrong answers belong to."
    )


def two_questions(s: Session, few: Answers) -> None:
    """Precision and recall."""
    s.step("Two questions about one label")
    scores = score(few.truth, few.called, few.labels)
    one = telling_label(few)
    kit, label = scores.classes[few.labels.index(one.label)], named(one.label)
    s.read(
        f"Take one label: {label}. Three numbers matter. **TP**, true positives: those that were "
        f"{label} and were called so. Here {one.tp}. **FN**, false negatives: those that were "
        f"{label} but were called something else. Here {one.fn}. **FP**, false positives: those "
        f"that were called {label} but are something else. Here {one.fp}."
    )
    s.word("precision")
    s.formula(
        "P = TP / (TP + FP)",
        symbols={"P": "precision", "TP": "rightly called so", "FP": "wrongly called so"},
        code=score,
        line="precision = _ratio",
        worked=f"{one.tp} / ({one.tp} + {one.fp}) = {kit.precision:.2f}",
    )
    s.word("recall")
    s.formula(
        "R = TP / (TP + FN)",
        symbols={"R": "recall", "TP": "found", "FN": "missed"},
        code=score,
        line="recall = _ratio",
        worked=f"{one.tp} / ({one.tp} + {one.fn}) = {kit.recall:.2f}",
    )
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
        why=f"{found} found of {asked.support}: {asked.recall:.2f}.",
        hint=f"Find {named(asked.label)} in the column “it is”. How many of them are right?",
    )


def one_number_for_both(s: Session, few: Answers) -> None:
    """F1, and why it is not just the middle."""
    s.step("One number for both")
    one = telling_label(few)
    place = few.labels.index(one.label)
    kit = score(few.truth, few.called, few.labels).classes[place]
    always = score(few.truth, [one.label] * len(few.truth), few.labels).classes[place]
    middle = (always.precision + always.recall) / 2
    s.read(
        f"It is easy to get one of the two. Call **everything** {named(one.label)}, and nothing is "
        f"missed: the recall is {always.recall:.2f}. But the precision is only "
        f"{always.precision:.2f}."
    )
    s.predict(
        f"One number for both should punish that. The middle of the two is {middle:.2f}. Where "
        "would you put a fair number?",
        "nearer to the smaller one",
        then=f"It is {always.f1:.2f}. The smaller share pulls it down.",
        choices=("nearer to the smaller one", "in the middle", "nearer to the larger one"),
    )
    s.word("F1")
    on_paper = f"{round(always.precision, 2) * round(always.recall, 2) / round(middle, 2):.2f}"
    s.formula(
        "F1 = P · R / M",
        symbols={"F1": "the number for both", "P": "precision", "R": "recall",
                 "M": "the middle of P and R"},
        code=score,
        line="f1 = _ratio",
        worked=f"{always.precision:.2f} · {always.recall:.2f} / {middle:.2f} = {always.f1:.2f}"
        + ("" if on_paper == f"{always.f1:.2f}" else f" (with all digits; on paper {on_paper})"),
    )  # fmt: skip
    s.read(
        "The line of code gets the same in another way: twice TP, shared by all that were so and "
        f"all that were called so. For the model in our exam and {named(one.label)} that is "
        f"{2 * one.tp} / ({one.tp + one.fn} + {one.tp + one.fp}) = {kit.f1:.2f}."
    )


# --- when accuracy misleads, and what a limit is for


def rare_case(s: Session) -> None:
    """Accuracy misleads."""
    s.step("The alarm that never rings")
    accuracy = (MOVEMENTS - FALLS) / MOVEMENTS
    s.read(
        "An alarm for old people should ring when they fall. Somebody sells one. It has no battery "
        f"at all, so it always says “no fall”. We test it with {MOVEMENTS} movements. {FALLS} of "
        "them are falls."
    )
    s.predict(
        "What is its accuracy?",
        f"{accuracy:.0%}",
        then=f"{MOVEMENTS - FALLS} of {MOVEMENTS} answers are right. That is {accuracy:.0%}. And "
        "no fall is found.",
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
        "Which share shows at once that this alarm is useless?",
        "recall of falls",
        why="Recall asks how many of the falls were found: none.",
        choices=("accuracy", "recall of falls", "recall of “no fall”"),
        hint="Which of them is about the falls alone?",
    )


def a_limit(s: Session, alarm: Alarm) -> None:
    """A threshold, to be tried."""
    s.step("Where to put the limit")
    n = alarm.truth.count(alarm.label)
    s.read(
        f"Let us build a real alarm. {named(alarm.label)} is the strongest movement here. So let "
        f"it stand for the fall: {n} of {len(alarm.truth)} recordings. The alarm rings when the "
        "acceleration was large enough for a moment. How large? The norm from lesson 2 tells."
    )
    s.code(strongest_g)
    s.word("threshold")
    s.word("false alarm")
    s.predict(
        "We raise the threshold. What can the recall do?",
        "fall or stay",
        then="A higher threshold lets less through. So nothing new is found.",
        choices=("rise", "fall or stay"),
    )
    quantiles = np.quantile(alarm.strength, (0.25, 0.6, 0.9))
    low, middle, high = (float(one) for one in np.floor(10 * quantiles) / 10)
    s.change("The threshold in g", middle, (low, middle, high), alarm.rings_from, low=0, high=4)


def two_devices(s: Session, alarm: Alarm) -> None:
    """The precision-recall trade, and two thresholds."""
    s.step("A fall alarm and a light switch")
    counts = np.floor(alarm.strength * COUNTS_PER_G).astype(int)
    points = trade_off(alarm.label, alarm.truth, [alarm.label] * len(counts), counts)
    limits = [-point.shift / COUNTS_PER_G for point in points]
    first, last = points[0], points[-1]
    s.picture(
        Chart(
            title="What a threshold trades",
            x_label="threshold in g",
            y_label="share",
            series=[
                Series("precision", limits, [point.precision for point in points]),
                Series("recall", limits, [point.recall for point in points]),
            ],
            alt=f"From the lowest to the highest threshold, recall goes from {last.recall:.2f} "
            f"to {first.recall:.2f}, precision from {last.precision:.2f} to "
            f"{first.precision:.2f}.",
            y_range=(0, 1),
        )
    )
    s.read(
        "An alarm should miss no fall. It may ring once too often. A light that goes on by itself "
        "is a nuisance. But its switch may miss a movement: you just move again. Say that "
        f"{named(alarm.label)} is what both listen for. The kit's `choose` finds a threshold for "
        "each."
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
        "Which share must be high for the light switch?",
        "precision",
        why="When the light goes on, somebody should really have moved so. That is precision.",
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
        f"another number. How far off? We have only these {n}. So they must stand for all others. "
        "Write each answer on a slip. Draw one, note it, **put it back**. Do that as often as "
        "there are slips."
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
        caption="Some draws by hand",
    )  # fmt: skip
    low, high = middle_of(many_draws(right))
    s.predict(
        f"After {REPEATS:,} draws we throw away the lowest and the highest. The middle {SHARE:.0%} "
        "stay. How far apart are the lowest and the highest accuracy of those?",
        f"{high - low:.2f}",
        then=f"They go from {low:.2f} to {high:.2f}." + no_mistake_seen(right),
    )


def no_mistake_seen(right: np.ndarray) -> str:
    """What a bootstrap cannot see when all answers are right; else nothing."""
    if not right.all():
        return ""
    n, often = len(right), 1 / (1 - SHARE)
    return (
        f" All {n} were right, so each draw is, too. That does not mean that the model never "
        "errs: no draw can hold a mistake that you have not met. Even if it errs in "
        f"{could_be_wrong(n):.0%} of all cases, one in {often:.0f} such exams looks like this."
    )


def less_luck(s: Session, few: Answers, judged: Evaluation) -> None:
    """The kit's interval, and what more answers do to it."""
    s.step("More answers, less luck")
    right, n = few.right, len(few.right)
    many = many_draws(right)
    low, high = middle_of(many)
    s.word("confidence interval")
    accuracies, times = np.unique(many, return_counts=True)
    s.picture(
        Chart(
            title=f"{REPEATS:,} draws of {n} answers",
            x_label="accuracy of a draw",
            y_label="how many draws",
            series=[Series("draws", accuracies, times, style="bars")],
            alt=f"Most draws lie near {right.mean():.2f}, the middle {SHARE:.0%} of them from "
            f"{low:.2f} to {high:.2f}.",
        )
    )
    found = judged.intervals
    drawn = "whole people" if found.drawn == "person" else "recordings"
    s.read(
        f"Now the kit's network. It answered {len(judged.truth)} recordings that "
        f"it had not seen. Its accuracy is {judged.scores.accuracy:.2f}. The kit's `bootstrap` "
        f"draws {drawn} and says: {found.accuracy.low:.2f} to {found.accuracy.high:.2f}."
        + no_mistake_seen(np.array(judged.truth) == np.array(judged.best))
    )

    share = float(right.mean()) if 0 < right.mean() < 1 else 0.5

    def interval_for(answers: float) -> str:
        """The interval when about this share of so many answers is right."""
        m = round(answers)
        good = round(share * m)
        drawn = bootstrap(["it"] * m, ["it"] * good + ["other"] * (m - good)).accuracy
        return (
            f"{good} of {m} right: {drawn.low:.2f} to {drawn.high:.2f}, which is "
            f"{drawn.high - drawn.low:.3f} wide"
        )

    s.change(
        f"Say that {share:.0%} are right. Of how many answers? Try {n} and {NARROWER**2 * n}.",
        len(judged.truth),
        (n, NARROWER**2 * n, 100 * n),
        interval_for,
        low=2,
        high=5000,
    )
    s.check(
        "You want the interval about half as wide. How many times as many answers does that take?",
        NARROWER**2,
        why="Luck goes away slowly. About half the width takes four times the answers.",
        hint=f"How wide was it with {n} answers, and how wide with {NARROWER**2 * n}?",
    )


def which_is_better(s: Session, judged: Evaluation) -> None:
    """McNemar's test of the network and a decision tree."""
    s.step("Is A better than B?")
    truth = judged.truth
    tree = cross_predict(DecisionTree, features_of_recordings(s.data), truth, judged.fold)
    a_right = np.array(truth) == np.array(judged.best)
    b_right = np.array(truth) == np.array(tree)
    only_a, only_b = int((a_right & ~b_right).sum()), int((b_right & ~a_right).sum())
    tosses, test = only_a + only_b, mcnemar(truth, judged.best, tree)
    s.read(
        "A is the network. B is the decision tree from lesson 2. Both answered the same "
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
        "Where both are right, or both wrong, we learn nothing. The other two cells matter: "
        f"{only_a} and {only_b}. If both models were equally good, each of these recordings would "
        "be a coin toss: A or B."
    )
    s.word("McNemar's test")
    every = 2**tosses

    def written(number: int) -> str:
        """With all its digits, unless there are very many."""
        return f"{number:,}" if tosses < MOST_TOSSES else f"{number:.1e}"

    s.formula(
        "p = ways / all",
        symbols={
            "p": "how probable it is that luck alone is at least as uneven",
            "ways": "rows of tosses at least as uneven as this, for A or for B (the code counts "
            "one side, and doubles it)",
            "all": f"all rows of so many tosses: {written(every)} for {tosses}",
        },
        code=mcnemar_exact,
        line="return min(1.0, 2 * ways",
        worked=f"{written(round(test.p * every))} / {written(every)} = {test.p:.3f}",
    )
    s.check(
        f"Many people call a difference real only when p is below {SIGNIFICANT}. Is it here?",
        "yes" if test.significant else "no",
        why=f"{test.p:.3f} is below {SIGNIFICANT}. That is hardly luck."
        if test.significant
        else "Both are right equally often. There is no difference to be seen here."
        if only_a == only_b
        else f"{test.p:.3f} is not below {SIGNIFICANT}. The difference may well be luck.",
        choices=("yes", "no"),
        hint=f"Compare {test.p:.3f} with {SIGNIFICANT}.",
    )

    def with_more(times: float) -> str:
        """p if so many times as many recordings came out the same way."""
        b, c = round(times) * only_a, round(times) * only_b
        return f"{b} and {c}: p = {mcnemar_exact(b, c):.2g}"

    s.change(
        "If all came out the same way with more recordings: how many times as many?",
        2,
        (1, 2, 4),
        with_more,
        low=1,
        high=100,
    )


# --- what the data left out


def strange_movement(s: Session) -> None:
    """Left-out labels, and how many of them get a name."""
    s.step("A strange movement")
    s.read(
        "A classifier always has a best label. Play football with the board in your pocket: it "
        "still has one. So the kit asks a second question. Is this movement like those that I "
        "was taught? If not, it gives no name."
    )
    s.word("unknown")
    result = strangers(s.data)
    worst = max(result, key=lambda label: result[label].false_accept_rate)
    share, asked = result[worst].false_accept_rate, result[worst].unknown
    s.read(
        "To test that, leave a label out. Teach models the others. Then ask them about the one "
        "that they never met. Each name that they say now is false."
    )
    s.table(
        ["left out", "asked", "got a name", "others still known"],
        [
            [label, one.unknown, f"{one.false_accept_rate:.0%}", f"{one.known_accept_rate:.0%}"]
            for label, one in result.items()
        ],
        caption="Movements that no model was taught",
    )
    s.read("The last column is about the movements that were taught: how many still got a name?")
    s.check(
        f"Models were asked about {named(worst)} {asked} times. How often did they give a name?",
        round(share * asked),
        tolerance=max(1.0, 0.005 * asked),
        why=f"{share:.0%} of {asked} is {round(share * asked)}.",
        hint="Take the share in the table, times how often they were asked.",
    )
    s.read(
        "You can make a model stricter. Then it gives fewer false names. But more of the known "
        "movements get no name. It is the threshold once more."
    )


def new_person(s: Session) -> None:
    """By recording against by person."""
    s.step("A new person")
    used = people_to_test(s.data, s.own)
    known = cross_validate(used, folds_of(used), **QUICK)
    new = leave_one_subject_out(used, **QUICK)
    whose = "" if used is s.data else "These are made-up people, picked because it shows well. "
    s.read(
        f"You know this test from lesson 7. Now look at each person. {whose}There are {len(used)} "
        f"recordings of {len(used.subjects)} people. First, some recordings of each person are for "
        "learning, the others for the exam. So the model has met each person before. Then we hold "
        "out **all** recordings of one person, and do that with each person in turn."
    )
    before, after = known.scores.accuracy, new.scores.accuracy
    s.predict(
        f"With known people {before:.0%} of the answers are right. And with new people?",
        f"{after:.0%}",
        then=compared(before, after, mcnemar(known.truth, known.best, new.best).significant),
    )
    right = np.array(new.truth) == np.array(new.best)
    each = [100 * right[np.array(new.subjects) == one].mean() for one in used.subjects]
    s.picture(
        Chart(
            title="Each person, as a new one",
            x_label="person",
            y_label="right answers in %",
            series=[Series("right answers", list(range(len(each))), each, style="bars")],
            alt=f"From {min(each):.0f}% for one person to {max(each):.0f}% for another.",
            y_range=(0, 100),
            x_ticks=dict(enumerate(used.subjects)),
        )
    )
    s.read(
        f"One person gets {min(each):.0f}%, another {max(each):.0f}%. One number for all hides "
        "that."
        if min(each) < max(each)
        else f"Here each person gets {min(each):.0f}%. That is rare."
    )


def compared(before: float, after: float, significant: bool) -> str:
    """What it means that a score is another one for new people.

    significant: whether the difference is too large for luck, on the same recordings.
    """
    if after < before:
        told = "New people were harder. Which of the two numbers would you print on the box?"
        return told if significant else "That is a little less. With few people it may be luck."
    if after > before:
        return "New people were no harder here. With few people that may be luck."
    return "New people were as easy here. With few people that may be luck."


def other_hand(s: Session) -> None:
    """Data bias: who is missing, and what it does."""
    s.step("The other hand")
    _, _, left = crowd()
    of_right, of_left, refused = taught_by(0)
    s.read(
        f"Who is in the data? Here are {CROWD} other made-up people, picked because it "
        f"shows well. {len(left)} of them use their left hand. {TEACHERS} people teach a model. "
        "The exam is for others."
    )
    s.predict(
        f"First, all {TEACHERS} teachers use the right hand. New right-handed people get "
        f"{of_right:.0%} right. And the left-handed?",
        f"{of_left:.0%}",
        then=f"The model never met their way to move. It finds {refused:.0%} of it unknown."
        if of_left < of_right
        else "The other hand makes no difference here.",
    )
    s.word("data bias")

    def with_left(number: float) -> str:
        of_right, of_left, _ = taught_by(round(number))
        return f"right answers: right hand {of_right:.0%}, left hand {of_left:.0%}"

    s.change(
        f"How many of the {TEACHERS} teachers use the left hand?",
        LEFT_TEACHERS,
        (0, LEFT_TEACHERS // 2, LEFT_TEACHERS),
        with_left,
        low=0,
        high=LEFT_TEACHERS,
    )
    s.check(
        "A model works well for the people who made it. Whom should they ask next?",
        "people who are not like them",
        why="A mistake stays unseen if nobody who meets it is asked.",
        choices=("more people like them", "people who are not like them", "nobody"),
        hint="Who is missing in their data?",
    )
    s.read(
        "**Looking back.** When somebody says “it is nearly always right”, ask back. Right for "
        "whom? How many answers? What is rare? And what was left out?\n\n"
        "So far the laptop has computed everything. But the board is small. How does a network fit "
        "on it? That is lesson 9."
    )
