# The inner loops of the features, in Thumb assembler that both boards understand
# (Cortex-M0 and M4). reference.py says the same in plain Python; tests hold the two together.
#
# A window is an array('h') with x0 y0 z0 x1 y1 z1 ...: the next sample of an axis is 6 bytes on.
# MicroPython's assembler has no name for one instruction, so it is written as a number:
#   ldrsh rd,[rn,rm] = 0x5E00 | rm<<6 | rn<<3 | rd      load a signed halfword
import micropython


# Move everything one sample (3 halfwords) toward the start of the window.
# r0 window, r1 halfwords to move
@micropython.asm_thumb
def shift(r0, r1):
    label(LOOP)
    ldrh(r2, [r0, 6])
    strh(r2, [r0, 0])
    add(r0, 2)
    sub(r1, 1)
    bne(LOOP)


# Sum, least and greatest sample of one axis, into out[0], out[1], out[2].
# r0 window, r1 byte offset of the axis, r2 samples, r3 out (array 'i')
@micropython.asm_thumb
def summary(r0, r1, r2, r3):
    add(r0, r0, r1)
    mov(r4, 0)  # sum
    mov(r7, 0)  # index for ldrsh
    data(2, 0x5FC5)  # ldrsh r5,[r0,r7]: least
    mov(r6, r5)  # greatest
    label(LOOP)
    data(2, 0x5FC1)  # ldrsh r1,[r0,r7]
    add(r4, r4, r1)
    cmp(r1, r5)
    bge(NOT_LESS)
    mov(r5, r1)
    label(NOT_LESS)
    cmp(r1, r6)
    ble(NOT_MORE)
    mov(r6, r1)
    label(NOT_MORE)
    add(r0, 6)
    sub(r2, 1)
    bne(LOOP)
    str(r4, [r3, 0])
    str(r5, [r3, 4])
    str(r6, [r3, 8])


# Sum of |sample - mean| of one axis.
# r0 window, r1 byte offset of the axis, r2 samples, r3 mean
@micropython.asm_thumb
def deviation(r0, r1, r2, r3):
    add(r0, r0, r1)
    mov(r4, 0)  # sum
    mov(r7, 0)
    label(LOOP)
    data(2, 0x5FC5)  # ldrsh r5,[r0,r7]
    sub(r5, r5, r3)
    asr(r6, r5, 31)  # -1 if negative, else 0
    eor(r5, r6)
    sub(r5, r5, r6)  # r5 = |r5|
    add(r4, r4, r5)
    add(r0, 6)
    sub(r2, 1)
    bne(LOOP)
    mov(r0, r4)


# Sum of |later sample - sample| of one axis.
# r0 window, r1 byte offset of the axis, r2 differences, r3 bytes between the two samples
@micropython.asm_thumb
def change(r0, r1, r2, r3):
    add(r0, r0, r1)
    mov(r4, 0)  # sum
    mov(r7, 0)
    label(LOOP)
    data(2, 0x5EC5)  # ldrsh r5,[r0,r3]: later sample
    data(2, 0x5FC6)  # ldrsh r6,[r0,r7]: sample
    sub(r5, r5, r6)
    asr(r6, r5, 31)
    eor(r5, r6)
    sub(r5, r5, r6)
    add(r4, r4, r5)
    add(r0, 6)
    sub(r2, 1)
    bne(LOOP)
    mov(r0, r4)


# A logarithm in integers: 16 more for each doubling.
# r0 value, 0 .. 2**30
@micropython.asm_thumb
def log_scale(r0):
    add(r0, 16)
    mov(r1, 0)
    label(LOOP)
    cmp(r0, 32)
    blt(DONE)
    lsr(r0, r0, 1)
    add(r1, 16)
    b(LOOP)
    label(DONE)
    add(r0, r0, r1)
    sub(r0, 16)


# The 24 features of a window, eight for each axis, into an array('h').
# sums: an array('i') of three numbers to work with
def measure(window, length, sums, features):
    i = 0
    for axis in (0, 2, 4):  # byte offsets of x, y, z in a sample
        summary(window, axis, length, sums)
        mean = (2 * sums[0] + length) // (2 * length)
        features[i] = mean
        features[i + 1] = log_scale(sums[2] - mean)
        features[i + 2] = log_scale(mean - sums[1])
        features[i + 3] = log_scale(deviation(window, axis, length, mean) // length)
        i += 4
        for lag in (1, 2, 4, 8):
            count = length - lag
            features[i] = log_scale(change(window, axis, count, 6 * lag) // count)
            i += 1
