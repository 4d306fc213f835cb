"""Figures about a store: how far it is, how good the marks were, and how well annotators agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from statistics import fmean, median
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from captionlint.core.errors import StoreError
from captionlint.core.extras import adding
from captionlint.core.review import KINDS, STATUSES, Kind, Span, Status
from captionlint.db.operations.reviewed_items import USABLE, Evidence, stream, tags
from captionlint.db.records import Decision, StoredReview
from captionlint.db.rows import lookups
from captionlint.db.schema import Failure, Image, Item, Prediction, Scorer
from captionlint.db.store import Store

REVIEWED: Final[tuple[Status, ...]] = ("accepted", "corrected", "rejected")


@dataclass(frozen=True, slots=True)
class Statuses:
    """How many items have each status."""

    by_status: dict[Status, int]

    @property
    def items(self) -> int:
        """All items."""
        return sum(self.by_status.values())

    @property
    def reviewed(self) -> int:
        """Items with a decision; skipped ones have none."""
        return sum(self.by_status[status] for status in REVIEWED)

    def after(self, decision: Decision) -> Statuses:
        """The numbers after one more decision."""
        by_status = dict(self.by_status)
        by_status[decision.before] -= 1
        by_status[decision.status] += 1
        return Statuses(by_status)


@dataclass(frozen=True, slots=True)
class Counts(Statuses):
    """How far the work is. `predicted`, `failed` and `reasons` (as in `Failures`) are the current scorer's."""

    predicted: int
    failed: int
    reasons: dict[str, int]
    scorer_version: str | None
    epsilon: float | None


@dataclass(frozen=True, slots=True)
class Failures:
    """How many items a scorer failed on, and the ten most frequent reasons.

    Reasons that differ only in the picture they name are one: the first of them, with the number of all.
    """

    number: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class Hits:
    """Marks against reviews: true and false positives, false negatives. Ratios are None without a denominator."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Of the marks, the share that reviews bear out."""
        return _ratio(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Of what reviews mark, the share that was marked before."""
        return _ratio(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        return _ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's kappa over the words of the items that two annotators both reviewed; None where a label is constant."""

    annotators: tuple[str, str]
    items: int
    words: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Quality:
    """The pre-labels, measured by the newest review of each item.

    `words` counts words, `spans` counts marks that match a reviewed span exactly, `blind` the words of blind items
    (the only ones whose recall no mark has swayed). `kinds`: marked words of a kind; predictions name no kinds, so
    only their recall means something. `marks` counts what became of the current scorer's marks: kept, changed, removed,
    added; `other_marks` counts the items whose reviewer saw another scorer's. `seconds` holds the time of each review
    that gave one, those that reject an item included, by annotator.
    """

    words: Hits = Hits()
    spans: Hits = Hits()
    blind: Hits = Hits()
    kinds: dict[Kind, Hits] = field(default_factory=dict)
    marks: Counter[str] = field(default_factory=Counter)
    other_marks: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)


def statuses(store: Store) -> Statuses:
    """Items by status. Counts them in an index; after a decision `Statuses.after` gives the same at no cost."""
    with store.reading() as session:
        return Statuses(_by_status(session))


def counts(store: Store) -> Counts:
    """Items by status, and the current scorer's predictions and failures. Reads every failure."""
    with store.reading() as session:
        scorer = lookups.current_scorer(session)
        done, failed = 0, Failures(0, {})
        if scorer is not None:
            done = session.scalar(select(func.count()).where(Prediction.scorer_id == scorer.id)) or 0
            failed = _failures(store, session, scorer.id)
        return Counts(
            by_status=_by_status(session),
            predicted=done,
            failed=failed.number,
            reasons=failed.reasons,
            scorer_version=scorer.version if scorer else None,
            epsilon=scorer.epsilon if scorer else None,
        )


def _by_status(session: Session) -> dict[Status, int]:
    found = {r[0]: r[1] for r in session.execute(select(Item.status, func.count()).group_by(Item.status))}
    return {status: found.get(status, 0) for status in STATUSES}


def failures(store: Store, *, scorer_version: str) -> Failures:
    """What a scorer failed on; raises `StoreError` where the store does not know it."""
    with store.reading() as session:
        return _failures(store, session, lookups.scorer_named(session, scorer_version).id)


def _failures(store: Store, session: Session, scorer_id: int) -> Failures:
    query = select(Failure.reason, Image.location).join(Item, Item.id == Failure.item_id)
    query = query.join(Image, Image.id == Item.image_id).where(Failure.scorer_id == scorer_id).order_by(Failure.item_id)
    alike: Counter[str] = Counter()
    first: dict[str, str] = {}
    for reason, location in session.execute(query.execution_options(yield_per=5000)):
        kind = reason.replace(store.locate(location), "")
        alike[kind] += 1
        first.setdefault(kind, reason)
    return Failures(alike.total(), {first[kind]: number for kind, number in alike.most_common(10)})


