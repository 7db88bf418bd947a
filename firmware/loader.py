# What the Recognizer runs on. load() reads model.bin and finds the kernels: once, for the first
# Recognizer. It leaves code (where the kernels are), call (to run one), model, names (of the
# gestures), and work; kernels/entries.py of the kit describes it, and the entries that call() has.
# next() and poll() are the Recognizer's: they stand here, where call() and model are, because a
# short recognizer.py leaves V1's memory in larger pieces.
# Numbers have no names here: each name in a module takes V1's memory.
import gc
import micropython
from array import array
from machine import mem8
from microbit import accelerometer, sleep
from os import listdir, size, uname
from utime import ticks_diff, ticks_us

# The file ".new" says that new files have arrived, such as model.bin.new, and that the power
# failed before each was in its place (board/installed.py of the kit): the board puts them there,
# and starts again with all its memory. No function does it: V1 cannot call any deeper here.
if ".new" in listdir():
    from microbit import reset
    from os import remove

    for name in listdir():
        if name[-4:] == ".new" and name != ".new":
            file = open(name, "rb")
            copy = open(name[:-4], "wb")
            while copy.write(file.read(126)):
                pass
            copy.close()
            remove(name)
    remove(".new")
    reset()
del listdir

code = model = names = work = None


# r0 code, r1 work, r2 model, r3 entry
@micropython.asm_thumb
def call(r0, r1, r2, r3):
    add(r0, 3)  # behind the two bytes of its header; odd: Thumb code
    data(2, 0x4780)  # blx r0


# next() without waiting: None at once when no sample is due. The clock is ticks_us(): on V1
# running_time() loses some microseconds whenever it is asked.
def poll(self):
    if not self.due or ticks_diff(ticks_us(), self.due) >= 0:
        return self.next()


# Wait for the next sample. A name when a gesture is recognised, else None.
def next(self):
    period = model[14] * 1000
    now = ticks_us()
    due = self.due or now - 12000  # at the start it asks again soon, to be behind the sensor
    late = ticks_diff(now, due)
    while late < 0:
        if late < -4000:
            sleep(-late // 1000 - 3)  # which takes up to 3 ms more
        late = ticks_diff(ticks_us(), due)
    if late >= period:
        late = ticks_diff(ticks_us(), due)
        if late < 0:
            return None  # V1's clock is 65 ms ahead now and then, for a moment
        late //= period
        self.missed += late
        due += late * period
    # Into the window. 0, on V1, when the sensor had no new sample: from now on it is asked later.
    if not call(code, work, accelerometer.get_values(), model[12] << 8 | 6):
        self.due = due + 4000
        return None
    self.due = due + period & 0x3FFFFFFF  # where ticks_us() begins again
    countdown = self.countdown - 1
    self.countdown = countdown or model[13]
    if not countdown:
        return self.debounce(self.predict())
    if countdown == 1:
        gc.collect()  # 5 ms on V1, which the next sample need not wait for


# The kernels run where their file lies in flash: in chunks of 128 bytes, whose first and last
# are not the file's (thumb/chunks.py of the kit). Whether the chunks follow one another shows when
# the file is read: then what it says is what stands there. If they do not, it is copied:
# on V1 only a small model leaves memory for that. (A .hex writes files in one piece.)
def find(name):
    first = 0x6C000 if name[8] == "2" else 0x38000
    for place in range(first, first + 0x8000, 128):
        if mem8[place] == 254 and mem8[place + 2] == 13 and lay(name, mem8, place + 16, False):
            return place + 16
    copy = bytearray(size(name) * 128 // 126 + 4)
    lay(name, copy, 0, True)
    return copy


# Put a file into memory from a place on, or say whether it is there.
def lay(name, memory, place, copy):
    with open(name, "rb") as file:
        data = file.read(111)  # the rest of its first chunk
        while data:
            for byte in data:
                if copy:
                    memory[place] = byte
                elif memory[place] != byte:
                    return False
                place += 1
            place += 2
            data = file.read(126)
    return True


# The largest pieces first, while V1 has large ones left. model: 12 samples in a window, 16 labels,
# 18 and 19 most numbers of any stage of the network
def load():
    global code, model, names, work
    gc.collect()
    name = "kernel_v" + uname().machine[-4] + ".bin"  # nRF51822 or nRF52833
    try:
        with open(name, "rb") as file:
            if file.read(2) != bytes(name[8] + "\3", "utf-8"):
                raise ValueError(name + " is not for this kit")
        code = find(name)
        gc.collect()
        name = "model.bin"
        found = bytearray(size(name))
        with open(name, "rb") as file:
            file.readinto(found)
        if found[:4] != b"mbml" or found[8] != 3 or found[15] != 2:
            raise ValueError(name + " is not for this kit")
        # Any numbers: of a range no copy is made.
        work = array(
            "h", range(56 + 3 * found[12] + found[16] + 1 + 2 * (found[18] | found[19] << 8))
        )
    except OSError:
        raise ValueError("no " + name)
    except MemoryError:
        if type(code) is int:
            raise ValueError("too little memory for model.bin")
        raise ValueError("kernels in pieces: write the .hex again")
    if len(found) != found[10] | found[11] << 8 or call(code, found, found, 8):
        raise ValueError("model.bin is damaged")
    place = 20  # of the first record; the last holds the names
    while place < len(found):
        last = place
        place += found[place + 2] | found[place + 3] << 8
    names = str(bytes(found[last + 4 :]), "utf-8").split("\0")[: found[16]]
    model = found
