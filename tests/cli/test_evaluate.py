"""``captionlint evaluate scenes``: the figures it prints, and the bars of the bundled model."""

import json

import pytest


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    from captionlint.core.benchmarks import scenes
    from captionlint.core.clip.scorer import Scorer

    return scenes.evaluate(Scorer.from_pretrained("demo"), count=2000, seed=20_261_124)


def test_the_bundled_model_reaches_its_bars(report):
    """The bars of the model card; scenes of a seed that neither training nor its log has used."""
    assert report.la >= 0.92
    assert report.by_kind["noun"].la >= 0.93
    assert report.ap >= 0.93
    assert report.ap_mixed >= 0.82
    assert report.pair_accuracy >= 0.93
    assert report.by_kind["count"].pair_accuracy >= 0.85


def test_every_kind_is_reported(report):
    assert list(report.by_kind) == ["noun", "colour", "size", "count", "relation"]
    assert sum(kind.n for kind in report.by_kind.values()) == 2000
    assert 0.1 < report.random_la < 0.15


def test_json_is_the_contract(captionlint):
    ran = captionlint("evaluate", "scenes", "--count", "60", "--seed", "3", "--occlusion", "2", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert (found["heat"]["scenes"], found["heat"]["occlusion_scenes"]) == (60, 2)
    assert 0 <= found["heat"]["occlusion_hit"] <= 1
    assert {"la", "ap", "ap_mixed", "pair_accuracy", "by_kind"} <= set(found)
    assert all(set(kind) == {"la", "pair_accuracy", "same_word_auc", "n"} for kind in found["by_kind"].values())
    assert (
        captionlint("evaluate", "scenes", "--count", "60", "--seed", "3", "--occlusion", "2", "--json").out == ran.out
    )


def test_the_table_shows_la_beside_the_same_word_figure(captionlint):
    ran = captionlint("evaluate", "scenes", "--count", "60", "--occlusion", "0")
    assert ran.code == 0
    assert "LA" in ran.out
    assert "same word" in ran.out
    assert "Synthetic" in ran.out
    assert "on the named object" in ran.out
    assert "By occlusion" not in ran.out


def test_one_scene_is_enough(captionlint):
    assert captionlint("evaluate", "scenes", "--count", "1").code == 0
    assert "NaN" not in captionlint("evaluate", "scenes", "--count", "1", "--json").out


@pytest.mark.parametrize(("benchmark", "said"), [("scnes", "did you mean 'scenes'"), ("coco", "There is no benchmark")])
def test_an_unknown_benchmark_is_answered(captionlint, benchmark, said):
    ran = captionlint("evaluate", benchmark)
    assert ran.code == 2
    assert said in ran.err
