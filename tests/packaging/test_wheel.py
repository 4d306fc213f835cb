"""What the wheel holds: one package with all it needs, and nothing of tests or training."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("core", "db", "cli", "desktop", "ml_backend")
LARGEST = 15_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel):
    with zipfile.ZipFile(wheel) as file:
        return file.namelist()


def test_its_only_top_level_name_is_captionlint(names):
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"captionlint"}
    assert len(tops) == 2


def test_it_is_small(wheel):
    assert wheel.stat().st_size <= LARGEST


def test_all_modules_and_what_they_read_are_in(names):
    for package in FOLDERS:
        tracked = subprocess.run(
            ["git", "ls-files", package], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
        )
        wanted = {line for line in tracked.stdout.splitlines() if not line.endswith(".ts") and (ROOT / line).exists()}
        assert wanted
        assert {f"captionlint/{line}" for line in wanted} <= set(names)
    for needed in (
        "core/demo/demo.safetensors", "core/demo/sprites.png", "core/demo/self_test.json", "core/demo/OFL.txt",
        "db/migrations/env.py", "db/migrations/versions/0001_first.py", "cli/report/report.html.j2",
        "ml_backend/labeling_config.xml", "desktop/translations/captionlint_de.qm",
        "desktop/captionlint.svg", "__init__.py", "py.typed",
    ):  # fmt: skip
        assert f"captionlint/{needed}" in names


def test_licences_are_in(names):
    licences = {name.split("/licenses/")[1] for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "core/demo/OFL.txt"}


def test_tests_training_data_and_sources_of_translations_are_out(names):
    assert not [n for n in names if "test" in n.split("/")[0] or n.endswith((".ts", ".db", ".pyc", ".jsonl"))]


def test_the_command_starts_in_the_package(wheel, names):
    (entry_points,) = (name for name in names if name.endswith("entry_points.txt"))
    with zipfile.ZipFile(wheel) as file:
        assert "captionlint = captionlint.cli.__main__:run" in file.read(entry_points).decode()


def test_the_sdist_can_be_built_from(built):
    (path,) = built.glob("*.tar.gz")
    assert path.stat().st_size <= LARGEST
    with tarfile.open(path) as file:
        inside = {name.partition("/")[2] for name in file.getnames()}
    assert {"pyproject.toml", "LICENSE", "Makefile", "packaging/build.py", "tests/conftest.py"} <= inside
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    ).stdout
    assert {path for path in tracked.splitlines() if (ROOT / path).exists()} - inside == set()
