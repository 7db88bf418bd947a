# Dice and a coin: shake to roll, twist to toss. Does the average come close to 3.5?
from microbit import *
from gesture import Recognizer
import random

FACES = [Image(rows) for rows in (
    '00000:00000:00900:00000:00000',
    '90000:00000:00000:00000:00009',
    '90000:00000:00900:00000:00009',
    '90009:00000:00000:00000:90009',
    '90009:00000:00900:00000:90009',
    '90009:00000:90009:00000:90009',
)]

recognizer = Recognizer()
rolls = 0
total = 0
display.show(FACES[5])

while True:
    name = recognizer.next()
    if name == 'shake':
        for pause in (60, 90, 140, 220):        # it tumbles, slower and slower
            display.show(random.choice(FACES))
            sleep(pause)
        number = random.randint(1, 6)
        rolls = rolls + 1
        total = total + number
        display.show(FACES[number - 1])
        print('rolled', number, 'average', total / rolls)
    elif name == 'twist':
        heads = random.randint(0, 1)
        display.show(Image.HAPPY if heads else Image.NO)
        print('heads' if heads else 'tails')
    if button_a.was_pressed() and rolls:
        display.scroll('%.2f' % (total / rolls), wait=False)
    if button_b.was_pressed():
        rolls = total = 0
        display.show(FACES[5])
