# Answers the laptop, line by line, so that it can ask what the board computes.
#   PLACE               a list of the place and eight of the window's numbers from there on
#   PLACE NUMBER ...    puts numbers into the window from a place on; says the next place
#   ?                   four lists: the model's checksum; label and confidence; features; scores
# Each answer begins with a control character, which no name of a gesture can.
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
                print("\x01", list(recognizer.model[4:8]))
                print("\x01", list(work[:2]))
                print("\x01", list(work[2:26]))
                end = recognizer.end
                print("\x01", list(work[end : end + len(recognizer.names)]))
            else:
                numbers = [int(word) for word in str(line, "utf-8").split()]
                place = numbers[0]
                if not 0 <= place <= recognizer.end - 25 - len(numbers):
                    raise ValueError
                for number in numbers[1:]:
                    work[26 + place] = number
                    place += 1
                if len(numbers) == 1:
                    numbers += list(work[26 + place : min(34 + place, recognizer.end)])
                    place = numbers
                print("\x01", place)
        except (ValueError, IndexError, OverflowError):
            print("\x01 what?")
        line = b""
        until = running_time() + 250
    recognizer.due = 0
