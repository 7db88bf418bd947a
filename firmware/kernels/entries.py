# Everything between a window and a decision, in Thumb instructions of a Cortex-M0.
#
# The laptop assembles this listing (microbit_ml/thumb) into a file, and the board runs it where
# that file lies in flash: on V1 there is no memory to assemble it there. reference.py
# computes the same in plain Python; tests hold the two together, bit for bit. The arithmetic and
# why nothing overflows: arithmetic/ARITHMETIC.md of the kit. The model's layout:
# quantize/device_file.py.
#
# Everything that changes lies in one array('h'), called work; n = samples in the window:
#   0 label (-1: unknown)    2 confidence    4 features (54)    112 window (n times x y z)
#   then the scores (one a label, and one for "other"), then two areas a and b for what goes into
#   and out of a layer. While features are computed, a and b hold 25 points of x, y, z and force at
#   0, 50, 100 and 150, and behind them what points.py, spectrum.py and products.py make of these.
#
# From Python: r0 address of this code, r1 work, r2 model, r3 one of the entries.
# r4 to r7 need not be kept: MicroPython does that. r8 to r11 must be.
uxtb(r4, r3)
add(r0, r0, r4)
bx(r0)
b(SHIFT)  # 6
b(CHECK)  # 8
b(PREDICT)  # 10: only the layers, on scaled inputs in a, to measure them; see NETWORK_ALONE
b(PREDICT)  # 12

# SHIFT: take a sample into the window. Returns 1, or 0 when it was taken before (fresh.py).
# r2 the sample, a tuple: MicroPython hands over the place of its numbers, each as 2 * number + 1
# r3 the entry, and n * 256
label(SHIFT)
