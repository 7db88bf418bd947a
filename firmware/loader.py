# The base of the Recognizer. load() reads model.bin and finds the kernels, once, for the first
# Recognizer. It sets code (the kernels' address), model, names (of the gestures) and work; call()
# runs a kernel. kernels/entries.py of the kit describes work and the entries of call().
# next() and poll() are methods of the Recognizer. They are here, beside call() and model, because a
# short recognizer.py fragments V1's memory less.
# Numbers have no names here: every name in a module takes some of V1's memory.
import gc
import micropython
from array import array
from machine import mem8
from microbit import accelerometer, sleep
from os import listdir, size, uname
from utime import ticks_diff, ticks_us

# The file ".new" marks an unfinished update: new files have arrived, such as model.bin.new, but the
# power failed before all were installed (board/installed.py of the kit). Then the board installs
# them and restarts, with all its memory. This is not a function: V1 cannot nest calls deeper here.
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
    add(r0, 3)  # skip its header of two bytes; odd: Thumb code
    data(2, 0x4780)  # blx r0


# next() without waiting: None at once when no sample is due. The clock is ticks_us(): on V1
# running_time() loses some microseconds with every call.
def poll(self):
    if not self.due or ticks_diff(ticks_us(), self.due) >= 0:
        return self.next()


# Wait for the next sample. Return a gesture's name when it is detected, else None.
def next(self):
    period = model[14] * 1000
    due = self.due or ticks_us() - 12000  # 2nd sample soon: just behind the sensor
    late = ticks_diff(ticks_us(), due)
    while late < 0:
        if late < -4000:
            sleep(-late // 1000 - 3)  # sleep() takes up to 3 ms more
        late = ticks_diff(ticks_us(), due)
    if late >= period:
        late = ticks_diff(ticks_us(), due)
        if late < 0:
            return None  # V1's clock jumps ahead by 65 ms now and then, briefly
        late //= period
        self.missed += late
        due += late * period
    # Into the window. 0, on V1: the sensor had no new sample, so it is read later from now on.
    if not call(code, work, accelerometer.get_values(), model[12] << 8 | 6):
        self.due = due + 4000
        return None
    self.due = due + period & 0x3FFFFFFF  # ticks_us() wraps around
    countdown = self.countdown - 1
    self.countdown = countdown or model[13]
    if not countdown:
        return self.debounce(self.predict())
    if countdown == 1:
        gc.collect()  # 5 ms on V1: in time for the next sample


# The kernels run in flash, where their file is: in chunks of 128 bytes, whose first and last byte
# belong to the file system (thumb/chunks.py of the kit). Comparing the file with the flash shows
# whether its chunks are contiguous (files from a .hex are). If not, it is copied into memory; on V1
# only a small model leaves enough for that.
def find(name):
    first = 0x6C000 if name[8] == "2" else 0x38000
    for addr in range(first, first + 0x8000, 128):
        if mem8[addr] == 254 and mem8[addr + 2] == 13 and lay(name, mem8, addr + 16, False):
            return addr + 16
    copy = bytearray(size(name) * 128 // 126 + 4)
    lay(name, copy, 0, True)
    return copy


# Copy a file to an address, or return whether it is there.
def lay(name, memory, addr, copy):
    with open(name, "rb") as file:
        data = file.read(111)  # the rest of its first chunk
        while data:
            for byte in data:
                if copy:
                    memory[addr] = byte
                elif memory[addr] != byte:
                    return False
                addr += 1
            addr += 2
            data = file.read(126)
    return True


# The largest blocks first, while V1 has large ones left. model: 12 samples in a window, 16 labels,
# 18 and 19 size of the network's largest stage
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
        # Any numbers: a range needs no copy.
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
    index = 20  # of the first record; the last holds the names
    while index < len(found):
        last = index
        index += found[index + 2] | found[index + 3] << 8
    names = str(bytes(found[last + 4 :]), "utf-8").split("\0")[: found[16]]
    model = found
