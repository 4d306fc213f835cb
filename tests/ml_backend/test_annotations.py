"""From recorded annotations to reviews."""

from dataclasses import replace

import pytest

from captionlint.core.errors import FormatError
from captionlint.core.formats.label_studio.names import OWN
from captionlint.core.review import Span
from captionlint.ml_backend.label_studio.annotations import review_of, review_uid

CAPTION = "a brown dog\non 😀 the sofa"


def region(id, name, kind, start, end, values, **more):
    field = "text" if kind == "textarea" else kind
    value = {"start": start, "end": end, "text": "never\\ntrusted", field: values}
    return {"id": id, "from_name": name, "to_name": "caption", "type": kind, "value": value, **more}


def mark(id, start, end, **more):
    return region(id, "misalign", "labels", start, end, ["Misaligned"], **more)


def choice(value):
    return {"id": "v", "from_name": "verdict", "to_name": "caption", "type": "choices", "value": {"choices": [value]}}


def annotation(*result, **more):
    return {
        "id": 4, "unique_id": "5a0e", "completed_by": 1, "was_cancelled": False, "lead_time": 3.2,
        "result": list(result),
        "created_at": "2026-11-01T10:00:00.000000Z", "updated_at": "2026-11-01T10:00:05.000000Z",
        "parent_prediction": 11, **more,
    }  # fmt: skip


PREDICTION = {"result": [mark("w1", 2, 7), mark("w2", 8, 11)]}


def test_kept_changed_manual_and_removed_marks_are_told_apart():
    given = annotation(
        mark("w1", 2, 7, origin="prediction"),
        region("w1", "kind", "choices", 2, 7, ["attribute"], origin="manual"),
        region("w1", "correction", "textarea", 2, 7, ["black"], origin="manual"),
        mark("m", 20, 23, origin="manual"),
        choice("Has misalignment"),
    )
    found = review_of(given, CAPTION, prediction=PREDICTION)
    assert found.spans == (
        Span(2, 7, "attribute", "black", "prediction"),
        Span(8, 11, origin="prediction", removed=True),
        Span(21, 25, origin="manual"),  # two letters of "sofa" drawn by hand
    )
    assert (found.status, found.annotator, found.seconds) == ("corrected", "1", 3.2)
    assert found.reviewed_at.isoformat() == "2026-11-01T10:00:05+00:00"


def test_accepting_all_in_the_data_manager_keeps_the_prediction():
    found = review_of(annotation(*PREDICTION["result"]), CAPTION, prediction=PREDICTION)
    assert [s.origin for s in found.spans] == ["prediction", "prediction"]
    assert found.status == "accepted"


@pytest.mark.parametrize("known", [None, {"result": [mark("w3", 8, 11)]}, {"result": []}])
def test_a_prediction_made_an_annotation_is_accepted_whatever_is_known_of_it(known):
    """ "Create annotations from predictions" copies the result; deliveries carry no more than the prediction's number,
    and the marks of now can be others.
    """
    found = review_of(annotation(*PREDICTION["result"], lead_time=None), CAPTION, prediction=known)
    assert found.spans == (Span(2, 7, origin="prediction"), Span(8, 11, origin="prediction"))
    assert found.status == "accepted"
    nothing = review_of(annotation(lead_time=None), CAPTION, prediction=known)
    assert (nothing.spans, nothing.status) == ((), "accepted")


def test_an_annotation_made_from_nothing_removed_nothing():
    given = annotation(mark("m", 2, 7, origin="manual"), parent_prediction=None)
    assert review_of(given, CAPTION, prediction=PREDICTION).spans == (Span(2, 7, origin="manual"),)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (annotation(choice("Caption correct"), parent_prediction=None), "accepted"),
        (annotation(choice("Cannot judge")), "rejected"),
        (annotation(was_cancelled=True), "skipped"),
        (annotation(choice("Has misalignment"), parent_prediction=None), "skipped"),
    ],
)
def test_the_verdict_is_heard(given, status):
    assert review_of(given, CAPTION).status == status


