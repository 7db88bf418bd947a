# The same as outputs.py, with instructions of a Cortex-M4.
# OUTPUTS: all outputs of a dense layer, two at a time. r0 inputs, r1 rows, r4 and r6 two sums, that
# start with the biases, r8 bytes of the inputs, r9 minimum, r10 maximum, r11 end of the outputs,
# r12 the next output
label(OUTPUTS)
ldrd(r4, r6, [r1])
add(r1, 16)
bl(SUMS)
strh_w(r4, [r12], 2)
cmp(r12, r11)
beq(ODD)
strh_w(r6, [r12], 2)
cmp(r12, r11)
bne(OUTPUTS)
label(ODD)  # the second row was padding
b(OUTPUTS_DONE)
