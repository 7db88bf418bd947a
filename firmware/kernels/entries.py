# Everything from the window to the prediction, in Thumb instructions of a Cortex-M0.
#
# The laptop assembles this listing (microbit_ml/thumb) into a file, and the board executes it in
# place, in flash: V1 has no memory to assemble it itself. reference.py computes the same in plain
# Python; tests check that both agree bit for bit. The arithmetic, and why nothing overflows:
# arithmetic/ARITHMETIC.md of the kit. The model's layout: quantize/device_file.py.
#
# All variables are in one array('h'), called work. Offsets in bytes, n = samples in the window:
#   0 label (-1: unknown)    2 confidence    4 features (54)    112 window (n times x y z)
#   then the scores (logits: one per label, and one for the negative class), then two buffers a and
#   b for the inputs and outputs of a layer. While features are computed, a and b hold 25 points of
#   x, y, z and magnitude at 0, 50, 100 and 150, and behind them the intermediate results of
#   resample.py, spectrum.py and autocorrelation.py.
#
# From Python: r0 address of this code, r1 work, r2 model, r3 one of the entries.
# MicroPython saves r4 to r7; r8 to r11 must be preserved here.
uxtb(r4, r3)
add(r0, r0, r4)
bx(r0)
b(SHIFT)  # 6
b(CHECK)  # 8
b(PREDICT)  # 10: only the layers, on scaled inputs in a, to time them; see NETWORK_ALONE
b(PREDICT)  # 12

# SHIFT: append a sample to the window. Returns 1, or 0 for a sample that is not new (fresh.py).
# r2 the sample, a tuple: MicroPython passes the address of its numbers, each as 2 * number + 1
# r3 the entry + n * 256
label(SHIFT)
