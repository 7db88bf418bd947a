# EMIT_RATIO: the next feature is r3 // energy. It is in -128 .. 127: with 128 added it is not
# negative. r1 energy times 256, r4 dividend, r7 return address
label(EMIT_RATIO)
mov(r7, lr)
ldr(r1, [sp, 56])
lsl(r1, r1, 7)
add(r4, r3, r1)
lsl(r1, r1, 1)
mov(r3, 1)
lsl(r3, r3, 24)
bl(QUOTIENT_BIT)
sub(r4, 128)
bl(EMIT)
bx(r7)
