"""The demo, really: two virtual boards, nine movements each."""

import re

from microbit_ml.cli import main


def test_the_demo_recognises_and_agrees(capsys):
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    for stage in ("1 Data", "2 Model", "3 Training", "4 Validation", "5 Deployment"):
        assert stage in out
    rows = re.findall(r"^(\w+) +(\w+) +(\w+) +(\w+) +(yes|NO)$", out, re.MULTILINE)
    assert len(rows) == 9
    assert {row[4] for row in rows} == {"yes"}  # the integers agree, bit for bit
    for column in (1, 2, 3):
        assert sum(row[0] == row[column] for row in rows) >= 7
    assert "18 of 18 windows" in " ".join(out.split())
    lines = out.splitlines()
    for board in ("V1", "V2"):
        top = lines.index(f"{board} shows the first letter of what it recognises:") + 2
        picture = lines[top : top + 5]
        assert sum(line.count("9") for line in picture) > 40  # letters are drawn
    assert max(map(len, lines)) <= 80
