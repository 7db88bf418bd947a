# Answers the laptop, line by line, so that it can ask what the board computes.
#   PLACE               a list of the place and eight numbers of work from there on
#   PLACE NUMBER ...    puts numbers into work from a place on; says the next place
#   ?                   predicts; a list of the model's checksum
# Each answer begins with a control character, which no name of a gesture can. What stands where
# in work: kernels/entries.py of the kit.
# Nothing is sampled meanwhile: that goes on a quarter of a second after the last line.
from microbit import running_time, sleep, uart


def listen(recognizer):
    work = recognizer.work
    line = b""
    until = running_time() + 250
    while running_time() < until:
        line += uart.read(32) or b""
        if line[-1:] != b"\n":
            sleep(1)
            continue
        try:
            if line[:1] == b"?":
                recognizer.predict()
                place = list(recognizer.model[4:8])
            else:
                words = line.split()
                place = int(words[0])
                if place < 0:
                    raise ValueError
                for i in range(1, len(words)):
                    work[place] = int(words[i])
                    place += 1
                if len(words) == 1:
                    place = [place, work[place]]  # which must be there
                    place += list(work[place[0] + 1 : place[0] + 8])
            print("\x01", place)
        except (ValueError, IndexError, OverflowError):
            print("\x01 what?")
        line = b""
        until = running_time() + 250
    recognizer.due = 0
