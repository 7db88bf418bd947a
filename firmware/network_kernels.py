# The inner loops of the network, in Thumb assembler that both boards understand
# (Cortex-M0 and M4). reference.py says the same in plain Python; tests hold the two together.
#
# Activations are array('h'). The layout of the model is in quantize/device_file.py of the kit.
# MicroPython's assembler has no names for two instructions, so they are written as numbers:
#   ldrsh rd,[rn,rm] = 0x5E00 | rm<<6 | rn<<3 | rd      load a signed halfword
#   ldrsb rd,[rn,rm] = 0x5600 | rm<<6 | rn<<3 | rd      load a signed byte
import micropython


# Features to int8: ((feature - center) * multiplier, rounded) >> shift, within -127 .. 127.
# r0 features, r1 model, r2 offset of the scale record, r3 out
@micropython.asm_thumb
def scale(r0, r1, r2, r3):
    add(r1, r1, r2)
    ldrh(r4, [r1, 4])  # features left
    ldrh(r5, [r1, 6])
    sub(r5, 1)  # shift - 1: then add 1 and shift once more, which rounds half up
    add(r1, 8)
    mov(r7, 0)
    label(LOOP)
    data(2, 0x5FC6)  # ldrsh r6,[r0,r7]: feature
    data(2, 0x5FCA)  # ldrsh r2,[r1,r7]: center
    sub(r6, r6, r2)
    ldrh(r2, [r1, 2])  # multiplier
    mul(r6, r2)
    asr(r6, r5)
    add(r6, 1)
    asr(r6, r6, 1)
    mov(r2, 127)
    cmp(r6, r2)
    ble(NOT_MORE)
    mov(r6, r2)
    label(NOT_MORE)
    neg(r2, r2)
    cmp(r6, r2)
    bge(NOT_LESS)
    mov(r6, r2)
    label(NOT_LESS)
    strh(r6, [r3, 0])
    add(r0, 2)
    add(r1, 4)
    add(r3, 2)
    sub(r4, 1)
    bne(LOOP)


# A dense layer: bias + sum of weight * input, requantized, for every output.
# r0 inputs, r1 model, r2 offset of the dense record, r3 outputs
@micropython.asm_thumb
def dense(r0, r1, r2, r3):
    add(r2, r2, r1)  # the record: +4 inputs, +6 outputs, +8 low, +10 high
    mov(r1, r2)
    add(r1, 12)  # the first row: +0 bias, +4 multiplier, +6 shift, +8 weights
    ldrh(r5, [r2, 6])
    label(ROW)
    push({r5})  # rows left
    ldr(r4, [r1, 0])  # accumulator = bias
    ldrh(r5, [r2, 4])  # inputs left
    add(r1, 8)
    label(MAC)
    sub(r5, 1)
    data(2, 0x574E)  # ldrsb r6,[r1,r5]: weight
    lsl(r7, r5, 1)
    data(2, 0x5FC7)  # ldrsh r7,[r0,r7]: input
    mul(r6, r7)
    add(r4, r4, r6)
    cmp(r5, 0)
    bne(MAC)
    sub(r1, 8)
    ldrh(r6, [r1, 4])
    mul(r4, r6)
    ldrh(r6, [r1, 6])
    sub(r6, 1)
    asr(r4, r6)
    add(r4, 1)
    asr(r4, r4, 1)
    mov(r7, 8)
    data(2, 0x5FD6)  # ldrsh r6,[r2,r7]: low
    cmp(r4, r6)
    bge(NOT_LESS)
    mov(r4, r6)
    label(NOT_LESS)
    mov(r7, 10)
    data(2, 0x5FD6)  # ldrsh r6,[r2,r7]: high
    cmp(r4, r6)
    ble(NOT_MORE)
    mov(r4, r6)
    label(NOT_MORE)
    strh(r4, [r3, 0])
    add(r3, 2)
    ldrh(r6, [r2, 4])
    add(r6, 11)
    mov(r7, 3)
    bic(r6, r7)  # bytes in a row: 8 + inputs, rounded up to a multiple of 4
    add(r1, r1, r6)
    pop({r5})
    sub(r5, 1)
    bne(ROW)


# Squared distance between a point and a row of centers.
# r0 point, r1 model, r2 offset of the row, r3 numbers in it
@micropython.asm_thumb
def distance(r0, r1, r2, r3):
    add(r1, r1, r2)
    mov(r4, 0)
    mov(r7, 0)
    label(LOOP)
    data(2, 0x5FC5)  # ldrsh r5,[r0,r7]
    data(2, 0x5FCE)  # ldrsh r6,[r1,r7]
    sub(r5, r5, r6)
    mul(r5, r5)
    add(r4, r4, r5)
    add(r0, 2)
    add(r1, 2)
    sub(r3, 1)
    bne(LOOP)
    mov(r0, r4)
