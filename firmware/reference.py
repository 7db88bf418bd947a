# What kernels.py computes, in plain Python. Not needed on the board: tests run the
# recognizer on a laptop with this module in the place of kernels.
from struct import unpack_from
from zlib import crc32


def shift(window, count):
    for i in range(count):
        window[i] = window[i + 3]


def summary(window, offset, samples, out):
    axis = [window[offset // 2 + 3 * t] for t in range(samples)]
    out[0] = sum(axis)
    out[1] = min(axis)
    out[2] = max(axis)


def deviation(window, offset, samples, mean):
    return sum(abs(window[offset // 2 + 3 * t] - mean) for t in range(samples))


def change(window, offset, differences, bytes_between):
    first = offset // 2
    later = first + bytes_between // 2
    return sum(abs(window[later + 3 * t] - window[first + 3 * t]) for t in range(differences))


def log_scale(value):
    value += 16
    octaves = 0
    while value >= 32:
        value >>= 1
        octaves += 16
    return octaves + value - 16


def requantize(accumulator, multiplier, shift, low, high):
    product = accumulator * multiplier
    half = 1 << (shift - 1)
    # V1 must be able to hold every number on the way in a register: see ARITHMETIC.md.
    if not -(1 << 30) <= product - half <= product + half < 1 << 30:
        raise OverflowError(product)
    return max(low, min(high, (product + half) >> shift))


def scale(features, model, record, out):
    count, places = unpack_from("<HH", model, record + 4)
    for i in range(count):
        center, multiplier = unpack_from("<hH", model, record + 8 + 4 * i)
        out[i] = requantize(features[i] - center, multiplier, places, -127, 127)


def dense(inputs, model, record, outputs):
    n_inputs, n_outputs, low, high = unpack_from("<HHhh", model, record + 4)
    row = record + 12
    for o in range(n_outputs):
        bias, multiplier, places = unpack_from("<iHH", model, row)
        weights = unpack_from("<%db" % n_inputs, model, row + 8)
        total = bias + sum(w * inputs[i] for i, w in enumerate(weights))
        outputs[o] = requantize(total, multiplier, places, low, high)
        row += (8 + n_inputs + 3) // 4 * 4


def distance(point, model, row, count):
    center = unpack_from("<%dh" % count, model, row)
    return sum((point[i] - c) ** 2 for i, c in enumerate(center))


def check(model, size):
    return crc32(bytes(model[8:size])) ^ unpack_from("<I", model, 4)[0]
