# The Recognizer of gesture.py: what the model says, and when to speak.
import loader


class Recognizer:
    missed = 0  # samples that came too late to be read
    due = 0  # when the next sample is to be read, us; 0 at the start
    confidence = 0  # of the last prediction; 0 or more: known
    unknown = False  # whether it was of a movement that the model does not know
    last = -1  # its label, a number of names, or -1 for unknown
    evidence = 0  # for it, confidence times ms
    detected = -1  # the label that next() returned last, until it is over
    away = 0  # ms for which predictions have not said it

    next = loader.next
    poll = loader.poll

    # model: 12 samples in a window, 13 between two predictions, 14 ms between two samples
    def __init__(self):
        if not loader.model:
            loader.load()
            del loader.load, loader.find, loader.lay  # memory for the pupil's program
        self.model = loader.model
        self.names = loader.names
        self.work = loader.work
        self.countdown = self.model[12]  # samples until the next prediction

    # The label of what is in the window: a number of names, or -1 for unknown.
    def predict(self):
        loader.call(loader.code, self.work, self.model, 12)
        self.confidence = self.work[1]
        self.unknown = self.work[0] < 0
        return self.work[0]

    # Evidence for a gesture is its confidence times the milliseconds since the last prediction,
    # added up while predictions agree. With enough of it the name is detected, and detected again only
    # after predictions have said something else for a second.
    def debounce(self, label):
        step = self.model[13] * self.model[14]
        self.away = 0 if label == self.detected else self.away + step
        if self.away >= 1000:
            self.detected = -1
        if label != self.last:
            self.last = label
            self.evidence = 0
        if label >= 0 and label != self.detected:
            self.evidence += self.confidence * step
            if self.evidence >= 6000:
                self.detected = label
                self.away = 0
                return self.names[label]
