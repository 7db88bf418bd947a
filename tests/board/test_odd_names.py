"""Files with odd names on a virtual board: they stay there, and the others are fetched."""

import numpy as np
import pytest
from tiers import tiers

from microbit_ml.board.away import LAUNCH, header
from microbit_ml.deploy.collect.away import fetch_recordings
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.keeping import Keeper
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

MINE = b"print('my own program')\n"
ODD = ("ü.rec", "it's.rec", "\x1b[2J.rec", "a\\.rec", "x" * 70 + ".rec")


@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_odd_names_do_not_block_the_others(kind, tmp_path):
    content = header("tap", "Ann") + np.arange(30, dtype="<i2").tobytes()
    program = f"{LAUNCH}50, {header('tap', 'Ann')!r})\n".encode()
    files = {"main.py": program, "main.py.away": MINE, "0001.rec": content}
    files |= dict.fromkeys(ODD, content)
    with VirtualBoard(kind, files) as board:
        board.run(1)
        share_board("odd", board)
        try:
            fetched = fetch_recordings(f"virtual://{kind}?name=odd", Keeper(tmp_path / "data"))
        finally:
            unshare_board("odd")
        reasons = [one.reason for one in fetched if one.stays]
        assert len(reasons) == len(ODD)
        assert all("was left there" in reason for reason in reasons)
        assert not any("other programs" in reason for reason in reasons)
        assert len(Dataset.load(tmp_path / "data")) == 1
        assert board.files == {"main.py": MINE} | dict.fromkeys(ODD, content)
