"""The program that a board runs while it is watched, in commands of at most 512 bytes.

For the frames that it sends, see :mod:`microbit_ml.board.watching`.
"""

from __future__ import annotations

from microbit_ml.quantize import WorkLayout
from microbit_ml.quantize.device_file import CHECKSUM, N_LABELS, WINDOW

HEADER = slice(CHECKSUM.start, N_LABELS + 1)
"""The bytes of the board's model that are sent."""

# Only names that the runtime or the recognizer already has: each new one takes some V1 memory.
SEND = r"""
def send(x, *args):
 sum = ord(x)
 for n in args:
  sum = (31 * sum + n) % 8191
 print('\2' + x, *args + (sum,))
"""
DETECT = f"""
def detect(r, n, name, any):
 end = {WorkLayout.WINDOW} + 3 * r.model[{WINDOW}]
 send('s', n, *r.work[end - 3:end])
 if any:
  send('d', n, r.last, r.confidence, *r.work[end:end + r.model[{N_LABELS}]])
 if name:
  send('t', n, r.detected)
"""
# A new sample decreases countdown; after a prediction it is as large as before or larger. With a
# hop of 1 it goes from 1 to 1, as if nothing had happened: so it is set to True, which equals 1 but
# is another object.
WATCH = f"""
def watch(r):
 send('i', *r.model[{HEADER.start}:{HEADER.stop}])
 for n in range(len(r.names)):
  for x in bytes(r.names[n], 'utf-8'):
   send('n', n, x)
 n = missed = 0
 while True:
  last = r.countdown
  if last == 1:
   last = r.countdown = True
  name = r.next()
  if r.countdown is not last:
   detect(r, n, name, r.countdown >= last)
   n = (n + 1) % 10000
  if r.missed > missed:
   missed = r.missed
   send('m', missed)
"""
IMPORT = "from gesture import Recognizer"
MAKE = "r = Recognizer()"
# V1's memory gets fragmented, and a large model needs large free blocks: where one order of the
# commands leaves too small a block, another may not. The last command is short enough for V1's
# receiver, and no other Python follows it.
PROGRAMS = (
    (WATCH, SEND, DETECT, IMPORT, "watch(Recognizer())"),
    (DETECT, SEND, WATCH, IMPORT, "watch(Recognizer())"),
    (SEND, WATCH, DETECT, IMPORT, "watch(Recognizer())"),
    (IMPORT, MAKE, WATCH, DETECT, SEND, "watch(r)"),
)
