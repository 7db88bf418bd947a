# Compose a tune with your hand: each gesture is a note, and a shake plays them all.
from microbit import *
from gesture import Recognizer
import music

NOTES = {'tap': 'c4', 'wave': 'e4', 'circle': 'g4', 'twist': 'a4', 'lift': 'c5'}
SPEEDS = (90, 120, 180, 240)      # beats per minute
LONGEST = 25                      # notes: one for each LED

recognizer = Recognizer()
tune = []
speed = 1
display.show(Image.MUSIC_QUAVER)

def show_tune():
    display.clear()
    for i in range(len(tune)):
        display.set_pixel(i % 5, i // 5, 9)

while True:
    name = recognizer.next()
    if name in NOTES and len(tune) < LONGEST:
        tune.append(NOTES[name] + ':2')
        music.play(tune[-1], wait=False)
        show_tune()
        print(name, tune[-1])
    elif name == 'shake' and tune:
        print('tune', ' '.join(tune))
        music.play(tune, wait=False)
    if button_a.was_pressed():
        speed = (speed + 1) % len(SPEEDS)
        music.set_tempo(bpm=SPEEDS[speed])
        print('speed', SPEEDS[speed])
    if button_b.was_pressed():
        tune = []
        music.stop()
        display.show(Image.MUSIC_QUAVER)
