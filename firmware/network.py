# The network of model.bin: from features to a label, in integers.
from array import array
from features import log_scale
from network_kernels import check, scale, dense, distance


# The 16-bit number at a place in the model.
def u16(model, place):
    return model[place] | model[place + 1] << 8


# model.bin in one bytearray. Its layout is described in quantize/device_file.py of the kit.
def read_model(name):
    head = bytearray(20)
    try:
        with open(name, "rb") as file:
            file.readinto(head)
    except OSError:
        raise ValueError("no " + name)
    if bytes(head[:4]) != b"mbml" or head[8] != 1 or head[15] != 1:
        raise ValueError(name + " is not for this kit")
    model = bytearray(u16(head, 10))
    with open(name, "rb") as file:
        size = file.readinto(model)
    if size != len(model) or check(model, size):
        raise ValueError(name + " is damaged")
    return model


class Network:
    def __init__(self, name):
        model = self.model = read_model(name)
        widest = bytes(2 * u16(model, 18))
        self.a = array("h", widest)  # what goes into a layer
        self.b = array("h", widest)  # what comes out
        self.scores = array("h", bytes(2 * u16(model, 16)))
        self.confidence = 0
        self.places = []  # of the records in the model
        place = 20
        while place < len(model):
            self.places.append(place)
            end = place + u16(model, place + 2)
            if model[place] == 5:
                text = str(bytes(model[place + 4 : end]), "utf-8")
                self.names = text.split("\0")[: len(self.scores)]
            place = end

    # The label of these features: a number of names, or -1 for unknown.
    # Leaves scores (one for each name) and confidence (0 or more: known).
    def decide(self, features):
        model = self.model
        places = self.places  # scale, dense ..., project, gate, names
        scores = self.scores
        a = self.a
        b = self.b
        scale(features, model, places[0], a)
        for place in places[1:-4]:  # hidden layers
            dense(a, model, place, b)
            a, b = b, a
        dense(a, model, places[-4], scores)
        best = 0
        for i in range(1, len(scores)):
            if scores[i] > scores[best]:
                best = i
        dense(a, model, places[-3], b)
        count = u16(model, places[-3] + 6)
        gate = places[-2]
        far = distance(b, model, gate + 8 + 2 * count * best, count)
        self.confidence = u16(model, gate + 4) - log_scale(far)
        return best if self.confidence >= 0 else -1
