"""A log that is printed and kept, and commands whose failure ends the test."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ROOT: Final = Path(__file__).resolve().parent.parent.parent
WORK: Final = ROOT / "build" / "package-test"
DIST: Final = ROOT / "dist"


class Failed(Exception):
    """A promise was not kept; says which."""


class Log:
    """Writes to build/package-test/NAME.log and to the terminal."""

    def __init__(self, name: str) -> None:
        WORK.mkdir(parents=True, exist_ok=True)
        self._file = (WORK / f"{name}.log").open("w", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def say(self, line: str) -> None:
        """A line for whoever watches."""
        for out in (None, self._file):
            print(line, file=out, flush=True)

    def run(self, *command: str | Path, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
        """What a command printed on stdout; its time and what it said go into the log. Raises `Failed`."""
        words = list(map(str, command))
        began = time.perf_counter()
        ran = subprocess.run(words, check=False, capture_output=True, text=True, env=environment, cwd=cwd)
        self._file.write(f"$ {' '.join(words)}  [{time.perf_counter() - began:.2f} s, {ran.returncode}]\n")
        self._file.write("".join(f"    {line}\n" for line in (ran.stdout + ran.stderr).splitlines()[-60:]))
        self._file.flush()
        if ran.returncode:
            last = (ran.stderr or ran.stdout).strip().splitlines()[-1:] or ["nothing said"]
            raise Failed(f"{' '.join(words[-6:])} ended with {ran.returncode}: {last[0]}")
        return ran.stdout

    @contextmanager
    def timed(self, what: str, *, limit: float | None = None) -> Iterator[None]:
        """Says how long something took beside what was asked; a busy machine may be slower, so it only says so."""
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        asked = "" if limit is None else f" (asked: {limit:g} s at most{'' if took <= limit else '; MISSED'})"
        self.say(f"  {what}: {took:.2f} s{asked}")


def expect(true: bool, otherwise: str) -> None:
    """Raises `Failed` with this sentence unless it holds."""
    if not true:
        raise Failed(otherwise)


def newest(patterns: Sequence[str]) -> Path:
    """The newest file in dist/ of these patterns."""
    found = [path for pattern in patterns for path in DIST.glob(pattern)]
    if not found:
        raise Failed(f"There is no {' or '.join(patterns)} in {DIST}: run `make package` first.")
    return max(found, key=lambda path: path.stat().st_mtime)
