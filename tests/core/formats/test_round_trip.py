"""Every writer and back, over arbitrary captions."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.formats.reading import read
from core.formats.records import BadRow, ExportItem, SourceItem
from core.formats.splits import split_of
from core.formats.word_table import guarded, unguarded
from core.formats.writing import open_writer
from core.prediction import WordScore
from core.review import KINDS, Review, Span
from core.words import split_pieces

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)
names = st.text("abcXYZ =+-@'é漢", min_size=1, max_size=8)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def items(draw: st.DrawFn) -> ExportItem:
    """A reviewed item whose marks cover whole words, as a review makes them."""
    caption = draw(texts)
    pieces = [piece for piece in split_pieces(caption) if piece.is_word]
    scores = st.one_of(st.none(), st.floats(-1, 1))
    words = tuple(WordScore(p.text, p.start, p.end, draw(scores)) for p in pieces)
    pre_tags = tuple(draw(st.integers(0, 1)) for _ in words)
    spans = []
    for word, pre in zip(words, pre_tags, strict=True):
        origin = "prediction" if pre else "manual"
        if draw(st.booleans()):
            spans.append(Span(word.start, word.end, draw(st.sampled_from(KINDS)), draw(st.none() | names), origin))
        elif pre:
            spans.append(Span(word.start, word.end, "other", None, "prediction", removed=True))
    marked = {span.start for span in spans if not span.removed}
    corrected = draw(st.none() | texts)
    status = "corrected" if corrected or any(s.removed or s.replacement is not None for s in spans) else "accepted"
    review = Review(status, tuple(spans), corrected, draw(names), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), 1.5)
    return ExportItem(
        id=draw(names),
        image="images/a.jpg",
        image_path=None,
        image_sha256="ab" * 32,
        caption=caption,
        words=words,
        tags=tuple(int(word.start in marked) for word in words),
        pre_tags=pre_tags,
        review=review,
        annotators=(review.annotator,),
        blind=False,
        split=split_of("ab" * 32),
        scorer={"version": "demo-1"},
    )


def written(tmp_path: Path, format: str, *items: ExportItem, **options: str) -> Path:
    out = tmp_path / f"out-{format}"
    with open_writer(format, out, **options) as writer:
        for item in items:
            writer.write(item)
    return out


def read_back(out: Path) -> list[SourceItem]:
    rows = list(read(out))
    assert not [row for row in rows if isinstance(row, BadRow)]
    return [row for row in rows if isinstance(row, SourceItem)]


def same(back: SourceItem, item: ExportItem, tmp_path: Path) -> None:
    assert back.caption == item.caption
    assert back.id == item.id
    assert back.image == str(tmp_path / item.image)
    assert [replace(review, seconds=1.5) for review in back.reviews] == [item.review]
    scored = any(word.score is not None for word in item.words)
    assert [scores.words for scores in back.scores] == ([item.words] if scored else [])


@pytest.mark.parametrize("format", ["words", "csv"])
@quick
@given(item=items())
def test_words_and_csv_come_back(tmp_path: Path, format: str, item: ExportItem) -> None:
    (back,) = read_back(written(tmp_path, format, item))
    same(back, item, tmp_path)


@quick
@given(text=st.text(st.sampled_from("'=+-@\t\r\n＝a")))
def test_a_guarded_cell_never_runs_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert unguarded(guarded(text)) == text


@quick
@given(item=items())
def test_words_rows_keep_their_offsets(tmp_path: Path, item: ExportItem) -> None:
    row = json.loads(written(tmp_path, "words", item).read_text("utf-8"))
    for text, start, end in zip(row["tokens"], row["starts"], row["ends"], strict=True):
        assert row["caption"][start:end] == text


@quick
@given(captions=st.lists(texts, min_size=1, max_size=4))
def test_plain_rows_come_back(tmp_path: Path, captions: list[str]) -> None:
    source = tmp_path / "plain"
    with source.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["image", "caption"])
        rows.writerows([["a.jpg", caption] for caption in captions])
    assert [row.caption for row in read_back(source)] == captions
    source.write_text("".join(json.dumps({"image": "a.jpg", "caption": c}) + "\n" for c in captions))
    assert [row.caption for row in read_back(source)] == captions
    source.write_text(json.dumps([{"image": "a.jpg", "caption": c} for c in captions], indent=1))
    assert [row.caption for row in read_back(source)] == captions
