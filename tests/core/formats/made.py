"""Items that the tests of this folder write, and how they read them back."""

import io
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from PIL import Image

from captionlint.core.formats.fields import is_blank
from captionlint.core.formats.reading import read
from captionlint.core.formats.records import BadRow, ExportItem, SourceItem
from captionlint.core.formats.splits import split_of
from captionlint.core.formats.writing import open_writer
from captionlint.core.prediction import WordScore
from captionlint.core.review import KINDS, Review, Span
from captionlint.core.text.words import split_pieces

SHA = "ab" * 32
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60).filter(
    lambda text: not is_blank(text)
)
names = st.text("abcXYZ =+-@'é漢", min_size=1, max_size=8)


def png(colour: str = "red", size: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "PNG")
    return out.getvalue()


def made(caption: str, *spans: Span, image: str = "images/a.png", id: str = "1", **changes: object) -> ExportItem:
    """A reviewed item; words that a span touches are tagged, those it came from are the scorer's."""
    words = tuple(WordScore(p.text, p.start, p.end, -0.25) for p in split_pieces(caption) if p.is_word)
    corrected = changes.pop("corrected", None)
    review = Review("corrected" if spans or corrected else "accepted", spans, corrected, "ana", NOON, 1.5)
    fields = {
        "id": id,
        "image": image,
        "image_path": None,
        "image_sha256": SHA,
        "caption": caption,
        "words": words,
        "tags": tuple(int(any(s.start < w.end and w.start < s.end and not s.removed for s in spans)) for w in words),
        "pre_tags": tuple(
            int(any((s.start, s.end) == (w.start, w.end) and s.origin == "prediction" for s in spans)) for w in words
        ),
        "review": review,
        "annotators": ("ana",),
        "blind": False,
        "split": split_of(SHA),
        "scorer": {"version": "demo-1", "model": "demo", "layers": 3, "eps": -5e-5},
    }
    return ExportItem(**(fields | changes))


@st.composite
def items(draw: st.DrawFn) -> ExportItem:
    """A reviewed item over any caption, with one mark a word, as a review makes them."""
    caption = draw(texts)
    words = [piece for piece in split_pieces(caption) if piece.is_word]
    spans = []
    for word in words:
        what = draw(st.sampled_from(["right", "kept", "removed", "added"]))
        if what == "removed":
            spans.append(Span(word.start, word.end, "other", None, "prediction", removed=True))
        elif what != "right":
            origin = "prediction" if what == "kept" else "manual"
            spans.append(Span(word.start, word.end, draw(st.sampled_from(KINDS)), draw(st.none() | names), origin))
    corrected = draw(st.none() | texts.filter(lambda text: text != caption))
    changed = any(
        s.removed or s.origin != "prediction" or s.replacement is not None or s.kind != "other" for s in spans
    )
    status = "corrected" if corrected is not None or changed else "accepted"
    annotator = draw(names)
    scores = st.none() | st.floats(-1, 1)
    return made(
        caption,
        *spans,
        id=draw(names),
        words=tuple(WordScore(w.text, w.start, w.end, draw(scores)) for w in words),
        review=Review(status, tuple(spans), corrected, annotator, NOON, 1.5),
        annotators=(annotator,),
    )


def written(folder: Path, format: str, *items: ExportItem, **options: str) -> Path:
    out = folder / f"out-{format}"
    with open_writer(format, out, **options) as writer:
        for item in items:
            writer.write(item)
    return out


def rows_of(source: Path, images: Path | None = None) -> list[SourceItem]:
    """What a source holds; none of it may be bad."""
    rows = list(read(source, images=images))
    assert [row for row in rows if isinstance(row, BadRow)] == []
    return [row for row in rows if isinstance(row, SourceItem)]


def bad_rows_of(source: Path, images: Path | None = None) -> list[BadRow]:
    return [row for row in read(source, images=images) if isinstance(row, BadRow)]
