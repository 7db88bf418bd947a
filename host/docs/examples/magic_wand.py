# A magic wand: two gestures, one after the other, cast a spell.
from microbit import Image, display, running_time
from gesture import Recognizer
import music

recognizer = Recognizer()
SPELLS = {                        # two gestures: a picture and a tune
    'circle tap': (Image.DIAMOND, music.BA_DING),
    'wave lift': (Image.BUTTERFLY, music.JUMP_UP),
    'twist shake': (Image.GHOST, music.DADADADUM),
    'shake circle': (Image.ASLEEP, music.WAWAWAWAA),
}
TIME = 6000                       # milliseconds between the two gestures, at most
first = ''                        # the gesture that may begin a spell
began = 0
display.show('.')

while True:
    name = recognizer.next()
    if first and running_time() - began > TIME:
        first = ''                # too slow: the magic is gone
        display.show('.')
    if name and name not in ('still', 'walking', 'fidgeting'):
        spell = first + ' ' + name
        print(name)
        if spell in SPELLS:
            print('A spell!')
            picture, tune = SPELLS[spell]
            display.show(picture)
            music.play(tune, wait=False)
            first = ''
        else:
            display.show('?')     # half a spell
            first = name
            began = running_time()
