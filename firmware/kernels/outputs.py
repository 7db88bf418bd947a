# OUTPUTS: all outputs of a dense layer, two at a time. r0 inputs, r1 rows, r3 and r12 the next
# output, r4 and r6 two sums, which start with the biases, r8 bytes of the inputs, r9 minimum, r10
# maximum, r11 end of the outputs
label(OUTPUTS)
ldr(r4, [r1, 0])
ldr(r6, [r1, 4])
add(r1, 16)
bl(SUMS)
mov(r3, r12)
strh(r4, [r3, 0])
add(r3, 2)
mov(r12, r3)
cmp(r3, r11)
beq(ODD)
strh(r6, [r3, 0])
add(r3, 2)
mov(r12, r3)
cmp(r3, r11)
bne(OUTPUTS)
label(ODD)  # the second row was padding
b(OUTPUTS_DONE)
