"""``captionlint doctor``: what it tells, what it keeps to itself, and what it finds wrong."""

import json
import shutil
import sqlite3
import subprocess
import sys

import pytest
from stores import FakeScorer, rows

from captionlint.cli.commands import installation
from captionlint.core.clip.scorer import Scorer
from captionlint.core.demo import self_test
from captionlint.db.engine.inspect import examine
from captionlint.db.operations import items
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store


@pytest.fixture
def db(tmp_path):
    """Six captions of three pictures, scored."""
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, 6))
        prelabel(store, FakeScorer())
    return path


def test_it_says_what_is_here_and_the_scorer_passes(captionlint):
    ran = captionlint("doctor")
    assert ran.code == 0, ran.out
    for said in ("Captionlint: 0.", "Python: 3.", "torch: ", "SQLite: ", "drafts: ", "log: ", "passed: yes"):
        assert said in ran.out
    assert "All is well." in ran.out


def test_without_the_self_test_torch_stays_out():
    code = "import sys; sys.argv[1:] = ['doctor', '--no-test', '--json']\nfrom captionlint.cli.main import run\n"
    code += "try: run()\n"
    code += "finally: assert not {'torch', 'alembic', 'PySide6'} & set(sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["versions"]["torch"]


def test_secrets_and_the_home_folder_stay_out(captionlint, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_TOKEN", "hf_confidential")
    monkeypatch.setenv("HTTPS_PROXY", "http://ana:confidential@proxy")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "confidential")
    monkeypatch.setenv("CAPTIONLINT_DB", "postgresql://ana:confidential@127.0.0.1:1/none")
    monkeypatch.setenv("CAPTIONLINT_MODEL", "fast")
    monkeypatch.setenv("HOME", str(tmp_path / "ana"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    text = captionlint("doctor", "--no-test", "--db", "postgresql://ana:confidential@127.0.0.1:1/none")
    data = captionlint("doctor", "--no-test", "--json")
    assert "confidential" not in text.out + text.err + data.out
    assert "HF_TOKEN: set" in text.out
    assert "CAPTIONLINT_DB: set" in text.out
    assert "CAPTIONLINT_MODEL: fast" in text.out
    assert str(tmp_path / "ana") not in text.out + data.out
    assert json.loads(data.out)["places"]["models"].startswith("~")
    assert text.code == 1
    assert "cannot be read" in text.out


def test_a_password_behind_the_question_mark_stays_out_too(captionlint):
    ran = captionlint("doctor", "--no-test", "--db", "postgresql://ana@127.0.0.1:1/none?password=confidential")
    assert "postgresql://ana@127.0.0.1:1/none cannot be read" in ran.out
    assert "confidential" not in ran.out + ran.err


def test_a_sound_store(captionlint, db):
    ran = captionlint("doctor", "--no-test", "--json", "--db", db)
    assert ran.code == 0, ran.out
    store = json.loads(ran.out)["store"]
    assert store["schema"] == store["newest"]
    assert store["rows"]["item"] == 6
    assert (store["orphaned_images"], store["missing_images"]) == (0, 0)
    text = captionlint("doctor", "--no-test", "--db", db)
    assert "item 6, image 3" in text.out


def test_pictures_that_are_gone_and_pictures_of_nobody(captionlint, db, tmp_path):
    (tmp_path / "photo-1.png").unlink()
    with sqlite3.connect(db) as connection:
        connection.execute("INSERT INTO image (location) VALUES ('https://example.org/unused.png')")
    connection.close()
    found = examine(str(db))
    assert (found.orphaned_images, found.missing_images) == (1, 1)
    ran = captionlint("doctor", "--no-test", "--db", db)
    assert ran.code == 1
    assert "1 picture is not where the store says: photo-1.png." in ran.out


def test_a_damaged_store(captionlint, db):
    content = bytearray(db.read_bytes())
    content[4096 * 3 : 4096 * 3 + 600] = b"\xff" * 600
    db.write_bytes(content)
    ran = captionlint("doctor", "--no-test", "--db", db)
    assert ran.code == 1
    assert "A problem" in ran.out or "Problems" in ran.out


def test_a_row_without_its_item(db):
    with sqlite3.connect(db) as connection:
        connection.execute("DELETE FROM item WHERE id = 1")
    connection.close()
    assert any("speak of others" in sentence for sentence in examine(str(db)).problems)


@pytest.mark.parametrize("content", ["CREATE TABLE t (a)", "CREATE TABLE alembic_version (version_num)"])
def test_a_database_of_another_program(tmp_path, content):
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute(content)
    connection.close()
    assert "another program" in examine(str(tmp_path / "other.db")).problems[0]
    (tmp_path / "text.db").write_text("hello " * 100)
    assert "cannot be read whole" in examine(str(tmp_path / "text.db")).problems[0]
    assert "is not a file" in examine(str(tmp_path / "none.db")).problems[0]


def test_what_was_not_looked_for_is_not_counted(captionlint, tmp_path):
    (tmp_path / "text.db").write_text("hello " * 100)
    (tmp_path / "empty.db").touch()
    for where in (tmp_path / "text.db", tmp_path / "empty.db", "postgresql://127.0.0.1:1/none"):
        ran = captionlint("doctor", "--no-test", "--db", where)
        assert "rows: –" in ran.out
        assert "orphaned images: –\n  missing images: –" in ran.out
    assert "empty.db is empty" in captionlint("doctor", "--no-test", "--db", tmp_path / "empty.db").out


def test_looking_leaves_nothing_beside_the_store(db):
    before = {path.name for path in db.parent.iterdir()}
    assert examine(str(db)).problems == []
    assert {path.name for path in db.parent.iterdir()} == before


def test_changes_that_lie_in_the_log_are_seen(db):
    with Store.open(db) as store:
        items.add(store, rows(db.parent, 8))
        for suffix in ("", "-wal"):
            shutil.copy(f"{db}{suffix}", db.parent / f"copy.db{suffix}")
    assert examine(str(db.parent / "copy.db")).rows["item"] == 8


def test_a_store_of_a_newer_program_and_an_untouched_one(db):
    before = db.read_bytes()
    assert examine(str(db)).problems == []
    assert db.read_bytes() == before
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer Captionlint" in examine(str(db)).problems[0]


def test_the_self_test_notices_other_numbers(tmp_path, monkeypatch, captionlint):
    scorer = Scorer.from_pretrained("demo", device="cpu")
    assert self_test.run(scorer).passed
    stored = json.loads(self_test.NUMBERS.read_text(encoding="utf-8"))
    stored[3]["scores"][2] += 0.01
    (tmp_path / "numbers.json").write_text(json.dumps(stored))
    monkeypatch.setattr(self_test, "NUMBERS", tmp_path / "numbers.json")
    assert not self_test.run(scorer).passed
    ran = captionlint("doctor")
    assert ran.code == 1
    assert "not to be trusted" in ran.out


def test_weights_in_the_cache_are_named(tmp_path):
    folder = tmp_path / "models--laion--CLIP-ViT-B-32" / "snapshots" / "abc"
    folder.mkdir(parents=True)
    (folder / "open_clip_model.safetensors").write_bytes(b"x" * 1000)
    (tmp_path / "models--some--tokenizer" / "snapshots" / "abc").mkdir(parents=True)
    assert installation.kept_models(tmp_path) == {"laion/CLIP-ViT-B-32": 1000}


def test_unfinished_downloads_are_named(tmp_path, monkeypatch, captionlint):
    folder = tmp_path / "models--laion--CLIP-ViT-B-32" / "blobs"
    folder.mkdir(parents=True)
    for name in ("a.begun", "b.0123abcd.incomplete", "whole"):
        (folder / name).write_bytes(b"x" * 1_000_000)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    ran = captionlint("doctor", "--no-test")
    assert "  laion/CLIP-ViT-B-32 (unfinished): 2.0 MB\n" in ran.out
