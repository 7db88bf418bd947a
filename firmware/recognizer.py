# The Recognizer of gesture.py: the model's predictions, debounced.
import loader


class Recognizer:
    missed = 0  # samples that were not read in time
    due = 0  # when to read the next sample, us; 0 at the start
    confidence = 0  # of the last prediction; 0 or more: a known gesture
    unknown = False  # whether it was "unknown"
    last = -1  # its label, an index into names, or -1 for unknown
    evidence = 0  # for this label, confidence times ms
    detected = -1  # the label that next() returned last, until the gesture is over
    away = 0  # ms since it was last predicted

    next = loader.next
    poll = loader.poll

    # model: 12 samples in a window, 13 samples between two predictions, 14 ms between two samples
    def __init__(self):
        if not loader.model:
            loader.load()
            del loader.load, loader.find, loader.lay  # memory for the pupil's program
        self.model = loader.model
        self.names = loader.names
        self.work = loader.work
        self.countdown = self.model[12]  # samples until the next prediction

    # Predict the label of the window: an index into names, or -1 for unknown.
    def predict(self):
        loader.call(loader.code, self.work, self.model, 12)
        self.confidence = self.work[1]
        self.unknown = self.work[0] < 0
        return self.work[0]

    # The evidence for a gesture is its confidence times the milliseconds since the last prediction,
    # added up while predictions agree. With enough of it the gesture is detected. It is detected
    # again only after something else has been predicted for a second.
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
