# What kernels.py computes, in plain Python. Not needed on the board: tests run the recognizer on a
# laptop with this call() in the place of the machine code.
from struct import unpack_from
from zlib import crc32

FEATURES, WINDOW = 2, 26  # places in work


def call(code, work, model, entry):
    if entry == 4:
        return predict(work, model)
    if entry == 6:
        return shift(work, model[12])
    if entry == 8:
        return check(model)
    raise ValueError(entry)


def shift(work, samples):
    for i in range(WINDOW, WINDOW + 3 * samples - 3):
        work[i] = work[i + 3]


def check(model):
    return int(crc32(bytes(model[8:])) != unpack_from("<I", model, 4)[0])


def predict(work, model):
    samples = model[12]
    end = WINDOW + 3 * samples
    window = list(work[WINDOW:end])
    features = axis(window[0::3]) + axis(window[1::3]) + axis(window[2::3])
    work[FEATURES : FEATURES + len(features)] = type(work)("h", features)
    record = 20
    x = scale(features, model, record)
    record += unpack_from("<H", model, record + 2)[0]
    while True:
        y = dense(x, model, record)
        record += unpack_from("<H", model, record + 2)[0]
        if model[record] != 2:
            break
        x = y
    scores = y
    work[end : end + len(scores)] = type(work)("h", scores)
    best = scores.index(max(scores))
    projection = dense(x, model, record)
    gate = record + unpack_from("<H", model, record + 2)[0]
    (limit,) = unpack_from("<H", model, gate + 4)
    center = unpack_from("<%dh" % len(projection), model, gate + 8 + 2 * len(projection) * best)
    far = small(sum((p - c) ** 2 for p, c in zip(projection, center)))
    work[1] = limit - log_scale(far)
    work[0] = best if work[1] >= 0 else -1


def axis(x):
    n = len(x)
    mean = (2 * sum(x) + n) // (2 * n)
    features = [mean, log_scale(max(x) - mean), log_scale(mean - min(x))]
    features.append(log_scale(sum(abs(v - mean) for v in x) // n))
    for lag in (1, 2, 4, 8):
        changes = [abs(x[t + lag] - x[t]) for t in range(n - lag)]
        features.append(log_scale(sum(changes) // len(changes)))
    return features


def log_scale(value):
    value += 16
    octaves = 0
    while value >= 32:
        value >>= 1
        octaves += 16
    return octaves + value - 16


# V1 must be able to hold every number on the way in a register: see ARITHMETIC.md.
def small(number):
    if not -(1 << 30) <= number < 1 << 30:
        raise OverflowError(number)
    return number


def requantize(accumulator, multiplier, places, low, high):
    half = 1 << (places - 1)
    product = small(accumulator * multiplier)
    small(product - half)
    return max(low, min(high, small(product + half) >> places))


def scale(features, model, record):
    count, places = unpack_from("<HH", model, record + 4)
    pairs = [unpack_from("<hH", model, record + 8 + 4 * i) for i in range(count)]
    return [
        requantize(feature - center, multiplier, places, -127, 127)
        for feature, (center, multiplier) in zip(features, pairs)
    ]


def dense(x, model, record):
    n_inputs, n_outputs, low, high = unpack_from("<HHhh", model, record + 4)
    row = record + 12
    y = []
    for _ in range(n_outputs):
        bias, multiplier, places = unpack_from("<iHH", model, row)
        weights = unpack_from("<%db" % n_inputs, model, row + 8)
        total = bias + sum(w * v for w, v in zip(weights, x))
        y.append(requantize(total, multiplier, places, low, high))
        row += (8 + n_inputs + 3) // 4 * 4
    return y
