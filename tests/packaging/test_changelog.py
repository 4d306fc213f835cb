"""The changelog: towncrier gathers the fragments of changelog.d, and each of them has a kind that it knows."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
KINDS = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]["fragment"])


def fragments():
    return [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]


def test_each_fragment_has_a_kind_and_a_text():
    assert {"added", "changed", "fixed", "removed"} == KINDS
    wrong = [p.name for p in fragments() if p.suffixes[-2:] not in [[f".{k}", ".md"] for k in KINDS]]
    assert wrong == []
    assert [p.name for p in fragments() if not p.read_text(encoding="utf-8").strip()] == []


def test_towncrier_writes_the_fragments_into_a_section(tmp_path):
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "changelog.d", tmp_path / "changelog.d")
    (tmp_path / "changelog.d" / "moon.added.md").write_text("A moon.")
    command = [sys.executable, "-m", "towncrier", "build", "--version", "9.9.9", "--date", "2026-02-02", "--yes"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    text = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 9.9.9 (2026-02-02)\n\n### Added\n\n- A moon.\n" in text
    assert text.index("## 9.9.9") < text.index("## 0.1.0")
    assert text.count("- ") >= (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").count("- ") + len(fragments())
    assert [p.name for p in (tmp_path / "changelog.d").iterdir()] == ["README.md"]
