# Everything between a window and a decision, in Thumb instructions of a Cortex-M0, for V1 and V2.
#
# The laptop assembles this listing (microbit_ml/thumb.py) into kernels.bin, the board reads that
# into a bytearray and jumps into it: on V1 there is no memory to assemble it there. reference.py
# computes the same in plain Python; tests hold the two together, bit for bit. The arithmetic and
# why nothing overflows: quantize/ARITHMETIC.md of the kit. The model's layout:
# quantize/device_file.py.
#
# Everything that changes lies in one array('h'), called work; n = samples in the window:
#   0 label (-1: unknown)    2 confidence    4 features (54)    112 window (n times x y z)
#   then the scores (one a label, and one for "other"), then two areas a and b for what goes into
#   and out of a layer. While features are computed, a and b hold 25 points of x, y, z and force at
#   0, 50, 100 and 150, and at 200 the folded points of a wave.
#
# From Python: r0 address of this code, r1 work, r2 model, r3 one of the entries 4, 6, 8.
# r4 to r7 need not be kept: MicroPython does that. r8 to r11 must be.
add(r0, r0, r3)
bx(r0)
b(PREDICT)  # 4
b(SHIFT)  # 6
b(CHECK)  # 8

# SHIFT: move the window one sample toward its start, to make room for the newest at its end.
label(SHIFT)
ldrb(r3, [r2, 12])  # n
mov(r0, 3)
mul(r3, r0)
sub(r3, 3)  # halfwords to move
add(r1, 112)
label(MOVE)
ldrh(r0, [r1, 6])
strh(r0, [r1, 0])
add(r1, 2)
sub(r3, 1)
bne(MOVE)
bx(lr)