def quality(store: Store) -> Quality:
    """Measures the current scorer's marks at its epsilon against the reviews. Reads every reviewed item."""
    total = Quality()
    words = spans = blind = Hits()
    others = 0
    with store.reading() as session:
        scorer = lookups.current_scorer(session)
        sole = (session.scalar(select(func.count()).select_from(Scorer)) or 0) < 2  # an import may not name it
        shown = {scorer.version if scorer else None} | ({None} if sole else set())
    for evidence in stream(store, statuses=("accepted", "corrected", "rejected")):
        for review in evidence.reviews:
            if review.review.seconds is not None:
                total.seconds.setdefault(review.review.annotator, []).append(review.review.seconds)
        verdict = evidence.verdict
        if verdict is None or evidence.status not in USABLE:
            continue
        if not verdict.blind and verdict.scorer_version in shown:
            total.marks.update(_fates(verdict.review.spans))
        others += not verdict.blind and verdict.scorer_version not in shown
        if evidence.prediction is None:
            continue
        hits = _word_hits(evidence, verdict)
        words, spans = words + hits, spans + _span_hits(evidence.marks, verdict.review.spans)
        blind = blind + hits if verdict.blind else blind
        _count_kinds(total.kinds, evidence, verdict)
    return Quality(words, spans, blind, total.kinds, total.marks, others, total.seconds)


def agreement(store: Store) -> tuple[Agreement, ...]:
    """Kappa of every pair of annotators with items in common. Raises `StoreError` without scikit-learn."""
    pairs: dict[tuple[str, str], Counter[tuple[int, int]]] = {}
    shared: Counter[tuple[str, str]] = Counter()
    for evidence in stream(store, statuses=("accepted", "corrected")):
        by_name = {r.review.annotator: r.review for r in evidence.reviews if r.review.status in USABLE}
        for one, other in combinations(sorted(by_name), 2):
            said = zip(
                tags(evidence.words, by_name[one].spans), tags(evidence.words, by_name[other].spans), strict=True
            )
            pairs.setdefault((one, other), Counter()).update(said)
            shared[one, other] += 1
    return tuple(Agreement(names, shared[names], n.total(), _kappa(n)) for names, n in sorted(pairs.items()))


def overall(pairs: Sequence[Agreement]) -> tuple[float | None, int]:
    """One kappa for a data set, the pairs' mean weighted by words, and the items that it rests on."""
    known = [(pair.kappa, pair.words) for pair in pairs if pair.kappa is not None]
    words = sum(number for _, number in known)
    return sum(k * n for k, n in known) / words if words else None, sum(pair.items for pair in pairs)


def typical_seconds(seconds: Sequence[float]) -> tuple[float | None, float | None]:
    """Median and mean seconds of reviews, None without any."""
    return (median(seconds), fmean(seconds)) if seconds else (None, None)


def _kappa(said: Counter[tuple[int, int]]) -> float | None:
    """Of how often two annotators gave a word which labels."""
    one, other = [a for a, _ in said], [b for _, b in said]
    if len(set(one)) < 2 and len(set(other)) < 2:
        return None  # by chance alone they agree as much; the formula divides by nothing
    try:
        from sklearn.metrics import cohen_kappa_score
    except ModuleNotFoundError as error:
        raise StoreError(f"Agreement is measured with scikit-learn: {adding('measure')}.") from error
    return float(cohen_kappa_score(one, other, sample_weight=list(said.values())))


def _word_hits(evidence: Evidence, verdict: StoredReview) -> Hits:
    before = tags(evidence.words, evidence.marks)
    after = tags(evidence.words, verdict.review.spans)
    return _hits(zip(before, after, strict=True))


def _hits(pairs: Iterable[tuple[int, int]]) -> Hits:
    seen = Counter(pairs)
    return Hits(right=seen[1, 1], wrong=seen[1, 0], missed=seen[0, 1])


def _span_hits(marks: Sequence[Span], spans: Sequence[Span]) -> Hits:
    before = {(m.start, m.end) for m in marks}
    after = {(s.start, s.end) for s in spans if not s.removed}
    return Hits(len(before & after), len(before - after), len(after - before))


def _count_kinds(kinds: dict[Kind, Hits], evidence: Evidence, verdict: StoredReview) -> None:
    before = tags(evidence.words, evidence.marks)
    for kind in KINDS:
        own = [span for span in verdict.review.spans if span.kind == kind]
        of_kind = tags(evidence.words, own)
        if any(of_kind):
            pairs = [(b, 1) for b, a in zip(before, of_kind, strict=True) if a]
            kinds[kind] = kinds.get(kind, Hits()) + _hits(pairs)


def _fates(spans: Sequence[Span]) -> list[str]:
    names = {"prediction": "kept", "changed": "changed", "manual": "added"}
    return ["removed" if s.removed else names[s.origin] for s in spans]


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
