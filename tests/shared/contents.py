"""All that a store holds as plain data, in the words of its operations: the same whatever its schema was."""

from captionlint.db.operations import items, reviews, stats


def contents(store):
    """Items with predictions, marks and every decision, and the counts."""
    counts = stats.counts(store)
    return {
        "counts": {"items": counts.items, "predicted": counts.predicted, "reviewed": counts.reviewed},
        "items": [_item(store, item_id) for item_id in items.ids(store)],
    }


def _item(store, item_id):
    item = items.get(store, item_id=item_id)
    return {
        "source_id": item.source_id,
        "caption": item.caption,
        "status": item.status,
        "scores": [w.score for w in item.prediction.words] if item.prediction else None,
        "marks": [[mark.start, mark.end] for mark in item.marks],
        "decisions": [_decision(found) for found in reviews.revisions(store, item_id=item_id)],
    }


def _decision(found):
    review = found.review
    return {
        "action": found.action,
        "annotator": review.annotator,
        "status": review.status,
        "spans": [[s.start, s.end, s.kind, s.replacement] for s in review.spans],
        "corrected_caption": review.corrected_caption,
        "reviewed_at": review.reviewed_at.isoformat(),
        "seconds": review.seconds,
    }
