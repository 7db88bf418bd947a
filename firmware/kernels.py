# Everything between a window and a decision, in Thumb instructions of a Cortex-M0, for V1 and V2.
#
# The laptop assembles this listing (microbit_ml/thumb.py) into kernels.bin, the board reads that
# into a bytearray and jumps into it: on V1 there is no memory to assemble it there. reference.py
# computes the same in plain Python; tests hold the two together, bit for bit. The arithmetic and
# why nothing overflows: quantize/ARITHMETIC.md of the kit. The model's layout:
# quantize/device_file.py.
#
# Everything that changes lies in one array('h'), called work; n = samples in the window:
#   0 label (-1: unknown)    2 confidence    4 features (24)    52 window (n times x y z)
#   then the scores (one a label), then two areas a and b for what goes into and out of a layer
#
# From Python: r0 address of this code, r1 work, r2 model, r3 one of the entries 4, 6, 8.
# r4 to r7 need not be kept: MicroPython does that.
add(r0, r0, r3)
bx(r0)
b(PREDICT)  # 4
b(SHIFT)  # 6
b(CHECK)  # 8

# SHIFT: move the window one sample toward its start, to make room for the newest at its end.
label(SHIFT)
ldrb(r3, [r2, 12])  # n
mov(r0, 3)
mul(r3, r0)
sub(r3, 3)  # halfwords to move
add(r1, 52)
label(MOVE)
ldrh(r0, [r1, 6])
strh(r0, [r1, 0])
add(r1, 2)
sub(r3, 1)
bne(MOVE)
bx(lr)

# CHECK: 0 when the CRC-32 of the model's bytes from 8 on equals the word at 4.
# r0 byte, r1 bytes left, r3 expected, r4 CRC, r5 polynomial, r7 bits left
label(CHECK)
mov(r0, r2)
ldrh(r1, [r2, 10])
sub(r1, 8)
ldr(r3, [r2, 4])
mov(r5, 0xED)  # 0xEDB88320, byte by byte
lsl(r5, r5, 8)
add(r5, 0xB8)
lsl(r5, r5, 8)
add(r5, 0x83)
lsl(r5, r5, 8)
add(r5, 0x20)
mov(r4, 0)
mvn(r4, r4)
label(BYTE)
ldrb(r6, [r0, 8])
eor(r4, r6)
mov(r7, 8)
label(BIT)
lsr(r4, r4, 1)
bcc(BIT_WAS_0)
eor(r4, r5)
label(BIT_WAS_0)
sub(r7, 1)
bne(BIT)
add(r0, 1)
sub(r1, 1)
bne(BYTE)
mvn(r4, r4)
eor(r4, r3)
mov(r0, r4)
beq(SOUND)
mov(r0, 1)
label(SOUND)
bx(lr)

# PREDICT. On the stack: 0 work, 4 model, 8 scores, 12 a, 16 b, 20 numbers in a projection
label(PREDICT)
push({lr})
sub(sp, 24)
str(r1, [sp, 0])
str(r2, [sp, 4])
ldrb(r3, [r2, 12])  # n
mov(r4, r1)
add(r4, 52)  # window
mov(r5, 6)
mul(r5, r3)
add(r5, r5, r4)  # scores
str(r5, [sp, 8])
ldrh(r6, [r2, 16])  # labels
lsl(r6, r6, 1)
add(r6, r6, r5)
str(r6, [sp, 12])
ldrh(r7, [r2, 18])  # most numbers of any stage
lsl(r7, r7, 1)
add(r7, r7, r6)
str(r7, [sp, 16])

mov(r0, r4)
add(r1, 4)
mov(r2, r3)
bl(AXIS)  # x
bl(AXIS)  # y
bl(AXIS)  # z

ldr(r0, [sp, 0])
add(r0, 4)
ldr(r1, [sp, 4])
add(r1, 20)  # the first record
ldr(r3, [sp, 12])
bl(SCALE)

label(LAYER)  # r1 a dense record; the last one is the one before a record of another kind
ldrh(r4, [r1, 2])
add(r4, r4, r1)
ldrb(r4, [r4, 0])
cmp(r4, 2)
bne(LAST_LAYER)
ldr(r0, [sp, 12])
ldr(r3, [sp, 16])
str(r0, [sp, 16])  # a and b change places: what comes out goes into the next
str(r3, [sp, 12])
bl(DENSE)
b(LAYER)
label(LAST_LAYER)
ldr(r0, [sp, 12])
ldr(r3, [sp, 8])
bl(DENSE)  # the scores
ldrh(r4, [r1, 6])
str(r4, [sp, 20])
ldr(r0, [sp, 12])
ldr(r3, [sp, 16])
bl(DENSE)  # the projection

