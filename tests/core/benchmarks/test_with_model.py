"""Benchmark figures against plain counts, on predictions made by hand."""

from pathlib import Path

import pytest

from captionlint.core.benchmarks.cases import Case, Dataset, pair_of_cases, words_of
from captionlint.core.benchmarks.running import run
from captionlint.core.benchmarks.with_model import Outcome, figures
from captionlint.core.errors import FormatError
from captionlint.core.prediction import Prediction, WordScore

SUM = Dataset("made", lambda _: [], "")
MOST = Dataset("made", lambda _: [], "", mode="most_negative", positive="original")


def outcome(case, scores, cosine=0.3):
    pairs = zip(words_of(case.caption), scores, strict=True)
    return Outcome(
        case, Prediction("s", case.caption, cosine, tuple(WordScore(p.text, p.start, p.end, v) for p, v in pairs))
    )


@pytest.fixture
def outcomes():
    one = pair_of_cases(id="1", image="a", right="a red car", wrong="a blue car")
    two = pair_of_cases(id="2", image="b", right="two cats sleep", wrong="two dogs sleep")
    return [
        outcome(one[0], [0.1, 0.2, -0.1], 0.5),
        outcome(one[1], [0.1, -0.3, -0.2], 0.4),
        outcome(two[0], [0.1, 0.1, 0.1], 0.2),
        outcome(two[1], [-0.4, 0.3, 0.2], 0.3),
    ]


def test_localisation_words_and_pairs(outcomes):
    found = figures(SUM, outcomes, epsilon=-0.15)
    assert found["la"] == 0.5
    assert found["precision"] == pytest.approx(1 / 3)
    assert found["recall"] == 0.5
    assert found["f1"] == pytest.approx(0.4)
    assert found["pair_accuracy"] == 0.5
    assert found["pair_accuracy_f_clip_score"] == 1.0
    assert found["pearson"] is found["nli"] is None


def test_ap_in_both_polarities_and_modes(outcomes):
    sum_mode, lowest = (figures(d, outcomes, epsilon=-0.15) for d in (SUM, MOST))
    assert sum_mode["ap"] == sum_mode["ap_foil_positive"] == 1.0
    assert lowest["ap"] == lowest["ap_original_positive"] == 1.0
    # CLIPScore: the cosines 0.5, 0.2 of the right captions against 0.4, 0.3 of the foils.
    assert lowest["ap_clip_score"] == pytest.approx(0.5 * 1 + 0.5 * 0.5)


def test_the_released_variants_have_names_of_their_own():
    case = Case("x", "a", "a cat on sand", True, (False, False, True, True), frozenset({2, 3}))
    found = figures(SUM, [outcome(case, [-0.9, 0.1, -0.1, 0.1])], epsilon=-0.05)
    assert found["la"] == 0
    assert found["la_released_substring"] == 1  # "a" is a substring of "on sand"
    right = Case("y", "b", "a cat", False, (False, False))
    both = [outcome(case, [-0.9, -0.1, 0.2, -0.6]), outcome(right, [-0.55, 0.1])]
    assert figures(SUM, both, epsilon=-0.05)["ap_released_span"] == 1.0  # runs: (−.9, −.1), (−.6) against −.55
    assert figures(SUM, both, epsilon=-0.8)["ap_released_span"] == 1.0


def test_correlations_with_people():
    cases = [Case(str(i), "a", "a cat", False, human=h) for i, h in enumerate((0.1, 0.5, 0.9))]
    found = figures(SUM, [outcome(c, [-s, 0.1]) for c, s in zip(cases, (0.9, 0.5, 0.2), strict=True)], epsilon=0)
    assert found["spearman"] == pytest.approx(1)
    assert found["pearson"] > 0.95


def test_entailment_is_plugged_in():
    asked = []

    def entailment(pairs):
        asked.extend(pairs)
        return [0.25 + 0.5 * (premise == said) for premise, said in pairs]

    cases = [Case("1", "a", "a red cat", True, cue="red"), Case("2", "a", "a dog", True, cue="dog")]
    found = figures(SUM, [outcome(cases[0], [0, -0.2, 0]), outcome(cases[1], [-0.01, 0])], epsilon=-0.1,
                    entailment=entailment)  # fmt: skip
    assert asked == [("red", "red"), ("dog", "a")]
    assert found["nli"] == 0.5


class Counting:
    """A scorer that counts what it is asked, and fails when told to."""

    version = "v1"

    def __init__(self, until=None):
        self.asked, self.until = [], until

    def stream(self, pairs, *, batch_size):
        for _, caption in pairs:
            if self.until is not None and len(self.asked) == self.until:
                raise KeyboardInterrupt
            self.asked.append(caption)
            words = tuple(WordScore(p.text, p.start, p.end, -0.1) for p in words_of(caption))
            yield Prediction(self.version, caption, 0.25, words)


def test_a_run_goes_on_where_it_was(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    cases = [Case(str(i), "a", f"caption {i}", False) for i in range(5)] + [Case("5", "missing", "c", False)]
    out = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(Counting(until=3), cases, pictures=tmp_path, out=out)
    with out.open("a") as file:
        file.write('{"id": "4", "capt')
    second = Counting()
    found = run(second, cases, pictures=tmp_path, out=out)
    assert second.asked == ["caption 3", "caption 4"]
    assert [o.case.id for o in found] == ["0", "1", "2", "3", "4"]
    assert len(out.read_text().splitlines()) == 5
    assert run(Counting(until=0), cases, pictures=tmp_path, out=out) == found


def test_another_scorers_file_is_refused(tmp_path):
    out = Path(tmp_path / "out.jsonl")
    (tmp_path / "a").write_bytes(b"x")
    run(Counting(), [Case("0", "a", "cat", False)], pictures=tmp_path, out=out)
    other = Counting()
    other.version = "v2"
    with pytest.raises(FormatError, match="holds results of v1"):
        run(other, [], pictures=tmp_path, out=out)
    out.write_text("something else\n")
    with pytest.raises(FormatError, match="line 1"):
        run(other, [], pictures=tmp_path, out=out)
