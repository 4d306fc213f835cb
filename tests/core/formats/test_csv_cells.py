"""CSV cells, against Python's own strict reader."""

import csv
import io

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from captionlint.core.formats.files.csv_cells import CsvError, CsvRows

NEAR_CSV = st.text(st.sampled_from('",;\r\nab é'), max_size=40)


def lines(text):
    return io.StringIO(text, newline="\n").readlines()


def read(rows, error):
    """Rows, and None for each that could not be read."""
    found = []
    while True:
        try:
            found.append(next(rows))
        except StopIteration:
            return found
        except error:
            found.append(None)


@settings(max_examples=600)
@given(NEAR_CSV, st.sampled_from(",;\t"))
def test_csv_cells_are_those_of_the_strict_reader(text, separator):
    wanted = read(csv.reader(lines(text), delimiter=separator, strict=True), csv.Error)
    assert read(CsvRows(iter(lines(text)), separator, longest=1000), CsvError) == wanted


@settings(max_examples=200)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2), max_size=5))
def test_csv_cells_read_what_the_writer_wrote(rows):
    class Lines(list):
        write = list.append

    written = Lines()
    csv.writer(written).writerows(rows)
    assert list(CsvRows(iter(lines("".join(written))), ",", longest=1000)) == rows


@pytest.mark.parametrize("text", ["{0},b\n", '"{0}",b\n', '"x\n{0}",b\n', 'b,"",{0}\n'])
def test_a_csv_cell_that_is_too_long_is_refused_and_the_next_row_read(text):
    limit = 20
    fits, exceeds = text.format("y" * (limit - 2)), text.format("y" * (limit + 1))
    found = read(CsvRows(iter(lines(fits + exceeds + "c,d\n")), ",", longest=limit), CsvError)
    assert found[1] is None
    assert found[-1] == ["c", "d"]
    assert len(found[0]) >= 2
