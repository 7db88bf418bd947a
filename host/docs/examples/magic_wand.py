# A magic wand: two gestures, one after the other, make a spell.
from microbit import *
from gesture import Recognizer
import music

SPELLS = {                        # two gestures: the spell's name, its picture, its tune
    ('circle', 'tap'): ('SPARKS', Image.DIAMOND, ['c6:1', 'e6:1', 'g6:1', 'c7:2']),
    ('wave', 'lift'): ('FLY', Image.BUTTERFLY, ['c5:1', 'd5:1', 'e5:1', 'g5:3']),
    ('twist', 'shake'): ('GHOSTS', Image.GHOST, ['e4:2', 'd#4:2', 'd4:4']),
    ('shake', 'circle'): ('SLEEP', Image.ASLEEP, ['g4:3', 'e4:3', 'c4:6']),
    ('lift', 'twist'): ('LOVE', Image.HEART, ['e5:1', 'r:1', 'e5:1', 'r:1', 'c6:4']),
}
TIME = 6000                       # milliseconds between the two gestures, at most

recognizer = Recognizer()
first = None                      # the gesture that may begin a spell
began = 0
display.show('.')

while True:
    name = recognizer.next()
    if first and running_time() - began > TIME:
        first = None              # too slow: the magic is gone
        display.show('.')
    if name:
        spell = SPELLS.get((first, name))
        if spell:
            print(spell[0])
            display.show(spell[1])
            music.play(spell[2], wait=False)
            first = None
        else:
            first = name
            began = running_time()
            display.show('?')     # half a spell
            print(name, '...')
