# CONV: a convolution: the dense layer of dense.py, applied at every step along the inputs.
label(CONV)
ldrh(r5, [r1, 12])
ldrh(r4, [r1, 14])
lsl(r4, r4, 1)
mov(r7, 4)
b(LAYER)
