"""import, prelabel, stats, export, split and merge, as a user calls them."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest
from stores import FakeScorer, photo

from captionlint.cli.commands import settings
from captionlint.core import demo
from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.scorer import Scorer
from captionlint.core.formats import reading
from captionlint.core.formats.reading import read
from captionlint.core.images.hashing import file_sha256
from captionlint.core.prediction import Failure
from captionlint.core.review import Span
from captionlint.core.text.words import WORD_RULES
from captionlint.db.operations import ignored_words, items, predictions, reviews, scorers
from captionlint.db.rows import ranking
from captionlint.db.store import Store


@pytest.fixture
def fake_model(monkeypatch):
    """The scorer that `--model` gives in these tests."""
    scorer = FakeScorer()
    monkeypatch.setattr(Scorer, "from_spec", lambda *_, **__: scorer)
    return scorer


@pytest.fixture
def source(tmp_path):
    """Six captions of three pictures, in a file beside a folder of pictures."""
    for number in range(3):
        photo(tmp_path / "photos", f"{number}.png", (number, 9, 9))
    path = tmp_path / "captions.jsonl"
    words = ["red", "xblue"]
    rows = [{"image": f"{n // 2}.png", "caption": f"a {words[n % 2]} dog {n}", "id": f"c{n}"} for n in range(6)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def db(tmp_path, source, captionlint, fake_model):
    """A store with these captions, scored."""
    path = tmp_path / "review.db"
    assert captionlint("import", source, "--db", path, "--images", tmp_path / "photos").code == 0
    assert captionlint("prelabel", "--db", path, "--model", "demo").code == 0
    return path


def review(db, *, annotator="ana"):
    with Store.open(db) as store:
        for item_id in items.ids(store):
            item = items.get(store, item_id=item_id)
            spans = [Span(m.start, m.end, "attribute", "green") for m in item.marks]
            if spans:
                fixed = reviews.suggestion(item.caption, spans=spans)
                reviews.correct(store, item_id=item_id, annotator=annotator, spans=spans, corrected_caption=fixed)
            else:
                reviews.accept(store, item_id=item_id, annotator=annotator, seconds=3)


def test_the_whole_way_from_captions_to_training_rows(db, tmp_path, captionlint):
    figures = json.loads(captionlint("stats", "--db", db, "--json").out)
    assert {k: figures[k] for k in ("items", "predicted", "failed", "reviewed", "pending")} == {
        "items": 6, "predicted": 6, "failed": 0, "reviewed": 0, "pending": 6,
    }  # fmt: skip
    refused = captionlint("export", "--db", db, "--format", "words", tmp_path / "out.jsonl")
    assert refused.code == 1
    assert "--unreviewed" in refused.err
    assert len(refused.err.splitlines()) == 1
    assert not (tmp_path / "out.jsonl").exists()
    review(db)
    done = captionlint("export", "--db", db, "--format", "words", tmp_path / "out.jsonl", "--licence", "cc0-1.0")
    assert (done.code, done.out) == (0, "")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert rows[1]["image"] == "photos/0.png"
    assert rows[1]["tags"] == [0, 1, 0, 0]
    assert rows[1]["types"] == [None, "attribute", None, None]
    assert rows[1]["corrected_caption"] == "a green dog 1"
    assert "cc0-1.0" in (tmp_path / "dataset_card.md").read_text()
    again = captionlint("import", tmp_path / "out.jsonl", "--db", tmp_path / "again.db")
    assert again.out == "6 added\n"
    figures = json.loads(captionlint("stats", "--db", tmp_path / "again.db", "--json").out)
    assert figures["reviewed"] == 6
    assert figures["words"]["precision"] == 1.0


@pytest.mark.parametrize("format", ["words", "csv", "negclip"])
def test_nothing_to_export_writes_nothing_to_stdout(db, captionlint, format):
    ran = captionlint("export", "--db", db, "--format", format, "-")
    assert (ran.code, ran.out) == (1, "")
    assert "--unreviewed" in ran.err


def test_lines_go_to_stdout(db, captionlint):
    review(db)
    ran = captionlint("export", "--db", db, "--format", "dpo", "-")
    assert ran.code == 0
    assert [json.loads(line)["chosen"][0]["content"][0]["text"] for line in ran.out.splitlines()] == [
        "a green dog 1", "a green dog 3", "a green dog 5",
    ]  # fmt: skip


def test_an_export_never_replaces_a_store(db, tmp_path, captionlint):
    review(db)
    for out in (db, tmp_path / "review.db.copy"):
        if out != db:
            out.write_bytes(db.read_bytes())
        ran = captionlint("export", "--db", db, "--format", "words", out)
        assert (ran.code, len(ran.err.splitlines())) == (2, 1)
        assert json.loads(captionlint("stats", "--db", out, "--json").out)["reviewed"] == 6


def test_stats_are_readable_too(db, captionlint):
    review(db)
    with Store.open(db) as store:
        scorers.enter(store, version="fake-1;" + "x" * 200, details={}, epsilon=-0.123456789012345)
        scorers.set_epsilon(store, epsilon=-0.010000000000000002)
    out = captionlint("stats", "--db", db).out
    assert "words precision" in out
    assert "recall of attribute" in out
    assert out.count("fake-1") == 1
    assert "epsilon                   -0.01\n" in out
    with Store.open(db) as store:
        scorers.choose(store, version="fake-1;" + "x" * 200)
    out = captionlint("stats", "--db", db).out
    assert "fake-1;" + "x" * 200 in out
    assert "not among these marks     6 items reviewed with another scorer's" in out


def test_names_in_stats_are_shown_as_they_are(db, captionlint):
    review(db, annotator="[/b]\u202eana")
    review(db, annotator="ben")
    assert "kappa of [/b]ana and ben" in captionlint("stats", "--db", db).out


def test_import_again_and_with_other_content(db, source, tmp_path, captionlint):
    def run(*more):
        return captionlint("import", source, "--db", db, "--images", tmp_path / "photos", *more)

    assert run().out == "0 added, 6 already there\n"
    source.write_text(source.read_text().replace("red dog 0", "green dog 0"))
    conflict = run()
    assert conflict.code == 1
    assert "'a red dog 0'" in conflict.err
    assert "'a green dog 0'" in conflict.err
    assert run("--update").out == "0 added, 5 already there, 1 updated\n"
    assert run().code == 0


def test_bad_rows(source, tmp_path, captionlint):
    lines = source.read_text().splitlines()
    source.write_text("\n".join([lines[0], "{broken", '{"image": "missing.png", "caption": "x"}', *lines[1:]]))
    ran = captionlint("import", source, "--db", tmp_path / "a.db", "--images", tmp_path / "photos")
    assert ran.code == 0
    assert ran.out == "6 added, 2 not usable\n"
    assert "2" in ran.err.splitlines()[0]
    lost = captionlint("import", source, "--db", tmp_path / "lost.db")
    assert lost.code == 1
    assert f"picture names start from {tmp_path}, --images" in lost.err
    strict = captionlint("import", source, "--db", tmp_path / "b.db", "--images", tmp_path / "photos", "--strict")
    assert strict.code == 1
    assert len(strict.err.splitlines()) == 1
    nothing = captionlint("import", tmp_path / "no.jsonl", "--db", tmp_path / "c.db")
    assert nothing.code == 1
    assert not (tmp_path / "c.db").exists()


def test_repeats_and_a_changed_picture_are_named_for_what_they_are(source, tmp_path, captionlint):
    source.write_text(source.read_text() + source.read_text().splitlines(keepends=True)[0])

    def run():
        return captionlint("import", source, "--db", tmp_path / "a.db", "--images", tmp_path / "photos")

    assert run().out == "6 added, 1 repeated in the file\n"
    assert run().out == "0 added, 7 already there\n"
    photo(tmp_path / "photos", "0.png", (99, 9, 9))
    changed = run()
    assert (changed.code, changed.out) == (1, "0 added, 4 already there, 3 contradicting\n")
    assert [line.split(":")[0] for line in changed.err.splitlines()] == ["captions.jsonl", "captionlint"]
    assert changed.err.splitlines()[0].endswith("(the first of 3 such rows)")


def test_what_was_guessed_to_read_rows_is_said_once(tmp_path, captionlint):
    photo(tmp_path, "a.png")
    (tmp_path / "a.csv").write_bytes("image,caption\na.png,plain\na.png,Käse\na.png,Brötchen\n".encode("cp1252"))
    ran = captionlint("import", tmp_path / "a.csv", "--db", tmp_path / "a.db")
    assert (ran.code, ran.out) == (0, "3 added\n")
    assert ran.err == "a.csv:3: not UTF-8: read as Windows-1252 (the first of 2 such rows)\n"


def test_a_source_that_cannot_be_used_leaves_no_store_behind(tmp_path, captionlint):
    (tmp_path / "a.csv").write_text("url,text\nx,y\n")
    ran = captionlint("import", tmp_path / "a.csv", "--db", tmp_path / "a.db")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "url, text" in ran.err
    assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize("options", [[], ["--strict"], ["--update"]])
def test_an_import_of_nothing_usable_leaves_no_store_behind(tmp_path, captionlint, options):
    source = tmp_path / "captions.jsonl"
    source.write_text('{"image": "gone.png", "caption": "a cat"}\n{"image": "gone.png"}\n', encoding="utf-8")
    folder = tmp_path / "stores"
    folder.mkdir()
    ran = captionlint("import", source, "--db", folder / "review.db", *options)
    assert ran.code == 1
    assert list(folder.iterdir()) == []


def test_a_strict_import_whose_first_row_is_bad_leaves_no_store_behind(source, tmp_path, captionlint):
    source.write_text("nonsense\n" + source.read_text(encoding="utf-8"), encoding="utf-8")
    asked = ["import", source, "--db", tmp_path / "new.db", "--images", tmp_path / "photos"]
    ran = captionlint(*asked, "--strict")
    assert ran.code == 1
    assert "captions.jsonl:1: this is not JSON" in ran.err
    assert list(tmp_path.glob("new.db*")) == []
    assert captionlint(*asked).out == "6 added, 1 not usable\n"


def test_a_store_that_was_there_stays_though_nothing_was_usable(db, tmp_path, captionlint):
    source = tmp_path / "bad.jsonl"
    source.write_text('{"image": "gone.png", "caption": "a cat"}\n', encoding="utf-8")
    assert captionlint("import", source, "--db", db).code == 1
    assert captionlint("stats", "--db", db).code == 0


def test_an_export_counts_what_it_leaves_behind(db, tmp_path, captionlint):
    with Store.open(db) as store:
        reviews.accept(store, item_id=1, annotator="ana")
        reviews.reject(store, item_id=2, annotator="ana")
        reviews.skip(store, item_id=3, annotator="ana")
    ran = captionlint("export", "--db", db, "--format", "words", tmp_path / "out.jsonl")
    assert ran.err.splitlines()[1:] == ["4 left out: not reviewed", "1 left out: rejected"]
    assert "| Left out | not reviewed 4, rejected 1 |" in (tmp_path / "dataset_card.md").read_text()
    ran = captionlint("export", "--db", db, "--format", "words", tmp_path / "out.jsonl", "--unreviewed")
    assert ran.err.splitlines()[1:] == ["1 left out: rejected"]


def test_ctrl_c_keeps_what_was_imported(source, tmp_path, captionlint, monkeypatch):
    lines = source.read_text().splitlines()
    source.write_text("".join(json.dumps({**json.loads(lines[n % 6]), "id": str(n)}) + "\n" for n in range(1500)))
    asked = ["import", source, "--db", tmp_path / "a.db", "--images", tmp_path / "photos"]
    with monkeypatch.context() as patch:
        patch.setattr(reading, "read", lambda *given, **how: interrupted_after(1200, read(*given, **how)))
        ran = captionlint(*asked)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "stopped after 1000 rows, all kept; run the command again to go on\n"
    assert captionlint(*asked).out == "500 added, 1000 already there\n"


def interrupted_after(number, rows):
    yield from islice(rows, number)
    raise KeyboardInterrupt


def test_ctrl_c_keeps_what_was_scored(db, fake_model, captionlint, tmp_path, source):
    with Store.open(tmp_path / "other.db") as store:
        items.add(store, read(source, images=tmp_path / "photos"))

    def interrupted(pairs, *, batch_size):
        for number, result in enumerate(FakeScorer.stream(fake_model, pairs, batch_size=batch_size)):
            if number == 4:
                raise KeyboardInterrupt
            yield result

    fake_model.stream = interrupted
    ran = captionlint("prelabel", "--db", tmp_path / "other.db", "--batch-size", 2)
    assert ran.code == 1
    assert "stopped after 4 items" in ran.err
    del fake_model.stream
    assert captionlint("prelabel", "--db", tmp_path / "other.db").out == "2 items scored\n"


def test_prelabel_says_which_scorer_is_shown_and_how_to_switch(db, fake_model, captionlint, monkeypatch):
    def prelabel(version, *options):
        monkeypatch.setattr(fake_model, "version", version)
        ran = captionlint("prelabel", "--db", db, *options)
        assert ran.code == 0
        with Store.open(db) as store:
            return ran.err, scorers.current(store).version

    said, shown = prelabel("fake-1")
    assert (said, shown) == ("nothing is left to score\n", "fake-1")
    settings = f"`captionlint settings --db {db} --scorer"
    said, shown = prelabel("fake-2", "--limit", "2")
    assert (said, shown) == (
        f"The marks of fake-1 are still shown; {settings} 'fake-2'` shows the new ones.\n",
        "fake-1",
    )
    said, shown = prelabel("fake-2")
    assert (said, shown) == (f"The marks of fake-2 are shown from now on; {settings} 'fake-1'` goes back.\n", "fake-2")
    assert captionlint("settings", "--db", db, "--scorer", "fake-1").code == 0
    said, shown = prelabel("fake-3", "--limit", "1", "--show")
    assert shown == "fake-3"
    assert "from now on" in said


def test_a_finished_prelabel_says_so_without_loading_torch(db):
    spec = ModelSpec.of_name("demo")
    weights = Path(demo.__file__).with_name("demo.safetensors")
    details = {"spec": spec.to_dict(), "word_rules": WORD_RULES, "weights_sha256": file_sha256(weights)}
    with Store.open(db) as store:
        scorers.enter(store, version="demo@1", details=details)
        items_left = [(i, Failure("demo@1", items.get(store, item_id=i).caption, "?")) for i in items.ids(store)]
        predictions.record(store, scorer_version="demo@1", results=items_left)
    program = "import sys; sys.modules['torch'] = None; from captionlint.cli.main import run; run()"
    command = [sys.executable, "-c", program, "prelabel", "--db", db, "--model", "demo"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (0, "0 items scored\n"), ran.stderr
    assert ran.stderr.startswith("nothing is left to score\n")
    retried = subprocess.run([*command, "--retry-failed"], check=False, capture_output=True, text=True, timeout=60)
    assert retried.returncode == 1
    assert "torch" in retried.stderr


def test_failures_are_counted_and_retried_when_asked(tmp_path, source, captionlint, fake_model):
    source.write_text(source.read_text().replace("red dog 0", "unscorable"))
    db = tmp_path / "a.db"
    captionlint("import", source, "--db", db, "--images", tmp_path / "photos")
    first = captionlint("prelabel", "--db", db)
    assert (first.code, first.out) == (1, "5 items scored, 1 failed\n")
    assert first.err.splitlines() == [
        "failed: The caption has no words.",
        "captionlint: 1 of 6 items failed, the others are scored; mend the cause and add --retry-failed.",
    ]
    assert "The caption has no words." in captionlint("stats", "--db", db).out
    again = captionlint("prelabel", "--db", db)
    assert (again.code, again.out) == (0, "0 items scored\n")
    assert again.err.splitlines() == [
        "nothing is left to score",
        "failed: The caption has no words.",
        "1 items failed in earlier runs and were left alone; --retry-failed tries them again",
    ]
    retried = captionlint("prelabel", "--db", db, "--retry-failed")
    assert (retried.code, retried.out) == (1, "0 items scored, 1 failed\n")
    assert "earlier runs" not in retried.err


def test_failures_of_many_pictures_are_one_line(tmp_path, captionlint):
    for number in range(20):
        photo(tmp_path, f"{number}.png", (number, 0, 0))
    lines = [json.dumps({"image": f"{number}.png", "caption": "a red dog"}) for number in range(20)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    assert captionlint("import", tmp_path / "a.jsonl", "--db", tmp_path / "a.db").code == 0
    for number in range(1, 20):
        (tmp_path / f"{number}.png").unlink()
    ran = captionlint("prelabel", "--db", tmp_path / "a.db", "--model", "demo")
    assert (ran.code, ran.out) == (1, "1 items scored, 19 failed\n")
    assert ran.err.splitlines()[0] == f"failed: {tmp_path / '1.png'} does not exist. (19 alike)"
    assert ran.err.splitlines()[1].startswith("captionlint: 19 of 20 items failed")
    assert len(ran.err.splitlines()) == 2
    figures = json.loads(captionlint("stats", "--db", tmp_path / "a.db", "--json").out)
    assert list(figures["failure_reasons"].values()) == [19]


def test_split_review_merge(db, tmp_path, captionlint):
    ran = captionlint("split", "--db", db, "--annotators", "ana,ben", "--overlap", ".4", tmp_path / "out")
    assert (ran.code, len(ran.out.splitlines())) == (0, 2)
    for name in ("ana", "ben"):
        review(tmp_path / "out" / f"{name}.db", annotator=name)
    others = [tmp_path / "out" / "ana.db", tmp_path / "out" / "ben.db"]
    first = captionlint("merge", *others, "--db", db)
    assert first.code == 0
    assert "0 reviews added" in captionlint("merge", *others, "--db", db).out
    figures = json.loads(captionlint("stats", "--db", db, "--json").out)
    assert figures["reviewed"] == 6
    assert figures["agreement"][0]["kappa"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["stats", "--db", "typo.db"], 1, "does not exist"),
        (["prelabel", "--db", "typo.db"], 1, "does not exist"),
        (["merge", "typo.db", "--db", "typo.db"], 1, "does not exist"),
        (["stats"], 2, "--db"),
        (["import", "", "--db", "new.db"], 2, "SOURCE is empty"),
        (["import", "captions.csv", "--images", "", "--db", "new.db"], 2, "--images is empty"),
        (["prelabel", "--db", "x.db", "--batch-size", "0"], 2, "batch-size"),
        (["stats", "--db", "mysql://x/y"], 2, "postgresql"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(captionlint, arguments, code, said):
    ran = captionlint(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_store_that_is_not_there_ends_alike_everywhere(db, tmp_path, captionlint):
    missing = tmp_path / "missing.db"
    for asked in (
        ["stats"], ["prelabel"], ["review"], ["export", "--format", "words", "x"], ["calibrate"], ["settings"],
        ["split", "--annotators", "ana,ben", tmp_path / "out"], ["merge", db],
    ):  # fmt: skip
        ran = captionlint(*asked, "--db", missing)
        assert (ran.code, ran.out) == (1, ""), asked
        assert f"{missing} does not exist: see to its name, or make it with `captionlint import" in ran.err
    assert not (tmp_path / "out").exists()
    back = captionlint("merge", db, missing, "--db", db)
    assert (back.code, back.out) == (1, "")
    assert "name the stores that came back" in back.err
    assert "import" not in back.err


def test_a_team_needs_names_and_stores(db, tmp_path, captionlint):
    ran = captionlint("split", "--db", db, "--annotators", ",", tmp_path / "out")
    assert (ran.code, ran.out) == (2, "")
    assert "--annotators ana,ben" in ran.err
    ran = captionlint("merge", "postgresql://ana@localhost:port/x", "--db", db)
    assert (ran.code, ran.out) == (2, "")
    assert "postgresql://USER" in ran.err
    assert "0 reviews added" in captionlint("merge", db, "--db", db).out


def test_a_format_that_does_not_exist(db, captionlint):
    ran = captionlint("export", "--db", db, "--format", "excel", "x", "--unreviewed")
    assert ran.code == 2
    assert "words" in ran.err


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1", "cp1252"])
def test_help_and_captions_are_shown_whatever_the_locale(db, encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for asked in (["export", "--help"], ["settings", "--db", db, "--never-mark", "κύων"]):
        command = [sys.executable, "-m", "captionlint.cli", *asked]
        ran = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=300)
        assert (ran.returncode, ran.stderr) == (0, b"")
    assert ("κύων" if encoding == "ascii" else "\\u03ba").encode() in ran.stdout


def test_help_imports_nothing_heavy():
    code = (
        "import sys, cli.main\n"
        "heavy = {'torch', 'sqlalchemy', 'alembic', 'sklearn', 'ray', 'PySide6', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "import captionlint.db.store, db.prelabel.local, db.operations.stats, db.operations.export\n"
        "heavy = {'torch', 'alembic', 'sklearn', 'ray', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


def test_settings_show_and_change_what_a_store_agrees_on(db, captionlint):
    shown = json.loads(captionlint("settings", "--db", db, "--json").out)
    assert [s["predictions"] for s in shown["scorers"]] == [6]
    assert (shown["blind_share"], shown["never_marked"]) == (0, [])
    flagged = json.loads(captionlint("stats", "--db", db, "--json").out)
    changed = captionlint(
        "settings", "--db", db, "--blind-share", "0.5", "--never-mark", "xBlue", "--epsilon", "-0.25", "--json"
    )
    after = json.loads(changed.out)
    assert (after["blind_share"], after["never_marked"]) == (0.5, ["xblue"])
    assert after["scorers"][0]["epsilon"] == -0.25
    assert flagged["items"] == 6
    assert "never marked: no word" in captionlint("settings", "--db", db, "--mark-again", "xblue").out


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--blind-share", "1.5", "between 0 and 1"),
        ("--scorer", "nobody", "nobody"),
        ("--epsilon", "nan", "is a number"),
        ("--never-mark", " ", "Name a word"),
        ("--never-mark", "\udcff", "Name a word"),
        ("--never-mark", "!?", "Name a word"),
        ("--never-mark", "red dog", "would never match: name its words, --never-mark red --never-mark dog."),
    ],
)
def test_settings_refuse_what_makes_no_sense(db, captionlint, option, value, why):
    result = captionlint("settings", "--db", db, option, value)
    assert result.code != 0
    assert why in result.err


@pytest.mark.parametrize("refused", [("--scorer", "nobody"), ("--never-mark", "red dog")])
def test_settings_change_all_or_nothing(db, captionlint, refused):
    before = captionlint("settings", "--db", db, "--json").out
    named = ("--blind-share", "0.5", "--epsilon", "-0.25", "--never-mark", "xblue", *refused)
    assert captionlint("settings", "--db", db, *named).code != 0
    assert captionlint("settings", "--db", db, "--json").out == before


def test_a_threshold_needs_predictions(tmp_path, source, captionlint):
    captionlint("import", source, "--db", tmp_path / "a.db", "--images", tmp_path / "photos")
    ran = captionlint("settings", "--db", tmp_path / "a.db", "--epsilon", "-0.1")
    assert ran.code == 1
    assert "captionlint prelabel" in ran.err


def test_merge_and_update_keep_the_day_before_beside_the_store(db, source, tmp_path, captionlint):
    assert captionlint("import", source, "--db", db, "--images", tmp_path / "photos", "--update").code == 0
    copies = list(tmp_path.glob("review.db.????-??-??.backup"))
    assert len(copies) == 1
    with Store.open(copies[0]) as store:
        assert items.count(store) == 6


def test_an_export_replaces_an_export_and_nothing_else(db, source, tmp_path, captionlint):
    review(db)
    before = source.read_bytes()
    for victim in (source, tmp_path / "photos" / "0.png"):
        ran = captionlint("export", "--db", db, "--format", "words", victim)
        assert ran.code != 0
        assert "no earlier export" in ran.err
    assert source.read_bytes() == before
    out = tmp_path / "labels.jsonl"
    assert captionlint("export", "--db", db, "--format", "words", out).code == 0
    assert captionlint("export", "--db", db, "--format", "words", out).code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a screen")
def test_a_missing_display_is_said_in_one_line(db, captionlint, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    ran = captionlint("review", "--db", db)
    assert ran.code == 2
    assert "no display" in ran.err


@pytest.mark.parametrize("command", [["stats"], ["settings"], ["doctor", "--no-test"], ["import", "x"]])
def test_an_empty_name_of_a_store_is_not_this_folder(captionlint, command):
    ran = captionlint(*command, "--db", "")
    assert (ran.code, ran.err) == (2, "captionlint: --db is empty: name a file, or give a postgresql:// URL.\n")


def test_an_export_to_a_closed_stdout_says_so(db, captionlint, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)  # as Python has it after `>&-`
    ran = captionlint("export", "--db", db, "--format", "words", "--unreviewed", "-")
    assert (ran.code, ran.err) == (2, "captionlint: stdout is closed: name a file to write.\n")


def test_ctrl_c_before_a_command_begins_is_silent(captionlint, monkeypatch):
    monkeypatch.setattr("captionlint.cli.main.app", lambda: signal.raise_signal(signal.SIGINT))
    assert captionlint("models") == (130, "", "")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("export --format wo", {"words", "words-parquet"}),
        ("prelabel --model de", {"demo"}),
        ("label-studio pu", {"push", "pull"}),
    ],
)
def test_tab_offers_commands_formats_and_models(line, offered):
    asked = {"COMP_WORDS": f"captionlint {line}", "COMP_CWORD": str(line.count(" ") + 1)}
    program = "import sys; sys.argv = ['captionlint']; from captionlint.cli.__main__ import run; run()"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        env={**os.environ, **asked, "_CAPTIONLINT_COMPLETE": "complete_bash"},
        timeout=300,
    )  # fmt: skip
    assert set(ran.stdout.split()) == offered, ran.stderr


@pytest.mark.parametrize("change", [["--never-mark", "dog"], ["--epsilon", "-0.25"]])
def test_a_change_that_is_stopped_while_it_orders_the_queue_is_finished_by_the_next_run(
    db, captionlint, monkeypatch, change
):
    rank_portion, left = ranking.rank_portion, iter([True, False])
    monkeypatch.setattr(ranking, "PORTION", 1)

    def rank(session, portion):
        if not next(left, True):
            raise KeyboardInterrupt
        rank_portion(session, portion)

    monkeypatch.setattr(ranking, "rank_portion", rank)
    ran = captionlint("settings", "--db", db, *change)
    assert ran.code == 1
    assert ran.err == "stopped: the change is kept; run the command again to finish the order of the queue\n"
    assert "The queue is not fully ordered yet: 5 items are left." in captionlint("settings", "--db", db).out
    assert json.loads(captionlint("settings", "--db", db, *change, "--json").out)["left_to_order"] == 0


def test_a_change_that_is_stopped_before_it_is_made_says_so(db, captionlint, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(ignored_words, "ignore_in", stop)
    ran = captionlint("settings", "--db", db, "--never-mark", "dog")
    assert (ran.code, ran.err) == (1, "stopped: nothing was changed\n")
    assert json.loads(captionlint("settings", "--db", db, "--json").out)["never_marked"] == []


def test_settings_show_on_a_terminal_how_far_the_order_is(db, captionlint, monkeypatch):
    moved = []

    @contextmanager
    def bar(title):
        yield lambda done, total=None: moved.append((title, done, total))

    monkeypatch.setattr(settings, "bar", bar)
    captionlint("settings", "--db", db, "--epsilon", "-0.25")
    assert moved[0][:2] == ("ordering the queue", 0)
    assert moved[-1][1] == moved[-1][2] > 0
