# Shows each gesture that is recognised on the display, letter by letter, and prints its name.
from gesture import Recognizer
from answer import listen
from microbit import display, uart

recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name:
        print(name)
        display.show(name, delay=400, wait=False)
    if uart.any():  # the laptop asks
        listen(recognizer)
