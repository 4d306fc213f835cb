"""What the window waits for when a caption was edited: the scorer's process, beside one image encode."""

from __future__ import annotations

import os
import time
from pathlib import Path

import open_clip
import torch
from PySide6.QtCore import QCoreApplication
from safetensors.torch import save_file

from captionlint.core.clip.loading import build_model
from captionlint.core.clip.scorer import Scorer
from captionlint.core.images.opening import open_image
from captionlint.db.records import ScorerInfo
from captionlint.desktop.background.scorer_client import Scoring
from captionlint.desktop.background.scorer_process import Score
from tests.bench.desktop_script import Steps, rest, run
from tests.bench.scoring import MODEL, SENTENCE, make_pictures

ROUNDS = 30
THREADS = max(1, (os.cpu_count() or 2) // 2)
"""As many as the scorer's process takes."""


def measure(folder: Path) -> tuple[list[float], list[float]]:
    """Seconds from asking for an edited caption to its scores, and of one image encode, taking turns."""
    checkpoint = folder / "random.safetensors"
    torch.manual_seed(0)
    model = build_model(open_clip.get_model_config(MODEL), name=MODEL)
    save_file(model.state_dict(), checkpoint)
    torch.set_num_threads(THREADS)
    scorer = Scorer.from_pretrained(f"{MODEL}:{checkpoint}")
    picture = make_pictures(folder, 1)[0]
    pixels = scorer.transform(open_image(picture))[None]
    scoring = Scoring(QCoreApplication.instance())
    scoring.use(ScorerInfo("random", dict(scorer.details), scorer.epsilon, True, scorer.spec))
    asked, encoded = [], []

    def encode() -> None:
        started = time.perf_counter()
        scorer.picture_tower.encode(pixels)
        encoded.append(time.perf_counter() - started)

    said: list[tuple[object, str | None, float]] = []

    def take(value: object, error: str | None) -> None:
        said.append((value, error, time.perf_counter()))

    def steps() -> Steps:
        words = SENTENCE.split()[:12]
        for number in range(ROUNDS + 1):
            said.clear()
            caption = " ".join([*words, str(number)])
            started = time.perf_counter()
            scoring.ask(
                Score, lambda *answer: said.append((*answer, time.perf_counter())), image=str(picture), caption=caption
            )
            yield lambda: bool(said)
            if said[0][1]:
                raise RuntimeError(said[0][1])
            if number:  # the first one loads the model and encodes the picture
                asked.append(said[0][2] - started)
            encode()
            yield rest(0.05)

    encode()
    encoded.clear()
    run(steps(), seconds=300)  # the model is written, read and hashed first
    scoring.stop()
    return asked, encoded
