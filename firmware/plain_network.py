# The network of a model.bin in plain Python, as you would write it without machine code.
# Nothing here is needed to recognise gestures: `microbit-ml benchmark` runs it beside the kernels
# to show how much faster they are. The layout: quantize/device_file.py.
from array import array
from struct import unpack_from


GATE = 3  # the kind of the gate's record


# Each layer from the first layer's record on: (its function, numbers of its head, rows). A row is a
# bias, a multiplier, a shift and the weights.
def read_layers(model, record):
    layers = []
    while model[record] != GATE:
        run, head, start = KINDS[model[record]]
        head = unpack_from(head, model, record + 4)
        layers.append((run, head, start and read_rows(model, record + start, head[0], head[1])))
        record += model[record + 2] | model[record + 3] << 8
    return layers


# Rows come in pairs, with their weights in turn.
def read_rows(model, start, n_inputs, n_outputs):
    rows = []
    while len(rows) < n_outputs:
        pair = array("b", bytes(model[start + 16 : start + 16 + 2 * n_inputs]))
        for o in (0, 1):
            bias = unpack_from("<i", model, start + 4 * o)[0]
            multiplier, shift = unpack_from("<HH", model, start + 8 + 4 * o)
            weights = array("b", [pair[i] for i in range(o, 2 * n_inputs, 2)])
            rows.append((bias, multiplier, shift, weights))
        start += 16 + 2 * (n_inputs + n_inputs % 2)
    return rows[:n_outputs]


def run_layers(layers, x):
    for run, head, rows in layers:
        x = run(x, head, rows)
    return x


def run_dense(x, head, rows):
    y = []
    dense(x, 0, rows, head[2], head[3], y)
    return y


def run_conv(x, head, rows):
    y = []
    for step in range(head[4]):
        dense(x, step * head[5], rows, head[2], head[3], y)
    return y


def dense(x, first, rows, low, high, y):
    for bias, multiplier, shift, weights in rows:
        total = bias
        i = first
        for weight in weights:
            total += weight * x[i]
            i += 1
        total = (total * multiplier + (1 << (shift - 1))) >> shift
        y.append(low if total < low else high if total > high else total)


def run_pool(x, head, rows):
    steps, channels, size = head
    y = []
    for step in range(steps):
        for channel in range(channels):
            first = step * size * channels + channel
            y.append(max([x[first + j * channels] for j in range(size)]))
    return y


# By the kind of a record: its function, its head, and where its rows start (0: it has no rows).
KINDS = {
    2: (run_dense, "<HHhh", 12),
    6: (run_conv, "<HHhhHH", 16),
    7: (run_pool, "<HHH", 0),
}
