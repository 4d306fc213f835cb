"""The start guard, in installations that were really overwritten."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core import guard

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def site(tmp_path):
    """A folder such as site-packages with our five packages in it."""
    for package in guard.PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / "site" / package, ignore=shutil.ignore_patterns("__pycache__", "*.safetensors")
        )
    return tmp_path / "site"


def start(site, *arguments, before=()):
    """The command in a process of its own, on these packages only."""
    path = [str(p) for p in (*before, site)]
    code = (
        f"import sys; sys.path[:0] = {path}; sys.argv[1:] = {list(arguments)}; from cli.captionlint import run; run()"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        cwd=site.parent,
        check=False,
        timeout=300,
    )


def test_our_own_packages_pass():
    assert guard.overwritten() is None


def test_a_whole_installation_starts(site):
    ran = start(site, "--version")
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("package", guard.PACKAGES)
def test_an_overwritten_package_is_named_in_one_line(site, package):
    (site / package / "__init__.py").write_text('"""Somebody else\'s."""\n')
    ran = start(site, "--help")
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert f"'{package}'" in ran.stderr
    assert "environment of its own" in ran.stderr


def test_the_way_out_installs_from_where_this_one_came_with_its_window(site):
    noted = site / "captionlint-0.1.0.dist-info"
    noted.mkdir()
    (noted / "METADATA").write_text("Metadata-Version: 2.4\nName: captionlint\nVersion: 0.1.0\n")
    (noted / "direct_url.json").write_text('{"url": "file:///home/ana/captionlint", "dir_info": {}}')
    (site / "core" / "__init__.py").write_text("")
    command = "uv tool install --force 'captionlint[desktop] @ file:///home/ana/captionlint'"
    assert command in start(site, "--help").stderr.replace('"', "'")
    (site / "core" / "extras.py").write_text("import no_such_package_of_theirs\n")
    assert "uv tool install --force 'captionlint[desktop]'" in start(site, "--help").stderr


@pytest.mark.parametrize("package", ["db", "desktop"])
def test_files_that_an_uninstall_took_along_are_noticed(site, package):
    (site / package / "__init__.py").unlink()
    ran = start(site, "--help")
    assert ran.returncode == 1
    assert f"'{package}'" in ran.stderr


def test_a_package_from_elsewhere_is_named_with_its_place(site, tmp_path):
    (tmp_path / "other" / "db").mkdir(parents=True)
    (tmp_path / "other" / "db" / "__init__.py").write_text("")
    ran = start(site, "--help", before=[tmp_path / "other"])
    assert ran.returncode == 1
    assert str(tmp_path / "other" / "db") in ran.stderr


def test_an_overwritten_command_line_is_noticed_too(site):
    (site / "cli" / "main.py").write_text("import click\n")
    ran = start(site, "--help")
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert "'cli'" in ran.stderr


def test_a_core_that_cannot_even_be_imported_is_noticed(site):
    (site / "core" / "__init__.py").write_text("import no_such_package_of_theirs\n")
    ran = start(site, "--help")
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert "'core'" in ran.stderr
