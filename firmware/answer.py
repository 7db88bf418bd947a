# Answers the laptop's requests, a line each, so that the laptop can check the board's arithmetic.
#   INDEX               prints a list: the index and the next eight numbers of work
#   INDEX NUMBER ...    writes the numbers into work from that index on; prints the next index
#   ?                   predicts; prints the model's checksum as a list
# Each answer begins with a control character, which a gesture's name cannot. The layout of work:
# kernels/entries.py of the kit.
# Sampling pauses meanwhile, and resumes a quarter of a second after the last line. listen() returns
# at once when there is none.
from microbit import running_time, sleep, uart


def listen(recognizer):
    if not uart.any():
        return
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
                index = list(recognizer.model[4:8])
            else:
                words = line.split()
                index = int(words[0])
                if index < 0:
                    raise ValueError
                for i in range(1, len(words)):
                    work[index] = int(words[i])
                    index += 1
                if len(words) == 1:
                    index = [index, work[index]]  # IndexError beyond its end; a slice has none
                    index += list(work[index[0] + 1 : index[0] + 8])
            print("\x01", index)
        except (ValueError, IndexError, OverflowError):
            print("\x01 what?")
        line = b""
        until = running_time() + 250
    recognizer.due = 0
