# Shows each gesture that is recognised on the display, letter by letter, and prints its name.
from gesture import Recognizer
from microbit import display

recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name:
        print(name)
        display.show(name, delay=400, wait=False)
