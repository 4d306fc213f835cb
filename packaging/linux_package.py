"""From the bundle's folder to a .deb and a .tar.zst, both with desktop entry, icons, man page and completions."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import subprocess
import tarfile
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
DEPENDS: Final = (
    "libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1",
    "libglib2.0-0 | libglib2.0-0t64", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0",
    "libxcb-xkb1", "libxkbcommon-x11-0", "fonts-dejavu-core | fonts-noto-core",
)  # fmt: skip
_CONTROL: Final = """\
Package: captionlint
Version: {version}
Section: graphics
Priority: optional
Architecture: {architecture}
Installed-Size: {kibibytes}
Depends: {depends}
Maintainer: The Captionlint authors <authors@captionlint.invalid>
Description: find the words of a caption that its picture does not bear out
 Captionlint reads a caption against its picture, marks the words that the
 picture does not bear out, and puts the marks before a person, who accepts or
 corrects them by keyboard. The corrected labels go out in formats that training
 code reads.
 .
 This package brings everything along, a PyTorch for the CPU included.
"""


def write_tree(bundle: Path, root: Path, *, made: Path, version: str, date: str) -> None:
    """Lays out what is installed under `root`; the bundle is moved there. `made` holds icons, texts and licences."""
    shutil.rmtree(root, ignore_errors=True)
    home, share = root / "opt" / "captionlint", root / "usr" / "share"
    home.parent.mkdir(parents=True)
    shutil.move(bundle, home)
    (home / "captionlint-desktop").symlink_to("captionlint")
    shutil.copytree(made / "licences", home / "licences")
    programs = root / "usr" / "bin"
    programs.mkdir(parents=True)
    for name in ("captionlint", "captionlint-desktop"):
        (programs / name).symlink_to(f"/opt/captionlint/{name}")
    put(HERE / "linux" / "captionlint.desktop", share / "applications" / "captionlint.desktop")
    metainfo = HERE / "linux" / "org.captionlint.Captionlint.metainfo.xml"
    text = metainfo.read_text(encoding="utf-8").replace("@VERSION@", version).replace("@DATE@", date)
    put_text(text, share / "metainfo" / metainfo.name)
    icons = share / "icons" / "hicolor"
    for picture in (made / "icons").glob("*.png"):
        put(picture, icons / f"{picture.stem}x{picture.stem}" / "apps" / "captionlint.png")
    put(HERE.parent / "desktop" / "captionlint.svg", icons / "scalable" / "apps" / "captionlint.svg")
    put(made / "manual" / "captionlint.bash", share / "bash-completion" / "completions" / "captionlint")
    put(made / "manual" / "_captionlint", share / "zsh" / "vendor-completions" / "_captionlint")
    put(made / "manual" / "captionlint.fish", share / "fish" / "vendor_completions.d" / "captionlint.fish")
    put_packed(made / "manual" / "captionlint.1", share / "man" / "man1" / "captionlint.1.gz")
    (share / "man" / "man1" / "captionlint-desktop.1.gz").symlink_to("captionlint.1.gz")
    put_text(copyright_text(), share / "doc" / "captionlint" / "copyright")
    put_packed(HERE.parent / "CHANGELOG.md", share / "doc" / "captionlint" / "changelog.gz")
    open_to_all(root)


def open_to_all(root: Path) -> None:
    """Everyone may read, whatever umask built it; what its builder may run, everyone may."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def write_deb(root: Path, folder: Path, *, version: str) -> None:
    """The Debian package of a tree, under the name that Debian gives such files."""
    used = sum(p.lstat().st_size for p in root.rglob("*") if not p.is_dir())
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    target = folder / f"captionlint_{version}_{architecture}.deb"
    depends = (f"libc6 (>= {needed_glibc(root)})", *DEPENDS)
    control = root / "DEBIAN" / "control"
    control.parent.mkdir()
    control.parent.chmod(0o755)  # dpkg-deb refuses any other
    control.write_text(
        _CONTROL.format(
            version=version, architecture=architecture, kibibytes=-(-used // 1024), depends=", ".join(depends)
        ),
        encoding="utf-8",
    )
    (control.parent / "md5sums").write_text(md5sums(root), encoding="utf-8")
    for written in control.parent.iterdir():
        written.chmod(0o644)
    pack = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z10", "--threads-max=0", "--build"]
    if subprocess.run([*pack, str(root), str(target)], check=False, stdout=subprocess.DEVNULL).returncode:
        pack.remove("--threads-max=0")  # dpkg before 1.21.9
        subprocess.run([*pack, str(root), str(target)], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(control.parent)


def md5sums(root: Path) -> str:
    """What `dpkg --verify` compares the installed files with."""
    lines = []
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        if path.is_file() and not path.is_symlink() and place.parts[0] != "DEBIAN":
            with path.open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'md5').hexdigest()}  {place}\n")
    return "".join(lines)


def needed_glibc(root: Path) -> str:
    """The newest version of the C library that anything in the tree asks for; that of the build machine at most."""
    minor = 34  # what PySide6's wheels ask for
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and (".so" in path.name or path.parent == root / "opt/captionlint"):
            with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
                if content[:4] == b"\x7fELF":
                    minor = max([minor, *(int(found[1]) for found in re.finditer(rb"GLIBC_2\.(\d+)\0", content))])
    return f"2.{minor}"


def write_archive(root: Path, target: Path) -> None:
    """The same for other Linux systems: unpack over / as root, or anywhere and run opt/captionlint/captionlint."""
    plain = target.with_suffix("")
    with tarfile.open(plain, "w") as tar:
        tar.add(root, arcname=".", filter=_owned_by_root)
    subprocess.run(["zstd", "-q", "-10", "-T0", "--rm", "-f", str(plain), "-o", str(target)], check=True)


def _owned_by_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def copyright_text() -> str:
    return (
        "Captionlint: Copyright 2026 The Captionlint authors, Apache-2.0; the text is in "
        "/usr/share/common-licenses/Apache-2.0.\n"
        "The licences of everything bundled with it are in /opt/captionlint/licences.\n"
    )


def put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def put_text(text: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def put_packed(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))
