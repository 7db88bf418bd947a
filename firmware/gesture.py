# Recognizer: samples the accelerometer and says which gesture it saw.
#
#     from gesture import Recognizer
#     recognizer = Recognizer()
#     while True:
#         name = recognizer.next()       # waits for the next sample
#         if name == 'shake':
#             ...
#
# V1 has little memory, and a module needs a piece of it in one block while it is read: the model
# comes first, while there is most room, and memory is tidied before each.
import gc

gc.collect()
import loader

gc.collect()
from recognizer import Recognizer

gc.collect()
