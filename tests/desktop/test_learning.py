"""Learning from the reviews at a click: in a process of its own, its figures or its refusal in words."""

import pytest
from made_reviews import reviews as made
from stores import photo

from captionlint.core.formats.records import SourceItem
from captionlint.core.review import Span
from captionlint.db.operations import calibration, items, predictions, reviews, scorers
from captionlint.db.store import Store
from captionlint.desktop.summary.learning import Learning
from captionlint.desktop.summary.learning_process import Learned


def store_of(folder, *, reviewed):
    """40 captions of 20 images, scored, some reviewed as their makers know them."""
    captions, path = made(60, wrong_share=0.25), folder / "made.db"
    pictures = {c.image: photo(folder, f"{c.image}.png", (i, 9, 9)) for i, c in enumerate(captions)}
    with Store.open(path) as store:
        items.add(store, [SourceItem(pictures[c.image], c.prediction.caption, f"{i}") for i, c in enumerate(captions)])
        ids = list(items.ids(store))
        results = [(i, c.prediction) for i, c in zip(ids, captions, strict=True)]
        predictions.record(store, scorer_version="made-1", results=results, epsilon=-0.01)
        for item_id, caption in list(zip(ids, captions, strict=True))[:reviewed]:
            words = zip(caption.prediction.words, caption.wrong, strict=True)
            spans = [Span(w.start, w.end) for w, bad in words if bad]
            reviews.correct(store, item_id=item_id, annotator="ana", spans=spans)
    return path


@pytest.mark.usefixtures("qapp")
def test_it_adopts_what_it_learned_and_tells_the_figures(qtbot, tmp_path):
    path = store_of(tmp_path, reviewed=50)
    learning, told = Learning(str(path)), []
    learning.changed.connect(lambda: told.append(learning.said))
    with qtbot.waitSignal(learning.learned):
        learning.start()
        assert learning.is_running
        assert learning.said
    assert told[0] == "Learning from the reviews …"
    assert {"Learning from the reviews … 50%", "Learning from the reviews … 100%"} <= set(told)
    assert not learning.is_running
    assert not learning.is_problem
    assert "50" in learning.said
    assert "without looking at the picture" in learning.said
    with Store.open(path) as store:
        assert scorers.current(store).version.startswith("made-1;cal-")
        assert scorers.counts(store, version=scorers.current(store).version).predictions == 60


@pytest.mark.usefixtures("qapp")
def test_too_few_reviews_are_said_and_change_nothing(qtbot, tmp_path):
    path = store_of(tmp_path, reviewed=2)
    learning = Learning(str(path))
    learning.start()
    qtbot.waitUntil(lambda: not learning.is_running)
    assert learning.is_problem
    assert "too few to learn from" in learning.said
    with Store.open(path) as store:
        assert calibration.current_calibration(store) is None


@pytest.mark.usefixtures("qapp")
def test_what_was_learned_is_told_in_words_better_or_worse():
    said = []
    for ap in (0.75, 0.9):
        learning = Learning("made.db")
        learning._take(Learned(captions=11, ap=ap, ap_attribution=0.83, ap_blind=0.2, flag_rate=0.1))
        said.append([word for word in ("better", "worse") if f"{word} than before" in learning.said])
        assert f"{ap:.2f} of 1 (before: 0.83; without looking at the picture: 0.20)" in learning.said
        assert "verage precision" not in learning.said, "a reviewer does not know the term"
    assert said == [["worse"], ["better"]]


def test_the_summary_has_the_action(qtbot, open_window, fill):
    summary = open_window(fill()).summary
    summary.learn.click()
    assert not summary.learn.isEnabled()
    qtbot.waitUntil(summary.learn.isEnabled)
    assert summary.learned.text() == summary.learning.said
    assert summary.learned.property("danger")
