"""The drawn scenes: one fact a word, and the same picture for the same seed."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from captionlint.core.demo.dataset import write_dataset
from captionlint.core.demo.scenes import SIDE, TYPES, draw, sample_scene, stream, swap_word
from captionlint.core.demo.sprites import sprite
from captionlint.core.demo.training.captions import Facts, caption_words, directions, shorten, truth
from captionlint.core.demo.vocabulary import COUNTS, INVERSE, KINDS, NOUNS, RELATIONS, known_words
from captionlint.core.text.words import split_pieces

SEEDS = st.integers(0, 2**31)


@settings(max_examples=200)
@given(SEEDS, st.sampled_from(TYPES))
def test_a_swap_changes_exactly_one_word(seed, type):
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng, type=type)
    for kind in KINDS[type]:
        swap = swap_word(scene, rng, kind=kind)
        before, after = swap.scene.caption.split(), swap.twin.caption.split()
        assert [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [swap.word]
        assert swap.kind == kind
        assert {*before, *after} <= known_words()
        assert [p.text for p in split_pieces(scene.caption)] == before


@settings(max_examples=60)
@given(SEEDS)
def test_the_picture_shows_what_the_scene_says(seed):
    scene = sample_scene(np.random.default_rng(seed))
    picture, boxes = draw(scene)
    assert picture.size == (SIDE, SIDE)
    assert np.array_equal(np.asarray(picture), np.asarray(draw(scene)[0]))
    assert all(0 <= left < right <= SIDE and 0 <= top < bottom <= SIDE for _, (left, top, right, bottom) in boxes)
    assert len(boxes) == (COUNTS[scene.count] if scene.count else 2 if scene.other else 1)
    if scene.relation:
        (_, first), (_, second) = boxes
        centre = [(b[0] + b[2], b[1] + b[3]) for b in (first, second)]
        axis = 0 if scene.relation in ("left", "right") else 1
        lower = centre[0][axis] < centre[1][axis]
        assert lower == (scene.relation in ("left", "above"))


def test_the_stream_depends_on_its_seed_alone():
    assert list(stream(5, 20)) == list(stream(5, 20))
    assert list(stream(5, 20)) != list(stream(6, 20))


def test_every_noun_has_a_sprite():
    for noun in NOUNS:
        alpha = np.asarray(sprite(noun, 40))[..., 3]
        assert max(alpha.shape) == 40
        assert (alpha > 128).mean() > 0.1


def is_true(scene, claim, kept):
    """Whether the kept words of `claim`'s caption hold in `scene`: True, False, or None where nothing is said."""
    said = {role: getattr(claim, role) for role in kept if role and getattr(claim, role)}
    there = {scene.noun, scene.other} - {None}
    if any(said[role] not in there for role in ("noun", "other") if role in said):
        return False
    if "colour" in said and said["colour"] != scene.colour:
        return False
    if "size" in said and scene.size and said["size"] != scene.size:
        return False
    if "count" in said and said["count"] != scene.count and not (scene.other and "noun" not in said):
        return False
    if "relation" in said and scene.relation:
        pair = (said["noun"], said["relation"], said["other"])
        if pair not in {(scene.noun, scene.relation, scene.other), (scene.other, INVERSE[scene.relation], scene.noun)}:
            return False
    unsaid = ("size" in said and not scene.size) or ("relation" in said and not scene.relation)
    unsaid = unsaid or ("count" in said and scene.other and "noun" not in said)
    return None if unsaid else True


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_truth_matrix_agrees_with_the_claims_one_by_one(seed):
    rng = np.random.default_rng(seed)
    scenes = [sample_scene(rng) for _ in range(12)]
    claims = scenes + [swap_word(s, rng).twin for s in scenes]
    kept = [frozenset(caption_words(c)[i][1] for i in shorten(c, frozenset(), rng)) for c in claims]
    true, known = truth(Facts.of(scenes), Facts.of(claims, kept))
    for i, scene in enumerate(scenes):
        for j, claim in enumerate(claims):
            expected = is_true(scene, claim, kept[j])
            assert known[i, j] == (expected is not None)
            assert expected is None or true[i, j] == expected


@settings(max_examples=100)
@given(SEEDS)
def test_shortening_keeps_the_changed_word_and_whole_relations(seed):
    rng = np.random.default_rng(seed)
    swap = swap_word(sample_scene(rng), rng)
    order = shorten(swap.scene, frozenset({swap.word}), rng)
    roles = [role for _, role in caption_words(swap.scene)]
    assert swap.word in order
    assert len(set(order)) == len(order)
    if any(roles[i] == "relation" for i in order):
        assert order == sorted(order)
        assert {"noun", "other"} <= {roles[i] for i in order}


def test_the_data_set_says_what_is_wrong(tmp_path):
    import json

    path = write_dataset(tmp_path, count=10, seed=1)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["wrong"] is not None for row in rows] == [False, True] * 5
    for row in rows:
        assert (tmp_path / row["image"]).exists()
        if row["wrong"]:
            word = row["caption"][row["wrong"]["start"] : row["wrong"]["end"]]
            assert word == row["wrong"]["text"] != row["wrong"]["right"]


def test_a_kind_the_scene_has_not_is_refused():
    rng = np.random.default_rng(0)
    scene = sample_scene(rng, type="two")
    with pytest.raises(ValueError, match="no word of kind"):
        swap_word(scene, rng, kind="shape")


def test_directions_name_the_noun_on_each_side():
    rng = np.random.default_rng(2)
    scenes = [sample_scene(rng) for _ in range(40)]
    nouns = list(NOUNS)
    for scene, row in zip(scenes, directions(Facts.of(scenes)), strict=True):
        named = {side: nouns[i] for side, i in zip(RELATIONS, row, strict=True) if i >= 0}
        expected = {scene.relation: scene.noun, INVERSE[scene.relation]: scene.other} if scene.relation else {}
        assert named == expected
