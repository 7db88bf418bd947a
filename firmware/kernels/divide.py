# DIVIDE: r4 = r4 // r1 for r4 < r1 * 2**13, by subtracting; a Cortex-M0 has no divide.
# r3 quotient, below a 1 that is shifted out at the top with the last bit
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
