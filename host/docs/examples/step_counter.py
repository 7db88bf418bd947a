# Counts your steps, but only while you walk: shaking the board does not cheat it.
from microbit import Image, accelerometer, button_a, button_b, display
from gesture import Recognizer
import music

recognizer = Recognizer()
GOAL = 20                         # steps to a little tune
HARD = 1250 * 1250                # a step is harder than this: 1.2 g, squared
SOFT = 1000 * 1000                # between two steps it is softer than this
walking = False                   # does the model recognise walking?
foot_down = False
steps = 0
display.show(Image.GHOST)

while True:
    name = recognizer.next()      # waits for the next sample, 50 a second
    if name:
        walking = name == 'walking'
        print(name, steps)
    x, y, z = accelerometer.get_values()
    squared = x * x + y * y + z * z
    if walking and squared > HARD and not foot_down:
        foot_down = True
        steps = steps + 1
        display.show('L' if steps % 2 else 'R')
        if steps % GOAL == 0:
            music.play(music.POWER_UP, wait=False)
    elif squared < SOFT:
        foot_down = False
    if button_a.was_pressed():
        print('steps', steps)
        display.scroll(steps, wait=False)
    if button_b.was_pressed():
        steps = 0
        display.show(Image.GHOST)