# The first label with the highest score: r4. r0 scores, r2 labels, r3 label, r5 highest
ldr(r0, [sp, 8])
ldr(r2, [sp, 4])
ldrh(r2, [r2, 16])
mov(r3, 0)
mov(r4, 0)
ldrsh(r5, [r0, r3])
label(SCORE)
lsl(r7, r3, 1)
ldrsh(r6, [r0, r7])
cmp(r6, r5)
ble(NOT_HIGHER)
mov(r5, r6)
mov(r4, r3)
label(NOT_HIGHER)
add(r3, 1)
cmp(r3, r2)
bne(SCORE)

# Squared distance r5 from the projection r0 to the label's center r2. r1 limit, r3 numbers left
ldr(r3, [sp, 20])
mov(r2, r3)
mul(r2, r4)
lsl(r2, r2, 1)
add(r2, r2, r1)
add(r2, 8)
ldrh(r1, [r1, 4])
ldr(r0, [sp, 16])
mov(r5, 0)
label(DIMENSION)
mov(r7, 0)
ldrsh(r6, [r0, r7])
ldrsh(r7, [r2, r7])
sub(r6, r6, r7)
mul(r6, r6)
add(r5, r5, r6)
add(r0, 2)
add(r2, 2)
sub(r3, 1)
bne(DIMENSION)

mov(r0, r5)
bl(LOG)
sub(r1, r1, r0)  # confidence
ldr(r0, [sp, 0])
strh(r1, [r0, 2])
cmp(r1, 0)
bge(KNOWN)
mov(r4, 0)
mvn(r4, r4)
label(KNOWN)
strh(r4, [r0, 0])
mov(r0, 0)
add(sp, 24)
pop({pc})

# AXIS: the eight features of one axis.
# r0 its first sample, r1 where they go, r2 n; r0 and r1 come back ready for the next axis
label(AXIS)
push({r0, r1, r2, lr})  # 0 sample, 4 features, 8 n
mov(r4, 0)  # sum
mov(r7, 0)
ldrsh(r5, [r0, r7])  # least
mov(r6, r5)  # greatest
label(SAMPLE)
ldrsh(r3, [r0, r7])
add(r4, r4, r3)
cmp(r3, r5)
bge(NOT_LEAST)
mov(r5, r3)
label(NOT_LEAST)
cmp(r3, r6)
ble(NOT_GREATEST)
mov(r6, r3)
label(NOT_GREATEST)
add(r0, 6)
sub(r2, 1)
bne(SAMPLE)

ldr(r2, [sp, 8])
lsl(r0, r4, 1)
add(r0, r0, r2)  # 2 sum + n; with 4096 n more it cannot be negative,
lsl(r3, r2, 12)
add(r0, r0, r3)
lsl(r1, r2, 1)
bl(DIVIDE)
mov(r3, 8)
lsl(r3, r3, 8)
sub(r7, r0, r3)  # and 2048 less is the mean
ldr(r1, [sp, 4])
strh(r7, [r1, 0])
sub(r0, r6, r7)
bl(LOG)
strh(r0, [r1, 2])
sub(r0, r7, r5)
bl(LOG)
strh(r0, [r1, 4])

ldr(r0, [sp, 0])
ldr(r2, [sp, 8])
mov(r3, 0)
mov(r4, 0)  # sum of |sample - mean|
label(DEVIATION)
ldrsh(r5, [r0, r3])
sub(r5, r5, r7)
asr(r6, r5, 31)  # -1 if negative, else 0
eor(r5, r6)
sub(r5, r5, r6)  # |r5|
add(r4, r4, r5)
add(r0, 6)
sub(r2, 1)
bne(DEVIATION)
mov(r0, r4)
ldr(r1, [sp, 8])
bl(DIVIDE)
bl(LOG)
ldr(r1, [sp, 4])
strh(r0, [r1, 6])

