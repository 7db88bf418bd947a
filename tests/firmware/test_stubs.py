"""gesture.pyi, which tells editors what gesture.py offers: nothing more, and no less."""

import ast
from pathlib import Path

FIRMWARE = Path(__file__).parents[2] / "firmware"
NOT_FOR_PUPILS = {  # what the recognizer keeps for itself, and the arrays that it works on
    "due", "last", "evidence", "detected", "away", "countdown", "model", "work",
    "predict", "debounce",
}  # fmt: skip


def members(path):
    tree = ast.parse((FIRMWARE / path).read_text(encoding="utf-8"))
    (recognizer,) = (
        one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == "Recognizer"
    )
    names = {one.name for one in recognizer.body if isinstance(one, ast.FunctionDef)}
    for node in ast.walk(recognizer):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                    names.add(target.attr)
                elif target in [
                    t for b in recognizer.body
                    for t in (getattr(b, "targets", None) or [getattr(b, "target", None)])
                ]:  # fmt: skip
                    names.add(target.id)
    return names


def test_the_stubs_have_what_a_program_may_use():
    assert members("gesture.pyi") == members("recognizer.py") - NOT_FOR_PUPILS
