# What kernels/ computes, in plain Python. Not needed on the board: tests run the recognizer on a
# laptop with this call() in the place of the machine code. Every sum and product goes through
# small(), which raises when V1 could not hold it in a small integer.
from itertools import chain, pairwise
from struct import unpack_from
from zlib import crc32

FEATURES, WINDOW = 2, 56  # places in work
FIRST = 20  # the place of the first record
GATE = 3  # the number of the record that decides
ONE_OVER = (0, 16384, 8192, 5461, 4096, 3277, 2731)  # 2**14 / samples in a point
COSINE = (127, 123, 111, 93, 68, 39, 8, -24, -54, -81, -103, -118, -126)  # 127 cos(turns / 25)
SINE = (0, 32, 61, 87, 107, 121, 127, 125, 115, 98, 75, 47, 16)
BANDS = ((1,), (2,), (3,), (4, 5), (6, 7, 8))


def call(code, work, model, entry):
    if entry & 255 == 6:
        return shift(work, model, entry >> 8)
    if entry == 8:
        return check(model)
    if entry == 10:
        return scores_alone(work, model)
    if entry == 12:
        return predict(work, model)
    raise ValueError(entry)


def shift(work, sample, samples):
    end = WINDOW + 3 * samples
    for i in range(WINDOW, end - 3):
        work[i] = work[i + 3]
    work[end - 3], work[end - 2], work[end - 1] = sample
    return 1  # a new sample: what is known here


def check(model):
    return int(crc32(bytes(model[8:])) != unpack_from("<I", model, 4)[0])


# V1 must be able to hold every number on the way in a register: see ARITHMETIC.md.
def small(number):
    if not -(1 << 30) <= number < 1 << 30:
        raise OverflowError(number)
    return number


def add_up(numbers):
    total = 0
    for number in numbers:
        total = small(total + small(number))
    return total


def log_scale(value):
    value = small(value + 16)
    octaves = 0
    while value >= 32:
        value >>= 1
        octaves += 16
    return octaves + value - 16


# Features


