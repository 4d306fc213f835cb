"""What Label Studio gets as a prediction: names, offsets, scores, versions."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from captionlint.core.calibration.fitting import Calibration, Goal, Model
from captionlint.core.formats.label_studio.names import OWN
from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.text.words import split_pieces
from captionlint.ml_backend.label_studio.predictions import Marking, nothing, prediction_for

MARKING = Marking("demo@1", epsilon=-0.01)
CALIBRATION = Calibration("demo@1", Model((), (), (), 0.0), 0.3, Goal(), 0.1, 0.01)


def scored(caption, *scores):
    words = [p for p in split_pieces(caption) if p.is_word]
    found = tuple(WordScore(p.text, p.start, p.end, s) for p, s in zip(words, scores, strict=True))
    return Prediction("demo@1", caption, 0.3, found)


def test_each_marked_word_is_a_region_of_the_projects_names():
    names = replace(OWN, text="txt", marks="wrong", mark="bad")
    given = scored("a 😀 brown\r\ndog", 0.1, -0.03, 0.2, -0.02)
    found = prediction_for(given, MARKING, names)
    assert found["model_version"] == "demo@1;e-0.01;r1"
    first, second = found["result"]
    assert first == {
        "id": "w1", "from_name": "wrong", "to_name": "txt", "type": "labels", "score": 0.8333,
        "meta": {"text": ["attribution -0.03"]}, "value": {"start": 2, "end": 3, "text": "😀", "labels": ["bad"]},
    }  # fmt: skip
    assert (second["id"], second["value"]["start"], second["value"]["text"]) == ("w3", 11, "dog")


def test_a_word_at_epsilon_is_the_least_certain():
    certainty = [prediction_for(scored("dog", s), MARKING)["score"] for s in (-0.01, -0.02, -0.05, 0.05)]
    assert certainty[0] == 0
    assert certainty == sorted(certainty[:3]) + certainty[3:]
    assert all(0 <= c <= 1 for c in certainty)


def test_a_calibrated_score_is_shown_as_the_probability_that_it_is():
    marking = Marking(CALIBRATION.version, epsilon=-0.3, calibration=CALIBRATION)
    found = prediction_for(scored("brown dog", -0.4, -0.2), marking)
    assert [(r["id"], r["score"]) for r in found["result"]] == [("w0", 0.4)]
    assert math.isclose(found["score"], 0.2)


def test_blind_items_and_ignored_words_show_no_marks():
    given = scored("brown dog", -0.4, -0.2)
    assert prediction_for(given, MARKING, blind=True)["result"] == []
    ignoring = replace(MARKING, ignored=frozenset({"dog"}))
    assert [r["value"]["text"] for r in prediction_for(given, ignoring)["result"]] == ["brown"]
    assert ignoring.version != MARKING.version
    assert nothing("v") == {"model_version": "v", "score": 1.0, "result": []}


def test_whatever_moves_a_mark_changes_the_version():
    others = (replace(MARKING, epsilon=-0.02), replace(MARKING, scorer="demo@2"))
    assert len({MARKING.version, *(m.version for m in others)}) == 3


@given(st.text(min_size=1), st.data())
def test_any_caption_gives_regions_that_lie_on_their_words(caption, data):
    words = [p for p in split_pieces(caption) if p.is_word]
    numbers = st.one_of(st.none(), st.floats(-1, 1))
    found = prediction_for(scored(caption, *[data.draw(numbers) for _ in words]), MARKING)
    for region in found["result"]:
        value = region["value"]
        assert caption[value["start"] : value["end"]] == value["text"]
        assert 0.5 <= region["score"] <= 1
    assert found["score"] is None or 0 <= found["score"] <= 1
