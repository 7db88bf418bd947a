# The kernels' arithmetic in plain Python. The board does not need it: tests run the recognizer on a
# laptop, with this call() instead of the machine code. Every sum and product goes through small(),
# which raises OverflowError for a number that V1 could not hold in a small integer.
from itertools import chain, pairwise
from struct import unpack_from
from zlib import crc32

FEATURES, WINDOW = 2, 56  # indices into work
FIRST = 20  # offset of the first record
GATE = 3  # the kind of the gate's record
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
    return 1  # always a new sample here


def check(model):
    return int(crc32(bytes(model[8:])) != unpack_from("<I", model, 4)[0])


# V1 must hold every intermediate result in a small integer: see ARITHMETIC.md.
def small(number):
    if not -(1 << 30) <= number < 1 << 30:
        raise OverflowError(number)
    return number


def add_up(numbers):
    total = 0
    for number in numbers:
        total = small(total + small(number))
    return total


def log_scale(value, octave=16):
    value = small(value + octave)
    octaves = 0
    while value >= 2 * octave:
        value >>= 1
        octaves += octave
    return octaves + value - octave


# Features


def features_of(window, groups):
    axes = [window[0::3], window[1::3], window[2::3]]
    means = [mean(axis) for axis in axes]
    points = [thin(axis) for axis in axes]
    motion = [[p - m for p in axis] for axis, m in zip(points, means)]
    coarse = [[c >> 2 for c in axis] for axis in motion]
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
        features += [autocorrelation(coarse, lag) // energy for lag in (2, 4, 6)]
    if groups & 32:
        features += [fifth(axis[i : i + 5]) for axis in motion for i in range(0, 25, 5)]
    if groups & 64:
        sizes = [[abs(axis[i]) for axis in motion] for i in range(25)]
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
        samples = signal[i * len(signal) // 25 : (i + 1) * len(signal) // 25]
        points.append(small(add_up(samples) * ONE_OVER[len(samples)]) >> 14)
    return points


def magnitude(x, y, z):
    c, b, a = sorted((abs(x), abs(y), abs(z)))
    return max(a, (7 * a + 4 * b) >> 3) + (c >> 2)


def magnitude_features(signal):
    average = mean(signal)
    motion = [p - average for p in thin(signal)]
    deviation = small(add_up(abs(c) for c in motion) * 5243) >> 17
    return [average, log_scale(deviation), *bands(motion)]


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


def autocorrelation(coarse, lag):
    return small(sum(add_up(products(axis, axis[lag:])) for axis in coarse))


def energy_of(coarse):
    return (autocorrelation(coarse, 0) >> 7) + 4


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
    outputs, gate = run(numbers, model, FIRST)
    hidden, scores = outputs[-2:]
    work[end : end + len(scores)] = type(work)("h", scores)
    best = scores.index(max(scores[:labels]))
    work[1] = confidence(outputs[1], hidden, scores, best, model, gate)
    work[0] = best if work[1] >= 0 else -1


# The layers alone, on the scaled inputs behind the scores, to time them. The first record, which
# scales, is skipped.
def scores_alone(work, model):
    end = WINDOW + 3 * model[12]
    outputs, _ = run(list(work[end + model[16] + 1 :]), model, after(model, FIRST))
    work[end : end + len(outputs[-1])] = type(work)("h", outputs[-1])


# Run all records from one on. Returns the inputs and each record's outputs, and the gate's offset.
def run(numbers, model, record):
    outputs = [numbers]
    while model[record] != GATE:
        outputs.append([small(n) for n in RECORDS[model[record]](outputs[-1], model, record)])
        record = after(model, record)
    return outputs, record


def after(model, record):
    return record + unpack_from("<H", model, record + 2)[0]


def requantize(accumulator, multiplier, bits, low, high):
    half = 1 << (bits - 1)
    product = small(accumulator * multiplier)
    small(product - half)
    return max(low, min(high, small(product + half) >> bits))


def scale(numbers, model, record):
    _, _, count, bits = unpack_from("<4H", model, record)
    centers = unpack_from("<%dh" % count, model, record + 8)
    codes = model[record + 8 + 2 * count : record + 8 + 3 * count]
    return [
        requantize(number - center, (code & 31) << (code >> 5), bits, -127, 127)
        for number, center, code in zip(numbers, centers, codes)
    ]


def raw(numbers, model, record):
    (bits,) = unpack_from("<H", model, record + 6)
    return [requantize(number, 1, bits, -127, 127) for number in numbers]


def dense_layer(x, model, record):
    return dense(x, model, record, record + 12)


def conv(x, model, record):
    steps, stride = unpack_from("<HH", model, record + 12)
    y = []
    for t in range(steps):
        y += dense(x[t * stride :], model, record, record + 16)
    return y


def nearest(x, model, record):
    n_inputs, labels, prototypes = unpack_from("<HHH", model, record + 4)
    scores = [-32768] * labels + [0]
    row = record + 10 + prototypes
    for label in model[record + 10 : row]:
        prototype = unpack_from("<%db" % n_inputs, model, row)
        distance = add_up((a - b) ** 2 for a, b in zip(x, prototype))
        scores[label] = max(scores[label], -log_scale(distance, 256))
        row += n_inputs
    return scores


def pool(x, model, record):
    steps, channels, size = unpack_from("<HHH", model, record + 4)
    return [
        max(x[(t * size + j) * channels + c] for j in range(size))
        for t in range(steps)
        for c in range(channels)
    ]


# The sum of a row of scores for each tree.
def trees(x, model, record):
    _, n_scores, left, n_bytes = unpack_from("<HBBH", model, record + 4)
    rows = record + 12
    tree = rows + n_bytes
    scores = [0] * n_scores
    while left:
        row = unpack_from("%db" % n_scores, model, rows + n_scores * leaf(x, model, tree + 1))
        scores = [small(score + more) for score, more in zip(scores, row)]
        tree += 1 + 4 * model[tree]
        left -= 1
    return scores


# The leaf that the inputs reach in a tree, whose first question is at this offset.
def leaf(x, model, questions):
    number = 0
    while number < 128:
        i, threshold, yes, no = unpack_from("BbBB", model, questions + 4 * number)
        number = yes if x[i] <= threshold else no
    return number - 128


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


# Rows come in pairs (device_file.py): multiplier and shift of each, then the weights in turn.
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
    n_hidden, n_features, max_margin, factor = unpack_from("<4H", model, gate + 4)
    (radius,) = unpack_from("<h", model, gate + 12 + 2 * best)
    offset = gate + 12 + padded(2 * labels)
    means = unpack_from("<%dB" % n_hidden, model, offset + best * n_hidden)
    offset += padded(labels * n_hidden)
    centers = unpack_from("<%db" % n_features, model, offset + best * n_features)
    offset += padded(labels * n_features)
    deviations = [h - m for h, m in zip(hidden, means)]
    squares = 0
    while deviations:
        for o in (0, 1):
            total = add_up(products(weights_of(o, len(deviations), model, offset), deviations))
            z = requantize(total, *factors_of(o, model, offset), -1023, 1023)
            squares = small(squares + z**2)
        offset += 8 + 2 * even(len(deviations))
        del deviations[:2]
    margin = max(-max_margin, min(max_margin, scores[best] - scores[labels]))
    distance = log_scale(squares) + log_scale(add_up((x - c) ** 2 for x, c in zip(inputs, centers)))
    return radius - distance + (small(margin * factor) >> 7)


# The records' functions by kind; a kind that is not listed brings its own function.
RECORDS = {1: scale, 2: dense_layer, 5: raw, 6: conv, 7: pool, 8: nearest, 10: trees}
