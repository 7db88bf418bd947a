# A fall alarm: after a knock it waits for you to move. If you don't, it calls for help.
from microbit import Image, button_a, display, running_time
from gesture import Recognizer
import music
import radio

recognizer = Recognizer()
KNOCK = 'tap'                     # the gesture that may be a fall
WAIT = 3                          # seconds without a movement until it begins to beep
ALARM = 10                        # seconds until it calls for help
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
            display.show(ALARM - second)
            music.pitch(880, 100, wait=False)
        else:
            display.show(Image.SKULL)
            music.pitch(1760, 800, wait=False)
            radio.send('help')
            print('help')
