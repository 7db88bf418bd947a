# Compose a tune with your hand: each gesture is a note, and a shake plays the tune.
from microbit import Image, button_a, button_b, display
from gesture import Recognizer
import music

recognizer = Recognizer()
NOTES = {'tap': 'c4:2', 'wave': 'e4:2', 'circle': 'g4:2', 'twist': 'a4:2', 'lift': 'c5:2'}
LONGEST = 25                      # notes: one for each LED
tune = []
speed = 120                       # beats a minute
display.show(Image.MUSIC_QUAVER)

while True:
    name = recognizer.next()
    if name in NOTES and len(tune) < LONGEST:
        if not tune:
            display.clear()
        display.set_pixel(len(tune) % 5, len(tune) // 5, 9)
        tune.append(NOTES[name])
        music.play(tune[-1], wait=False)
        print(name, tune[-1])
    elif name == 'shake' and tune:
        music.play(tune, wait=False)
        print('tune', tune)
    if button_a.was_pressed():
        speed = speed + 40 if speed < 240 else 80
        music.set_tempo(bpm=speed)
        print('speed', speed)
    if button_b.was_pressed():
        tune = []
        display.show(Image.MUSIC_QUAVER)
