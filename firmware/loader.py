# Reads kernels.bin, and then model.bin when load() is called.
# Leaves code (the kernels), call (to run one), model, and names (of the gestures).
import micropython

PREDICT = 4  # entries of kernels.py
SHIFT = 6
CHECK = 8


# r0 code, r1 work, r2 model, r3 entry
@micropython.asm_thumb
def call(r0, r1, r2, r3):
    add(r0, 1)  # an odd address: Thumb code
    data(2, 0x4780)  # blx r0


def load(name):
    global model, names
    head = bytearray(20)
    try:
        with open(name, "rb") as file:
            file.readinto(head)
    except OSError:
        raise ValueError("no " + name)
    if bytes(head[:4]) != b"mbml" or head[8] != 1 or head[15] != 1:
        raise ValueError(name + " is not for this kit")
    model = bytearray(head[10] | head[11] << 8)
    with open(name, "rb") as file:
        size = file.readinto(model)
    if size != len(model) or call(code, model, model, CHECK):
        raise ValueError(name + " is damaged")
    place = 20  # of the first record; the last holds the names
    while place < size:
        last = place
        place += model[place + 2] | model[place + 3] << 8
    names = str(bytes(model[last + 4 :]), "utf-8").split("\0")[: model[16] | model[17] << 8]


with open("kernels.bin", "rb") as file:
    code = bytearray(file.read())
