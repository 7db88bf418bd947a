# EMIT_SHARE: r3 // energy becomes a feature. It is within -128 .. 127: 128 more cannot be negative.
# r1 energy, r4 dividend, r7 where to go back
label(EMIT_SHARE)
mov(r7, lr)
ldr(r1, [sp, 56])
add_w(r4, r3, r1, "lsl", 7)
udiv(r4, r4, r1)
sub(r4, 128)
bl(EMIT)
bx(r7)

# DIVIDE: r4 = r4 // r1, neither is negative.
label(DIVIDE)
udiv(r4, r4, r1)
bx(lr)

# LOG: r4 = its logarithm in integers: 16 more for each doubling. r3 octaves
label(LOG)
add(r4, 16)
clz(r3, r4)
neg(r3, r3)
add(r3, 27)
lsr(r4, r3)
add_w(r4, r4, r3, "lsl", 4)
sub(r4, 16)
bx(lr)
