"""Man page, completions, icons, desktop entry and AppStream file."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from package import PACKAGE_PATH
from PIL import Image

PACKAGING = Path(__file__).parent.parent.parent / "packaging"


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manual")
    command = [sys.executable, str(PACKAGING / "manual.py"), str(folder), "2026-01-01"]
    subprocess.run(
        command,
        check=True,
        cwd=PACKAGING.parent,
        env={"PYTHONPATH": PACKAGE_PATH, "PATH": "/usr/bin:/bin"},
        timeout=300,
    )
    return folder


def test_the_man_page_names_every_command_and_option(manual):
    text = (manual / "captionlint.1").read_text(encoding="utf-8").replace("\\-", "-")
    for command in ("score", "import", "prelabel", "doctor", "label-studio serve"):
        assert f".SS captionlint {command}" in text
    assert "\\fB--epsilon\\fR" in text
    assert "mean|sum|min" in text
    assert "How many scenes. [default: 64]" in text
    assert "captionlint, captionlint-desktop - find" in text


def test_the_man_page_is_sound_roff(manual):
    if not shutil.which("man"):
        pytest.skip("there is no man here")
    command = ["man", "--warnings", "-l", str(manual / "captionlint.1")]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        timeout=300,
    )
    assert ran.stderr == ""
    assert "EXIT STATUS" in ran.stdout


def test_completions_for_three_shells(manual):
    assert "_CAPTIONLINT_COMPLETE=complete_bash" in (manual / "captionlint.bash").read_text()
    assert (manual / "_captionlint").read_text().startswith("#compdef captionlint")
    assert "complete --command captionlint" in (manual / "captionlint.fish").read_text()
    subprocess.run(["bash", "-n", str(manual / "captionlint.bash")], check=True, timeout=300)


def test_icons_are_drawn(tmp_path):
    command = [sys.executable, str(PACKAGING / "icons.py"), str(tmp_path)]
    subprocess.run(command, check=True, env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin"}, timeout=300)
    with Image.open(tmp_path / "64.png") as icon:
        assert icon.size == (64, 64)
        assert icon.getpixel((0, 0))[3] == 0
        assert len(icon.getcolors(4096)) > 20
    with Image.open(tmp_path / "captionlint.ico") as windows:
        assert (256, 256) in windows.info["sizes"]


def test_the_desktop_entry():
    path = PACKAGING / "linux" / "captionlint.desktop"
    assert "Exec=captionlint-desktop %f" in path.read_text(encoding="utf-8")
    if shutil.which("desktop-file-validate"):
        assert (
            subprocess.run(["desktop-file-validate", path], capture_output=True, check=True, timeout=300).stdout == b""
        )


def test_the_appstream_file(tmp_path):
    text = (PACKAGING / "linux" / "org.captionlint.Captionlint.metainfo.xml").read_text(encoding="utf-8")
    path = tmp_path / "org.captionlint.Captionlint.metainfo.xml"
    path.write_text(text.replace("@VERSION@", "1.2.3").replace("@DATE@", "2026-01-01"), encoding="utf-8")
    assert ET.parse(path).getroot().findtext("launchable") == "captionlint.desktop"
    if shutil.which("appstreamcli"):
        subprocess.run(["appstreamcli", "validate", "--no-net", path], check=True, capture_output=True, timeout=300)
