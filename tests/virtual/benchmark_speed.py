"""The speed of the virtual boards here. By hand: python tests/virtual/benchmark_speed.py

For each board and program: virtual seconds per second of real time (the best of several short
runs, because other programs disturb), and the real seconds from making a board to its prompt.
"""

import time

from microbit_ml.image import build_hex
from microbit_ml.image.stock import text_of
from microbit_ml.virtual import VirtualBoard

RUNS, VIRTUAL_S = 8, 0.25
WARM_UP_S = 0.8  # boot, and the first translation of the program's code
PROGRAMS = {
    "counts": "x = 0\nwhile True:\n    x += 1\n",
    "floats and lists": (
        "import math\nx = 0.5\nwhile True:\n    x = math.sin(x) + 1\n    [i for i in range(30)]\n"
    ),
    "reads sensors": (
        "from microbit import *\nwhile True:\n"
        "    accelerometer.get_x()\n    button_a.is_pressed()\n"
    ),
    "sleeps": "from microbit import *\nwhile True:\n    sleep(20)\n    accelerometer.get_x()\n",
    "sends by radio": "import radio\nradio.on()\nwhile True:\n    radio.send('hello')\n",
}


def boot_s(kind: str) -> float:
    """Real seconds from power-on to the prompt."""
    began = time.perf_counter()
    with VirtualBoard(kind, text_of()) as board:
        if not board.run_until(">>> ", 3):
            raise SystemExit(f"{kind} did not reach its prompt: {board.serial!r}")
    return time.perf_counter() - began


def speed(kind: str, program: str) -> float:
    """Virtual seconds per real second."""
    with VirtualBoard(kind, build_hex({kind: {"main.py": program.encode()}})) as board:
        board.run(WARM_UP_S)
        real_s = []
        for _ in range(RUNS):
            began = time.perf_counter()
            board.run(VIRTUAL_S)
            real_s.append(time.perf_counter() - began)
    return VIRTUAL_S / min(real_s)


def main() -> None:
    print(f"{'board':6}{'program':20}{'virtual s per real s':>22}")
    for kind in ("v1", "v2"):
        for name, program in PROGRAMS.items():
            print(f"{kind:6}{name:20}{speed(kind, program):22.2f}", flush=True)
    for kind in ("v1", "v2"):
        print(
            f"{kind:6}boot to prompt: {min(boot_s(kind) for _ in range(RUNS)):.2f} s of real time"
        )


if __name__ == "__main__":
    main()
