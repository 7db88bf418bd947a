# Fall alarm: a knock, and then nobody moves? It calls for help, unless you say that you are fine.
from microbit import *
from gesture import Recognizer
import music
import radio

KNOCK = 'tap'                     # the gesture that may be a fall
WAIT = 3                          # seconds: whoever is well moves again by then
ALARM = 10                        # seconds from the knock to the alarm

recognizer = Recognizer()
radio.on()
radio.config(group=7)
fell = None                       # when the knock came, in ms; None: all is well
second = 0                        # the last second that was counted

while True:
    name = recognizer.next()
    if name == KNOCK:
        fell = running_time()
        second = -1
        print('a knock')
    elif button_a.was_pressed() or (name and name != 'still'):
        if fell:
            print('all is well')
        fell = None
        display.show(Image.HAPPY)
    if fell and (running_time() - fell) // 1000 > second:
        second = (running_time() - fell) // 1000
        if second < WAIT:
            display.show('?')
        elif second < ALARM:
            display.show(str(ALARM - second))
            music.pitch(880, 100, wait=False)
        else:
            display.show(Image.SKULL)
            music.pitch(1760, 800, wait=False)
            radio.send('help')
            print('help')
    if radio.receive() == 'help':
        display.scroll('HELP!', wait=False)
