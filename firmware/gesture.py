# Recognizer: samples the accelerometer and says which gesture it saw.
#
#     from gesture import Recognizer
#     recognizer = Recognizer()
#     while True:
#         name = recognizer.next()       # waits for the next sample
#         if name == 'shake':
#             ...
#
# V1 has little memory, and a module needs a piece of it in one block while it is read: so the
# modules come first, then the model, and then it is forgotten how to load one.
import gc

gc.collect()
import loader

gc.collect()
from recognizer import Recognizer

gc.collect()
loader.load("model.bin")
del loader.load
gc.collect()
