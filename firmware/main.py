# Prints the name of each detected gesture and shows it on the display, then rests on one LED.
# The kit shortens the name to the letters that tell the gestures apart: name[:2], for example.
# If gestures have icons, it calls show() of icons.py instead.
from gesture import Recognizer
from answer import listen
from microbit import display

recognizer = Recognizer()
display.show(".")
while True:
    name = recognizer.next()
    if name:
        print(name)
        display.show(name + ".", delay=400, wait=False)
    listen(recognizer)  # answers requests from the laptop
