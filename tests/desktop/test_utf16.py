"""Code points and UTF-16 units."""

from hypothesis import given
from hypothesis import strategies as st

from captionlint.desktop.review.view.editor import edited
from captionlint.desktop.review.view.utf16 import Units, in_editor, laid_out

TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("🚫👩‍👩‍👧\u0301שלום \xa0\u2028\r\n"), max_size=30
)


@given(TEXT)
def test_offsets_go_both_ways(text):
    units = Units(text)
    for point in range(len(text) + 1):
        unit = units.units(point)
        assert unit == len(text[:point].encode("utf-16-le")) // 2
        assert units.point(unit) == point


def test_the_inside_of_a_pair_counts_as_its_character():
    assert [Units("a🚫b").point(u) for u in range(5)] == [0, 1, 1, 2, 3]


@given(TEXT)
def test_shown_forms_keep_the_length(text):
    assert len(in_editor(text)) == len(text) == len(laid_out(text))


@given(TEXT, st.data())
def test_what_an_edit_does_not_touch_stays_as_given(text, data):
    shown = in_editor(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    typed = data.draw(st.text("xyz", min_size=1, max_size=3))
    after = edited(text, shown, shown[:start] + typed + shown[end:])
    assert in_editor(after) == shown[:start] + typed + shown[end:]
    assert after.startswith(text[:start])
    assert after.endswith(text[end:])


def test_an_untouched_caption_is_given_back_to_the_letter(qapp):
    from PySide6.QtWidgets import QPlainTextEdit

    text = "a\xa0red\u2028dog 🚫 שלום\tx"
    editor = QPlainTextEdit()
    editor.setPlainText(in_editor(text))
    assert edited(text, in_editor(text), editor.toPlainText()) == text
