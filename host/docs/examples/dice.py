# A die and a coin: shake to roll, twist to toss. Does the average come close to 3.5?
from microbit import Image, button_a, display, sleep
from gesture import Recognizer
import random

recognizer = Recognizer()
FACES = (
    '00000:00000:00900:00000:00000',
    '90000:00000:00000:00000:00009',
    '90000:00000:00900:00000:00009',
    '90009:00000:00000:00000:90009',
    '90009:00000:00900:00000:90009',
    '90009:00000:90009:00000:90009',
)
rolls = 0
total = 0
display.show(Image(FACES[5]))

while True:
    name = recognizer.next()
    if name == 'shake':
        for pause in (60, 90, 140, 220, 0):     # it tumbles, slower and slower
            number = random.randint(1, 6)
            display.show(Image(FACES[number - 1]))
            sleep(pause)
        rolls = rolls + 1
        total = total + number
        print('rolled', number, 'average', total / rolls)
    elif name == 'twist':
        display.show(random.choice('HT'))       # heads or tails
    if button_a.was_pressed() and rolls:
        display.scroll(total / rolls, wait=False)
