# EMIT_RATIO: r3 // energy becomes a feature. It is within -128 .. 127: 128 more cannot be negative.
# r1 energy, r4 dividend, r7 where to go back
label(EMIT_RATIO)
mov(r7, lr)
ldr(r1, [sp, 56])
add_w(r4, r3, r1, "lsl", 7)
udiv(r4, r4, r1)
sub(r4, 128)
bl(EMIT)
bx(r7)
