"""Where a stored scorer's model is: kept from the store's folder, found again, and remembered when it has moved."""

import shutil

import pytest
from stores import FakeScorer, rows

from captionlint.core.clip.model_spec import SPEC, ModelSpec
from captionlint.core.errors import StoreError
from captionlint.db.operations import calibration, export, items, scorers, split
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store


def files_in(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("mine.json", "mine.safetensors"):
        (folder / name).write_text("{}")
    return ModelSpec.of_files(folder / "mine.json", folder / "mine.safetensors")


def scorer_of(spec, version="mine@1"):
    scorer = FakeScorer(version)
    scorer.details = {"model": "mine", "pretrained": "mine.safetensors", SPEC: spec.to_dict()}
    return scorer


def test_a_models_files_beside_the_store_move_with_its_folder(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    spec = files_in(before / "models")
    with Store.open(before / "review.db") as store:
        items.add(store, rows(before / "photos", 2))
        prelabel(store, scorer_of(spec))
        assert scorers.current(store).spec == spec
        assert scorers.current(store).details[SPEC]["config_path"] == "models/mine.json"
    shutil.move(before, after)
    with Store.open(after / "review.db") as store:
        assert scorers.current(store).spec.files == (after / "models/mine.json", after / "models/mine.safetensors")


def test_a_models_files_elsewhere_are_kept_by_absolute_path(tmp_path):
    spec = files_in(tmp_path / "models")
    (tmp_path / "work").mkdir()
    with Store.open(tmp_path / "work" / "review.db") as store:
        items.add(store, rows(tmp_path / "photos", 2))
        prelabel(store, scorer_of(spec))
        assert scorers.current(store).details[SPEC]["checkpoint_path"] == str(tmp_path / "models" / "mine.safetensors")


def test_the_new_place_of_a_models_files_is_remembered_for_its_calibration_too(tmp_path):
    old, new = files_in(tmp_path / "old"), files_in(tmp_path / "new")
    with Store.open(tmp_path / "review.db") as store:
        items.add(store, rows(tmp_path / "photos", 2))
        prelabel(store, scorer_of(old))
        details = {**scorers.current(store).details, calibration.BASE: "mine@1"}
        scorers.enter(store, version="mine@1;cal-1", details=details)
        scorers.choose(store, version="mine@1;cal-1")
        assert scorers.current(store).spec == old
        scorers.remember_files(store, version="mine@1", details=scorer_of(new).details)
        assert [info.spec for info in scorers.known(store)] == [new, new]
        prelabel(store, scorer_of(old))
        assert [info.spec for info in scorers.known(store)] == [old, old]
        with pytest.raises(StoreError, match="not the files of its model"):
            scorers.remember_files(store, version="other@1", details=scorer_of(new).details)


def test_the_files_of_a_scorer_without_a_spec_are_looked_for_beside_the_store(tmp_path):
    details = {
        "model": "mine", "pretrained": "mine.safetensors", "weights_sha256": "0", "config_sha256": "0",
        "template": "", "layers": 2, "aggregate": "mean", "dtype": "float32", "word_rules": "w1",
    }  # fmt: skip
    with Store.open(tmp_path / "review.db") as store:
        items.add(store, rows(tmp_path / "photos", 2))
        scorers.enter(store, version="mine@1", details=details)
        assert scorers.current(store).spec.files == (tmp_path / "mine.json", tmp_path / "mine.safetensors")


def test_exports_and_other_stores_get_no_paths_that_are_not_theirs(tmp_path):
    spec = files_in(tmp_path / "models")
    with Store.open(tmp_path / "review.db") as store:
        items.add(store, rows(tmp_path / "photos", 2))
        prelabel(store, scorer_of(spec))
        export.write(store, format="words", out=tmp_path / "labels.jsonl", unreviewed=True)
        split.split(store, annotators=["ana"], folder=tmp_path / "parts")
    assert str(tmp_path / "models") not in (tmp_path / "labels.jsonl").read_text(encoding="utf-8")
    with Store.open(tmp_path / "parts" / "ana.db") as part:
        assert scorers.current(part).spec == spec


def test_the_version_of_a_spec_is_known_without_loading_it(tmp_path):
    spec = ModelSpec.of_name("fast")
    details = {
        "model": "ViT-B-32", "pretrained": "laion2b_s34b_b79k", "weights_sha256": "0", "config_sha256": "0",
        "template": "A photo depicts ", "layers": 3, "aggregate": "mean", "dtype": "float32", "word_rules": "w1",
    }  # fmt: skip
    with Store.open(tmp_path / "review.db") as store:
        assert scorers.version_of(store, spec=spec) is None
        calibrated = {**details, calibration.BASE: "ViT-B-32@1"}
        scorers.enter(store, version="ViT-B-32@1;cal-1", details=calibrated)
        assert scorers.version_of(store, spec=spec) is None
        scorers.enter(store, version="ViT-B-32@1", details=details)
        assert scorers.version_of(store, spec=spec) == "ViT-B-32@1"
        assert scorers.version_of(store, spec=ModelSpec.of_name("fast", layers=2)) is None
