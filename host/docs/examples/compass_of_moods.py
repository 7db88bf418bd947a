# A compass of moods: where you turn and how you move choose a face.
from microbit import *
from gesture import Recognizer

PLACES = ('north', 'east', 'south', 'west')
CALM = (Image.HAPPY, Image.MEH, Image.ASLEEP, Image.SAD)
WILD = (Image.SILLY, Image.SURPRISED, Image.CONFUSED, Image.ANGRY)
CALMING = ('circle', 'lift', 'still')
EXCITING = ('shake', 'wave', 'tap', 'twist')

recognizer = Recognizer()
faces = CALM
shown = None

def quarter():                    # 0 is north, 1 is east, 2 is south, 3 is west
    if compass.is_calibrated():
        return (compass.heading() + 45) // 90 % 4
    return 0

samples = 0
while True:
    name = recognizer.next()
    samples = samples + 1
    if name in CALMING:
        faces = CALM
    elif name in EXCITING:
        faces = WILD
    if samples % 25 == 0 or name:               # twice a second
        here = quarter()
        if faces[here] != shown:
            shown = faces[here]
            display.show(shown)
            print(PLACES[here], 'calm' if faces == CALM else 'wild')
    if button_a.was_pressed():
        compass.calibrate()       # tilt the board until all LEDs are lit
        shown = None
