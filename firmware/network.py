# The network of model.bin: from a window of samples to a label, in integers.
from array import array
from features import measure, log_scale
from loader import model
from network_kernels import scale, dense, distance


# The 16-bit number at a place in the model.
def u16(place):
    return model[place] | model[place + 1] << 8


class Network:
    def __init__(self):
        self.model = model
        self.window = array("h", bytes(6 * model[12]))
        self.features = array("h", bytes(48))
        self.scores = array("h", bytes(2 * u16(16)))
        self.confidence = 0
        self.a = array("h", bytes(2 * u16(18)))  # what goes into a layer
        self.b = array("h", bytes(2 * u16(18)))  # what comes out
        self.sums = array("i", bytes(12))
        self.places = []  # of the records in the model
        place = 20
        while place < len(model):
            self.places.append(place)
            end = place + u16(place + 2)
            if model[place] == 5:
                text = str(bytes(model[place + 4 : end]), "utf-8")
                self.names = text.split("\0")[: len(self.scores)]
            place = end

    # The label of what is in the window: a number of names, or -1 for unknown.
    # Leaves features, scores (one for each name) and confidence (0 or more: known).
    def predict(self):
        places = self.places  # scale, dense ..., project, gate, names
        scores = self.scores
        a = self.a
        b = self.b
        measure(self.window, model[12], self.sums, self.features)
        scale(self.features, model, places[0], a)
        for place in places[1:-4]:  # hidden layers
            dense(a, model, place, b)
            a, b = b, a
        dense(a, model, places[-4], scores)
        best = 0
        for i in range(1, len(scores)):
            if scores[i] > scores[best]:
                best = i
        dense(a, model, places[-3], b)
        count = u16(places[-3] + 6)
        far = distance(b, model, places[-2] + 8 + 2 * count * best, count)
        self.confidence = u16(places[-2] + 4) - log_scale(far)
        return best if self.confidence >= 0 else -1
