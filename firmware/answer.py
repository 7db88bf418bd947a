# Answers the laptop, line by line, so that it can ask what the board computes.
#   PLACE               eight of the window's numbers from a place on
#   PLACE NUMBER ...    puts numbers into the window from a place on; says the next place
#   ?                   the model's checksum; label and confidence; scores; features
# Nothing is sampled meanwhile: that goes on half a second after the last line.
from microbit import running_time, sleep, uart


def listen(recognizer):
    window = recognizer.window
    line = b""
    end = running_time() + 500
    while running_time() < end:
        line += uart.read(32) or b""
        if line[-1:] != b"\n":
            sleep(1)
            continue
        try:
            if line[:1] == b"?":
                print(list(recognizer.model[4:8]))
                print([recognizer.predict(), recognizer.confidence])
                print(list(recognizer.scores))
                print(list(recognizer.features))
            else:
                numbers = [int(word) for word in str(line, "utf-8").split()]
                place = numbers.pop(0)
                for number in numbers:
                    window[place] = number
                    place += 1
                print(place if numbers else list(window[place : place + 8]))
        except (ValueError, IndexError):
            print("what?")
        line = b""
        end = running_time() + 500
    recognizer.due = 0
