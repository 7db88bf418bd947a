# The Recognizer of gesture.py: samples, a window, and when to speak.
from microbit import accelerometer, running_time, sleep


class Recognizer:
    missed = 0  # samples that came too late to be read
    due = 0  # when the next sample is to be read, ms; 0 at the start
    countdown = 0  # samples until the next prediction; 0 at the start
    confidence = 0  # of the last prediction; 0 or more: known
    last = -1  # its label, a number of names, or -1 for unknown
    evidence = 0  # for it, confidence times ms
    told = -1  # the label that next() returned last, until it is over
    away = 0  # ms for which predictions have not said it

    # model: 12 samples in a window, 13 between two predictions, 14 ms between two samples
    def __init__(self):
        global loader
        import loader  # gesture.py has read it, after this module

        if not loader.model:
            loader.load("model.bin")
            del loader.load, loader.read  # not needed again: memory for the pupil's program
        self.model = loader.model
        self.names = loader.names
        self.work = loader.work
        self.end = 56 + 3 * self.model[12]

    # Wait for the next sample. A name when a gesture is recognised, else None.
    def next(self):
        model = self.model
        period = model[14]
        now = running_time()
        self.due = self.due + period if self.due else now
        late = now - self.due
        if late < 0:
            sleep(-late)
        elif late >= period:
            late //= period
            self.missed += late
            self.due += late * period
        self.push(accelerometer.get_values())
        self.countdown = (self.countdown or model[12]) - 1
        if self.countdown:
            return None
        self.countdown = model[13]
        return self.settle(self.predict())

    # Put a sample at the end of the window.
    def push(self, sample):
        work = self.work
        end = self.end
        loader.call(loader.code, work, self.model, 6)  # shift
        work[end - 3], work[end - 2], work[end - 1] = sample

    # The label of what is in the window: a number of names, or -1 for unknown.
    def predict(self):
        loader.call(loader.code, self.work, self.model, 4)
        self.confidence = self.work[1]
        return self.work[0]

    # Evidence for a gesture is its confidence times the milliseconds since the last prediction,
    # added up while predictions agree. With enough of it the name is told, and told again only
    # after predictions have said something else for a second.
    def settle(self, label):
        step = self.model[13] * self.model[14]
        self.away = 0 if label == self.told else self.away + step
        if self.away >= 1000:
            self.told = -1
        if label != self.last:
            self.last = label
            self.evidence = 0
        if label < 0 or label == self.told:
            return None
        self.evidence += self.confidence * step
        if self.evidence < 6000:
            return None
        self.told = label
        self.away = 0
        return self.names[label]
