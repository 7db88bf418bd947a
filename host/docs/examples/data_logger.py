# A data logger: writes each gesture and its time into a file on the board.
from microbit import Image, button_a, button_b, display, running_time
from gesture import Recognizer
import os

recognizer = Recognizer()
number = 1
while 'log%d.csv' % number in os.listdir():
    number = number + 1           # a new file each time: none is overwritten
file_name = 'log%d.csv' % number
file = open(file_name, 'w')
file.write('time_ms,gesture\n')
counts = {}                       # how often each gesture came
rows = 0
display.show(Image.YES)

while not button_b.was_pressed():
    name = recognizer.next()
    if button_a.was_pressed():
        name = 'mark'             # something happened that you want to find again
    if name:
        row = '%d,%s' % (running_time(), name)
        file.write(row + '\n')
        print(row)
        counts[name] = counts.get(name, 0) + 1
        if rows % 25 == 0:
            display.clear()
        display.set_pixel(rows % 5, rows // 5 % 5, 9)
        rows = rows + 1

file.close()                      # only a file that is closed is complete
print(file_name, 'has', rows, 'rows:', counts)
display.show(Image.HAPPY)
