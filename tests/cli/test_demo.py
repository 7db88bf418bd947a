"""The demo, really: two virtual boards, with two movements or all nine."""

import re

import pytest
from tiers import tiers

from microbit_ml.cli import demo, main


@pytest.mark.parametrize("n_movements", tiers([2], slow=[9]))
def test_the_demo_recognises_and_agrees(capsys, monkeypatch, n_movements):
    one_of_each = demo._one_of_each
    monkeypatch.setattr(demo, "_one_of_each", lambda *args: one_of_each(*args)[:n_movements])
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    for stage in ("1 Data", "2 Model", "3 Training", "4 Validation", "5 Deployment"):
        assert stage in out
    rows = re.findall(r"^(\w+) +(\w+) +(\w+) +(\w+) +(yes|NO)$", out, re.MULTILINE)
    assert len(rows) == n_movements
    assert {row[4] for row in rows} == {"yes"}  # the integers agree, bit for bit
    for column in (1, 2, 3):
        assert sum(row[0] == row[column] for row in rows) >= n_movements - n_movements // 4
    assert f"{2 * n_movements} of {2 * n_movements} windows" in " ".join(out.split())
    lines = out.splitlines()
    for board in ("V1", "V2"):
        top = lines.index(f"{board} shows the first letter of what it recognises:") + 2
        picture = lines[top : top + 5]
        # letters are drawn
        assert sum(line.count("9") for line in picture) > 4 * n_movements
    assert max(map(len, lines)) <= 80
