# Reads model.bin and kernels.bin when load() is called: once, for the first Recognizer.
# Leaves code (the kernels), call (to run one), model, names (of the gestures), and work;
# kernels/entries.py of the kit describes it, and the entries that call() has.
# Numbers have no names here: each name in a module takes V1's memory.
import gc
import micropython
from array import array
from os import size

model = None


# r0 code, r1 work, r2 model, r3 entry
@micropython.asm_thumb
def call(r0, r1, r2, r3):
    add(r0, 1)  # an odd address: Thumb code
    data(2, 0x4780)  # blx r0


# A whole file, in one piece of memory.
def read(name):
    content = bytearray(size(name))
    with open(name, "rb") as file:
        file.readinto(content)
    gc.collect()
    return content


# The largest pieces first, while V1 has large ones left. model: 12 samples in a window, 16 labels,
# 18 and 19 most numbers of any stage of the network
def load(name):
    global code, model, names, work
    gc.collect()
    try:
        found = read(name)
    except OSError:
        raise ValueError("no " + name)
    if found[:4] != b"mbml" or found[8] != 2 or found[15] != 2:
        raise ValueError(name + " is not for this kit")
    code = read("kernels.bin")
    if len(found) != found[10] | found[11] << 8 or call(code, found, found, 8):
        raise ValueError(name + " is damaged")
    # Any numbers: of a range no copy is made.
    work = array("h", range(56 + 3 * found[12] + found[16] + 1 + 2 * (found[18] | found[19] << 8)))
    place = 20  # of the first record; the last holds the names
    while place < len(found):
        last = place
        place += found[place + 2] | found[place + 3] << 8
    names = str(bytes(found[last + 4 :]), "utf-8").split("\0")[: found[16]]
    model = found
