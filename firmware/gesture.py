# Recognizer: samples the accelerometer and says which gesture it saw.
#
#     from gesture import Recognizer
#     recognizer = Recognizer()
#     while True:
#         name = recognizer.next()       # waits for the next sample
#         if name == 'shake':
#             ...
#
# V1 has little memory, and a module needs a piece of it in one block while it is read: so all
# modules come first, also those of the program, and the model when the Recognizer is made. What a
# module leaves lies above what it took while it was read, so that the largest comes first, while
# little lies below it: the model needs the free memory at the end in one piece.
import gc

gc.collect()
import loader

gc.collect()
from recognizer import Recognizer

gc.collect()
