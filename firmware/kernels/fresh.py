# SHIFT on V1: is this the same sample again? Then skip it, and return 0.
#
# The runtime reads the sensor only when it has a new sample, and otherwise returns the last one
# again. A byte on the I2C bus sets the event "byte boundary" of the chip's TWI0, which stays set
# until it is cleared here. (A sample that differs is new in any case.)
# r1 work, r2 the sample, r3 the entry + n * 256
# r4 address of TWI0's events; r5 the event, then the newest sample in work; r6 a number of it;
# r7 the difference of two numbers
mov(r4, 64)
lsl(r4, r4, 16)
add(r4, 49)
lsl(r4, r4, 8)  # 0x40003100
ldr(r5, [r4, 56])
mov(r6, 0)
str(r6, [r4, 56])
cmp(r5, 0)
bne(IS_FRESH)

lsr(r5, r3, 8)
mov(r6, 6)
mul(r5, r6)
add(r5, r5, r1)
add(r5, 106)
ldr(r7, [r2, 0])
asr(r7, r7, 1)
ldrh(r6, [r5, 0])
sub(r7, r7, r6)
lsl(r7, r7, 16)  # the lower 16 bits count
bne(IS_FRESH)
ldr(r7, [r2, 4])
asr(r7, r7, 1)
ldrh(r6, [r5, 2])
sub(r7, r7, r6)
lsl(r7, r7, 16)
bne(IS_FRESH)
ldr(r7, [r2, 8])
asr(r7, r7, 1)
ldrh(r6, [r5, 4])
sub(r7, r7, r6)
lsl(r7, r7, 16)
bne(IS_FRESH)
mov(r0, 0)
bx(lr)
label(IS_FRESH)
