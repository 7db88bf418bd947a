import pytest


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """The pupil's own folder, for progress: never that of whoever runs the tests."""
    folder = tmp_path / "own folder"
    monkeypatch.setenv("MICROBIT_ML_FOLDER", str(folder))
    return folder
