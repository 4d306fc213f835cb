"""What the Linux packages lay out, from a bundle of one program."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parent.parent.parent / "packaging"
CODE = """
import os, sys
from pathlib import Path
import linux_package
os.umask(0o077)
work = Path(sys.argv[1])
for folder in ("bundle", "made/icons", "made/licences", "made/manual"):
    (work / folder).mkdir(parents=True)
(work / "bundle/captionlint").write_bytes(b"program")
(work / "bundle/captionlint").chmod(0o700)
(work / "made/icons/64.png").touch()
for name in ("captionlint.bash", "_captionlint", "captionlint.fish", "captionlint.1"):
    (work / "made/manual" / name).touch()
linux_package.write_tree(work / "bundle", work / "root", made=work / "made", version="1.2.3", date="2026-01-01")
if sys.argv[2:]:
    linux_package.write_deb(work / "root", work, version="1.2.3")
"""


def built(folder, *more):
    """The tree, made under a umask that keeps everyone else out."""
    command = [sys.executable, "-c", CODE, str(folder), *more]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(PACKAGING)}, timeout=300)
    return folder / "root"


def test_everyone_may_read_what_was_built_under_a_strict_umask(tmp_path):
    for path in (root := built(tmp_path)).rglob("*"):
        runs = path.is_dir() or path == root / "opt/captionlint/captionlint"
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) == (0o755 if runs else 0o644), path
    metainfo = root / "usr/share/metainfo/org.captionlint.Captionlint.metainfo.xml"
    assert '<release version="1.2.3" date="2026-01-01"/>' in metainfo.read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb")
def test_the_package_says_what_it_is_and_belongs_to_root(tmp_path):
    built(tmp_path, "deb")
    (package,) = tmp_path.glob("captionlint_1.2.3_*.deb")
    said = subprocess.run(
        ["dpkg-deb", "--info", package], capture_output=True, text=True, check=True, timeout=300
    ).stdout
    assert " Package: captionlint\n Version: 1.2.3\n" in said
    listed = subprocess.run(
        ["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True, timeout=300
    ).stdout
    assert "/usr/bin/captionlint -> /opt/captionlint/captionlint" in listed
    assert {line.split()[1] for line in listed.splitlines()} == {"root/root"}
