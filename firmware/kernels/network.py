# The network. r0 what goes in, r1 record, r3 what comes out
label(NETWORK)
str(r0, [sp, 60])
ldr(r3, [sp, 12])
bl(SCALE)
label(LAYER)  # the last one is the one before the gate
ldr(r0, [sp, 12])
ldrh(r4, [r1, 2])
add(r4, r4, r1)
ldrb(r4, [r4, 0])
cmp(r4, 3)
beq(LAST_LAYER)
ldr(r3, [sp, 16])
str(r0, [sp, 16])  # a and b change places: what comes out goes into the next
str(r3, [sp, 12])
bl(LAYERS)
b(LAYER)
label(LAST_LAYER)
ldr(r3, [sp, 8])
bl(LAYERS)  # the scores
str(r1, [sp, 20])
ldrh(r4, [r1, 6])
cmp(r4, 0)
beq(DECIDE)  # without features in the gate
ldr(r0, [sp, 60])
ldr(r3, [sp, 16])
bl(SCALE)  # once more: they have been written over
