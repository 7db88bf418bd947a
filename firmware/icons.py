# The end of answer.py when gestures have icons: a module of its own would split V1's memory.
# show() displays a label's icon, then rests on one LED; on V2 it plays the label's sound, too. The
# kit leaves out the lines for a speaker where there is none, or where there are no sounds.
# The file icons has 25 bytes for each label: LEDs from 0 to 9, or letters. sounds has 10.
from microbit import Image, display
from microbit import Sound, audio  # speaker


def show(label):
    file = open("icons", "rb")
    file.read(25 * label)
    icon = file.read(25)
    display.show(
        [Image(5, 5, icon)] * 4 + ["."] if icon[0] < 10 else str(icon, "utf-8"),
        delay=400,
        wait=False,
    )
    file = open("sounds", "rb")  # speaker
    file.read(10 * label)  # speaker
    sound = str(file.read(10), "utf-8").strip()  # speaker
    if sound:  # speaker
        audio.play(getattr(Sound, sound), wait=False)  # speaker
