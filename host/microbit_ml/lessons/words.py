"""The words of the lessons, defined once: printed where a lesson meets them, linked on its page.

A lesson may use a word only after it was defined, in the same lesson or an earlier one; a test
reads all lessons for that. :mod:`.linking` finds the words in a text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import KitError
from microbit_ml.recordings.recording import COUNTS_PER_G

INT8 = np.iinfo(np.int8)


@dataclass(frozen=True)
class Word:
    """A word, what it means in plain words, and the number of the lesson that defines it.

    also: other forms, such as its plural; plain: phrases that hold the word, but mean something of
    every day; nouns: forms that are mostly verbs ("it means"), and are meant only where the words
    around show a noun; verbs: forms that are sometimes verbs ("label each recording"), and are
    meant unless the words around show a verb.
    """

    name: str
    definition: str
    lesson: int
    also: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """All ways in which the word may stand in a text."""
        return (self.name, *self.also)


class NoSuchWordError(KitError, KeyError):
    """A lesson defines a word that the glossary does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


WORDS = (
    # Lesson 1: a gesture is a matrix
    Word("acceleration", "how fast a speed changes.", 1, ("accelerations",)),
    Word(
        "g",
        "the pull of the Earth, used as a unit. A thing at rest on a table is held up with one g.",
        1,
    ),
    Word(
        "counts",
        f"the whole numbers that the sensor gives. {COUNTS_PER_G} counts are one g.",
        1,
        ("count",),
        ("lose count",),
        nouns=("counts", "count"),
    ),
    Word("axis", "one of the three directions x, y and z that the sensor feels.", 1, ("axes",)),
    Word("sample", "one reading of the sensor: three numbers at one moment.", 1, ("samples",),
         verbs=("sample", "samples")),
    Word("sampling rate", "how many samples the board takes in a second.", 1, ("sampling rates",)),
    Word("recording", "all samples of one movement, in order.", 1, ("recordings",)),
    Word("model", "a rule that a computer learned from recordings.", 1, ("models",),
         ("as a model",), verbs=("model", "models")),
    Word("window", "the piece of a recording that a model looks at.", 1, ("windows",)),
    Word("label", "the name of a movement, given by a person.", 1, ("labels", "labelled"),
         verbs=("label", "labels")),
    Word("vector", "a list of numbers in a fixed order.", 1, ("vectors",)),
    Word("matrix", "a table of numbers in rows and columns.", 1, ("matrices",)),
    Word("noise", "small random changes in what a sensor says.", 1),
    # Lesson 2: distance decides
    Word("feature", "one number that tells something about a whole window.", 2, ("features",)),
    Word(
        "mean",
        "the sum of some numbers, shared out evenly among them.",
        2,
        ("means",),
        ("by means of", "by no means", "by all means", "a means to", "a means of"),
        nouns=("mean", "means"),
    ),
    Word(
        "standard deviation",
        "how far numbers usually lie from their mean.",
        2,
        ("standard deviations",),
    ),
    Word("scaling", "giving all features about the same size.", 2, ("scaled",)),
    Word("dot product", "two vectors, multiplied place by place and added up.", 2,
         ("dot products",)),
    Word("norm", "the length of a vector.", 2, ("norms",)),
    Word("distance", "how far two vectors lie apart.", 2, ("distances",)),
    Word("centroid", "the middle of some vectors: the mean of each place.", 2, ("centroids",)),
    Word("classifier", "a rule that turns numbers into a label.", 2, ("classifiers",)),
    Word(
        "nearest neighbours",
        "a classifier that asks the closest known recordings for their label.",
        2,
        ("nearest neighbour",),
    ),
    Word(
        "decision tree",
        "a classifier that asks yes-or-no questions, one after the other.",
        2,
        ("decision trees",),
    ),
    Word(
        "network",
        "a method that works out many small sums in a row, with numbers that it learned by "
        "itself. You will build one soon.",
        2,
        ("networks",),
    ),
    # Lesson 3: a neuron, a layer
    Word("weight", "how much an input matters; it may be negative.", 3, ("weights",),
         verbs=("weight", "weights")),
    Word("bias", "a number that is added, whatever the inputs are.", 3, ("biases",)),
    Word("weighted sum", "each input times its weight, all added up.", 3, ("weighted sums",)),
    Word("neuron", "a weighted sum, a bias and an activation.", 3, ("neurons",)),
    Word("activation", "a simple rule that bends a sum.", 3, ("activations",)),
    Word("ReLU", "an activation: a negative number becomes zero, others stay.", 3),
    Word("layer", "some neurons side by side that see the same inputs.", 3, ("layers",),
         verbs=("layer", "layers")),
    Word("hidden layer", "a layer between the inputs and the last layer.", 3, ("hidden layers",)),
    Word("XOR", "one or the other, but not both.", 3),
    # Lesson 4: from scores to probability
    Word("score", "a number for each label; the highest one wins.", 4, ("scores",),
         verbs=("score", "scores")),
    Word("softmax", "a rule that turns scores into shares that add up to one.", 4),
    Word("probability", "how likely something is, from zero to one.", 4, ("probabilities",)),
    Word("logarithm", "what undoes exp: how many steps lead from one to a number.", 4,
         ("logarithms", "log"), nouns=("log",)),
    Word("loss", "a number that says how wrong a network is. Small is good.", 4, ("losses",),
         ("at a loss",)),
    Word("cross-entropy", "a loss: minus the logarithm of the share that the true label got.", 4),
    Word("calibration", "whether a network is right as often as it is sure.", 4, ("calibrated",)),
    # Lesson 5: downhill
    Word("derivative", "how steep a curve is at one point.", 5, ("derivatives",)),
    Word("gradient", "the slopes for all weights, together as one vector.", 5, ("gradients",)),
    Word("gradient descent", "going downhill in many small steps, each against the slope.", 5),
    Word("learning rate", "a number that sets how long each step downhill is.", 5,
         ("learning rates",)),
    Word("minimum", "the lowest place of a curve or a valley.", 5, ("minima",)),
    Word("batch", "the few recordings that one step looks at.", 5, ("batches",)),
    Word("optimizer", "the rule that says how each step is taken.", 5, ("optimizers",)),
    Word("momentum", "each step keeps some of the step before, like a rolling ball.", 5),
    Word("RMSProp", "an optimizer that divides each slope by its usual size.", 5),
    Word("Adam", "an optimizer that joins momentum and RMSProp.", 5),
    # Lesson 6: backpropagation by hand
    Word("chain rule", "slopes in a row are multiplied.", 6),
    Word("forward pass", "working out all numbers, from the inputs to the loss.", 6,
         ("forward passes",)),
    Word("backward pass", "working out all slopes, from the loss back to every weight.", 6,
         ("backward passes",)),
    Word("backpropagation", "finding the whole gradient by one backward pass.", 6),
    Word(
        "finite difference",
        "changing one number a little, to see how much another one changes.",
        6,
        ("finite differences",),
    ),
    # Lesson 7: learning, not memorising
    Word("training set", "the recordings that a model learns from.", 7, ("training sets",)),
    Word("validation set", "recordings that help to choose between models.", 7,
         ("validation sets",)),
    Word("test set", "recordings that are kept for the last question: how good is it?", 7,
         ("test sets",)),
    Word("overfitting", "learning by heart: good on known recordings, bad on new ones.", 7,
         ("overfit", "overfits")),
    Word("generalise", "to be right about what one has not seen.", 7, ("generalises",)),
    Word("regularization", "anything that keeps a model from learning by heart.", 7),
    Word("weight decay", "pulling all weights a little toward zero in each step.", 7),
    Word("dropout", "switching off random neurons while learning.", 7),
    Word("early stopping", "ending when the loss of the validation set no longer falls.", 7),
    Word(
        "augmentation",
        "making changed versions of recordings to learn from. They are called augmented samples.",
        7,
        ("augmented samples", "augmented sample"),
    ),
    Word("transfer learning", "using what a model learned on one task for another.", 7),
    Word(
        "fine-tune",
        "to train a model a little more, on new recordings.",
        7,
        ("fine-tunes", "fine-tuned", "fine-tuning"),
    ),
    # Lesson 8: how good is it really?
    Word("confusion matrix", "a table: what it was, and what it was called.", 8,
         ("confusion matrices",)),
    Word("accuracy", "the share of all answers that are right.", 8),
    Word("precision", "of those that were called so, the share that was so.", 8),
    Word("recall", "of those that were so, the share that was called so.", 8, nouns=("recall",)),
    Word("F1", "one number for precision and recall together.", 8),
    Word("threshold", "a limit: above it the answer is yes.", 8, ("thresholds",)),
    Word("false alarm", "an alarm when nothing happened.", 8, ("false alarms",)),
    Word("confidence interval", "a range that holds the true value most of the time.", 8,
         ("confidence intervals",)),
    Word("bootstrap", "drawing from your own data again and again, to see how much luck is in it.",
         8),
    Word("McNemar's test", "a test that asks: is one of two models better, or was it luck?", 8,
         ("McNemar",)),
    Word("data bias", "data that leaves people or cases out.", 8),
    Word("out-of-distribution", "unlike anything in the training set.", 8),
    Word("unknown", "the answer for a movement that was never taught.", 8, (),
         ("is unknown", "an unknown")),
    # Lesson 9: integers
    Word("bit", "a digit that is zero or one.", 9, ("bits",),
         ("a bit", "little bit", "bit by bit", "micro:bit")),
    Word("byte", "eight bits.", 9, ("bytes",)),
    Word("integer", "a whole number.", 9, ("integers",)),
    Word("fixed point", "a fraction kept as an integer and a scale.", 9),
    Word("scale", "what one step of an integer is worth.", 9, ("scales",),
         ("on a large scale", "on a small scale"), verbs=("scale", "scales")),
    Word("rounding", "taking the nearest integer.", 9, ("rounded",)),
    Word("overflow", "a number that is too large for its place.", 9, ("overflows",)),
    Word("quantization", "turning the numbers of a network into small integers.", 9,
         ("quantized", "quantize")),
    Word("int8", f"an integer in one byte, from {INT8.min} to {INT8.max}.", 9),
    Word("accumulator", "where a sum grows; it needs more bits than its parts.", 9,
         ("accumulators",)),
    # Lesson 10: on the board
    Word("latency", "the time from a movement to the answer.", 10),
    Word("heap", "the memory that a running program may use.", 10, (), ("a heap of",)),
    Word("flash", "memory that keeps its content without power.", 10, (), ("in a flash",),
         nouns=("flash",)),
    Word("register", "a place for one number inside the processor.", 10, ("registers",),
         nouns=("register", "registers")),
    Word("instruction", "one step of a processor.", 10, ("instructions",)),
    Word("assembler", "a language with one line for each instruction.", 10),
    Word("kernel", "a small piece of code that does most of the work.", 10, ("kernels",)),
    Word("hop", "how far the window moves on between two answers.", 10, ("hops",),
         nouns=("hop", "hops")),
    Word("deployment", "bringing a model to where it is used.", 10, ("deployed", "deploy")),
)  # fmt: skip
_BY_NAME = {word.name: word for word in WORDS}


def word_of(name: str) -> Word:
    """The word with this name. Raises NoSuchWordError."""
    if name not in _BY_NAME:
        raise NoSuchWordError(f"There is no word {name!r} in lessons/words.py. Add it there.")
    return _BY_NAME[name]
