# The Recognizer of gesture.py: samples, a window, and when to speak.
import loader
from array import array
from loader import PREDICT, SHIFT, call, code
from microbit import accelerometer, running_time, sleep


class Recognizer:
    missed = 0  # samples that came too late to be read
    due = 0  # when the next sample is to be read, ms; 0 at the start
    countdown = 0  # samples until the next prediction; 0 at the start
    confidence = 0  # of the last prediction; 0 or more: known
    last = -1  # its label, a number of names, or -1 for unknown
    told = -1  # the label that next() returned last

    # model: 12 samples in a window, 13 between two predictions, 14 ms between two samples,
    # 16 labels, 18 most numbers of any stage. work is described in kernels.py of the kit.
    def __init__(self):
        model = self.model = loader.model
        self.names = loader.names
        self.end = 26 + 3 * model[12]
        size = self.end + model[16] + 2 * model[18]
        self.work = array("h", range(size))  # any numbers: of a range no copy is made

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
        call(code, work, self.model, SHIFT)
        work[end - 3], work[end - 2], work[end - 1] = sample

    # The label of what is in the window: a number of names, or -1 for unknown.
    def predict(self):
        call(code, self.work, self.model, PREDICT)
        self.confidence = self.work[1]
        return self.work[0]

    # A gesture counts when two predictions in a row agree, and is told once.
    def settle(self, label):
        agree = label == self.last
        self.last = label
        if not agree or label == self.told:
            return None
        self.told = label
        return self.names[label] if label >= 0 else None
