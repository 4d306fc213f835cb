"""Scores a benchmark's captions, keeps each result in a file at once, and goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from captionlint.core.benchmarks.cases import Case, picture
from captionlint.core.benchmarks.with_model import Outcome
from captionlint.core.errors import FormatError
from captionlint.core.formats.files.json_text import compact
from captionlint.core.prediction import Failure, Prediction, WordScore
from captionlint.core.regular_files import kind_of


class Scores(Protocol):
    """What a run needs of a scorer; `core.clip.scorer.Scorer` is one."""

    version: str

    def stream(self, pairs: Any, *, batch_size: int) -> Iterator[Prediction | Failure]:
        """One result a pair of picture and caption, in order."""


def run(
    scorer: Scores,
    cases: Sequence[Case],
    *,
    pictures: Path,
    out: Path,
    batch_size: int = 32,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> list[Outcome]:
    """Outcomes of all cases whose picture is in the folder `pictures` and can be scored.

    `out` has a line of JSON a caption, with every word's attribution. Lines that are there by this scorer version
    are not scored again; the file of another is refused.

    Raises:
        FormatError: `out` is another scorer's, or no such file.
    """
    known = _read(out, scorer.version)
    todo = [(c, p) for c in cases if c.id not in known and (p := picture(pictures, c.image)) is not None]
    with out.open("a", encoding="utf-8") as file:
        results = scorer.stream(((p, c.caption) for c, p in todo), batch_size=batch_size)
        for done, ((case, _), result) in enumerate(zip(todo, results, strict=True), 1):
            if isinstance(result, Prediction):
                known[case.id] = result
                file.write(compact(_line(case, result)) + "\n")
                file.flush()
            on_progress(done)
    fitting = ((c, known[c.id]) for c in cases if c.id in known and known[c.id].caption == c.caption)
    return [Outcome(case, prediction) for case, prediction in fitting]


def _line(case: Case, prediction: Prediction) -> dict[str, Any]:
    words = [
        {"text": w.text, "start": w.start, "end": w.end, "score": w.score, "wrong": wrong}
        for w, wrong in zip(prediction.words, case.wrong or [None] * len(prediction.words), strict=True)
    ]
    return {
        "id": case.id,
        "scorer_version": prediction.scorer_version,
        "image": case.image,
        "caption": case.caption,
        "foil": case.foil,
        "cosine": prediction.cosine,
        "words": words,
    }


def _read(out: Path, version: str) -> dict[str, Prediction]:
    found: dict[str, Prediction] = {}
    if not out.exists():
        return found
    if not out.is_file():
        raise FormatError(f"{out} is {kind_of(out.stat().st_mode)}, not a file: give another --out.")
    lines = out.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            words = tuple(WordScore(w["text"], w["start"], w["end"], w["score"]) for w in row["words"])
            prediction = Prediction(row["scorer_version"], row["caption"], row["cosine"], words)
        except (ValueError, KeyError, TypeError):
            if number == len(lines) and not line.endswith("\n"):
                out.write_text("".join(lines[:-1]), encoding="utf-8")  # a run was killed while it wrote
                break
            raise FormatError(f"{out}, line {number}, is not a result of this command: give another --out.") from None
        if prediction.scorer_version != version:
            raise FormatError(f"{out} holds results of {prediction.scorer_version}: give another --out.")
        found[row["id"]] = prediction
    return found
