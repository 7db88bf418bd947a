# A compass of moods: where you turn and how you move choose a face.
from microbit import Image, button_a, compass, display
from gesture import Recognizer

recognizer = Recognizer()
CALM = (Image.HAPPY, Image.MEH, Image.ASLEEP, Image.SAD)
WILD = (Image.SILLY, Image.SURPRISED, Image.CONFUSED, Image.ANGRY)
mood = CALM
shown = None                      # the face on the display
quarter = 0                       # 0 is north, 1 is east, 2 is south, 3 is west
samples = 0

while True:
    name = recognizer.next()
    if name in ('shake', 'tap', 'twist'):
        mood = WILD
    elif name in ('circle', 'wave', 'lift'):
        mood = CALM
    samples = samples + 1
    if samples % 25 == 0 and compass.is_calibrated():        # twice a second
        quarter = (compass.heading() + 45) // 90 % 4
    if mood[quarter] != shown:
        shown = mood[quarter]
        display.show(shown)
        print(quarter, 'calm' if mood == CALM else 'wild')
    if button_a.was_pressed():
        compass.calibrate()       # tilt the board until all LEDs are lit
        shown = None
