"""Links to the glossary: only where the word is meant, and not its everyday twin."""

import re

import pytest

from microbit_ml.lessons.course import all_lessons
from microbit_ml.lessons.linking import words_in
from microbit_ml.lessons.page_session import lesson_page
from microbit_ml.lessons.straight import Silent
from microbit_ml.lessons.words import WORDS

MEANT = (
    ("counts", "The first counts of z are 3 and 4."),
    ("counts", "A sensor gives 1024 counts for that."),
    ("counts", "There is one change less than there are counts."),
    ("counts", "from counts to vectors"),
    ("counts", "Counts are whole numbers."),
    ("counts", "the first count, and so on"),
    ("counts", "in place of counts, it would"),
    ("mean", "Take the mean away first."),
    ("mean", "A feature has mean 39."),
    ("mean", "9 of 60; mean loss: 0.853"),
    ("mean", "Mean agreement of many"),
    ("mean", "The kit has the means of x, y and z."),
    ("mean", "Their own mean is 3."),
    ("recall", "Precision 0.48, recall 1.00."),
    ("recall", "one number for precision and recall together"),
    ("recall", "The recall is 1.00."),
    ("flash", "bytes in flash"),
    ("register", "The registers after each instruction."),
    ("hop", "Its hop is 5."),
    ("logarithm", "so short a rule for exp, log and division"),
    ("transfer learning", "they know how: that is transfer learning."),
    ("score", "Scores become probabilities."),
    ("score", "the score of another"),
    ("label", "So which label does it give?"),
    ("label", "It hides which label the wrong answers belong to."),
    ("weight", "With random weights that were kept."),
    ("weight", "Large weights let it tremble."),
    ("layer", "from layer to layer"),
    ("sample", "the rate: samples a second"),
    ("sample", "It changes from sample to sample."),
    ("scale", "With the true scale the best one is right."),
    ("scale", "Only the scale differs."),
    ("model", "Each of the models has learned."),
    ("bit", "One bit more."),
)
NOT_MEANT = (
    ("counts", "The kit counts doublings."),
    ("counts", "Jumps in the middle count most."),
    ("counts", "What counts is the last one."),
    ("counts", "Here only the size counts."),
    ("counts", "This counts twice, and that counts once."),
    ("counts", "Count the rows. Now we count them again."),
    ("counts", "It is easy to count."),
    ("counts", "Stop and count."),
    ("mean", "That means a larger share."),
    ("mean", "This means that it is wrong."),
    ("mean", "It means nothing."),
    ("mean", "A larger w means a larger height."),
    ("mean", "More for the truth means more."),
    ("mean", "What do these numbers mean?"),
    ("mean", "That does not mean much, and would mean less."),
    ("mean", "Two signs of it mean trouble."),
    ("mean", "It can be done by means of a ruler, by all means."),
    ("recall", "Recall that it was three."),
    ("recall", "Recall the rule. Can you recall it?"),
    ("flash", "Flash the board. Now flash it again, in a flash."),
    ("flash", "All the LEDs flash."),
    ("register", "They register it."),
    ("hop", "Frogs hop, and one hops away."),
    ("logarithm", "They log every value."),
    ("transfer", "We transfer the file."),
    ("score", "You score a goal, and they score the next."),
    ("label", "Label each movement, then label the others."),
    ("weight", "We weight them."),
    ("layer", "You layer it."),
    ("sample", "Please sample the sensor."),
    ("scale", "We scale the numbers; you can scale them on a large scale."),
    ("model", "We model the movement as a model."),
    ("bit", "A bit more, bit by bit."),
    ("heap", "It needs a heap of data."),
    ("loss", "He was at a loss."),
)
VERBS = "means|mean|counts|count|recall|flash|registers?|hops?|log|transfer"
BEFORE = r"(?:it|this|that|which|what|who|not|to|we|you|they|these|those|kit|code|numbers)"


@pytest.mark.parametrize(("name", "text"), MEANT)
def test_a_word_that_is_meant_is_linked(name, text):
    assert name in [word.name for _, _, word in words_in(text)]


@pytest.mark.parametrize(("name", "text"), NOT_MEANT)
def test_a_word_that_is_not_meant_is_not_linked(name, text):
    assert name not in [word.name for _, _, word in words_in(text)]


def test_every_form_that_is_asked_about_is_a_form():
    for word in WORDS:
        assert {*word.nouns, *word.verbs} <= {*word.forms}
        assert not {*word.nouns} & {*word.verbs}


def test_no_page_links_a_verb():
    wrong = []
    for lesson in all_lessons():
        page = re.sub(r"\s+", " ", lesson_page(lesson.run(Silent())))
        assert '<a href="#word-' in page
        link = rf'<a href="#word-[\w-]+">(?:{VERBS})</a>'
        after = r"(?: (?:that|how|what|the|an?|one|most|more|doublings)\b)"
        wrong += re.findall(rf"\b{BEFORE} {link}.{{20}}|.{{30}}{link}{after}", page, re.IGNORECASE)
    # a noun before "one", "the" or "that": after a word that only a noun has before it
    assert [text for text in wrong if not re.search(r"\b(?:the|of|in|\d) <a", text)] == []
