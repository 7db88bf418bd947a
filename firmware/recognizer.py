# The Recognizer of gesture.py: samples, a window, and when to speak.
from array import array
from features import measure, shift
from microbit import accelerometer, running_time, sleep
from network import Network


class Recognizer(Network):
    def __init__(self, name="model.bin"):
        Network.__init__(self, name)
        model = self.model
        self.length = model[12]  # samples in a window
        self.hop = model[13]  # samples between two predictions
        self.period = model[14]  # ms between two samples
        self.window = array("h", bytes(6 * self.length))
        self.features = array("h", bytes(48))
        self.sums = array("i", bytes(12))
        self.missed = 0  # samples that came too late to be read
        self.countdown = self.length  # samples until the next prediction
        self.due = 0  # when the next sample is to be read, ms
        self.last = -1  # label of the last prediction
        self.told = -1  # label that next() returned last

    # Wait for the next sample. A name when a gesture is recognised, else None.
    def next(self):
        now = running_time()
        self.due = self.due + self.period if self.due else now
        late = now - self.due
        if late < 0:
            sleep(-late)
        elif late >= self.period:
            late //= self.period
            self.missed += late
            self.due += late * self.period
        self.push(accelerometer.get_values())
        self.countdown -= 1
        if self.countdown:
            return None
        self.countdown = self.hop
        return self.settle(self.predict())

    # Put a sample at the end of the window.
    def push(self, sample):
        window = self.window
        place = len(window) - 3
        shift(window, place)
        window[place], window[place + 1], window[place + 2] = sample

    # The label of what is in the window now: a number of names, or -1 for unknown.
    def predict(self):
        measure(self.window, self.length, self.sums, self.features)
        return self.decide(self.features)

    # A gesture counts when two predictions in a row agree, and is told once.
    def settle(self, label):
        agree = label == self.last
        self.last = label
        if not agree or label == self.told:
            return None
        self.told = label
        return self.names[label] if label >= 0 else None
