"""The Debian package: installed in a bare root, used by keyboard, removed without a trace."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from testing.bare_root import USER, Root, bare_root
from testing.steps import WORK, Failed, Log, expect, newest

LARGEST_DEB: Final = 340e6
LARGEST_INSTALLED: Final = 1.15e9
DISPLAY: Final = ":97"
STORE: Final = ".local/share/captionlint/demo/review.db"
"""Where the window puts the demo set."""
_PATIENCE: Final = 120.0


def test(log: Log) -> None:
    package = newest(["captionlint_*.deb"])
    log.say(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB (asked: {LARGEST_DEB / 1e6:.0f} MB at most)")
    expect(package.stat().st_size <= LARGEST_DEB, "The .deb is larger than was asked.")
    for tool in ("debootstrap", "Xvfb", "xdotool", "scrot"):
        expect(shutil.which(tool) is not None, f"{tool} is missing: apt-get install debootstrap xvfb xdotool scrot")
    with bare_root("installed", log) as root:
        before = root.files()
        shutil.copyfile(package, root.path / "tmp" / package.name)
        install(root, f"/tmp/{package.name}", log)
        use_the_command(root, log)
        with screen():
            use_the_window(root, log)
        export(root, log)
        use_the_archive(root, log)
        take_away(root, before, log)


def install(root: Root, path: str, log: Log) -> None:
    wanted = ("apt-get", "-y", "-qq", "install", "--no-install-recommends", path)
    with log.timed("what it depends on, downloaded"):
        root.run(*wanted[:-1], "--download-only", path)
    with log.timed("installed, with what it depends on", limit=30):
        root.run(*wanted)
    size = int(root.run("du", "-sb", "/opt/captionlint").split()[0])
    log.say(f"  installed size: {size / 1e9:.3f} GB (asked: {LARGEST_INSTALLED / 1e9:.2f} GB at most)")
    expect(size <= LARGEST_INSTALLED, "The installed program is larger than was asked.")
    for file in (
        "applications/captionlint.desktop",
        "icons/hicolor/128x128/apps/captionlint.png",
        "man/man1/captionlint.1.gz",
    ):
        expect((root.path / "usr/share" / file).is_file(), f"/usr/share/{file} is missing.")


def use_the_command(root: Root, log: Log) -> None:
    log.say(root.run("captionlint", "--version", user=USER).strip())
    found = json.loads(root.run("captionlint", "doctor", "--json", user=USER))
    log.say(f"  doctor: torch {found['scorer']['torch']}, self-test passed: {found['scorer']['passed']}")
    root.run("captionlint", "demo", "--out", "demo", user=USER)
    root.run("captionlint", "import", "demo/captions.jsonl", "--db", "other.db", user=USER)
    root.run("captionlint", "prelabel", "--db", "other.db", "--model", "demo", user=USER)
    score = ("captionlint", "score", "demo/pictures/scene-000.png", "a red cat", "--model", "demo", "--json")
    best = {}
    for name, command in (("import", ("captionlint", "models", "--all")), ("score", score)) * 2:
        began = time.perf_counter()
        root.run(*command, user=USER)
        best[name] = min(best.get(name, 1e9), time.perf_counter() - began)
    ratio = best["score"] / best["import"]
    log.say(
        f"  first score {best['score']:.2f} s, importing open_clip alone {best['import']:.2f} s: "
        f"{ratio:.2f} times (asked: 1.3 at most{'' if ratio <= 1.3 else '; MISSED'})"
    )


@contextmanager
def screen() -> Iterator[None]:
    """A screen that the window in the root reaches by an abstract socket."""
    command = ["Xvfb", DISPLAY, "-screen", "0", "1440x900x24", "-ac", "-noreset"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: x("getmouselocation") is not None, "the X server did not start")
        yield
    finally:
        server.terminate()
        server.wait()


def use_the_window(root: Root, log: Log) -> None:
    """As somebody without a terminal would: from the welcome screen to two reviews; and once more with a store."""
    with window(root, log, "first start, the welcome screen", "^Captionlint$"):
        x("key", "Return")  # the demo set is the first card: drawn, imported and scored
        with log.timed("the demo set drawn, imported and scored by the window"):
            wait_for(lambda: bool(shown("review.db")), "the demo set was not opened")
            wait_for(lambda: counts(root)["predicted"] == 64, "the demo set was not scored")
        x("windowfocus", "--sync", shown("review.db"))
        review_two(root, log)
    with window(root, log, "second start, a store", "other.db", "other.db"):
        pass


@contextmanager
def window(root: Root, log: Log, which: str, title: str, *arguments: str) -> Iterator[None]:
    """The window from its start to its end, by key; what it printed may hold no traceback."""
    command = root.command("captionlint-desktop", *arguments, user=USER, display=DISPLAY)
    began = time.perf_counter()
    with (WORK / "window.txt").open("w") as said:
        program = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: bool(shown(title)), "no window appeared")
        took = time.perf_counter() - began
        log.say(f"  window, {which}: {took:.2f} s (asked: 1.5 s at most{'' if took <= 1.5 else '; MISSED'})")
        x("windowfocus", "--sync", shown(title))
        yield
        x("key", "ctrl+w")
        expect(ended(program), "the window did not close")
    finally:
        program.kill()
        program.wait()
    text = (WORK / "window.txt").read_text(errors="replace").strip()
    expect("Traceback" not in text, f"The window complained: {text[-300:]}")


def shown(title: str) -> str:
    """The number of the window of this title, once it is to be seen."""
    return (x("search", "--onlyvisible", "--name", title) or "").partition("\n")[0]


def review_two(root: Root, log: Log) -> None:
    """One item accepted, one with a word marked; then a picture of the window is taken."""
    time.sleep(3)
    for number, keys in enumerate((["Return"], ["Right", "space", "2", "Return"]), 1):
        for key in keys:
            x("key", key)
            time.sleep(0.4)
        wait_for(partial(at_least, root, number), f"review {number} was not kept")
    log.say("  two items reviewed by keyboard")
    subprocess.run(["scrot", "--overwrite", str(WORK / "window.png")], check=True, env=with_display())


def at_least(root: Root, wanted: int) -> bool:
    """Whether so many reviews are in the store."""
    return counts(root)["reviewed"] >= wanted


def counts(root: Root) -> dict[str, int]:
    """What is in the demo set's store, asked of it and not of the window."""
    found: dict[str, int] = json.loads(root.run("captionlint", "stats", "--db", STORE, "--json", user=USER))
    return found


