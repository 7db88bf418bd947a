# The Recognizer of gesture.py: samples, a window, and when to speak.
# Its clock is ticks_us(): on V1 running_time() loses some microseconds whenever it is asked.
import gc

import loader
from microbit import accelerometer, sleep
from utime import ticks_diff, ticks_us


class Recognizer:
    missed = 0  # samples that came too late to be read
    due = 0  # when the next sample is to be read, us; 0 at the start
    confidence = 0  # of the last prediction; 0 or more: known
    unknown = False  # whether it was of a movement that the model does not know
    last = -1  # its label, a number of names, or -1 for unknown
    evidence = 0  # for it, confidence times ms
    told = -1  # the label that next() returned last, until it is over
    away = 0  # ms for which predictions have not said it

    # model: 12 samples in a window, 13 between two predictions, 14 ms between two samples
    def __init__(self):
        if not loader.model:
            loader.load()
            del loader.load, loader.find, loader.lay  # memory for the pupil's program
        self.model = loader.model
        self.names = loader.names
        self.work = loader.work
        self.countdown = self.model[12]  # samples until the next prediction
        self.shift = self.countdown << 8 | 6  # for a new sample: kernels/entries.py of the kit

    # next() without waiting: None at once when no sample is due.
    def poll(self):
        if not self.due or ticks_diff(ticks_us(), self.due) >= 0:
            return self.next()

    # Wait for the next sample. A name when a gesture is recognised, else None.
    def next(self):
        period = self.model[14] * 1000
        now = ticks_us()
        due = self.due or now
        late = ticks_diff(now, due)
        if late < 0:
            if late < -9000:
                gc.collect()  # 3 ms on V1, which a sample that is due should not wait for
            while late < 0:
                if late < -4000:
                    sleep(-late // 1000 - 3)  # which takes up to 3 ms more
                late = ticks_diff(ticks_us(), due)
        elif late >= period:
            late //= period
            self.missed += late
            due += late * period
        self.due = due + period & 0x3FFFFFFF  # where ticks_us() begins again
        loader.call(loader.code, self.work, accelerometer.get_values(), self.shift)
        countdown = self.countdown - 1
        self.countdown = countdown
        if countdown:
            return None
        self.countdown = self.model[13]
        return self.settle(self.predict())

    # The label of what is in the window: a number of names, or -1 for unknown.
    def predict(self):
        loader.call(loader.code, self.work, self.model, 12)
        self.confidence = self.work[1]
        self.unknown = self.work[0] < 0
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