def features_of(window, groups):
    axes = [window[0::3], window[1::3], window[2::3]]
    means = [mean(axis) for axis in axes]
    points = [thin(axis) for axis in axes]
    motion = [[p - m for p in some] for some, m in zip(points, means)]
    coarse = [[c >> 2 for c in some] for some in motion]
    features = []
    if groups & 1:
        features += means
    if groups & 2:
        features += [jerk(axis) for axis in axes]
    if groups & 4:
        features += bands(motion[0]) + bands(motion[1]) + bands(motion[2])
    if groups & 8:
        features += magnitude_features([magnitude(*sample) for sample in zip(*axes)])
    if groups & 16:
        energy = energy_of(coarse)
        features += [alike(coarse, lag) // energy for lag in (2, 4, 6)]
    if groups & 32:
        features += [fifth(some[i : i + 5]) for some in motion for i in range(0, 25, 5)]
    if groups & 64:
        sizes = [[abs(some[i]) for some in motion] for i in range(25)]
        features += [fifth(chain(*sizes[i : i + 5])) for i in range(0, 25, 5)]
    if groups & 128:
        energy = energy_of(coarse)
        x, y, z = coarse
        features += [circle(i, j) // energy for i, j in ((x, y), (x, z), (y, z))]
    return features


def mean(signal):
    n = len(signal)
    return small(2 * add_up(signal) + n) // (2 * n)


def thin(signal):
    points = []
    for i in range(25):
        some = signal[i * len(signal) // 25 : (i + 1) * len(signal) // 25]
        points.append(small(add_up(some) * ONE_OVER[len(some)]) >> 14)
    return points


def magnitude(x, y, z):
    c, b, a = sorted((abs(x), abs(y), abs(z)))
    return max(a, (7 * a + 4 * b) >> 3) + (c >> 2)


def magnitude_features(signal):
    average = mean(signal)
    motion = [p - average for p in thin(signal)]
    spread = small(add_up(abs(c) for c in motion) * 5243) >> 17
    return [average, log_scale(spread), *bands(motion)]


def jerk(axis):
    changes = [abs(later - earlier) for earlier, later in pairwise(axis)]
    return log_scale(add_up(changes) // len(changes))


def fifth(numbers):
    return small(add_up(numbers) * 13107) >> 16


def bands(motion):
    amplitudes = {waves: amplitude(motion, waves) for waves in range(1, 9)}
    return [log_scale(add_up(amplitudes[waves] for waves in band)) for band in BANDS]


# Folded as on the board: a cosine is the same and a sine the opposite at point 25 - t.
def amplitude(motion, waves):
    real, imaginary = 127 * motion[0], 0
    for t in range(1, 13):
        angle = t * waves % 25
        fold = min(angle, 25 - angle)
        sine = SINE[angle] if angle < 13 else -SINE[fold]
        real = small(real + COSINE[fold] * (motion[t] + motion[25 - t]))
        imaginary = small(imaginary + sine * (motion[t] - motion[25 - t]))
    short, long = sorted((abs(real >> 7), abs(imaginary >> 7)))
    return small((long + (3 * short >> 3)) * 2621) >> 16


def products(one, other):
    return (small(a * b) for a, b in zip(one, other))


def alike(coarse, lag):
    return small(sum(add_up(products(some, some[lag:])) for some in coarse))


def energy_of(coarse):
    return (alike(coarse, 0) >> 7) + 4


def circle(one, other):
    return small(add_up(products(one, other[2:])) - add_up(products(other, one[2:])))


# The records


def predict(work, model):
    end = WINDOW + 3 * model[12]
    labels, groups = model[16], model[17]
    numbers = list(work[WINDOW:end])
    if groups:
        numbers = features_of(numbers, groups)
        work[FEATURES : FEATURES + len(numbers)] = type(work)("h", numbers)
    made, gate = run(numbers, model, FIRST)
    hidden, scores = made[-2:]
    work[end : end + len(scores)] = type(work)("h", scores)
    best = scores.index(max(scores[:labels]))
    work[1] = confidence(made[1], hidden, scores, best, model, gate)
    work[0] = best if work[1] >= 0 else -1


# The layers alone, on what lies scaled behind the scores: what they take is timed like this. The
# first record, which scales, is left out.
def scores_alone(work, model):
    end = WINDOW + 3 * model[12]
    made, _ = run(list(work[end + model[16] + 1 :]), model, behind(model, FIRST))
    work[end : end + len(made[-1])] = type(work)("h", made[-1])


# All records from one on: what goes in, what comes out of each, and the place of the gate.
def run(numbers, model, record):
    made = [numbers]
    while model[record] != GATE:
        made.append([small(n) for n in RECORDS[model[record]](made[-1], model, record)])
        record = behind(model, record)
    return made, record


def behind(model, record):
    return record + unpack_from("<H", model, record + 2)[0]


def requantize(accumulator, multiplier, places, low, high):
    half = 1 << (places - 1)
    product = small(accumulator * multiplier)
    small(product - half)
    return max(low, min(high, small(product + half) >> places))


def scale(numbers, model, record):
    _, _, count, places = unpack_from("<4H", model, record)
    centers = unpack_from("<%dh" % count, model, record + 8)
    codes = model[record + 8 + 2 * count : record + 8 + 3 * count]
    return [
        requantize(number - center, (code & 31) << (code >> 5), places, -127, 127)
        for number, center, code in zip(numbers, centers, codes)
    ]


def raw(numbers, model, record):
    (places,) = unpack_from("<H", model, record + 6)
    return [requantize(number, 1, places, -127, 127) for number in numbers]


def dense_layer(x, model, record):
    return dense(x, model, record, record + 12)


def conv(x, model, record):
    steps, stride = unpack_from("<HH", model, record + 12)
    y = []
    for t in range(steps):
        y += dense(x[t * stride :], model, record, record + 16)
    return y


def pool(x, model, record):
    steps, channels, size = unpack_from("<HHH", model, record + 4)
    return [
        max(x[(t * size + j) * channels + c] for j in range(size))
        for t in range(steps)
        for c in range(channels)
    ]


def dense(x, model, record, row):
    n_inputs, n_outputs, low, high = unpack_from("<HHhh", model, record + 4)
    y = []
    while len(y) < n_outputs:
        for o in (0, 1):
            (bias,) = unpack_from("<i", model, row + 4 * o)
            total = small(bias + add_up(products(weights_of(o, n_inputs, model, row + 8), x)))
            y.append(requantize(total, *factors_of(o, model, row + 8), low, high))
        row += 16 + 2 * even(n_inputs)
    return y[:n_outputs]


# Two rows stand together (device_file.py): multiplier and shift of each, then the weights in turn.
def factors_of(o, model, rows):
    return unpack_from("<HH", model, rows + 4 * o)


def weights_of(o, n_inputs, model, rows):
    return unpack_from("<%db" % (2 * n_inputs), model, rows + 8)[o::2]


def even(number):
    return number + number % 2


def padded(size):
    return (size + 3) // 4 * 4


def confidence(inputs, hidden, scores, best, model, gate):
    labels = model[16]
    n_hidden, n_features, limit, factor = unpack_from("<4H", model, gate + 4)
    (radius,) = unpack_from("<h", model, gate + 12 + 2 * best)
    place = gate + 12 + padded(2 * labels)
    means = unpack_from("<%dB" % n_hidden, model, place + best * n_hidden)
    place += padded(labels * n_hidden)
    centers = unpack_from("<%db" % n_features, model, place + best * n_features)
    place += padded(labels * n_features)
    apart = [h - m for h, m in zip(hidden, means)]
    far = 0
    while apart:
        for o in (0, 1):
            total = add_up(products(weights_of(o, len(apart), model, place), apart))
            z = requantize(total, *factors_of(o, model, place), -1023, 1023)
            far = small(far + z**2)
        place += 8 + 2 * even(len(apart))
        del apart[:2]
    margin = max(-limit, min(limit, scores[best] - scores[labels]))
    distance = log_scale(far) + log_scale(add_up((x - c) ** 2 for x, c in zip(inputs, centers)))
    return radius - distance + (small(margin * factor) >> 7)


# What the records compute, by their number; a kind of record that is not here has its own.
RECORDS = {1: scale, 2: dense_layer, 5: raw, 6: conv, 7: pool}
