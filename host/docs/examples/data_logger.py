# A data logger: writes each gesture and its time into a file on the board.
from microbit import *
from gesture import Recognizer
import os

recognizer = Recognizer()
number = 1
while 'log%d.csv' % number in os.listdir():
    number = number + 1           # a new file each time, so that no old one is lost
file_name = 'log%d.csv' % number
file = open(file_name, 'w')
file.write('time_ms,gesture\n')
counts = {}                       # how often each gesture came
rows = 0
display.show(Image.YES)

def log(what):
    global rows
    row = '%d,%s' % (running_time(), what)
    file.write(row + '\n')
    print(row)
    counts[what] = counts.get(what, 0) + 1
    if rows % 25 == 0:
        display.clear()
    display.set_pixel(rows % 5, rows // 5 % 5, 9)
    rows = rows + 1

while not button_b.was_pressed():
    name = recognizer.next()
    if name:
        log(name)
    if button_a.was_pressed():
        log('mark')               # something happened that you want to find again

file.close()                      # only a file that is closed is complete
print(file_name, 'has', rows, 'rows:', counts)
display.show(Image.HAPPY)
