"""The glossary of the lessons: each word is defined once, shown where a lesson introduces it.

A lesson may use a word only after its definition, in the same lesson or an earlier one; a test
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
    """A word, its definition in plain English, and the number of the lesson that defines it.

    also: other forms, such as its plural; plain: phrases that contain the word in its everyday
    meaning; nouns: forms that are mostly verbs ("it means"), and count only where the words around
    them show a noun; verbs: forms that are sometimes verbs ("label each recording"), and count
    unless the words around them show a verb.
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
        """All forms in which the word may appear in a text."""
        return (self.name, *self.also)


class NoSuchWordError(KitError, KeyError):
    """A lesson defines a word that is not in the glossary."""

    def __str__(self) -> str:
        return str(self.args[0])


WORDS = (
    # Lesson 1: a gesture is a matrix
    Word("acceleration", "how quickly a speed changes.", 1, ("accelerations",)),
    Word(
        "g",
        "the strength of the Earth's pull, used as a unit. An object at rest on a table feels one "
        "g.",
        1,
    ),
    Word(
        "counts",
        f"the whole numbers that the sensor gives. A reading of {COUNTS_PER_G} counts is one g.",
        1,
        ("count",),
        ("lose count",),
        nouns=("counts", "count"),
    ),
    Word("axis", "one of the three directions, x, y and z, that the sensor measures.", 1,
         ("axes",)),
    Word("sample", "one reading of the sensor: three numbers, for x, y and z.", 1,
         ("samples",), verbs=("sample", "samples")),
    Word("sampling rate", "the number of samples per second.", 1, ("sampling rates",)),
    Word("recording", "all the samples of one movement, in order.", 1, ("recordings",)),
    Word("model", "a rule that a computer has learned from recordings.", 1, ("models",),
         ("as a model",), verbs=("model", "models")),
    Word("window", "the piece of a recording that a model looks at.", 1, ("windows",)),
    Word("label", "the name of a movement, given by a person.", 1, ("labels", "labelled"),
         verbs=("label", "labels")),
    Word("vector", "a list of numbers in a fixed order.", 1, ("vectors",)),
    Word("matrix", "a table of numbers in rows and columns.", 1, ("matrices",)),
    Word("noise", "small random changes in the readings of a sensor.", 1),
    # Lesson 2: distance decides
    Word("feature", "a number that describes a whole window.", 2, ("features",)),
    Word(
        "mean",
        "the average of some numbers. Add them up and divide by how many there are.",
        2,
        ("means",),
        ("by means of", "by no means", "by all means", "a means to", "a means of"),
        nouns=("mean", "means"),
    ),
    Word(
        "standard deviation",
        "how far numbers typically lie from their mean.",
        2,
        ("standard deviations",),
    ),
    Word("scaling", "bringing all features to about the same size.", 2, ("scaled",)),
    Word("dot product", "multiply two vectors number by number, and add up the results.", 2,
         ("dot products",)),
    Word("norm", "the length of a vector.", 2, ("norms",)),
    Word("distance", "how far apart two points are, which is the norm of their difference.", 2,
         ("distances",)),
    Word("centroid", "the middle of a group of points, made of the mean of each feature.", 2,
         ("centroids",)),
    Word("classifier", "a rule that turns numbers into a label.", 2, ("classifiers",)),
    Word(
        "nearest neighbours",
        "a classifier that takes the most common label of the closest known recordings.",
        2,
        ("nearest neighbour",),
    ),
    Word(
        "decision tree",
        "a classifier that asks one yes-or-no question after another.",
        2,
        ("decision trees",),
    ),
    Word(
        "network",
        "a model made of many small sums, whose numbers are learned from examples.",
        2,
        ("networks",),
    ),
    # Lesson 3: a neuron, a layer
    Word("weight", "a number that an input is multiplied by. It may be negative.", 3,
         ("weights",), verbs=("weight", "weights")),
    Word("bias", "a number that is added to a weighted sum, whatever the inputs are.", 3,
         ("biases",)),
    Word("weighted sum", "each input times its weight, all added up.", 3, ("weighted sums",)),
    Word("neuron", "a weighted sum plus a bias, followed by an activation.", 3, ("neurons",)),
    Word("activation", "a simple function that puts a bend into the result.", 3,
         ("activations",)),
    Word("ReLU", "an activation that turns negative numbers into zero and keeps all others.", 3),
    Word("layer", "a group of neurons that all get the same inputs.", 3, ("layers",),
         verbs=("layer", "layers")),
    Word("hidden layer", "a layer between the inputs and the last layer.", 3, ("hidden layers",)),
    Word("XOR", "one or the other, but not both.", 3),
    # Lesson 4: from scores to probability
    Word("score", "an output of the last layer, one for each label. Engineers call it a logit. The "
         "highest wins.", 4, ("scores", "logit", "logits"), verbs=("score", "scores")),
    Word("softmax", "a function that turns scores into probabilities, which add up to one.", 4),
    Word("probability", "how likely something is, from zero to one.", 4, ("probabilities",)),
    Word("logarithm", "the function that undoes exp.", 4,
         ("logarithms", "log"), nouns=("log",)),
    Word("loss", "a number for how wrong a model is. Small is good.", 4, ("losses",),
         ("at a loss",)),
    Word("cross-entropy", "a loss, which is minus the logarithm of the true label's probability.",
         4),
    Word("out-of-distribution", "unlike anything that the model learned from.", 4),
    Word("calibration", "how well a model's probabilities match how often it is right.", 4,
         ("calibrated",)),
    # Lesson 5: downhill
    Word("derivative", "the slope of a curve at one point.", 5, ("derivatives",)),
    Word("gradient", "the slopes for all weights, together as one vector.", 5, ("gradients",)),
    Word("gradient descent", "going downhill in many small steps, each against the slope.", 5),
    Word("learning rate", "a number that sets how long each step downhill is.", 5,
         ("learning rates",)),
    Word("minimum", "the lowest point of a curve or a valley.", 5, ("minima",)),
    Word("batch", "the few recordings that one training step looks at.", 5, ("batches",)),
    Word("optimizer", "a rule for how each step changes the weights.", 5, ("optimizers",)),
    Word("momentum", "keeping some of the last step in the next one, like a rolling ball.", 5),
    Word("RMSProp", "an optimizer that divides each slope by its usual size.", 5),
    Word("Adam", "an optimizer that combines momentum and RMSProp.", 5),
    # Lesson 6: backpropagation by hand
    Word("chain rule", "to find the slope of several steps in a row, multiply their slopes.", 6),
    Word("forward pass", "computing all numbers, from the inputs to the loss.", 6,
         ("forward passes",)),
    Word("backward pass", "computing all slopes, from the loss back to every weight.", 6,
         ("backward passes",)),
    Word("backpropagation", "finding the whole gradient with one backward pass.", 6),
    Word(
        "finite difference",
        "changing one number a little to see how much another one changes.",
        6,
        ("finite differences",),
    ),
    # Lesson 7: learning, not memorising
    Word("training set", "the recordings that a model learns from.", 7, ("training sets",)),
    Word("validation set", "recordings that we use to choose between models.", 7,
         ("validation sets",)),
    Word("test set", "recordings that are kept back for a final test of the model.", 7,
         ("test sets",)),
    Word(
        "overfitting",
        "learning by heart, which works on known recordings but not on new ones.",
        7,
        ("overfit", "overfits"),
    ),
    Word("generalise", "to do well on data that was not used for learning.", 7,
         ("generalises",)),
    Word("regularization", "anything that keeps a model from learning by heart.", 7),
    Word("weight decay", "pulling all weights a little towards zero in each step.", 7),
    Word("dropout", "switching off random neurons during training.", 7),
    Word("early stopping", "ending training when the loss on the validation set stops falling.",
         7),
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
    Word("confusion matrix", "a table of true labels against predicted labels.", 8,
         ("confusion matrices",)),
    Word("accuracy", "the fraction of all answers that are right.", 8),
    Word("precision", "of everything that a model called a shake, how much really was a shake?", 8),
    Word("recall", "of all the real shakes, how many did a model find?", 8, nouns=("recall",)),
    Word("F1", "one number that combines precision and recall.", 8),
    Word("threshold", "a value above which the answer is yes.", 8, ("thresholds",)),
    Word("false alarm", "an alarm when nothing happened.", 8, ("false alarms",)),
    Word("confidence interval", "a range that contains the true value most of the time.", 8,
         ("confidence intervals",)),
    Word("bootstrap", "drawing from your own data again and again, to see how much of a result "
         "is luck.", 8),
    Word("McNemar's test", "a test of whether one of two models is really better, or just lucky.",
         8, ("McNemar",)),
    Word("data bias", "when data leaves out some people or cases.", 8),
    Word("unknown", "the answer for a movement that the model was never taught.", 8, (),
         ("is unknown", "an unknown")),
    # Lesson 9: integers
    Word("bit", "a digit that is zero or one.", 9, ("bits",),
         ("a bit", "little bit", "bit by bit", "micro:bit")),
    Word("byte", "eight bits.", 9, ("bytes",)),
    Word("integer", "a whole number.", 9, ("integers",)),
    Word("fixed point", "a fraction stored as an integer and a scale.", 9),
    Word("scale", "how much one step of an integer is worth.", 9, ("scales",),
         ("on a large scale", "on a small scale"), verbs=("scale", "scales")),
    Word("rounding", "taking the nearest integer.", 9, ("rounded",)),
    Word("overflow", "when a number is too large for the bits that hold it.", 9, ("overflows",)),
    Word("quantization", "turning the numbers of a network into small integers.", 9,
         ("quantized", "quantize")),
    Word("int8", f"an integer stored in one byte, from {INT8.min} to {INT8.max}.", 9),
    Word(
        "accumulator",
        "a place to add up a long sum. It needs more bits than the numbers that are added.",
        9,
        ("accumulators",),
    ),
    # Lesson 10: on the board
    Word("latency", "the time from a movement to the answer.", 10),
    Word("heap", "the memory that a running program can use.", 10, (), ("a heap of",)),
    Word("flash", "memory that keeps its contents without power.", 10, (), ("in a flash",),
         nouns=("flash",)),
    Word("register", "a tiny store for one number inside the processor.", 10, ("registers",),
         nouns=("register", "registers")),
    Word("instruction", "one step of a processor.", 10, ("instructions",)),
    Word("assembler", "a language with one line for each instruction of the processor.", 10),
    Word("kernel", "a small piece of code that does most of the work.", 10, ("kernels",)),
    Word("hop", "how far the window moves between two answers.", 10, ("hops",),
         nouns=("hop", "hops")),
    Word("deployment", "putting a model to work where it is needed.", 10, ("deployed", "deploy")),
)  # fmt: skip
_BY_NAME = {word.name: word for word in WORDS}


def word_of(name: str) -> Word:
    """The word with this name. Raises NoSuchWordError."""
    if name not in _BY_NAME:
        raise NoSuchWordError(f"There is no word {name!r} in lessons/words.py. Add it there.")
    return _BY_NAME[name]
