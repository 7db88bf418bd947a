"""``python -m microbit_ml`` is ``microbit-ml``."""

import sys

from microbit_ml.cli import main

sys.exit(main())
