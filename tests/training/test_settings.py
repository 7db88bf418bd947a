"""Settings are one table: help, signature and checks are made from it."""

import inspect

import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.training.settings import TABLE, Settings, about, describe, kind_of


def test_the_signature_of_train_names_each_setting_and_its_default():
    parameters = inspect.signature(mb.train).parameters
    for one in TABLE:
        assert parameters[one.name].default == one.default
        assert parameters[one.name].kind is inspect.Parameter.KEYWORD_ONLY
    assert "settings" not in parameters


def test_help_explains_each_setting():
    documentation = inspect.getdoc(mb.train)
    assert documentation is not None
    for one in TABLE:
        assert f"\n    {one.name} " in documentation
    words = " ".join(documentation.split())
    assert all(" ".join(about(one).split()) in words for one in TABLE)
    assert "{settings}" not in documentation


def test_every_line_of_the_table_is_whole():
    for one in TABLE:
        assert one.metadata["meaning"] and f"{one.name} " in describe()
        value = one.default
        assert value is None or isinstance(value, kind_of(one))
        if one.metadata["limits"] and value is not None:
            low, high = one.metadata["limits"]
            assert low <= value <= high


@pytest.mark.parametrize("one", [one for one in TABLE if one.metadata["limits"]])
def test_a_value_beyond_its_limits_is_named(one):
    low, high = one.metadata["limits"]
    for value in (low - 1, high + 1):
        with pytest.raises(DataError, match=rf"{one.name} is {value}, but must be"):
            Settings.of({one.name: value})
    assert getattr(Settings.of({one.name: kind_of(one)(high)}), one.name) == high
