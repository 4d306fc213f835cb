"""Stretches that touch, against comparing each with each."""

from hypothesis import given
from hypothesis import strategies as st

from captionlint.core.review import Span
from captionlint.core.text.intervals import Overlaps

stretches = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 40), st.integers(0, 12))


@given(st.lists(stretches, max_size=12), stretches)
def test_the_leftmost_that_shares_a_character_is_found(spans, asked):
    ordered = sorted(spans, key=lambda s: (s.start, s.end))
    expected = next((s for s in ordered if s.start < asked.end and asked.start < s.end), None)
    found = Overlaps(spans)
    assert found.first(asked.start, asked.end) == expected
    assert found.touched(asked.start, asked.end) == (expected is not None)
