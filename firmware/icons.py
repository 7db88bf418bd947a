# The end of answer.py when gestures have icons: a module of its own would split V1's memory.
# show() displays a label's icon, then rests on one LED; on V2 it plays the label's sound, too. The
# kit leaves out the lines for a speaker where there is none, or where there are no sounds.
# The file icons has 25 bytes for each label: LEDs from 0 to 9, or letters. sounds has 12: a sound's
# name, and how long it lasts in tenths of a second. A second sound would make the program wait for
# the end of the first, and miss gestures meanwhile. So it is left out.
from microbit import Image, display
from microbit import Sound, audio, running_time  # speaker

quiet = 0  # from when on, in ms  # speaker


def show(label):
    global quiet  # speaker
    file = open("icons", "rb")
    file.read(25 * label)
    icon = file.read(25)
    display.show(
        [Image(5, 5, icon)] * 4 + ["."] if icon[0] < 10 else str(icon, "utf-8"),
        delay=400,
        wait=False,
    )
    file = open("sounds", "rb")  # speaker
    file.read(12 * label)  # speaker
    sound = str(file.read(12), "utf-8")  # speaker
    if sound[0] != " " and running_time() >= quiet:  # speaker
        audio.play(getattr(Sound, sound[:10].strip()), wait=False)  # speaker
        quiet = running_time() + 100 * int(sound[10:])  # speaker
