"""The licences that go into a bundle: every text of every distribution, none in another's place."""

import subprocess
import sys
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "packaging" / "licences.py"


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    bundle, folder = tmp_path_factory.mktemp("bundle"), tmp_path_factory.mktemp("made") / "licences"
    (bundle / "_internal" / "pillow.libs").mkdir(parents=True)
    (bundle / "_internal" / "pillow.libs" / "libz-b9a71669.so.1.3").touch()
    subprocess.run([sys.executable, str(SCRIPT), str(bundle), str(folder)], check=True, timeout=300)
    return folder


def test_every_distribution_is_named_and_all_but_qt_have_a_text(texts):
    contents = (texts / "CONTENTS.txt").read_text(encoding="utf-8")
    for name in ("torch", "numpy", "open_clip_torch", "PySide6_Essentials", "shiboken6", "SQLAlchemy", "pillow"):
        assert f"\n{name} {distribution(name).version}: " in contents
        if name not in ("PySide6_Essentials", "shiboken6"):
            assert any(path.is_file() for path in (texts / name).rglob("*")), name
    assert "LGPL" in (texts / "LGPL-3.0.txt").read_text(encoding="utf-8") + contents
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in (texts / "Python.txt").read_text(encoding="utf-8")


def test_no_text_takes_the_place_of_another(texts):
    for found in distributions():
        stored = [file for file in found.files or () if ".dist-info/licenses/" in file.as_posix()]
        if (texts / found.name).is_dir():
            kept = [path for path in (texts / found.name).rglob("*") if path.is_file()]
            assert len(kept) >= len([file for file in stored if Path(str(found.locate_file(file))).is_file()])


@pytest.mark.skipif(not Path("/usr/share/doc/zlib1g/copyright").is_file(), reason="needs Debian's package of zlib")
def test_a_library_that_a_wheel_brought_along_has_its_text(texts):
    assert (texts / "debian" / "zlib1g").is_file()
