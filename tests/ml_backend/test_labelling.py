"""The names in a project's labelling configuration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionlint.core.formats.label_studio.names import OWN
from captionlint.core.formats.label_studio.regions import regions_of
from captionlint.ml_backend.label_studio.label_config import LabellingError, labelling_of, own_config

OTHER = """<View>
  <Labels name="t" toName="unrelated"><Label value="X"/></Labels>
  <Image name="photo" value="$url"/>
  <Labels name="wrong" toName="txt"><Label value="fine"/><Label value="bad" alias="misaligned"/></Labels>
  <Text name="txt" value="$description"/>
  <Choices name="sort" toName="txt" perRegion="true"><Choice value="Object"/><Choice value="How many" alias="count"/></Choices>
</View>"""  # noqa: E501


def test_our_own_configuration_has_the_names_that_files_have():
    assert labelling_of(own_config()) == OWN


def test_names_are_those_of_the_project():
    found = labelling_of(OTHER)
    assert (found.image, found.caption, found.text, found.marks, found.mark) == (
        "url", "description", "txt", "wrong", "misaligned",
    )  # fmt: skip
    assert found.kinds == (("object", "Object"), ("count", "count"))
    assert (found.unsure, found.correction, found.verdict, found.rewrite) == (None, None, None, None)
    assert found.types == {"wrong": "labels", "sort": "choices"}


def test_what_has_an_alias_is_that_in_results():
    """As Label Studio 1.23.2 writes and reads them, whatever people see."""
    result = {"id": "a", "from_name": "wrong", "to_name": "txt", "type": "labels",
              "value": {"start": 0, "end": 3, "labels": ["misaligned"]}}  # fmt: skip
    kind = {**result, "from_name": "sort", "type": "choices", "value": {"start": 0, "end": 3, "choices": ["count"]}}
    (region,) = regions_of([result, kind], "two dogs", labelling_of(OTHER))
    assert (region.marked, region.kind) == (True, "count")


def test_without_a_label_of_that_name_the_first_one_marks():
    assert labelling_of(OTHER.replace(' alias="misaligned"', "")).mark == "fine"


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("", "no XML"),
        ("<View>", "no XML"),
        ("\ud800", "no XML"),
        ("<View/>", "no Image"),
        (OTHER.replace("$description", "fixed"), "no $value"),
        (OTHER.replace('value="$description"', 'value="$description" valueType="url"'), "at an address"),
        ("<View>" * 200 + "</View>" * 200, "deep"),
        ("<View>" + " " * 2_000_000 + "</View>", "far too many"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><View>&a;</View>', "document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><View/>', "document type"),
    ],
)
def test_what_captions_cannot_be_marked_with_is_refused_by_name(config, said):
    with pytest.raises(LabellingError, match=said.replace("$", r"\$")):
        labelling_of(config)


@given(st.text())
def test_any_text_is_either_read_or_refused(config):
    try:
        labelling_of(config)
    except LabellingError:
        return
    raise AssertionError("no short random text is a configuration")
