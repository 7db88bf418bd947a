# Makes show() play the sound of a label, too. answer.py imports it on boards with a speaker. It is
# called play, a name that MicroPython has already: a new one would take some of V1's memory.
# The file sounds has 12 bytes for each label: a sound's name, and how long it lasts in tenths of a
# second. With MicroPython 2.0.0-beta.5, a second sound makes the program wait for the end of the
# first, and miss gestures meanwhile. So it is left out.
import answer
from microbit import Sound, audio, running_time

quiet = 0  # from when on, in ms
show = answer.show


def show_and_play(label):
    global quiet
    show(label)
    file = open("sounds", "rb")
    file.read(12 * label)
    sound = str(file.read(12), "utf-8")
    if sound[0] != " " and running_time() >= quiet:
        audio.play(getattr(Sound, sound[:10].strip()), wait=False)
        quiet = running_time() + 100 * int(sound[10:])


answer.show = show_and_play
