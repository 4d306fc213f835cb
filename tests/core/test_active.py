"""The active order against a plain search, and what it is for: new words and new pictures."""

from collections import Counter

from captionlint.core.calibration.active_learning import Candidate, candidate, choose, content_words
from captionlint.core.prediction import Prediction, WordScore


def item(number, words, *, image=None, uncertainty=1.0):
    return Candidate(number, image or f"image-{number}", tuple(words.split()), uncertainty)


def pick(candidates, count=10, words=(), images=()):
    return choose(candidates, count=count, seen_words=Counter(words), seen_images=Counter(images))


def test_the_uncertain_come_first():
    assert pick([item(1, "cat"), item(2, "dog", uncertainty=3), item(3, "cow", uncertainty=2)]) == [2, 3, 1]


def test_words_that_were_asked_about_wait():
    candidates = [item(1, "red cat"), item(2, "red cat"), item(3, "blue dog", uncertainty=0.9)]
    assert pick(candidates) == [1, 3, 2]
    assert pick(candidates, words=["blue", "dog"] * 9) == [1, 2, 3]


def test_captions_of_one_picture_wait_for_others():
    candidates = [item(1, "a", image="x"), item(2, "b", image="x"), item(3, "c", image="y", uncertainty=0.7)]
    assert pick(candidates) == [1, 3, 2]
    assert pick(candidates, images=["x", "x"]) == [3, 1, 2]


def test_no_more_than_asked_for_and_none_twice():
    assert pick([item(i, "cat") for i in range(30)], count=7) == list(range(7))
    assert pick([], count=3) == []


def test_uncertainty_is_nearness_to_epsilon():
    def of(*scores):
        words = tuple(WordScore("cat", 0, 3, s) for s in scores)
        return candidate(1, "x", Prediction("s", "cat", 0.2, words), epsilon=-0.5, spread=0.1).uncertainty

    assert of(-0.5) == 1.0
    assert of(-0.5, 0.4) > of(-0.6) > of(-0.9, 0.4) > of(None)


def test_function_words_do_not_count():
    assert content_words(["The", "Cat", "is", "on", "a", "mat"]) == ("cat", "on", "mat")