def test_who_skips_an_item_takes_no_mark_away():
    found = review_of(
        annotation(mark("m", 20, 25, origin="manual"), was_cancelled=True), CAPTION, prediction=PREDICTION
    )
    assert (found.status, found.spans) == ("skipped", (Span(21, 25, origin="manual"),))


def test_a_caption_called_correct_has_no_mark_that_was_left_standing():
    given = annotation(*PREDICTION["result"], choice("Caption correct"))
    found = review_of(given, CAPTION, prediction=PREDICTION)
    assert [(s.start, s.removed) for s in found.spans] == [(2, True), (8, True)]
    assert found.status == "corrected"


@pytest.mark.parametrize("kind", ["attribute", "other"])
def test_a_mark_that_somebody_gave_a_kind_is_their_own_word(kind):
    """Label Studio calls the origin of a kind that was chosen for a proposed mark ``prediction`` as well."""
    result = [*PREDICTION["result"], region("w1", "kind", "choices", 2, 7, [kind], origin="prediction")]
    stands, was_left = Span(2, 7, kind, None, "prediction"), Span(8, 11, "other", None, "prediction", removed=True)
    correct = review_of(annotation(*result, choice("Caption correct")), CAPTION, prediction=PREDICTION)
    assert (correct.status, correct.spans) == ("skipped", (stands, was_left))
    wrong = review_of(annotation(*result, choice("Has misalignment")), CAPTION, prediction=PREDICTION)
    assert wrong.status == ("accepted" if kind == "other" else "corrected")
    assert wrong.spans == (stands, Span(8, 11, "other", None, "prediction"))


def test_a_kind_that_was_proposed_is_nobodys_word():
    result = [*PREDICTION["result"], region("w1", "kind", "choices", 2, 7, ["attribute"])]
    found = review_of(annotation(*result, choice("Caption correct")), CAPTION, prediction={"result": result})
    assert [(s.start, s.removed) for s in found.spans] == [(2, True), (8, True)]
    assert found.status == "corrected"


def test_a_review_that_our_file_brought_says_which_marks_it_began_from():
    """Label Studio forgets the prediction when it takes the file in, and keeps the verdict's meta."""
    said = choice("Caption correct") | {"meta": {"captionlint": {"proposed": [[2, 7], [8, 11]]}}}
    imported = annotation(said, parent_prediction=None)
    assert [(s.start, s.end, s.removed) for s in review_of(imported, CAPTION).spans] == [(2, 7, True), (8, 11, True)]
    assert review_of(imported, CAPTION).status == "corrected"
    redrawn = annotation(mark("m", 2, 7, origin="manual"), said, parent_prediction=None)
    assert [s.removed for s in review_of(redrawn, CAPTION).spans] == [False, True]


def test_a_caption_called_correct_beside_a_mark_of_ones_own_is_nobodys_word():
    given = annotation(mark("m", 2, 7, origin="manual"), choice("Caption correct"), parent_prediction=None)
    assert review_of(given, CAPTION).status == "skipped"


def test_a_stretch_drawn_twice_counts_once():
    given = annotation(mark("a", 2, 7, origin="manual"), mark("b", 3, 5, origin="manual"))
    assert review_of(given, CAPTION).spans == (Span(2, 7, origin="manual"),)


def test_a_label_of_another_meaning_is_refused_by_the_names_that_there_are():
    strange = region("a", "misalign", "labels", 2, 7, ["Nope"])
    for labelling, said in ((OWN, "Misaligned or Unsure,"), (replace(OWN, unsure=None), "Misaligned,")):
        with pytest.raises(FormatError, match=f"'Nope' is not {said}"):
            review_of(annotation(strange), CAPTION, labelling=labelling)


def test_regions_outside_of_the_caption_are_refused():
    with pytest.raises(FormatError, match="outside"):
        review_of(annotation(mark("a", 2, 70)), CAPTION)


def test_one_state_of_an_annotation_has_one_uid_however_its_time_is_written():
    one = annotation()
    same = {**one, "updated_at": "2026-11-01T11:00:05+01:00", "unique_id": None}
    assert review_uid(one) == review_uid(same)
    assert review_uid(one) != review_uid({**one, "updated_at": "2026-11-01T10:00:06Z"})
    with pytest.raises(FormatError, match="no id"):
        review_uid({})
