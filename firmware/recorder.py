# Records movements: stream() sends them to a laptop, away() stores them in the board's own files.
# It needs no other file of the kit, and leaves the kit's files alone.
from array import array
from machine import mem32
from microbit import Image, accelerometer, button_a, button_b, display, sleep, uart
from os import listdir, remove, uname
from utime import ticks_diff, ticks_us

is_v1 = uname().machine[-5:] == "51822"
number = due = 0

# The letters that the laptop sends, and the pictures they show. Digits are shown as they are.
pictures = {"r": Image.DIAMOND, "y": Image.YES, "n": Image.NO, "w": Image.DIAMOND_SMALL}


# The first sample comes at once, the second 8 ms later. So the board reads midway between two
# samples of the sensor, which starts at the first read.
def begin():
    global due
    if is_v1:
        mem32[0x40003138] = 0
    due = ticks_us() - 12000


# Wait for the next sample: x, y, z, or None when there was no new one. number grows by one per
# sample, and by more when the board missed some. The clock is ticks_us(), because running_time()
# loses some microseconds on V1 with every call.
def next():
    global number, due
    late = ticks_diff(ticks_us(), due)
    while late < 0:
        if late < -4000:
            sleep(-late // 1000 - 3)  # sleep() takes up to 3 ms more
        late = ticks_diff(ticks_us(), due)
    if late >= 20000:
        late = ticks_diff(ticks_us(), due)
        if late < 0:
            return None  # V1's clock jumps ahead by 65 ms now and then, briefly
        late //= 20000
        number += late
        due += late * 20000
    values = accelerometer.get_values()
    if is_v1:
        # Has a byte come over the I2C bus? If not, the sensor has no new sample yet, and V1
        # returned the last one again.
        if not mem32[0x40003138]:
            due += 4000
            return None
        mem32[0x40003138] = 0
    due = due + 20000 & 0x3FFFFFFF  # ticks_us() wraps around
    number = (number + 1) % 10000
    return values


# Send every sample and every press of a button as a frame, and show the letters that arrive, until
# Ctrl-C. The format of a frame: board/frames.py of the kit.
def stream():
    begin()
    while True:
        sample = next()
        if sample:
            total = 3565 + number  # 31 times the code of s
            for value in sample:
                total = 31 * (total % 8191) + value
            print("\x02s", number, sample[0], sample[1], sample[2], total % 8191)
        if button_a.was_pressed():
            print("\x02a 97")
        if button_b.was_pressed():
            print("\x02b 98")
        if uart.any():
            letter = str(uart.read(1), "ascii")
            if letter >= "0":  # not the end of a line
                display.show(pictures.get(letter, letter), wait=False)


# Button A: 3, 2, 1, and a recording of length samples goes into a file. Button B: delete the last
# one. In between, the display shows the number of recordings. head: the start of each file.
def away(length, head):
    samples = array("h", range(3 * length))
    names = sorted([name for name in listdir() if name[-4:] == ".rec"])
    shown = ""
    begin()
    while True:
        if not shown:
            shown = str(len(names))
            display.show(shown, delay=600, wait=False, loop=len(shown) > 1, clear=len(shown) > 1)
        next()  # also while nothing is recorded, to stay in step with the sensor
        if button_a.was_pressed():
            shown = ""
            for digit in "321":
                display.show(digit, wait=False)
                for _ in range(35):
                    next()
            display.show(Image.DIAMOND)
            if not record(samples):
                display.show(Image.NO)
                sleep(1000)
            else:
                name = "%04d.rec" % (int(names[-1][:4]) + 1 if names else 1)
                if store(name, head, samples):
                    names.append(name)
                    display.show(Image.YES)
                    sleep(500)
                else:
                    shown = "full"
                    display.scroll(shown, wait=False, loop=True)
            button_a.was_pressed()  # ignore presses meanwhile
            button_b.was_pressed()
        elif button_b.was_pressed() and names:
            shown = ""
            remove(names.pop())
            display.show(Image.NO)
            sleep(500)


# Fill samples; return whether none was missed.
def record(samples):
    global number
    next()
    number = index = 0
    while index < len(samples):
        sample = next()
        if sample:
            for value in sample:
                samples[index] = value
                index += 1
    return number * 3 == index


# Write a file and read it back; if it differs, delete it and return False. A file that was not
# closed reads back empty, so after a power cut no file holds half a recording.
def store(name, head, samples):
    try:
        file = open(name, "wb")
        file.write(head)
        file.write(samples)
        file.close()
        file = open(name, "rb")
        same = file.read(len(head)) == head
        value = array("h", [0])
        for sample in samples:
            same = same and file.readinto(value) == 2 and value[0] == sample
        file.close()
        if same:
            return True
    except OSError:
        pass
    try:
        remove(name)
    except OSError:
        pass
    return False
