# EMIT_FIFTH: a sum r4 of five becomes a feature. EMIT: r4 does. r3 changes.
label(EMIT_FIFTH)
ldr(r3, FIFTH)
mul(r4, r3)
asr(r4, r4, 16)
label(EMIT)
mov(r3, r8)
strh(r4, [r3, 0])
add(r3, 2)
mov(r8, r3)
bx(lr)

# DIVIDE: r4 = r4 // r1 for r4 < r1 * 2**13, by subtracting; a Cortex-M0 has no divide.
# r3 quotient, below a 1 that falls out at the top with its last bit
label(DIVIDE)
lsl(r1, r1, 13)
mov(r3, 1)
lsl(r3, r3, 19)
label(QUOTIENT_BIT)
lsr(r1, r1, 1)
cmp(r4, r1)  # carry: it fits
bcc(TOO_LARGE)
sub(r4, r4, r1)
label(TOO_LARGE)
adc(r3, r3)
bcc(QUOTIENT_BIT)
mov(r4, r3)
bx(lr)

# LOG: r4 = its logarithm in integers: 16 more for each doubling. r3 16 for each octave and one more
label(LOG)
add(r4, 16)
lsl(r4, r4, 1)
mov(r3, 0)
label(OCTAVE)
lsr(r4, r4, 1)
add(r3, 16)
cmp(r4, 32)
bcs(OCTAVE)
add(r4, r4, r3)
sub(r4, 32)
bx(lr)

align(4)
label(TWENTY_FIFTH)
data(4, 5243)  # 2**17 / 25
label(WAVE_TWENTY_FIFTH)
data(4, 2621)  # 2**16 / 25
label(FIFTH)
data(4, 13107)  # 2**16 / 5
label(ONE_OVER)  # 2**14 / samples in a point, 1 to 6
data(2, 0, 16384, 8192, 5461, 4096, 3277, 2731)
align(4)
label(WAVES)  # 127 + 127 cos(turns / 25), then the same of sin
data(1, 254, 250, 238, 220, 195, 166, 135, 103, 73, 46, 24, 9, 1, 1)
data(1, 9, 24, 46, 73, 103, 135, 166, 195, 220, 238, 250, 127, 159, 188)
data(1, 214, 234, 248, 254, 252, 242, 225, 202, 174, 143, 111, 80)
data(1, 52, 29, 12, 2, 0, 6, 20, 40, 66, 95)
