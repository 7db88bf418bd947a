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

align(4)
label(FIFTH)
data(4, 13107)  # 2**16 / 5
