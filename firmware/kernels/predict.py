# PREDICT. On the stack: 0 work, 4 model, 8 scores, 12 a, 16 b, 20 groups and later the gate,
# 24 means of x, y, z, magnitude, 40 sums of their changes (not of magnitude), 56 a mean's offset on
# the stack and later the energy, 60 address of the rhythm and later of the network's inputs, 64
# samples beyond 25 equal points
label(PREDICT)
mov(r4, r8)
mov(r5, r9)
mov(r6, r10)
mov(r7, r11)
push({r4, r5, r6, r7, lr})
sub(sp, 44)
mov(r12, r3)  # the entry
ldrb(r3, [r2, 12])
mov(r11, r3)  # n
mov(r0, r1)
add(r0, 112)  # window
mov(r4, 6)
mul(r3, r4)
add(r3, r3, r0)  # scores
ldrb(r4, [r2, 16])  # labels
add(r4, 1)
lsl(r4, r4, 1)
add(r4, r4, r3)  # a
mov(r10, r4)
ldrh(r5, [r2, 18])  # most numbers of any stage
lsl(r5, r5, 1)
add(r5, r5, r4)  # b
ldrb(r6, [r2, 17])  # groups
push({r1, r2, r3, r4, r5, r6})
mov(r4, r12)
cmp(r4, 10)
bne(WHOLE)
b(NETWORK_ALONE)
label(WHOLE)
cmp(r6, 0)
bne(FEATURES)
b(NETWORK)  # the raw window, r0, is its input
