# EMIT_FIFTH: the next feature is a fifth of r4, the sum of five. EMIT: it is r4. r3 changes.
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

align(4)
label(FIFTH)
data(4, 13107)  # 2**16 / 5
