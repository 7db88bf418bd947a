# The network of a model.bin in plain Python, as one would write it on a board without machine code.
# Nothing here is needed to recognise gestures: `microbit-ml benchmark` lets it run beside the
# kernels, so that everybody can see what they are worth. The layout: quantize/device_file.py.
from array import array
from struct import unpack_from


# From the record where the first layer stands: (kind, numbers of its head, rows) of each layer.
# A row is its bias, multiplier, shift and weights.
def read_layers(model, record):
    layers = []
    while model[record] != 3:  # the gate
        kind = model[record]
        if kind == 7:  # steps, channels, size
            layers.append((kind, unpack_from("<HHH", model, record + 4), None))
        else:
            head = unpack_from("<HHhhHH", model, record + 4)  # a dense layer has no last two
            n_inputs, n_outputs = head[:2]
            place = record + (16 if kind == 6 else 12)
            rows = []
            while len(rows) < n_outputs:  # rows stand in pairs, their weights in turn
                pair = array("b", bytes(model[place + 16 : place + 16 + 2 * n_inputs]))
                for o in (0, 1):
                    bias = unpack_from("<i", model, place + 4 * o)[0]
                    multiplier, shift = unpack_from("<HH", model, place + 8 + 4 * o)
                    weights = array("b", [pair[i] for i in range(o, 2 * n_inputs, 2)])
                    rows.append((bias, multiplier, shift, weights))
                place += 16 + 2 * (n_inputs + n_inputs % 2)
            layers.append((kind, head, rows[:n_outputs]))
        record += model[record + 2] | model[record + 3] << 8
    return layers


def run_layers(layers, x):
    for kind, head, rows in layers:
        if kind == 7:
            x = pool(x, head[0], head[1], head[2])
        elif kind == 6:
            y = []
            for step in range(head[4]):
                dense(x, step * head[5], rows, head[2], head[3], y)
            x = y
        else:
            y = []
            dense(x, 0, rows, head[2], head[3], y)
            x = y
    return x


def dense(x, first, rows, low, high, y):
    for bias, multiplier, shift, weights in rows:
        total = bias
        i = first
        for weight in weights:
            total += weight * x[i]
            i += 1
        total = (total * multiplier + (1 << (shift - 1))) >> shift
        y.append(low if total < low else high if total > high else total)


def pool(x, steps, channels, size):
    y = []
    for step in range(steps):
        for channel in range(channels):
            first = step * size * channels + channel
            y.append(max([x[first + j * channels] for j in range(size)]))
    return y