def export(root: Root, log: Log) -> None:
    root.run("captionlint", "export", "--db", STORE, "--format", "words", "labels.jsonl", user=USER)
    lines = (root.path / "home" / USER / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    expect(len(lines) == 2, f"{len(lines)} items were exported, not the two reviewed ones.")
    log.say("  exported: 2 items")


def use_the_archive(root: Root, log: Log) -> None:
    """The same for other systems: unpacked into a home, on what the package depends on."""
    archive, home = newest(["captionlint-*.tar.zst"]), root.path / "home" / USER / "unpacked"
    home.mkdir()
    log.run("tar", "--zstd", "--no-same-owner", "-C", home, "-xf", archive, "./opt")
    found = json.loads(root.run("unpacked/opt/captionlint/captionlint", "doctor", "--json", user=USER))
    expect(found["scorer"]["passed"] is True, "The archive's program failed its self-test.")
    log.say(f"{archive.name}: unpacked, self-test passed")
    shutil.rmtree(home)


def take_away(root: Root, before: set[str], log: Log) -> None:
    root.run("apt-get", "-y", "-qq", "purge", "captionlint")
    root.run("apt-get", "-y", "-qq", "autoremove", "--purge")
    left = sorted(root.files() - before)
    expect(not left, f"{len(left)} files were left behind, first {left[:3]}.")
    home = root.path / "home" / USER
    kept = sorted(str(p.relative_to(home)) for p in home.rglob("*") if p.is_file() and "pictures" not in p.parts)
    log.say(f"  removed; left are only the user's own: {', '.join(n for n in kept if not n.startswith('.bash'))}")
    expect(STORE in kept and "labels.jsonl" in kept, "The user's data went away with the package.")


def x(*arguments: str) -> str | None:
    """What xdotool says; None where it fails."""
    ran = subprocess.run(["xdotool", *arguments], check=False, capture_output=True, text=True, env=with_display())
    return ran.stdout if ran.returncode == 0 else None


def with_display() -> dict[str, str]:
    return {"DISPLAY": DISPLAY, "PATH": "/usr/bin:/bin"}


def wait_for(holds: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > until:
            raise Failed(otherwise)
        time.sleep(0.02)


def ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        return False
    return True
