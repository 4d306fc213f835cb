"""``captionlint demo``: the whole main job, its store, its table and its report."""

import json
import re

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


def test_demo_runs_the_main_job_and_again(captionlint, folder):
    first = captionlint("demo", "--out", folder)
    assert first.code == 0, first.err
    rows = [json.loads(line) for line in (folder / "captions.jsonl").read_text().splitlines()]
    assert len(rows) == 64
    wrong = [row["wrong"] for row in rows if row["wrong"]]
    assert len(wrong) == 32
    assert all(row["caption"][w["start"] : w["end"]] == w["text"] for row in rows if (w := row["wrong"]))

    stats = json.loads(captionlint("stats", "--db", folder / "review.db", "--json").out)
    assert (stats["items"], stats["predicted"], stats["failed"]) == (64, 64, 0)

    caught, marks = map(
        int, re.search(r"(\d+) of those words are marked, and (\d+) mark", " ".join(first.out.split())).groups()
    )
    assert caught >= 24
    assert marks <= 32
    assert "Synthetic" in first.out
    assert "[" in first.out

    again = captionlint("demo", "--out", folder)
    assert again.code == 0
    assert again.out == first.out


def test_the_report_stands_alone(captionlint, folder):
    if not (folder / "report.html").exists():
        captionlint("demo", "--out", folder)
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert report.count("data:image/jpeg;base64,") == 64
    assert not re.findall(r"""(?:src|href)=["'](?!data:)|url\(|@import|<script""", report)
    assert "underlined" in report
    assert "Synthetic" in report
    scores = [float(s) for s in re.findall(r"F-CLIPScore ([-+][\d.e-]+)", report)]
    assert len(scores) == 64
    assert scores == sorted(scores)


def test_a_folder_that_cannot_be_made_is_named(captionlint, tmp_path):
    (tmp_path / "file").write_text("")
    ran = captionlint("demo", "--out", tmp_path / "file")
    assert ran.code == 1
    assert "file" in ran.err
    assert "Traceback" not in ran.err
