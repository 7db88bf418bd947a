# A duel of two boards: throw lightning or a rock at the other one, and parry what comes.
from microbit import Image, display, running_time
from gesture import Recognizer
import music
import radio

recognizer = Recognizer()
ATTACKS = {'shake': 'lightning', 'lift': 'rock'}
PARRIES = {'lightning': 'circle', 'rock': 'wave'}     # the gesture that stops it
TIME = 4000                       # milliseconds to parry
radio.on()
radio.config(group=42)
lives = 3
coming = None                     # what the other board has thrown
hits_at = 0                       # when it hits
display.show(lives)

while lives > 0:
    name = recognizer.next()
    message = radio.receive()
    if message == 'you win':
        break
    if message in PARRIES and not coming:
        coming = message
        hits_at = running_time() + TIME
        display.show(coming[0])   # its first letter
    if name in ATTACKS:
        radio.send(ATTACKS[name])
    elif coming and name == PARRIES[coming]:
        coming = None
        display.show(Image.YES)
    elif coming and running_time() > hits_at:
        coming = None
        lives = lives - 1
        music.pitch(150, 300, wait=False)
        display.show(lives)

display.show(Image.HAPPY if lives else Image.SKULL)
if not lives:
    radio.send('you win')
