"""What runs when: the default tests, the slow and the full ones, and the smoke tests."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]


def text_of(name):
    """A file of the checkout; the test is skipped where an sdist leaves it out."""
    if not (TOP / name).exists():
        pytest.skip(f"no {name} here")
    return (TOP / name).read_text("utf-8")


def test_the_default_leaves_out_what_is_slow_or_full():
    assert "-m 'not slow and not full'" in text_of("pyproject.toml")


@pytest.mark.parametrize("tier", ["slow", "full"])
def test_the_readme_names_the_command_of_each_tier(tier):
    assert f"`.venv/bin/python -m pytest -m {tier} -n auto`" in text_of("README.md")


def test_ci_runs_the_slow_tests_after_the_readmes_command():
    ci = text_of(".ci/run")
    assert ci.index('-c "$command"') < ci.index(".venv/bin/python -m pytest -m slow -n auto")


def test_the_smoke_tests_are_there():
    paths = re.findall(r"tests/\S+", text_of(".pre-commit-config.yaml"))
    assert len(paths) > 5
    assert [path for path in paths if not (TOP / path).exists()] == []
