# The beginning of answer.py when gestures have icons: a module of its own would split V1's memory.
# show() displays a label's icon, then rests on one LED. The file icons has 25 bytes for each label:
# LEDs from 0 to 9, or letters.
# play.py changes show() on V2, which has a speaker. The kit leaves the lines for it out when there
# are no sounds. They take no memory on V1, which knows all their names.
from microbit import Image, display


def show(label):
    file = open("icons", "rb")
    file.read(25 * label)
    icon = file.read(25)
    display.show(
        [Image(5, 5, icon)] * 4 + ["."] if icon[0] < 10 else str(icon, "utf-8"),
        delay=400,
        wait=False,
    )


from os import uname  # sound

if uname().machine[-4] == "2":  # sound: nRF52833
    import play  # sound
del uname  # sound
