"""One small random CLIP for every test that only needs some model."""

import pytest
from formula_models import CONFIGS, random_state, write_model
from PIL import Image


@pytest.fixture(scope="session")
def clip_files(tmp_path_factory):
    """(configuration, checkpoint) of a random CLIP."""
    from captionlint.core.clip.loading import build_model

    folder = tmp_path_factory.mktemp("clip")
    return write_model(folder, "clip", CONFIGS["clip"], random_state(build_model(CONFIGS["clip"], name="clip")))


@pytest.fixture(scope="session")
def scorer(clip_files):
    from captionlint.core.clip.scorer import Scorer

    return Scorer.from_files(*clip_files)


@pytest.fixture
def photo(tmp_path):
    """A picture's file."""
    path = tmp_path / "photo.png"
    Image.linear_gradient("L").convert("RGB").save(path)
    return path
