import time

from hypothesis import given
from hypothesis import strategies as st

from captionlint.core.formats.corrections import with_replacements
from captionlint.core.review import Span
from captionlint.core.text.edits import follow, replacements

LINES = st.text(st.sampled_from("ab c, 😀é"), max_size=30)


def moved(caption, words, new):
    spans = [Span(caption.index(w), caption.index(w) + len(w)) for w in words]
    return [None if s is None else new[s.start : s.end] for s in follow(spans, caption, new)]


def test_marks_follow_words():
    assert moved("a red cat runs", ["red", "runs"], "there is a red dog that runs") == ["red", "runs"]
    assert moved("a red cat", ["red"], "a blue cat") == ["blue"]
    assert moved("a red cat", ["red"], "a cat") == [None]
    assert moved("a red cat sleeps", ["red cat"], "a red fat cat sleeps") == ["red fat cat"]
    assert moved("a reddish cat", ["dish"], "oh, a reddish cat") == ["dish"]


def test_replacements_of_two_captions():
    found = replacements("a red cat on a sofa", "a blue dog on a")
    assert [(s.start, s.end, s.replacement) for s in found] == [(2, 9, "blue dog"), (15, 19, "")]
    assert replacements("a cat", "a big cat") == ()
    assert replacements("same", "same") == ()


@given(LINES, LINES)
def test_marks_stay_inside_the_new_caption(old, new):
    spans = [Span(i, i + 1) for i in range(len(old))]
    for span in follow(spans, old, new):
        assert span is None or 0 <= span.start < span.end <= len(new)


@given(LINES, LINES)
def test_replacements_put_in_give_the_new_words_but_for_inserted_ones(old, new):
    spans = replacements(old, new)
    assert all(0 <= s.start < s.end <= len(old) for s in spans)
    assert isinstance(with_replacements(old, spans), str)


def test_long_repeating_captions_take_no_time():
    old = " ".join(["the red dog"] * 1000)
    new = " ".join(["the red dog", "a cat"] * 800)
    start = time.perf_counter()
    follow([Span(4, 7)] * 50, old, new)
    replacements(old, new)
    assert time.perf_counter() - start < 5
