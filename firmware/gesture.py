# Recognizer: samples the accelerometer and returns the gesture that it detected.
#
#     from gesture import Recognizer
#     recognizer = Recognizer()
#     while True:
#         name = recognizer.next()       # waits for the next sample
#         if name == 'shake':
#             ...
#
# V1 has little memory, and compiling a module needs a contiguous block of it. So all modules are
# imported first, the program's own too, and the model is loaded when the Recognizer is made. What
# stays of a module lies above the block that compiling it took. So the largest module comes first,
# while little lies below it: the model needs one contiguous block at the end.
import gc

gc.collect()
import loader

gc.collect()
from recognizer import Recognizer

gc.collect()
