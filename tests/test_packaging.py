"""The board's programs are found however the kit is installed."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from microbit_ml.common import firmware_files
from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.errors import FileMissingError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TOP = Path(__file__).resolve().parents[1]
TARGETS = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"][
    "targets"
]


def files_below(folder):
    """Paths of all files below a folder, except for Python's caches."""
    files = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in files)
    return sorted(name for name in names if "__pycache__" not in name)


FIRMWARE = files_below(TOP / "firmware")
ASK = "from microbit_ml.common.firmware_files import firmware_folder as f; print(f())"


def python(*arguments, executable=sys.executable, cwd=None):
    """Run Python in a separate process and return its output."""
    done = subprocess.run(
        [executable, *map(str, arguments)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(environment, wheel):
    """Install a wheel into a new virtual environment that also sees the packages of this one.

    Returns its interpreter. A line in a .pth file appends a folder to the path, so the kit comes
    from the new environment and NumPy from this one.
    """
    python("-m", "venv", "--without-pip", environment)
    windows = sys.platform == "win32"
    executable = environment / ("Scripts/python.exe" if windows else "bin/python")
    python("-m", "pip", "--python", executable, "install", "-q", "--no-deps", "--no-index", wheel)
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(python("-c", query, executable=executable).strip())
    (packages / "zz-tests.pth").write_text(python("-c", query), encoding="utf-8")
    return executable


def editable_wheel(source, out):
    """The wheel that ``pip install -e`` builds and installs."""
    build = "import sys; from hatchling.build import build_editable; build_editable(sys.argv[1])"
    python("-c", build, out, cwd=source)
    (wheel,) = out.glob("*.whl")
    return wheel


def assert_firmware_found_by(executable, below, tmp_path):
    """Assert that Python finds every file of the firmware in the folder ``below``."""
    folder = Path(python("-I", "-c", ASK, executable=executable, cwd=tmp_path).strip())
    assert folder.is_relative_to(below)
    assert set(files_below(folder)) >= set(FIRMWARE)
    for name in FIRMWARE:
        assert (folder / name).read_bytes() == (TOP / "firmware" / name).read_bytes()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist, and the wheel that ``python -m build`` makes from it."""
    out = tmp_path_factory.mktemp("dist")
    python("-m", "build", "--no-isolation", "--outdir", out, TOP)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return sdist, wheel


def test_every_firmware_file_is_listed_and_nothing_else():
    wheel = TARGETS["wheel"]["force-include"]
    assert sorted(wheel) == [f"firmware/{name}" for name in FIRMWARE]
    assert wheel == {path: f"microbit_ml/{path}" for path in wheel}
    sdist = [path for path in TARGETS["sdist"]["include"] if path.startswith("/firmware")]
    assert sorted(sdist) == [f"/firmware/{name}" for name in FIRMWARE]


def test_wheel_holds_the_firmware_and_no_tests(built):
    _, wheel = built
    names = zipfile.ZipFile(wheel).namelist()
    shipped = [name for name in names if name.startswith("microbit_ml/firmware/")]
    assert sorted(shipped) == [f"microbit_ml/firmware/{name}" for name in FIRMWARE]
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"microbit_ml"}


def test_wheel_holds_every_file_of_every_lesson(built):
    _, wheel = built
    lessons = TOP / "host" / "microbit_ml" / "lessons"
    names = {f"microbit_ml/lessons/{name}" for name in files_below(lessons)}
    assert len([name for name in names if name.endswith("/maths.py")]) == 10
    assert names <= set(zipfile.ZipFile(wheel).namelist())


def test_wheel_from_the_checkout_is_the_wheel_from_the_sdist(built, tmp_path):
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, TOP)
    (direct,) = tmp_path.glob("*.whl")
    _, from_sdist = built
    contents = [
        {name: file.read(name) for name in file.namelist() if not name.endswith("RECORD")}
        for file in (zipfile.ZipFile(direct), zipfile.ZipFile(from_sdist))
    ]
    assert contents[0] == contents[1]


def test_installed_wheel(built, tmp_path):
    _, wheel = built
    executable = install(tmp_path / "env", wheel)
    assert_firmware_found_by(executable, tmp_path / "env", tmp_path)
    output = python("-I", "-m", "microbit_ml", "--version", executable=executable, cwd=tmp_path)
    assert output == f"microbit-ml {wheel.name.split('-')[1]}\n"


@pytest.mark.slow
def test_unpacked_sdist_and_editable_install_of_it(built, tmp_path):
    sdist, _ = built
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, **({"filter": "data"} if sys.version_info >= (3, 12) else {}))
    (source,) = tmp_path.glob("microbit_ml-*")
    assert Path(python("-c", ASK, cwd=source / "host").strip()) == source / "firmware"
    executable = install(tmp_path / "env", editable_wheel(source, tmp_path))
    assert_firmware_found_by(executable, source, tmp_path)


def test_editable_install_of_the_checkout(tmp_path):
    executable = install(tmp_path / "env", editable_wheel(TOP, tmp_path))
    assert_firmware_found_by(executable, TOP, tmp_path)


def test_the_firmware_folder_of_the_checkout():
    assert set(files_below(firmware_folder())) >= set(FIRMWARE)


def test_absent_firmware_is_explained(monkeypatch, tmp_path):
    folders = (tmp_path / "one", tmp_path / "two")
    monkeypatch.setattr(firmware_files, "_FOLDERS", folders)
    with pytest.raises(FileMissingError, match="Install microbit-ml again") as raised:
        firmware_folder()
    assert all(str(folder) in str(raised.value) for folder in folders)
