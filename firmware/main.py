# Shows the name of each detected gesture on the display, letter by letter, and prints it.
from gesture import Recognizer
from answer import listen
from microbit import display, uart

recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name:
        print(name)
        display.show(name, delay=400, wait=False)
    if uart.any():  # a request from the laptop
        listen(recognizer)
