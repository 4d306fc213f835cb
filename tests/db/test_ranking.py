"""The queue's order after a word is never marked any more: made anew in short transactions, whatever comes between."""

from collections import Counter
from dataclasses import replace

import pytest
from stores import FakeScorer, rows

from captionlint.db.operations import ignored_words, items, predictions, queue, scorers, settings
from captionlint.db.prelabel.local import prelabel
from captionlint.db.rows import ranking
from captionlint.db.store import Store

ITEMS = 24


@pytest.fixture
def scored(store, tmp_path, monkeypatch):
    """Two dozen items, ranked three at a time; every caption holds "dog", every second one a marked word."""
    monkeypatch.setattr(ranking, "PORTION", 3)
    items.add(store, rows(tmp_path, ITEMS))
    scorer = FakeScorer()
    scorer.result = _marking("dog", "runs")
    prelabel(store, scorer)
    return store


def _marking(*words):
    """A scorer's answer that marks these words too."""

    def result(caption):
        found = FakeScorer().result(caption)
        low = -0.02 - 0.001 * len(caption)
        said = tuple(replace(word, score=low) if word.text in words else word for word in found.words)
        return replace(found, words=said)

    return result


def wrong(store):
    """Items whose rank is not the one that their prediction has now."""
    ignored, epsilon = frozenset(ignored_words.ignored(store)), scorers.current(store).epsilon
    found = []
    for entry in queue.page(store, limit=1000):
        said = predictions.get(store, item_id=entry.item_id)
        wanted = ranking.rank(said.cosine, said.words, epsilon, ignored)
        if (entry.f_clip_score, entry.margin) != pytest.approx(wanted):
            found.append(entry.item_id)
    return found


def some_parts(store, number):
    """Ranks some parts and is stopped."""
    parts = scorers.rank_in_parts(store)
    for _ in range(number + 1):
        next(parts)
    parts.close()


def test_no_transaction_of_never_mark_ranks_more_than_a_portion(scored, monkeypatch):
    ranked = Counter()
    rank_items = ranking.rank_items

    def rank(session, ranks):
        ranked[session] += len(ranks)
        rank_items(session, ranks)

    monkeypatch.setattr(ranking, "rank_items", rank)
    ignored_words.ignore(scored, word="dog")
    assert ranked.total() == ITEMS
    assert max(ranked.values()) == 3
    assert wrong(scored) == []


def test_a_rare_word_ranks_only_the_items_that_hold_it(scored, monkeypatch):
    seen = []
    rank_items = ranking.rank_items

    def rank(session, ranks):
        seen.extend(item_id for item_id, *_ in ranks)
        rank_items(session, ranks)

    monkeypatch.setattr(ranking, "rank_items", rank)
    ignored_words.ignore(scored, word="X5")
    assert seen == [6]
    assert wrong(scored) == []


def test_never_mark_that_was_stopped_is_finished_by_the_next_call(scored):
    def stop(done, total):
        assert total == ITEMS
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        settings.change(scored, never_mark=["dog"], on_progress=stop)
    assert ignored_words.ignored(scored) == ("dog",)
    assert len(wrong(scored)) == ITEMS - 6
    scorers.finish_ranking(scored)
    assert wrong(scored) == []


@pytest.mark.parametrize("way", ["never_mark", "mark_again"])
def test_the_same_change_after_a_stop_goes_on_where_the_ranking_stopped(scored, way):
    if way == "mark_again":
        ignored_words.ignore(scored, word="dog")

    def stop(done, total):
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        settings.change(scored, **{way: ["Dog"]}, on_progress=stop)
    said = []
    settings.change(scored, **{way: ["dog"]}, on_progress=lambda done, total: said.append((done, total)))
    assert (said[0], said[-1]) == ((0, ITEMS - 6), (ITEMS - 6, ITEMS - 6))
    assert wrong(scored) == []


def test_two_words_in_a_row_are_both_ranked(scored):
    ignored_words.ignore(scored, word="dog", finish=False)
    some_parts(scored, 2)
    ignored_words.ignore(scored, word="runs", finish=False)
    some_parts(scored, 1)
    scorers.finish_ranking(scored)
    assert wrong(scored) == []


def test_a_word_that_is_marked_again_at_once_is_ranked_from_the_front(scored):
    ignored_words.ignore(scored, word="dog", finish=False)
    some_parts(scored, 3)
    assert wrong(scored)
    ignored_words.heed(scored, word="dog", finish=False)
    scorers.finish_ranking(scored)
    assert wrong(scored) == []


def test_never_mark_while_a_threshold_is_being_ranked(scored):
    scorers.set_epsilon(scored, epsilon=-0.05, finish=False)
    some_parts(scored, 3)
    ignored_words.ignore(scored, word="dog", finish=False)
    some_parts(scored, 2)
    scorers.finish_ranking(scored)
    assert wrong(scored) == []


def test_a_threshold_while_a_word_is_being_ranked(scored):
    ignored_words.ignore(scored, word="dog", finish=False)
    some_parts(scored, 3)
    scorers.set_epsilon(scored, epsilon=-0.05, finish=False)
    scorers.finish_ranking(scored)
    assert wrong(scored) == []


def test_two_processes_rank_side_by_side(scored):
    with Store.open(scored.name) as other:
        ignored_words.ignore(scored, word="dog", finish=False)
        here, there = scorers.rank_in_parts(scored), scorers.rank_in_parts(other)
        for turn in range(4):
            next(here)
            next(there)
            if turn == 1:
                ignored_words.ignore(other, word="runs", finish=False)
        lefts = [left for pair in zip(here, there, strict=False) for left in pair]
        assert lefts[-1] == 0
        scorers.finish_ranking(other)
        assert wrong(scored) == []


def test_predictions_that_come_meanwhile_are_ranked_right(scored, tmp_path):
    ignored_words.ignore(scored, word="dog", finish=False)
    some_parts(scored, 2)
    items.add(scored, rows(tmp_path, ITEMS + 6))
    scorer = FakeScorer()
    scorer.result = _marking("dog", "runs")
    prelabel(scored, scorer)
    scorers.finish_ranking(scored)
    assert wrong(scored) == []
    assert list(scorers.rank_in_parts(scored)) == [0]


def test_a_word_without_spaces_around_it_is_ranked(scored, tmp_path):
    items.add(
        scored, [replace(given, caption=f"{given.caption} 狗", id=f"zh-{given.id}") for given in rows(tmp_path, 8)]
    )
    prelabel(scored, FakeScorer())
    ignored_words.ignore(scored, word="狗")
    assert wrong(scored) == []
