"""Changelog fragments become a section."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
spec = importlib.util.spec_from_file_location("changelog", ROOT / "packaging" / "changelog.py")
changelog = importlib.util.module_from_spec(spec)
spec.loader.exec_module(changelog)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "changelog.d" / "README.md").write_text("How.")
    (tmp_path / "changelog.d" / "7.fixed.md").write_text("The sun\nshines again.\n")
    (tmp_path / "changelog.d" / "moon.added.md").write_text("A moon.")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0 (2026-01-01)\n\n- First.\n")
    return tmp_path


def test_a_release_gathers_the_fragments(project):
    said = changelog.main(["0.2.0", "2026-02-02"], project)
    assert "2 fragments" in said
    assert (project / "CHANGELOG.md").read_text() == (
        "# Changelog\n\n## 0.2.0 (2026-02-02)\n\n### Added\n\n- A moon.\n\n### Fixed\n\n- The sun shines again.\n"
        "\n## 0.1.0 (2026-01-01)\n\n- First.\n"
    )
    assert [p.name for p in (project / "changelog.d").iterdir()] == ["README.md"]


def test_a_section_that_waits_for_its_release_is_completed(project):
    (project / "CHANGELOG.md").write_text(
        "# Changelog\n\n## 0.2.0 (unreleased)\n\n- Early.\n\n## 0.1.0 (x)\n\n- First.\n"
    )
    changelog.main(["0.2.0", "2026-02-02"], project)
    text = (project / "CHANGELOG.md").read_text()
    assert text.startswith("# Changelog\n\n## 0.2.0 (2026-02-02)\n\n- Early.\n\n### Added\n\n- A moon.\n")
    assert text.endswith("- The sun shines again.\n\n## 0.1.0 (x)\n\n- First.\n")


def test_a_section_that_waits_needs_no_fragments(project):
    for path in (project / "changelog.d").iterdir():
        path.unlink()
    waiting = "# Changelog\n\n## 0.1.0 (unreleased)\n\n- First.\n"
    (project / "CHANGELOG.md").write_text(waiting)
    with pytest.raises(SystemExit, match=r"nothing in changelog\.d"):
        changelog.main(["0.2.0"], project)
    changelog.main(["0.1.0", "2026-02-02"], project)
    assert (project / "CHANGELOG.md").read_text() == waiting.replace("unreleased", "2026-02-02")


def test_notes_change_nothing(project):
    assert "- A moon." in changelog.main(["--notes"], project)
    assert len(list((project / "changelog.d").iterdir())) == 3


@pytest.mark.parametrize("name", ["7.bug.md", "moon.md"])
def test_a_misnamed_fragment_is_refused_by_name(project, name):
    (project / "changelog.d" / name).write_text("Hello.")
    with pytest.raises(SystemExit, match=name):
        changelog.main(["--notes"], project)


def test_no_version_twice(project):
    with pytest.raises(SystemExit, match=r"0\.1\.0 already"):
        changelog.main(["0.1.0"], project)


def test_our_own_fragments_can_be_read():
    assert changelog.read(ROOT / "changelog.d") is not None
