import pytest
from stores import photo, row

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.scorer import Scorer
from captionlint.db.operations import items, stats
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store

pytest.importorskip("ray.data", reason="ray is not installed: the cluster engine is not tested")


@pytest.fixture
def ray_here():
    """A cluster of this machine alone."""
    import ray

    ray.init(num_cpus=2, log_to_driver=False, include_dashboard=False, logging_level="ERROR")
    yield
    ray.shutdown()


def test_only_shards_are_cleared_away(tmp_path):
    from captionlint.db.prelabel.ray import _clear

    for name in ("items/000000.parquet", "results/x.parquet", "mine.txt"):
        path = tmp_path / "shards" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    _clear(tmp_path / "shards")
    assert [p.name for p in (tmp_path / "shards").iterdir()] == ["mine.txt"]
    (tmp_path / "shards" / "mine.txt").unlink()
    _clear(tmp_path / "shards")
    assert not (tmp_path / "shards").exists()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_what_one_process_gives(tmp_path, ray_here):
    from captionlint.db.prelabel.ray import prelabel as prelabel_ray

    given = [row(photo(tmp_path, f"{n}.png", (n * 40, 90, 9)), f"a red ball number {n}") for n in range(6)]
    given.append(row(photo(tmp_path, "0.png", (0, 90, 9)), "...", 7))
    spec = ModelSpec.of_name("demo")
    with Store.open(tmp_path / "ray.db") as one, Store.open(tmp_path / "local.db") as two:
        items.add(one, given)
        items.add(two, given)
        done = prelabel_ray(one, spec, batch_size=2, workers=1)
        assert (done.done, done.failed, done.total) == (7, 1, 7)
        prelabel(two, Scorer.from_spec(spec))
        assert stats.counts(one) == stats.counts(two)
        for item_id in items.ids(one):
            ours, theirs = items.get(one, item_id=item_id), items.get(two, item_id=item_id)
            assert ours.failure == theirs.failure
            if ours.prediction:
                assert ours.prediction.cosine == pytest.approx(theirs.prediction.cosine, abs=1e-5)
                assert [w.score for w in ours.prediction.words] == pytest.approx(
                    [w.score for w in theirs.prediction.words], abs=1e-5
                )
        assert prelabel_ray(one, spec).total == 0
    assert not (tmp_path / "ray.db.ray").exists()
