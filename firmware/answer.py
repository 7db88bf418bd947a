# Answers the laptop, line by line, so that it can ask what the board computes.
#   PLACE               eight of the window's numbers from a place on
#   PLACE NUMBER ...    puts numbers into the window from a place on; says the next place
#   ?                   the model's checksum; label and confidence; features; scores
# Nothing is sampled meanwhile: that goes on a quarter of a second after the last line.
from microbit import running_time, sleep, uart


def listen(recognizer):
    work = recognizer.work
    line = b""
    end = running_time() + 250
    while running_time() < end:
        line += uart.read(32) or b""
        if line[-1:] != b"\n":
            sleep(1)
            continue
        try:
            if line[:1] == b"?":
                recognizer.predict()
                print(list(recognizer.model[4:8]))
                print(list(work[:2]))
                print(list(work[2:26]))
                print(list(work[recognizer.end : recognizer.end + len(recognizer.names)]))
            else:
                numbers = [int(word) for word in str(line, "utf-8").split()]
                place = numbers.pop(0)
                for number in numbers:
                    work[26 + place] = number
                    place += 1
                print(place if numbers else list(work[26 + place : 34 + place]))
        except (ValueError, IndexError):
            print("what?")
        line = b""
        end = running_time() + 250
    recognizer.due = 0
