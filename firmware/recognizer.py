# The Recognizer of gesture.py: a network that samples, and when it speaks.
from features import shift
from microbit import accelerometer, running_time, sleep
from network import Network


class Recognizer(Network):
    # missed: samples that came too late to be read
    missed = 0
    due = 0  # when the next sample is to be read, ms; 0 at the start
    last = -1  # label of the last prediction
    told = -1  # label that next() returned last
    countdown = 0  # samples until the next prediction; 0 at the start

    # Wait for the next sample. A name when a gesture is recognised, else None.
    def next(self):
        model = self.model  # 12 samples in a window, 13 between predictions, 14 ms between samples
        now = running_time()
        self.due = self.due + model[14] if self.due else now
        late = now - self.due
        if late < 0:
            sleep(-late)
        elif late >= model[14]:
            late //= model[14]
            self.missed += late
            self.due += late * model[14]
        self.push(accelerometer.get_values())
        self.countdown = (self.countdown or model[12]) - 1
        if self.countdown:
            return None
        self.countdown = model[13]
        return self.settle(self.predict())

    # Put a sample at the end of the window.
    def push(self, sample):
        window = self.window
        place = len(window) - 3
        shift(window, place)
        window[place], window[place + 1], window[place + 2] = sample

    # A gesture counts when two predictions in a row agree, and is told once.
    def settle(self, label):
        agree = label == self.last
        self.last = label
        if not agree or label == self.told:
            return None
        self.told = label
        return self.names[label] if label >= 0 else None