mov(r7, 1)  # samples between the two ends of a difference: 1, 2, 4, 8
label(LAG)
ldr(r0, [sp, 0])
ldr(r2, [sp, 8])
sub(r2, r2, r7)  # differences
mov(r3, 6)
mul(r3, r7)  # bytes between
mov(r4, 0)  # sum of |later - earlier|
label(DIFFERENCE)
ldrsh(r5, [r0, r3])
mov(r6, 0)
ldrsh(r6, [r0, r6])
sub(r5, r5, r6)
asr(r6, r5, 31)
eor(r5, r6)
sub(r5, r5, r6)
add(r4, r4, r5)
add(r0, 6)
sub(r2, 1)
bne(DIFFERENCE)
mov(r0, r4)
ldr(r1, [sp, 8])
sub(r1, r1, r7)
bl(DIVIDE)
bl(LOG)
ldr(r1, [sp, 4])
add(r1, 2)
str(r1, [sp, 4])
strh(r0, [r1, 6])
lsl(r7, r7, 1)
cmp(r7, 16)
bne(LAG)
pop({r0, r1, r2, r3})  # r3: where to return to
add(r0, 2)
add(r1, 8)
bx(r3)

# DIVIDE: r0 = r0 // r1 for r0 < r1 * 2**13, by subtracting; a Cortex-M0 has no divide.
# r3 quotient, r4 bits left
label(DIVIDE)
lsl(r1, r1, 12)
mov(r3, 0)
mov(r4, 13)
label(QUOTIENT_BIT)
lsl(r3, r3, 1)
cmp(r0, r1)
bcc(TOO_LARGE)
sub(r0, r0, r1)
add(r3, 1)
label(TOO_LARGE)
lsr(r1, r1, 1)
sub(r4, 1)
bne(QUOTIENT_BIT)
mov(r0, r3)
bx(lr)

# LOG: r0 = its logarithm in integers: 16 more for each doubling. r3 octaves
label(LOG)
add(r0, 16)
mov(r3, 0)
label(OCTAVE)
cmp(r0, 32)
bcc(LAST_OCTAVE)
lsr(r0, r0, 1)
add(r3, 16)
b(OCTAVE)
label(LAST_OCTAVE)
add(r0, r0, r3)
sub(r0, 16)
bx(lr)

# SCALE: features to int8. r0 features, r1 the record, r3 out; r1 comes back at the next record.
# r4 features left, r5 shift - 1: adding 1 and shifting once more rounds half up
label(SCALE)
ldrh(r4, [r1, 4])
ldrh(r5, [r1, 6])
sub(r5, 1)
add(r1, 8)
mov(r7, 0)
label(FEATURE)
ldrsh(r6, [r0, r7])
ldrsh(r2, [r1, r7])  # center
sub(r6, r6, r2)
ldrh(r2, [r1, 2])  # multiplier
mul(r6, r2)
asr(r6, r5)
add(r6, 1)
asr(r6, r6, 1)
mov(r2, 127)
cmp(r6, r2)
ble(BELOW_127)
mov(r6, r2)
label(BELOW_127)
neg(r2, r2)
cmp(r6, r2)
bge(ABOVE_127)
mov(r6, r2)
label(ABOVE_127)
strh(r6, [r3, 0])
add(r0, 2)
add(r1, 4)
add(r3, 2)
sub(r4, 1)
bne(FEATURE)
bx(lr)

# DENSE: bias + sum of weight * input, requantized, for every output.
# r0 inputs, r1 the record, r3 outputs; r1 comes back at the next record.
# r2 the record: 4 inputs, 6 outputs, 8 low, 10 high
# r1 then a row: 0 bias, 4 multiplier, 6 shift, 8 weights
label(DENSE)
mov(r2, r1)
add(r1, 12)
ldrh(r5, [r2, 6])
label(ROW)
push({r5})  # rows left
ldr(r4, [r1, 0])  # accumulator = bias
ldrh(r5, [r2, 4])  # inputs left
add(r1, 8)
label(INPUT)
sub(r5, 1)
ldrsb(r6, [r1, r5])  # weight
lsl(r7, r5, 1)
ldrsh(r7, [r0, r7])  # input
mul(r6, r7)
add(r4, r4, r6)
cmp(r5, 0)
bne(INPUT)
sub(r1, 8)
ldrh(r6, [r1, 4])
mul(r4, r6)
ldrh(r6, [r1, 6])
sub(r6, 1)
asr(r4, r6)
add(r4, 1)
asr(r4, r4, 1)
mov(r7, 8)
ldrsh(r6, [r2, r7])  # low
cmp(r4, r6)
bge(ABOVE_LOW)
mov(r4, r6)
label(ABOVE_LOW)
mov(r7, 10)
ldrsh(r6, [r2, r7])  # high
cmp(r4, r6)
ble(BELOW_HIGH)
mov(r4, r6)
label(BELOW_HIGH)
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
bx(lr)
