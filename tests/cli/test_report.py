"""The HTML report: what it says of words, and that nothing in a caption is ever read as HTML."""

import re

from PIL import Image

from captionlint.cli.report.html import ReportRow, write_report
from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.text.words import split_pieces


def report_of(tmp_path, caption, scores, picture=None):
    pieces = [p for p in split_pieces(caption) if p.is_word]
    words = tuple(WordScore(p.text, p.start, p.end, s) for p, s in zip(pieces, scores, strict=True))
    row = ReportRow("item", picture or tmp_path / "none.png", Prediction("v", caption, 0.25, words))
    path = tmp_path / "report.html"
    write_report(path, [row], title="A <title>", facts={"items": "1"}, epsilon=-0.1, scale=1.0)
    return path.read_text(encoding="utf-8")


def test_words_carry_their_tint_and_flag(tmp_path):
    html = report_of(tmp_path, "bad weak fine good", [-0.9, -0.2, 0.0, 0.9])
    assert re.search(r'class="w a3 flag" title="-0.9000, speaks against “bad”, flagged">bad<', html)
    assert re.search(r'class="w a1 flag"[^>]*>weak<', html)
    assert re.search(r'class="w"[^>]*>fine<', html)
    assert re.search(r'class="w f3"[^>]*>good<', html)
    assert "picture missing" in html


def test_a_caption_is_never_html(tmp_path):
    html = report_of(tmp_path, "a <script>alert(1)</script> \"x\" 'y' &amp;", [0.5] * 7)
    assert "<script" not in html
    assert "A &lt;title&gt;" in html


def test_a_word_without_score_says_why(tmp_path):
    word = WordScore("long", 0, 4, None, "does not fit")
    path = tmp_path / "r.html"
    rows = [ReportRow("x", tmp_path / "none", Prediction("v", "long", 0.1, (word,)))]
    write_report(path, rows, title="t", facts={}, epsilon=0, scale=1)
    assert 'title="does not fit"' in path.read_text(encoding="utf-8")


def test_large_pictures_are_made_small(tmp_path):
    Image.effect_noise((3000, 2000), 80).save(tmp_path / "big.png")
    assert len(report_of(tmp_path, "cat", [0.1], tmp_path / "big.png")) < 400_000
