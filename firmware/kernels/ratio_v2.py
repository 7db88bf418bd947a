# EMIT_RATIO: the next feature is r3 // energy. It is in -128 .. 127: with 128 added it is not
# negative. r1 energy, r4 dividend, r7 return address
label(EMIT_RATIO)
mov(r7, lr)
ldr(r1, [sp, 56])
add_w(r4, r3, r1, "lsl", 7)
udiv(r4, r4, r1)
sub(r4, 128)
bl(EMIT)
bx(r7)
